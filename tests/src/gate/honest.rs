//! Honest work: nodes that edit one document apart and take each other's changes in any order.

use svod_node::documents::{
    Document, Incoming, Kind, NewChange, Op, Place, execution, execution_id, roadmap,
};
use svod_node::domain::execution::ExecutionField;
use svod_node::domain::plan::{ItemField, PlanField, RowId};
use svod_shared::id::{Actor, DocId, OrgNo};
use svod_shared::time::Timestamp;

use super::random::Random;
use super::{Outcome, actor};

/// The nodes of one piece of work.
const NODES: u8 = 4;
/// A document of so many changes is left for a new one: what is looked for does not grow with it, the time does.
pub const CHANGES_A_DOCUMENT: u64 = 160;

/// A node with its copy of the document and the changes that it has.
struct Site {
    document: Document,
    actor: Actor,
    log: Vec<(Actor, NewChange)>,
}

/// Lets some nodes work on a new document; `count` changes are made.
pub fn work(random: &mut Random, count: u64, out: &mut Outcome) {
    let plan = roadmap::roadmap_id([random.byte(); 13]);
    let id = if random.one_in(3) { execution_id(&plan, OrgNo(3)) } else { plan };
    let mut sites: Vec<_> = (1..=NODES)
        .map(|n| Site {
            document: Document::new(id).expect("a kind that is known"),
            actor: actor(n),
            log: Vec::new(),
        })
        .collect();
    let mut made = 0;
    while made < count {
        let at = random.below(sites.len());
        let from = random.below(sites.len());
        if at != from && random.one_in(3) {
            let log = sites.get(from).map(|it| it.log.clone()).unwrap_or_default();
            sites.get_mut(at).into_iter().for_each(|it| it.take(&log, out));
        } else if let Some(site) = sites.get_mut(at) {
            made += u64::from(site.edit(&plan, random, out));
        }
    }
    let all: Vec<_> = sites.iter().flat_map(|it| it.log.clone()).collect();
    for site in &mut sites {
        site.take(&all, out);
    }
    let heads: Vec<_> = sites.iter().map(|it| it.document.heads()).collect();
    if heads.windows(2).any(|it| it.first() != it.last()) {
        out.false_refusals.push("nodes that have the same changes hold different documents".to_owned());
    }
    out.honest += made;
}

impl Site {
    /// Makes one edit; whether it changed anything.
    fn edit(&mut self, plan: &DocId, random: &mut Random, out: &mut Outcome) -> bool {
        let steps = steps(&self.document, plan, random);
        let reason = random.one_in(4).then(|| random.text());
        let time = Timestamp(random.any() % 4_000_000_000_000);
        match self.document.edit(self.actor, time, reason.as_deref(), &steps) {
            Ok(Some(change)) => {
                self.log.push((self.actor, change));
                true
            }
            Ok(None) => false,
            Err(error) => {
                out.false_refusals.push(format!("an own edit: {error:?}"));
                false
            }
        }
    }

    fn take(&mut self, log: &[(Actor, NewChange)], out: &mut Outcome) {
        let fresh: Vec<_> = log.iter().filter(|(_, it)| !self.document.has(&it.hash)).cloned().collect();
        let incoming: Vec<_> = fresh
            .iter()
            .map(|(actor, it)| Incoming { actor: *actor, hash: it.hash, bytes: &it.bytes })
            .collect();
        let applied = self.document.apply(&incoming);
        out.false_refusals.extend(applied.refused.iter().map(|it| format!("refused: {it:?}")));
        out.false_refusals.extend(applied.held.iter().map(|it| format!("held: {it:?}")));
        self.log.extend(fresh.into_iter().filter(|(_, it)| applied.applied.contains(&it.hash)));
    }
}

/// The steps of one action that the program offers its users, or of several at once.
pub fn steps(document: &Document, plan: &DocId, random: &mut Random) -> Vec<Op> {
    let actions = if random.one_in(5) { 1 + random.below(6) } else { 1 };
    let mut steps: Vec<Op> = Vec::new();
    for _ in 0..actions {
        let action = match document.kind() {
            Kind::Execution => marking(document, plan, random),
            Kind::Roadmap => planning(document, random),
            Kind::Indicators | Kind::Campaign | Kind::Values => figuring(document, random),
        };
        // One action makes at most one row, as rows are numbered within their change.
        let makes = |it: &[Op]| it.iter().any(|op| matches!(op, Op::CreateRow { .. }));
        if !(makes(&steps) && makes(&action)) {
            steps.extend(action);
        }
    }
    steps
}

fn marking(document: &Document, plan: &DocId, random: &mut Random) -> Vec<Op> {
    let row = RowId(format!("aaaaaaaaaaaa{}", random.below(9)));
    let field = random.pick(&ExecutionField::ALL).copied().unwrap_or(ExecutionField::Status);
    execution::set(document, plan, &row, field, &random.text())
}

/// Figures are scalars under paths of every container.
fn figuring(document: &Document, random: &mut Random) -> Vec<Op> {
    let container = random.pick(document.kind().containers()).copied().unwrap_or("meta");
    let (key, value) = (format!("{}/value", random.below(9)), Some(random.text()));
    vec![Op::Set { place: Place::Container(container), key, value }]
}

fn planning(document: &Document, random: &mut Random) -> Vec<Op> {
    let plan = roadmap::read(document);
    let section = random.pick(&plan.sections).cloned();
    let items: Vec<_> = plan.items().chain(&plan.deleted).map(|it| it.row.clone()).collect();
    let tail = [random.byte(), random.byte(), random.byte(), random.byte()];
    let field = random.pick(&ItemField::ALL).copied().unwrap_or(ItemField::Title);
    match (random.below(12), section, random.pick(&items).cloned()) {
        (0, _, _) | (_, None, _) => {
            roadmap::add_section(&plan, plan.sections.len(), &[(ItemField::Title, random.text())], tail)
        }
        (1..=2, Some(section), _) | (_, Some(section), None) => {
            roadmap::add_item(&section, None, &[(field, random.text())], tail)
        }
        (3, Some(section), Some(row)) => match plan.item(&row) {
            Some(item) => roadmap::move_item(item, &section, None, tail),
            None => Vec::new(),
        },
        (4, _, Some(row)) => vec![roadmap::delete_row(&row, &random.text())],
        (5, _, Some(row)) => vec![roadmap::restore_row(&row)],
        (6, _, _) => vec![roadmap::set_plan_field(PlanField::Title, &random.text())],
        (_, _, Some(row)) => vec![roadmap::set_item_field(&row, field, &random.text())],
    }
}
