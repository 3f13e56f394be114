//! Recognises a file by its content and reads its tables. The name of a file is never asked.

use super::compound::{self, Compound};
use super::table::{Block, Document, Format};
use super::{csv, docx, odf, package, xls, xlsx};

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
    /// An Excel workbook from before 1997 or of the binary kind: to be saved as .xlsx.
    #[error("the file is an .xlsb or older than 1997")]
    OldExcel,
    /// Rich text: to be saved as .docx.
    #[error("the file is an .rtf")]
    RichText,
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
            } else if let Some(part) = package.find("content.xml", "") {
                check_open(&mut package)?;
                (Format::Odf, odf::read(&package.text(&part)?)?)
            } else {
                return Err(ReadError::Unknown);
            }
        }
        Kind::Compound => (Format::Xls, read_compound(bytes)?),
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
    Compound,
    Text,
}

fn recognise(bytes: &[u8]) -> Result<Kind, ReadError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if bytes.is_empty() {
        Err(ReadError::Empty)
    } else if starts(b"PK\x03\x04") {
        Ok(Kind::Package)
    } else if starts(compound::MAGIC) {
        Ok(Kind::Compound)
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

/// Of the compound files of the nineties, workbooks are read; what the others are, their streams say.
fn read_compound(bytes: &[u8]) -> Result<Vec<Block>, ReadError> {
    let file = Compound::open(bytes)?;
    if file.has("EncryptedPackage") {
        Err(ReadError::Encrypted)
    } else if file.has("Workbook") {
        xls::read(&file)
    } else if file.has("WordDocument") {
        Err(ReadError::OldWord)
    } else if file.has("Book") {
        Err(ReadError::OldExcel)
    } else {
        Err(ReadError::Unknown)
    }
}

/// The manifest of an OpenDocument file says which parts a password closes.
fn check_open(package: &mut package::Package<'_>) -> Result<(), ReadError> {
    let Some(manifest) = package.find("META-INF/manifest", ".xml") else { return Ok(()) };
    let is_closed = package.text(&manifest)?.contains("encryption-data");
    if is_closed { Err(ReadError::Encrypted) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
