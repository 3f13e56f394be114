//! Invented surnames are typed into every text field of every form and loaded with a table, at trace level, with the
//! traffic passing a proxy that keeps it. They may be found in the databases, and nowhere else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use svod_tests::binaries;
use svod_tests::html::tags;
use svod_tests::http::Visitor;
use svod_tests::network::free_udp_port;
use svod_tests::process::{Ended, Process, command};
use svod_tests::proxy::Proxy;
use svod_tests::wait::{holds, wait_until};

/// In Cyrillic and in Latin letters: what escapes the one does not escape the other.
const CANARY: &str = "Канарейкин Zyablikov7q";

/// The ways in which a program could write a canary down.
fn needles() -> Vec<Vec<u8>> {
    let mut needles = Vec::new();
    for name in CANARY.split(' ') {
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let escaped: String = name.bytes().map(|it| format!("%{it:02X}")).collect();
        let debug: String = name.chars().flat_map(char::escape_unicode).collect();
        needles.extend([name.as_bytes().to_vec(), utf16, escaped.into_bytes(), debug.into_bytes()]);
    }
    needles
}

fn holds_a_canary(bytes: &[u8]) -> bool {
    needles().iter().any(|needle| bytes.windows(needle.len()).any(|it| it == needle))
}

#[test]
fn the_search_finds_every_way_to_write_a_canary_down() {
    for text in needles() {
        let mut around = b"before ".to_vec();
        around.extend(text);
        assert!(holds_a_canary(&around));
    }
    assert!(!holds_a_canary("Канарейка zyablik".as_bytes()));
}

/// A program with a folder of its own, and another one for its temporary files.
struct Place {
    home: PathBuf,
}

impl Place {
    fn new(folder: &Path, name: &str) -> Self {
        let home = folder.join(name);
        fs::create_dir_all(home.join("tmp")).expect("a folder can be made");
        Self { home }
    }

    fn command(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = command(program, &self.home);
        command
            .env("SVOD_LOG", "trace")
            .env("SVOD_RELAY_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("TMPDIR", self.home.join("tmp"));
        command.args(args).arg("--data").arg(self.home.join("data"));
        command
    }

    fn svod(&self, args: &[&str]) -> Ended {
        Process::start(&args.join(" "), self.command(&binaries::svod(), args)).wait()
    }

    /// Starts the node; gives the process and its visitor.
    fn serve(&self) -> (Process, Visitor) {
        let args = ["serve", "--no-browser", "--listen", "127.0.0.1:0"];
        let mut process = Process::start("node", self.command(&binaries::svod(), &args));
        let opening =
            process.wait_out("its address", |it| it.starts_with("http://127.0.0.1:").then(|| it.to_owned()));
        (process, Visitor::open(&opening))
    }

    /// Files with a canary in them, under the home.
    fn files_with_a_canary(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.home.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder can be read") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if holds_a_canary(&fs::read(&path).expect("a file can be read")) {
                    found.insert(path.file_name().expect("a name").to_string_lossy().into_owned());
                }
            }
        }
        found
    }

    fn temporary_files(&self) -> usize {
        fs::read_dir(self.home.join("tmp")).expect("a folder can be read").count()
    }
}

#[test]
fn what_people_type_stands_in_no_log_no_temporary_file_and_in_clear_on_no_line() {
    let folder = tempfile::tempdir().expect("makes");
    let [lead, member, relay] = ["lead", "member", "relay"].map(|it| Place::new(folder.path(), it));
    let proxy = Proxy::start(free_udp_port());
    let mut logs = Vec::new();
    let mut said = |ended: Ended| {
        logs.push(ended.err.clone());
        ended.expect_success("a command")
    };

    let key = said(Process::start("key", relay.command(&binaries::svod_relay(), &["key"])).wait());
    let address = proxy.address().to_string();
    let names = ["--name", "Методический центр", "--short", "Центр", "--label", "Рабочий компьютер"];
    let founding = ["init", "--lead", "--network", "Сеть", "--relay", &address, "--relay-key", key.trim()];
    let network = said(lead.svod(&[&founding[..], &names].concat()));
    let network = network.lines().last().unwrap_or_default().to_owned();
    let listen = proxy.behind().to_string();
    let serving = ["serve", "--listen", &listen, "--network", &network];
    let mut serving = Process::start("relay", relay.command(&binaries::svod_relay(), &serving));
    serving.wait_err("that it listens", |it| it.contains("listening").then_some(()));
    let ticket = said(lead.svod(&["invite", "Методический центр, второй район"]));
    said(member.svod(&[&["join", ticket.trim(), "--no-wait"][..], &names].concat()));

    let table = lead.home.join("tmp").join("table.csv");
    fs::write(&table, table_with_canaries()).expect("a file can be written");
    said(lead.svod(&["import", &table.display().to_string()]));
    fs::remove_file(&table).expect("a file can be removed");
    let (node, visitor) = lead.serve();
    let (other, _) = member.serve();
    let uploaded = visitor.upload("/import", "таблица.csv", table_with_canaries().as_bytes());
    assert_eq!(uploaded.status, 200, "{}", uploaded.body);
    let (forms, endings) = forms_everywhere(&visitor);
    let mut saved = type_canaries(&visitor, &forms);

    // The search can fail: what was typed has reached the databases of both, and the relay, which keeps it in clear.
    wait_until("the member has what was typed", || {
        let found = member.files_with_a_canary();
        holds(found.iter().any(|it| it.starts_with("svod.db")), || format!("{found:?}"))
    });
    assert!(lead.files_with_a_canary().iter().any(|it| it.starts_with("svod.db")));
    // A decision can end the member's part in the network, so the member has to have heard of everything before.
    saved += type_canaries(&visitor, &endings);
    let sent = forms.len() + endings.len();
    assert!(sent >= 8 && saved >= 5, "{sent} forms were sent, {saved} were saved");

    logs.extend([node.said(), other.said(), serving.said()]);
    logs.extend([node.kill(), other.kill(), serving.kill()].map(|it| it.err));
    for place in [&lead, &member] {
        let elsewhere: Vec<_> = place
            .files_with_a_canary()
            .into_iter()
            .filter(|it| !it.starts_with("svod.db") && it != "people.json")
            .collect();
        assert_eq!((elsewhere, place.temporary_files()), (Vec::<String>::new(), 0));
    }
    assert_eq!(relay.temporary_files(), 0);
    let traced = logs.iter().filter(|it| it.contains("TRACE")).count();
    assert!(traced >= 3, "nodes and relay speak of everything they do: {traced}");
    for log in &logs {
        let line = log.lines().find(|it| holds_a_canary(it.as_bytes()));
        assert_eq!(line, None);
    }
    let traffic = proxy.seen();
    assert!(traffic.len() > 4096, "{} bytes went over the line", traffic.len());
    assert!(!holds_a_canary(&traffic));
}

