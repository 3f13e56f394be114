//! The container of an office file: a zip whose bytes depend on the parts alone.

use std::io::{Cursor, Write};

use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// Why a container could not be written.
#[derive(Debug, Error)]
pub enum PackageError {
    /// The container's limits were exceeded.
    #[error("writing the container failed")]
    Zip(#[from] zip::result::ZipError),
    /// Compressing a part failed.
    #[error("writing a part failed")]
    Write(#[from] std::io::Error),
}

/// Packs the parts in the order given.
pub(super) fn pack(parts: Vec<(&str, Vec<u8>)>) -> Result<Vec<u8>, PackageError> {
    // Time, system and rights are spelt out: the crate's defaults depend on where it runs.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(COMPRESSION_LEVEL))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The usual trade between time and size; fixed because it reaches the bytes.
const COMPRESSION_LEVEL: i64 = 6;
