//! A plan on paper: a page that shows it exactly as it prints in any of the four forms, and the same as a file for
//! Word, Excel or as CSV.

use axum::extract::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::download::{Kind, file};
use super::error::{Answer, WebError};
use super::frame::{Page, Section as Nav};
use super::roadmap_forms::form_name;
use super::sheet::find;
use super::visit::Visit;
use crate::domain::plan::PlanField;
use crate::exchange::csv::export_csv;
use crate::exchange::form::{Form, FormKind, Header, widths_mm};
use crate::exchange::ics::export_ics;
use crate::exchange::xlsx_writer::export_xlsx;
use crate::reports::form::docx;
use crate::views::PlanView;

/// Which form is asked for; the plan's own if none is.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    form: String,
}

/// Hands out the file.
pub(super) async fn plan(
    visit: Visit,
    Path((plan, format)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let kind = Kind::of_ending(&format).ok_or(WebError::NotFound)?;
    let view = find(&visit, &plan).await?;
    let form = asked.of(&view);
    let bytes = match kind {
        Kind::Docx => docx(&form, visit.clock.datetime(), visit.t).map_err(unwritten)?,
        Kind::Xlsx => export_xlsx(&form, visit.t).map_err(unwritten)?,
        Kind::Csv => export_csv(&form),
        Kind::Ics => export_ics(&view.plan, visit.clock.datetime()),
        Kind::Html | Kind::Json | Kind::Svod | Kind::SvodReport => return Err(WebError::NotFound),
    };
    Ok(file(view.plan.text(PlanField::Title), kind, bytes))
}

/// The plan as it prints.
pub(super) async fn print(visit: Visit, Path(plan): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let t = visit.t;
    let view = find(&visit, &plan).await?;
    let form = asked.of(&view);
    let here = format!("/plans/{}", view.plan.id);
    let key = asked.key(&form);
    let content = html! {
        p.crumbs { a href=(here) { "‹ " (view.plan.text(PlanField::Title)) } }
        header.top {
            div { h1.screen { (t.text("print-title")) } p.sub.screen { (t.text("print-sub")) " " a href={ (here) "/edit" } { (t.text("plan-rename")) } } }
            div.acts {
                button.btn.main type="button" data-print hidden { (t.text("print")) }
                a.btn href={ (here) "/export/docx?form=" (key) } { (t.text("to-word")) }
                a.btn href={ (here) "/export/xlsx?form=" (key) } { (t.text("to-excel")) }
                a.btn href={ (here) "/export/csv?form=" (key) } { "CSV" }
                a.btn href={ (here) "/export/ics" } { (t.text("to-calendar")) }
                a.btn href={ (here) "/copy" } { (t.text("copy-title")) }
            }
        }
        nav.tabs aria-label=(t.text("print-forms")) {
            @for (it, name) in choices(&visit) {
                a.on[it == key] href={ (here) "/print?form=" (it) } aria-current=[(it == key).then_some("page")] { (name) }
            }
        }
        (paper(&visit, &form))
    };
    Page::new(Nav::Plans, t.text("print-title"), content).respond(&visit).await
}

fn choices(visit: &Visit) -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = FormKind::ALL.map(|it| (it.key(), form_name(visit.t, it))).into();
    all.push((SHORT, visit.t.text("form-d-short")));
    all
}

/// The sheet of paper.
fn paper(visit: &Visit, form: &Form) -> Markup {
    let whole: u16 = widths_mm(form.kind).iter().sum();
    let share = |mm: u16| (u32::from(mm) * 100 / u32::from(whole)).to_string();
    let stamp = form.stamp(visit.t);
    html! {
        article.paper lang="ru" {
            @if !stamp.is_empty() { div.stamp { @for line in &stamp { p { (line) } } } }
            h2 { (form.heading()) }
            table class={ "printed form-" (form.kind.key()) } {
                colgroup { @for mm in widths_mm(form.kind) { col width={ (share(*mm)) "%" }; } }
                thead { tr { @for head in form.heads() { th scope="col" { (head) } } } }
                @for section in &form.sections {
                    tbody {
                        @if let Some(heading) = section.heading() {
                            tr.sec { th colspan=(form.heads().len()) scope="colgroup" { (heading) } }
                        }
                        @for row in &section.rows { tr { @for text in form.texts(row) { td { (text) } } } }
                    }
                }
            }
        }
    }
}

impl Asked {
    fn of(&self, view: &PlanView) -> Form {
        if self.form == SHORT {
            return Form::from_plan(&view.plan, FormKind::D, Header::Short);
        }
        let kind = FormKind::of_key(&self.form).unwrap_or_else(|| FormKind::of_plan(&view.plan));
        Form::from_plan(&view.plan, kind, Header::Full)
    }

    fn key(&self, form: &Form) -> &'static str {
        if form.header == Header::Short { SHORT } else { form.kind.key() }
    }
}

/// Form D under short heads.
const SHORT: &str = "d-short";

/// A file that could not be written: the page says so plainly, the log keeps the cause.
pub(super) fn unwritten(error: impl std::fmt::Display) -> WebError {
    tracing::warn!(error = %error, "a file was not written");
    WebError::Node("error-unwritten".to_owned())
}
