//! Who belongs and who may, on «Сеть»: the roster in words, and the lead's decisions, each with a page that says what it
//! comes to before it is signed.

use axum::Form;
use axum::extract::Query;
use axum::response::IntoResponse as _;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use svod_shared::id::{NodeNo, OrgNo};
use svod_shared::roster::BASIS_BYTES_MAX;
use svod_shared::time::Day;

use super::download;
use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section};
use super::parts::{csrf, sign};
use super::visit::{Visit, back_to};
use crate::store::Saying;
use crate::views::roster::{ComputerLine, OrgLine, OrgState, RosterView, SaidLine};

/// How many statements the page shows at once; the rest is one click away in the same list.
const SAID_SHOWN: usize = 12;

/// What is to be decided, and about whom.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    what: String,
    no: u16,
}

/// What the lead can decide on a page, with its message keys: the button, the consequence.
const DECISIONS: [(&str, &str, &str); 5] = [
    ("suspend", "decide-suspend", "confirm-suspend"),
    ("remove", "decide-remove", "confirm-remove"),
    ("readmit", "decide-readmit", "confirm-readmit"),
    ("raise", "decide-raise", "confirm-raise"),
    ("close", "decide-close", "confirm-close"),
];

/// The page before a decision.
pub(super) async fn confirm(visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let view = visit.node.roster_view().await?;
    let (_, button, consequence) = decision(&asked.what)?;
    let who = who(&view, &asked).ok_or(WebError::BadForm)?;
    let t = visit.t;
    let content = html! {
        header.top { div { h1 { (t.text(button)) } p.sub { (who) } } }
        section.card.drawer {
            p { (t.with(consequence, &[("who", who.clone().into())])) }
            form.fields method="post" action="/network/say" {
                (csrf(&visit))
                input type="hidden" name="what" value=(asked.what);
                input type="hidden" name="no" value=(asked.no);
                label.wide { (t.text("decide-basis"))
                    input name="basis" required maxlength="500" placeholder=(t.text("invite-basis-example"));
                }
                label { (t.text("decide-from"))
                    input type="date" name="from" value=(visit.clock.today().to_string());
                }
                div.wide.pair {
                    button.btn.main { (t.text(button)) }
                    a.btn href="/network" { (t.text("cancel")) }
                }
            }
            p.hint { (t.text("decide-hint")) }
        }
    };
    Page::new(Section::Network, t.text(button), content).respond(&visit).await
}

/// Decides.
pub(super) async fn say(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let basis = fields.required("basis")?.to_owned();
    if basis.is_empty() || basis.len() > BASIS_BYTES_MAX {
        return Err(WebError::BadForm);
    }
    let from = match fields.get("from") {
        None | Some("") => None,
        Some(text) => Some(day(text).ok_or(WebError::BadForm)?),
    };
    let no = fields.required("no")?.parse().map_err(|_| WebError::BadForm)?;
    let saying = match fields.required("what")? {
        "suspend" => Saying::Suspend(OrgNo(no)),
        "remove" => Saying::Remove(OrgNo(no)),
        "readmit" => Saying::Readmit(OrgNo(no)),
        "raise" => Saying::Raise(OrgNo(no)),
        "close" => Saying::Close(NodeNo(no)),
        _ => return Err(WebError::BadForm),
    };
    visit.node.say(saying, basis, from).await?;
    Ok(back_to("/network").into_response())
}

/// Hands out the evidence.
pub(super) async fn evidence(visit: Visit) -> Answer {
    let bytes = visit.node.evidence(visit.t).await?;
    Ok(download::file(&visit.t.text("evidence-file"), download::Kind::Json, bytes))
}

fn decision(what: &str) -> Result<(&'static str, &'static str, &'static str), WebError> {
    DECISIONS.into_iter().find(|it| it.0 == what).ok_or(WebError::BadForm)
}

fn who(view: &RosterView, asked: &Asked) -> Option<String> {
    if asked.what != "close" {
        return view.orgs.iter().find(|it| it.no.0 == asked.no).map(|it| it.name.clone());
    }
    view.orgs.iter().find_map(|org| {
        let computer = org.computers.iter().find(|it| it.no.0 == asked.no)?;
        Some(format!("{} ({})", computer.label, org.name))
    })
}

