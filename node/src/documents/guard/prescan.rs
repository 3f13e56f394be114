//! What the bytes of a change say, read with bounds and without expanding anything.
//!
//! ```text
//! chunk  = 85 6f 4a 83 · checksum 4 · type u8 = 1 · length LEB128 · body          hash = SHA-256(type · length · body)
//! body   = deps n · hash 32… · actor len · actor · seq · start op · time SLEB128 · message len · UTF-8
//!          · other actors n · (len · actor)… · columns n · (spec · length)… · column data
//! column = RLE runs: n > 0 · value (n copies) | n < 0 · |n| values | 0 · count (nulls);  booleans: alternating counts
//! ```
//!
//! The sum of the run lengths is checked before automerge expands them: 64 bytes can claim 10¹² operations. Columns
//! that no map of scalars needs are refused, and so is whatever follows the columns.

use svod_shared::chunk::{MAGIC, TYPE_CHANGE};
use svod_shared::entry::CHANGE_BYTES_MAX;
use svod_shared::id::{Actor, ChangeHash, sha256};
use svod_shared::leb::{ReadError, Reader};

use super::Refusal;

/// A change may have so many operations, and one more for each of its bytes. Run lengths let a hundred bytes stand for any
/// number of operations, each of which costs every node some 400 bytes of memory for ever, so they are bounded by what
/// their author sends. The number covers what honest work repeats most: the deletion of every row of a large plan.
pub(crate) const OPS_FREE: u64 = 1_000;
/// The most bytes that the keys of a change have once each stands by itself. A run repeats a key of 40 KiB thousands of
/// times; honest keys have some 20 bytes.
pub(crate) const KEY_BYTES_MAX: u64 = 1024 * 1024;
/// The most dependencies: twice the largest network of 500 feeds. An honest merge of 44 nodes has 44.
pub(crate) const DEPS_MAX: u64 = 1024;
/// 9999-12-31T23:59:59Z. Automerge panics on times near the ends of 64 bits.
pub(crate) const TIME_MAX: i64 = 253_402_300_799;

/// What a change says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) hash: ChangeHash,
    pub(crate) deps: Vec<ChangeHash>,
    pub(crate) actor: Actor,
    pub(crate) seq: u64,
    pub(crate) start_op: u64,
    pub(crate) time: i64,
    pub(crate) ops: u64,
}

/// Reads a change that its entry states to be `hash` by `actor`.
pub(crate) fn scan(bytes: &[u8], hash: &ChangeHash, actor: &Actor) -> Result<Header, Refusal> {
    let mut body = Reader::new(open(bytes, hash)?);
    let header = head(&mut body, hash, actor)?;
    let ops = columns(body, OPS_FREE + bytes.len() as u64)?;
    if ops == 0 {
        return Err(Refusal::Empty);
    }
    Ok(Header { ops, ..header })
}

/// Checks the chunk's frame and returns its body.
fn open<'a>(bytes: &'a [u8], hash: &ChangeHash) -> Result<&'a [u8], Refusal> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err(Refusal::TooLarge { bytes: bytes.len() });
    }
    let mut reader = Reader::new(bytes);
    if reader.array::<4>()? != MAGIC {
        return Err(Refusal::Malformed(ReadError::Unknown));
    }
    let checksum: [u8; 4] = reader.array()?;
    let hashed = reader.rest();
    let found = reader.u8()?;
    if found != TYPE_CHANGE {
        return Err(Refusal::Chunk { found });
    }
    let body = reader.bytes(CHANGE_BYTES_MAX)?;
    reader.end()?;
    if sha256(hashed) != hash.0 || !hash.0.starts_with(&checksum) {
        return Err(Refusal::Hash);
    }
    Ok(body)
}

/// Reads up to the columns; `ops` is still 0.
fn head(body: &mut Reader<'_>, hash: &ChangeHash, actor: &Actor) -> Result<Header, Refusal> {
    let count = body.leb()?;
    if count == 0 || count > DEPS_MAX {
        return Err(Refusal::Dependencies);
    }
    let mut deps = Vec::new();
    for _ in 0..count {
        deps.push(ChangeHash(body.array()?));
    }
    if !deps.is_sorted_by(|a, b| a < b) {
        return Err(Refusal::Dependencies);
    }
    if body.bytes(CHANGE_BYTES_MAX)? != actor.as_bytes() {
        return Err(Refusal::Actor);
    }
    let seq = body.leb()?;
    let start_op = body.leb()?;
    let time = sleb(body)?;
    if !(0..=TIME_MAX).contains(&time) {
        return Err(Refusal::Time { seconds: time });
    }
    body.text(CHANGE_BYTES_MAX)?;
    for _ in 0..body.leb_max(CHANGE_BYTES_MAX as u64)? {
        body.array::<1>().map(|[len]| len == 16)?.then_some(()).ok_or(ReadError::Unknown)?;
        body.raw(16)?;
    }
    Ok(Header { hash: *hash, deps, actor: *actor, seq, start_op, time, ops: 0 })
}

