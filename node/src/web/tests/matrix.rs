//! Every way of knocking at every route, over a real node: whoever is not our own page in our own session changes
//! nothing and reads nothing, and our own page is let in.

use axum::http::StatusCode;

use super::*;
use crate::exchange::form::Form;
use crate::store::testing;

/// Stands on pages and in nothing else that an answer might hold.
const SECRET: &str = "Канареечный план";

const HOSTS: [&str; 5] =
    ["127.0.0.1:4410", "localhost:4410", "127.0.0.1:4411", "evil.example:4410", "127.0.0.1"];
const ORIGINS: [Option<&str>; 5] = [
    None,
    Some("http://127.0.0.1:4410"),
    Some("http://127.0.0.1:4411"),
    Some("http://evil.example"),
    Some("null"),
];
const SITES: [Option<&str>; 5] =
    [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
/// Nothing, ours, another.
const SECRETS: usize = 3;

/// How somebody knocks.
#[derive(Debug, Clone, Copy)]
struct Knock {
    host: &'static str,
    origin: Option<&'static str>,
    site: Option<&'static str>,
    method: &'static str,
    cookie: usize,
    token: usize,
}

/// The combination with this number.
fn knock(mut n: usize) -> Knock {
    let mut digit = |base: usize| {
        let digit = n % base;
        n /= base;
        digit
    };
    Knock {
        cookie: digit(SECRETS),
        token: digit(SECRETS),
        method: METHODS[digit(METHODS.len())],
        site: SITES[digit(SITES.len())],
        origin: ORIGINS[digit(ORIGINS.len())],
        host: HOSTS[digit(HOSTS.len())],
    }
}

const KNOCKS: usize = HOSTS.len() * ORIGINS.len() * SITES.len() * METHODS.len() * SECRETS * SECRETS;
/// Each combination knocks at so many routes, each time at others.
const ROUTES_A_KNOCK: usize = 3;

impl Knock {
    fn reads(self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }

    /// Whether a browser sends this for our own page; written anew here, not taken from the door.
    fn is_ours(self, route: &str) -> bool {
        let is_our_host = matches!(self.host, "127.0.0.1:4410" | "localhost:4410");
        let is_our_origin = matches!(self.origin, None | Some("http://127.0.0.1:4410"));
        let opens_a_page = self.reads() && route != "/events";
        let comes_from_us = match self.site {
            Some("same-origin") => true,
            Some("none") => opens_a_page,
            None => opens_a_page || self.origin.is_some(),
            Some(_) => false,
        };
        let has_token = self.reads() || self.token == 1;
        is_our_host && is_our_origin && comes_from_us && self.cookie == 1 && has_token
    }

    fn request(self, route: &str, csrf: &str) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(route).header("host", self.host);
        let session = "01".repeat(32);
        let cookie = [None, Some(format!("svod-4410={session}")), Some("svod-4410=00".to_owned())];
        let token = [None, Some(csrf.to_owned()), Some("00".repeat(32))];
        let headers = [
            ("origin", self.origin.map(str::to_owned)),
            ("sec-fetch-site", self.site.map(str::to_owned)),
            ("cookie", cookie[self.cookie].clone()),
            ("x-csrf", token[self.token].clone()),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let form = "lang=en&back=%2F&name=x&title=x&was-title=&value=x&basis=x";
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(Body::from(if self.reads() { "" } else { form })).unwrap()
    }
}

#[tokio::test]
async fn of_all_ways_to_knock_only_our_own_pages_read_or_change_anything() {
    let (mut store, _dir) = testing::found();
    let plan = store.import(&Form { title: SECRET.into(), ..Form::default() }).unwrap().plan;
    let node = Node::start(store);
    let door = Door::new(4410, [1; 32], [2; 32]);
    let csrf = door.csrf().to_owned();
    let app = router(WebState::new(node.clone(), door, Clock::system()));
    let routes: Vec<_> = addresses()
        .into_iter()
        .filter(|it| !it.starts_with("/assets/"))
        .map(|it| it.replace(&"0".repeat(32), &plan.to_string()))
        .collect();
    let writes = async || node.run(|store| testing::writes(store)).await.unwrap();
    let (mut strangers, mut ours, mut read, mut written) = (0, 0, 0, 0);
    for n in 0..KNOCKS {
        let knock = knock(n);
        // Our own page asks everywhere: this shows that the test could find something.
        let is_everywhere = knock.is_ours("/plans") && (knock.method == "POST" || knock.token == 0);
        let turns = if is_everywhere { routes.len() } else { ROUTES_A_KNOCK };
        for turn in 0..turns {
            let route = &routes[(n + turn) % routes.len()];
            let before = writes().await;
            let answer = app.clone().oneshot(knock.request(route, &csrf)).await.unwrap();
            let status = answer.status();
            let is_let_in = !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            assert_eq!(is_let_in, knock.is_ours(route), "{route} {knock:?}: {status}");
            assert!(answer.headers().keys().all(|it| !it.as_str().starts_with("access-control")));
            if route == "/events" && is_let_in {
                continue;
            }
            let says_it = text(answer).await.contains(SECRET);
            let changed = writes().await != before;
            if knock.is_ours(route) {
                ours += 1;
                read += usize::from(says_it);
                written += usize::from(changed);
            } else {
                strangers += 1;
                assert!(!says_it, "{route} {knock:?} was shown a page");
                assert!(!changed, "{route} {knock:?} changed something");
            }
        }
    }
    assert!(strangers >= 5_000, "{strangers} knocks of strangers");
    assert!(ours > 100 && read > 20 && written > 2, "ours: {ours}, read {read}, written {written}");
}
