//! Why a file was not read, in a sentence that says what to do.

use super::import::{ITEMS_MAX, ImportError};
use super::read::{FILE_BYTES_MAX, ReadError};
use crate::i18n::Catalog;

/// Why nothing was recognised.
pub fn refusal(t: &Catalog, error: &ImportError) -> String {
    match error {
        ImportError::NoHeader { seen } if seen.is_empty() => t.text("refused-no-table"),
        ImportError::NoHeader { seen } => t.with("refused-no-header", &[("seen", seen.join(" | ").into())]),
        ImportError::Read(error) => unread(t, error),
        ImportError::NoRows => t.text("refused-no-rows"),
        ImportError::TooManyItems { items } => {
            t.with("refused-too-many-items", &[("items", (*items).into()), ("max", ITEMS_MAX.into())])
        }
        ImportError::LongCell { place, letters } => {
            t.with("refused-long-cell", &[("row", place.row.into()), ("letters", (*letters).into())])
        }
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
        ReadError::Pdf => t.text("refused-pdf"),
        ReadError::Unknown => t.text("refused-unknown"),
        ReadError::Damaged { .. } => t.text("refused-damaged"),
        ReadError::NotATable => t.text("refused-no-table"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};
    use std::path::Path;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::exchange::import::import;
    use crate::i18n::Lang;

    fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
            writer.write_all(bytes).expect("bytes");
        }
        writer.finish().expect("a package").into_inner()
    }

    /// Checks that a file is refused with this sentence, which stands in both catalogues.
    fn check(what: &str, bytes: &[u8], key: &str) {
        let error = import(bytes).expect_err(what);
        for lang in Lang::ALL {
            let t = Catalog::of(lang);
            assert_eq!(refusal(t, &error), t.text(key), "{what}: {error:?}");
            assert_ne!(t.text(key), key, "{key} is a sentence");
        }
    }

    fn seed() -> Vec<u8> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/seed/roadmap-network.docx");
        std::fs::read(path).expect("the seed's file")
    }

    /// A package whose first part says that it is encrypted, in both places where a part says so.
    fn encrypted() -> Vec<u8> {
        let mut bytes = package(&[("word/document.xml", b"<a/>")]);
        for (magic, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
            let at = bytes.windows(4).position(|it| it == magic).expect("a header");
            bytes[at + flags] |= 1;
        }
        bytes
    }

    #[test]
    fn every_hostile_file_is_refused_with_a_sentence_that_says_what_to_do() {
        let spaces = vec![b' '; 20 << 20];
        check("a bomb", &package(&[("word/document.xml", &spaces)]), "refused-bounds");
        let names: Vec<_> = (0..2001).map(|it| it.to_string()).collect();
        let parts: Vec<_> = names.iter().map(|it| (it.as_str(), b"".as_slice())).collect();
        check("parts without end", &package(&parts), "refused-bounds");
        check("a million columns", ";".repeat(1_000_000).as_bytes(), "refused-bounds");
        check("a million rows", "а;б\n".repeat(1_000_000).as_bytes(), "refused-bounds");
        let laughs = b"<!DOCTYPE a [<!ENTITY b \"lol\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>";
        check("entities that grow", &package(&[("word/document.xml", laughs)]), "refused-damaged");
        let outside = b"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>";
        check("an entity from outside", &package(&[("word/document.xml", outside)]), "refused-damaged");
        check("a part with a way out", &package(&[("../../svod-was-here", b"x")]), "refused-unknown");
        check("an encrypted part", &encrypted(), "refused-encrypted");
        let whole = seed();
        for cut in [10, whole.len() / 2, whole.len() - 10] {
            check("a file that was cut off", &whole[..cut], "refused-damaged");
        }
        check("nothing", b"", "refused-empty");
    }
}
