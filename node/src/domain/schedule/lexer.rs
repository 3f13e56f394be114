//! Cuts a term into words, numbers and signs, remembering where each stood.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// Digits: their value, and how many they are («23» is a year after «2021-», «2023» is one anywhere).
    Number { value: i16, digits: usize },
    /// Any hyphen, dash or minus.
    Dash,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `.`
    Stop,
    /// `/`
    Slash,
    /// Brackets, quotation marks and «+»: they part words and mean nothing here.
    Bracket,
    /// Anything else.
    Other,
}

/// A token, and the bytes of the term it was cut from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// In lower case, with «е» for «ё». Empty unless it is a word.
    pub(super) word: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tokens of a term. A line break is a space: a table cell may cut «февраль / 2024» anywhere.
pub(super) fn tokens(raw: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = raw.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        let is_more = |it: char| {
            (first.is_alphabetic() && it.is_alphabetic()) || (first.is_ascii_digit() && it.is_ascii_digit())
        };
        while let Some((at, next)) = rest.next_if(|(_, it)| is_more(*it)) {
            end = at + next.len_utf8();
        }
        let text = raw.get(start..end).unwrap_or("");
        let word =
            if first.is_alphabetic() { text.to_lowercase().replace('ё', "е") } else { String::new() };
        tokens.push(Token { kind: kind(first, text), word, start, end });
    }
    tokens
}

fn kind(first: char, text: &str) -> Kind {
    match first {
        _ if first.is_alphabetic() => Kind::Word,
        _ if first.is_ascii_digit() => match text.parse() {
            Ok(value) => Kind::Number { value, digits: text.len() },
            Err(_) => Kind::Other,
        },
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Kind::Dash,
        ',' => Kind::Comma,
        ';' => Kind::Semicolon,
        '.' => Kind::Stop,
        '/' => Kind::Slash,
        '(' | ')' | '[' | ']' | '«' | '»' | '"' | '„' | '“' | '”' | '\'' | '+' => Kind::Bracket,
        _ => Kind::Other,
    }
}
