//! Reading fields: every visible value with the operation and the change it comes from.

use std::collections::BTreeMap;

use automerge::{ReadDoc, Value, ValueRef};
use svod_shared::id::ChangeHash;

use super::document::{Document, Place};
use super::past::OpId;
use crate::domain::field::{Field, Variant};

/// A visible value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) op: OpId,
    pub(super) value: Scalar,
}

/// What a value is to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scalar {
    Text(String),
    /// A value taken back: an emptied field, a restored row.
    Null,
    /// A type that no field of this version has: reads as absent.
    Other,
}

impl Document {
    /// One field of a place; absent if place or field does not exist.
    pub fn field(&self, place: &Place, key: &str) -> Field {
        self.to_field(&self.standing(place, key))
    }

    /// All fields of a place by key.
    pub fn fields(&self, place: &Place) -> BTreeMap<String, Field> {
        let all = self.all_standing(place);
        all.into_iter().map(|(key, values)| (key, self.to_field(&values))).collect()
    }

    /// The visible values of a field in automerge's order: the last one is the winner.
    pub(super) fn standing(&self, place: &Place, key: &str) -> Vec<Standing> {
        self.object(place).map_or_else(Vec::new, |object| self.standing_in(&object, key, None))
    }

    /// The same of an object; `at` asks for what stood for the author of a change with these dependencies.
    pub(super) fn standing_in(
        &self,
        object: &OpId,
        key: &str,
        at: Option<&[automerge::ChangeHash]>,
    ) -> Vec<Standing> {
        let values = match at {
            Some(heads) => self.doc.get_all_at(object.to_object(), key, heads),
            None => self.doc.get_all(object.to_object(), key),
        };
        let values = values.unwrap_or_default();
        values.into_iter().filter_map(|(value, id)| Some(Standing::of(&value, OpId::of(&id)?))).collect()
    }

    /// The visible values of all fields of a place.
    pub(super) fn all_standing(&self, place: &Place) -> BTreeMap<String, Vec<Standing>> {
        let Some(object) = self.object(place) else { return BTreeMap::new() };
        let mut fields = BTreeMap::new();
        for item in self.doc.map_range(object.to_object(), ..) {
            let standing = if item.conflict {
                self.standing_in(&object, &item.key, None)
            } else {
                OpId::of(&item.id())
                    .map(|op| Standing { op, value: scalar(&item.value) })
                    .into_iter()
                    .collect()
            };
            fields.insert(item.key.into_owned(), standing);
        }
        fields
    }

    pub(super) fn to_field(&self, standing: &[Standing]) -> Field {
        let mut variants = standing.iter().rev().filter_map(|it| self.variant(it));
        Field { shown: variants.next(), others: variants.collect() }
    }

    pub(super) fn variant(&self, standing: &Standing) -> Option<Variant> {
        let span = self.past.span(&standing.op)?;
        let value = standing.value.text()?.to_owned();
        Some(Variant { value, op: standing.op.name(), change: span.hash, time: span.time })
    }

    /// The change that holds an operation.
    pub(super) fn change_of(&self, op: &OpId) -> Option<ChangeHash> {
        self.past.span(op).map(|it| it.hash)
    }
}

impl Standing {
    fn of(value: &Value<'_>, op: OpId) -> Self {
        let value = match value {
            Value::Scalar(value) => match value.as_ref() {
                automerge::ScalarValue::Str(text) => Scalar::Text(text.to_string()),
                automerge::ScalarValue::Null => Scalar::Null,
                _ => Scalar::Other,
            },
            Value::Object(_) => Scalar::Other,
        };
        Self { op, value }
    }
}

impl Scalar {
    /// The value as a field shows it; `None`: absent.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null => Some(""),
            Self::Other => None,
        }
    }
}

fn scalar(value: &ValueRef<'_>) -> Scalar {
    match value {
        ValueRef::Scalar(automerge::ScalarValueRef::Str(text)) => Scalar::Text(text.to_string()),
        ValueRef::Scalar(automerge::ScalarValueRef::Null) => Scalar::Null,
        _ => Scalar::Other,
    }
}
