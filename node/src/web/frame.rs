//! The frame of every page: sections at the left, the page, the line of the exchange at the bottom.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use maud::{DOCTYPE, Markup, html};

use super::error::Answer;
use super::parts::{csrf, list_of};
use super::visit::Visit;
use crate::domain::member::Freshness;
use crate::i18n::{Catalog, Lang};
use crate::people::IDLE_MS_MAX;
use crate::views::{NetworkView, Status};

/// A section of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Today,
    Plans,
    Figures,
    /// A page of the figures that shows sheets of paper.
    Joint,
    Report,
    Divergences,
    Network,
    People,
    Search,
}

/// A page before its frame.
#[derive(Debug)]
pub(super) struct Page {
    /// Which section is lit.
    pub(super) section: Section,
    /// For the browser's tab.
    pub(super) title: String,
    /// What is said beside it; 409 and 422 show the form again.
    pub(super) status: StatusCode,
    /// The content.
    pub(super) content: Markup,
}

impl Page {
    /// A page that is as it should be.
    pub(super) fn new(section: Section, title: String, content: Markup) -> Self {
        Self { section, title, status: StatusCode::OK, content }
    }

    /// Puts the frame around it.
    pub(super) async fn respond(self, visit: &Visit) -> Answer {
        let status = visit.node.status().await?;
        let network = visit.node.network().await?;
        let html = document(visit, &self, &status, &network);
        Ok((self.status, Html(html.into_string())).into_response())
    }
}

fn document(visit: &Visit, page: &Page, status: &Status, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        (DOCTYPE)
        html lang=(t.lang().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) " — " (t.text("app-name")) }
                link rel="stylesheet" href="/assets/svod.css";
                @if matches!(page.section, Section::Report | Section::Joint) { link rel="stylesheet" href="/assets/report.css"; }
                @if matches!(page.section, Section::Figures | Section::Joint) {
                    link rel="stylesheet" href="/assets/figures.css";
                    script src="/assets/figures.js" defer {}
                }
                link rel="icon" href="/assets/svod.svg";
                script src="/assets/svod.js" defer {}
            }
            body data-csrf=(visit.csrf) data-idle=[visit.person.as_ref().map(|_| IDLE_MS_MAX)]
                 data-note=(t.text("live-note")) data-saving=(t.text("saving"))
                data-saved=(t.text("saved-at")) data-failed=(t.text("save-failed")) {
                a.skip href="#content" { (t.text("skip-to-content")) }
                div.app {
                    (navigation(t, visit, page.section, status))
                    main #content tabindex="-1" { (page.content) }
                }
                (footer(visit, status, network))
                div.note #note role="status" aria-live="polite" {}
            }
        }
    }
}

fn navigation(t: &Catalog, visit: &Visit, lit: Section, status: &Status) -> Markup {
    let lit = if lit == Section::Joint { Section::Figures } else { lit };
    let entries = [
        (Section::Today, "/", "nav-today", status.news, "nav-today-count"),
        (Section::Plans, "/plans", "nav-plans", 0, ""),
        (
            Section::Divergences,
            "/divergences",
            "nav-divergences",
            status.divergences,
            "nav-divergences-count",
        ),
        (Section::Figures, "/figures", "nav-figures", 0, ""),
        (Section::Report, "/report", "nav-report", 0, ""),
        (Section::Network, "/network", "nav-network", 0, ""),
    ];
    html! {
        nav.side #nav aria-label=(t.text("nav-label")) data-live {
            a.brand href="/" { (mark()) (t.text("app-name")) }
            form.find action="/search" role="search" {
                input #find type="search" name="q" maxlength="200" data-find aria-label=(t.text("search-label"))
                    placeholder=(t.text("search-short")) title=(t.text("search-shortcut"));
            }
            @for (section, href, key, count, said) in entries {
                a.on[section == lit] href=(href) aria-current=[(section == lit).then_some("page")] {
                    span { (t.text(key)) }
                    @if count > 0 {
                        b.n[section == Section::Today] title=(t.with(said, &[("n", count.into())])) { (count) }
                    }
                }
            }
            div.me {
                strong { (status.org) }
                (status.node)
                (person(visit))
                (language_choice(t, visit))
            }
        }
    }
}

