//! The parts beside the text: types, relations, properties, styles, settings, and the header with the page number.

use super::body::{HEADER_FIRST_ID, HEADER_ID, NS_MAIN, NS_RELATIONS};
use super::{Align, Document, Style};
use crate::office::xml::Xml;

/// What every part is.
pub(super) fn content_types() -> Vec<u8> {
    let mut xml = Xml::new();
    let namespace = "http://schemas.openxmlformats.org/package/2006/content-types";
    xml.element("Types", &[("xmlns", namespace)], |xml| {
        let relations = "application/vnd.openxmlformats-package.relationships+xml";
        xml.empty("Default", &[("Extension", "rels"), ("ContentType", relations)]);
        xml.empty("Default", &[("Extension", "xml"), ("ContentType", "application/xml")]);
        for (part, kind) in [
            ("/word/document.xml", "wordprocessingml.document.main"),
            ("/word/styles.xml", "wordprocessingml.styles"),
            ("/word/settings.xml", "wordprocessingml.settings"),
            ("/word/header.xml", "wordprocessingml.header"),
            ("/word/header-first.xml", "wordprocessingml.header"),
            ("/docProps/app.xml", "extended-properties"),
        ] {
            let kind = format!("application/vnd.openxmlformats-officedocument.{kind}+xml");
            xml.empty("Override", &[("PartName", part), ("ContentType", &kind)]);
        }
        let core = "application/vnd.openxmlformats-package.core-properties+xml";
        xml.empty("Override", &[("PartName", "/docProps/core.xml"), ("ContentType", core)]);
    });
    xml.into_bytes()
}

/// Relations of the whole package.
pub(super) fn package_relations() -> Vec<u8> {
    relations(&[
        ("rId1", format!("{NS_RELATIONS}/officeDocument"), "word/document.xml"),
        ("rId2", format!("{NS_PACKAGE_RELATIONS}/metadata/core-properties"), "docProps/core.xml"),
        ("rId3", format!("{NS_RELATIONS}/extended-properties"), "docProps/app.xml"),
    ])
}

/// Relations of the main part.
pub(super) fn document_relations() -> Vec<u8> {
    relations(&[
        ("rId1", format!("{NS_RELATIONS}/styles"), "styles.xml"),
        ("rId2", format!("{NS_RELATIONS}/settings"), "settings.xml"),
        (HEADER_ID, format!("{NS_RELATIONS}/header"), "header.xml"),
        (HEADER_FIRST_ID, format!("{NS_RELATIONS}/header"), "header-first.xml"),
    ])
}

fn relations(relations: &[(&str, String, &str)]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("Relationships", &[("xmlns", NS_PACKAGE_RELATIONS)], |xml| {
        for (id, kind, target) in relations {
            xml.empty("Relationship", &[("Id", id), ("Type", kind), ("Target", target)]);
        }
    });
    xml.into_bytes()
}

/// Title, author and the given moment.
pub(super) fn core_properties(document: &Document) -> Vec<u8> {
    let mut xml = Xml::new();
    let moment = document.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let namespaces = [
        ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ("xmlns:dcterms", "http://purl.org/dc/terms/"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ];
    xml.element("cp:coreProperties", &namespaces, |xml| {
        xml.element("dc:title", &[], |xml| xml.text(&document.title));
        xml.element("dc:creator", &[], |xml| xml.text(&document.author));
        xml.element("dc:language", &[], |xml| xml.text(document.language));
        for name in ["dcterms:created", "dcterms:modified"] {
            xml.element(name, &[("xsi:type", "dcterms:W3CDTF")], |xml| xml.text(&moment));
        }
    });
    xml.into_bytes()
}

/// Which program wrote the file.
pub(super) fn app_properties() -> Vec<u8> {
    let mut xml = Xml::new();
    let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    xml.element("Properties", &[("xmlns", namespace)], |xml| {
        xml.element("Application", &[], |xml| xml.text("Svod"));
    });
    xml.into_bytes()
}

/// Language and the behaviour of a current Word.
pub(super) fn settings(language: &str) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:settings", &[("xmlns:w", NS_MAIN)], |xml| {
        xml.empty("w:defaultTabStop", &[("w:val", "709")]);
        xml.element("w:compat", &[], |xml| {
            // 15 is Word 2013 and later; without it Word opens the file in compatibility mode.
            let mode = [
                ("w:name", "compatibilityMode"),
                ("w:uri", "http://schemas.microsoft.com/office/word"),
                ("w:val", "15"),
            ];
            xml.empty("w:compatSetting", &mode);
        });
        xml.empty("w:themeFontLang", &[("w:val", language)]);
    });
    xml.into_bytes()
}

/// The header: the page's number top centre, or nothing on the first page.
pub(super) fn header(with_number: bool) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:hdr", &[("xmlns:w", NS_MAIN)], |xml| {
        xml.element("w:p", &[], |xml| {
            xml.element("w:pPr", &[], |xml| {
                xml.empty("w:pStyle", &[("w:val", "Header")]);
            });
            if with_number {
                xml.element("w:fldSimple", &[("w:instr", " PAGE ")], |xml| {
                    xml.element("w:r", &[], |xml| xml.element("w:t", &[], |xml| xml.text("2")));
                });
            }
        });
    });
    xml.into_bytes()
}

