//! `word/document.xml`: sections, paragraphs, tables. Children are written in the order of the schema.

use super::{Align, Block, Cell, Document, Merge, Orientation, Paragraph, Row, Run, Section, Table};
use crate::office::xml::Xml;

/// The main part.
pub(super) fn document(document: &Document) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:document", &[("xmlns:w", NS_MAIN), ("xmlns:r", NS_RELATIONS)], |xml| {
        xml.element("w:body", &[], |xml| {
            let last = document.sections.len().saturating_sub(1);
            for (index, it) in document.sections.iter().enumerate() {
                section(xml, it, index == 0, index == last);
            }
        });
    });
    xml.into_bytes()
}

/// The properties of the last section stand in the body, those of the others in an empty paragraph that ends them.
fn section(xml: &mut Xml, section: &Section, is_first: bool, is_last: bool) {
    for block in &section.blocks {
        match block {
            Block::Paragraph(it) => paragraph(xml, it, false),
            Block::Table(it) => table(xml, it),
        }
    }
    if is_last {
        section_properties(xml, section.orientation, is_first);
    } else {
        xml.element("w:p", &[], |xml| {
            xml.element("w:pPr", &[], |xml| {
                // A point high, so that a full page does not push it onto a page of its own.
                let spacing =
                    [("w:before", "0"), ("w:after", "0"), ("w:line", "20"), ("w:lineRule", "exact")];
                xml.empty("w:spacing", &spacing);
                section_properties(xml, section.orientation, is_first);
            });
        });
    }
}

fn section_properties(xml: &mut Xml, orientation: Orientation, is_first: bool) {
    xml.element("w:sectPr", &[], |xml| {
        xml.empty("w:headerReference", &[("w:type", "default"), ("r:id", HEADER_ID)]);
        xml.empty("w:headerReference", &[("w:type", "first"), ("r:id", HEADER_FIRST_ID)]);
        xml.empty("w:type", &[("w:val", "nextPage")]);
        match orientation {
            Orientation::Portrait => xml.empty("w:pgSz", &[("w:w", A4_SHORT), ("w:h", A4_LONG)]),
            Orientation::Landscape => {
                xml.empty("w:pgSz", &[("w:w", A4_LONG), ("w:h", A4_SHORT), ("w:orient", "landscape")]);
            }
        }
        let [top, right, bottom, left] = orientation.margins_mm().map(|it| twips(it).to_string());
        let edge = twips(NUMBER_FROM_EDGE_MM).to_string();
        xml.empty(
            "w:pgMar",
            &[
                ("w:top", top.as_str()),
                ("w:right", right.as_str()),
                ("w:bottom", bottom.as_str()),
                ("w:left", left.as_str()),
                ("w:header", edge.as_str()),
                ("w:footer", edge.as_str()),
                ("w:gutter", "0"),
            ],
        );
        if is_first {
            xml.empty("w:titlePg", &[]);
        }
    });
}

/// `keep_next` comes from the row a paragraph stands in.
fn paragraph(xml: &mut Xml, paragraph: &Paragraph, keep_next: bool) {
    xml.element("w:p", &[], |xml| {
        xml.element("w:pPr", &[], |xml| {
            xml.empty("w:pStyle", &[("w:val", paragraph.style.id())]);
            if paragraph.keep_next || keep_next {
                xml.empty("w:keepNext", &[]);
            }
            if let Some(align) = paragraph.align {
                xml.empty("w:jc", &[("w:val", align.value())]);
            }
        });
        if let Some(anchor) = paragraph.anchor {
            let id = anchor.0.to_string();
            xml.empty("w:bookmarkStart", &[("w:id", &id), ("w:name", &anchor.name())]);
            xml.empty("w:bookmarkEnd", &[("w:id", &id)]);
        }
        for it in &paragraph.runs {
            match it.link {
                Some(anchor) => {
                    xml.element("w:hyperlink", &[("w:anchor", &anchor.name())], |xml| run(xml, it));
                }
                None => run(xml, it),
            }
        }
    });
}

fn run(xml: &mut Xml, run: &Run) {
    xml.element("w:r", &[], |xml| {
        if run.has_properties() {
            xml.element("w:rPr", &[], |xml| run_properties(xml, run));
        }
        let mut lines = run.text.split('\n');
        text(xml, lines.next().unwrap_or_default());
        for line in lines {
            xml.empty("w:br", &[]);
            text(xml, line);
        }
    });
}

