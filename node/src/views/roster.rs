//! Who belongs and who may, as pages and commands show it.

use svod_shared::id::{NodeNo, OrgNo};
use svod_shared::time::Day;

/// The roster for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterView {
    /// All organisations, also those that have left, the lead first.
    pub orgs: Vec<OrgLine>,
    /// What has been said, the newest first.
    pub said: Vec<SaidLine>,
    /// Whether this node can say something: it is the lead's and has its keys.
    pub may_say: bool,
    /// The number of the statement after which the roster has forked.
    pub forked_at: Option<u64>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgLine {
    /// Its number, for ever.
    pub no: OrgNo,
    /// Its full name.
    pub name: String,
    /// A message key, «role-…».
    pub role: &'static str,
    /// What it is now.
    pub state: OrgState,
    /// From which day it is a member, for the last time.
    pub since: Day,
    /// The act of its admission.
    pub basis: String,
    /// The digits of its key, for comparing by telephone.
    pub key_code: String,
    /// Its computers.
    pub computers: Vec<ComputerLine>,
    /// How many entries it wrote after leaving, which the lead may accept.
    pub late: u64,
    /// Whether it is this node's.
    pub is_me: bool,
}

/// What an organisation is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgState {
    /// It leads.
    Lead,
    /// It belongs.
    Active,
    /// It is suspended.
    Suspended,
    /// It has left.
    Removed,
}

/// A computer of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputerLine {
    /// Its number, for ever.
    pub no: NodeNo,
    /// Which computer it is.
    pub label: String,
    /// The digits of its key.
    pub key_code: String,
    /// Whether it is in use.
    pub active: bool,
    /// At the lead: the words to compare with that computer's screen, if it came with a ticket of this node.
    pub words: Option<String>,
}

/// What belongs on a sheet of paper beside the computer; what is not known is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCard {
    /// The network's name.
    pub network: String,
    /// The network, 64 digits.
    pub network_id: String,
    /// The organisation.
    pub org: String,
    /// Which computer it is.
    pub computer: String,
    /// The digits of the organisation's key.
    pub org_key: String,
    /// The digits of the computer's key.
    pub node_key: String,
    /// Where the relay is.
    pub relay: String,
    /// The words of the joining.
    pub words: String,
    /// Whether the organisation leads: then there is a recovery key to keep.
    pub is_lead: bool,
}

/// A statement in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidLine {
    /// Its number, from 1.
    pub number: u64,
    /// A message key, «said-…», with the variable `who`.
    pub what: &'static str,
    /// Whom or what it is about.
    pub who: String,
    /// A message key, «seal-…»: which key has signed it.
    pub seal: &'static str,
    /// From which day it holds.
    pub from: Day,
    /// What it rests on.
    pub basis: String,
}

impl OrgState {
    /// Its message key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Lead => "state-lead",
            Self::Active => "state-active",
            Self::Suspended => "state-suspended",
            Self::Removed => "state-removed",
        }
    }
}

impl ComputerLine {
    /// The message key of its state.
    pub fn state(&self) -> &'static str {
        if self.active { "computer-active" } else { "computer-closed" }
    }
}
