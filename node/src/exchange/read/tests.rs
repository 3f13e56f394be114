use std::io::{Cursor, Read, Write};
use std::path::Path;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::*;
use crate::exchange::table::{Block, Cell, Table};

fn seed(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/seed").join(name);
    std::fs::read(path).expect("the seed's file")
}

/// A package of these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("a package").into_inner()
}

/// A Word document with this body.
fn docx(body: &str) -> Vec<u8> {
    let xml = format!(
        "<w:document xmlns:w=\"{}\" xmlns:mc=\"{}\"><w:body>{body}</w:body></w:document>",
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://schemas.openxmlformats.org/markup-compatibility/2006",
    );
    package(&[("word/document.xml", xml.as_bytes())])
}

fn table(document: &Document) -> &Table {
    document.tables().next().expect("a table")
}

/// Checks the texts of the only cell of a document with this cell.
fn check_cell(cell: &str, text: &str) {
    let bytes = docx(&format!("<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>"));
    let document = read(&bytes).expect("a document");
    assert_eq!(table(&document).rows[0].cells, [Cell::new(0, text)], "{cell}");
}

fn check_refused(bytes: &[u8], error: &ReadError) {
    assert_eq!(read(bytes).as_ref(), Err(error));
}

#[test]
fn formats_are_recognised_by_content() {
    let check = |name: &str, format| assert_eq!(read(&seed(name)).map(|it| it.format), Ok(format), "{name}");
    check("roadmap-network.docx", Format::Docx);
    check("roadmap-network.xlsx", Format::Xlsx);
    check("roadmap-network.csv", Format::Csv);
    check("roadmap-network.xls", Format::Xls);
    check("roadmap-network.ods", Format::Odf);
    check("roadmap-network.odt", Format::Odf);
}

/// A compound file with one empty stream: header, FAT, directory.
fn compound(stream: &str) -> Vec<u8> {
    let mut file = vec![0xff; 3 * 512];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    let end = 0xffff_fffe_u32.to_le_bytes();
    put(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    put(30, &[9, 0, 6, 0]);
    put(48, &1_u32.to_le_bytes());
    put(56, &4096_u32.to_le_bytes());
    put(60, &end);
    put(68, &end);
    put(76, &0_u32.to_le_bytes());
    put(512, &0xffff_fffd_u32.to_le_bytes());
    put(516, &end);
    for (entry, name) in ["Root Entry", stream].iter().enumerate() {
        let at = 1024 + 128 * entry;
        let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        put(at, &name);
        put(at + 64, &(name.len() as u16).to_le_bytes());
        put(at + 116, &end);
        put(at + 120, &[0; 8]);
    }
    file
}

#[test]
fn other_formats_are_named_when_refused() {
    check_refused(&compound("WordDocument"), &ReadError::OldWord);
    check_refused(&compound("Book"), &ReadError::OldExcel);
    check_refused(&compound("Workbook"), &ReadError::Damaged { part: "Workbook".to_owned() });
    check_refused(&compound("EncryptedPackage"), &ReadError::Encrypted);
    check_refused(&compound("Other"), &ReadError::Unknown);
    check_refused(b"{\\rtf1 text}", &ReadError::RichText);
    check_refused(b"%PDF-1.7", &ReadError::Pdf);
    check_refused(b"GIF89a\0\0", &ReadError::Unknown);
    check_refused(b"", &ReadError::Empty);
    check_refused(&package(&[("content.xml", b"<a/>")]), &ReadError::NotATable);
    let closed =
        [("content.xml", b"?".as_slice()), ("META-INF/manifest.xml", b"<manifest:encryption-data/>")];
    check_refused(&package(&closed), &ReadError::Encrypted);
    check_refused(&package(&[("xl/workbook.bin", b"")]), &ReadError::OldExcel);
    check_refused(&package(&[("a.txt", b"")]), &ReadError::Unknown);
    check_refused(&docx("<w:p><w:r><w:t>text</w:t></w:r></w:p>"), &ReadError::NotATable);
    check_refused(b"PK\x03\x04 and nothing else", &ReadError::Damaged { part: "zip".to_owned() });
    let bytes = FILE_BYTES_MAX + 1;
    check_refused(&vec![b'a'; bytes], &ReadError::TooLarge { bytes });
}

#[test]
fn the_texts_of_a_word_cell_keep_their_lines() {
    let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    check_cell(&(p("а") + &p("б")), "а\nб");
    check_cell("<w:p><w:r><w:t>а</w:t><w:br/><w:t>б</w:t><w:tab/><w:t>в</w:t></w:r></w:p>", "а\nб\tв");
    check_cell("<w:p><w:r><w:br w:type=\"page\"/><w:t>а</w:t></w:r></w:p>", "а");
    check_cell(&p("&lt;а&gt; &amp; &#171;б&#xBB;"), "<а> & «б»");
    check_cell(&p("<![CDATA[а < б]]>"), "а < б");
    check_cell("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr></w:p>", "");
    check_cell("<w:p><w:r>вне текста</w:r></w:p>", "");
}

#[test]
fn tracked_changes_are_read_as_accepted() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let new = format!("<w:ins>{}</w:ins>", run("нового"));
    let old = format!("<w:del>{}</w:del><w:moveFrom>{}</w:moveFrom>", run("старого"), run("ушло"));
    check_cell(&format!("<w:p>{new}{old}</w:p>"), "нового");
    let changed = "<w:tcPr><w:tcPrChange><w:tcPr><w:gridSpan w:val=\"3\"/></w:tcPr></w:tcPrChange></w:tcPr>";
    check_cell(&format!("{changed}<w:p>{}</w:p>", run("а")), "а");
}

