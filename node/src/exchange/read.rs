//! Recognises a file by its content and reads its tables. The name of a file is never asked.

use super::table::{Document, Format};
use super::{csv, docx, package, xlsx};

/// Why a file was not read. Each reason wants something else from the person who chose the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is not a byte in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than anything a plan needs.
    #[error("the file has {bytes} bytes, at most {FILE_BYTES_MAX} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It would not stop growing when unpacked.
    #[error("the part {part} unpacks to more than is read")]
    Bomb {
        /// The part of the package.
        part: String,
    },
    /// It has more cells, rows, columns, parts or levels than a plan can have.
    #[error("the file has too many {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
    },
    /// It cannot be opened without its password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// A Word document of the old kind: to be saved as .docx.
    #[error("the file is a .doc")]
    OldWord,
    /// An Excel workbook of an old or binary kind: to be saved as .xlsx.
    #[error("the file is an .xls or .xlsb")]
    OldExcel,
    /// Rich text: to be saved as .docx.
    #[error("the file is an .rtf")]
    RichText,
    /// An OpenDocument file: to be saved as .docx or .xlsx.
    #[error("the file is an .odt or .ods")]
    OpenDocument,
    /// A PDF has no tables any more.
    #[error("the file is a PDF")]
    Pdf,
    /// Nothing that this program knows.
    #[error("the file is of an unknown kind")]
    Unknown,
    /// It begins like one of the known formats and then breaks its rules.
    #[error("the file is damaged at {part}")]
    Damaged {
        /// The part of the package, or what of it.
        part: String,
    },
    /// Everything is in order, but there is no table in it.
    #[error("the file has no table")]
    NotATable,
}

/// The largest file that is read. A roadmap has 20 KB; with scanned stamps in it, a few megabytes.
pub const FILE_BYTES_MAX: usize = 16 << 20;
/// The most cells with text in one file: a hundred times the largest plan.
pub const CELLS_MAX: usize = 200_000;
/// The most rows of one file.
pub const ROWS_MAX: usize = 50_000;
/// The most columns of a table.
pub const COLUMNS_MAX: usize = 256;

/// Reads the tables of a file.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ReadError::TooLarge { bytes: bytes.len() });
    }
    let blocks = match recognise(bytes)? {
        Kind::Package => {
            let mut package = package::Package::open(bytes)?;
            if let Some(part) = package.find("word/document", ".xml") {
                (Format::Docx, docx::read(&package.text(&part)?)?)
            } else if package.find("xl/workbook", ".xml").is_some() {
                (Format::Xlsx, xlsx::read(bytes, &mut package)?)
            } else if package.find("xl/workbook", ".bin").is_some() {
                return Err(ReadError::OldExcel);
            } else if package.find("content.xml", "").is_some() {
                return Err(ReadError::OpenDocument);
            } else {
                return Err(ReadError::Unknown);
            }
        }
        Kind::Text => (Format::Csv, csv::read(bytes)?),
    };
    let document = Document { format: blocks.0, blocks: blocks.1 };
    if document.tables().all(|it| it.rows.is_empty()) {
        return Err(ReadError::NotATable);
    }
    Ok(document)
}

enum Kind {
    Package,
    Text,
}

fn recognise(bytes: &[u8]) -> Result<Kind, ReadError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if bytes.is_empty() {
        Err(ReadError::Empty)
    } else if starts(b"PK\x03\x04") {
        Ok(Kind::Package)
    } else if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        Err(recognise_compound(bytes))
    } else if starts(b"{\\rtf") {
        Err(ReadError::RichText)
    } else if starts(b"%PDF") {
        Err(ReadError::Pdf)
    } else if csv::is_text(bytes) {
        Ok(Kind::Text)
    } else {
        Err(ReadError::Unknown)
    }
}

/// What lies in a compound file of the nineties, by the names of its streams.
fn recognise_compound(bytes: &[u8]) -> ReadError {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|it| it == name)
    };
    if has("EncryptedPackage") {
        ReadError::Encrypted
    } else if has("WordDocument") {
        ReadError::OldWord
    } else if has("Workbook") || has("Book") {
        ReadError::OldExcel
    } else {
        ReadError::Unknown
    }
}

#[cfg(test)]
mod tests;
