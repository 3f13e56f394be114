//! Bounds of the roster's texts, and what a name may consist of.
//!
//! Names stand on screens beside "admit" and "refuse", so they are one line of characters that show: nothing that
//! breaks the line, hides, or turns the direction of what follows.

use crate::leb::{ReadError, Reader};

/// The longest name of a network or organisation, bytes: full official names reach 250 Cyrillic letters.
pub const NAME_BYTES_MAX: usize = 640;
/// The longest short name of an organisation, bytes: a column of a table.
pub const SHORT_BYTES_MAX: usize = 96;
/// The longest label of a node, bytes: which computer it is.
pub const LABEL_BYTES_MAX: usize = 128;
/// The longest basis of a statement, bytes: a reference to an order or agreement, not its text.
pub const BASIS_BYTES_MAX: usize = 1024;
/// The longest address of a relay, bytes: a DNS name and a port.
pub const ADDRESS_BYTES_MAX: usize = 261;
/// The most addresses of a relay: a name and a few numeric addresses for lines without DNS.
pub const ADDRESSES_MAX: usize = 8;

/// Whether `text` may be a name of at most `bytes_max` bytes: not empty, trimmed, one line, every character visible.
pub fn is_line(text: &str, bytes_max: usize) -> bool {
    !text.is_empty()
        && text.len() <= bytes_max
        && text.trim().len() == text.len()
        && !text.chars().any(is_hidden)
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Takes a name.
pub(crate) fn read_line(reader: &mut Reader<'_>, bytes_max: usize) -> Result<String, ReadError> {
    let text = reader.text(bytes_max)?;
    if is_line(text, bytes_max) { Ok(text.to_owned()) } else { Err(ReadError::Line) }
}

/// Takes a basis, which may be empty.
pub(crate) fn read_basis(reader: &mut Reader<'_>) -> Result<String, ReadError> {
    let text = reader.text(BASIS_BYTES_MAX)?;
    if text.is_empty() || is_line(text, BASIS_BYTES_MAX) { Ok(text.to_owned()) } else { Err(ReadError::Line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_trimmed_line_of_visible_characters() {
        let check = |text: &str, expected: bool| assert_eq!(is_line(text, 40), expected, "{text:?}");
        check("ИМЦ Северного района", true);
        check("МБУ ДПО «Центр № 3»", true);
        check("", false);
        check(" ИМЦ", false);
        check("ИМЦ\u{a0}", false);
        check("ИМЦ\nСеверного района", false);
        check("ИМЦ\u{202e}анойар", false);
        check("ИМ\u{200b}Ц", false);
        check("а".repeat(20).as_str(), true);
        check("а".repeat(21).as_str(), false);
    }
}