#[test]
fn a_drawing_is_read_once_and_a_nested_table_as_lines() {
    let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let both = format!(
        "<mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>",
        p("рисунок"),
        p("рисунок")
    );
    check_cell(&both, "рисунок");
    let row = format!("<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>", p("б"), p("в"));
    check_cell(&format!("{}<w:tbl>{row}</w:tbl>{}", p("а"), p("г")), "а\nб\nв\nг");
}

#[test]
fn merged_cells_know_their_place() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let rows = format!(
        "<w:tr>{}{}</w:tr><w:tr><w:trPr><w:gridBefore w:val=\"2\"/></w:trPr>{}</w:tr>",
        cell("<w:gridSpan w:val=\"2\"/>", "а"),
        cell("<w:vMerge w:val=\"restart\"/>", "б"),
        cell("<w:vMerge/>", "")
    );
    let document = read(&docx(&format!("<w:tbl>{rows}</w:tbl>"))).expect("a document");
    let rows = &table(&document).rows;
    assert_eq!(rows[0].cells, [Cell { span: 2, ..Cell::new(0, "а") }, Cell::new(2, "б")]);
    assert_eq!(rows[1].cells, [Cell { continues: true, ..Cell::new(2, "") }]);
}

#[test]
fn a_sheet_shows_numbers_and_dates_as_texts() {
    use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = ExcelDateTime::from_ymd(2022, 3, 15).expect("a date");
    let formats = ["dd.mm.yyyy", "[$-419]mmmm yyyy", "mmm-yy"];
    sheet.write_number(4, 1, 1.1).expect("a number");
    sheet.write_number_with_format(4, 2, 1.1, &CellFormat::new().set_num_format("0.00")).expect("a number");
    sheet.write_number(4, 3, 2022).expect("a number");
    for (column, format) in (4..).zip(formats) {
        let format = CellFormat::new().set_num_format(format);
        sheet.write_datetime_with_format(4, column, &date, &format).expect("a date");
    }
    sheet.merge_range(5, 1, 6, 3, "слито", &CellFormat::new()).expect("a range");
    sheet.write_string(6, 4, "рядом").expect("a text");
    let document = read(&workbook.save_to_buffer().expect("a workbook")).expect("a document");
    let rows = &table(&document).rows;
    let texts: Vec<_> = rows[0].cells.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["1.1", "1.10", "2022", "15.03.2022", "март 2022", "март 2022"]);
    assert_eq!(rows[0].place.row, 5);
    assert_eq!(rows[1].cells[0], Cell { span: 3, ..Cell::new(0, "слито") });
    assert_eq!(rows[2].cells[0], Cell { span: 3, continues: true, ..Cell::new(0, "") });
    assert_eq!(rows[2].cells[1].text, "рядом");
}

#[test]
fn a_sheet_that_claims_the_whole_grid_costs_nothing() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t>а</t></is></c></row>";
    let near = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>б</t></is></c></row>";
    let sheet = |rows: &str| {
        format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>")
    };
    let document = read(&with_sheet(&sheet(near))).expect("a document");
    assert_eq!(table(&document).rows.len(), 1);
    check_refused(&with_sheet(&sheet(&(near.to_owned() + far))), &ReadError::TooMany { what: "columns" });
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 20 << 20];
    let bomb = |part: &str| ReadError::Bomb { part: part.to_owned() };
    check_refused(&package(&[("word/document.xml", &zeros)]), &bomb("word/document.xml"));
    let many: Vec<(String, Vec<u8>)> = (0..80).map(|it| (format!("{it}"), vec![b' '; 1 << 20])).collect();
    let many: Vec<_> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    check_refused(&package(&many), &bomb("64"));
    let names: Vec<_> = (0..2001).map(|it| it.to_string()).collect();
    let parts: Vec<_> = names.iter().map(|it| (it.as_str(), b"".as_slice())).collect();
    check_refused(&package(&parts), &ReadError::TooMany { what: "parts" });
    check_refused(&docx(&"<w:p>".repeat(300)), &ReadError::TooMany { what: "levels" });
    let wide = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", "<w:tc/>".repeat(COLUMNS_MAX + 1));
    check_refused(&docx(&wide), &ReadError::TooMany { what: "columns" });
    let doctype = b"<!DOCTYPE a [<!ENTITY b \"bbb\">]><a>&b;</a>";
    let damaged = ReadError::Damaged { part: "word/document.xml".to_owned() };
    check_refused(&package(&[("word/document.xml", doctype)]), &damaged);
    check_refused(
        &docx("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"),
        &damaged,
    );
    check_refused(&docx("<w:tbl>"), &damaged);
}

