//! The style sheet, the script and the mark: ours, compiled in, nothing from outside.

use axum::http::header;
use axum::response::IntoResponse;

/// The style sheet.
pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), FRESH], include_str!("../../assets/svod.css"))
}

/// The style of the report's sheets.
pub(super) async fn report_style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), FRESH], crate::reports::html::STYLE)
}

/// The style of the figures' tables.
pub(super) async fn figures_style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), FRESH], include_str!("../../assets/figures.css"))
}

/// What the figures' form does beyond the other pages.
pub(super) async fn figures_script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), FRESH],
        include_str!("../../assets/figures.js"),
    )
}

/// The script.
pub(super) async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), FRESH], include_str!("../../assets/svod.js"))
}

/// The mark for the browser's tab.
pub(super) async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), FRESH], include_str!("../../assets/svod.svg"))
}

/// Asked again at every start: a new version of the program must not meet an old script.
const FRESH: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");
