//! A network without a line: everything, the joining too, goes by file.

#![cfg(unix)]

use std::path::PathBuf;

use svod_tests::browser::Driver;
use svod_tests::network::Site;
use svod_tests::seed::{ITEMS, roadmap_docx};
use tempfile::TempDir;

const NAMES: [&str; 2] = ["Выселковский", "Динской"];

/// Two centres and the drive that is carried between them.
struct Offline {
    lead: Site,
    member: Site,
    drive: TempDir,
}

impl Offline {
    /// A lead with the roadmap, and a member that it has admitted by file.
    fn found() -> Self {
        let drive = tempfile::tempdir().expect("a temporary folder can be made");
        let [lead, member] = [0, 1].map(|no| Site::new(drive.path(), no, NAMES[no]));
        let found = Self { lead, member, drive };
        let names = ["--name", "ИМЦ, Выселковский район", "--short", NAMES[0]];
        found.lead(&[["init", "--lead", "--network", "Сеть"].as_slice(), &names].concat());
        found.lead(&["import", &roadmap_docx().display().to_string()]);
        let ticket = found.lead.invite("ИМЦ, Динской район");
        let (request, answer) = (found.file("заявка"), found.file("ответ.svod"));
        let names = ["--name", "ИМЦ, Динской район", "--short", NAMES[1]];
        let asked = found.member(&[["join", &ticket, "--out", &request].as_slice(), &names].concat());
        let admitted = found.lead(&["admit", &request, "--out", &answer]);
        assert_eq!(words(&asked), words(&admitted), "both screens show the same words");
        found.member(&["packet", "read", &answer]);
        found
    }

    fn file(&self, name: &str) -> String {
        let path: PathBuf = self.drive.path().join(name);
        path.display().to_string()
    }

    fn lead(&self, args: &[&str]) -> String {
        self.lead.svod(args).expect_success("the lead's svod")
    }

    fn member(&self, args: &[&str]) -> String {
        self.member.svod(args).expect_success("the member's svod")
    }
}

/// The words for comparing by telephone.
fn words(said: &str) -> &str {
    let line = said.lines().find_map(|it| it.split_once("Слова для сверки по телефону: "));
    line.unwrap_or_else(|| panic!("no words in {said}")).1
}

#[test]
fn the_lead_decides_about_members_and_passes_on_by_files_alone() {
    let net = Offline::found();
    let suspend = ["member", "suspend", "Динской", "--basis", "приказ № 7"];
    let unsure = net.lead.svod(&suspend);
    assert!(!unsure.status.success() && unsure.out.contains("приостановить участие"), "{}", unsure.out);
    net.lead(&[&suspend[..], &["--yes"]].concat());
    assert!(net.lead(&["member", "list"]).contains("приостановлен"));
    let twice = net.lead.svod(&[&suspend[..], &["--yes"]].concat());
    assert!(!twice.status.success() && twice.err.contains("Это уже так"), "{}", twice.err);
    net.lead(&["member", "readmit", "2", "--basis", "приказ № 8", "--yes"]);
    let news = net.file("решения.svod");
    net.lead(&["packet", "write", "--for", "Динской", "--out", &news]);
    net.member(&["packet", "read", &news]);

    let (offer, signed) = (net.file("предложение"), net.file("подписано.svod"));
    net.member(&["lead", "transfer", "--offer", &offer, "--basis", "приказ № 144"]);
    net.lead(&["lead", "transfer", "--sign", &offer, "--yes"]);
    net.lead(&["packet", "write", "--for", "Динской", "--out", &signed]);
    net.member(&["packet", "read", &signed]);
    net.member(&["member", "suspend", "Выселковский", "--basis", "приказ № 9", "--yes"]);

    let evidence = net.file("доказательства.json");
    net.member(&["evidence", &evidence]);
    let text = std::fs::read_to_string(&evidence).expect("reads");
    assert!(text.contains("svod-evidence-1"), "{text}");
}

#[test]
fn a_network_lives_by_files_alone() {
    let net = Offline::found();
    let (lead, member) = (net.lead.status(), net.member.status());
    assert_eq!((&lead["code"], &lead["items"]), (&member["code"], &ITEMS.into()));

    let back = net.file("обратно.svod");
    net.member(&["packet", "write", "--for", "выселковский", "--out", &back]);
    assert_eq!(net.lead.status()["unconfirmed"], 1);
    let dry = net.lead(&["packet", "read", &back, "--dry-run"]);
    assert!(dry.contains("Ничего не записано"), "{dry}");
    assert_eq!(net.lead.status()["unconfirmed"], 1, "a look keeps nothing");
    let read = net.lead(&["packet", "read", &back]);
    assert!(read.contains("Записал ИМЦ, Динской район"), "{read}");
    assert_eq!(net.lead.status()["unconfirmed"], 0);

    let damaged = net.file("повреждён.svod");
    let mut bytes = std::fs::read(&back).expect("reads");
    bytes[50] ^= 1;
    std::fs::write(&damaged, bytes).expect("writes");
    let refused = net.lead.svod(&["packet", "read", &back, &damaged]);
    assert!(!refused.status.success() && refused.err.contains("подпись не сходится"), "{}", refused.err);
    let unknown = net.lead.svod(&["packet", "write", "--for", "Марс", "--out", &back]);
    assert!(!unknown.status.success() && unknown.err.contains("Динской"), "{}", unknown.err);
}

#[test]
fn a_file_is_looked_at_and_taken_in_the_browser() {
    let Some(driver) = Driver::start() else { return };
    let mut net = Offline::found();
    let table = net.file("plan.csv");
    net.lead(&["export", "--out", &table]);
    let text = std::fs::read_to_string(&table).expect("reads");
    std::fs::write(&table, text.replacen("Март", "Апрель", 2)).expect("writes");
    net.lead(&["import", &table]);
    let file = net.file("packet.svod");
    net.lead(&["packet", "write", "--for", "Динской", "--out", &file]);

    net.member.serve();
    let browser = driver.browser();
    browser.open(net.member.opening());
    browser.visit("/network");
    browser.wait_for("#packet form");
    browser.picture("packet-network");
    browser.visit("/network/packet");
    browser.picture("packet");
    browser.type_in("input[type=file]", &table);
    browser.wait_for(".problem");
    browser.picture("packet-refused");
    browser.type_in("input[type=file]", &file);
    browser.wait_for("form[action='/network/packet/take']");
    browser.picture("packet-preview");
    assert!(!browser.texts(".card.list .row").is_empty(), "what changes is said in words");
    let before = net.member.status()["code"].clone();
    browser.click("form[action='/network/packet/take'] button");
    browser.wait_for("div.card.empty[role=status]");
    browser.picture("packet-done");
    assert_ne!(net.member.status()["code"], before);
    assert_eq!(net.member.status()["code"], net.lead.status()["code"]);
    // The refused file was answered with 422, which the browser notes; nothing else.
    let complaints = browser.complaints();
    assert!(complaints.iter().all(|it| it.contains("422")), "{complaints:?}");
}
