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
    /// A packet. No page is offered as one, so no address ends with it.
    Svod,
}

impl Kind {
    /// The kind of a file name's ending.
    pub(super) fn of_ending(ending: &str) -> Option<Self> {
        [Self::Docx, Self::Xlsx, Self::Csv, Self::Html].into_iter().find(|it| it.ending() == ending)
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Svod => "svod",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Html => "text/html; charset=utf-8",
            Self::Svod => "application/octet-stream",
        }
    }
}

/// The answer that hands it out. Never shown in place: a page of a report must not run beside ours.
pub(super) fn file(name: &str, kind: Kind, bytes: Vec<u8>) -> Response {
    let ending = kind.ending();
    let name: String = name.chars().filter(|it| !it.is_control()).take(NAME_CHARS_MAX).collect();
    let disposition =
        format!("attachment; filename=\"svod.{ending}\"; filename*=UTF-8''{}.{ending}", percent(name.trim()));
    let headers =
        [(header::CONTENT_TYPE, kind.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

/// The escapes of RFC 5987.
fn percent(name: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        // What file systems refuse in names.
        b'/' | b'\\' | b':' | b'*' | b'?' | b'"' | b'<' | b'>' | b'|' => "_".to_owned(),
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
    fn a_russian_name_travels_in_escapes_and_never_breaks_the_header() {
        let response = file("План \"1/2\"\r\n", Kind::Csv, Vec::new());
        let header = response.headers().get(header::CONTENT_DISPOSITION).unwrap().to_str().unwrap();
        assert_eq!(
            header,
            "attachment; filename=\"svod.csv\"; filename*=UTF-8''%D0%9F%D0%BB%D0%B0%D0%BD%20_1_2_.csv"
        );
    }
}
