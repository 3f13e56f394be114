//! The consolidated report as a page: the sheets of the Word file, to be read on a screen and printed as they are.
//!
//! Every mark leads to its line of the provenance (`href="#proof-12"`, `data-proof="12"`); that line names the signed
//! entry (`data-feed`, `data-seq`, `data-entry`), so that the web page can open it. Colour only repeats what the sign
//! and the word say. The whole page brings its own style and nothing from outside.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::joint::{self, Joint};
use super::layout::{self, Align, Block, Cell, Column, Part, Row, RowKind, Table};
use super::model::Report;
use crate::domain::light::LightKind;
use crate::i18n::Catalog;

/// A whole page with its own style, to be saved or printed.
pub fn page(report: &Report, t: &Catalog) -> String {
    whole(&t.text("report-title"), &body(report, t), t)
}

/// The same of the joint report.
pub fn joint_page(joint: &Joint, t: &Catalog) -> String {
    whole(&joint.report.title, &joint_body(joint, t), t)
}

fn whole(title: &str, body: &Markup, t: &Catalog) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(t.lang().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(DESK)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// The sheets alone, to stand in a page of the web interface beside [`STYLE`].
pub fn body(report: &Report, t: &Catalog) -> Markup {
    html! {
        div class="report" {
            @for part in layout::layout(report, t) { (sheet(&part)) }
        }
    }
}

/// The same of the joint report.
pub fn joint_body(joint: &Joint, t: &Catalog) -> Markup {
    html! {
        div class="report" {
            @for part in joint::parts(joint, t) { (sheet(&part)) }
        }
    }
}

/// The style of the sheets. Every rule is under `.report`, so that it changes nothing around them.
pub const STYLE: &str = include_str!("report.css");

/// What lies around the sheets of a whole page; on paper, nothing.
const DESK: &str =
    "body{margin:0;padding:24px;background:#f6f5f2}@media print{body{padding:0;background:none}}";

fn sheet(part: &Part) -> Markup {
    let class = if part.landscape { "sheet landscape" } else { "sheet" };
    html! {
        article class=(class) {
            @for it in &part.blocks { (block(it)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Title(text) => html! { h1 { (text) } },
        Block::Subtitle(text) => html! { p class="subtitle" { (text) } },
        Block::Heading(text) => html! { h2 { (text) } },
        Block::Text(text) => html! { p { (text) } },
        Block::Note(text) => html! { p class="note" { (text) } },
        Block::Facts(facts) => html! {
            dl class="facts" {
                @for (label, value) in facts { dt { (label) ":" } dd { (value) } }
            }
        },
        Block::Table(it) => table(it),
        Block::Signature([label, line, date]) => html! {
            div class="signature" {
                p { (label) span class="line" { (line) } }
                p { (date) }
            }
        },
    }
}

fn table(table: &Table) -> Markup {
    let class = format!("t-{}{}", table.id, if table.is_whole() { " whole" } else { "" });
    let total = table.columns.iter().map(|it| u32::from(it.width_mm)).sum::<u32>().max(1);
    html! {
        table class=(class) {
            colgroup {
                @for it in &table.columns { col width=(percent(it.width_mm, total)); }
            }
            thead {
                tr { @for it in &table.columns { th scope="col" { (it.head) } } }
            }
            tbody {
                @for it in &table.rows { (row(it, &table.columns)) }
            }
        }
    }
}

/// A share of the table and not millimetres: lines at the table's edge must stay on the paper. It stands in an attribute,
/// because a page's policy may refuse inline styles.
fn percent(width_mm: u16, total_mm: u32) -> String {
    let hundredths = u32::from(width_mm) * 10_000 / total_mm;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn row(row: &Row, columns: &[Column]) -> Markup {
    if row.kind == RowKind::Section {
        return html! {
            tr class="section" {
                th scope="rowgroup" colspan=(columns.len()) { @for it in &row.cells { (lines(it)) } }
            }
        };
    }
    let class = (row.kind == RowKind::Total).then_some("total");
    let id = row.proof.as_ref().map(|(number, _)| format!("proof-{number}"));
    let record = row.proof.as_ref().and_then(|(_, record)| record.as_ref());
    html! {
        tr id=[id] class=[class] data-feed=[record.map(|it| it.feed.to_string())]
            data-seq=[record.map(|it| it.seq)] data-entry=[record.map(|it| it.entry.to_string())] {
            @for (it, column) in row.cells.iter().zip(columns) {
                @if it.covers > 0 { (cell(it, column)) }
            }
        }
    }
}

fn cell(cell: &Cell, column: &Column) -> Markup {
    let light = cell.light.map(LightKind::message);
    let classes = [
        (column.align == Align::Right).then_some("n"),
        light,
        cell.missing.then_some("missing"),
        cell.fixed.then_some("fixed"),
        cell.bold.then_some("sum"),
    ];
    let class = Some(classes.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty());
    let rows = (cell.covers > 1).then_some(cell.covers);
    html! { td class=[class] rowspan=[rows] { (lines(cell)) } }
}

fn lines(cell: &Cell) -> Markup {
    html! {
        @for (index, line) in cell.lines.iter().enumerate() {
            @if index > 0 { br; }
            (line)
            @if let (0, Some(number)) = (index, cell.proof) {
                "\u{a0}" a class="ref" href=(format!("#proof-{number}")) data-proof=(number) { (number) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::RowId;
    use crate::i18n::Lang;
    use crate::reports::sample::{keep, report};

    fn ru() -> &'static Catalog {
        Catalog::of(Lang::Ru)
    }

    #[test]
    fn the_same_report_gives_the_same_page() {
        let text = page(&report(), ru());
        keep("report.html", text.as_bytes());
        keep("report-en.html", page(&report(), Catalog::of(Lang::En)).as_bytes());
        assert_eq!(text, page(&report(), ru()));
    }

    #[test]
    fn every_mark_leads_to_a_line_that_names_its_entry() {
        let (report, text) = (report(), body(&report(), ru()).into_string());
        let targets: Vec<_> = text.split("href=\"#").skip(1).filter_map(|it| it.split('"').next()).collect();
        assert!(targets.len() > 30);
        for target in targets {
            assert!(text.contains(&format!("<tr id=\"{target}\" data-feed=\"")), "{target}");
        }
        for record in report.provenance.iter().filter_map(|it| it.record.as_ref()) {
            assert!(text.contains(&format!("data-seq=\"{}\" data-entry=\"{}\"", record.seq, record.entry)));
        }
    }

    #[test]
    fn texts_of_people_are_escaped() {
        let mut report = report();
        let row = &mut report.sections[0].rows[0];
        row.item.title = "<script>alert(1)</script>".to_owned();
        row.item.row = RowId("x".to_owned());
        assert!(!page(&report, ru()).contains("<script"));
    }

    #[test]
    fn the_page_brings_everything_with_it() {
        let text = page(&report(), ru());
        assert!(!text.contains("style=\""), "a page's policy may refuse inline styles");
        for outside in ["http", "url(", "@import", "<script", "<link"] {
            assert!(!text.contains(outside), "{outside}");
        }
    }

    #[test]
    fn no_message_is_missing() {
        for lang in Lang::ALL {
            assert!(!body(&report(), Catalog::of(lang)).into_string().contains("report-"), "{lang:?}");
        }
    }
}