fn run_properties(xml: &mut Xml, run: &Run) {
    if run.fixed {
        let font = [("w:ascii", FIXED_FONT), ("w:hAnsi", FIXED_FONT), ("w:cs", FIXED_FONT)];
        xml.empty("w:rFonts", &font);
    }
    if run.bold {
        xml.empty("w:b", &[]);
        xml.empty("w:bCs", &[]);
    }
    if run.italic {
        xml.empty("w:i", &[]);
        xml.empty("w:iCs", &[]);
    }
    if let Some(color) = run.color {
        xml.empty("w:color", &[("w:val", color)]);
    }
    if run.fixed {
        xml.empty("w:sz", &[("w:val", FIXED_HALF_POINTS)]);
        xml.empty("w:szCs", &[("w:val", FIXED_HALF_POINTS)]);
    }
    if run.superscript {
        xml.empty("w:vertAlign", &[("w:val", "superscript")]);
    }
}

fn text(xml: &mut Xml, line: &str) {
    let mut parts = line.split('\t');
    let first = parts.next().unwrap_or_default();
    xml.element("w:t", &[("xml:space", "preserve")], |xml| xml.text(first));
    for part in parts {
        xml.empty("w:tab", &[]);
        xml.element("w:t", &[("xml:space", "preserve")], |xml| xml.text(part));
    }
}

fn table(xml: &mut Xml, table: &Table) {
    let widths: Vec<u32> = table.widths_mm.iter().map(|it| twips(*it)).collect();
    let total = widths.iter().sum::<u32>().to_string();
    xml.element("w:tbl", &[], |xml| {
        xml.element("w:tblPr", &[], |xml| {
            xml.empty("w:tblW", &[("w:w", &total), ("w:type", "dxa")]);
            if table.lines {
                xml.element("w:tblBorders", &[], |xml| {
                    for edge in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
                        let line =
                            [("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", LINE_COLOR)];
                        xml.empty(edge, &line);
                    }
                });
            }
            xml.empty("w:tblLayout", &[("w:type", "fixed")]);
            xml.element("w:tblCellMar", &[], |xml| {
                for (edge, width) in
                    [("w:top", "28"), ("w:left", "57"), ("w:bottom", "28"), ("w:right", "57")]
                {
                    xml.empty(edge, &[("w:w", width), ("w:type", "dxa")]);
                }
            });
        });
        xml.element("w:tblGrid", &[], |xml| {
            for width in &widths {
                xml.empty("w:gridCol", &[("w:w", &width.to_string())]);
            }
        });
        for it in &table.rows {
            row(xml, it, &widths);
        }
    });
}

fn row(xml: &mut Xml, row: &Row, widths: &[u32]) {
    xml.element("w:tr", &[], |xml| {
        xml.element("w:trPr", &[], |xml| {
            xml.empty("w:cantSplit", &[]);
            if row.header {
                xml.empty("w:tblHeader", &[]);
            }
        });
        let mut left = widths.iter();
        for it in &row.cells {
            let width = left.by_ref().take(usize::from(it.span)).sum();
            cell(xml, it, width, row.keep_next);
        }
    });
}

fn cell(xml: &mut Xml, cell: &Cell, width: u32, keep_next: bool) {
    xml.element("w:tc", &[], |xml| {
        xml.element("w:tcPr", &[], |xml| {
            xml.empty("w:tcW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
            if cell.span > 1 {
                xml.empty("w:gridSpan", &[("w:val", &cell.span.to_string())]);
            }
            match cell.merge {
                Merge::Single => {}
                Merge::First => xml.empty("w:vMerge", &[("w:val", "restart")]),
                Merge::Further => xml.empty("w:vMerge", &[]),
            }
            if let Some(shade) = cell.shade {
                xml.empty("w:shd", &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", shade)]);
            }
        });
        if cell.paragraphs.is_empty() {
            paragraph(xml, &Paragraph::new(super::Style::Cell), keep_next);
        }
        for it in &cell.paragraphs {
            paragraph(xml, it, keep_next);
        }
    });
}

impl Run {
    fn has_properties(&self) -> bool {
        self.bold || self.italic || self.superscript || self.fixed || self.color.is_some()
    }
}

impl super::Anchor {
    fn name(self) -> String {
        format!("a{}", self.0)
    }
}

impl Align {
    pub(super) const fn value(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Center => "center",
            Self::Right => "right",
        }
    }
}

/// Twentieths of a point, the unit of the format.
fn twips(mm: u16) -> u32 {
    (u32::from(mm) * 14400 + 127) / 254
}

pub(super) const NS_MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const NS_RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub(super) const HEADER_ID: &str = "rId3";
pub(super) const HEADER_FIRST_ID: &str = "rId4";
const A4_SHORT: &str = "11906";
const A4_LONG: &str = "16838";
const LINE_COLOR: &str = "808080";
const FIXED_FONT: &str = "Courier New";
const FIXED_HALF_POINTS: &str = "13";
/// ГОСТ Р 7.0.97-2016 puts the number at least 10 mm from the top edge.
const NUMBER_FROM_EDGE_MM: u16 = 10;
