//! The form of this node's organisation: a row an indicator, cells as in a table, rules while typing.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _};
use maud::{Markup, html};

use super::super::error::{Answer, WebError};
use super::super::form::{Fields, seen_text};
use super::super::frame::{Page, Section};
use super::super::parts::{author, csrf, lamp, seal};
use super::super::visit::{Visit, back_to};
use super::{find, name_of, problem, refusal, state_lamp, words};
use crate::domain::campaign::State;
use crate::domain::field::{Field, OpName};
use crate::domain::indicator::{Aggregation, Cell, Passport};
use crate::requests::EditConflict;
use crate::store::Typed;
use crate::views::figures::{AskedView, CampaignView};

type Pairs = Form<Vec<(String, String)>>;

/// What was typed into one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct RowTyped {
    state: String,
    /// The number; the part of a ratio; the counts of a distribution; the lines of events.
    values: Vec<String>,
    note: String,
}

/// What a sent form has to tell again.
#[derive(Debug, Default)]
struct Sent {
    status: StatusCode,
    text: Option<String>,
    typed: BTreeMap<String, RowTyped>,
    conflicts: Vec<EditConflict>,
}

/// The page.
pub(in crate::web) async fn page(visit: Visit, Path(id): Path<String>) -> Answer {
    let view = find(&visit, &id).await?;
    show(&visit, &view, Sent::default()).await
}

async fn show(visit: &Visit, view: &CampaignView, sent: Sent) -> Answer {
    let t = visit.t;
    let own = view.own().ok_or(WebError::NotFound)?;
    let here = format!("/figures/{}", view.campaign.id);
    let rows: Vec<_> = view.edition.passports.iter().map(|it| (it, typed_of(it, own, &sent))).collect();
    let rules = complaints(visit, view, &rows);
    let content = html! {
        p.crumbs { a href=(here) { "‹ " (name_of(t, view)) } }
        header.top {
            div { h1 { (t.text("entry-title")) " " (lamp(&state_lamp(t, &own.standing))) }
                p.sub { (t.with("entry-filled", &[("n", own.filled.into()), ("all", view.edition.passports.len().into())])) } }
        }
        @if let Some(text) = &sent.text { (problem(text)) }
        @for it in &sent.conflicts { (problem(&t.with("entry-moved", &[("code", it.field.as_str().into()), ("now", it.now.text().into()), ("typed", it.typed.as_str().into())]))) }
        @for note in &own.standing.notes { p.hint { (t.text(note.key())) } }
        (remarks(visit, view, own))
        form #entry-form method="post" action={ (here) "/entry" } data-check={ (here) "/check" } {
            (csrf(visit))
            div.card.scroll { (table(visit, view, own, &rows, &rules)) }
            div.card.fields.below {
                label.wide { (t.text("entry-text"))
                    textarea name="text" rows="5" maxlength="6000" { (own.sheet.text.text()) } }
                @if own.standing.act.is_some() {
                    label.wide { (t.text("entry-reason")) input name="reason" maxlength="400" placeholder=(t.text("entry-reason-hint")); }
                }
                div.pair.wide {
                    button.btn.main name="do" value="save" { (t.text("save")) }
                    button.btn name="do" value="submit" { (t.text(if own.standing.act.is_some() { "entry-submit-again" } else { "entry-submit" })) }
                    p.hint { (t.text("entry-hint")) }
                }
            }
        }
    };
    Page { status: sent.status, ..Page::new(Section::Figures, t.text("entry-title"), content) }
        .respond(visit)
        .await
}

fn remarks(visit: &Visit, view: &CampaignView, own: &AskedView) -> Markup {
    let t = visit.t;
    html! {
        @if own.standing.state == State::Returned {
            div.two { h3 { (t.text("entry-remarks")) }
                @for it in &own.standing.remarks {
                    @let title = view.edition.passport(&it.code).map_or("", |it| it.title.as_str());
                    p { @if !it.code.is_empty() { a href={ "#row-" (it.code) } { b { (it.code) } " " (title) } ": " } (it.text) }
                }
            }
        }
    }
}

