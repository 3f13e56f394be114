//! Where a hostile change arrives: a document with a history, held by two nodes beside different later edits.

use svod_node::documents::{Document, Incoming, NewChange, execution, execution_id, roadmap};
use svod_node::domain::execution::ExecutionField;
use svod_node::domain::plan::{ItemField, PlanField, RowId};
use svod_shared::id::{Actor, ChangeHash, OrgNo};
use svod_shared::time::Timestamp;

use super::actor;
use super::honest::steps;
use super::random::Random;

/// The hostile member's actor.
const MALLORY: u8 = 66;

/// A document, its victims and what the hostile member would write if it were honest.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The hostile member's actor.
    pub mallory: Actor,
    /// Two nodes that hold what the hostile member has seen, and different edits that it has not.
    pub victims: [Document; 2],
    /// Honest changes, any one of which could come next, each rich in operations.
    pub honest: Vec<NewChange>,
    /// Changes that a hostile one may claim to have seen.
    pub seen: Vec<ChangeHash>,
    /// Actors that a hostile one may name.
    pub actors: Vec<Actor>,
}

impl Scene {
    /// Makes a scene: a roadmap or, once in three, an execution sheet.
    pub fn make(random: &mut Random) -> Self {
        let is_sheet = random.one_in(3);
        let plan = roadmap::roadmap_id([random.byte(); 13]);
        let id = if is_sheet { execution_id(&plan, OrgNo(3)) } else { plan };
        let mut author = Document::new(id).expect("a kind that is known");
        let mut past = first(&mut author, &plan, is_sheet, random);
        let mut others = [author.clone(), author.clone()];
        for (n, other) in (2u8..).zip(&mut others) {
            for _ in 0..=random.below(3) {
                let change = other.edit(actor(n), Timestamp(60_000), None, &steps(other, &plan, random));
                past.extend(change.expect("an honest edit").map(|it| (actor(n), it)));
            }
        }
        take(&mut author, &past);
        let (victims, honest) = (author.clone(), Self::honest(&author, &plan, random));
        let aside = |n: u8, random: &mut Random| {
            let mut victim = victims.clone();
            for _ in 0..random.below(4) {
                let steps = steps(&victim, &plan, random);
                victim.edit(actor(n), Timestamp(90_000), None, &steps).expect("an honest edit");
            }
            victim
        };
        let victims = [aside(11, random), aside(12, random)];
        let seen = past.iter().map(|(_, it)| it.hash).chain(author.heads()).collect();
        let actors = [1, 2, 3, 11, MALLORY].into_iter().map(actor);
        let actors = actors.chain([svod_node::documents::genesis::actor(&id)]).collect();
        Self { mallory: actor(MALLORY), victims, honest, seen, actors }
    }

    fn honest(author: &Document, plan: &svod_shared::id::DocId, random: &mut Random) -> Vec<NewChange> {
        let mut honest = Vec::new();
        while honest.len() < 6 {
            let mut mallory = author.clone();
            let steps = [steps(&mallory, plan, random), steps(&mallory, plan, random)].concat();
            let made = mallory.edit(actor(MALLORY), Timestamp(80_000), Some("причина"), &steps);
            honest.extend(made.ok().flatten());
        }
        honest
    }
}

/// What stands in the document before anybody else sees it.
fn first(
    author: &mut Document,
    plan: &svod_shared::id::DocId,
    is_sheet: bool,
    random: &mut Random,
) -> Vec<(Actor, NewChange)> {
    let made = if is_sheet {
        let row = RowId("aaaaaaaaaaaaa".to_owned());
        let ops = execution::set(author, plan, &row, ExecutionField::Status, "done");
        author.edit(actor(1), Timestamp(1_000), None, &ops).expect("an honest edit").into_iter().collect()
    } else {
        let item =
            |n: usize| roadmap::NewItem { fields: vec![(ItemField::Title, format!("пункт {n}"))] };
        let sections = (0..=random.below(2)).map(|n| roadmap::NewSection {
            fields: vec![(ItemField::Title, format!("раздел {n}"))],
            items: (0..=random.below(4)).map(item).collect(),
        });
        let sections = sections.collect::<Vec<_>>();
        let plan = roadmap::NewPlan { fields: vec![(PlanField::Title, "план".to_owned())], sections };
        roadmap::create(author, actor(1), Timestamp(1_000), None, &plan).expect("an honest plan")
    };
    made.into_iter().map(|it| (actor(1), it)).collect()
}

/// Gives a document honest changes.
fn take(document: &mut Document, changes: &[(Actor, NewChange)]) {
    let incoming: Vec<_> = changes
        .iter()
        .map(|(actor, it)| Incoming { actor: *actor, hash: it.hash, bytes: &it.bytes })
        .collect();
    let applied = document.apply(&incoming);
    assert!(applied.refused.is_empty() && applied.held.is_empty(), "honest changes are taken: {applied:?}");
}
