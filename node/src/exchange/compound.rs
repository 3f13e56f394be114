//! A compound file, the container of office programs of the nineties: sectors chained by a table, streams by name.
//!
//! ```text
//! header    magic · sector size · where the tables begin · the first 109 sectors of the FAT
//! FAT       for each sector the next one of its chain
//! directory entries of 128 bytes: name in UTF-16, first sector, size; the first entry is the root
//! mini      streams under 4096 bytes lie in sectors of 64 bytes inside the root's own stream
//! ```
//!
//! Every chain is bounded by the number of sectors that the file has: one that runs in a circle is damaged.

use super::read::ReadError;

/// What every compound file begins with.
pub(super) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A compound file whose tables were read.
#[derive(Debug)]
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector_shift: u32,
    mini_shift: u32,
    mini_cutoff: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    /// The stream that small streams lie in.
    mini: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    start: u32,
    size: usize,
}

impl<'a> Compound<'a> {
    /// Reads the tables.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let header = bytes.get(..HEADER_BYTES).ok_or_else(damaged)?;
        let (sector_shift, mini_shift) = (u32::from(u16_at(header, 30)?), u32::from(u16_at(header, 32)?));
        if !matches!(sector_shift, 9 | 12) || mini_shift >= sector_shift || mini_shift < 4 {
            return Err(damaged());
        }
        let mut file = Self {
            bytes,
            sector_shift,
            mini_shift,
            mini_cutoff: u32_at(header, 56)? as usize,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            entries: Vec::new(),
        };
        file.fat = file.read_fat(header)?;
        let directory = file.chain(u32_at(header, 48)?, usize::MAX)?;
        file.entries = directory.chunks_exact(ENTRY_BYTES).filter_map(entry).collect();
        let mini_fat = file.chain(u32_at(header, 60)?, usize::MAX)?;
        file.mini_fat = numbers(&mini_fat);
        let root = file.entries.first().map(|it| (it.start, it.size));
        if let Some((start, size)) = root {
            file.mini = file.chain(start, size)?;
        }
        Ok(file)
    }

    /// Whether there is a stream of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|it| it.name == name)
    }

    /// The bytes of a stream; `None` if there is none of this name.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(entry) = self.entries.iter().skip(1).find(|it| it.name == name) else { return Ok(None) };
        if entry.size >= self.mini_cutoff {
            return self.chain(entry.start, entry.size).map(Some);
        }
        let mut stream = Vec::new();
        let mut at = entry.start;
        for _ in 0..=self.mini_fat.len() {
            if stream.len() >= entry.size || at >= LAST_SECTOR {
                stream.truncate(entry.size);
                return Ok(Some(stream));
            }
            let from = (at as usize) << self.mini_shift;
            let piece = self.mini.get(from..).unwrap_or_default();
            stream.extend(piece.iter().take(1 << self.mini_shift));
            at = self.mini_fat.get(at as usize).copied().ok_or_else(damaged)?;
        }
        Err(damaged())
    }

    /// The sectors of the FAT: the first 109 stand in the header, the rest in a chain of sectors of their own.
    fn read_fat(&self, header: &[u8]) -> Result<Vec<u32>, ReadError> {
        let mut places = numbers(header.get(76..HEADER_BYTES).unwrap_or_default());
        let mut next = u32_at(header, 68)?;
        let sectors = self.bytes.len() >> self.sector_shift;
        for _ in 0..=sectors {
            if next >= LAST_SECTOR {
                let used = places.into_iter().filter(|it| *it < LAST_SECTOR).take(sectors);
                let mut fat = Vec::new();
                for place in used {
                    fat.extend(numbers(self.sector(place)?));
                }
                return Ok(fat);
            }
            let mut more = numbers(self.sector(next)?);
            next = more.pop().unwrap_or(LAST_SECTOR);
            places.extend(more);
        }
        Err(damaged())
    }

    fn sector(&self, number: u32) -> Result<&'a [u8], ReadError> {
        let from = (number as usize).saturating_add(1) << self.sector_shift;
        let rest = self.bytes.get(from..).filter(|it| !it.is_empty()).ok_or_else(damaged)?;
        // Some programs leave the last sector short.
        Ok(rest.get(..1 << self.sector_shift).unwrap_or(rest))
    }

    /// The bytes of a chain of sectors, `size` of them at most.
    fn chain(&self, start: u32, size: usize) -> Result<Vec<u8>, ReadError> {
        let mut chain = Vec::new();
        let mut at = start;
        for _ in 0..=self.fat.len() {
            if at >= LAST_SECTOR || chain.len() >= size {
                chain.truncate(size);
                return Ok(chain);
            }
            chain.extend_from_slice(self.sector(at)?);
            at = self.fat.get(at as usize).copied().ok_or_else(damaged)?;
        }
        Err(damaged())
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64).ok()?);
    let name = bytes.get(..length.checked_sub(2)?.min(62))?;
    let units: Vec<_> =
        name.chunks_exact(2).filter_map(|it| Some(u16::from_le_bytes(it.try_into().ok()?))).collect();
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        start: u32_at(bytes, 116).ok()?,
        size: u32_at(bytes, 120).ok()? as usize,
    })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|it| Some(u32::from_le_bytes(it.try_into().ok()?))).collect()
}

/// Two bytes at a place, the lower first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, ReadError> {
    let two = bytes.get(at..at + 2).and_then(|it| it.try_into().ok());
    two.map(u16::from_le_bytes).ok_or_else(damaged)
}

/// Four bytes at a place, the lowest first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, ReadError> {
    let four = bytes.get(at..at + 4).and_then(|it| it.try_into().ok());
    four.map(u32::from_le_bytes).ok_or_else(damaged)
}

fn damaged() -> ReadError {
    ReadError::Damaged { part: "compound file".to_owned() }
}

const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// From here on numbers mean «end of chain», «free» and the like.
const LAST_SECTOR: u32 = 0xffff_fffa;