fn table(
    visit: &Visit,
    view: &CampaignView,
    own: &AskedView,
    rows: &[(&Passport, RowTyped)],
    rules: &BTreeMap<String, String>,
) -> Markup {
    let t = visit.t;
    html! {
        table.entry {
            thead { tr {
                th.num scope="col" { (t.text("entry-code")) }
                th scope="col" { (t.text("entry-indicator")) }
                th scope="col" { (t.text("entry-value")) }
                th scope="col" { (t.text("entry-state")) }
                th scope="col" { (t.text("entry-note")) }
            } }
            tbody {
                @for (at, (passport, typed)) in rows.iter().enumerate() {
                    @let above = at.checked_sub(1).and_then(|it| rows.get(it)).map(|(it, _)| &it.criterion);
                    @if above != Some(&passport.criterion) {
                        tr.sec { th colspan="5" scope="rowgroup" { (passport.criterion) } }
                    }
                    (row(visit, view, own, passport, typed, rules.get(&passport.code)))
                }
            }
        }
    }
}

fn row(
    visit: &Visit,
    view: &CampaignView,
    own: &AskedView,
    passport: &Passport,
    typed: &RowTyped,
    rule: Option<&String>,
) -> Markup {
    let t = visit.t;
    let code = &passport.code;
    let field = own.sheet.values.get(code).cloned().unwrap_or_default();
    let is_remarked = own.standing.remarks.iter().any(|it| it.code == *code);
    html! {
        tr #{ "row-" (code) } .sel[is_remarked] {
            td.num { (code) }
            td { (passport.title) ", " (passport.unit)
                details.fold { summary { (t.text("entry-passport")) } (passport_card(visit, passport)) }
                (by(visit, view, &field))
            }
            td.boxes { (boxes(visit, passport, typed))
                input type="hidden" name={ "seen-" (code) } value=(seen_text(&field));
                span.rule #{ "rule-" (code) } role="status" { @if let Some(text) = rule { (text) } }
                @if field.diverges() { span.rule { (t.text("entry-diverges")) " "
                    @for it in field.variants() { b { (it.value) } " " } } }
            }
            td { select name={ "state-" (code) } aria-label=(t.with("entry-state-of", &[("code", code.as_str().into())])) {
                @for (key, name) in [("figure", "entry-figure"), ("no-data", "said-no-data"), ("not-applicable", "said-not-applicable")] {
                    option value=(key) selected[typed.state == key] { (t.text(name)) }
                }
            } }
            td { input name={ "note-" (code) } value=(typed.note) maxlength="400" data-column="note"
                aria-label=(t.with("entry-note-of", &[("code", code.as_str().into())])); }
        }
    }
}

fn by(visit: &Visit, view: &CampaignView, field: &Field) -> Markup {
    let by = field.shown.as_ref().and_then(|it| view.authors.get(&it.change));
    html! { @if let Some(by) = by { div.hint { (author(visit, by)) " · " (seal(visit.t, by)) } } }
}

/// The passport of an indicator, with the columns that passports have on paper.
pub(super) fn passport_card(visit: &Visit, it: &Passport) -> Markup {
    let t = visit.t;
    let rows = [
        ("passport-formula", it.formula.clone()),
        ("passport-aggregation", t.text(&format!("aggregation-{}", it.aggregation.key()))),
        ("passport-source", it.source.clone()),
        ("passport-responsible", it.responsible.clone()),
        ("passport-target", it.target.map(|it| it.to_words()).unwrap_or_default()),
    ];
    html! { dl.kv { @for (key, value) in rows { @if !value.is_empty() { dt { (t.text(key)) } dd { (value) } } } } }
}

