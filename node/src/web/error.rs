//! What keeps a page from being made, told in plain words.
//!
//! A handler returns [`WebError`] and knows nothing of its page: the answer carries it to [`render`], which alone
//! knows the visitor's language and writes the page.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::visit;
use crate::i18n::Catalog;
use crate::node::NodeError;

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WebError {
    /// The address names nothing.
    NotFound,
    /// The form lacks something or names what is not there.
    BadForm,
    /// More than this form takes.
    TooLarge,
    /// The node could not; a message key of the catalogue.
    Node(String),
}

/// What handlers return.
pub(super) type Answer = Result<Response, WebError>;

impl From<NodeError> for WebError {
    fn from(error: NodeError) -> Self {
        // The page shows the plain sentence of the key; the log keeps the cause.
        tracing::warn!(error = %error, "the node could not answer a page");
        Self::Node(error.message_key())
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Node(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the page of an error that a handler returned.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let t = Catalog::of(visit::language(request.headers()));
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<WebError>() else {
        return response;
    };
    let (title, text) = match error {
        WebError::NotFound => (t.text("error-not-found"), t.text("error-not-found-text")),
        WebError::BadForm => (t.text("error-bad-form"), t.text("error-bad-form-text")),
        WebError::TooLarge => (t.text("error-too-large"), t.text("error-too-large-text")),
        WebError::Node(key) => (t.text("error-node"), t.text(key)),
    };
    bare_page(t, response.status(), &title, &text)
}

/// No such address.
pub(super) async fn not_found() -> WebError {
    WebError::NotFound
}

/// A page without the frame: for who is not let in, and for when the node cannot answer.
pub(super) fn bare_page(t: &Catalog, status: StatusCode, title: &str, text: &str) -> Response {
    let content = html! {
        div role="alert" { h1 { (title) } p { (text) } }
        @if status != StatusCode::UNAUTHORIZED {
            p { a.btn href="/" { (t.text("error-home")) } }
        }
    };
    bare_page_with(t, status, title, &content)
}

/// The same with content of one's own.
pub(super) fn bare_page_with(t: &Catalog, status: StatusCode, title: &str, content: &Markup) -> Response {
    let page: Markup = html! {
        (DOCTYPE)
        html lang=(t.lang().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " — " (t.text("app-name")) }
                link rel="stylesheet" href="/assets/svod.css";
                link rel="icon" href="/assets/svod.svg";
            }
            body.bare {
                main.card #refusal { (content) }
            }
        }
    };
    (status, Html(page.into_string())).into_response()
}
