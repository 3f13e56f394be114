//! The encodings of a pack's content.
//!
//! Small contents are mixed ([`super::mixing`]): that takes some microseconds for a byte and gives a third to a half of
//! what zstd needs. Large ones go through zstd, without a dictionary, which gains nothing any more there.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::{PACK_BYTES_MAX, PackError, mixing};
use crate::leb::{Reader, Writer};

const RAW: u8 = 0;
const ZSTD: u8 = 1;
const MIXED: u8 = 2;

/// Every zstd frame begins with it, so it does not travel.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The largest content that is mixed: a hundred edits of one field. It takes a tenth of a second at most.
const MIXED_BYTES_MAX: usize = 24 * 1024;
/// No text mixes to less than a hundredth: what claims to is made to keep the reader busy.
const MIXED_RATIO_MAX: usize = 100;
/// What even the smallest mixed content may claim.
const MIXED_BYTES_FREE: usize = 1024;
const LEVEL: i32 = 9;

/// The content in its smallest encoding.
pub(super) fn pack(content: Vec<u8>) -> (u8, Vec<u8>) {
    let (encoding, packed) = if content.len() <= MIXED_BYTES_MAX {
        (MIXED, mix(&content))
    } else {
        (ZSTD, compress(&content).ok())
    };
    match packed.filter(|packed| packed.len() < content.len()) {
        Some(packed) => (encoding, packed),
        None => (RAW, content),
    }
}

/// How many contents are remembered with their mixed bytes.
const REMEMBERED: usize = 8;
/// Larger ones are not: what goes to many at once is one edit.
const REMEMBERED_BYTES_MAX: usize = 4 * 1024;

static MIXED_BEFORE: Mutex<VecDeque<(Vec<u8>, Vec<u8>)>> = Mutex::new(VecDeque::new());

/// A relay says the same to all who listen: what has just been mixed is not mixed again.
fn mix_once(content: &[u8]) -> Vec<u8> {
    if content.len() > REMEMBERED_BYTES_MAX {
        return mixing::compress(content);
    }
    let before = || MIXED_BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, packed)) = before().iter().find(|(known, _)| known == content) {
        return packed.clone();
    }
    let packed = mixing::compress(content);
    let mut before = before();
    before.truncate(REMEMBERED - 1);
    before.push_front((content.to_vec(), packed.clone()));
    packed
}

fn mix(content: &[u8]) -> Option<Vec<u8>> {
    let packed = mix_once(content);
    (content.len() <= mixed_bytes_max(packed.len())).then(|| {
        let mut writer = Writer::new();
        writer.leb(content.len() as u64).raw(&packed);
        writer.into_vec()
    })
}

fn mixed_bytes_max(packed: usize) -> usize {
    MIXED_BYTES_MAX.min(MIXED_BYTES_FREE + packed.saturating_mul(MIXED_RATIO_MAX))
}

fn compress(content: &[u8]) -> std::io::Result<Vec<u8>> {
    use zstd::zstd_safe::CParameter;
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.set_parameter(CParameter::ContentSizeFlag(false))?;
    let frame = compressor.compress(content)?;
    frame.strip_prefix(&MAGIC).map(<[u8]>::to_vec).ok_or_else(|| std::io::Error::other("frame without magic"))
}

/// The content of an encoding, at most [`PACK_BYTES_MAX`] bytes of it.
pub(super) fn unpack(encoding: u8, packed: &[u8]) -> Result<Vec<u8>, PackError> {
    match encoding {
        RAW if packed.len() <= PACK_BYTES_MAX => Ok(packed.to_vec()),
        RAW => Err(PackError::Compression),
        ZSTD => {
            let frame = [&MAGIC, packed].concat();
            zstd::bulk::decompress(&frame, PACK_BYTES_MAX).map_err(|_| PackError::Compression)
        }
        MIXED => {
            let mut reader = Reader::new(packed);
            let length = reader.leb()?;
            let length = usize::try_from(length).map_err(|_| PackError::Compression)?;
            if length > mixed_bytes_max(reader.rest().len()) {
                return Err(PackError::Compression);
            }
            Ok(mixing::decompress(reader.rest(), length))
        }
        other => Err(PackError::Encoding(other)),
    }
}
