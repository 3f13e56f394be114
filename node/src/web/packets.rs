//! «Обмен через файл»: a packet is written for somebody, and one that was brought is shown and then taken.
//!
//! The preview is the taking itself, undone at its end; between the two the files wait on the shelf.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use maud::{Markup, html};
use svod_shared::id::OrgNo;
use svod_shared::packet::PACKET_BYTES_MAX;

use super::WebState;
use super::download::{Kind, file};
use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section};
use super::parts::{csrf, sign};
use super::visit::Visit;
use super::words::{news_line, worth_telling};
use crate::node::NodeError;
use crate::views::{NetworkView, PacketFile, PacketGap, PacketView};

/// One file, or several that are as large together, and the frame of the form around them.
pub(super) const UPLOAD_BYTES_MAX: usize = PACKET_BYTES_MAX + 64 * 1024;
/// A flash drive takes one file; what does not fit it is written in parts by the command line.
const WRITTEN_BYTES_MAX: usize = PACKET_BYTES_MAX / 2;

/// The page with both forms.
pub(super) async fn page(visit: Visit) -> Answer {
    show(&visit, StatusCode::OK, None).await
}

/// Hands out a packet for the organisation that was chosen.
pub(super) async fn write(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let to = match fields.required("for")? {
        "" => None,
        number => Some(OrgNo(number.parse().map_err(|_| WebError::BadForm)?)),
    };
    let mut files = match visit.node.write_packet(to, WRITTEN_BYTES_MAX).await {
        Ok(files) => files,
        Err(error) => return refuse(&visit, error).await,
    };
    if files.len() > 1 {
        let problem = visit.t.text("packet-too-many");
        return show(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await;
    }
    let bytes = files.pop().ok_or(WebError::BadForm)?;
    let network = visit.node.network().await?;
    Ok(file(&name(&visit, &network, to), Kind::Svod, bytes))
}

/// «Выселковский — Динской 2022-06-03»
fn name(visit: &Visit, network: &NetworkView, to: Option<OrgNo>) -> String {
    let short = |wanted: &dyn Fn(&crate::domain::member::Member) -> bool| {
        let found = network.members.iter().find(|it| wanted(&it.member));
        found.map(|it| it.member.short.clone())
    };
    let from = short(&|it| it.is_me).unwrap_or_default();
    let to = to.and_then(|no| short(&|it| it.no == no)).unwrap_or_else(|| visit.t.text("packet-for-all"));
    format!("{from} — {to} {}", visit.clock.today())
}

/// Shows who sent the files and what they would bring.
pub(super) async fn preview(visit: Visit, State(state): State<WebState>, upload: Multipart) -> Answer {
    let files: Arc<[Vec<u8>]> = files_of(upload).await?.into();
    if files.is_empty() {
        let problem = visit.t.text("packet-no-file");
        return show(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await;
    }
    let view = match visit.node.preview_packets(Arc::clone(&files)).await {
        Ok(view) => view,
        Err(error) => return refuse(&visit, error).await,
    };
    let token = state.packets.put(files)?;
    let content = shown(&visit, &view, &token);
    Page::new(Section::Network, visit.t.text("packet-preview"), content).respond(&visit).await
}

/// Takes the files that were shown.
pub(super) async fn take(
    visit: Visit,
    State(state): State<WebState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let Some(files) = state.packets.take(fields.required("token")?) else {
        return show(&visit, StatusCode::GONE, Some(visit.t.text("packet-gone"))).await;
    };
    match visit.node.read_packets(files).await {
        Ok(view) => {
            let page = Page::new(Section::Network, visit.t.text("packet-title"), done(&visit, &view));
            page.respond(&visit).await
        }
        Err(error) => refuse(&visit, error).await,
    }
}

async fn files_of(mut upload: Multipart) -> Result<Vec<Vec<u8>>, WebError> {
    let mut files = Vec::new();
    while let Some(field) = upload.next_field().await.map_err(|_| WebError::TooLarge)? {
        if field.name() == Some("file") {
            let bytes = field.bytes().await.map_err(|_| WebError::TooLarge)?;
            if !bytes.is_empty() {
                files.push(bytes.to_vec());
            }
        }
    }
    Ok(files)
}

/// A packet that is refused is shown where another one can be chosen; other trouble is the node's.
async fn refuse(visit: &Visit, error: NodeError) -> Answer {
    match error {
        NodeError::Packet(it) => {
            tracing::warn!(error = %it, "a packet was refused");
            show(visit, StatusCode::UNPROCESSABLE_ENTITY, Some(visit.t.text(it.message_key()))).await
        }
        other => Err(other.into()),
    }
}

async fn show(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let t = visit.t;
    let network = visit.node.network().await?;
    let content = html! {
        p.crumbs { a href="/network" { "‹ " (t.text("nav-network")) } }
        header.top { div { h1 { (t.text("packet-title")) } p.sub { (t.text("packet-hint")) } } }
        @if let Some(problem) = problem { div.problem role="alert" { p { (problem) } } }
        (read_form(visit, true))
        div.below { section.card.drawer { (write_form(visit, &network)) } }
    };
    let page = Page { status, ..Page::new(Section::Network, t.text("packet-title"), content) };
    page.respond(visit).await
}

/// Both forms, on the page «Сеть».
pub(super) fn card(visit: &Visit, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        section.card.drawer #packet {
            h2.part { (t.text("packet-title")) }
            (write_form(visit, network))
            (read_form(visit, false))
            p.hint { (t.text("packet-hint")) }
        }
    }
}

