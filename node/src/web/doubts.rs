//! What an import suspects and why it refuses, in sentences that say what to do.

use super::term;
use crate::exchange::import::{DoubtKind, ImportError};
use crate::exchange::read::{FILE_BYTES_MAX, ReadError};
use crate::i18n::Catalog;

/// One doubt.
pub(super) fn doubt(t: &Catalog, kind: &DoubtKind) -> String {
    match kind {
        DoubtKind::Empty => t.text("doubt-empty"),
        DoubtKind::Glued { with } => t.with("doubt-glued", &[("row", with.row.into())]),
        DoubtKind::Displaced => t.text("doubt-displaced"),
        DoubtKind::Unmapped { text } => t.with("doubt-unmapped", &[("text", text.clone().into())]),
        DoubtKind::MergedDown => t.text("doubt-merged-down"),
        DoubtKind::NoNumber => t.text("doubt-no-number"),
        DoubtKind::RepeatedNumber => t.text("doubt-repeated-number"),
        DoubtKind::Lookalike { found, proposal } => t.with(
            "doubt-lookalike",
            &[("found", found.clone().into()), ("proposal", proposal.clone().into())],
        ),
        DoubtKind::Unbalanced => t.text("doubt-unbalanced"),
        DoubtKind::Composite { items, terms } => {
            let key = if terms.is_some() { "doubt-composite-paired" } else { "doubt-composite" };
            t.with(key, &[("n", items.len().into()), ("items", items.join("; ").into())])
        }
        DoubtKind::Term(issue) => term::doubt(t, issue),
    }
}

/// Why nothing was recognised.
pub(super) fn refusal(t: &Catalog, error: &ImportError) -> String {
    match error {
        ImportError::NoHeader { seen } if seen.is_empty() => t.text("refused-no-table"),
        ImportError::NoHeader { seen } => t.with("refused-no-header", &[("seen", seen.join(" | ").into())]),
        ImportError::Read(error) => unread(t, error),
    }
}

fn unread(t: &Catalog, error: &ReadError) -> String {
    match error {
        ReadError::Empty => t.text("refused-empty"),
        ReadError::TooLarge { .. } => {
            t.with("refused-too-large", &[("megabytes", (FILE_BYTES_MAX / (1 << 20)).into())])
        }
        ReadError::Bomb { .. } | ReadError::TooMany { .. } => t.text("refused-bounds"),
        ReadError::Encrypted => t.text("refused-encrypted"),
        ReadError::OldWord | ReadError::RichText => t.text("refused-old-word"),
        ReadError::OldExcel => t.text("refused-old-excel"),
        ReadError::OpenDocument => t.text("refused-open-document"),
        ReadError::Pdf => t.text("refused-pdf"),
        ReadError::Unknown => t.text("refused-unknown"),
        ReadError::Damaged { .. } => t.text("refused-damaged"),
        ReadError::NotATable => t.text("refused-no-table"),
    }
}