/// Counts the operations; no column may claim more than `max` items.
fn columns(mut body: Reader<'_>, max: u64) -> Result<u64, Refusal> {
    let count = body.leb_max(COLUMNS.len() as u64)?;
    let mut specs = Vec::new();
    for _ in 0..count {
        specs.push((body.leb()?, body.leb()?));
    }
    if let Some(pair) = specs.windows(2).find(|it| it.first().map(|a| a.0) >= it.last().map(|a| a.0)) {
        return Err(Refusal::Column { spec: pair.last().map_or(0, |it| it.0) });
    }
    let mut ops = 0;
    for (spec, len) in specs {
        let len = usize::try_from(len).map_err(|_| ReadError::Limit)?;
        let data = Reader::new(body.raw(len)?);
        let content = COLUMNS.iter().find(|it| it.0 == spec).ok_or(Refusal::Column { spec })?.1;
        let items = content.count(data, max)?;
        if spec == ACTION {
            ops = items;
        }
    }
    body.end()?;
    Ok(ops)
}

/// How the values of a column are written.
#[derive(Debug, Clone, Copy)]
enum Content {
    Number,
    Signed,
    Text,
    Boolean,
    Group,
    Raw,
}

const ACTION: u64 = 0x42;

/// The columns of map operations: object, key, insert, action, value, predecessors. Marks and their expansion (0x94,
/// 0xa5) belong to text, which no kind of this version has.
const COLUMNS: [(u64, Content); 12] = [
    (0x01, Content::Number),
    (0x02, Content::Number),
    (0x11, Content::Number),
    (0x13, Content::Signed),
    (0x15, Content::Text),
    (0x34, Content::Boolean),
    (ACTION, Content::Number),
    (0x56, Content::Number),
    (0x57, Content::Raw),
    (0x70, Content::Group),
    (0x71, Content::Number),
    (0x73, Content::Signed),
];

impl Content {
    /// How many items the column claims: at most `max`, and of a group as many members.
    fn count(self, mut data: Reader<'_>, max: u64) -> Result<u64, Refusal> {
        let mut total = Total { items: 0, max };
        let mut members =
            Total { items: 0, max: if matches!(self, Self::Text) { KEY_BYTES_MAX } else { max } };
        while !matches!(self, Self::Raw) && !data.is_empty() {
            if matches!(self, Self::Boolean) {
                total.add(data.leb()?)?;
                continue;
            }
            let run = sleb(&mut data)?;
            match run {
                0 => total.add(data.leb()?)?,
                1.. => {
                    total.add(run.unsigned_abs())?;
                    let value = self.value(&mut data)?;
                    members.add(value.saturating_mul(run.unsigned_abs()))?;
                }
                _ => {
                    total.add(run.unsigned_abs())?;
                    for _ in 0..run.unsigned_abs() {
                        members.add(self.value(&mut data)?)?;
                    }
                }
            }
        }
        Ok(total.items)
    }

    /// Skips a value; of a group, how many members it has, of a text, how many bytes.
    fn value(self, data: &mut Reader<'_>) -> Result<u64, ReadError> {
        match self {
            Self::Number => data.leb().map(|_| 0),
            Self::Signed => sleb(data).map(|_| 0),
            Self::Text => data.text(CHANGE_BYTES_MAX).map(|it| it.len() as u64),
            Self::Group => data.leb(),
            Self::Boolean | Self::Raw => Ok(0),
        }
    }
}

/// A count that never passes its bound.
struct Total {
    items: u64,
    max: u64,
}

impl Total {
    fn add(&mut self, items: u64) -> Result<(), Refusal> {
        self.items = self.items.saturating_add(items);
        if self.items > self.max { Err(Refusal::TooManyOps) } else { Ok(()) }
    }
}

/// Takes a signed LEB128 number of at most 64 bits. Whether it is the shortest form, the canonical check tells.
fn sleb(reader: &mut Reader<'_>) -> Result<i64, ReadError> {
    let mut value = 0i64;
    for shift in (0..64).step_by(7) {
        let byte = reader.u8()?;
        value |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let sign = byte & 0x40 != 0 && shift + 7 < 64;
            return Ok(if sign { value | (-1 << (shift + 7)) } else { value });
        }
    }
    Err(ReadError::Number)
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        Self::Malformed(error)
    }
}
