//! The joint report on a screen as it will print: a draft, or a frozen edition with its signatures and files.

use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use serde::Deserialize;
use svod_shared::id::OrgNo;

use super::super::download::{Kind, file};
use super::super::error::{Answer, WebError};
use super::super::export::unwritten;
use super::super::form::Fields;
use super::super::frame::{Page, Section};
use super::super::parts::csrf;
use super::super::visit::{Visit, back_to};
use super::{find, name_of, problem, refusal, words};
use crate::acts::report::{FigureLine, cell_of};
use crate::acts::verify::Verdict;
use crate::domain::aggregate::compare;
use crate::node::NodeError;
use crate::reports::joint::{self, Joint};
use crate::store::FigureError;
use crate::views::figures::{CampaignView, FrozenView};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// A frozen edition; the draft if none is named.
    edition: Option<u32>,
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
    failed: Option<(StatusCode, String)>,
) -> Answer {
    let t = visit.t;
    let here = format!("/figures/{}/report", view.campaign.id);
    let frozen = match asked.edition {
        Some(edition) => Some(visit.node.frozen_report(view.campaign.id, edition).await.map_err(gone)?),
        None => None,
    };
    let shown = input(visit, view, frozen.as_ref()).await?;
    let before = visit.node.campaign_before(view.campaign.id).await?;
    let content = html! {
        p.crumbs { a href={ "/figures/" (view.campaign.id) } { "‹ " (name_of(t, view)) } }
        header.top {
            div { h1 { (t.text("joint-title")) }
                p.sub { (heading(visit, view, frozen.as_ref())) } }
            div.acts { (files(visit, &here, asked)) }
        }
        nav.tabs aria-label=(t.text("joint-editions")) {
            a.on[asked.edition.is_none()] href=(here) { (t.text("figures-draft")) }
            @for edition in view.campaign.reports.keys() {
                a.on[asked.edition == Some(*edition)] href={ (here) "?edition=" (edition) } { (t.with("figures-edition", &[("n", (*edition).into())])) }
            }
        }
        @if let Some((_, text)) = &failed { (problem(text)) }
        div.split.report-desk {
            div.scroll #sheets data-live { (crate::reports::html::joint_body(&shown, t)) }
            aside #proof data-live {
                @match &frozen {
                    Some(frozen) => (signatures(visit, frozen, &here)),
                    None => (freeze_form(visit, view, &here)),
                }
                @if let Some(before) = &before { (comparison(visit, &shown, before)) }
            }
        }
    };
    let status = failed.map(|(status, _)| status).unwrap_or_default();
    Page { status, ..Page::new(Section::Joint, t.text("joint-title"), content) }.respond(visit).await
}

fn heading(visit: &Visit, view: &CampaignView, frozen: Option<&FrozenView>) -> String {
    let t = visit.t;
    let submitted = view.asked.iter().filter(|it| it.act.is_some()).count();
    match frozen {
        Some(it) => t.with(
            "joint-frozen",
            &[
                ("n", it.report.edition.to_string().into()),
                ("moment", words::moment(it.report.frozen_at).into()),
            ],
        ),
        None => t.with("joint-draft", &[("n", submitted.into()), ("all", view.asked.len().into())]),
    }
}

fn files(visit: &Visit, here: &str, asked: &Asked) -> Markup {
    let query = asked.edition.map(|it| format!("?edition={it}")).unwrap_or_default();
    html! {
        button.btn type="button" data-print hidden { (visit.t.text("print")) }
        @for (format, name) in [("docx", "Word"), ("xlsx", "Excel"), ("html", "HTML"), ("csv", "CSV"), ("json", "JSON")] {
            a.btn href={ (here) "/" (format) (query) } { (name) }
        }
        @if asked.edition.is_some() { a.btn.main href={ (here) "/svodreport" (query) } { (visit.t.text("joint-file")) } }
    }
}

