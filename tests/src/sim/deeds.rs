//! What people do at their nodes, and what they were told of it.

use std::collections::BTreeMap;

use svod_node::domain::execution::ExecutionField;
use svod_node::domain::plan::{ItemField, PlanField, RowId};
use svod_node::requests::{Edit, Edited};
use svod_node::store::{CommandError, Store, WriteError};
use svod_node::views::What;
use svod_shared::id::DocId;
use svod_shared::letter::{Letter, Names, Sender};
use svod_shared::storage::StorageError;

use crate::sim::founding::{key, table};
use crate::sim::mutant::Mutant;
use crate::sim::rng::Rng;
use crate::sim::site::{Site, heads};
use crate::sim::trace::Broken;
use crate::sim::world::World;

/// Something that its author was told is saved, to be found again for ever.
#[derive(Debug, Clone)]
pub(super) struct Wrote {
    site: usize,
    plan: DocId,
    row: RowId,
    /// The text; `None`: the row itself.
    value: Option<String>,
}

/// The fields that people fill in.
const FIELDS: [ItemField; 5] =
    [ItemField::Title, ItemField::Term, ItemField::Audience, ItemField::Responsible, ItemField::Result];

impl World {
    /// Somebody does something at a node.
    pub(super) fn deed(&mut self) -> Result<(), Broken> {
        let at = self.rng.below(self.sites.len());
        let Some(plan) = self.plan else { return Ok(()) };
        self.deeds += 1;
        let text = format!("правка {} у {at}", self.deeds);
        let site = &mut self.sites[at];
        site.tell_time(self.now);
        let Some(store) = &mut site.store else { return Ok(()) };
        let before = heads(store)?;
        let undone = matches!(self.terms.mutant, Some(Mutant::AcksBeforeCommit)) && self.rng.one_in(8);
        let copy = site.copy_at("undo");
        if undone {
            site.disk().copy(&copy)?;
        }
        if self.terms.mutant == Some(Mutant::CrashLosesCommits) && self.rng.one_in(4) {
            let backup = site.copy_at("lost");
            site.disk().copy(&backup)?;
            site.backup = Some(backup);
        }
        let Some(store) = &mut site.store else { return Ok(()) };
        let (kind, done) = act(store, &mut self.rng, plan, &text);
        self.trace.note(format!("{} n{at} {kind}: {}", self.now, outcome(&done)));
        let lies = self.terms.mutant == Some(Mutant::NodeIgnoresFullDisk);
        let told = match done {
            Ok(told) => told,
            Err(CommandError::Write(WriteError::Storage(StorageError::Full))) if lies => {
                if let Some(head) = before.iter().find(|it| store.me().is_some_and(|me| me.node == it.node)) {
                    self.sites[at].told.insert(head.feed, (head.height + 1, head.hash));
                }
                return self.spread_from(at, None);
            }
            Err(error) if is_expected(&error) => {
                if heads(store)? != before && kind != "imports" {
                    return Err(Broken::new(
                        "atomic",
                        format!("n{at} {kind}: {error}, and something was written"),
                    ));
                }
                return self.spread_from(at, None);
            }
            Err(error) => return Err(Broken::failed(kind, error)),
        };
        self.trace.count(kind);
        self.wrote.extend(told.map(|(row, value)| Wrote { site: at, plan, row, value }));
        self.sites[at].acknowledge()?;
        if undone {
            let site = &mut self.sites[at];
            site.store = None;
            copy.copy(&site.disk())?;
            site.open()?;
            return site.check(&mut self.archive);
        }
        self.spread_from(at, None)
    }

    /// A newcomer asks with a ticket of the lead's.
    pub(super) fn newcomer(&mut self) -> Result<bool, Broken> {
        let no = self.sites.len();
        let Some(lead) = self.sites.first_mut() else { return Ok(false) };
        lead.tell_time(self.now);
        let Some(store) = &mut lead.store else { return Ok(false) };
        let Ok(ticket) = store.invite("Новый центр", "договор") else { return Ok(false) };
        let seed = self.rng.next();
        let member = crate::sim::founding::Member { org: key(seed, "new org"), node: key(seed, "new node") };
        let sender = Sender { org: &member.org, node: &member.node };
        let names = Names { name: "Новый центр", short: "НЦ", label: "ПК" };
        let letter = Letter::write(&ticket, sender, names);
        let letter = letter.map_err(|it| Broken::failed("writing a letter", it))?.to_bytes();
        let path = self.dir.path().join(format!("node{no}"));
        let mut site = Site::new(format!("n{no}"), member.node.clone(), &path, &mut self.rng);
        site.tell_time(self.now);
        let folder = self.founding.folder(&path, &member, false)?;
        let store = Store::create(folder, self.founding.network(), site.clock());
        site.store =
            Some(store.map_err(|it| Broken::failed("making a store", it))?.with_random(site.random()));
        site.letter = Some(letter);
        self.sites.push(site);
        self.lag.push(None);
        Ok(true)
    }

