//! Own edits: from operations in the domain's shape to the bytes of a change.
//!
//! The change is made on a copy and passes the guard before the document takes it, so that nothing is ever signed that
//! other nodes would refuse.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, AutomergeError, ObjId, ObjType, ReadDoc, ScalarValue};
use svod_shared::entry::CHANGE_BYTES_MAX;
use svod_shared::id::{Actor, ChangeHash};
use svod_shared::time::Timestamp;

use super::document::{Document, Incoming, Place};
use super::guard::structure::row_id;
use super::guard::{self, Refusal};
use crate::domain::plan::RowId;

/// One step of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Puts a value into a field; `None` puts null. A value that stands there alone is not put again; in a divergence
    /// it is, and settles it.
    Set {
        /// Where the field is. A row that an earlier step of this edit creates is named by [`Document::next_row_id`].
        place: Place,
        /// The field's key.
        key: String,
        /// Its value.
        value: Option<String>,
    },
    /// Creates a row with its first fields.
    CreateRow {
        /// Keys and values.
        fields: Vec<(String, String)>,
    },
}

/// A change to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// Its hash.
    pub hash: ChangeHash,
    /// The plain chunk.
    pub bytes: Vec<u8>,
    /// The rows it created, in order.
    pub rows: Vec<RowId>,
}

/// Why an edit was not made; the document is as before.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The place does not exist in this document.
    #[error("no such place in the document: {0:?}")]
    NoPlace(Place),
    /// The kind has no rows.
    #[error("documents of this kind have no rows")]
    NoRows,
    /// The change would exceed [`CHANGE_BYTES_MAX`]; the caller splits it.
    #[error("change has {bytes} bytes")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Other nodes would refuse it.
    #[error("change would be refused")]
    Refused(#[source] Refusal),
    /// Automerge failed.
    #[error("automerge failed")]
    Automerge(#[source] AutomergeError),
    /// Automerge panicked.
    #[error("automerge panicked")]
    Panicked,
    /// It was made beside the document, which does not take it.
    #[error("document does not take the change")]
    NotTaken,
}

impl Document {
    /// Makes one change of all the steps; `None` if they change nothing.
    pub fn edit(
        &mut self,
        actor: Actor,
        time: Timestamp,
        reason: Option<&str>,
        ops: &[Op],
    ) -> Result<Option<NewChange>, EditError> {
        let mut options = CommitOptions::default().with_time(time.seconds());
        options.message = reason.map(str::to_owned);
        let (edited, change) = catch_unwind(AssertUnwindSafe(|| self.edited(actor, options, ops)))
            .unwrap_or(Err(EditError::Panicked))?;
        let Some(change) = change else { return Ok(None) };
        if change.bytes.len() > CHANGE_BYTES_MAX {
            return Err(EditError::TooLarge { bytes: change.bytes.len() });
        }
        let incoming = Incoming { actor, hash: change.hash, bytes: &change.bytes };
        let header = guard::scan(&incoming).map_err(EditError::Refused)?;
        let checked = guard::check(self.kind, &self.genesis, &self.past, &header, &change.bytes)
            .map_err(EditError::Refused)?;
        guard::check_superseded(&edited, &checked).map_err(EditError::Refused)?;
        self.remember(&checked).map_err(EditError::Refused)?;
        self.doc = edited;
        Ok(Some(change))
    }

    /// The edited copy and the change that makes the difference.
    fn edited(
        &self,
        actor: Actor,
        options: CommitOptions,
        ops: &[Op],
    ) -> Result<(Automerge, Option<NewChange>), EditError> {
        let mut copy = self.doc.clone();
        copy.set_actor(ActorId::from(actor.as_bytes().as_slice()));
        let mut steps = Steps {
            document: self,
            actor,
            seq: self.past.last_seq(&actor) + 1,
            rows: vec![],
            objects: BTreeMap::new(),
        };
        let mut tx = copy.transaction();
        for op in ops {
            steps.take(&mut tx, op)?;
        }
        let (hash, _) = tx.commit_with(options);
        let change = hash.and_then(|it| copy.get_change_by_hash(&it)).map(|change| NewChange {
            hash: ChangeHash(change.hash().0),
            bytes: change.raw_bytes().to_vec(),
            rows: steps.rows,
        });
        Ok((copy, change))
    }
}

struct Steps<'a> {
    document: &'a Document,
    actor: Actor,
    seq: u64,
    rows: Vec<RowId>,
    objects: BTreeMap<RowId, ObjId>,
}

impl Steps<'_> {
    fn take(&mut self, tx: &mut Transaction<'_>, op: &Op) -> Result<(), EditError> {
        match op {
            Op::Set { place, key, value } => {
                let value = value.as_deref().map_or(ScalarValue::Null, ScalarValue::from);
                put(tx, &self.object(place)?, key, value).map_err(EditError::Automerge)
            }
            Op::CreateRow { fields } => {
                let name = self.document.kind.rows().ok_or(EditError::NoRows)?;
                let rows = self.document.container(name).ok_or(EditError::NoRows)?;
                let row = row_id(&self.actor, self.seq, self.rows.len() as u64);
                let object = tx
                    .put_object(rows.to_object(), row.0.as_str(), ObjType::Map)
                    .map_err(EditError::Automerge)?;
                for (key, value) in fields {
                    tx.put(&object, key.as_str(), value.as_str()).map_err(EditError::Automerge)?;
                }
                self.rows.push(row.clone());
                self.objects.insert(row, object);
                Ok(())
            }
        }
    }

    fn object(&self, place: &Place) -> Result<ObjId, EditError> {
        if let Place::Row(row) = place
            && let Some(object) = self.objects.get(row)
        {
            return Ok(object.clone());
        }
        match place {
            // Only rows stand among the rows.
            Place::Container(name) if self.document.kind.rows() == Some(*name) => None,
            _ => self.document.object(place),
        }
        .map(|it| it.to_object())
        .ok_or_else(|| EditError::NoPlace(place.clone()))
    }
}

/// In a divergence, automerge would only delete the other values when the winner is put again. Then nothing would say
/// who chose, and of two different choices made at once one would vanish. So all values are deleted and the chosen one
/// is written anew.
fn put(
    tx: &mut Transaction<'_>,
    object: &ObjId,
    key: &str,
    value: ScalarValue,
) -> Result<(), AutomergeError> {
    if tx.get_all(object, key)?.len() > 1 {
        tx.delete(object, key)?;
    }
    tx.put(object, key, value)
}
