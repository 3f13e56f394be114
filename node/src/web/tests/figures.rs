//! Figures through the pages, as a browser without a script sends them.

use svod_shared::id::DocId;

use super::*;
use crate::domain::indicator::{Aggregation, first_edition};
use crate::domain::period::Period;
use crate::store::OpenCampaign;

struct Pages {
    app: Router,
    csrf: String,
    campaign: DocId,
    _dir: TempDir,
}

fn pages() -> Pages {
    let (mut store, dir) = crate::store::testing::found();
    let period = Period::of_key("2022-H1").expect("a period");
    let terms = OpenCampaign { title: "Отчёт".into(), period, due: None, joined: Vec::new() };
    let campaign = store.open_campaign(&terms).expect("opens");
    let door = Door::new(4410, [1; 32], [2; 32]);
    let csrf = door.csrf().to_owned();
    Pages { app: router(WebState::new(Node::start(store), door, Clock::system())), csrf, campaign, _dir: dir }
}

impl Pages {
    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = own("GET", path).header("accept-language", "en").body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        (response.status(), text(response).await)
    }

    async fn post(&self, path: &str, pairs: &[(String, String)]) -> (StatusCode, String) {
        let mut form = format!("csrf={}", self.csrf);
        for (name, value) in pairs {
            let escaped: String = value.bytes().map(|it| format!("%{it:02X}")).collect();
            form += &format!("&{name}={escaped}");
        }
        let request = own("POST", path)
            .header("accept-language", "en")
            .header("content-type", "application/x-www-form-urlencoded");
        let response = self.app.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        (response.status(), text(response).await)
    }

    fn path(&self, rest: &str) -> String {
        format!("/figures/{}{rest}", self.campaign)
    }
}

/// The whole form filled in; `projects` stands in the row 2.1.
fn filled(projects: &str, act: &str) -> Vec<(String, String)> {
    let mut pairs = vec![("do".to_owned(), act.to_owned())];
    for it in first_edition().passports {
        let values: Vec<String> = match it.aggregation {
            Aggregation::Sum | Aggregation::LastStock if it.code == "2.1" => vec![projects.into()],
            Aggregation::Sum | Aggregation::LastStock => vec!["12".into()],
            Aggregation::RatioOfSums => vec!["9".into(), "22".into()],
            Aggregation::DistinctEvents => vec!["17.03.2022 Вебинар".into()],
            Aggregation::Distribution => vec!["1".into(); 7],
        };
        pairs.push((format!("state-{}", it.code), "figure".into()));
        pairs.push((format!("note-{}", it.code), String::new()));
        pairs.extend(values.into_iter().enumerate().map(|(at, value)| (format!("v{at}-{}", it.code), value)));
    }
    pairs
}

#[tokio::test]
async fn a_form_is_filled_submitted_judged_and_frozen_without_a_script() {
    let pages = pages();
    let (status, page) = pages.get(&pages.path("/entry")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("name=\"v1-6.2\"") && page.contains("name=\"v6-1.3\""),
        "boxes of ratio and distribution"
    );
    let (status, page) = pages.post(&pages.path("/entry"), &filled("41%", "save")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("Type two numbers, not a percentage") && page.contains("value=\"41%\""),
        "what was typed stays"
    );
    assert_eq!(pages.post(&pages.path("/entry"), &filled("9", "submit")).await.0, StatusCode::SEE_OTHER);
    let (_, page) = pages.get(&pages.path("?code=2.1&org=1")).await;
    assert!(
        page.contains("Submitted") && page.contains("the organisation&#39;s key")
            || page.contains("organisation's key"),
        "{page}"
    );
    let judged = [("org".to_owned(), "1".to_owned()), ("do".to_owned(), "accept".to_owned())];
    assert_eq!(pages.post(&pages.path("/judge"), &judged).await.0, StatusCode::SEE_OTHER);
    let (status, page) = pages.post(&pages.path("/judge"), &judged).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "there is nothing left to accept");
    assert!(page.contains("There is no submission that waits"));
    let preface = [("preface".to_owned(), "Сеть работала.".to_owned())];
    assert_eq!(pages.post(&pages.path("/report/freeze"), &preface).await.0, StatusCode::SEE_OTHER);
    let (_, page) = pages.get(&pages.path("/report?edition=1")).await;
    assert!(page.contains("All is in order: 26 figures checked"), "{page}");
    assert!(!page.contains("Was → is"), "there is no period before");
    for format in ["docx", "xlsx", "html", "csv", "json", "svodreport"] {
        let (status, _) = pages.get(&pages.path(&format!("/report/{format}?edition=1"))).await;
        assert_eq!(status, StatusCode::OK, "{format}");
    }
    assert_eq!(
        pages.get(&pages.path("/report/svodreport")).await.0,
        StatusCode::NOT_FOUND,
        "a draft is not to be verified"
    );
    assert_eq!(pages.get(&pages.path("/report?edition=7")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rules_are_asked_for_while_typing_and_are_those_of_saving() {
    let pages = pages();
    let mut pairs = filled("-1", "save");
    let participants = pairs.iter_mut().find(|(name, _)| name == "v0-2.2").expect("is there");
    participants.1 = "3".into();
    let (status, said) = pages.post(&pages.path("/check"), &pairs).await;
    assert_eq!(status, StatusCode::OK);
    assert!(said.contains("id=\"rule-2.1\">An indicator is never below zero"), "{said}");
    assert!(said.contains("id=\"rule-2.2\">Indicator 2.2 is less than indicator 2.3"), "{said}");
    assert!(!said.contains("rule-2.3"));
}

#[tokio::test]
async fn a_period_is_shown_beside_the_one_before() {
    let (mut store, _dir) = crate::store::testing::found();
    let mut campaigns = Vec::new();
    for (key, projects) in [("2021-H2", "14"), ("2022-H1", "18")] {
        let period = Period::of_key(key).expect("a period");
        let terms = OpenCampaign { title: "Отчёт".into(), period, due: None, joined: Vec::new() };
        let campaign = store.open_campaign(&terms).expect("opens");
        let edition = first_edition();
        let typed = edition.passports.iter().map(|it| {
            let text = if it.code == "2.1" {
                projects.to_owned()
            } else {
                "нет данных: проверка".to_owned()
            };
            crate::store::Typed { code: it.code.clone(), text, note: None, seen: Vec::new() }
        });
        store.enter_figures(campaign, &typed.collect::<Vec<_>>(), None, None).expect("enters");
        store.submit(campaign).expect("submits");
        campaigns.push(campaign);
    }
    let door = Door::new(4410, [1; 32], [2; 32]);
    let app = router(WebState::new(Node::start(store), door, Clock::system()));
    for path in [format!("/figures/{}/report", campaigns[1]), format!("/figures/{}", campaigns[1])] {
        let request = own("GET", &path).header("accept-language", "en").body(Body::empty()).unwrap();
        let page = text(app.clone().oneshot(request).await.unwrap()).await;
        assert!(page.contains("14 → ") && page.contains("18"), "{path}");
    }
}
