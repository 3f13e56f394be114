//! Figures, failures and verdicts in words of the catalogue.

use svod_shared::time::Timestamp;

use crate::acts::Role;
use crate::acts::report::{EMPTY, NOT_SUBMITTED, cell_of, figure_words};
use crate::acts::signer::Signer;
use crate::acts::verify::{Finding, Verdict};
use crate::domain::aggregate::Total;
use crate::domain::indicator::{Cell, Fault, Figure, Passport};
use crate::domain::period::Period;
use crate::i18n::Catalog;
use crate::reports::words;
use crate::store::FigureError;

/// What is wrong with a cell.
pub(crate) fn rule(t: &Catalog, fault: &Fault) -> String {
    let (expected, found) = match fault {
        Fault::Counts { expected, found } => (*expected, *found),
        _ => (0, 0),
    };
    let args = [("subject", fault.subject().into()), ("expected", expected.into()), ("found", found.into())];
    t.with(fault.key(), &args)
}

/// Why figures were not taken.
pub(crate) fn failure(t: &Catalog, error: &FigureError) -> String {
    match error {
        FigureError::Cell { code, fault } => format!("{code}: {}", rule(t, fault)),
        error => t.with(
            error.message_key(),
            &[("subject", error.subject().into()), ("code", error.subject().into())],
        ),
    }
}

/// Why there is no figure, where a reason was given; the events behind a number.
pub(crate) fn detail(cell: &Cell) -> Vec<String> {
    match cell {
        Cell::NoData(reason) | Cell::NotApplicable(reason) => vec![reason.clone()],
        Cell::Figure(Figure::Events(events)) => {
            events.iter().map(|it| format!("{} {}", words::date_short(it.date), it.title)).collect()
        }
        Cell::NotSubmitted | Cell::Empty | Cell::Figure(_) => Vec::new(),
    }
}

/// The network's figure as a table shows it: a share in per cent, an event once.
pub(crate) fn total(t: &Catalog, total: &Total) -> String {
    match (&total.figure, total.percent()) {
        (Some(_), Some(share)) => format!("{}\u{a0}%", share.to_words()),
        (Some(figure), None) => cell(t, &Cell::Figure(figure.clone())),
        (None, _) => "—".to_owned(),
    }
}

/// «I полугодие 2022 года», or the key of a period that this program does not know.
pub(crate) fn period(t: &Catalog, key: &str) -> String {
    Period::of_key(key).map_or_else(|| key.to_owned(), |it| words::period(t, &it))
}

/// What stands in a cell of a table.
pub(crate) fn cell(t: &Catalog, cell: &Cell) -> String {
    match cell {
        Cell::NotSubmitted => t.text("said-not-submitted"),
        Cell::Empty => t.text("said-empty"),
        Cell::NoData(_) => t.text("said-no-data"),
        Cell::NotApplicable(_) => t.text("said-not-applicable"),
        Cell::Figure(figure) => figure_words(figure),
    }
}

/// The same of the text that a report has.
pub(crate) fn cell_text(t: &Catalog, passport: Option<&Passport>, text: &str) -> String {
    let known = match text {
        NOT_SUBMITTED => Some(Cell::NotSubmitted),
        EMPTY => Some(Cell::Empty),
        "" => return "—".to_owned(),
        text => passport.and_then(|it| cell_of(it, text)),
    };
    known.map_or_else(|| text.to_owned(), |it| cell(t, &it))
}

/// «28.06.2022 10:12», by the computer's zone.
pub(crate) fn moment(ms: u64) -> String {
    let moment = jiff::Timestamp::from_millisecond(i64::try_from(ms).unwrap_or(i64::MAX)).unwrap_or_default();
    words::moment(moment.to_zoned(jiff::tz::TimeZone::system()).datetime())
}

