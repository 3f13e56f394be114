//! The container of a report file: a zip whose parts are stored as they are, so that any archiver opens it and its bytes
//! follow from the parts alone.
//!
//! Written here by hand and not by a library: the verification compares every byte of a file with what this writes, for
//! as long as there are reports. Read by a library, so that a file which somebody has opened, altered and packed again
//! with an archiver of his own can still be looked into, and the figure named.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// Parts of a file: three, an act and a signature of each member, and what is of an earlier edition.
pub const PARTS_MAX: usize = 2048;
/// What the parts may have together; 500 members with the longest acts have 15 MiB.
pub const BYTES_MAX: u64 = 64 << 20;

/// The file is no container, or larger than any report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a readable container")]
pub struct Unreadable;

/// Names and bytes, in the order of the file.
pub type Parts = Vec<(String, Vec<u8>)>;

/// Writes the parts in the order given.
pub fn write(parts: &Parts) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let at = to_u32(out.len());
        let fields = local_fields(name, bytes);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&fields);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&fields);
        // Comment, disk, attributes: none.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (begins, count) = (to_u32(out.len()), u16::try_from(parts.len()).unwrap_or(u16::MAX));
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&to_u32(directory.len()).to_le_bytes());
    out.extend_from_slice(&begins.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// What a part's header and its entry in the directory have in common: version 2.0, no flags, stored, 1 January 1980.
fn local_fields(name: &str, bytes: &[u8]) -> Vec<u8> {
    let size = to_u32(bytes.len()).to_le_bytes();
    let mut fields = vec![0x14, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    fields.extend_from_slice(&crc32(bytes).to_le_bytes());
    fields.extend_from_slice(&size);
    fields.extend_from_slice(&size);
    fields.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
    fields.extend_from_slice(&[0, 0]);
    fields
}

/// Reads any zip within the bounds; [`write()`] of what it gives are the file's bytes if this program wrote it.
pub fn read(bytes: &[u8]) -> Result<Parts, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable)?;
    if archive.len() > PARTS_MAX || archive.has_duplicate_names() {
        return Err(Unreadable);
    }
    let (mut parts, mut left) = (Vec::new(), BYTES_MAX);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Unreadable)?;
        let name = part.name().map_err(|_| Unreadable)?.into_owned();
        let mut content = Vec::new();
        let read = part.take(left + 1).read_to_end(&mut content).map_err(|_| Unreadable)?;
        left = left.checked_sub(read as u64).ok_or(Unreadable)?;
        parts.push((name, content));
    }
    Ok(parts)
}

/// A file of [`BYTES_MAX`] is far below the type's limit.
fn to_u32(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// The checksum that a zip has, bit by bit: a report is small.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_a_zip_that_reads_back() {
        let parts: Parts = vec![
            ("a.json".into(), b"{}".to_vec()),
            ("acts/00002.act".into(), vec![7; 3000]),
            ("e".into(), vec![]),
        ];
        let bytes = write(&parts);
        assert_eq!(read(&bytes), Ok(parts.clone()));
        assert_eq!(write(&read(&bytes).expect("reads")), bytes);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926, "the check value of the standard");
    }

    #[test]
    fn what_is_no_zip_is_unreadable() {
        assert_eq!(read(b""), Err(Unreadable));
        assert_eq!(read(&[0x50; 100]), Err(Unreadable));
    }
}
