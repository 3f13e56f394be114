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
use crate::id::{ChangeHash, sha256};
use crate::leb::{Reader, Writer};

/// The first four bytes of every chunk.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Magic and checksum: both follow from the rest.
pub const IMPLIED_BYTES: usize = 8;
const TYPE_CHANGE: u8 = 1;

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
    let (implied, rest) = chunk.split_at_checked(IMPLIED_BYTES).ok_or(ChunkError::NotAChange)?;
    let hash = hash_of_rest(rest)?;
    let (magic, checksum) = implied.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(ChunkError::NotAChange);
    }
    if hash.as_bytes().get(..4) != Some(checksum) { Err(ChunkError::Checksum) } else { Ok(hash) }
}

/// The chunk without what is implied, as it travels.
pub fn strip(chunk: &[u8]) -> Option<&[u8]> {
    chunk.get(IMPLIED_BYTES..)
}

/// The whole chunk and its hash, from what [`strip`] left.
pub fn restore(rest: &[u8]) -> Result<(Vec<u8>, ChangeHash), ChunkError> {
    if rest.len() + IMPLIED_BYTES > CHANGE_BYTES_MAX {
        return Err(ChunkError::TooLarge);
    }
    let hash = hash_of_rest(rest)?;
    let mut writer = Writer::new();
    writer.raw(&MAGIC).raw(hash.as_bytes().split_at(4).0).raw(rest);
    Ok((writer.into_vec(), hash))
}

fn hash_of_rest(rest: &[u8]) -> Result<ChangeHash, ChunkError> {
    let mut reader = Reader::new(rest);
    let kind = reader.u8().map_err(|_| ChunkError::NotAChange)?;
    let length = reader.leb().map_err(|_| ChunkError::NotAChange)?;
    if kind != TYPE_CHANGE || length != reader.rest().len() as u64 {
        return Err(ChunkError::NotAChange);
    }
    Ok(ChangeHash(sha256(rest)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A chunk with `body` inside; automerge would not take it, this crate does not look.
    pub(crate) fn chunk(body: &[u8]) -> (Vec<u8>, ChangeHash) {
        let mut rest = Writer::new();
        rest.u8(TYPE_CHANGE).bytes(body);
        restore(rest.as_slice()).expect("well formed")
    }

    #[test]
    fn a_chunk_survives_stripping() {
        let (bytes, hash) = chunk(b"some change");
        assert_eq!(change_hash(&bytes), Ok(hash));
        assert_eq!(restore(strip(&bytes).expect("long enough")), Ok((bytes, hash)));
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
