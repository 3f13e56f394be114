//! «Сеть»: who belongs to it, how fresh everybody's data is, inviting another member, the relay, what was refused.

use axum::Form;
use axum::response::IntoResponse as _;
use maud::{Markup, html};

use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section, freshness};
use super::held;
use super::members as roster_members;
use super::packets;
use super::parts::{csrf, sign};
use super::qr;
use super::visit::{Visit, back_to};
use crate::views::{Incident, MemberLine, NetworkView, Status};

/// A name or an act fits into one line of an order.
const NAME_CHARS_MAX: usize = 200;

/// The page.
pub(super) async fn page(visit: Visit) -> Answer {
    show(&visit, None).await
}

/// Makes a ticket and shows it once: it is a secret of whoever it is handed to.
pub(super) async fn invite(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let (name, basis) = (fields.required("name")?, fields.required("basis")?);
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || basis.chars().count() > NAME_CHARS_MAX {
        return Err(WebError::BadForm);
    }
    let ticket = visit.node.invite(name.to_owned(), basis.to_owned()).await?;
    show(&visit, Some((name, &ticket))).await
}

/// Asks the relay now.
pub(super) async fn exchange(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    visit.node.exchange_now();
    Ok(back_to(fields.get("back").unwrap_or("/network")).into_response())
}

async fn show(visit: &Visit, ticket: Option<(&str, &str)>) -> Answer {
    let t = visit.t;
    let network = visit.node.network().await?;
    let status = visit.node.status().await?;
    let roster = visit.node.roster_view().await?;
    let content = html! {
        header.top {
            div { h1 { (network.name) } p.sub { (t.with("network-sub", &[("n", network.members.len().into())])) } }
        }
        @if let Some((name, ticket)) = ticket { (ticket_box(visit, name, ticket)) }
        div.cols {
            div {
                (members(visit, &network))
                (roster_members::section(visit, &roster))
                (held::list(visit, &network.held))
                (incidents(visit, &network))
            }
            div {
                (code(visit, &status))
                @if status.is_lead { (invite_form(visit)) }
                (packets::card(visit, &network))
                (relay(visit, &network))
            }
        }
    };
    Page::new(Section::Network, t.text("nav-network"), content).respond(visit).await
}

fn members(visit: &Visit, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        section #members data-live {
            h2.part { (t.text("network-members")) }
            div.card.scroll { table {
                thead { tr {
                    th scope="col" { (t.text("network-member")) }
                    th scope="col" { (t.text("network-fresh")) }
                    th scope="col" { (t.text("network-key")) }
                } }
                tbody { @for line in &network.members { (member(visit, line)) } }
            } }
            p.hint { (t.text("network-key-hint")) }
        }
    }
}

fn member(visit: &Visit, line: &MemberLine) -> Markup {
    let t = visit.t;
    html! {
        tr {
            th scope="row" {
                span.strong { (line.member.name) }
                @if line.member.is_lead { " " span.tag { (t.text("network-lead")) } }
                @if line.member.is_me { " " span.tag { (t.text("network-me")) } }
                div.hint { (line.nodes.join(", ")) }
                div.hint { (line.basis) }
            }
            td { (fresh(visit, line)) }
            td.mono { (line.key_code) }
        }
    }
}

fn fresh(visit: &Visit, line: &MemberLine) -> Markup {
    let t = visit.t;
    let Some(it) = &line.freshness else {
        return html! { span.hint { (t.text("fresh-me")) } };
    };
    let (tone, mark) = match (it.lacks, it.last_seen) {
        (Some(0), _) => ("ok", "✓"),
        (_, Some(_)) => ("soon", "◔"),
        (_, None) => ("off", "·"),
    };
    html! {
        (sign(tone, mark)) " " (freshness(visit, it))
        @if let Some(lacks) = it.lacks.filter(|it| *it > 0) {
            div.hint { (t.with("fresh-lacks", &[("n", lacks.into())])) }
        }
        @if let Some(newest) = it.newest_entry {
            div.hint { (t.with("fresh-newest", &[("when", visit.clock.moment(t, newest).into())])) }
        }
    }
}

