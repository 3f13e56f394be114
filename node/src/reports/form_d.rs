//! Form D, a network's roadmap «как было», as a Word file for an order: the printed columns, section rows merged
//! across, the header repeated on every page, terms verbatim. What it prints reads back as the same form.

use jiff::civil::DateTime;

use super::docx::language;
use crate::exchange::form_d::{FormD, FormRow};
use crate::i18n::Catalog;
use crate::office::PackageError;
use crate::office::docx::{Block, Cell, Document, Orientation, Paragraph, Row, Section, Style, Table};

/// The block «УТВЕРЖДАЮ» at the top right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approval {
    /// The post of who approves, with the organisation; a line each. Names are written by hand on the line below.
    pub post: String,
}

/// Writes the form on lying A4 sheets.
pub fn docx(
    form: &FormD,
    approval: Option<&Approval>,
    created: DateTime,
    t: &Catalog,
) -> Result<Vec<u8>, PackageError> {
    let mut blocks = approval.map(|it| stamp(it, t)).unwrap_or_default();
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

fn stamp(approval: &Approval, t: &Catalog) -> Vec<Block> {
    let mut lines = vec![t.text("report-approve")];
    lines.extend(approval.post.lines().map(str::to_owned));
    lines.push(t.text("report-approve-line"));
    lines.push(t.text("report-signature-date"));
    let mut blocks: Vec<_> = lines.into_iter().map(|it| Paragraph::of(Style::Stamp, it).into()).collect();
    blocks.push(Paragraph::new(Style::Body).into());
    blocks
}

fn table(form: &FormD) -> Table {
    let head = |text: &str| Cell::head(text).style(Style::FormHead);
    let mut rows = vec![Row::header(form.header.texts().map(head).into())];
    for section in &form.sections {
        if let Some(heading) = section.heading() {
            let cell = Cell::new(Paragraph::new(Style::Form).bold(heading)).span(COLUMNS);
            rows.push(Row { keep_next: true, ..Row::new(vec![cell]) });
        }
        rows.extend(section.rows.iter().map(row));
    }
    Table { widths_mm: WIDTHS_MM.into(), rows, lines: true }
}

fn row(row: &FormRow) -> Row {
    Row::new(row.texts().map(|it| Cell::text(it).style(Style::Form)).into())
}

const COLUMNS: u16 = 5;
/// They add up to a lying sheet's text.
const WIDTHS_MM: [u16; COLUMNS as usize] = [14, 118, 46, 40, 44];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::form_d::Header;
    use crate::i18n::Lang;
    use crate::office::docx::tests::{order_violations, part};
    use crate::reports::sample::{created, keep, plan_view};

    fn form() -> FormD {
        FormD::from_plan(&plan_view().plan, Header::Full)
    }

    fn bytes(approval: Option<&Approval>) -> Vec<u8> {
        docx(&form(), approval, created(), Catalog::of(Lang::Ru)).unwrap()
    }

    #[test]
    fn the_same_form_gives_the_same_bytes() {
        let approval =
            Approval { post: "Начальник управления образованием".to_owned() };
        keep("form-d.docx", &bytes(Some(&approval)));
        keep("form-d-plain.docx", &bytes(None));
        assert_eq!(bytes(Some(&approval)), bytes(Some(&approval)));
        assert_ne!(bytes(Some(&approval)), bytes(None));
    }

    #[test]
    fn the_table_has_the_printed_columns_merged_sections_and_a_repeated_header() {
        let body = part(&bytes(None), "word/document.xml");
        assert_eq!(order_violations(&body), Vec::<String>::new());
        for head in Header::Full.texts() {
            assert!(body.contains(&format!(">{head}</w:t>")), "{head}");
        }
        assert_eq!(body.matches("<w:gridSpan w:val=\"5\"/>").count(), 5);
        assert_eq!(body.matches("<w:tr>").count(), 1 + 5 + 20);
        assert_eq!(body.matches("<w:tblHeader/>").count(), 1);
    }

    #[test]
    fn terms_stand_verbatim() {
        let body = part(&bytes(None), "word/document.xml");
        for row in form().sections.iter().flat_map(|it| &it.rows).filter(|it| !it.term.is_empty()) {
            assert!(body.contains(&format!(">{}</w:t>", row.term)), "{}", row.term);
        }
    }

    #[test]
    fn the_columns_fill_a_lying_sheet() {
        assert_eq!(WIDTHS_MM.iter().sum::<u16>(), Orientation::Landscape.text_width_mm());
    }
}