/// The boxes of a row. In a column of its own each, so that arrows and pasted ranges go down as in a table.
fn boxes(visit: &Visit, passport: &Passport, typed: &RowTyped) -> Markup {
    let t = visit.t;
    let value = |at: usize| typed.values.get(at).map_or("", String::as_str);
    let labelled = |at: usize, label: &str| {
        html! {
            label.box { (label)
                input inputmode="decimal" autocomplete="off" name={ "v" (at) "-" (passport.code) } value=(value(at)) data-column=(at)
                    aria-label={ (passport.code) " " (label) }; }
        }
    };
    html! {
        @match passport.aggregation {
            Aggregation::Sum | Aggregation::LastStock => (labelled(0, &passport.unit)),
            Aggregation::RatioOfSums => { (labelled(0, &passport.numerator)) (labelled(1, &passport.denominator)) },
            Aggregation::Distribution => { @for (at, name) in passport.categories.iter().enumerate() { (labelled(at, name)) } },
            Aggregation::DistinctEvents => {
                textarea rows="3" name={ "v0-" (passport.code) } aria-label=(passport.title) placeholder=(t.text("entry-events-hint")) { (value(0)) }
            },
        }
    }
}

/// What a row shows: what was typed and not saved, or what stands.
fn typed_of(passport: &Passport, own: &AskedView, sent: &Sent) -> RowTyped {
    if let Some(typed) = sent.typed.get(&passport.code) {
        return typed.clone();
    }
    let text = own.sheet.values.get(&passport.code).map_or("", Field::text);
    let note = own.sheet.notes.get(&passport.code).map_or("", Field::text).to_owned();
    let figure = |values: Vec<String>| RowTyped { state: "figure".to_owned(), values, note: note.clone() };
    match Cell::parse(passport, text) {
        Ok(Cell::NoData(reason)) => {
            RowTyped { state: "no-data".to_owned(), values: Vec::new(), note: reason }
        }
        Ok(Cell::NotApplicable(reason)) => {
            RowTyped { state: "not-applicable".to_owned(), values: Vec::new(), note: reason }
        }
        Ok(_) if text.is_empty() => figure(Vec::new()),
        Ok(_) => figure(match passport.aggregation {
            Aggregation::RatioOfSums => text.split('/').map(comma).collect(),
            Aggregation::Distribution => text.split(';').map(comma).collect(),
            Aggregation::DistinctEvents => vec![text.to_owned()],
            Aggregation::Sum | Aggregation::LastStock => vec![comma(text)],
        }),
        Err(_) => figure(vec![text.to_owned()]),
    }
}

fn comma(text: &str) -> String {
    text.replace('.', ",")
}

/// What was sent of a row; `None` of a row that the form did not have.
fn row_of(fields: &Fields, passport: &Passport) -> Option<RowTyped> {
    let code = &passport.code;
    let state = fields.get(&format!("state-{code}"))?.to_owned();
    let count = match passport.aggregation {
        Aggregation::RatioOfSums => 2,
        Aggregation::Distribution => passport.categories.len(),
        Aggregation::Sum | Aggregation::LastStock | Aggregation::DistinctEvents => 1,
    };
    let values = (0..count).map(|at| fields.get(&format!("v{at}-{code}")).unwrap_or_default().to_owned());
    let note = fields.get(&format!("note-{code}")).unwrap_or_default().to_owned();
    Some(RowTyped { state, values: values.collect(), note })
}

/// The text of a cell as a row means it.
fn cell_text(passport: &Passport, typed: &RowTyped) -> String {
    match typed.state.as_str() {
        "no-data" | "not-applicable" => format!("{}: {}", typed.state, typed.note),
        _ if typed.values.iter().all(String::is_empty) => String::new(),
        _ => match passport.aggregation {
            Aggregation::RatioOfSums => typed.values.join("/"),
            Aggregation::Distribution => typed.values.join(";"),
            Aggregation::Sum | Aggregation::LastStock | Aggregation::DistinctEvents => typed.values.concat(),
        },
    }
}