    /// Whether everything that was told is there, at every node.
    pub(super) fn check_wrote(&self) -> Result<(), Broken> {
        let mut rows: BTreeMap<(DocId, &RowId), Vec<&Wrote>> = BTreeMap::new();
        for wrote in &self.wrote {
            rows.entry((wrote.plan, &wrote.row)).or_default().push(wrote);
        }
        for site in &self.sites {
            let Some(store) = &site.store else { continue };
            for ((plan, row), wrote) in &rows {
                let card = store.item(plan, row).map_err(|it| Broken::failed("reading an item", it))?;
                let seen = |value: &String| {
                    let history = card.iter().flat_map(|it| &it.history);
                    history.clone().any(|it| matches!(&it.what, What::Field { new, .. } if new == value))
                        || history.clone().any(|it| matches!(&it.what, What::Deleted(_, why) if why == value))
                };
                for it in wrote {
                    let there = card.is_some() && it.value.as_ref().is_none_or(seen);
                    if !there {
                        let what =
                            format!("{} does not see «{:?}» of n{} in {row:?}", site.name, it.value, it.site);
                        return Err(Broken::new("seen for ever", what));
                    }
                }
            }
        }
        Ok(())
    }
}

type Told = Option<(RowId, Option<String>)>;

fn outcome(done: &Result<Told, CommandError>) -> String {
    match done {
        Ok(Some(_)) => "saved".into(),
        Ok(None) => "done".into(),
        Err(error) => error.to_string(),
    }
}

/// A command that the node may refuse without being wrong.
fn is_expected(error: &CommandError) -> bool {
    matches!(
        error,
        CommandError::NoPlan
            | CommandError::NoRow
            | CommandError::NotYours
            | CommandError::Storage(StorageError::Full)
            | CommandError::Write(WriteError::NotAdmitted | WriteError::Storage(StorageError::Full))
    )
}

fn act(
    store: &mut Store,
    rng: &mut Rng,
    plan: DocId,
    text: &str,
) -> (&'static str, Result<Told, CommandError>) {
    match rng.below(20) {
        0 => ("imports", store.import(&table(if rng.one_in(2) { "Апрель" } else { "Май" })).map(|_| None)),
        1 => ("edits the plan", edit_plan(store, plan, text)),
        2 | 3 => ("adds an item", add_item(store, rng, plan, text)),
        4 => (
            "deletes an item",
            on_row(store, rng, plan, |store, row| {
                store.delete_row(plan, &row, text)?;
                Ok(Some((row, Some(text.to_owned()))))
            }),
        ),
        5 => ("restores an item", restore(store, rng, plan)),
        6..9 => ("reports an execution", execution(store, rng, plan, text)),
        9 | 10 => ("settles", settle(store, rng, text)),
        _ => ("edits an item", edit_item(store, rng, plan, text)),
    }
}

fn on_row(
    store: &mut Store,
    rng: &mut Rng,
    plan: DocId,
    then: impl FnOnce(&mut Store, RowId) -> Result<Told, CommandError>,
) -> Result<Told, CommandError> {
    let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
    let rows: Vec<_> = view.plan.items().map(|it| it.row.clone()).collect();
    let row = rng.pick(&rows).ok_or(CommandError::NoRow)?.clone();
    then(store, row)
}

fn edit_plan(store: &mut Store, plan: DocId, text: &str) -> Result<Told, CommandError> {
    let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
    let seen = view.plan.field(PlanField::Title).ops();
    store.edit_plan(plan, vec![Edit { field: PlanField::Title, value: text.to_owned(), seen }])?;
    Ok(None)
}

fn add_item(store: &mut Store, rng: &mut Rng, plan: DocId, text: &str) -> Result<Told, CommandError> {
    let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
    let section = rng.pick(&view.plan.sections).ok_or(CommandError::NoRow)?.row.clone();
    let fields = BTreeMap::from([(ItemField::Title, text.to_owned())]);
    Ok(Some((store.add_item(plan, &section, &fields)?, None)))
}

fn edit_item(store: &mut Store, rng: &mut Rng, plan: DocId, text: &str) -> Result<Told, CommandError> {
    let field = *rng.pick(&FIELDS).unwrap_or(&ItemField::Title);
    // Some forms were opened before somebody else saved.
    let outdated = rng.one_in(10);
    on_row(store, rng, plan, |store, row| {
        let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
        let item = view.plan.item(&row).ok_or(CommandError::NoRow)?;
        let seen = if outdated { Vec::new() } else { item.field(field).ops() };
        let edited = store.edit_item(plan, &row, vec![Edit { field, value: text.to_owned(), seen }])?;
        Ok((edited == Edited::Saved).then(|| (row, Some(text.to_owned()))))
    })
}

fn execution(store: &mut Store, rng: &mut Rng, plan: DocId, text: &str) -> Result<Told, CommandError> {
    let field = if rng.one_in(2) { ExecutionField::Comment } else { ExecutionField::Result };
    on_row(store, rng, plan, |store, row| {
        let me = store.me().ok_or(CommandError::Write(WriteError::NotAdmitted))?;
        let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
        let stands = view.executions.get(&me.org).and_then(|it| it.get(&row));
        let seen = stands.map(|it| it.field(field).ops()).unwrap_or_default();
        let edited =
            store.report_execution(plan, &row, vec![Edit { field, value: text.to_owned(), seen }])?;
        Ok((edited == Edited::Saved).then(|| (row, Some(text.to_owned()))))
    })
}

fn restore(store: &mut Store, rng: &mut Rng, plan: DocId) -> Result<Told, CommandError> {
    let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
    let row = rng.pick(&view.plan.deleted).ok_or(CommandError::NoRow)?.row.clone();
    store.restore_row(plan, &row)?;
    Ok(Some((row, None)))
}

fn settle(store: &mut Store, rng: &mut Rng, text: &str) -> Result<Told, CommandError> {
    let open: Vec<_> = store.divergences()?.into_iter().filter(|it| it.may_settle).collect();
    let divergence = rng.pick(&open).ok_or(CommandError::NoRow)?;
    store.settle(divergence.plan, &divergence.place, text)?;
    Ok(None)
}