/// Who is at the computer, and the way to let a colleague take over.
fn person(visit: &Visit) -> Markup {
    let t = visit.t;
    html! {
        @match &visit.person {
            Some(person) => {
                form.person method="post" action="/people/leave" {
                    (csrf(visit))
                    input type="hidden" name="back" value=(visit.address);
                    a href="/people" title=(t.text("people-title")) { (person.label) }
                    button.link { (t.text("people-change")) }
                }
            }
            None => { a.people href="/people" { (t.text("people-title")) } }
        }
    }
}

fn language_choice(t: &Catalog, visit: &Visit) -> Markup {
    html! {
        form.lang method="post" action="/language" {
            (csrf(visit))
            input type="hidden" name="back" value=(visit.address);
            @for lang in Lang::ALL {
                button name="lang" value=(lang.tag()) lang=(lang.tag()) aria-pressed=(t.lang() == lang) {
                    (Catalog::of(lang).text("language-name"))
                }
            }
        }
    }
}

/// The mark: two arches, «свод».
fn mark() -> Markup {
    html! {
        svg viewBox="0 0 26 26" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"
            aria-hidden="true" {
            path d="M3 22V13a10 10 0 0 1 20 0v9" {}
            path d="M8.5 22v-8.5a4.5 4.5 0 0 1 9 0V22" {}
        }
    }
}

/// The line that never says more than was acknowledged.
fn footer(visit: &Visit, status: &Status, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        footer.foot #exchange aria-label=(t.text("foot-label")) data-live {
            span.state { (exchange_state(visit, status)) }
            form.now method="post" action="/exchange" {
                (csrf(visit))
                input type="hidden" name="back" value=(visit.address);
                button.link { (t.text("foot-exchange-now")) }
            }
            @if status.unconfirmed > 0 {
                span { (t.text("foot-unconfirmed")) " " b { (status.unconfirmed) } }
            } @else if !status.members.is_empty() {
                span { (t.text("foot-nothing-unconfirmed")) }
            }
            @if !status.members.is_empty() {
                @let who = members_line(visit, &status.members, network);
                span.who title=(who) { (who) }
            }
            span.code { (t.text("foot-code")) " " b { (status.code) } }
        }
    }
}

fn exchange_state(visit: &Visit, status: &Status) -> Markup {
    let t = visit.t;
    if let Some(trouble) = &status.trouble {
        return html! { span.st-late { "! " (t.text(trouble)) } };
    }
    let Some(last) = status.last_exchange else {
        return html! { (t.text("foot-never")) };
    };
    let days = visit.clock.days_since(last);
    html! {
        @if !status.connected && days >= SILENT_DAYS {
            span.st-soon { (t.with("foot-silent-days", &[("n", days.into())])) }
        } @else {
            @if !status.connected { span.st-soon { (t.text("foot-no-line")) } " " }
            (t.text("foot-exchange")) " " b { (visit.clock.moment(t, last)) }
        }
    }
}

/// «Получили всё: Выселковский, Динской · Мостовской — на 3 марта»
fn members_line(visit: &Visit, members: &[Freshness], network: &NetworkView) -> String {
    let t = visit.t;
    let name = |it: &Freshness| {
        let line = network.members.iter().find(|line| line.member.no == it.org);
        line.map_or_else(|| format!("№ {}", it.org.0), |line| line.member.short.clone())
    };
    let complete: Vec<_> = members.iter().filter(|it| it.lacks == Some(0)).map(&name).collect();
    let mut parts = Vec::new();
    if !complete.is_empty() {
        parts.push(t.with("foot-complete", &[("names", list_of(&complete).into())]));
    }
    for it in members.iter().filter(|it| it.lacks != Some(0)) {
        parts.push(format!("{} — {}", name(it), freshness(visit, it)));
    }
    parts.join(" · ")
}

/// How fresh a member is, in words.
pub(super) fn freshness(visit: &Visit, it: &Freshness) -> String {
    let t = visit.t;
    match (it.lacks, it.last_seen) {
        (Some(0), _) => t.text("fresh-complete"),
        (_, Some(seen)) => t.with("fresh-as-of", &[("date", visit.clock.day(t, seen).into())]),
        (_, None) => t.text("fresh-never"),
    }
}

/// From so many days without a line on, the days themselves are said.
const SILENT_DAYS: i64 = 2;
