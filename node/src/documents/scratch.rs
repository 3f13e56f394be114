//! Rule 7 of the gate: changes are applied to a copy first, and the copy is made to prove itself.
//!
//! Automerge can accept a change, show its value, and write a file that it never loads again. So after applying, the
//! copy is read, saved, loaded, compared, edited and merged, all inside `catch_unwind`. What fails here is only held:
//! the copy holds concurrent changes too, so another node may see another outcome.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ReadDoc};

use super::genesis::Kind;
use super::guard::{self, Checked, Refusal, to_automerge};
use super::past::OpId;

/// What went wrong on the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Automerge panicked.
    #[error("automerge panicked")]
    Panicked,
    /// Automerge returned an error.
    #[error("automerge does not apply the change")]
    Apply,
    /// The change is not there afterwards, or with other bytes.
    #[error("the change does not come back as it was")]
    Altered,
    /// The saved copy does not load.
    #[error("the saved document does not load")]
    Load,
    /// The loaded copy differs from the saved one.
    #[error("the loaded document differs from the saved one")]
    Differs,
    /// The copy cannot be edited or merged any more.
    #[error("the document cannot be edited any more")]
    Probe,
}

/// Why a batch was not taken.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Refusal),
    Held(Fault),
}

/// Applies a batch to a copy of `doc` and returns the copy as loaded from its own save.
pub(crate) fn apply(
    doc: &Automerge,
    kind: Kind,
    genesis: &OpId,
    batch: &[Checked],
) -> Result<Automerge, Failure> {
    catch_unwind(AssertUnwindSafe(|| {
        let copy = applied(doc, batch)?;
        for checked in batch {
            guard::check_superseded(&copy, checked).map_err(Failure::Refused)?;
        }
        let loaded = reloaded(&copy, batch).map_err(Failure::Held)?;
        probe(&loaded, kind, genesis).map_err(Failure::Held)?;
        Ok(loaded)
    }))
    .unwrap_or(Err(Failure::Held(Fault::Panicked)))
}

fn applied(doc: &Automerge, batch: &[Checked]) -> Result<Automerge, Failure> {
    let mut copy = doc.clone();
    let changes: Vec<Change> = batch.iter().map(|it| it.change.clone()).collect();
    copy.apply_changes(changes).map_err(|_| Failure::Held(Fault::Apply))?;
    Ok(copy)
}

fn reloaded(copy: &Automerge, batch: &[Checked]) -> Result<Automerge, Fault> {
    let value = copy.hydrate(None);
    let loaded = Automerge::load(&copy.save()).map_err(|_| Fault::Load)?;
    if loaded.get_heads() != copy.get_heads() || loaded.hydrate(None) != value {
        return Err(Fault::Differs);
    }
    for checked in batch {
        let back = loaded.get_change_by_hash(&to_automerge(&checked.link.hash)).ok_or(Fault::Altered)?;
        if back.raw_bytes() != checked.change.raw_bytes() {
            return Err(Fault::Altered);
        }
    }
    Ok(loaded)
}

/// Edits a copy of the copy and merges the edit back.
fn probe(loaded: &Automerge, kind: Kind, genesis: &OpId) -> Result<(), Fault> {
    let mut edited = loaded.clone();
    edited.set_actor(ActorId::from(PROBE.as_slice()));
    let at = kind.containers().iter().position(|it| kind.rows() != Some(*it)).ok_or(Fault::Probe)?;
    let container = OpId { counter: genesis.counter + at as u64, actor: genesis.actor };
    let mut tx = edited.transaction();
    tx.put(container.to_object(), "probe", "probe").map_err(|_| Fault::Probe)?;
    let (hash, _) = tx.commit_with(CommitOptions::default().with_time(0));
    let mut merged = loaded.clone();
    merged.merge(&mut edited).map_err(|_| Fault::Probe)?;
    if hash.is_some() && merged.get_heads() == edited.get_heads() { Ok(()) } else { Err(Fault::Probe) }
}

/// Writes the probing edit, which is thrown away.
const PROBE: [u8; 16] = *b"svod/1 probe\0\0\0\0";