/// The lines that tell what a report file turned out to be.
pub(crate) fn verdict_lines(t: &Catalog, verdict: &Verdict) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(report) = &verdict.report {
        let args = [
            ("title", report.title.as_str().into()),
            ("period", period(t, &report.period).into()),
            ("edition", report.edition.to_string().into()),
        ];
        lines.push(t.with("verify-report", &args));
        let by = ("by", report.frozen_by.as_str().into());
        lines.push(t.with("verify-frozen", &[("moment", moment(report.frozen_at).into()), by]));
        lines.extend(report.members.iter().map(|it| member_line(t, it)));
    }
    lines.extend(verdict.signed.iter().map(|it| signed_line(t, it)));
    let unsigned = verdict.unsigned();
    if !unsigned.is_empty() {
        lines.push(t.with("verify-unsigned", &[("names", unsigned.join(", ").into())]));
    }
    if let Some(code) = &verdict.lead_code {
        lines.push(t.with("verify-lead-code", &[("code", code.as_str().into())]));
    }
    lines.extend(verdict.findings.iter().map(|it| format!("! {}", finding(t, verdict, it))));
    lines.push(match verdict.is_valid() {
        true => t.with("verify-valid", &[("figures", verdict.figures.into())]),
        false => t.text("verify-invalid"),
    });
    lines
}

fn member_line(t: &Catalog, it: &crate::acts::report::ReportMember) -> String {
    let name = ("name", it.short.as_str().into());
    match &it.act {
        None => t.with("verify-absent", &[name]),
        Some(act) => {
            let number = ("number", act.number.to_string().into());
            t.with("verify-member-act", &[name, number, ("moment", moment(act.signed_at).into())])
        }
    }
}

/// «Динской: согласован, 29.06.2022 12:00, ключ организации»
pub(crate) fn signed_line(t: &Catalog, it: &crate::acts::verify::SignedBy) -> String {
    let Timestamp(ms) = it.time;
    let key = t.text(match it.signer {
        Signer::Org => "signer-org",
        Signer::Node(_) => "signer-node",
    });
    let mut who = it.short.clone();
    if !it.person.is_empty() {
        who = format!("{who}, {}", it.person);
    }
    let args = [("name", who.into()), ("moment", moment(ms).into()), ("key", key.into())];
    match &it.role {
        Role::Seal => t.with("signed-seal", &args),
        Role::Agreed => t.with("signed-agreed", &args),
        Role::Opinion(text) => {
            let [name, moment, key] = args;
            t.with("signed-opinion", &[name, moment, key, ("opinion", text.as_str().into())])
        }
    }
}

/// Something wrong, in a sentence.
pub(crate) fn finding(t: &Catalog, verdict: &Verdict, finding: &Finding) -> String {
    let passport = |code: &str| verdict.indicators.as_ref().and_then(|it| it.passport(code));
    let key = finding.key();
    match finding {
        Finding::Part(it) | Finding::Extra(it) => t.with(key, &[("part", it.as_str().into())]),
        Finding::Member(it) | Finding::Act(it) | Finding::Signature(it) => {
            t.with(key, &[("name", it.as_str().into())])
        }
        Finding::Value { code, member } => {
            t.with(key, &[("code", code.as_str().into()), ("name", member.as_str().into())])
        }
        Finding::OtherLead { found } => t.with(key, &[("code", found.as_str().into())]),
        Finding::Figure { code, member, stated, derived } => {
            let title = passport(code).map_or("", |it| it.title.as_str());
            let text = |it: &str| cell_text(t, passport(code), it);
            let args = [
                ("code", code.as_str().into()),
                ("title", title.into()),
                ("name", member.clone().unwrap_or_default().into()),
                ("stated", text(stated).into()),
                ("derived", text(derived).into()),
            ];
            t.with(key, &args)
        }
        Finding::Unreadable
        | Finding::Repacked
        | Finding::Roster
        | Finding::Indicators
        | Finding::Differences
        | Finding::Seal => t.text(key),
    }
}
