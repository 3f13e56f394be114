//! A plan «как было», as a Word file for an order: the printed columns of its form, section rows merged across, the
//! header repeated on every page, terms verbatim. What it prints reads back as the same form.

use jiff::civil::DateTime;

use super::docx::language;
use crate::exchange::form::{Form, widths_mm};
use crate::i18n::Catalog;
use crate::office::PackageError;
use crate::office::docx::{Block, Cell, Document, Orientation, Paragraph, Row, Section, Style, Table};

/// Writes the form on lying A4 sheets, with the block «УТВЕРЖДАЮ» at the top right if somebody approves it.
pub fn docx(form: &Form, created: DateTime, t: &Catalog) -> Result<Vec<u8>, PackageError> {
    let mut blocks = stamp(form, t);
    blocks.push(Paragraph::of(Style::Title, form.heading()).keep_next().into());
    blocks.push(table(form).into());
    let document = Document {
        title: form.heading(),
        author: String::new(),
        created,
        language: language(t),
        sections: vec![Section { orientation: Orientation::Landscape, blocks }],
    };
    document.to_bytes()
}

fn stamp(form: &Form, t: &Catalog) -> Vec<Block> {
    let lines = form.stamp(t).into_iter();
    let mut blocks: Vec<Block> = lines.map(|it| Paragraph::of(Style::Stamp, it).into()).collect();
    if !blocks.is_empty() {
        blocks.push(Paragraph::new(Style::Body).into());
    }
    blocks
}

fn table(form: &Form) -> Table {
    let widths = widths_mm(form.kind);
    let head = |text: &&str| Cell::head(*text).style(Style::FormHead);
    let mut rows = vec![Row::header(form.heads().iter().map(head).collect())];
    for section in &form.sections {
        if let Some(heading) = section.heading() {
            let columns = u16::try_from(widths.len()).unwrap_or(1);
            let cell = Cell::new(Paragraph::new(Style::Form).bold(heading)).span(columns);
            rows.push(Row { keep_next: true, ..Row::new(vec![cell]) });
        }
        for row in &section.rows {
            let cells = form.texts(row).into_iter().map(|it| Cell::text(it).style(Style::Form));
            rows.push(Row::new(cells.collect()));
        }
    }
    Table { widths_mm: widths.into(), rows, lines: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::ItemField;
    use crate::exchange::form::{FormKind, Header};
    use crate::i18n::Lang;
    use crate::office::docx::tests::{order_violations, part};
    use crate::reports::sample::{created, keep, plan_view};

    fn form(approval: &str) -> Form {
        let form = Form::from_plan(&plan_view().plan, FormKind::D, Header::Full);
        Form { approval: approval.to_owned(), ..form }
    }

    fn bytes(approval: &str) -> Vec<u8> {
        docx(&form(approval), created(), Catalog::of(Lang::Ru)).unwrap()
    }

    #[test]
    fn the_same_form_gives_the_same_bytes() {
        let approval = "Начальник управления образованием";
        keep("form-d.docx", &bytes(approval));
        keep("form-d-plain.docx", &bytes(""));
        assert_eq!(bytes(approval), bytes(approval));
        assert_ne!(bytes(approval), bytes(""));
    }

    #[test]
    fn the_table_has_the_printed_columns_merged_sections_and_a_repeated_header() {
        let body = part(&bytes(""), "word/document.xml");
        assert_eq!(order_violations(&body), Vec::<String>::new());
        for head in FormKind::D.heads() {
            assert!(body.contains(&format!(">{head}</w:t>")), "{head}");
        }
        assert_eq!(body.matches("<w:gridSpan w:val=\"5\"/>").count(), 5);
        assert_eq!(body.matches("<w:tr>").count(), 1 + 5 + 20);
        assert_eq!(body.matches("<w:tblHeader/>").count(), 1);
    }

    #[test]
    fn terms_stand_verbatim() {
        let body = part(&bytes(""), "word/document.xml");
        let form = form("");
        let terms = form.sections.iter().flat_map(|it| &it.rows).map(|it| it.text(ItemField::Term));
        for term in terms.filter(|it| !it.is_empty()) {
            assert!(body.contains(&format!(">{term}</w:t>")), "{term}");
        }
    }

    #[test]
    fn the_columns_fill_a_lying_sheet() {
        for kind in FormKind::ALL {
            assert_eq!(widths_mm(kind).iter().sum::<u16>(), Orientation::Landscape.text_width_mm());
        }
    }
}