fn code(visit: &Visit, status: &Status) -> Markup {
    let t = visit.t;
    html! {
        section.card.drawer #code data-live {
            h2.part { (t.text("foot-code")) }
            p.big-code { (status.code) }
            p.hint { (t.text("network-code-hint")) }
        }
    }
}

fn invite_form(visit: &Visit) -> Markup {
    let t = visit.t;
    html! {
        section.card.drawer {
            h2.part { (t.text("invite-title")) }
            form.fields method="post" action="/network/invite" {
                (csrf(visit))
                label.wide { (t.text("invite-name"))
                    input name="name" required maxlength=(NAME_CHARS_MAX) placeholder=(t.text("invite-name-example"));
                }
                label.wide { (t.text("invite-basis"))
                    input name="basis" required maxlength=(NAME_CHARS_MAX) placeholder=(t.text("invite-basis-example"));
                }
                div.wide { button.btn.main { (t.text("invite-now")) } }
            }
            p.hint { (t.text("invite-hint")) }
        }
    }
}

fn ticket_box(visit: &Visit, name: &str, ticket: &str) -> Markup {
    let t = visit.t;
    html! {
        section.card.drawer.ticket role="status" {
            h2.card-title { (t.with("ticket-title", &[("name", name.into())])) }
            p { (t.text("ticket-text")) }
            textarea.mono #ticket readonly rows="3" aria-label=(t.text("ticket-label")) { (ticket) }
            div.pair {
                button.btn.main type="button" data-copy="ticket" data-copied=(t.text("copied")) hidden { (t.text("copy")) }
                span.hint { (t.text("ticket-hint")) }
            }
            (qr::code(ticket, &t.text("ticket-qr")))
            p.hint { (t.text("ticket-words")) }
        }
    }
}

fn relay(visit: &Visit, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        section.card.drawer {
            h2.part { (t.text("network-relay")) }
            @if network.relay_addresses.is_empty() {
                p { (t.text("network-no-relay")) }
            } @else {
                @for address in &network.relay_addresses { p.mono { (address) } }
                p.hint { (t.text("network-relay-hint")) }
                (traffic(visit))
            }
        }
    }
}

/// What the line has carried: for whoever pays for it, and for whoever wonders what Svod itself takes.
fn traffic(visit: &Visit) -> Markup {
    let t = visit.t;
    let traffic = visit.node.link().borrow().traffic();
    let args = |received: u64, sent: u64| {
        [("received", kilobytes(visit, received).into()), ("sent", kilobytes(visit, sent).into())]
    };
    html! {
        div #traffic data-live {
            p { (t.with("network-traffic", &args(traffic.received_bytes, traffic.sent_bytes))) }
            p.hint {
                (t.with("network-traffic-hint", &args(traffic.received_frames_bytes, traffic.sent_frames_bytes)))
            }
        }
    }
}

/// Begun kilobytes: the first bytes are shown too.
fn kilobytes(visit: &Visit, bytes: u64) -> String {
    visit.t.with("kilobytes", &[("n", bytes.div_ceil(1024).into())])
}

fn incidents(visit: &Visit, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        section #incidents data-live {
            h2.part { (t.text("incidents")) }
            @if network.incidents.is_empty() {
                p.hint { (t.text("incidents-none")) }
            } @else {
                div.card.list { @for it in &network.incidents { (incident(visit, it)) } }
            }
        }
    }
}

fn incident(visit: &Visit, it: &Incident) -> Markup {
    let t = visit.t;
    html! {
        div.row {
            (sign("late", "!"))
            div {
                (t.incident(it))
                small { @if let Some(org) = &it.org { (org) " · " } (t.with("incident-subject", &[("subject", it.subject.clone().into())])) }
            }
            div.when { (visit.clock.moment(t, it.when)) }
        }
    }
}