/// How a paragraph style looks.
struct Look {
    id: &'static str,
    name: &'static str,
    half_points: u16,
    bold: bool,
    italic: bool,
    align: Option<Align>,
    /// Twips before and after.
    space: (u16, u16),
    /// Twips from the left edge of the text.
    indent: u16,
    /// Place in the outline, from 0.
    outline: Option<&'static str>,
    keep_next: bool,
}

const PLAIN: Look = Look {
    id: "",
    name: "",
    half_points: 24,
    bold: false,
    italic: false,
    align: None,
    space: (0, 0),
    indent: 0,
    outline: None,
    keep_next: false,
};

const CENTER: Option<Align> = Some(Align::Center);

/// A table's text is smaller than running text: 10 points beside 12.
const LOOKS: [Look; 12] = [
    Look { id: "Title", name: "Title", half_points: 30, bold: true, align: CENTER, space: (0, 80), ..PLAIN },
    Look { id: "Subtitle", name: "Subtitle", align: CENTER, space: (0, 60), ..PLAIN },
    Look {
        id: "Heading1",
        name: "heading 1",
        half_points: 26,
        bold: true,
        space: (220, 80),
        outline: Some("0"),
        keep_next: true,
        ..PLAIN
    },
    Look { id: "Body", name: "Body Text", space: (0, 100), ..PLAIN },
    Look { id: "Note", name: "Note", half_points: 20, space: (60, 60), ..PLAIN },
    Look { id: "Gap", name: "Gap", half_points: 12, ..PLAIN },
    Look { id: "Cell", name: "Cell", half_points: 20, ..PLAIN },
    Look { id: "CellHead", name: "Cell Head", half_points: 17, bold: true, align: CENTER, ..PLAIN },
    Look { id: "Form", name: "Form", ..PLAIN },
    Look { id: "FormHead", name: "Form Head", bold: true, align: CENTER, ..PLAIN },
    Look { id: "Stamp", name: "Stamp", indent: 8500, space: (0, 40), ..PLAIN },
    Look { id: "Header", name: "header", align: CENTER, ..PLAIN },
];

/// Named styles and the defaults under them.
pub(super) fn styles(language: &str) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("w:styles", &[("xmlns:w", NS_MAIN)], |xml| {
        xml.element("w:docDefaults", &[], |xml| {
            xml.element("w:rPrDefault", &[], |xml| {
                xml.element("w:rPr", &[], |xml| {
                    // Where Times New Roman is missing, office programs take the metric twin Liberation Serif.
                    let font = [("w:ascii", FONT), ("w:hAnsi", FONT), ("w:eastAsia", FONT), ("w:cs", FONT)];
                    xml.empty("w:rFonts", &font);
                    xml.empty("w:sz", &[("w:val", "24")]);
                    xml.empty("w:szCs", &[("w:val", "24")]);
                    xml.empty("w:lang", &[("w:val", language), ("w:eastAsia", language)]);
                });
            });
            xml.empty("w:pPrDefault", &[]);
        });
        let normal = [("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", "Normal")];
        xml.element("w:style", &normal, |xml| {
            xml.empty("w:name", &[("w:val", "Normal")]);
            xml.empty("w:qFormat", &[]);
        });
        for it in &LOOKS {
            style(xml, it);
        }
    });
    xml.into_bytes()
}

fn style(xml: &mut Xml, look: &Look) {
    xml.element("w:style", &[("w:type", "paragraph"), ("w:styleId", look.id)], |xml| {
        xml.empty("w:name", &[("w:val", look.name)]);
        xml.empty("w:basedOn", &[("w:val", "Normal")]);
        xml.empty("w:qFormat", &[]);
        xml.element("w:pPr", &[], |xml| {
            if look.keep_next {
                xml.empty("w:keepNext", &[]);
                xml.empty("w:keepLines", &[]);
            }
            let (before, after) = (look.space.0.to_string(), look.space.1.to_string());
            xml.empty("w:spacing", &[("w:before", &before), ("w:after", &after)]);
            if look.indent > 0 {
                xml.empty("w:ind", &[("w:left", &look.indent.to_string())]);
            }
            if let Some(align) = look.align {
                xml.empty("w:jc", &[("w:val", align.value())]);
            }
            if let Some(level) = look.outline {
                xml.empty("w:outlineLvl", &[("w:val", level)]);
            }
        });
        xml.element("w:rPr", &[], |xml| {
            if look.bold {
                xml.empty("w:b", &[]);
                xml.empty("w:bCs", &[]);
            }
            if look.italic {
                xml.empty("w:i", &[]);
                xml.empty("w:iCs", &[]);
            }
            let size = look.half_points.to_string();
            xml.empty("w:sz", &[("w:val", &size)]);
            xml.empty("w:szCs", &[("w:val", &size)]);
        });
    });
}

impl Style {
    /// Its name in the styles part.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Subtitle => "Subtitle",
            Self::Heading => "Heading1",
            Self::Body => "Body",
            Self::Note => "Note",
            Self::Gap => "Gap",
            Self::Cell => "Cell",
            Self::CellHead => "CellHead",
            Self::Form => "Form",
            Self::FormHead => "FormHead",
            Self::Stamp => "Stamp",
        }
    }
}

const NS_PACKAGE_RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const FONT: &str = "Times New Roman";
