//! Who may ask. The node listens on the loopback, where any page of the browser and any program can knock.
//!
//! In the order checked:
//! - `Host` is exactly `127.0.0.1:port` or `localhost:port`: a name that was rebound to the loopback is refused (403);
//! - whatever is not a GET or HEAD, and the stream of events, comes from our own page: `Origin` is ours,
//!   `Sec-Fetch-Site` says same-origin, and at least one of them is there (403);
//! - a page is not asked for by a page of another origin, not even of another port of this machine, to which browsers
//!   send the cookie: where `Origin` and `Sec-Fetch-Site` are there, they say ours or that nobody's page asks (403);
//! - the session's cookie is there (401). It is set once, when the address that the node opened itself brings the
//!   token; the address is then shown without it;
//! - a change carries the session's CSRF token, in the header `X-Csrf`, in the form, or, of an upload, in the address
//!   (403).
//!
//! Assets hold no data and are served without the cookie. Every answer says nosniff, a policy without inline script
//! or style and no caching. The cookie is named after the port: browsers do not tell ports apart.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use svod_shared::id::sha256;

use super::{FORM_BYTES_MAX, error, visit};
use crate::i18n::Catalog;

/// The address and the secrets of one run of the node.
#[derive(Clone)]
pub struct Door {
    hosts: [String; 2],
    cookie: String,
    session: String,
    token: String,
    csrf: String,
}

/// Why somebody is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Host,
    Origin,
    Session,
    Csrf,
    TooLarge,
}

/// What every answer says.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The header that carries the CSRF token.
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf");
/// The stream of events: it stays open, so it is asked for like a change.
pub(super) const EVENTS: &str = "/events";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Door {
    /// The door of a listener on `port`, with two fresh random secrets.
    pub fn new(port: u16, session: [u8; 32], token: [u8; 32]) -> Self {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let csrf = sha256(&[b"svod/1 csrf".as_slice(), &session].concat());
        Self {
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            cookie: format!("svod-{port}"),
            session: hex(&session),
            token: hex(&token),
            csrf: hex(&csrf),
        }
    }

    /// The address that opens the pages in a browser which has no cookie yet.
    pub fn opening_url(&self) -> String {
        let [host, _] = &self.hosts;
        format!("http://{host}/?token={}", self.token)
    }

    /// The cookie by which the browser says who is at the computer.
    pub(super) fn person_cookie(&self) -> String {
        format!("{}-who", self.cookie)
    }

    /// The token that forms carry.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    fn check_host(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Refusal> {
        let header = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        let host = uri.authority().map(|it| it.as_str()).or(header).ok_or(Refusal::Host)?;
        if self.hosts.iter().any(|it| it == host) { Ok(()) } else { Err(Refusal::Host) }
    }

    /// `must_say`: whether the request has to say where it comes from; a page that is opened need not.
    fn check_origin(&self, headers: &HeaderMap, must_say: bool) -> Result<(), Refusal> {
        let text = |name: &HeaderName| headers.get(name).map(|it| it.to_str().unwrap_or_default());
        let origin = text(&header::ORIGIN);
        let site = text(&FETCH_SITE);
        let ours =
            |it: &str| it.strip_prefix("http://").is_some_and(|it| self.hosts.iter().any(|host| host == it));
        if must_say && origin.is_none() && site.is_none()
            || origin.is_some_and(|it| !ours(it))
            || site.is_some_and(|it| it != "same-origin" && (must_say || it != "none"))
        {
            return Err(Refusal::Origin);
        }
        Ok(())
    }

    fn has_session(&self, headers: &HeaderMap) -> bool {
        visit::cookie(headers, &self.cookie).is_some_and(|it| same(it, &self.session))
    }

    fn brings_token(&self, request: &Request) -> bool {
        request.method() == Method::GET
            && query(request.uri(), "token").is_some_and(|it| same(it, &self.token))
    }

    /// Lets the browser in, and takes the token out of the address and of its history.
    fn let_in(&self, uri: &Uri) -> Response {
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.session);
        let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, uri.path().to_owned())];
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// Runs the checks before the handler.
pub(super) async fn guard(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let catalog = Catalog::of(visit::language(request.headers()));
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let checked = door
        .check_host(request.headers(), request.uri())
        .and_then(|()| door.check_origin(request.headers(), changes || request.uri().path() == EVENTS));
    if let Err(refusal) = checked {
        return refusal.page(catalog);
    }
    if is_asset(&request) {
        return next.run(request).await;
    }
    if !door.has_session(request.headers()) {
        return if door.brings_token(&request) {
            door.let_in(request.uri())
        } else {
            Refusal::Session.page(catalog)
        };
    }
    if !changes {
        return next.run(request).await;
    }
    match check_csrf(&door, request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal.page(catalog),
    }
}

/// Says on every answer what the browser must not do with it.
pub(super) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

pub(super) fn is_asset(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) && request.uri().path().starts_with("/assets/")
}

/// Reads the token where the request may carry it, and gives the request back whole.
async fn check_csrf(door: &Door, request: Request) -> Result<Request, Refusal> {
    let header = request.headers().get(CSRF_HEADER).and_then(|it| it.to_str().ok());
    let direct = header.or_else(|| query(request.uri(), "csrf"));
    if let Some(found) = direct {
        return if same(found, door.csrf()) { Ok(request) } else { Err(Refusal::Csrf) };
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| Refusal::TooLarge)?;
    let copy = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let Form(fields) =
        Form::<Vec<(String, String)>>::from_request(copy, &()).await.map_err(|_| Refusal::Csrf)?;
    if fields.iter().any(|(name, value)| name == "csrf" && same(value, door.csrf())) {
        Ok(Request::from_parts(parts, Body::from(bytes)))
    } else {
        Err(Refusal::Csrf)
    }
}

/// The value of a query parameter whose value needs no unescaping.
fn query<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|it| it.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether two secrets are the same, in a time that does not tell where they part.
fn same(found: &str, secret: &str) -> bool {
    sha256(found.as_bytes()) == sha256(secret.as_bytes())
}

impl Refusal {
    fn page(self, t: &Catalog) -> Response {
        let (status, title, text) = match self {
            Self::Host | Self::Origin => (StatusCode::FORBIDDEN, "door-foreign", "door-foreign-text"),
            Self::Session => (StatusCode::UNAUTHORIZED, "door-closed", "door-closed-text"),
            Self::Csrf => (StatusCode::FORBIDDEN, "door-stale", "door-stale-text"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "error-too-large", "error-too-large-text"),
        };
        error::bare_page(t, status, &t.text(title), &t.text(text))
    }
}

#[cfg(test)]
mod tests;
