//! «Отчёт»: a period, the report as it will print, who is in it, and where each status comes from.

use axum::extract::{Path, Query};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::download::{Kind, file};
use super::error::{Answer, WebError};
use super::export::unwritten;
use super::frame::{Page, Section};
use super::parts::{sign, status_name};
use super::visit::Visit;
use crate::domain::period::{Half, Period, Quarter};
use crate::i18n::Catalog;
use crate::reports::model::{MemberState, Presence, ProvenanceLine, Report};
use crate::reports::{docx, html as sheets, words, xlsx};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// `2022`, `2022-h1`, `2022-q3`.
    #[serde(default)]
    period: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// A line of the provenance.
    proof: Option<usize>,
}

/// The page.
pub(super) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let t = visit.t;
    let today = visit.clock.today();
    let period = chosen(&asked, today)?;
    let report = visit.node.report(period).await?;
    let query = address(&asked, period);
    let content = html! {
        header.top {
            div { h1 { (t.text("nav-report")) } p.sub { (t.text("report-page-sub")) } }
            @if report.is_some() {
                div.acts {
                    button.btn type="button" data-print hidden { (t.text("print")) }
                    a.btn href={ "/report/download/docx?" (query) } { "Word" }
                    a.btn href={ "/report/download/xlsx?" (query) } { "Excel" }
                    a.btn href={ "/report/download/html?" (query) } { "HTML" }
                }
            }
        }
        @match &report {
            None => (super::parts::empty(&t.text("report-no-plan"), &t.text("report-no-plan-text"), Some(("/import", &t.text("plans-import"))))),
            Some(report) => {
                (choice(&visit, &asked, period))
                div.split.report-desk {
                    div.scroll #sheets data-live { (sheets::body(report, t)) }
                    aside #proof data-live { (beside(&visit, report, asked.proof)) }
                }
            }
        }
    };
    Page::new(Section::Report, t.text("nav-report"), content).respond(&visit).await
}

/// Hands out the report as a file.
pub(super) async fn download(visit: Visit, Path(format): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let t = visit.t;
    let kind = Kind::of_ending(&format).ok_or(WebError::NotFound)?;
    let report = visit.node.report(chosen(&asked, visit.clock.today())?).await?.ok_or(WebError::NotFound)?;
    let created = visit.clock.datetime();
    let bytes = match kind {
        Kind::Docx => docx::docx(&report, created, t).map_err(unwritten)?,
        Kind::Xlsx => xlsx::xlsx(&report, created, t).map_err(unwritten)?,
        Kind::Html => sheets::page(&report, t).into_bytes(),
        Kind::Csv | Kind::Ics | Kind::Json | Kind::Svod | Kind::SvodReport => return Err(WebError::NotFound),
    };
    let name = format!("{} {} – {}", t.text("nav-report"), report.period.from(), report.period.to());
    Ok(file(&name, kind, bytes))
}

/// The period that is asked for; this half-year if none is.
fn chosen(asked: &Asked, today: Date) -> Result<Period, WebError> {
    if let Some((from, to)) = asked.from.parse().ok().zip(asked.to.parse().ok()) {
        return Period::custom(from, to).ok_or(WebError::BadForm);
    }
    if asked.period.is_empty() {
        return Period::half_year_of(today).ok_or(WebError::BadForm);
    }
    named(&asked.period).ok_or(WebError::BadForm)
}

fn named(key: &str) -> Option<Period> {
    let (year, part) = key.split_once('-').unwrap_or((key, ""));
    let year: i16 = year.parse().ok()?;
    match part {
        "" => Period::year(year),
        "h1" => Period::half_year(year, Half::First),
        "h2" => Period::half_year(year, Half::Second),
        "q1" => Period::quarter(year, Quarter::First),
        "q2" => Period::quarter(year, Quarter::Second),
        "q3" => Period::quarter(year, Quarter::Third),
        "q4" => Period::quarter(year, Quarter::Fourth),
        _ => None,
    }
}

/// The same choice as a query, for links.
fn address(asked: &Asked, period: Period) -> String {
    if asked.period.is_empty() || !asked.from.is_empty() {
        format!("from={}&to={}", period.from(), period.to())
    } else {
        format!("period={}", asked.period)
    }
}

