//! Forms of fields: what was shown goes out with what may be typed, and comes back with it.
//!
//! Of a field `term` a form holds `term` (typed), `was-term` (the text that was shown) and `seen-term` (the operations
//! behind it). Only what the user changed becomes an edit; whether the operations still stand is the node's to judge.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::error::WebError;
use crate::domain::field::{Field, OpName};
use crate::requests::Edit;

/// The fields of a form by name. Of a name given twice the last one counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

/// One text of a form: the longest cell of the seed has 600 characters.
const TEXT_CHARS_MAX: usize = 20_000;
/// More operations than this never stand in one field: one per organisation and node is already rare.
const SEEN_MAX: usize = 256;

impl Fields {
    /// Takes the pairs of a form; line ends of browsers become those of documents.
    pub(super) fn new(pairs: Vec<(String, String)>) -> Result<Self, WebError> {
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            if value.chars().count() > TEXT_CHARS_MAX {
                return Err(WebError::BadForm);
            }
            fields.insert(name, value.replace("\r\n", "\n"));
        }
        Ok(Self(fields))
    }

    /// A field that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, WebError> {
        self.get(name).ok_or(WebError::BadForm)
    }

    /// A field, spaces around it left out.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|it| it.trim())
    }

    /// A field as it is: a value that stands in a document must come back to the character.
    pub(super) fn exact(&self, name: &str) -> Result<&str, WebError> {
        self.0.get(name).map(String::as_str).ok_or(WebError::BadForm)
    }

    /// The edits of those `fields` that the user changed; `key` names a field.
    pub(super) fn edits<F: Copy>(&self, fields: &[F], key: impl Fn(F) -> &'static str) -> Vec<Edit<F>> {
        let edit = |field: &F| {
            let name = key(*field);
            let typed = self.get(name)?;
            if self.get(&format!("was-{name}")).unwrap_or_default() == typed {
                return None;
            }
            let seen = self.get(&format!("seen-{name}")).unwrap_or_default();
            let mut seen: Vec<_> =
                seen.split_whitespace().take(SEEN_MAX).map(|it| OpName(it.to_owned())).collect();
            seen.sort();
            Some(Edit { field: *field, value: typed.to_owned(), seen })
        };
        fields.iter().filter_map(edit).collect()
    }
}

/// The hidden half of a field: what was shown and the operations behind it.
pub(super) fn seen(name: &str, field: &Field) -> Markup {
    html! {
        input type="hidden" name={ "was-" (name) } value=(field.text());
        input type="hidden" name={ "seen-" (name) } value=(seen_text(field));
    }
}

/// The operations of a field as one text.
pub(super) fn seen_text(field: &Field) -> String {
    field.ops().iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::ItemField;

    fn edits(pairs: &[(&str, &str)]) -> Vec<Edit<ItemField>> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Fields::new(pairs).unwrap().edits(&ItemField::ALL, ItemField::key)
    }

    #[test]
    fn only_what_was_changed_becomes_an_edit_with_what_was_seen() {
        let found = edits(&[
            ("title", "Вебинар"),
            ("was-title", "Вебинар"),
            ("seen-title", "1@aa"),
            ("term", " Март\r\n2022 "),
            ("was-term", "Март"),
            ("seen-term", "7@bb 3@aa"),
        ]);
        let seen = vec![OpName("3@aa".to_owned()), OpName("7@bb".to_owned())];
        assert_eq!(found, [Edit { field: ItemField::Term, value: "Март\n2022".to_owned(), seen }]);
    }

    #[test]
    fn a_field_that_is_not_in_the_form_is_not_touched() {
        assert_eq!(edits(&[("was-term", "Март"), ("seen-term", "3@aa")]), []);
    }

    #[test]
    fn a_text_beyond_the_bound_is_refused() {
        assert!(Fields::new(vec![("title".to_owned(), "я".repeat(TEXT_CHARS_MAX + 1))]).is_err());
    }
}