#[test]
fn a_part_that_lies_about_its_size_is_refused() {
    let mut bytes = package(&[("word/document.xml", &vec![b' '; 5 << 20])]);
    // The unpacked size stands 24 bytes into the central directory's entry.
    let entry = bytes.windows(4).rposition(|it| it == b"PK\x01\x02").expect("an entry");
    bytes[entry + 24..entry + 28].copy_from_slice(&10u32.to_le_bytes());
    assert!(matches!(read(&bytes), Err(ReadError::Bomb { .. } | ReadError::Damaged { .. })));
}

/// The seed's workbook with another sheet.
fn with_sheet(xml: &str) -> Vec<u8> {
    let mut parts = parts("roadmap-network.xlsx");
    for (name, bytes) in &mut parts {
        if name.starts_with("xl/worksheets/") {
            *bytes = xml.as_bytes().to_vec();
        }
    }
    repack(&parts)
}

fn parts(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(seed(name))).expect("a package");
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).expect("a part");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("bytes");
            (part.name().expect("a name").into_owned(), bytes)
        })
        .filter(|(name, _)| !name.contains("stylesWithEffects") && !name.contains("theme"))
        .collect()
}

fn repack(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts: Vec<_> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    package(&parts)
}

/// Changes to make somewhere in some bytes: overwrite, cut out, repeat.
fn mutate(bytes: &mut Vec<u8>, changes: &[(u32, u8, u8)]) {
    for (at, kind, byte) in changes {
        let at = *at as usize % bytes.len().max(1);
        let end = (at + usize::from(*byte)).min(bytes.len());
        match kind % 4 {
            0 if at < bytes.len() => bytes[at] = *byte,
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => bytes.splice(at..at, [b"<>&\"/1-:"[usize::from(*byte) % 8]]).for_each(drop),
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<(u32, u8, u8)>> {
    prop::collection::vec(any::<(u32, u8, u8)>(), 1..6)
}

fn check_survives(bytes: &[u8]) {
    if let Ok(document) = read(bytes)
        && let Ok(plan) = crate::exchange::import::map(&document)
    {
        assert_eq!(plan.counts.lost, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_damaged_file_never_panics(name in prop::sample::select(SEEDS), changes in changes()) {
        let mut bytes = seed(name);
        mutate(&mut bytes, &changes);
        check_survives(&bytes);
    }

    #[test]
    fn a_damaged_part_never_panics(
        name in prop::sample::select(&SEEDS[..4]), which in any::<prop::sample::Index>(), changes in changes()
    ) {
        let mut parts = parts(name);
        let big: Vec<_> = (0..parts.len()).filter(|it| parts[*it].0.ends_with(".xml")).collect();
        let at = big[which.index(big.len())];
        mutate(&mut parts[at].1, &changes);
        check_survives(&repack(&parts));
    }

    #[test]
    fn a_damaged_table_never_panics(name in prop::sample::select(&SEEDS[..4]), changes in changes()) {
        let mut parts = parts(name);
        let is_main = |it: &&mut (String, Vec<u8>)| it.0 == "word/document.xml" || it.0 == "content.xml" || it.0.contains("worksheets/sheet");
        for (_, bytes) in parts.iter_mut().filter(is_main) {
            mutate(bytes, &changes);
        }
        check_survives(&repack(&parts));
    }
}

const SEEDS: &[&str] = &[
    "roadmap-network.docx",
    "roadmap-network-asfound.docx",
    "roadmap-network.xlsx",
    "roadmap-network.ods",
    "roadmap-network.csv",
    "roadmap-network.xls",
];

#[test]
fn lines_around_a_table_are_kept() {
    let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let table = format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", p("в"));
    let document = read(&docx(&(p("а") + &p("") + &table + &p("г")))).expect("a document");
    let lines: Vec<_> = document.blocks.iter().map(|it| matches!(it, Block::Line(_))).collect();
    assert_eq!(lines, [true, false, true]);
}

/// Each name is looked up among all that are declared. The parser beneath bounds them; this says that it still does.
#[test]
fn namespaces_without_end_are_refused_and_not_searched() {
    let names: String = (0..60).map(|it| format!(" xmlns:a{it}=\"b\"")).collect();
    let damaged = ReadError::Damaged { part: "word/document.xml".to_owned() };
    check_refused(&docx(&format!("<w:p{names}>").repeat(4)), &damaged);
}

#[test]
fn a_cell_whose_name_overflows_is_damage_and_no_panic() {
    let cell = "<row r=\"1\"><c r=\"A99999999999\" t=\"inlineStr\"><is><t>а</t></is></c></row>";
    let sheet = format!("<worksheet><sheetData>{cell}</sheetData></worksheet>");
    // Without overflow checks the name wraps, and the cell stands somewhere.
    let _ = read(&with_sheet(&sheet)).map(|it| assert_eq!(table(&it).rows.len(), 1));
}
