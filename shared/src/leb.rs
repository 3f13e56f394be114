//! Bytes of what is signed: shortest LEB128 and length-prefixed fields, written and read by hand.
//!
//! Everything that is hashed or signed goes through [`Writer`] and [`Reader`], so that a value has exactly one
//! encoding. A reader refuses an over-long LEB128, a length beyond its input and trailing bytes, and never
//! allocates from a claimed length.

/// Appends fields to a byte vector.
#[derive(Debug, Default, Clone)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Starts an empty encoding.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an encoding that begins with a domain string, so that no signed thing can pass for another.
    pub fn domain(domain: &str) -> Self {
        Self(domain.as_bytes().to_vec())
    }

    /// Appends one byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    /// Appends bytes as they are, without a length.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends an unsigned number as shortest LEB128.
    pub fn leb(&mut self, mut value: u64) -> &mut Self {
        loop {
            let low = value.to_le_bytes()[0] & 0x7f;
            value >>= 7;
            if value == 0 {
                self.0.push(low);
                return self;
            }
            self.0.push(low | 0x80);
        }
    }

    /// Appends a length as LEB128 and then the bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.leb(bytes.len() as u64);
        self.raw(bytes)
    }

    /// Appends a text as length and UTF-8.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// The bytes written so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Ends the encoding.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

/// Why bytes could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The input ends inside a field.
    #[error("input ends inside a field")]
    Short,
    /// A number is not in its shortest form or exceeds 64 bits.
    #[error("number is not in its shortest form")]
    Number,
    /// A text is not UTF-8.
    #[error("text is not UTF-8")]
    Text,
    /// Bytes follow the end of the value.
    #[error("bytes follow the end of the value")]
    Trailing,
    /// A field has a value that this version does not know.
    #[error("field has an unknown value")]
    Unknown,
    /// A count or length is above its limit.
    #[error("count or length is above its limit")]
    Limit,
    /// A public key is not admissible.
    #[error("public key is not admissible")]
    Key,
    /// A name is empty, not trimmed, or has characters that do not show.
    #[error("text is not one line of visible characters")]
    Line,
}

/// Takes fields off a byte slice.
#[derive(Debug, Clone)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Takes one byte.
    pub fn u8(&mut self) -> Result<u8, ReadError> {
        let (first, rest) = self.0.split_first().ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Takes `len` bytes.
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], ReadError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(head)
    }

    /// Takes a fixed number of bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(*head)
    }

    /// Takes a LEB128 number; only the shortest form is accepted.
    pub fn leb(&mut self) -> Result<u64, ReadError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(ReadError::Number);
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(ReadError::Number) } else { Ok(value) };
            }
        }
        Err(ReadError::Number)
    }

    /// Takes a LEB128 number that must not exceed `max`.
    pub fn leb_max(&mut self, max: u64) -> Result<u64, ReadError> {
        let value = self.leb()?;
        if value > max { Err(ReadError::Limit) } else { Ok(value) }
    }

    /// Takes a LEB128 number that fits 16 bits.
    pub fn leb_u16(&mut self) -> Result<u16, ReadError> {
        u16::try_from(self.leb()?).map_err(|_| ReadError::Limit)
    }

    /// Takes a length-prefixed field of at most `max` bytes.
    pub fn bytes(&mut self, max: usize) -> Result<&'a [u8], ReadError> {
        let len = usize::try_from(self.leb()?).map_err(|_| ReadError::Limit)?;
        if len > max {
            return Err(ReadError::Limit);
        }
        self.raw(len)
    }

    /// Takes a length-prefixed text of at most `max` bytes.
    pub fn text(&mut self, max: usize) -> Result<&'a str, ReadError> {
        std::str::from_utf8(self.bytes(max)?).map_err(|_| ReadError::Text)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Ends reading; anything left over is an error.
    pub fn end(self) -> Result<(), ReadError> {
        if self.0.is_empty() { Ok(()) } else { Err(ReadError::Trailing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn over_long_numbers_are_refused() {
        assert_eq!(Reader::new(&[0x80, 0x00]).leb(), Err(ReadError::Number));
        assert_eq!(Reader::new(&[0xff; 10]).leb(), Err(ReadError::Number));
        assert_eq!(Reader::new(&[0x80]).leb(), Err(ReadError::Short));
    }

    #[test]
    fn a_claimed_length_beyond_the_input_is_refused() {
        assert_eq!(Reader::new(&[5, 1, 2]).bytes(100), Err(ReadError::Short));
        assert_eq!(Reader::new(&[5, 1, 2, 3, 4, 5]).bytes(4), Err(ReadError::Limit));
    }

    proptest! {
        #[test]
        fn numbers_round_trip_and_have_one_encoding(value: u64, tail: Vec<u8>) {
            let mut writer = Writer::new();
            writer.leb(value).raw(&tail);
            let bytes = writer.into_vec();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.leb(), Ok(value));
            prop_assert_eq!(reader.rest(), &tail[..]);
        }

        #[test]
        fn whatever_is_read_encodes_to_the_same_bytes(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.leb() {
                let mut writer = Writer::new();
                writer.leb(value);
                prop_assert_eq!(writer.as_slice(), &bytes[..bytes.len() - reader.rest().len()]);
            }
        }
    }
}
