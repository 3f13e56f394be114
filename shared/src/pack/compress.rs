//! The encodings of a pack's content.
//!
//! Small contents are mixed ([`super::mixing`]): that takes some microseconds for a byte and gives a third to a half of
//! what zstd needs. Large ones go through zstd, without a dictionary, which gains nothing any more there.

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

fn mix(content: &[u8]) -> Option<Vec<u8>> {
    let packed = mixing::compress(content);
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