fn choice(visit: &Visit, asked: &Asked, period: Period) -> Markup {
    let t = visit.t;
    let year = visit.clock.today().year();
    let keys = [year, year - 1].into_iter().flat_map(|year| PARTS.map(|part| format!("{year}{part}")));
    let entries: Vec<_> = keys.filter_map(|key| named(&key).map(|it| (key, it))).collect();
    // Only one of several names is chosen: the first quarter is no half-year.
    let current =
        entries.iter().find(|(key, it)| *key == asked.period || asked.period.is_empty() && *it == period);
    let current = current.map(|(key, _)| key.clone());
    html! {
        div.period {
            form method="get" action="/report" {
                label { (t.text("report-period"))
                    select name="period" data-send-at-once {
                        @if current.is_none() { option value="" selected { (dates(visit, period)) } }
                        @for (key, it) in &entries {
                            option value=(key) selected[current.as_ref() == Some(key)] { (words::period(t, it)) }
                        }
                    }
                }
                noscript { button.btn { (t.text("report-show")) } }
            }
            (other_dates(t, period))
        }
    }
}

fn other_dates(t: &Catalog, period: Period) -> Markup {
    html! {
        details.own.other-dates {
            summary { (t.text("report-other-dates")) }
            form.period method="get" action="/report" {
                label { (t.text("report-from")) input type="date" name="from" required value=(period.from()); }
                label { (t.text("report-to")) input type="date" name="to" required value=(period.to()); }
                button.btn { (t.text("report-show")) }
            }
        }
    }
}

fn dates(visit: &Visit, period: Period) -> String {
    let date = |it| visit.clock.date(visit.t, it);
    format!("{} – {}", date(period.from()), date(period.to()))
}

fn beside(visit: &Visit, report: &Report, proof: Option<usize>) -> Markup {
    let t = visit.t;
    let line = proof.and_then(|it| it.checked_sub(1)).and_then(|it| report.provenance.get(it));
    html! {
        div.card.drawer {
            h2.part { (t.text("report-in-title")) }
            p { (t.with("report-in-count", &[("n", report.reported().into()), ("all", report.members.len().into())])) }
            ul.presence { @for member in &report.members { (presence(visit, member)) } }
        }
        div.card.drawer {
            h2.part { (t.text("report-proof")) }
            @match line {
                Some(line) => (origin(visit, report, line)),
                None => p.hint { (t.text("report-proof-hint")) },
            }
        }
    }
}

fn presence(visit: &Visit, member: &MemberState) -> Markup {
    let t = visit.t;
    let (tone, mark, said) = match member.presence {
        Presence::Reported => ("ok", "✓", t.with("report-in-statuses", &[("n", member.statuses.into())])),
        Presence::Silent => ("late", "!", t.text("report-presence-silent")),
        Presence::Unknown => ("off", "·", t.text("report-presence-unknown")),
    };
    html! {
        li { (sign(tone, mark)) span { (member.name) } span.hint { (said) } }
    }
}

fn origin(visit: &Visit, report: &Report, line: &ProvenanceLine) -> Markup {
    let t = visit.t;
    html! {
        p.card-title { (line.item.number) " " (line.item.title) }
        p { b { (report.member_short(line.member)) } ": " (status_name(t, line.status))
            @if let Some(date) = line.date { ", " (super::clock::date_long(t, date)) }
        }
        @if let Some(record) = &line.record {
            p { span.seal { (t.text("seal")) } }
            dl.kv {
                dt { (t.text("proof-node")) } dd { (record.node) }
                @if let Some(when) = record.when { dt { (t.text("proof-when")) } dd { (visit.clock.date(t, when.date())) " " (when.strftime("%H:%M")) } }
                dt { (t.text("proof-entry")) } dd { (record.seq) }
                dt { (t.text("proof-feed")) } dd.mono { (record.feed) }
                dt { (t.text("proof-hash")) } dd.mono { (record.entry) }
            }
        } @else {
            p.st-late { (t.text("proof-none")) }
        }
    }
}

/// The parts of a year that a report is made for, by their keys.
const PARTS: [&str; 7] = ["-h2", "-h1", "", "-q4", "-q3", "-q2", "-q1"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(asked: Asked, expected: Option<(&str, &str)>) {
        let today = jiff::civil::date(2022, 3, 17);
        let found = chosen(&asked, today).ok().map(|it| (it.from().to_string(), it.to().to_string()));
        assert_eq!(found, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn a_period_is_named_or_given_by_its_days_or_is_this_half_year() {
        let named = |it: &str| Asked { period: it.to_owned(), ..Asked::default() };
        check(Asked::default(), Some(("2022-01-01", "2022-06-30")));
        check(named("2021-q4"), Some(("2021-10-01", "2021-12-31")));
        check(named("2021"), Some(("2021-01-01", "2021-12-31")));
        check(named("2021-q5"), None);
        let days =
            |from: &str, to: &str| Asked { from: from.to_owned(), to: to.to_owned(), ..Asked::default() };
        check(days("2022-02-01", "2022-02-28"), Some(("2022-02-01", "2022-02-28")));
        check(days("2022-03-01", "2022-02-28"), None);
    }
}