fn freeze_form(visit: &Visit, view: &CampaignView, here: &str) -> Markup {
    let t = visit.t;
    let absent: Vec<_> =
        view.asked.iter().filter(|it| it.act.is_none()).map(|it| it.member.short.clone()).collect();
    html! {
        div.card.drawer {
            h2.part { (t.text("joint-who")) }
            ul.presence { @for it in &view.asked {
                li { (super::super::parts::sign(if it.act.is_some() { "ok" } else { "late" }, if it.act.is_some() { "✓" } else { "!" }))
                    span { (it.member.short) } span.hint { (t.text(it.standing.state.key())) } }
            } }
            @if !absent.is_empty() { p.st-late { (t.with("proof-without", &[("names", absent.join(", ").into())])) } }
        }
        @if view.is_lead {
            form.card.drawer method="post" action={ (here) "/freeze" } {
                (csrf(visit))
                h2.part { (t.text("joint-freeze-title")) }
                label { (t.text("joint-preface")) textarea name="preface" rows="5" maxlength="6000" {} }
                p.hint { (t.text("joint-freeze-hint")) }
                button.btn.main { (t.text("joint-freeze")) }
            }
        }
    }
}

/// The network's figures of the period before and of this one, each of those who are in both: a newcomer is no growth.
fn comparison(visit: &Visit, shown: &Joint, before: &CampaignView) -> Markup {
    let t = visit.t;
    let row = |line: &FigureLine| {
        let passport = shown.indicators.passport(&line.code)?;
        let orgs = shown.report.members.iter().map(|it| OrgNo(it.org));
        let cell = |text: &String| cell_of(passport, text).unwrap_or_default();
        let these: Vec<_> = orgs.zip(line.cells.iter().map(cell)).collect();
        let those = before.submitted(&line.code);
        let found = compare(&line.code, (&shown.indicators, &these), (&before.edition, &those));
        Some((line.code.clone(), found))
    };
    let rows: Vec<_> = shown.report.figures.iter().filter_map(row).collect();
    html! {
        div.card.drawer {
            h2.part { (t.text("joint-comparison")) }
            p.hint { (name_of(t, before)) " · " (t.text("joint-comparison-hint")) }
            dl.kv {
                @for (code, found) in &rows {
                    dt { (code) }
                    dd {
                        @match found {
                            Err(_) => span.hint { (t.text("state-other-formula")) },
                            Ok(None) => "—",
                            Ok(Some((now, before))) => {
                                span title=(t.with("state-same-members", &[("n", now.of.len().into())])) { (words::total(t, before)) " → " b { (words::total(t, now)) } }
                            },
                        }
                    }
                }
            }
        }
    }
}

/// «Кто подписал», «что изменилось», «после даты свода».
fn signatures(visit: &Visit, frozen: &FrozenView, here: &str) -> Markup {
    let t = visit.t;
    html! {
        div.card.drawer {
            h2.part { (t.text("joint-signatures")) }
            (verdict(visit, &frozen.verdict))
        }
        @if !frozen.late.is_empty() {
            div.card.drawer {
                h2.part { (t.text("joint-late")) }
                @for (member, act) in &frozen.late { p { b { (member.short) } ": " (t.with("proof-act", &[("n", act.to_string().into())])) } }
                p.hint { (t.text("joint-late-hint")) }
            }
        }
        @if frozen.may_sign {
            form.card.drawer method="post" action={ (here) "/sign" } {
                (csrf(visit))
                h2.part { (t.text("joint-sign-title")) }
                input type="hidden" name="edition" value=(frozen.report.edition);
                div.pair { button.btn.main name="do" value="agree" { (t.text("joint-agree")) } }
                details.own { summary { (t.text("joint-opinion")) }
                    label { (t.text("joint-opinion-text")) textarea name="opinion" rows="4" maxlength="4000" {} }
                    button.btn name="do" value="opinion" { (t.text("joint-sign-opinion")) }
                }
            }
        }
    }
}

