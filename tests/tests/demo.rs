//! The main job by one command: `svod demo --once --out DIR`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use serde_json::Value;
use svod_tests::binaries;
use svod_tests::process::run;
use svod_tests::seed::{ITEMS_OF_FOUR, MEMBERS, SECTIONS_OF_FOUR};
use zip::ZipArchive;

#[test]
fn five_centres_agree_and_the_report_names_them_all() {
    let folder = tempfile::tempdir().expect("makes");
    let (home, out) = (folder.path().join("home"), folder.path().join("out"));
    fs::create_dir(&home).expect("makes");
    let out_text = out.display().to_string();
    run(&binaries::svod(), &home, ["demo", "--once", "--out", &out_text]).expect_success("demo");

    check_summary(&read_json(&out.join("summary.json")));
    check_names("report.docx", &texts_of_archive(&out.join("report.docx")));
    check_names("report.xlsx", &texts_of_archive(&out.join("report.xlsx")));
    check_names("report.html", &fs::read_to_string(out.join("report.html")).expect("is written"));
    check_names("joint.docx", &texts_of_archive(&out.join("joint.docx")));
    check_names("joint.xlsx", &texts_of_archive(&out.join("joint.xlsx")));
    check_joint(&home, &out);
    let left: Vec<_> = home.read_dir().expect("is there").collect();
    assert!(left.is_empty(), "nothing is left behind: {left:?}");
}

/// Whoever has the program and the file alone learns that it is whole, who is missing and who disagrees; and of a file
/// that was altered, that it was.
fn check_joint(home: &Path, out: &Path) {
    let file = out.join("joint.svodreport");
    let path = file.display().to_string();
    let verify = || run(&binaries::svod(), home, ["verify", path.as_str()]);
    let said = verify();
    assert!(said.status.success(), "{said:?}");
    let expected =
        ["Мостовской: не сдано", "Кореновский: особое мнение", "Всё сходится: проверено показателей: 78"];
    for line in expected {
        assert!(said.out.contains(line), "{line} is not in\n{}", said.out);
    }
    let mut bytes = fs::read(&file).expect("is written");
    let half = bytes.len() / 2;
    bytes[half] ^= 1;
    fs::write(&file, bytes).expect("writes");
    let said = verify();
    assert!(!said.status.success() && said.out.contains("верить нельзя"), "{said:?}");
}

/// All nodes hold the same, and what the story left open is listed.
fn check_summary(summary: &Value) {
    let nodes = summary["nodes"].as_array().expect("nodes");
    let codes: BTreeSet<_> = nodes.iter().map(|it| it["code"].as_str().expect("a code")).collect();
    assert_eq!((nodes.len(), codes.len()), (MEMBERS.len(), 1), "{summary:#}");
    for (node, member) in nodes.iter().zip(MEMBERS) {
        assert!(node["organisation"].as_str().expect("a name").contains(member), "{node:#}");
        assert_eq!(
            (&node["items"], &node["sections"]),
            (&ITEMS_OF_FOUR.into(), &SECTIONS_OF_FOUR.into()),
            "{node:#}"
        );
        assert_eq!(node["divergences"], 2, "{node:#}");
        assert!(
            node["bytes_sent"].as_u64() > Some(0) && node["bytes_received"].as_u64() > Some(0),
            "{node:#}"
        );
        assert!(!node["vector"].as_object().expect("a vector").is_empty(), "{node:#}");
    }
    let divergences = summary["divergences"].as_array().expect("divergences");
    let numbers: Vec<_> = divergences.iter().map(|it| it["number"].as_str().expect("a number")).collect();
    assert_eq!(numbers, ["4.2", "5.2"]);
    let variants = divergences[0]["variants"].as_array().expect("variants");
    let authors: BTreeSet<_> =
        variants.iter().map(|it| it[1]["org_short"].as_str().expect("an author")).collect();
    assert_eq!(authors, BTreeSet::from(["Динской", "Кореновский"]));
    assert!(summary["steps"].as_array().expect("steps").len() >= 5);
    assert!(summary["bytes_exchanged"].as_u64() > Some(0));
}

fn check_names(file: &str, text: &str) {
    for member in MEMBERS {
        assert!(text.contains(member), "{file} does not name {member}");
    }
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("is written")).expect("is JSON")
}

/// The text of all XML parts of an office file; the archive must be whole.
fn texts_of_archive(path: &Path) -> String {
    let bytes = fs::read(path).expect("is written");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("is an archive");
    let mut texts = String::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).expect("a part reads");
        if part.name().expect("parts have names").ends_with(".xml") {
            texts += &std::io::read_to_string(part).expect("a part is text");
        }
    }
    texts
}
