//! What pages, reports and the command line read: plain values, put together by the store from its projections.

pub mod figures;
pub mod roster;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use svod_shared::id::{ChangeHash, DocId, NetworkId, OrgNo};
use svod_shared::time::Timestamp;

use crate::domain::execution::{Execution, ExecutionField};
use crate::domain::field::Variant;
use crate::domain::member::{Author, Freshness, Member};
use crate::domain::plan::{Item, ItemField, Plan, PlanField, RowId};

/// A line of the list of plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// The plan's document.
    pub id: DocId,
    /// Its title.
    pub title: String,
    /// Its window as printed.
    pub period: String,
    /// How many sections stand in it.
    pub sections: usize,
    /// How many items stand in it.
    pub items: usize,
    /// How many divergences are open in it and in its executions.
    pub divergences: usize,
}

/// A plan with everything its pages show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// The plan.
    pub plan: Plan,
    /// The organisations whose lights are shown, the lead first and then by number.
    pub members: Vec<Member>,
    /// By organisation and row; what is absent was never reported.
    pub executions: BTreeMap<OrgNo, BTreeMap<RowId, Execution>>,
    /// Authors of the changes that values and marks in `plan` and `executions` come from.
    pub authors: BTreeMap<ChangeHash, Author>,
}

/// Everything an item's card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCard {
    /// The item.
    pub item: Item,
    /// Newest first.
    pub history: Vec<ChangeLine>,
}

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchView {
    /// What was looked for, as typed.
    pub query: String,
    /// The stems of its words: what pages mark.
    pub wanted: Vec<String>,
    /// The best first.
    pub hits: Vec<SearchHit>,
    /// Whether there is more than is listed.
    pub is_cut: bool,
}

/// A place that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// The plan.
    pub plan: DocId,
    /// Its title.
    pub plan_title: String,
    /// The row; `None`: the plan itself.
    pub row: Option<RowId>,
    /// Whether the row is a section.
    pub is_section: bool,
    /// The printed number, empty where there is none.
    pub number: String,
    /// The title of what was found.
    pub title: String,
    /// The other texts of an item, and what organisations say of its execution.
    pub texts: Vec<String>,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// A field of the plan itself.
    Plan(PlanField),
    /// A field of a section or item.
    Item(RowId, ItemField),
    /// A whole item, where a deletion stands against an edit.
    Row(RowId),
    /// A field of an organisation's execution of an item.
    Execution(OrgNo, RowId, ExecutionField),
}

/// Values that were written without seeing each other, or a deletion against an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// The plan.
    pub plan: DocId,
    /// The plan's title.
    pub plan_title: String,
    /// Where in it.
    pub place: Place,
    /// The item's printed number, empty where there is none.
    pub number: String,
    /// The item's title.
    pub title: String,
    /// The values, the one that stands now first; of a deletion against an edit: the marks' reasons.
    pub variants: Vec<(Variant, Author)>,
    /// Of a deletion against an edit: who edited.
    pub editors: Vec<Author>,
    /// Whether this node's organisation may settle it.
    pub may_settle: bool,
}

/// What happened to a value or a row, in one line of history or news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A field got a value.
    Field {
        /// The field.
        place: Place,
        /// What stood before, as this node saw it.
        old: Option<String>,
        /// What its author wrote.
        new: String,
        /// Whether a different value stood beside it when this node applied the change.
        diverged: bool,
        /// Whether it settled a divergence.
        settled: bool,
    },
    /// A row was added.
    Added(RowId),
    /// So many rows were added at once: a table was loaded.
    AddedMany(usize),
    /// A row was deleted, with the reason.
    Deleted(RowId, String),
    /// A deleted row was restored.
    Restored(RowId),
    /// A deletion met an edit that had not seen it: the edit keeps the row.
    EditKept(RowId),
}

impl What {
    /// The row it is about.
    pub fn row(&self) -> Option<&RowId> {
        match self {
            Self::Field {
                place: Place::Item(row, _) | Place::Row(row) | Place::Execution(_, row, _),
                ..
            }
            | Self::Added(row)
            | Self::Deleted(row, _)
            | Self::Restored(row)
            | Self::EditKept(row) => Some(row),
            Self::Field { place: Place::Plan(_), .. } | Self::AddedMany(_) => None,
        }
    }
}

