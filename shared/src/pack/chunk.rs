//! An automerge change chunk taken apart, so that what can be worked out again does not travel.
//!
//! ```text
//! chunk = as in crate::chunk, all of it given by the body
//! body  = deps LEB · hash 32… · actor length LEB · actor · seq LEB · start op LEB · time signed LEB
//!         · message length LEB · message · other actors LEB · { length LEB · actor }… · rest
//! ```

use crate::chunk::body;
pub(super) use crate::chunk::of_body as restore;
use crate::id::{Actor, ChangeHash};
use crate::leb::{ReadError, Reader, Writer};

const ACTOR_BYTES: u64 = 16;

/// A change by an actor of 16 bytes whose other actors have as many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) deps: Vec<ChangeHash>,
    pub(super) actor: Actor,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) time: i64,
    pub(super) message: Vec<u8>,
    pub(super) others: Vec<Actor>,
    /// The columns.
    pub(super) rest: Vec<u8>,
}

impl Parts {
    /// Takes a chunk apart, if putting it together again gives the same bytes and `hash`.
    pub(super) fn of(chunk: &[u8], hash: &ChangeHash) -> Option<Self> {
        let parts = Self::read(body(chunk).ok()?).ok()?;
        let (restored_hash, restored) = restore(&parts.to_body());
        (restored_hash == *hash && restored == chunk).then_some(parts)
    }

    fn read(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        let deps = read_many(&mut reader, |it| Ok(ChangeHash(it.array()?)))?;
        let actor = read_actor(&mut reader)?;
        let (seq, start_op) = (reader.leb()?, reader.leb()?);
        let time = read_signed(&mut reader)?;
        let message = reader.bytes(body.len())?.to_vec();
        let others = read_many(&mut reader, read_actor)?;
        let rest = reader.rest().to_vec();
        Ok(Self { deps, actor, seq, start_op, time, message, others, rest })
    }

    pub(super) fn to_body(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.leb(self.deps.len() as u64);
        for dep in &self.deps {
            writer.raw(dep.as_bytes());
        }
        writer.bytes(self.actor.as_bytes()).leb(self.seq).leb(self.start_op);
        write_signed(&mut writer, self.time);
        writer.bytes(&self.message).leb(self.others.len() as u64);
        for actor in &self.others {
            writer.bytes(actor.as_bytes());
        }
        writer.raw(&self.rest);
        writer.into_vec()
    }
}

/// The changes that a chunk builds on; none if it cannot be read.
pub(super) fn deps(chunk: &[u8]) -> Vec<ChangeHash> {
    let Ok(body) = body(chunk) else { return Vec::new() };
    read_many(&mut Reader::new(body), |it| Ok(ChangeHash(it.array()?))).unwrap_or_default()
}

fn read_actor(reader: &mut Reader<'_>) -> Result<Actor, ReadError> {
    if reader.leb()? != ACTOR_BYTES {
        return Err(ReadError::Unknown);
    }
    Ok(Actor(reader.array()?))
}

/// A counted list; it grows as it is read, so a count alone claims no memory.
fn read_many<'a, T>(
    reader: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut found = Vec::new();
    for _ in 0..reader.leb()? {
        found.push(read(reader)?);
    }
    Ok(found)
}

/// A signed LEB128 as automerge writes it. Whether it is in its shortest form shows when it is written again.
fn read_signed(reader: &mut Reader<'_>) -> Result<i64, ReadError> {
    let mut value = 0i64;
    for shift in (0..64).step_by(7) {
        let byte = reader.u8()?;
        value |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let negative = byte & 0x40 != 0 && shift + 7 < 64;
            return Ok(if negative { value | -1 << (shift + 7) } else { value });
        }
    }
    Err(ReadError::Number)
}

fn write_signed(writer: &mut Writer, mut value: i64) {
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        let done = (value == 0 && low & 0x40 == 0) || (value == -1 && low & 0x40 != 0);
        writer.u8(if done { low } else { low | 0x80 });
        if done {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn signed_numbers_read_back(value: i64) {
            let mut writer = Writer::new();
            write_signed(&mut writer, value);
            let mut reader = Reader::new(writer.as_slice());
            prop_assert_eq!(read_signed(&mut reader), Ok(value));
            prop_assert!(reader.end().is_ok());
        }

        #[test]
        fn arbitrary_bodies_are_survived(bytes: Vec<u8>) {
            if let Ok(parts) = Parts::read(&bytes) {
                let _ = parts.to_body();
            }
        }
    }
}
