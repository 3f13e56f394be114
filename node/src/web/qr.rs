//! A text as a QR code, drawn as one path: no script, no style, and sharp on paper.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// The white border that readers need, in modules.
const QUIET: usize = 4;

/// The code, or nothing for a text that does not fit one.
pub(super) fn code(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (at, color) in modules.iter().enumerate() {
        if *color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    let side = width + 2 * QUIET;
    html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } width="260" height="260" role="img" aria-label=(label)
            shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_fits_and_the_corners_have_their_marks() {
        let drawn = code(&"svod1".repeat(100), "билет").into_string();
        for mark in ["M4 4h1", "M10 4h1", "M4 10h1"] {
            assert!(drawn.contains(mark), "{mark}");
        }
        assert!(!drawn.contains("M11 4h1"), "white beside the mark");
        assert_eq!(code(&"я".repeat(5000), "").into_string(), "");
    }
}