fn day(text: &str) -> Option<Day> {
    let date: Date = text.parse().ok()?;
    let number = |value: i16| u32::try_from(value).ok();
    Day::of(number(date.year())?, number(date.month().into())?, number(date.day().into())?)
}

/// The section of «Сеть».
pub(super) fn section(visit: &Visit, view: &RosterView) -> Markup {
    let t = visit.t;
    html! {
        section #roster data-live {
            h2.part { (t.text("roster-title")) }
            @if view.forked_at.is_some() { p.warning role="alert" { (t.text("roster-forked")) } }
            div.card.list { @for org in &view.orgs { (organisation(visit, view, org)) } }
            p.hint {
                a.link href="/network/card" { (t.text("card-link")) } " · "
                a.link href="/network/evidence" { (t.text("evidence-link")) }
            }
            p.hint { (t.text("roster-hint")) }
            details {
                summary { (t.with("roster-history", &[("n", view.said.len().into())])) }
                div.card.list {
                    @for it in view.said.iter().take(SAID_SHOWN) { (said(visit, it)) }
                    @if view.said.len() > SAID_SHOWN {
                        details {
                            summary { (t.text("roster-history-more")) }
                            @for it in view.said.iter().skip(SAID_SHOWN) { (said(visit, it)) }
                        }
                    }
                }
            }
        }
    }
}

fn organisation(visit: &Visit, view: &RosterView, org: &OrgLine) -> Markup {
    let t = visit.t;
    let (tone, mark) = match org.state {
        OrgState::Lead | OrgState::Active => ("ok", "✓"),
        OrgState::Suspended => ("soon", "◔"),
        OrgState::Removed => ("off", "·"),
    };
    let since = [("day", visit.clock.act_day(t, org.since).into())];
    html! {
        div.row {
            (sign(tone, mark))
            div {
                span.strong { (org.name) } " " span.tag { (t.text(org.state.key())) }
                @if org.state == OrgState::Active { " " span.hint { (t.text(org.role)) } }
                small { (t.with("roster-since", &since)) @if !org.basis.is_empty() { " · " (org.basis) } }
                @for it in &org.computers { (computer(visit, view, it)) }
                @if org.late > 0 {
                    div.hint { (t.with("roster-late", &[("n", org.late.into())])) }
                }
                @if view.may_say { (decisions(visit, org)) }
            }
        }
    }
}

fn computer(visit: &Visit, view: &RosterView, it: &ComputerLine) -> Markup {
    let t = visit.t;
    html! {
        small {
            (it.label) " · " span.mono { (it.key_code) } " · " (t.text(it.state()))
            @if view.may_say && it.active { " · " (link(visit, "close", it.no.0)) }
            @if let Some(words) = &it.words { br; (t.with("roster-words", &[("words", words.clone().into())])) }
        }
    }
}

fn decisions(visit: &Visit, org: &OrgLine) -> Markup {
    let offered: &[&str] = match org.state {
        OrgState::Lead => &[],
        OrgState::Active => &["suspend", "remove"],
        OrgState::Suspended => &["readmit", "remove"],
        OrgState::Removed => &["readmit"],
    };
    html! {
        @if !offered.is_empty() || org.late > 0 {
            div.hint {
                @for (at, what) in offered.iter().enumerate() {
                    @if at > 0 { " · " }
                    (link(visit, what, org.no.0))
                }
                @if org.late > 0 { " · " (link(visit, "raise", org.no.0)) }
            }
        }
    }
}

fn link(visit: &Visit, what: &str, no: u16) -> Markup {
    let button = DECISIONS.iter().find(|it| it.0 == what).map_or("", |it| it.1);
    html! { a.link href={ "/network/decide?what=" (what) "&no=" (no) } { (visit.t.text(button)) } }
}

fn said(visit: &Visit, it: &SaidLine) -> Markup {
    let t = visit.t;
    html! {
        div.row {
            span.mono { (it.number) }
            div {
                (t.with(it.what, &[("who", it.who.clone().into())]))
                small { (t.text(it.seal)) @if !it.basis.is_empty() { " · " (it.basis) } }
            }
            div.when { (visit.clock.act_day(t, it.from)) }
        }
    }
}
