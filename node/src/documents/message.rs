//! A change's message: who at the computer wrote it, and why.
//!
//! ```text
//! message = person ‖ U+001F ‖ reason          without U+001F all of it is the reason
//! ```
//!
//! The message is part of the change, the change's hash is signed with the entry: what stands here is what the signing
//! node said of its user. It proves no more than that, so pages show it beside the organisation, never instead of it.

/// As long as a post is in a list of posts; also what pages show of a longer one that a peer wrote.
pub const PERSON_CHARS_MAX: usize = 60;
const SEPARATOR: char = '\u{1f}';

/// Puts a message together; `None` if there is nothing to say.
pub fn write(person: Option<&str>, reason: Option<&str>) -> Option<String> {
    let reason = reason.map(|it| it.replace(SEPARATOR, " "));
    match person.and_then(person_label) {
        Some(person) => Some(format!("{person}{SEPARATOR}{}", reason.unwrap_or_default())),
        None => reason,
    }
}

/// Takes a message apart: the person's label, fit to be shown, and the reason.
pub fn read(message: &str) -> (Option<String>, Option<String>) {
    match message.split_once(SEPARATOR) {
        Some((person, reason)) => (person_label(person), Some(reason.to_owned()).filter(|it| !it.is_empty())),
        None => (None, Some(message.to_owned())),
    }
}

/// A label without what would break a line or turn its direction; `None` if nothing is left.
pub fn person_label(text: &str) -> Option<String> {
    let shown = text.chars().filter(|it| !it.is_control() && !is_direction(*it));
    let label: String = shown.take(PERSON_CHARS_MAX).collect();
    let label = label.trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// Marks that turn the direction of writing, with which a name could dress up as another one.
fn is_direction(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(person: Option<&str>, reason: Option<&str>) {
        let message = write(person, reason);
        let (found, why) = message.as_deref().map(read).unwrap_or_default();
        assert_eq!((found.as_deref(), why.as_deref()), (person, reason), "{message:?}");
    }

    #[test]
    fn person_and_reason_read_back_each_with_and_without_the_other() {
        check(None, None);
        check(None, Some("приказ № 12"));
        check(Some("методист ИМЦ"), None);
        check(Some("методист ИМЦ"), Some("приказ № 12"));
    }

    #[test]
    fn a_reason_never_becomes_a_person() {
        let message = write(None, Some("директор\u{1f}приказ"));
        assert_eq!(message.as_deref().map(read), Some((None, Some("директор приказ".to_owned()))));
    }

    #[test]
    fn a_label_of_a_peer_is_one_short_line_in_one_direction() {
        let long = "я".repeat(1000);
        assert_eq!(read(&format!("{long}\u{1f}")).0.map(|it| it.chars().count()), Some(PERSON_CHARS_MAX));
        assert_eq!(read("а\u{202e}б\nв\u{1f}x").0.as_deref(), Some("абв"));
        assert_eq!(read(" \u{7}\u{1f}x"), (None, Some("x".to_owned())));
    }
}
