//! «Загрузка таблицы»: a file is read, shown with its doubts, and loaded only when somebody says so.
//!
//! Between the two the plan waits on a [`Shelf`](super::shelf::Shelf): nothing is written before «Загрузить», and the
//! file is not sent twice.

use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use maud::{Markup, html};

use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section};
use super::visit::Visit;
use super::{WebState, import_preview};
use crate::exchange::import::{ImportError, ImportedPlan, import_all};
use crate::exchange::read::FILE_BYTES_MAX;
use crate::exchange::refusal::refusal;
use crate::requests::ImportOutcome;

/// The file and the frame of the form around it.
pub(super) const UPLOAD_BYTES_MAX: usize = FILE_BYTES_MAX + 64 * 1024;

/// The page with the form.
pub(super) async fn page(visit: Visit) -> Answer {
    show(&visit, StatusCode::OK, None).await
}

/// Reads the file and shows what was recognised.
pub(super) async fn preview(visit: Visit, State(state): State<WebState>, upload: Multipart) -> Answer {
    let t = visit.t;
    let Some(bytes) = file_of(upload).await? else {
        return show(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(t.text("import-no-file"))).await;
    };
    let read = tokio::task::spawn_blocking(move || import_all(&bytes)).await;
    // A file that makes a reader fail outright is damaged as far as its owner can tell.
    let read = read.unwrap_or(Err(ImportError::NoHeader { seen: Vec::new() }));
    let plans = match read {
        Ok(plans) => plans,
        Err(error) => {
            return show(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(refusal(t, &error))).await;
        }
    };
    let shown = import_preview::content(&visit, &plans);
    let token = state.shelf.put(plans)?;
    let content = import_preview::frame(&visit, &token, &shown);
    Page::new(Section::Plans, t.text("import-preview"), content).respond(&visit).await
}

/// Loads the plans that were shown and ticked, with the proposals that were agreed to.
pub(super) async fn load(
    visit: Visit,
    State(state): State<WebState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let Some(plans) = state.shelf.take(fields.required("token")?) else {
        return show(&visit, StatusCode::GONE, Some(visit.t.text("import-gone"))).await;
    };
    let mut outcomes = Vec::new();
    for plan in wanted(plans, &fields) {
        let title = plan.title.clone();
        outcomes.push((title, visit.node.import(plan.form()).await?));
    }
    Page::new(Section::Plans, visit.t.text("import-title"), done(&visit, &outcomes)).respond(&visit).await
}

/// The plans that are ticked, all of them where the page asked about none, as the agreed proposals change them.
fn wanted(plans: Vec<ImportedPlan>, fields: &Fields) -> Vec<ImportedPlan> {
    let only = plans.len() == 1;
    let ticked =
        plans.into_iter().enumerate().filter(|(index, _)| only || fields.get(&take_name(*index)).is_some());
    let changed = |(index, mut plan): (usize, ImportedPlan)| {
        let agreed = (0..plan.doubts.len()).filter(|it| fields.get(&agree_name(index, *it)).is_some());
        plan.accept(&agreed.collect());
        plan
    };
    ticked.map(changed).collect()
}

/// The box that says that a plan of the file shall be loaded.
pub(super) fn take_name(plan: usize) -> String {
    format!("take-{plan}")
}

/// The box that agrees to the proposal of a doubt.
pub(super) fn agree_name(plan: usize, doubt: usize) -> String {
    format!("agree-{plan}-{doubt}")
}

async fn file_of(mut upload: Multipart) -> Result<Option<Vec<u8>>, WebError> {
    while let Some(field) = upload.next_field().await.map_err(|_| WebError::TooLarge)? {
        if field.name() == Some("file") {
            let bytes = field.bytes().await.map_err(|_| WebError::TooLarge)?;
            return Ok((!bytes.is_empty()).then(|| bytes.to_vec()));
        }
    }
    Ok(None)
}

async fn show(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let t = visit.t;
    let megabytes = FILE_BYTES_MAX / (1 << 20);
    let content = html! {
        p.crumbs { a href="/plans" { "‹ " (t.text("nav-plans")) } }
        header.top { div { h1 { (t.text("import-title")) } p.sub { (t.text("import-sub")) } } }
        @if let Some(problem) = problem { div.problem role="alert" { p { (problem) } } }
        form method="post" action={ "/import?csrf=" (visit.csrf) } enctype="multipart/form-data" {
            label.drop data-drop {
                span.strong { (t.text("import-choose")) } br;
                input type="file" name="file" required data-send-at-once
                    accept=".docx,.xlsx,.xls,.ods,.odt,.csv,.txt,text/csv";
                br;
                span.hint { (t.with("import-limit", &[("megabytes", megabytes.into())])) }
            }
            p.pair.below { button.btn.main { (t.text("import-read")) } span.hint { (t.text("import-note")) } }
        }
    };
    let page = Page { status, ..Page::new(Section::Plans, t.text("import-title"), content) };
    page.respond(visit).await
}

fn done(visit: &Visit, outcomes: &[(String, ImportOutcome)]) -> Markup {
    let t = visit.t;
    let counts = |it: &ImportOutcome| {
        [("added", it.added.into()), ("updated", it.updated.into()), ("unchanged", it.unchanged.into())]
    };
    html! {
        header.top { div { h1 { (t.text("import-title")) } } }
        div.card.empty role="status" {
            @if outcomes.is_empty() { h2 { (t.text("import-none-chosen")) } }
            @for (title, outcome) in outcomes {
                h2 { (t.with("import-done", &counts(outcome))) }
                p { a href={ "/plans/" (outcome.plan) } { @if title.is_empty() { (t.text("import-open")) } @else { (title) } } }
            }
            p.pair.below {
                @if let Some((_, outcome)) = outcomes.first() {
                    a.btn.main href={ "/plans/" (outcome.plan) } { (t.text("import-open")) }
                }
                a.btn href="/import" { (t.text("import-again")) }
            }
        }
    }
}
