//! A campaign: who is how far, the figures of all, and where each comes from.

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use serde::Deserialize;
use svod_shared::id::OrgNo;
use svod_shared::time::Timestamp;

use super::super::error::{Answer, WebError};
use super::super::form::Fields;
use super::super::frame::{Page, Section, freshness};
use super::super::parts::{author, csrf, lamp, seal};
use super::super::visit::{Visit, back_to};
use super::entry::passport_card;
use super::{find, name_of, problem, refusal, state_lamp, words};
use crate::acts::signer::Signer;
use crate::domain::aggregate::{self, over_orgs};
use crate::domain::campaign::Remark;
use crate::domain::indicator::{Aggregation, Cell, Passport};
use crate::i18n::Catalog;
use crate::views::figures::{AskedView, CampaignView};

/// What the address asks for beside the campaign.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// An indicator.
    #[serde(default)]
    code: String,
    /// An organisation.
    org: Option<u16>,
}

/// The page.
pub(in crate::web) async fn page(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let view = find(&visit, &id).await?;
    show(&visit, &view, &asked, None).await
}

async fn show(
    visit: &Visit,
    view: &CampaignView,
    asked: &Asked,
    failed: Option<(axum::http::StatusCode, String)>,
) -> Answer {
    let t = visit.t;
    let before = visit.node.campaign_before(view.campaign.id).await?;
    let here = format!("/figures/{}", view.campaign.id);
    let submitted = view.asked.iter().filter(|it| it.act.is_some()).count();
    let chosen = beside(visit, view, asked, &here);
    let content = html! {
        p.crumbs { a href="/figures" { "‹ " (t.text("nav-figures")) } }
        header.top {
            div { h1 { (name_of(t, view)) }
                p.sub { (t.with("state-sub", &[("n", submitted.into()), ("all", view.asked.len().into())]))
                    @if let Some(due) = view.campaign.due { " · " (t.with("state-due", &[("date", visit.clock.date(t, due).into())])) }
                    " · " (t.with("state-edition", &[("title", view.edition.title.as_str().into()), ("n", view.edition.number.to_string().into())]))
                } }
            div.acts {
                @if view.own().is_some() { a.btn.main href={ (here) "/entry" } { (t.text("state-enter")) } }
                a.btn href={ (here) "/report" } { (t.text("state-report")) }
            }
        }
        @if let Some((_, text)) = &failed { (problem(text)) }
        div.figures-desk.split[chosen.is_some()] {
            div {
                h2.part { (t.text("state-who")) }
                div.card.scroll #asked data-live { (asked_table(visit, view, &here)) }
                h2.part { (t.text("state-figures")) }
                div.card.scroll #figures data-live { (figures(visit, view, before.as_ref(), &here, asked)) }
                p.hint.below { (t.text("state-beside-hint")) " " (t.text("state-figures-hint")) }
                @if view.is_lead { (close_form(visit, view, &here)) }
            }
            @if let Some(card) = chosen { aside #beside data-live { (card) } }
        }
    };
    let status = failed.map(|(status, _)| status).unwrap_or_default();
    Page { status, ..Page::new(Section::Figures, name_of(t, view), content) }.respond(visit).await
}

fn asked_table(visit: &Visit, view: &CampaignView, here: &str) -> Markup {
    let t = visit.t;
    let all = view.edition.passports.len();
    html! {
        table {
            thead { tr {
                th scope="col" { (t.text("state-org")) }
                th scope="col" { (t.text("entry-state")) }
                th.n scope="col" { (t.text("state-completeness")) }
                th scope="col" { (t.text("state-act")) }
                th scope="col" { (t.text("state-in-time")) }
                th scope="col" { (t.text("state-freshness")) }
            } }
            tbody {
                @for it in &view.asked {
                    tr {
                        th scope="row" { a href={ (here) "?org=" (it.member.no.0) } data-swap="beside" { (it.member.short) } }
                        td { (lamp(&state_lamp(t, &it.standing)))
                            @for note in &it.standing.notes { div.hint { (t.text(note.key())) } } }
                        td.n { (it.filled) " / " (all) }
                        td { @if let Some(act) = newest(it) { "№ " (act.0) ", " (visit.clock.moment(t, act.1)) } @else { "—" } }
                        td { (in_time(t, it)) }
                        td { @match &it.freshness { Some(fresh) => (freshness(visit, fresh)), None => (t.text("state-here")) } }
                    }
                }
            }
        }
    }
}

fn newest(it: &AskedView) -> Option<(u32, Timestamp)> {
    let (number, acts) = it.sheet.acts.last_key_value()?;
    Some((*number, acts.first()?.time))
}

fn in_time(t: &Catalog, it: &AskedView) -> Markup {
    html! {
        @match it.in_time {
            Some(true) => span.st-ok { "✓ " (t.text("state-timely")) },
            Some(false) => span.st-late { "! " (t.text("state-late")) },
            None => "—",
        }
    }
}

/// Indicators by municipalities, with the network's figure and the period before on the same membership.
fn figures(
    visit: &Visit,
    view: &CampaignView,
    before: Option<&CampaignView>,
    here: &str,
    asked: &Asked,
) -> Markup {
    let t = visit.t;
    html! {
        table.figures {
            thead { tr {
                th.num scope="col" { (t.text("entry-code")) }
                th scope="col" { (t.text("entry-indicator")) }
                @for it in &view.asked { th.n scope="col" { (it.member.short) } }
                th.n scope="col" { (t.text("state-total")) }
                @if before.is_some() { th.n scope="col" { (t.text("state-before")) } }
            } }
            tbody {
                @for passport in &view.edition.passports {
                    @let cells = view.submitted(&passport.code);
                    tr .sel[asked.code == passport.code] {
                        td.num { (passport.code) }
                        td { (passport.title) ", " (passport.unit) }
                        @for (org, cell) in &cells {
                            td.n { a href={ (here) "?code=" (passport.code) "&org=" (org.0) } data-swap="beside figures" { (shown(t, cell)) } }
                        }
                        td.n { a.strong href={ (here) "?code=" (passport.code) } data-swap="beside figures" { (total(t, passport, &cells)) } }
                        @if let Some(before) = before { td.n { (compared(t, passport, view, before)) } }
                    }
                }
            }
        }
    }
}

fn shown(t: &Catalog, cell: &Cell) -> Markup {
    let text = words::cell(t, cell);
    html! { @if cell.figure().is_some() { (text) } @else { span.nothing { (text) } } }
}

/// The network's figure as a table shows it: a share in per cent, an event once.
fn total(t: &Catalog, passport: &Passport, cells: &[(OrgNo, Cell)]) -> String {
    words::total(t, &over_orgs(passport, cells))
}

/// «9 → 14 (3)»: the sums of those who are in both periods.
fn compared(t: &Catalog, passport: &Passport, now: &CampaignView, before: &CampaignView) -> Markup {
    let (these, those) = (now.submitted(&passport.code), before.submitted(&passport.code));
    let found = aggregate::compare(&passport.code, (&now.edition, &these), (&before.edition, &those));
    html! {
        @match found {
            Err(_) => span.hint title=(t.text("state-other-formula")) { "≠" },
            Ok(None) => "—",
            Ok(Some((now, before))) => {
                span title=(t.with("state-same-members", &[("n", now.of.len().into())])) {
                    (words::total(t, &before)) " → " (words::total(t, &now))
                }
            },
        }
    }
}

fn beside(visit: &Visit, view: &CampaignView, asked: &Asked, here: &str) -> Option<Markup> {
    let passport = view.edition.passport(&asked.code);
    let org = asked.org.and_then(|no| view.asked.iter().find(|it| it.member.no.0 == no));
    let card = match (passport, org) {
        (Some(passport), Some(org)) => figure_of(visit, view, passport, org),
        (Some(passport), None) => figure_of_all(visit, view, passport, here),
        (None, Some(org)) => org_card(visit, view, org, here),
        (None, None) => return None,
    };
    Some(html! { div.card.drawer { (card) } })
}

/// «Откуда цифра»: the network's figure, and each municipality's part of it.
fn figure_of_all(visit: &Visit, view: &CampaignView, passport: &Passport, here: &str) -> Markup {
    let t = visit.t;
    let cells = view.submitted(&passport.code);
    let total = over_orgs(passport, &cells);
    let owing: Vec<_> = total
        .owing()
        .filter_map(|no| view.asked.iter().find(|it| it.member.no == no))
        .map(|it| it.member.short.clone())
        .collect();
    html! {
        p.hint { (t.text("proof-figure")) }
        p.card-title { (words::total(t, &total)) " — " (passport.title) ", " (passport.unit) }
        @if !owing.is_empty() { p.st-late { (t.with("proof-without", &[("names", owing.join(", ").into())])) } }
        @if passport.aggregation == Aggregation::DistinctEvents { p.hint { (t.with("proof-participations", &[("n", total.participations.into())])) } }
        dl.kv.members {
            @for ((org, cell), it) in cells.iter().zip(&view.asked) {
                dt { a href={ (here) "?code=" (passport.code) "&org=" (org.0) } data-swap="beside figures" { (it.member.short) } }
                dd { b { (shown(t, cell)) }
                    @if let Some(signed) = &it.act { div.hint { (t.with("proof-act", &[("n", signed.act.number.to_string().into())])) ", " (visit.clock.moment(t, signed.act.time)) " · " (seal_of(t)) } }
                }
            }
        }
        @if let Some(cell) = total.figure.map(Cell::Figure) { (events(&cell)) }
        (passport_card(visit, passport))
    }
}

fn events(cell: &Cell) -> Markup {
    let lines = words::detail(cell);
    html! { @if !lines.is_empty() { ul.hist { @for line in lines { li { (line) } } } } }
}

fn seal_of(t: &Catalog) -> Markup {
    html! { span.seal { (t.text("seal")) } }
}

/// One municipality's figure: the act, the record it was entered in, who and when.
fn figure_of(visit: &Visit, view: &CampaignView, passport: &Passport, it: &AskedView) -> Markup {
    let t = visit.t;
    let cells = view.submitted(&passport.code);
    let cell =
        cells.iter().find(|(org, _)| *org == it.member.no).map(|(_, cell)| cell.clone()).unwrap_or_default();
    html! {
        p.hint { (t.text("proof-figure")) }
        p.card-title { (shown(t, &cell)) " — " (it.member.name) }
        p { (passport.code) " " (passport.title) ", " (passport.unit) }
        (events(&cell))
        @match &it.act {
            None => p.st-late { (words::cell(t, &Cell::NotSubmitted)) },
            Some(signed) => {
                @let value = signed.act.value(&passport.code);
                p { (seal_of(t)) }
                dl.kv {
                    dt { (t.text("proof-act-head")) } dd { "№ " (signed.act.number) ", " (visit.clock.moment(t, signed.act.time)) }
                    dt { (t.text("proof-signer")) } dd { (t.text(match signed.signer { Signer::Org => "signer-org", Signer::Node(_) => "signer-node" })) @if !signed.act.person.is_empty() { ", " (signed.act.person) } }
                    @if let Some(value) = value {
                        @if !value.reason.is_empty() { dt { (t.text("entry-reason")) } dd { (value.reason) } }
                        @if !value.note.is_empty() { dt { (t.text("entry-note")) } dd { (value.note) } }
                        @if let Some(by) = view.authors.get(&value.record) { dt { (t.text("proof-record")) } dd { (author(visit, by)) " · " (seal(t, by)) } }
                        dt { (t.text("proof-hash")) } dd.mono { (value.record) }
                    }
                    dt { (t.text("proof-act-hash")) } dd.mono { (data_encoding::HEXLOWER.encode(&signed.act.hash())) }
                }
            },
        }
    }
}

/// One organisation: its state, and what the lead may do about it.
fn org_card(visit: &Visit, view: &CampaignView, it: &AskedView, here: &str) -> Markup {
    let t = visit.t;
    html! {
        p.card-title { (it.member.name) }
        p { (lamp(&state_lamp(t, &it.standing))) }
        @for remark in &it.standing.remarks { p { b { (remark.code) } " " (remark.text) } }
        @if !it.sheet.text.text().is_empty() { p.value { (it.sheet.text.text()) } }
        @if view.is_lead && it.standing.state.waits_for_lead() {
            form method="post" action={ (here) "/judge" } {
                (csrf(visit))
                input type="hidden" name="org" value=(it.member.no.0);
                div.pair { button.btn.main name="do" value="accept" { (t.text("state-accept")) } }
                details.own {
                    summary { (t.text("state-return")) }
                    label { (t.text("state-remark-code")) select name="code" {
                        option value="" { (t.text("state-remark-whole")) }
                        @for passport in &view.edition.passports { option value=(passport.code) { (passport.code) " " (passport.title) } }
                    } }
                    label { (t.text("state-remark")) textarea name="remark" rows="3" maxlength="2000" {} }
                    button.btn name="do" value="return" { (t.text("state-return-do")) }
                }
            }
        }
    }
}

fn close_form(visit: &Visit, view: &CampaignView, here: &str) -> Markup {
    let t = visit.t;
    html! {
        @match view.campaign.closed {
            Some(day) => p.hint { (t.with("state-closed-on", &[("date", visit.clock.date(t, day).into())])) },
            None => form.below method="post" action={ (here) "/close" } { (csrf(visit)) button.btn { (t.text("state-close")) } },
        }
    }
}

/// The lead accepts, or returns with a remark.
pub(in crate::web) async fn judge(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let view = find(&visit, &id).await?;
    let fields = Fields::new(pairs)?;
    let no = fields.required("org")?.parse().map_err(|_| WebError::BadForm)?;
    let (org, campaign) = (OrgNo(no), view.campaign.id);
    let done = if fields.get("do") == Some("accept") {
        visit.node.accept_figures(campaign, org, visit.clock.today()).await
    } else {
        let code = fields.get("code").unwrap_or_default().to_owned();
        let remark = Remark { code, text: fields.get("remark").unwrap_or_default().to_owned() };
        visit.node.return_figures(campaign, org, vec![remark]).await
    };
    match done {
        Ok(()) => Ok(back_to(&format!("/figures/{campaign}?org={no}")).into_response()),
        Err(error) => {
            let failed = refusal(visit.t, error)?;
            show(&visit, &view, &Asked { code: String::new(), org: Some(no) }, Some(failed)).await
        }
    }
}

/// The lead closes the campaign.
pub(in crate::web) async fn close(visit: Visit, Path(id): Path<String>) -> Answer {
    let view = find(&visit, &id).await?;
    visit.node.close_campaign(view.campaign.id, visit.clock.today()).await?;
    Ok(back_to(&format!("/figures/{}", view.campaign.id)).into_response())
}
