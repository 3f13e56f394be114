//! The chunk that holds one automerge change, read no further than its hash needs.
//!
//! ```text
//! chunk    = magic 85 6f 4a 83 · checksum 4 · type u8 · length LEB128 · body
//! hash     = SHA-256(type ‖ length ‖ body)          checksum = the first four bytes of the hash
//! ```
//!
//! Only type 1, a plain change, is a change here: a compressed chunk (type 2) inflates without a limit inside
//! automerge. The relay checks that bytes belong to a hash with this module alone and never opens a document.

use crate::entry::CHANGE_BYTES_MAX;
use crate::id::{Actor, ChangeHash, sha256};
use crate::leb::{Reader, Writer};

/// The first four bytes of every chunk.
pub const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHECKSUM_BYTES: usize = 4;
const HEAD_BYTES: usize = MAGIC.len() + CHECKSUM_BYTES;
/// The type of a plain change.
pub const TYPE_CHANGE: u8 = 1;

/// Why bytes are not a plain change chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// Larger than [`CHANGE_BYTES_MAX`].
    #[error("change is larger than {CHANGE_BYTES_MAX} bytes")]
    TooLarge,
    /// Wrong magic, type or length, or bytes left over.
    #[error("not a plain change chunk")]
    NotAChange,
    /// The checksum is not the start of the hash.
    #[error("chunk checksum is wrong")]
    Checksum,
}

/// The hash of a plain change chunk, after checking its size, magic, type, length and checksum.
pub fn change_hash(chunk: &[u8]) -> Result<ChangeHash, ChunkError> {
    if chunk.len() > CHANGE_BYTES_MAX {
        return Err(ChunkError::TooLarge);
    }
    let (hash, whole) = of_body(body(chunk)?);
    let (given, expected) = (chunk.get(MAGIC.len()..HEAD_BYTES), whole.get(MAGIC.len()..HEAD_BYTES));
    if given != expected { Err(ChunkError::Checksum) } else { Ok(hash) }
}

/// What follows type and length, after checking magic, type and length.
pub fn body(chunk: &[u8]) -> Result<&[u8], ChunkError> {
    let mut reader = Reader::new(chunk);
    let magic = reader.array().map_err(|_| ChunkError::NotAChange)?;
    reader.raw(CHECKSUM_BYTES).map_err(|_| ChunkError::NotAChange)?;
    let kind = reader.u8().map_err(|_| ChunkError::NotAChange)?;
    let length = reader.leb().map_err(|_| ChunkError::NotAChange)?;
    let whole = length == reader.rest().len() as u64;
    if magic == MAGIC && kind == TYPE_CHANGE && whole {
        Ok(reader.rest())
    } else {
        Err(ChunkError::NotAChange)
    }
}

/// The actor that a change says it is by; `None` if it is not 16 bytes long.
pub fn actor(chunk: &[u8]) -> Option<Actor> {
    head(chunk).map(|(actor, _)| actor)
}

/// What a change says beside its operations; `None` if it says nothing.
pub fn message(chunk: &[u8]) -> Option<&str> {
    let (_, mut reader) = head(chunk)?;
    let (_seq, _start) = (reader.leb().ok()?, reader.leb().ok()?);
    // The time is a signed number: of no interest here but for its end.
    while reader.u8().ok()? & 0x80 != 0 {}
    reader.text(CHANGE_BYTES_MAX).ok().filter(|it| !it.is_empty())
}

/// The actor, and the rest of the body behind it.
fn head(chunk: &[u8]) -> Option<(Actor, Reader<'_>)> {
    let mut reader = Reader::new(body(chunk).ok()?);
    let deps = usize::try_from(reader.leb().ok()?).ok()?;
    reader.raw(deps.checked_mul(size_of::<ChangeHash>())?).ok()?;
    let actor = reader.bytes(size_of::<Actor>()).ok()?.try_into().ok().map(Actor)?;
    Some((actor, reader))
}

/// The chunk of a body, and its hash.
pub fn of_body(body: &[u8]) -> (ChangeHash, Vec<u8>) {
    let mut hashed = Writer::new();
    hashed.u8(TYPE_CHANGE).bytes(body);
    let hash = ChangeHash(sha256(hashed.as_slice()));
    let mut chunk = Writer::new();
    chunk.raw(&MAGIC).raw(hash.as_bytes().split_at(CHECKSUM_BYTES).0).raw(hashed.as_slice());
    (hash, chunk.into_vec())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A chunk with `body` inside; automerge would not take it, this crate does not look.
    pub(crate) fn chunk(body: &[u8]) -> (Vec<u8>, ChangeHash) {
        let (hash, bytes) = of_body(body);
        (bytes, hash)
    }

    #[test]
    fn a_chunk_is_made_of_its_body_again() {
        let (bytes, hash) = chunk(b"some change");
        assert_eq!(change_hash(&bytes), Ok(hash));
        assert_eq!(body(&bytes), Ok(b"some change".as_slice()));
    }

    #[test]
    fn anything_else_is_refused() {
        let (bytes, _) = chunk(b"some change");
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(change_hash(&other).is_err(), "byte {at}");
        }
        assert_eq!(change_hash(&bytes[..bytes.len() - 1]), Err(ChunkError::NotAChange));
        assert_eq!(change_hash(&[0; CHANGE_BYTES_MAX + 1]), Err(ChunkError::TooLarge));
    }
}
