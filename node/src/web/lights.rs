//! Lights in words, and the list of what is due for this node's organisation. The rules are the domain's.

use jiff::civil::Date;
use svod_shared::id::{DocId, OrgNo};

use super::parts::Lamp;
use super::visit::Visit;
use super::{clock, term};
use crate::domain::light::{Light, LightKind, light};
use crate::domain::plan::{Item, PlanField};
use crate::domain::schedule::Window;
use crate::i18n::Catalog;
use crate::views::PlanView;

/// An item that this node's organisation still has to do something about.
pub(super) struct Duty<'a> {
    /// The plan.
    pub(super) plan: DocId,
    /// The item.
    pub(super) item: &'a Item,
    /// Its light.
    pub(super) lamp: Lamp,
    /// When it is or was due; absent of what has no date.
    pub(super) due: Option<Date>,
    /// Whether that day has passed.
    pub(super) is_late: bool,
    /// Whether it waits for a request.
    pub(super) on_demand: bool,
}

/// The light of an item for an organisation.
pub(super) fn lamp(visit: &Visit, view: &PlanView, item: &Item, org: OrgNo) -> Lamp {
    in_words(visit, of(visit, view, item, org))
}

/// What is overdue, due soon, on request or without a term for this node's organisation, in the plan's order.
pub(super) fn duties<'a>(visit: &Visit, view: &'a PlanView) -> Vec<Duty<'a>> {
    let Some(me) = view.members.iter().find(|it| it.is_me) else {
        return Vec::new();
    };
    let duty = |item: &'a Item| {
        let it = of(visit, view, item, me.no);
        let dated = matches!(it.kind, LightKind::Overdue | LightKind::Soon);
        let undated = matches!(it.kind, LightKind::Undated | LightKind::OnRequest);
        (dated || undated).then(|| Duty {
            plan: view.plan.id,
            item,
            lamp: in_words(visit, it),
            due: it.date.filter(|_| dated),
            is_late: it.kind == LightKind::Overdue,
            on_demand: it.kind == LightKind::OnRequest,
        })
    };
    view.plan.items().filter_map(duty).collect()
}

/// Every kind of light with what it means.
pub(super) fn legend(t: &Catalog) -> Vec<(Lamp, String)> {
    let entry = |kind: LightKind| {
        let said = t.text(kind.message());
        let word = t.text(&format!("legend-word-{}", key(kind)));
        (Lamp { tone: tone(kind), sign: kind.sign(), word, said: said.clone() }, said)
    };
    LightKind::ALL.into_iter().map(entry).collect()
}

fn of(visit: &Visit, view: &PlanView, item: &Item, org: OrgNo) -> Light {
    let execution = view.executions.get(&org).and_then(|it| it.get(&item.row));
    let window = Window::parse(view.plan.text(PlanField::Period));
    light(&term::of_item(view, item), window, execution, visit.clock.today())
}

fn in_words(visit: &Visit, it: Light) -> Lamp {
    let t = visit.t;
    let kind = key(it.kind);
    let meaning = t.text(it.kind.message());
    let (word, said) = match it.date {
        Some(date) => {
            let short = visit.clock.date_narrow(t, date);
            let word = t.with(&format!("lamp-dated-{kind}"), &[("date", short.into())]);
            (word, format!("{meaning}: {}", clock::date_long(t, date)))
        }
        None => (t.text(&format!("lamp-{kind}")), meaning),
    };
    Lamp { tone: tone(it.kind), sign: it.kind.sign(), word, said }
}

fn key(kind: LightKind) -> &'static str {
    kind.message().trim_start_matches("light-")
}

fn tone(kind: LightKind) -> &'static str {
    match kind {
        LightKind::Overdue => "late",
        LightKind::Soon => "soon",
        LightKind::Running | LightKind::Moved | LightKind::Partially => "run",
        LightKind::DoneWithoutEvidence | LightKind::Done => "ok",
        LightKind::NotDue
        | LightKind::Undated
        | LightKind::OnRequest
        | LightKind::NotApplicable
        | LightKind::Cancelled => "off",
    }
}