/// What is wrong, by code: the rules of each cell, then those between two.
fn complaints(
    visit: &Visit,
    view: &CampaignView,
    rows: &[(&Passport, RowTyped)],
) -> BTreeMap<String, String> {
    let t = visit.t;
    let (mut found, mut cells) = (BTreeMap::new(), BTreeMap::new());
    for (passport, typed) in rows {
        match Cell::parse(passport, &cell_text(passport, typed)) {
            Ok(cell) => _ = cells.insert(passport.code.clone(), cell),
            Err(fault) => _ = found.insert(passport.code.clone(), words::rule(t, &fault)),
        }
    }
    for (it, bound) in view.edition.too_small(|code| cells.get(code).cloned().unwrap_or_default()) {
        let args = [
            ("code", it.code.as_str().into()),
            ("bound", bound.code.as_str().into()),
            ("title", bound.title.as_str().into()),
        ];
        found.insert(it.code.clone(), t.with("rule-at-least", &args));
    }
    found
}

/// The rules of a form that is being typed, for the script: the same that saving applies.
pub(in crate::web) async fn check(visit: Visit, Path(id): Path<String>, Form(pairs): Pairs) -> Answer {
    let view = find(&visit, &id).await?;
    let fields = Fields::new(pairs)?;
    let rows: Vec<_> =
        view.edition.passports.iter().filter_map(|it| Some((it, row_of(&fields, it)?))).collect();
    let found = complaints(&visit, &view, &rows);
    let page = html! { @for (code, text) in &found { p #{ "rule-" (code) } { (text) } } };
    Ok(Html(page.into_string()).into_response())
}

/// Saves what was typed, and submits if that was the button.
pub(in crate::web) async fn save(visit: Visit, Path(id): Path<String>, Form(pairs): Pairs) -> Answer {
    let view = find(&visit, &id).await?;
    let fields = Fields::new(pairs)?;
    let own = view.own().ok_or(WebError::NotFound)?;
    let (mut typed, mut sent) =
        (Vec::new(), Sent { status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() });
    for passport in &view.edition.passports {
        let Some(row) = row_of(&fields, passport) else { continue };
        // What is shown and was not touched is no entry: of a divergence nobody has chosen then.
        if row != typed_of(passport, own, &Sent::default()) {
            typed.push(Typed {
                code: passport.code.clone(),
                text: cell_text(passport, &row),
                note: Some(if row.state == "figure" { row.note.clone() } else { String::new() }),
                seen: seen(&fields, &passport.code),
            });
        }
        sent.typed.insert(passport.code.clone(), row);
    }
    let reason = fields.get("reason").map(str::to_owned);
    let text = fields.get("text").map(str::to_owned);
    let campaign = view.campaign.id;
    match visit.node.enter_figures(campaign, typed, text, reason).await {
        Err(error) => {
            let (status, text) = refusal(visit.t, error)?;
            show(&visit, &view, Sent { status, text: Some(text), ..sent }).await
        }
        Ok(conflicts) if !conflicts.is_empty() => {
            let status = StatusCode::CONFLICT;
            show(&visit, &find(&visit, &id).await?, Sent { status, conflicts, ..sent }).await
        }
        Ok(_) if fields.get("do") == Some("submit") => match visit.node.submit_figures(campaign).await {
            Ok(_) => Ok(back_to(&format!("/figures/{campaign}")).into_response()),
            Err(error) => {
                let (status, text) = refusal(visit.t, error)?;
                show(&visit, &find(&visit, &id).await?, Sent { status, text: Some(text), ..Sent::default() })
                    .await
            }
        },
        Ok(_) => Ok(back_to(&format!("/figures/{campaign}/entry")).into_response()),
    }
}

fn seen(fields: &Fields, code: &str) -> Vec<OpName> {
    let text = fields.get(&format!("seen-{code}")).unwrap_or_default();
    let mut seen: Vec<_> = text.split_whitespace().take(SEEN_MAX).map(|it| OpName(it.to_owned())).collect();
    seen.sort();
    seen
}

/// More values than this never stand in one cell: one of each computer is already rare.
const SEEN_MAX: usize = 256;
