//! A zip package of a stranger, checked before anybody reads it.
//!
//! Every part is unpacked once into nothing, counting, before a reader sees the package: the sizes in a zip are claims.
//! Refused: too many parts, parts that unpack to more than a bound in sum or far beyond their packed size, encrypted
//! parts, names that occur twice, and XML that brings a document type of its own (no reader expands entities).

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::read::ReadError;

/// A checked package.
#[derive(Debug)]
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
}

/// A document of Word has some twenty parts, one full of pictures some hundreds.
const PARTS_MAX: usize = 2000;
/// What all parts may unpack to. Word's own styles take one megabyte.
const UNPACKED_BYTES_MAX: u64 = 64 << 20;
/// How many times its packed size a part may unpack to. Tables repeat themselves, and reach 30.
const RATIO_MAX: u64 = 100;
/// Small parts may be as repetitive as they like.
const RATIO_BYTES_MIN: u64 = 1 << 20;
/// Where a document type may stand: before the first element.
const PROLOG_BYTES: usize = 1024;

impl<'a> Package<'a> {
    /// Opens and checks a package.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let damaged = || ReadError::Damaged { part: "zip".to_owned() };
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        if archive.len() > PARTS_MAX {
            return Err(ReadError::TooMany { what: "parts" });
        }
        if archive.has_duplicate_names() {
            return Err(damaged());
        }
        let mut names = Vec::with_capacity(archive.len());
        let mut left = UNPACKED_BYTES_MAX;
        for index in 0..archive.len() {
            let (name, unpacked) = check_part(&mut archive, index, left)?;
            left -= unpacked;
            names.push(name);
        }
        Ok(Self { archive, names })
    }

    /// The first part whose name begins and ends so. `word/document2.xml` is as good as `word/document.xml`.
    pub(super) fn find(&self, start: &str, end: &str) -> Option<String> {
        let fits = |it: &&String| it.starts_with(start) && it.ends_with(end);
        self.names.iter().filter(fits).min_by_key(|it| it.len()).cloned()
    }

    /// The text of an XML part. Its size was checked when the package was opened.
    pub(super) fn text(&mut self, name: &str) -> Result<String, ReadError> {
        let damaged = || ReadError::Damaged { part: name.to_owned() };
        let part = self.archive.by_name(name).map_err(|_| damaged())?;
        let mut bytes = Vec::new();
        part.take(UNPACKED_BYTES_MAX).read_to_end(&mut bytes).map_err(|_| damaged())?;
        let text = match encoding_rs::Encoding::for_bom(&bytes) {
            Some((encoding, _)) => {
                let (text, _, is_broken) = encoding.decode(&bytes);
                (!is_broken).then_some(text)
            }
            None => std::str::from_utf8(&bytes).ok().map(Cow::Borrowed),
        };
        text.map(Cow::into_owned).ok_or_else(damaged)
    }
}

/// Unpacks a part into nothing; gives its name and how many bytes it has.
fn check_part(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
) -> Result<(String, u64), ReadError> {
    let damaged = |part: &str| ReadError::Damaged { part: part.to_owned() };
    if archive.by_index_raw(index).is_ok_and(|it| it.encrypted()) {
        return Err(ReadError::Encrypted);
    }
    let part = archive.by_index(index).map_err(|_| damaged("zip"))?;
    let name = part.name().map_err(|_| damaged("zip"))?.into_owned();
    let bound = left.min(part.compressed_size().saturating_mul(RATIO_MAX).max(RATIO_BYTES_MIN));
    if part.size() > bound {
        return Err(ReadError::Bomb { part: name });
    }
    let mut part = part.take(bound + 1);
    let mut prolog = Vec::new();
    let broken = |_| damaged(&name);
    let start = (&mut part).take(PROLOG_BYTES as u64).read_to_end(&mut prolog).map_err(broken)?;
    let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
    if is_xml && prolog.windows(DOCTYPE.len()).any(|it| it.eq_ignore_ascii_case(DOCTYPE)) {
        return Err(damaged(&name));
    }
    let rest = std::io::copy(&mut part, &mut std::io::sink()).map_err(broken)?;
    let unpacked = start as u64 + rest;
    if unpacked > bound {
        return Err(ReadError::Bomb { part: name });
    }
    Ok((name, unpacked))
}

const DOCTYPE: &[u8] = b"<!DOCTYPE";
