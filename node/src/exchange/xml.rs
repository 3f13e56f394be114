//! Walks the elements of an office document's XML, for the readers of its formats.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::read::ReadError;

/// How deep elements may stand in each other. A text in a table in a text box in a table has 40 levels.
const DEPTH_MAX: usize = 256;

/// What a format makes of its elements.
pub(super) trait Elements {
    /// An element as far as the format is concerned.
    type Kind: Copy;

    /// Which kind an element is of.
    fn kind(namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Self::Kind;

    /// An element begins.
    fn open(&mut self, kind: Self::Kind, element: &BytesStart<'_>) -> Result<(), ReadError>;

    /// An element ends.
    fn close(&mut self, kind: Self::Kind) -> Result<(), ReadError>;

    /// A text, or a piece of one.
    fn text(&mut self, text: &str);
}

/// Shows `elements` the XML of a document's part in order, and gives it back at the end.
pub(super) fn walk<E: Elements>(xml: &str, part: &str, mut elements: E) -> Result<E, ReadError> {
    let damaged = || ReadError::Damaged { part: part.to_owned() };
    let mut reader = NsReader::from_str(xml);
    let mut open = Vec::new();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| damaged())?;
        match event {
            Event::Start(element) => {
                let kind = E::kind(&namespace, &element);
                elements.open(kind, &element)?;
                if open.len() >= DEPTH_MAX {
                    return Err(ReadError::TooMany { what: "levels" });
                }
                open.push(kind);
            }
            Event::Empty(element) => {
                let kind = E::kind(&namespace, &element);
                elements.open(kind, &element)?;
                elements.close(kind)?;
            }
            Event::End(_) => {
                let kind = open.pop().ok_or_else(damaged)?;
                elements.close(kind)?;
            }
            Event::Text(text) => elements.text(&text.xml10_content()),
            Event::CData(text) => elements.text(&text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().map_err(|_| damaged())? {
                Some(letter) => elements.text(letter.encode_utf8(&mut [0; 4])),
                None => elements.text(predefined(&name).ok_or_else(damaged)?),
            },
            Event::DocType(_) => return Err(damaged()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if open.is_empty() => return Ok(elements),
            Event::Eof => return Err(damaged()),
        }
    }
}

/// The attribute of that local name: both formats give all of their attributes a prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes
        .with_checks(false)
        .flatten()
        .find(|it| it.key.local_name().as_ref() == name)
        .map(|it| it.value.into_owned())
}

/// The five entities of XML. Others need a document type, which is refused.
fn predefined(name: &str) -> Option<&'static str> {
    match name {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => None,
    }
}
