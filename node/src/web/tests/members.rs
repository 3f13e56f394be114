//! The lead's decisions about members, the joining, the card and the evidence.

use svod_shared::letter::Names;

use super::*;
use crate::folder::Folder;
use crate::store::{LetterAnswer, Store, testing};

/// A lead's node with a member, the pages, their token, and the words that the member's screen shows.
fn with_member() -> (Router, String, String, TempDir) {
    let (mut lead, dir) = testing::found();
    let ticket = lead.invite("ИМЦ, Динской район", "договор № 1").unwrap();
    let folder = Folder::create(&dir.path().join("member")).unwrap();
    let names =
        Names { name: "ИМЦ, Динской район", short: "Динской", label: "кабинет" };
    let member = Store::join(folder, &ticket, names, None, testing::clock()).unwrap();
    let (_, letter) = member.joining().unwrap().unwrap();
    assert_eq!(lead.answer_letter(&letter).unwrap(), LetterAnswer::Admitted);
    let words = member.joining_words().unwrap().unwrap();
    let door = Door::new(4410, [1; 32], [2; 32]);
    let csrf = door.csrf().to_owned();
    (router(WebState::new(Node::start(lead), door, Clock::system())), csrf, words, dir)
}

async fn get(app: &Router, uri: &str) -> String {
    let response = app.clone().oneshot(own("GET", uri).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{uri}");
    text(response).await
}

async fn post(app: &Router, uri: &str, form: String) -> StatusCode {
    let request = own("POST", uri).header("content-type", "application/x-www-form-urlencoded");
    app.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn the_lead_decides_about_a_member_after_reading_what_it_comes_to() {
    let (app, csrf, _, _dir) = with_member();
    let page = get(&app, "/network").await;
    assert!(page.contains("/network/decide?what=suspend&amp;no=2") && page.contains("договор № 1"), "{page}");
    let before = get(&app, "/network/decide?what=suspend&no=2").await;
    assert!(before.contains("приостановить участие") && before.contains("Динской"), "{before}");
    let form = |basis: &str| format!("csrf={csrf}&what=suspend&no=2&from=2026-09-01&basis={basis}");
    assert_eq!(post(&app, "/network/say", form("")).await, StatusCode::BAD_REQUEST, "a basis is needed");
    assert_eq!(post(&app, "/network/say", form("act-7")).await, StatusCode::SEE_OTHER);
    let page = get(&app, "/network").await;
    for shown in
        ["приостановлен", "Приостановлено участие: ИМЦ, Динской район", "act-7", "what=readmit&amp;no=2"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let again = app.clone().oneshot(
        own("POST", "/network/say")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form("act-8")))
            .unwrap(),
    );
    let refused = text(again.await.unwrap()).await;
    assert!(refused.contains("Это уже так"), "{refused}");
}

#[tokio::test]
async fn both_screens_show_the_same_words_and_the_ticket_is_a_picture_too() {
    let (app, csrf, words, _dir) = with_member();
    assert_eq!(words.split(' ').count(), 6);
    let page = get(&app, "/network").await;
    assert!(page.contains(&words), "{words}: {page}");
    let request = own("POST", "/network/invite").header("content-type", "application/x-www-form-urlencoded");
    let form = format!("csrf={csrf}&name=IMC&basis=act-1");
    let response = app.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
    let page = text(response).await;
    assert!(page.contains("<svg class=\"qr\""), "{page}");
}

#[tokio::test]
async fn the_card_holds_no_secret_and_the_evidence_is_one_file() {
    let (app, _, _, _dir) = with_member();
    let card = get(&app, "/network/card").await;
    assert!(card.contains("Карточка ключей") && card.contains("ИМЦ, Выселковский район"), "{card}");
    let evidence: serde_json::Value = serde_json::from_str(&get(&app, "/network/evidence").await).unwrap();
    assert_eq!(evidence["format"], "svod-evidence-1");
    let roster = evidence["roster"].as_array().unwrap();
    assert_eq!(roster.len(), 4);
    assert!(roster.iter().all(|it| !it["signed"].as_str().unwrap().is_empty()));
}
