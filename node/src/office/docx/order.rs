//! Checks that children stand in the order that the schema of word processing (ECMA-376 part 1, `wml.xsd`) fixes.
//!
//! For tests only. Elements whose content is a free choice (`w:body`, `w:trPr`) are not listed.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Every child that comes too late, or that its parent does not know, as «parent: child after sibling».
pub(crate) fn violations(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    // A path of open elements, each with the place of the last child seen.
    let mut path: Vec<(String, usize, String)> = Vec::new();
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(it) => {
                let name = it.name().as_ref().to_owned();
                enter(&mut path, &name, &mut found);
                path.push((name, 0, String::new()));
            }
            Event::Empty(it) => enter(&mut path, it.name().as_ref(), &mut found),
            Event::End(_) => drop(path.pop()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn enter(path: &mut [(String, usize, String)], child: &str, found: &mut Vec<String>) {
    let Some((parent, place, last)) = path.last_mut() else { return };
    let Some((_, order)) = ORDERS.iter().find(|(name, _)| name == parent) else { return };
    match order.split_whitespace().position(|it| Some(it) == child.strip_prefix("w:")) {
        Some(at) if at >= *place => (*place, *last) = (at, child.to_owned()),
        Some(_) => found.push(format!("{parent}: {child} after {last}")),
        None => found.push(format!("{parent}: {child} is unknown")),
    }
}

const RUN_PROPERTIES: &str = "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint \
    noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText \
    vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange";

const EDGES: &str = "top left start bottom right end insideH insideV tl2br tr2bl";

const ORDERS: [(&str, &str); 15] = [
    (
        "w:pPr",
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs \
         suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd \
         snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment \
         textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    ),
    ("w:rPr", RUN_PROPERTIES),
    (
        "w:tblPr",
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd \
         tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange",
    ),
    (
        "w:tcPr",
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark \
         headers cellIns cellDel cellMerge tcPrChange",
    ),
    (
        "w:sectPr",
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType \
         cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange",
    ),
    ("w:tbl", "bookmarkStart bookmarkEnd tblPr tblGrid tr"),
    ("w:tblGrid", "gridCol"),
    ("w:tr", "tblPrEx trPr tc"),
    ("w:tc", "tcPr p"),
    ("w:tblBorders", EDGES),
    ("w:tblCellMar", EDGES),
    ("w:styles", "docDefaults latentStyles style"),
    ("w:docDefaults", "rPrDefault pPrDefault"),
    (
        "w:style",
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked \
         personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    ),
    (
        "w:settings",
        "writeProtection view zoom removePersonalInformation mirrorMargins defaultTabStop autoHyphenation \
         characterSpacingControl footnotePr endnotePr compat docVars rsids mathPr attachedSchema themeFontLang \
         clrSchemeMapping decimalSymbol listSeparator",
    ),
];

#[test]
fn a_child_out_of_order_is_reported() {
    let wrong = "<w:pPr><w:jc/><w:pStyle/></w:pPr>";
    assert_eq!(violations(wrong), ["w:pPr: w:pStyle after w:jc"]);
    assert_eq!(violations("<w:tcPr><w:colour/></w:tcPr>"), ["w:tcPr: w:colour is unknown"]);
}
