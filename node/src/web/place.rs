//! Where a value stands, as the text of a form's hidden field: `item/ROW/term`. A text that does not read back exactly
//! is refused.

use svod_shared::id::{DocId, OrgNo};

use crate::domain::execution::ExecutionField;
use crate::domain::plan::{ItemField, PlanField, RowId};
use crate::views::Place;

/// Rows are named by 13 characters of base32; this leaves room and nothing to abuse.
const ROW_CHARS_MAX: usize = 64;

/// The text of a place.
pub(super) fn to_text(place: &Place) -> String {
    match place {
        Place::Plan(field) => format!("plan/{}", field.key()),
        Place::Item(row, field) => format!("item/{}/{}", row.0, field.key()),
        Place::Row(row) => format!("row/{}", row.0),
        Place::Execution(org, row, field) => format!("execution/{}/{}/{}", org.0, row.0, field.key()),
    }
}

/// The place of a text.
pub(super) fn of_text(text: &str) -> Option<Place> {
    let parts: Vec<&str> = text.split('/').collect();
    Some(match *parts.as_slice() {
        ["plan", field] => Place::Plan(PlanField::of_key(field)?),
        ["item", row, field] => Place::Item(row_of(row)?, ItemField::of_key(field)?),
        ["row", row] => Place::Row(row_of(row)?),
        ["execution", org, row, field] => {
            Place::Execution(OrgNo(org.parse().ok()?), row_of(row)?, ExecutionField::of_key(field)?)
        }
        _ => return None,
    })
}

/// The row that a part of an address names.
pub(super) fn row_of(text: &str) -> Option<RowId> {
    let fits =
        !text.is_empty() && text.len() <= ROW_CHARS_MAX && text.bytes().all(|it| it.is_ascii_alphanumeric());
    fits.then(|| RowId(text.to_owned()))
}

/// The document that a part of an address names.
pub(super) fn doc_of(text: &str) -> Option<DocId> {
    DocId::from_hex(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_place_reads_back() {
        let row = RowId("abc234".to_owned());
        for place in [
            Place::Plan(PlanField::Title),
            Place::Item(row.clone(), ItemField::Term),
            Place::Row(row.clone()),
            Place::Execution(OrgNo(3), row, ExecutionField::Status),
        ] {
            assert_eq!(of_text(&to_text(&place)), Some(place));
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in [
            "",
            "item",
            "item//term",
            "item/a b/term",
            "item/abc/colour",
            "execution/x/abc/status",
            "row/../x",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