/// A line of history or of «Что изменилось без вас».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// The plan.
    pub plan: DocId,
    /// The item's printed number, empty where there is none.
    pub number: String,
    /// The item's title.
    pub title: String,
    /// What happened.
    pub what: What,
    /// Who did it.
    pub author: Author,
    /// The reason its author gave.
    pub reason: Option<String>,
    /// When this node applied it.
    pub applied: Timestamp,
}

/// The line at the bottom of every page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The organisation's name.
    pub org: String,
    /// The node's label.
    pub node: String,
    /// Whether the organisation leads the network.
    pub is_lead: bool,
    /// Whether a session with the relay is up.
    pub connected: bool,
    /// When something was last exchanged or agreed.
    pub last_exchange: Option<Timestamp>,
    /// Own entries that no other member has confirmed.
    pub unconfirmed: u64,
    /// The other members' freshness.
    pub members: Vec<Freshness>,
    /// The network's control code.
    pub code: String,
    /// Open divergences.
    pub divergences: usize,
    /// Lines of «Что изменилось без вас» not yet read.
    pub news: usize,
    /// The trouble that keeps the node from exchanging, as a message key of the catalogue.
    pub trouble: Option<String>,
}

/// The page «Сеть».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkView {
    /// The network.
    pub id: NetworkId,
    /// Its name.
    pub name: String,
    /// The roster's height.
    pub roster_height: u64,
    /// Organisations with their freshness.
    pub members: Vec<MemberLine>,
    /// Where the relay listens.
    pub relay_addresses: Vec<String>,
    /// Refusals and held changes, newest first.
    pub incidents: Vec<Incident>,
    /// Changes that stand in the log and not in their documents.
    pub held: Vec<HeldLine>,
}

/// A change that stands in the log and not in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    /// The change.
    pub change: ChangeHash,
    /// The title of its plan; absent where the plan is not here.
    pub plan_title: Option<String>,
    /// Of an execution sheet: whose.
    pub sheet_of: Option<String>,
    /// Who signed it; absent if the roster does not know.
    pub author: Option<Author>,
    /// A message key of the catalogue, «held-…».
    pub why: String,
    /// Whether this node can exclude it for the whole network.
    pub may_exclude: bool,
}

/// A member on the page «Сеть».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLine {
    /// The member.
    pub member: Member,
    /// The organisation key's digits for comparing by telephone.
    pub key_code: String,
    /// The act it was admitted by.
    pub basis: String,
    /// Labels of its nodes.
    pub nodes: Vec<String>,
    /// Its freshness; absent for this node's own organisation.
    pub freshness: Option<Freshness>,
}

/// Something that was refused or held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// When this node noticed.
    pub when: Timestamp,
    /// A message key of the catalogue, «incident-…».
    pub kind: String,
    /// Who is concerned, where known.
    pub org: Option<String>,
    /// A change or entry, by its hash.
    pub subject: String,
}

/// What packet files bring, before or after they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketView {
    /// The files, in the order in which they are taken. Each one's signature holds.
    pub files: Vec<PacketFile>,
    /// Entries that are new here.
    pub new: u64,
    /// Entries that were here already.
    pub known: u64,
    /// Feeds of which an entry was refused: one of them lies in the page «Сеть».
    pub refused: u64,
    /// Roster statements that are new here.
    pub statements: u64,
    /// Entries that are neither here nor in the files.
    pub gaps: Vec<PacketGap>,
    /// What changes in words, the newest first.
    pub lines: Vec<ChangeLine>,
    /// How many further lines there are.
    pub lines_more: usize,
}

/// What a packet file says of itself under its writer's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketFile {
    /// The organisation that wrote it.
    pub org: String,
    /// The computer that wrote it.
    pub node: String,
    /// The organisation that it was written for; `None` for everybody.
    pub to: Option<String>,
    /// When, by its writer's clock.
    pub created: Timestamp,
    /// Which part it is, from 1.
    pub part: u64,
    /// How many parts there are.
    pub parts: u64,
}

/// Entries that are missing between what is here and what a packet starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketGap {
    /// Whose they are.
    pub org: String,
    /// The first that is missing, counted from 1.
    pub first: u64,
    /// The last that is missing.
    pub last: u64,
}