fn table_with_canaries() -> String {
    let mut table = "№;Мероприятия;Сроки выполнения;Целевая аудитория;Ответственный\r\n".to_owned();
    for row in 1..=4 {
        table += &format!("1.{row};Семинар {row}, {CANARY};Март 2022;Участники {CANARY};{CANARY} {row}\r\n");
    }
    table
}

/// A form with a text field in it, filled in.
struct Filled {
    action: String,
    body: String,
}

/// The forms with a text field of every page that links lead to, with canaries in all of them: those that leave
/// everything running, and those that end something for somebody.
fn forms_everywhere(visitor: &Visitor) -> (Vec<Filled>, Vec<Filled>) {
    let (mut known, mut pages) = (BTreeSet::new(), vec!["/".to_owned(), "/people".to_owned()]);
    let mut forms: Vec<Filled> = Vec::new();
    while let Some(page) = pages.pop() {
        let path = page.split('#').next().unwrap_or_default().to_owned();
        let is_file = path.contains("/export/") || path.contains("/download/");
        if !path.starts_with('/') || is_file || !known.insert(path.clone()) || known.len() > PAGES_MAX {
            continue;
        }
        let answer = visitor.request("GET", &path, None);
        assert!(answer.status < 500, "{path}: {}", answer.body);
        pages.extend(tags(&answer.body).iter().filter(|it| it.name == "a").map(|it| it.value("href")));
        forms.extend(fill_in(&answer.body));
    }
    forms.sort_by_key(|it| order_of(&it.action));
    forms.dedup_by(|a, b| a.action == b.action);
    forms.into_iter().partition(|it| order_of(&it.action).0 < ENDING)
}

/// Sends the forms in order; says how many were saved.
fn type_canaries(visitor: &Visitor, forms: &[Filled]) -> usize {
    let mut saved = 0;
    for form in forms {
        let status = visitor.request("POST", &form.action, Some(&form.body)).status;
        assert!(status < 500, "POST {}: {status}", form.action);
        saved += usize::from(status < 400);
    }
    saved
}

/// Far more than this table's pages: a walk that does not end is noticed.
const PAGES_MAX: usize = 200;

/// From here on forms end something for somebody.
const ENDING: u8 = 2;

/// What ends something comes last: a deleted item has no other forms, a computer whose feed was closed writes no more, and
/// once somebody is listed, all are asked.
fn order_of(action: &str) -> (u8, String) {
    let last = match action {
        _ if action.starts_with("/people") => 3,
        "/network/say" => ENDING,
        _ => u8::from(action.ends_with("/delete")),
    };
    (last, action.to_owned())
}

fn fill_in(page: &str) -> Vec<Filled> {
    let mut filled = Vec::new();
    let mut open: Option<(String, Vec<String>, bool)> = None;
    for tag in tags(page) {
        let name = tag.value("name");
        match (tag.name.as_str(), &mut open) {
            ("form", _) if tag.value("enctype").is_empty() && tag.value("method") == "post" => {
                open = Some((tag.value("action"), Vec::new(), false));
            }
            ("/form", Some((action, fields, has_text))) => {
                if *has_text {
                    filled.push(Filled { action: action.clone(), body: fields.join("&") });
                }
                open = None;
            }
            ("input" | "textarea", Some((_, fields, has_text))) if !name.is_empty() => {
                let kind = tag.value("type");
                let is_text = tag.name == "textarea" || matches!(kind.as_str(), "" | "text" | "search");
                let value = if is_text { CANARY.to_owned() } else { tag.value("value") };
                *has_text |= is_text;
                fields.push(format!("{name}={}", escape(&value)));
            }
            _ => {}
        }
    }
    filled
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|it| if it.is_ascii_alphanumeric() { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}
