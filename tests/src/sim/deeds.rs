//! What people do at their nodes, and what they were told of it.

use std::collections::{BTreeMap, BTreeSet};

use svod_node::documents::execution_id;
use svod_node::domain::execution::ExecutionField;
use svod_node::domain::plan::{ItemField, PlanField, RowId};
use svod_node::requests::{Edit, Edited};
use svod_node::store::{CommandError, Store, WriteError};
use svod_node::views::What;
use svod_shared::id::{DocId, OrgNo};
use svod_shared::letter::{Letter, Names, Sender};
use svod_shared::storage::StorageError;

use crate::sim::copies::{Changes, changes, contains};
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
    /// The row.
    row: Option<RowId>,
    /// What was typed; no two deeds type the same.
    pub(super) text: String,
}

impl Wrote {
    /// Where it may stand: in the plan, or in an organisation's sheet about it.
    pub(super) fn documents(&self) -> impl Iterator<Item = DocId> {
        let plan = self.plan;
        (1..=ORGS_MAX).map(move |org| execution_id(&plan, OrgNo(org))).chain([plan])
    }
}

/// No run has more organisations.
const ORGS_MAX: u16 = 20;
/// The fields that people fill in.
const FIELDS: [ItemField; 5] =
    [ItemField::Title, ItemField::Term, ItemField::Audience, ItemField::Responsible, ItemField::Result];

impl World {
    /// Somebody does something at a node.
    pub(super) fn deed(&mut self) -> Result<(), Broken> {
        let at = self.rng.below(self.sites.len());
        let Some(plan) = self.plan else { return Ok(()) };
        self.deeds += 1;
        let text = format!("правка {} у {at}.", self.deeds);
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
        self.trace.note(format!("{} n{at} {kind}, {}: {}", self.now, self.deeds, outcome(&done)));
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
        self.wrote.extend(told.map(|row| Wrote { site: at, plan, row, text }));
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
        for site in &self.sites {
            let Some(store) = &site.store else { continue };
            let mut shown = Shown::default();
            let plans: BTreeSet<_> = self.wrote.iter().map(|it| it.plan).collect();
            for plan in plans {
                shown.read(store, &plan).map_err(|it| Broken::failed("reading a plan", it))?;
            }
            // What is built on one of two entries that the hostile member has for one place waits for the lead.
            let waiting = if self.two_faced { changes(store)? } else { Changes::new() };
            for it in &self.wrote {
                let waits = || waiting.values().any(|change| contains(change, it.text.as_bytes()));
                if !shown.has(it, self.archive.copied.is_empty()) && !waits() {
                    let logged = changes(store)?.values().any(|change| contains(change, it.text.as_bytes()));
                    let logged = if logged { "in its log and not in sight" } else { "in no log" };
                    let what = format!(
                        "{} does not see «{}» of n{} in {:?}: {logged}",
                        site.name, it.text, it.site, it.row
                    );
                    return Err(Broken::new("seen for ever", what));
                }
            }
        }
        Ok(())
    }
}

/// What the pages of a node show: values that stand, beside each other too, and what histories tell.
#[derive(Debug, Default)]
struct Shown {
    /// By row; `None`: of the plan itself.
    texts: BTreeMap<Option<RowId>, BTreeSet<String>>,
    all: BTreeSet<String>,
}

impl Shown {
    fn read(&mut self, store: &Store, plan: &DocId) -> Result<(), StorageError> {
        let Some(view) = store.plan(plan)? else { return Ok(()) };
        let plan_texts = view.plan.fields.values().flat_map(|it| it.variants().map(|it| it.value.clone()));
        self.texts.entry(None).or_default().extend(plan_texts);
        for section in &view.plan.sections {
            self.texts.entry(Some(section.row.clone())).or_default();
        }
        for item in view.plan.items().chain(&view.plan.deleted) {
            let texts = item.fields.values().flat_map(|it| it.variants().map(|it| it.value.clone()));
            self.texts.entry(Some(item.row.clone())).or_default().extend(texts);
        }
        for line in store.history(plan)? {
            // What is told of a row that is in no plan, nobody finds.
            let Some(texts) = self.texts.get_mut(&line.what.row().cloned()) else { continue };
            match line.what {
                What::Field { old, new, .. } => texts.extend(old.into_iter().chain([new])),
                What::Deleted(_, reason) => texts.extend([reason]),
                _ => {}
            }
        }
        self.all = self.texts.values().flatten().cloned().collect();
        Ok(())
    }

    /// Two copies of a folder that both add a row give both the same id, and the one that gives way gets another.
    fn has(&self, wrote: &Wrote, ids_last: bool) -> bool {
        match self.texts.get(&wrote.row) {
            Some(texts) if ids_last && wrote.row.is_some() => texts.contains(&wrote.text),
            _ => self.all.contains(&wrote.text),
        }
    }
}

/// The row that a deed was about, if it typed something.
type Told = Option<Option<RowId>>;

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
                Ok(Some(Some(row)))
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
    let edited =
        store.edit_plan(plan, vec![Edit { field: PlanField::Title, value: text.to_owned(), seen }])?;
    Ok((edited == Edited::Saved).then_some(None))
}

fn add_item(store: &mut Store, rng: &mut Rng, plan: DocId, text: &str) -> Result<Told, CommandError> {
    let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
    let section = rng.pick(&view.plan.sections).ok_or(CommandError::NoRow)?.row.clone();
    let fields = BTreeMap::from([(ItemField::Title, text.to_owned())]);
    Ok(Some(Some(store.add_item(plan, &section, &fields)?)))
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
        Ok((edited == Edited::Saved).then_some(Some(row)))
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
        Ok((edited == Edited::Saved).then_some(Some(row)))
    })
}

fn restore(store: &mut Store, rng: &mut Rng, plan: DocId) -> Result<Told, CommandError> {
    let view = store.plan(&plan)?.ok_or(CommandError::NoPlan)?;
    let row = rng.pick(&view.plan.deleted).ok_or(CommandError::NoRow)?.row.clone();
    store.restore_row(plan, &row)?;
    Ok(None)
}

fn settle(store: &mut Store, rng: &mut Rng, text: &str) -> Result<Told, CommandError> {
    let open: Vec<_> = store.divergences()?.into_iter().filter(|it| it.may_settle).collect();
    let divergence = rng.pick(&open).ok_or(CommandError::NoRow)?;
    store.settle(divergence.plan, &divergence.place, text)?;
    Ok(Some(None))
}
