//! Two people at one computer, as their browser sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use jiff::tz::TimeZone;
use svod_shared::time::Timestamp;
use tower::ServiceExt as _;

use super::super::{Clock, Door, router};
use super::*;
use crate::exchange::form::Form;
use crate::node::Node;
use crate::people::{IDLE_MS_MAX, People};
use crate::store::testing;

struct House {
    app: Router,
    node: Node,
    csrf: String,
    now: Arc<AtomicU64>,
    plan: String,
    _dir: tempfile::TempDir,
}

impl House {
    fn new(people: People) -> Self {
        let (mut store, dir) = testing::found();
        let table = Form { title: "План".into(), ..Form::default() };
        let plan = store.import(&table).unwrap().plan.to_string();
        let now = Arc::new(AtomicU64::new(1_647_510_000_000));
        let watch = now.clone();
        let clock = Clock::new(move || Timestamp(watch.load(Ordering::Relaxed)), TimeZone::UTC);
        let door = Door::new(4410, [1; 32], [2; 32]);
        let (node, csrf) = (Node::start(store), door.csrf().to_owned());
        let app = router(WebState::new(node.clone(), door, clock).with_people(Arc::new(people)));
        Self { app, node, csrf, now, plan, _dir: dir }
    }

    async fn ask(&self, method: &str, path: &str, who: Option<&str>, form: &str) -> Response {
        let who = who.map(|it| format!("; svod-4410-who={it}")).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:4410")
            .header("sec-fetch-site", "same-origin")
            .header("accept-language", "en")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", format!("svod-4410={}{who}", "01".repeat(32)))
            .header("x-csrf", &self.csrf);
        self.app.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap()
    }

    /// Lets a listed person in; gives the session.
    async fn enter(&self, person: u32, pin: &str) -> String {
        let form = format!("person={person}&pin={pin}&back=%2Fplans");
        session_of(&self.ask("POST", "/people/enter", None, &form).await).unwrap()
    }

    async fn rename(&self, who: Option<&str>, from: &str, to: &str) -> StatusCode {
        let plan = self.node.plans().await.unwrap()[0].id;
        let view = self.node.plan(plan).await.unwrap().unwrap();
        let field = view.plan.field(crate::domain::plan::PlanField::Period).clone();
        let seen = super::super::form::seen_text(&field);
        let form = format!("period={to}&was-period={from}&seen-period={seen}").replace('@', "%40");
        self.ask("POST", &format!("/plans/{}", self.plan), who, &form).await.status()
    }
}

fn session_of(response: &Response) -> Option<String> {
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    let mut ours = cookies.filter_map(|it| it.to_str().ok()?.strip_prefix("svod-4410-who="));
    let cookie = ours.next()?;
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    cookie.split(';').next().map(str::to_owned)
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn nobody_is_asked_until_somebody_is_listed_and_the_first_one_is_in_at_once() {
    let house = House::new(People::nobody());
    assert_eq!(house.ask("GET", "/plans", None, "").await.status(), StatusCode::OK);
    let added = house.ask("POST", "/people/add", None, "label=methodist&pin=2718&again=2718").await;
    assert_eq!(added.status(), StatusCode::SEE_OTHER);
    let session = session_of(&added).unwrap();
    assert_eq!(house.ask("GET", "/plans", Some(&session), "").await.status(), StatusCode::OK);
    let outside = house.ask("GET", "/plans?a=1&b=2", None, "").await;
    assert_eq!(outside.headers()[header::LOCATION], "/people/enter?back=/plans?a=1%26b=2");
}

#[tokio::test]
async fn who_has_not_come_in_reads_and_changes_nothing() {
    let people = People::nobody();
    people.add("методист", "2718").unwrap();
    let house = House::new(people);
    for path in ["/", "/plans", "/network", "/report", "/import", "/people"] {
        let answer = house.ask("GET", path, None, "").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert!(!text(answer).await.contains("План"), "{path}");
    }
    assert_eq!(house.ask("GET", "/events", None, "").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.rename(None, "", "2022").await, StatusCode::UNAUTHORIZED);
    for path in ["/people/add", "/people/remove", "/news/read", "/network/invite"] {
        let form = "person=1&label=x&pin=&again=";
        assert_eq!(house.ask("POST", path, None, form).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let entrance = text(house.ask("GET", "/people/enter", None, "").await).await;
    assert!(entrance.contains("методист") && !entrance.contains("Выселковский"), "{entrance}");
    let wrong = house.ask("POST", "/people/enter", None, "person=1&pin=0000").await;
    assert_eq!((wrong.status(), session_of(&wrong)), (StatusCode::UNPROCESSABLE_ENTITY, None));
    let session = house.enter(1, "2718").await;
    assert_eq!(house.rename(Some(&session), "", "2022").await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_change_says_who_of_two_people_wrote_it_and_the_entry_signs_it() {
    let people = People::nobody();
    people.add("методист", "").unwrap();
    people.add("руководитель", "").unwrap();
    let house = House::new(people);
    let (one, two) = (house.enter(1, "").await, house.enter(2, "").await);
    assert_eq!(house.rename(Some(&one), "", "2021").await, StatusCode::SEE_OTHER);
    let plan = house.node.plans().await.unwrap()[0].id;
    let author = async || {
        let view = house.node.plan(plan).await.unwrap().unwrap();
        let shown = view.plan.field(crate::domain::plan::PlanField::Period).shown.clone().unwrap();
        view.authors[&shown.change].person.clone()
    };
    assert_eq!(author().await.as_deref(), Some("методист"));
    assert_eq!(house.rename(Some(&two), "2021", "2022").await, StatusCode::SEE_OTHER);
    assert_eq!(author().await.as_deref(), Some("руководитель"));
    // What nobody in particular asks for is written for nobody.
    let unnamed = house.node.run(|store| Ok::<_, crate::store::CommandError>(store.person())).await.unwrap();
    assert_eq!(unnamed, None);
}

#[tokio::test]
async fn idle_pages_are_locked_and_going_locks_them_at_once() {
    let people = People::nobody();
    people.add("методист", "2718").unwrap();
    let house = House::new(people);
    let session = house.enter(1, "2718").await;
    let status = async |path| house.ask("GET", path, Some(&session), "").await.status();
    house.now.fetch_add(IDLE_MS_MAX, Ordering::Relaxed);
    assert_eq!(status("/people/here").await, StatusCode::NO_CONTENT, "a deed");
    house.now.fetch_add(IDLE_MS_MAX, Ordering::Relaxed);
    assert_eq!(status("/plans").await, StatusCode::OK);
    house.now.fetch_add(IDLE_MS_MAX + 1, Ordering::Relaxed);
    assert_eq!(status("/plans").await, StatusCode::SEE_OTHER);
    let session = house.enter(1, "2718").await;
    let left = house.ask("POST", "/people/leave", Some(&session), "back=%2Fplans").await;
    assert_eq!(left.headers()[header::LOCATION], "/people/enter?back=/plans");
    let after = house.ask("GET", "/plans", Some(&session), "").await.status();
    assert_eq!(after, StatusCode::SEE_OTHER);
}