fn verdict(visit: &Visit, it: &Verdict) -> Markup {
    let t = visit.t;
    html! {
        ul.hist { @for signed in &it.signed { li { (words::signed_line(t, signed)) } } }
        @if !it.unsigned().is_empty() { p.hint { (t.with("verify-unsigned", &[("names", it.unsigned().join(", ").into())])) } }
        @if it.is_valid() { p.st-ok { "✓ " (t.with("verify-valid", &[("figures", it.figures.into())])) } }
        @else { @for finding in &it.findings { p.st-late { "! " (words::finding(t, it, finding)) } } }
        @if let Some(code) = &it.lead_code { p.hint { (t.with("verify-lead-code", &[("code", code.as_str().into())])) } }
    }
}

async fn input(visit: &Visit, view: &CampaignView, frozen: Option<&FrozenView>) -> Result<Joint, WebError> {
    Ok(match frozen {
        Some(it) => Joint::frozen(it),
        None => {
            let (report, indicators) = visit.node.draft_report(view.campaign.id).await?;
            let acts = view.asked.iter().filter_map(|it| Some((it.member.no, it.act.clone()?))).collect();
            Joint { report, indicators, acts, signed: Vec::new(), is_draft: true }
        }
    })
}

fn gone(error: NodeError) -> WebError {
    match error {
        NodeError::Figures(FigureError::NoReport) => WebError::NotFound,
        other => other.into(),
    }
}

/// Hands out the report as a file.
pub(in crate::web) async fn download(
    visit: Visit,
    Path((id, format)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let t = visit.t;
    let view = find(&visit, &id).await?;
    let name = name_of(t, &view);
    if format == "svodreport" {
        let edition = asked.edition.ok_or(WebError::NotFound)?;
        let bytes = visit.node.report_file(view.campaign.id, edition).await.map_err(gone)?;
        return Ok(file(&name, Kind::SvodReport, bytes));
    }
    let kind = Kind::of_ending(&format).ok_or(WebError::NotFound)?;
    let frozen = match asked.edition {
        Some(edition) => Some(visit.node.frozen_report(view.campaign.id, edition).await.map_err(gone)?),
        None => None,
    };
    let shown = input(&visit, &view, frozen.as_ref()).await?;
    let bytes = match kind {
        Kind::Docx => joint::docx(&shown, t).map_err(unwritten)?,
        Kind::Xlsx => joint::xlsx::xlsx(&shown, t).map_err(unwritten)?,
        Kind::Html => crate::reports::html::joint_page(&shown, t).into_bytes(),
        Kind::Csv => joint::csv(&shown, t),
        Kind::Json => shown.report.to_text().into_bytes(),
        Kind::Ics | Kind::Svod | Kind::SvodReport => return Err(WebError::NotFound),
    };
    Ok(file(&name, kind, bytes))
}

/// The lead freezes.
pub(in crate::web) async fn freeze(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let view = find(&visit, &id).await?;
    let fields = Fields::new(pairs)?;
    let preface = fields.get("preface").unwrap_or_default().to_owned();
    match visit.node.freeze_report(view.campaign.id, preface).await {
        Ok(edition) => {
            Ok(back_to(&format!("/figures/{}/report?edition={edition}", view.campaign.id)).into_response())
        }
        Err(error) => {
            let failed = refusal(visit.t, error)?;
            show(&visit, &view, &Asked::default(), Some(failed)).await
        }
    }
}

/// A member signs.
pub(in crate::web) async fn sign(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let view = find(&visit, &id).await?;
    let fields = Fields::new(pairs)?;
    let edition = fields.required("edition")?.parse().map_err(|_| WebError::BadForm)?;
    let opinion = fields.get("opinion").filter(|_| fields.get("do") == Some("opinion")).map(str::to_owned);
    if opinion.as_ref().is_some_and(String::is_empty) {
        return Err(WebError::BadForm);
    }
    match visit.node.sign_report(view.campaign.id, edition, opinion).await {
        Ok(()) => {
            Ok(back_to(&format!("/figures/{}/report?edition={edition}", view.campaign.id)).into_response())
        }
        Err(error) => {
            let failed = refusal(visit.t, error)?;
            show(&visit, &view, &Asked { edition: Some(edition) }, Some(failed)).await
        }
    }
}
