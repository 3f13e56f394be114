//! The matrix of who may ask, over a handler that counts.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::request::Builder;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::any;
use tower::ServiceExt as _;

use super::*;

const PORT: u16 = 4410;
const SESSION: [u8; 32] = [1; 32];
const TOKEN: [u8; 32] = [2; 32];

struct House {
    door: Arc<Door>,
    asked: Arc<AtomicUsize>,
    app: Router,
}

impl House {
    fn new() -> Self {
        let door = Arc::new(Door::new(PORT, SESSION, TOKEN));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let handler = any(move |body: String| {
            count.fetch_add(1, Ordering::Relaxed);
            async move { body }
        });
        let app = Router::new()
            .fallback(handler)
            .layer(from_fn_with_state(door.clone(), guard))
            .layer(from_fn(harden));
        Self { door, asked, app }
    }

    async fn ask(&self, request: Builder, body: &str) -> Response {
        self.app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
    }

    fn cookie(&self) -> String {
        format!("{}={}", self.door.cookie, self.door.session)
    }

    /// A change from our own page.
    fn change(&self) -> Builder {
        Request::post("/x")
            .header("host", "127.0.0.1:4410")
            .header("origin", "http://127.0.0.1:4410")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", self.cookie())
    }
}

#[tokio::test]
async fn only_our_own_page_in_our_own_session_reaches_a_handler() {
    let house = House::new();
    let hosts = [
        "127.0.0.1:4410",
        "localhost:4410",
        "127.0.0.1",
        "127.0.0.1:4411",
        "evil.example:4410",
        "[::1]:4410",
    ];
    let origins = [
        None,
        Some("http://127.0.0.1:4410"),
        Some("http://evil.example"),
        Some("null"),
        Some("https://127.0.0.1:4410"),
    ];
    let sites = [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
    let cookies = [None, Some(house.cookie()), Some(format!("{}=00", house.door.cookie))];
    let tokens = [None, Some(house.door.csrf.clone()), Some("00".to_owned())];
    let mut reached = 0;
    for (host, origin, site, cookie, token) in every_case(&hosts, &origins, &sites, &cookies, &tokens) {
        let mut request = Request::post("/x").header("host", host);
        for (name, value) in
            [("origin", origin), ("sec-fetch-site", site), ("cookie", cookie), ("x-csrf", token)]
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let ours = (host == "127.0.0.1:4410" || host == "localhost:4410")
            && (origin.is_some() || site.is_some())
            && origin.is_none_or(|it| it == "http://127.0.0.1:4410")
            && site.is_none_or(|it| it == "same-origin")
            && cookie == cookies[1].as_deref()
            && token == tokens[1].as_deref();
        let status = house.ask(request, "").await.status();
        reached += usize::from(ours);
        assert_eq!(
            status == StatusCode::OK,
            ours,
            "{host} {origin:?} {site:?} {cookie:?} {token:?}: {status}"
        );
    }
    assert_eq!(house.asked.load(Ordering::Relaxed), reached);
    assert_eq!(reached, 6);
}

type Case<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn every_case<'a>(
    hosts: &'a [&'a str],
    origins: &'a [Option<&'a str>],
    sites: &'a [Option<&'a str>],
    cookies: &'a [Option<String>],
    tokens: &'a [Option<String>],
) -> Vec<Case<'a>> {
    let mut cases = Vec::new();
    for host in hosts {
        for origin in origins {
            for site in sites {
                for cookie in cookies {
                    for token in tokens {
                        cases.push((*host, *origin, *site, cookie.as_deref(), token.as_deref()));
                    }
                }
            }
        }
    }
    cases
}

#[tokio::test]
async fn the_form_field_carries_the_token_and_the_handler_gets_the_form_whole() {
    let house = House::new();
    let body = format!("title=%D0%9F&csrf={}", house.door.csrf);
    let response = house.ask(house.change(), &body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
    assert_eq!(bytes, body.as_bytes());
    assert_eq!(house.ask(house.change(), "title=x&csrf=00").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.ask(house.change(), "").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_beyond_its_bound_is_refused() {
    let house = House::new();
    let body = "a".repeat(FORM_BYTES_MAX + 1);
    assert_eq!(house.ask(house.change(), &body).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_token_lets_in_and_leaves_the_address() {
    let house = House::new();
    let uri = format!("/plans?token={}", data_encoding::HEXLOWER.encode(&TOKEN));
    let response = house.ask(Request::get(uri).header("host", "127.0.0.1:4410"), "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/plans");
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with(&house.cookie()), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let wrong = house.ask(Request::get("/?token=00").header("host", "127.0.0.1:4410"), "").await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn every_answer_forbids_inline_script_frames_and_guessing() {
    let house = House::new();
    for path in ["/", "/assets/svod.css"] {
        let response = house.ask(Request::get(path).header("host", "127.0.0.1:4410"), "").await;
        for (name, value) in HEADERS {
            assert_eq!(response.headers()[&name], value, "{path}");
        }
    }
}
