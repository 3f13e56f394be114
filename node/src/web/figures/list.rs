//! The list of campaigns, and the lead's form that opens one.

use axum::Form;
use axum::response::IntoResponse as _;
use maud::{Markup, html};

use super::super::error::{Answer, WebError};
use super::super::form::Fields;
use super::super::frame::{Page, Section};
use super::super::parts::{csrf, empty, lamp};
use super::super::visit::{Visit, back_to};
use super::{problem, refusal, state_lamp, words};
use crate::domain::period::Period;
use crate::store::OpenCampaign;
use crate::views::figures::CampaignLine;

/// The page.
pub(in crate::web) async fn page(visit: Visit) -> Answer {
    show(&visit, None).await
}

async fn show(visit: &Visit, failed: Option<(axum::http::StatusCode, String)>) -> Answer {
    let t = visit.t;
    let campaigns = visit.node.campaigns().await?;
    let is_lead = visit.node.status().await?.is_lead;
    let content = html! {
        header.top { div { h1 { (t.text("nav-figures")) } p.sub { (t.text("figures-sub")) } } }
        @if let Some((_, text)) = &failed { (problem(text)) }
        @if campaigns.is_empty() && !is_lead {
            (empty(&t.text("figures-empty"), &t.text("figures-empty-member"), None))
        } @else if campaigns.is_empty() {
            p.hint { (t.text("figures-empty-lead")) }
        } @else {
            div.card.scroll #campaigns data-live { (table(visit, &campaigns)) }
        }
        @if is_lead { (open_form(visit, campaigns.is_empty())) }
    };
    let status = failed.map(|(status, _)| status).unwrap_or_default();
    Page { status, ..Page::new(Section::Figures, t.text("nav-figures"), content) }.respond(visit).await
}

fn table(visit: &Visit, campaigns: &[CampaignLine]) -> Markup {
    let t = visit.t;
    html! {
        table {
            thead { tr {
                th scope="col" { (t.text("figures-campaign")) }
                th scope="col" { (t.text("figures-due")) }
                th.n scope="col" { (t.text("figures-submitted")) }
                th scope="col" { (t.text("figures-own-state")) }
                th scope="col" { (t.text("figures-report")) }
            } }
            tbody {
                @for it in campaigns {
                    @let here = format!("/figures/{}", it.campaign.id);
                    @let key = it.campaign.period.map(|it| it.key()).unwrap_or_default();
                    tr {
                        td { a.strong href=(here) { (it.campaign.title) ", " (words::period(t, &key)) }
                            @if it.campaign.closed.is_some() { span.tag { (t.text("figures-closed")) } }
                        }
                        td { @if let Some(due) = it.campaign.due { (visit.clock.date(t, due)) } @else { "—" } }
                        td.n { (it.submitted) " / " (it.asked) }
                        td { @if let Some(own) = &it.own { a href={ (here) "/entry" } { (lamp(&state_lamp(t, own))) } } @else { "—" } }
                        td { a href={ (here) "/report" } {
                            @match it.campaign.reports.keys().next_back() {
                                Some(edition) => (t.with("figures-edition", &[("n", (*edition).into())])),
                                None => (t.text("figures-draft")),
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn open_form(visit: &Visit, is_first: bool) -> Markup {
    let t = visit.t;
    let year = visit.clock.today().year();
    let keys = [year, year - 1].into_iter().flat_map(|year| {
        let school = Period::school_year(year - 1).map(|it| it.key());
        let parts = ["-H2", "-H1", "", "-Q4", "-Q3", "-Q2", "-Q1"].map(|part| Some(format!("{year}{part}")));
        parts.into_iter().chain([school]).flatten().collect::<Vec<_>>()
    });
    let chosen = Period::half_year_of(visit.clock.today()).map(|it| it.key());
    html! {
        details.own.below open[is_first] {
            summary { (t.text("figures-open")) }
            form.card.fields.narrow-page method="post" action="/figures" {
                (csrf(visit))
                label.wide { (t.text("figures-open-title")) input name="title" required maxlength="200" value=(t.text("figures-default-title")); }
                label { (t.text("report-period")) select name="period" {
                    @for key in keys { option value=(key) selected[chosen.as_ref() == Some(&key)] { (words::period(t, &key)) } }
                } }
                label { (t.text("figures-due")) input type="date" name="due"; }
                div.pair.wide { button.btn.main { (t.text("figures-open-do")) } }
            }
        }
    }
}

/// Opens a campaign.
pub(in crate::web) async fn open(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let period = Period::of_key(fields.required("period")?).ok_or(WebError::BadForm)?;
    let title = fields.required("title")?;
    if title.is_empty() {
        return Err(WebError::BadForm);
    }
    let due = fields.get("due").and_then(|it| it.parse().ok());
    let terms = OpenCampaign { title: title.to_owned(), period, due, joined: Vec::new() };
    match visit.node.open_campaign(terms).await {
        Ok(id) => Ok(back_to(&format!("/figures/{id}")).into_response()),
        Err(error) => {
            let failed = refusal(visit.t, error)?;
            show(&visit, Some(failed)).await
        }
    }
}
