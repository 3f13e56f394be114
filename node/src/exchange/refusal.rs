//! Why a file was not read, in a sentence that says what to do.

use super::import::ImportError;
use super::read::{FILE_BYTES_MAX, ReadError};
use crate::i18n::Catalog;

/// Why nothing was recognised.
pub fn refusal(t: &Catalog, error: &ImportError) -> String {
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
