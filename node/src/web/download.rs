//! A file for the browser to keep, named in Russian as in English.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A kind of file that is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Docx,
    Xlsx,
    Csv,
    Html,
    /// A report's data, or evidence.
    Json,
    /// A frozen report, to be verified.
    SvodReport,
    /// Due days for a calendar.
    Ics,
    /// A packet. No page is offered as one, so no address ends with it.
    Svod,
}

impl Kind {
    /// The kind of a file name's ending.
    pub(super) fn of_ending(ending: &str) -> Option<Self> {
        [Self::Docx, Self::Xlsx, Self::Csv, Self::Html, Self::Json, Self::Ics]
            .into_iter()
            .find(|it| it.ending() == ending)
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Json => "json",
            Self::SvodReport => "svodreport",
            Self::Ics => "ics",
            Self::Svod => "svod",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Svod | Self::SvodReport => "application/octet-stream",
            Self::Ics => "text/calendar; charset=utf-8",
        }
    }
}

/// The answer that hands it out. Never shown in place: a page of a report must not run beside ours.
pub(super) fn file(name: &str, kind: Kind, bytes: Vec<u8>) -> Response {
    let ending = kind.ending();
    let disposition =
        format!("attachment; filename=\"svod.{ending}\"; filename*=UTF-8''{}.{ending}", percent(&safe(name)));
    let headers =
        [(header::CONTENT_TYPE, kind.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

/// A name that every system takes for what it looks like: no device of Windows, nothing that turns the direction of
/// writing to hide an ending, no dots or spaces at the ends, not empty.
fn safe(name: &str) -> String {
    let shown = name.chars().filter(|it| !it.is_control() && !is_format(*it));
    let signs = shown.map(|it| if REFUSED.contains(&it) { '_' } else { it });
    let name: String = signs.take(NAME_CHARS_MAX).collect();
    let name = name.trim_matches([' ', '.', '\u{a0}']);
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_numbered = |it: &str| {
        let mut rest = stem.strip_prefix(it).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    let is_device = DEVICES.contains(&stem.as_str()) || is_numbered("COM") || is_numbered("LPT");
    match name {
        "" => "svod".to_owned(),
        _ if is_device => format!("_{name}"),
        _ => name.to_owned(),
    }
}

/// Marks that do not show and turn the direction of writing.
fn is_format(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What file systems refuse in names.
const REFUSED: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
/// Names that Windows keeps for devices, with any ending.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// The escapes of RFC 5987.
fn percent(name: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(escape).collect()
}

/// A name that Windows still opens in a deep folder.
const NAME_CHARS_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_on_every_system() {
        for (given, safe_name) in [
            ("План", "План"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\Windows\\x", "C__Windows_x"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1", "_com1"),
            ("LPT³", "_LPT³"),
            ("COM", "COM"),
            ("COM10", "COM10"),
            ("конец. . ", "конец"),
            ("...", "svod"),
            ("", "svod"),
            ("а\u{202e}xslx.exe", "аxslx.exe"),
            ("а\0б\r\nв", "абв"),
        ] {
            assert_eq!(safe(given), safe_name, "{given:?}");
        }
        assert_eq!(safe(&"я".repeat(500)).chars().count(), NAME_CHARS_MAX);
    }

    #[test]
    fn a_russian_name_travels_in_escapes_and_never_breaks_the_header() {
        let response = file("План \"1/2\"\r\n", Kind::Csv, Vec::new());
        let header = response.headers().get(header::CONTENT_DISPOSITION).unwrap().to_str().unwrap();
        assert_eq!(
            header,
            "attachment; filename=\"svod.csv\"; filename*=UTF-8''%D0%9F%D0%BB%D0%B0%D0%BD%20_1_2_.csv"
        );
    }
}
