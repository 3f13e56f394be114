//! Whether a document is still good, by automerge itself and not by the code that is on trial.

use automerge::transaction::Transactable as _;
use automerge::{Automerge, Change, ROOT, ReadDoc as _};
use svod_node::documents::{Document, Kind, Op, Place, roadmap};
use svod_node::domain::plan::PlanField;
use svod_shared::time::Timestamp;

use super::actor;
use super::hostile::Hostile;

/// Saves, loads, replays from single changes, compares values and heads, looks for the change's own bytes, edits and
/// merges. The error says what is wrong.
pub fn check(document: &Document, taken: Option<&Hostile>) -> Result<(), String> {
    let saved = document.snapshot();
    let loaded = Automerge::load(&saved).map_err(|it| format!("its save does not load: {it}"))?;
    let changes: Vec<Change> = loaded.get_changes(&[]);
    let mut replayed = Automerge::new();
    replayed.apply_changes(changes).map_err(|it| format!("its changes do not replay: {it}"))?;
    let value = loaded.hydrate(None);
    expect(replayed.hydrate(None) == value, "replaying gives another value")?;
    expect(replayed.get_heads() == loaded.get_heads(), "replaying gives other heads")?;
    let again = Automerge::load(&replayed.save()).map_err(|it| format!("the replayed save: {it}"))?;
    expect(again.hydrate(None) == value, "saving and loading gives another value")?;
    expect(loaded.get_missing_deps(&[]).is_empty(), "it lacks dependencies")?;
    if let Some(taken) = taken {
        let back = loaded.get_change_by_hash(&automerge::ChangeHash(taken.hash.0));
        expect(back.is_some_and(|it| it.raw_bytes() == taken.bytes), "the change came back altered")?;
    }
    check_edits(loaded, again)?;
    check_own(document, &saved)
}

/// Two copies take an edit each and merge.
fn check_edits(mut one: Automerge, mut other: Automerge) -> Result<(), String> {
    for (n, copy) in [(101, &mut one), (102, &mut other)] {
        copy.set_actor(automerge::ActorId::from(actor(n).as_bytes().as_slice()));
        let mut tx = copy.transaction();
        tx.put(ROOT, "probe", i64::from(n)).map_err(|it| format!("it takes no edit: {it}"))?;
        tx.commit();
    }
    one.merge(&mut other).map_err(|it| format!("it does not merge: {it}"))?;
    other.merge(&mut one).map_err(|it| format!("it does not merge back: {it}"))?;
    expect(one.hydrate(None) == other.hydrate(None), "merged copies differ")
}

/// The program itself loads the document, shows it and edits it.
fn check_own(document: &Document, saved: &[u8]) -> Result<(), String> {
    let mut own =
        Document::load(document.id(), saved).map_err(|it| format!("Svod does not load it: {it}"))?;
    expect(own.heads() == document.heads(), "Svod loads other heads")?;
    let edit = match document.kind() {
        Kind::Roadmap => {
            expect(roadmap::read(&own) == roadmap::read(document), "Svod shows another plan")?;
            roadmap::set_plan_field(PlanField::Title, "проба")
        }
        Kind::Indicators | Kind::Campaign | Kind::Values => {
            let place = Place::Container(svod_node::documents::genesis::META);
            Op::Set { place, key: "probe".to_owned(), value: Some("проба".to_owned()) }
        }
        Kind::Execution => {
            let place = Place::Container(svod_node::documents::genesis::MARKS);
            Op::Set { place, key: "probe".to_owned(), value: Some("проба".to_owned()) }
        }
    };
    let made = own.edit(actor(103), Timestamp(99_000), None, &[edit]);
    made.map(drop).map_err(|it| format!("Svod does not edit it: {it}"))
}

fn expect(holds: bool, fault: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.to_owned()) }
}
