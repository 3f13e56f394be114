//! What a handler needs to know of a request beside its address: the language, the clock, the form token.

use std::convert::Infallible;

use axum::Form;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Clock, WebState};
use crate::i18n::{Catalog, Lang};
use crate::node::Node;
use crate::people::PersonLine;

/// One request of a browser that was let in.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// The words.
    pub(super) t: &'static Catalog,
    /// The node.
    pub(super) node: Node,
    /// The time.
    pub(super) clock: Clock,
    /// Who of several people is at the computer; `None` if nobody is listed.
    pub(super) person: Option<PersonLine>,
    /// The token that every form carries.
    pub(super) csrf: String,
    /// The page's address with its query: where a form that may stand on many pages leads back to.
    pub(super) address: String,
}

impl FromRequestParts<WebState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let person = parts.extensions.get::<PersonLine>().cloned();
        let is_get = parts.method == Method::GET;
        Ok(Self {
            t: Catalog::of(language(&parts.headers)),
            node: match &person {
                Some(it) => state.node.for_person(it.label.as_str().into()),
                None => state.node.clone(),
            },
            person,
            clock: state.clock.clone(),
            csrf: state.door.csrf().to_owned(),
            // The answer to a form has no address of its own to come back to.
            address: parts.uri.path_and_query().filter(|_| is_get).map_or("/", |it| it.as_str()).to_owned(),
        })
    }
}

/// The language: the cookie's choice, else the first of the browser's that we speak, else Russian.
pub(super) fn language(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    cookie(headers, LANGUAGE_COOKIE)
        .and_then(Lang::of_tag)
        .or_else(|| accepted.split(',').filter_map(|it| it.split(';').next()).find_map(Lang::of_tag))
        .unwrap_or_default()
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A choice of language.
#[derive(Debug, Deserialize)]
pub(super) struct LanguageForm {
    lang: String,
    back: String,
}

/// Remembers the language for a year and leads back.
pub(super) async fn choose_language(Form(form): Form<LanguageForm>) -> Response {
    let lang = Lang::of_tag(&form.lang).unwrap_or_default().tag();
    let cookie = format!("{LANGUAGE_COOKIE}={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, own_path(&form.back).to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Leads back to the page a form stood on.
pub(super) fn back_to(path: &str) -> Redirect {
    Redirect::to(own_path(path))
}

/// A path on this node, never another site: `//host` and `/\host` leave it too.
pub(super) fn own_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if own && path.is_ascii() { path } else { "/" }
}

const LANGUAGE_COOKIE: &str = "svod-lang";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_never_leads_to_another_site() {
        for (given, led) in [
            ("/plans/1?item=2", "/plans/1?item=2"),
            ("//evil.example", "/"),
            ("/\\evil", "/"),
            ("http://x", "/"),
        ] {
            assert_eq!(own_path(given), led, "{given}");
        }
    }

    #[test]
    fn the_language_is_the_cookies_then_the_browsers_then_russian() {
        let mut headers = HeaderMap::new();
        assert_eq!(language(&headers), Lang::Ru);
        headers.insert(header::ACCEPT_LANGUAGE, "de, en-GB;q=0.8, ru;q=0.5".parse().unwrap());
        assert_eq!(language(&headers), Lang::En);
        headers.insert(header::COOKIE, "a=b; svod-lang=ru".parse().unwrap());
        assert_eq!(language(&headers), Lang::Ru);
    }
}
