//! The tables of the joint report as texts, for CSV and for the annex of provenance.

use svod_shared::id::OrgNo;

use super::{Joint, cell_lines, said, total_lines};
use crate::acts::report::{cell_of, total_of};
use crate::i18n::Catalog;

/// A line of the provenance: one member's figure of one indicator.
pub(super) struct Origin {
    pub(super) code: String,
    pub(super) member: String,
    pub(super) value: String,
    pub(super) act: String,
    pub(super) who: String,
    pub(super) why: String,
    pub(super) record: String,
    pub(super) act_hash: String,
}

/// Heads, then a row an indicator: what CSV has.
pub(super) fn plain(joint: &Joint, t: &Catalog) -> Vec<Vec<String>> {
    let mut head = vec![t.text("entry-code"), t.text("entry-indicator"), t.text("joint-unit")];
    head.extend(joint.report.members.iter().map(|it| it.short.clone()));
    head.push(t.text("state-total"));
    let mut rows = vec![head];
    for line in &joint.report.figures {
        let Some(passport) = joint.indicators.passport(&line.code) else { continue };
        let mut row = vec![line.code.clone(), passport.title.clone(), passport.unit.clone()];
        let cell =
            |text: &String| cell_lines(passport, &cell_of(passport, text).unwrap_or_default(), t).join("; ");
        row.extend(line.cells.iter().map(cell));
        row.push(total_lines(passport, &total_of(passport, &joint.orgs(), line)).join("; "));
        rows.push(row);
    }
    rows
}

/// Where every figure comes from, in the order of the table.
pub(super) fn origins(joint: &Joint, t: &Catalog) -> Vec<Origin> {
    let mut found = Vec::new();
    for line in &joint.report.figures {
        let Some(passport) = joint.indicators.passport(&line.code) else { continue };
        for (member, text) in joint.report.members.iter().zip(&line.cells) {
            let Some(signed) = joint.acts.get(&OrgNo(member.org)) else { continue };
            let cell = cell_of(passport, text).unwrap_or_default();
            let value = signed.act.value(&line.code);
            let mut lines = cell_lines(passport, &cell, t);
            lines.extend(said::detail(&cell));
            let number = ("n", signed.act.number.to_string().into());
            found.push(Origin {
                code: line.code.clone(),
                member: member.short.clone(),
                value: lines.join("\n"),
                act: format!("{}, {}", t.with("proof-act", &[number]), said::moment(signed.act.time.0)),
                who: signed.act.person.clone(),
                why: value.map(|it| it.reason.clone()).unwrap_or_default(),
                record: value.map(|it| it.record.to_string()).unwrap_or_default(),
                act_hash: data_encoding::HEXLOWER.encode(&signed.act.hash()),
            });
        }
    }
    found
}
