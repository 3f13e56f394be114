//! Saved inputs: one file a target, inputs one after another, each behind its length as LEB128.

use std::collections::BTreeSet;

use svod_shared::leb::{ReadError, Reader, Writer};

/// The largest input that is saved, bytes.
pub const INPUT_BYTES_MAX: usize = 64 * 1024;

/// Puts inputs into one file, sorted and each once.
pub fn pack(inputs: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let inputs: BTreeSet<Vec<u8>> = inputs.into_iter().filter(|it| it.len() <= INPUT_BYTES_MAX).collect();
    let mut writer = Writer::new();
    for input in &inputs {
        writer.bytes(input);
    }
    writer.into_vec()
}

/// Takes them out again.
pub fn unpack(file: &[u8]) -> Result<Vec<Vec<u8>>, ReadError> {
    let mut reader = Reader::new(file);
    let mut inputs = Vec::new();
    while !reader.is_empty() {
        inputs.push(reader.bytes(INPUT_BYTES_MAX)?.to_vec());
    }
    Ok(inputs)
}
