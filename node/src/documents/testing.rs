//! What the tests of documents share: nodes that edit a document and take each other's changes.

use svod_shared::id::{Actor, DocId, OrgNo};
use svod_shared::time::Timestamp;

use super::document::{Applied, Document, Incoming, Place};
use super::edit::{NewChange, Op};
use super::roadmap::{self, NewItem, NewPlan, NewSection};
use crate::domain::plan::{Item, ItemField, Plan, PlanField, RowId};

/// The roadmap of most tests.
pub(super) fn plan_id() -> DocId {
    roadmap::roadmap_id([5; 13])
}

/// An execution sheet of that roadmap.
pub(super) fn sheet_id() -> DocId {
    super::execution_id(&plan_id(), OrgNo(3))
}

/// A node with its copy of one document.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) doc: Document,
    pub(super) actor: Actor,
    pub(super) log: Vec<(Actor, NewChange)>,
}

impl Site {
    pub(super) fn new(id: DocId, node: u8) -> Self {
        Self { doc: Document::new(id).unwrap(), actor: Actor([node; 16]), log: Vec::new() }
    }

    /// The first site, where a plan with one section and three items stands.
    pub(super) fn with_plan() -> Self {
        let mut site = Self::new(plan_id(), 1);
        let item = |title: &str| NewItem { fields: vec![(ItemField::Title, title.to_owned())] };
        let section = NewSection {
            fields: vec![(ItemField::Title, "section".to_owned())],
            items: vec![item("one"), item("two"), item("three")],
        };
        let plan = NewPlan { fields: vec![(PlanField::Title, "plan".to_owned())], sections: vec![section] };
        site.create(&plan);
        site
    }

    pub(super) fn create(&mut self, plan: &NewPlan) -> usize {
        let changes = roadmap::create(&mut self.doc, self.actor, Timestamp(1_000), None, plan).unwrap();
        let count = changes.len();
        self.log.extend(changes.into_iter().map(|it| (self.actor, it)));
        count
    }

    /// Another node that has everything this one has.
    pub(super) fn peer(&self, node: u8) -> Self {
        let mut peer = Self::new(self.doc.id(), node);
        peer.pull(self);
        peer
    }

    pub(super) fn edit(&mut self, ops: &[Op]) -> Option<NewChange> {
        let made = self.doc.edit(self.actor, Timestamp(2_000_000), Some("why"), ops).unwrap();
        self.log.extend(made.clone().map(|it| (self.actor, it)));
        made
    }

    pub(super) fn take(&mut self, changes: &[(Actor, NewChange)]) -> Applied {
        let incoming: Vec<_> = changes
            .iter()
            .map(|(actor, it)| Incoming { actor: *actor, hash: it.hash, bytes: &it.bytes })
            .collect();
        let applied = self.doc.apply(&incoming);
        let taken = changes.iter().filter(|(_, it)| applied.applied.contains(&it.hash));
        self.log.extend(taken.cloned());
        applied
    }

    pub(super) fn pull(&mut self, other: &Self) -> Applied {
        let applied = self.take(&other.log);
        assert_eq!((&applied.held, &applied.refused), (&vec![], &vec![]));
        applied
    }

    pub(super) fn plan(&self) -> Plan {
        roadmap::read(&self.doc)
    }

    /// The n-th item of the plan.
    pub(super) fn item(&self, n: usize) -> Item {
        self.plan().items().nth(n).unwrap().clone()
    }

    pub(super) fn row(&self, n: usize) -> RowId {
        self.item(n).row
    }
}

/// Exchanges everything, both ways, and checks that both then show the same.
pub(super) fn sync(a: &mut Site, b: &mut Site) {
    b.pull(a);
    a.pull(b);
    assert_eq!(a.doc.heads(), b.doc.heads());
    assert_eq!(a.plan(), b.plan());
}

/// Puts a text into a row.
pub(super) fn set(row: &RowId, field: ItemField, value: &str) -> Op {
    roadmap::set_item_field(row, field, value)
}

/// Puts anything anywhere.
pub(super) fn put(place: Place, key: &str, value: &str) -> Op {
    Op::Set { place, key: key.to_owned(), value: Some(value.to_owned()) }
}
