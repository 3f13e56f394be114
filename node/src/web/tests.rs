//! All pages behind their door.

mod figures;
mod markup;
mod matrix;
mod members;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use jiff::tz::TimeZone;
use svod_shared::time::Timestamp;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;
use crate::exchange::form::Form;

const HOST: &str = "127.0.0.1:4410";

fn node() -> (Node, TempDir) {
    let (store, dir) = crate::store::testing::found();
    (Node::start(store), dir)
}

/// The router, and the folder that must outlive it.
fn app() -> (Router, TempDir) {
    let door = Door::new(4410, [1; 32], [2; 32]);
    let clock = Clock::new(|| Timestamp(1_647_510_000_000), TimeZone::UTC);
    let (node, dir) = node();
    (router(WebState::new(node, door, clock)), dir)
}

/// Every address of the router, with something in the place of its parameters.
fn addresses() -> BTreeSet<String> {
    let routes = include_str!("../web.rs").split(".route(\"").skip(1);
    let paths = routes.filter_map(|it| it.split('"').next());
    let filled = paths
        .map(|it| it.replace("{plan}", &"0".repeat(32)).replace("{campaign}", &"0".repeat(32)))
        .map(|it| it.replace("{row}", "abc").replace("{format}", "docx"));
    filled.collect()
}

fn own(method: &str, uri: &str) -> axum::http::request::Builder {
    let session = "01".repeat(32);
    Request::builder()
        .method(method)
        .uri(uri)
        .header("host", HOST)
        .header("sec-fetch-site", "same-origin")
        .header("cookie", format!("svod-4410={session}"))
}

async fn ask(request: axum::http::request::Builder) -> Response {
    let (app, _dir) = app();
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
    // Some answers are files.
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn no_route_answers_without_the_cookie() {
    let addresses = addresses();
    assert!(addresses.len() > 20, "{addresses:?}");
    for uri in addresses.iter().filter(|it| !it.starts_with("/assets/")) {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
            let request = Request::builder()
                .method(method)
                .uri(uri)
                .header("host", HOST)
                .header("sec-fetch-site", "same-origin");
            assert_eq!(ask(request).await.status(), StatusCode::UNAUTHORIZED, "{method} {uri}");
        }
    }
}

#[tokio::test]
async fn a_change_without_the_form_token_is_refused_everywhere() {
    for uri in addresses() {
        assert_eq!(ask(own("POST", &uri)).await.status(), StatusCode::FORBIDDEN, "{uri}");
    }
}

#[tokio::test]
async fn what_is_not_there_says_so_in_the_visitors_language() {
    let response = ask(own("GET", "/plans/00").header("accept-language", "en")).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(text(response).await.contains("There is no such page"));
}

#[tokio::test]
async fn pages_hold_no_inline_script_and_no_inline_style() {
    for uri in ["/network/card", "/", "/plans", "/figures", "/divergences", "/network", "/import", "/report"]
    {
        let response = ask(own("GET", uri)).await;
        assert_eq!(response.status(), StatusCode::OK, "{uri}");
        let page = text(response).await;
        for forbidden in [" style=", "<style", " onclick=", "javascript:", "<script>"] {
            assert!(!page.contains(forbidden), "{uri} has {forbidden}");
        }
    }
}

#[tokio::test]
async fn the_lead_excludes_a_change_and_the_page_says_so() {
    let (mut store, _dir) = crate::store::testing::found();
    let table = Form { title: "План".into(), ..Form::default() };
    store.import(&table).unwrap();
    let head = store.heads().unwrap()[0];
    let record = store.records(&head.feed, 0, usize::MAX).unwrap().pop().unwrap();
    let change = record.entry.changes().last().unwrap().1;
    let door = Door::new(4410, [1; 32], [2; 32]);
    let csrf = door.csrf().to_owned();
    let app = router(WebState::new(Node::start(store), door, Clock::system()));
    let post = |basis: &str| {
        let form = format!("csrf={csrf}&change={change}&basis={basis}");
        let request =
            own("POST", "/network/exclude").header("content-type", "application/x-www-form-urlencoded");
        app.clone().oneshot(request.body(Body::from(form)).unwrap())
    };
    assert_eq!(post("").await.unwrap().status(), StatusCode::BAD_REQUEST, "a basis is needed");
    assert_eq!(post("act").await.unwrap().status(), StatusCode::SEE_OTHER);
    let page = own("GET", "/network").header("accept-language", "en").body(Body::empty()).unwrap();
    let page = text(app.clone().oneshot(page).await.unwrap()).await;
    assert!(page.contains("The lead has excluded this change"), "{page}");
    assert!(!page.contains("/network/exclude"), "nothing is left to decide: {page}");
}

/// Chrome 109 and Firefox ESR 115 are the last browsers of Windows 7.
#[test]
fn assets_use_nothing_that_old_browsers_lack() {
    let style = include_str!("../../assets/svod.css");
    for newer in ["light-dark(", "@layer", "@container", ":has(", "&:", "& ", "color-mix(", "oklch("] {
        let found = style.lines().find(|it| {
            it.contains(newer) && !it.trim_start().starts_with(['/', '*']) && !it.contains("no nesting")
        });
        assert_eq!(found, None, "{newer}");
    }
    let script = include_str!("../../assets/svod.js");
    for newer in ["popover", ".difference(", ".union(", "toSorted(", "Object.groupBy", "innerHTML", "eval("] {
        assert!(!script.contains(newer), "{newer}");
    }
}

/// A browser drops an event whose data is empty: pages would never hear of an exchange.
#[tokio::test]
async fn a_change_is_announced_with_data() {
    let (node, _dir) = node();
    let door = Door::new(4410, [1; 32], [2; 32]);
    let app = router(WebState::new(node.clone(), door, Clock::system()));
    let response = app.oneshot(own("GET", "/events").body(Body::empty()).unwrap()).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    node.touch();
    let first = tokio_stream::StreamExt::next(&mut stream).await.unwrap().unwrap();
    let text = String::from_utf8(first.to_vec()).unwrap();
    assert!(text.contains("event: changed") && text.contains("data: 1"), "{text}");
}