fn write_form(visit: &Visit, network: &NetworkView) -> Markup {
    let t = visit.t;
    html! {
        form.fields method="post" action="/network/packet/write" {
            (csrf(visit))
            label.wide { (t.text("packet-for"))
                select name="for" {
                    option value="" { (t.text("packet-for-all")) }
                    @for it in network.members.iter().filter(|it| !it.member.is_me || it.nodes.len() > 1) {
                        option value=(it.member.no.0) { (it.member.name) }
                    }
                }
            }
            div.wide { button.btn.main { (t.text("packet-write")) } }
        }
    }
}

fn read_form(visit: &Visit, large: bool) -> Markup {
    let t = visit.t;
    let input = html! {
        input type="file" name="file" multiple required data-send-at-once accept=".svod" aria-label=(t.text("packet-file"));
    };
    html! {
        form.fields[!large].below[!large] method="post" action={ "/network/packet?csrf=" (visit.csrf) } enctype="multipart/form-data" {
            @if large {
                label.drop data-drop { span.strong { (t.text("packet-file")) } br; (input) }
                p.pair.below { button.btn.main { (t.text("packet-read")) } }
            } @else {
                label.wide { (t.text("packet-file")) (input) }
                div.wide { button.btn { (t.text("packet-read")) } }
            }
        }
    }
}

fn shown(visit: &Visit, view: &PacketView, token: &str) -> Markup {
    let t = visit.t;
    let ways = html! {
        form.pair method="post" action="/network/packet/take" {
            (csrf(visit))
            input type="hidden" name="token" value=(token);
            button.btn.main { (t.text("packet-accept")) }
            a.btn href="/network/packet" { (t.text("packet-again")) }
        }
    };
    html! {
        p.crumbs { a href="/network" { "‹ " (t.text("nav-network")) } }
        header.top {
            div { h1 { (t.text("packet-preview")) } p.sub { (t.text("packet-preview-sub")) } }
            (ways)
        }
        (counters(visit, view))
        @for gap in &view.gaps { div.problem { p { (gap_words(visit, gap)) } } }
        div.cols {
            div { (changes(visit, view, "packet-changes")) }
            div { @for it in &view.files { (sender(visit, it)) } }
        }
    }
}

fn done(visit: &Visit, view: &PacketView) -> Markup {
    let t = visit.t;
    html! {
        header.top { div { h1 { (t.text("packet-title")) } } }
        div.card.empty role="status" {
            h2 { (t.with("packet-done", &[("n", view.new.into())])) }
            p.pair.below {
                a.btn.main href="/" { (t.text("nav-today")) }
                a.btn href="/network" { (t.text("packet-done-back")) }
            }
        }
        @for gap in &view.gaps { div.problem.below { p { (gap_words(visit, gap)) } } }
        @if !view.lines.is_empty() { (changes(visit, view, "packet-changed")) }
    }
}

fn counters(visit: &Visit, view: &PacketView) -> Markup {
    let t = visit.t;
    let counters = [
        ("packet-new", view.new, false),
        ("packet-known", view.known, false),
        ("packet-refused", view.refused, view.refused > 0),
        ("packet-missing", view.gaps.len() as u64, !view.gaps.is_empty()),
    ];
    html! {
        ul.counters {
            @for (key, count, warn) in counters { li.warn[warn] { b { (count) } (t.text(key)) } }
        }
    }
}

fn sender(visit: &Visit, it: &PacketFile) -> Markup {
    let t = visit.t;
    let to = it.to.clone().unwrap_or_else(|| t.text("packet-for-all"));
    let part = t.with("packet-part-of", &[("part", it.part.into()), ("parts", it.parts.into())]);
    html! {
        section.card.drawer {
            h2.part { (t.text("packet-from")) }
            p { span.strong { (it.org) } br; span.hint { (it.node) } }
            p { (sign("ok", "✓")) " " (t.text("packet-signed")) }
            dl.kv {
                dt { (t.text("packet-when")) } dd { (visit.clock.moment(t, it.created)) }
                dt { (t.text("packet-to")) } dd { (to) }
                @if it.parts > 1 { dt { (t.text("packet-part")) } dd { (part) } }
            }
        }
    }
}

fn changes(visit: &Visit, view: &PacketView, title: &str) -> Markup {
    let t = visit.t;
    let lines: Vec<_> = view.lines.iter().filter(|it| worth_telling(it)).collect();
    html! {
        section {
            h2.part { (t.text(title)) }
            @if lines.is_empty() && view.statements == 0 && view.new == 0 {
                p.card.calm { (t.text("packet-changes-none")) }
            }
            @if !lines.is_empty() { div.card.list { @for line in &lines { (news_line(visit, line)) } } }
            @if view.lines_more > 0 { p.hint { (t.with("and-more", &[("n", view.lines_more.into())])) } }
            @if view.statements > 0 { p.hint { (t.with("packet-members-new", &[("n", view.statements.into())])) } }
        }
    }
}

fn gap_words(visit: &Visit, it: &PacketGap) -> String {
    let places = [("first", it.first.into()), ("last", it.last.into()), ("org", it.org.clone().into())];
    visit.t.with("packet-gap", &places)
}
