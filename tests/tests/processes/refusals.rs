//! Bad input: one plain sentence that says what to do, an exit code that is not zero, and nothing changed.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use svod_tests::network::{Network, Relay, Site};
use svod_tests::process::Ended;
use svod_tests::say;
use svod_tests::seed::{MEMBERS, roadmap_docx};
use tempfile::TempDir;

/// The command failed with one sentence about `about` and printed nothing else.
fn check(ended: &Ended, about: &str) {
    assert!(!ended.status.success(), "it must fail: {ended:?}");
    assert!(ended.status.code().is_some(), "it must not be killed: {ended:?}");
    let sentence = ended.err.trim_end();
    assert!(!sentence.is_empty() && !sentence.contains('\n'), "one sentence: {ended:?}");
    assert!(sentence.to_lowercase().contains(about), "about «{about}»: {ended:?}");
    assert!(sentence.ends_with('.'), "a whole sentence: {ended:?}");
    let is_debug = ["panicked", "Error(", "Some(", "cli-error", "::"].iter().any(|it| sentence.contains(it));
    assert!(!is_debug, "plain words: {ended:?}");
}

/// The same, and neither the folder's files nor what the node says of itself has changed.
fn check_unchanged(site: &Site, args: &[&str], about: &str) {
    let before = site.status();
    check(&site.svod(args), about);
    assert_eq!(site.status(), before, "{args:?} changed something");
}

/// Everything in a folder but the lock, which says nothing.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let paths = entries.map(|it| it.expect("an entry").path());
    paths
        .flat_map(|it| {
            if it.is_dir() {
                files(&it)
            } else {
                BTreeMap::from([(it.clone(), fs::read(&it).expect("reads"))])
            }
        })
        .filter(|(path, _)| path.file_name().is_some_and(|it| it != "lock"))
        .collect()
}

/// A lead's node without a relay that anybody could reach.
fn lead() -> (TempDir, Site) {
    let folder = tempfile::tempdir().expect("makes");
    let relay = Relay::new(folder.path());
    let site = Site::new(folder.path(), 0, MEMBERS[0]);
    site.init_lead(relay.addresses(), &relay.key());
    (folder, site)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("writes");
    path.display().to_string()
}

#[test]
fn a_ticket_that_is_none_or_was_damaged_is_refused() {
    let (folder, lead) = lead();
    let ticket = lead.invite("Методический центр");
    let newcomer = Site::new(folder.path(), 1, MEMBERS[1]);
    let middle = ticket.len() / 2;
    let sign = if ticket[middle..].starts_with('2') { "3" } else { "2" };
    let damaged = format!("{}{sign}{}", &ticket[..middle], &ticket[middle + 1..]);
    for wrong in ["приглашение", &damaged, &ticket[..middle]] {
        check(&newcomer.join(wrong), "приглашени");
        assert_eq!(files(&newcomer.data()), BTreeMap::new(), "{wrong} left something behind");
    }
}

#[test]
fn a_second_process_on_a_folder_is_told_so() {
    let (_folder, mut lead) = lead();
    lead.serve();
    let file = roadmap_docx().display().to_string();
    for args in
        [&["serve", "--no-browser", "--listen", "127.0.0.1:0"][..], &["import", &file], &["invite", "x"]]
    {
        check_unchanged(&lead, args, "занят");
    }
}

#[test]
fn a_port_in_use_is_told_and_nothing_is_served() {
    let (_folder, lead) = lead();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("has an address").to_string();
    check_unchanged(&lead, &["serve", "--no-browser", "--listen", &address], "занят");
}

#[test]
fn a_page_for_the_whole_network_is_refused() {
    let (_folder, lead) = lead();
    check_unchanged(&lead, &["serve", "--no-browser", "--listen", "0.0.0.0:0"], "127.0.0.1");
}

#[test]
fn a_damaged_database_is_told_and_left_as_it_is() {
    let (_folder, lead) = lead();
    let database = lead.data().join("svod.db");
    fs::write(&database, "это не база данных, а письмо ".repeat(500)).expect("writes");
    let before = files(&lead.data());
    for args in [&["status"][..], &["serve", "--no-browser", "--listen", "127.0.0.1:0"], &["invite", "x"]] {
        check(&lead.svod(args), "повреж");
        assert_eq!(files(&lead.data()), before, "{args:?} touched the damaged file");
    }
}

#[test]
fn a_table_that_cannot_be_read_is_refused_whole() {
    let (folder, lead) = lead();
    let whole = fs::read(roadmap_docx()).expect("the seed is there");
    let cut = write(folder.path(), "обрыв.docx", &whole[..whole.len() / 2]);
    let letter =
        write(folder.path(), "письмо.csv", "Уважаемые коллеги;добрый день\nпросим;прислать\n".as_bytes());
    let picture = write(folder.path(), "снимок.docx", b"\x89PNG\r\n\x1a\n0000");
    for (file, about) in [(cut, "файл"), (letter, "граф"), (picture, "файл")] {
        check_unchanged(&lead, &["import", &file], about);
    }
    check_unchanged(&lead, &["import", "нет-такого.docx"], "файл");
}

#[test]
fn words_are_english_where_they_are_wanted_english() {
    let (_folder, lead) = lead();
    check_unchanged(&lead, &["--lang", "en", "import", "missing.docx"], "missing.docx");
    let ended = lead.svod(&["--lang", "en", "import", "missing.docx"]);
    assert!(ended.err.is_ascii(), "{ended:?}");
}

#[test]
fn a_ticket_that_somebody_has_used_admits_nobody_else() {
    let mut network = Network::found(&MEMBERS[..1]);
    let ticket = network.lead().invite("Методический центр");
    let folder = tempfile::tempdir().expect("makes");
    let [first, second] = [1, 2].map(|no| Site::new(folder.path(), no, MEMBERS[no]));
    for site in [&first, &second] {
        site.join(&ticket).expect_success("join");
    }
    network.lead().serve();
    first.svod(&["exchange"]).expect_success("the first one's exchange");
    assert_eq!(first.status()["admitted"], true);
    check_unchanged(&second, &["exchange"], "приглашени");
    assert_eq!(second.status()["admitted"], false);
}

#[test]
fn a_key_that_the_lead_did_not_invite_is_not_admitted() {
    let mut network = Network::found(&MEMBERS[..1]);
    let folder = tempfile::tempdir().expect("makes");
    let thief = Site::new(folder.path(), 0, MEMBERS[0]);
    copy(&network.lead().data(), &thief.data());
    let stranger = Site::new(folder.path(), 1, MEMBERS[1]);
    stranger.join(&thief.invite("Методический центр")).expect_success("join");
    network.lead().serve();
    check_unchanged(&stranger, &["exchange"], "не выдавал такого приглашения");
    assert_eq!(stranger.status()["admitted"], false);
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let copy = to.join(path.strip_prefix(from).expect("lies in it"));
        fs::create_dir_all(copy.parent().expect("lies in a folder")).expect("makes");
        fs::write(copy, bytes).expect("writes");
    }
}

#[test]
fn a_node_of_another_network_is_not_served() {
    let network = Network::found(&MEMBERS[..1]);
    let folder = tempfile::tempdir().expect("makes");
    let stranger = Site::new(folder.path(), 1, MEMBERS[1]);
    stranger.init_lead(network.relay.addresses(), &network.relay.key());
    check_unchanged(&stranger, &["exchange"], "сет");
}

#[test]
fn a_full_disk_is_told_and_the_node_goes_on_with_what_it_has() {
    let Some(disk) = SmallDisk::mount() else {
        say("full disk passed over: only root can mount a small one");
        return;
    };
    let lead = Site::new(disk.folder.path(), 0, MEMBERS[0]);
    let relay = Relay::new(disk.folder.path());
    lead.init_lead(relay.addresses(), &relay.key());
    let before = lead.status();
    disk.fill();
    check(&lead.svod(&["import", &roadmap_docx().display().to_string()]), "мест");
    disk.free();
    assert_eq!(lead.status(), before);
    lead.svod(&["import", &roadmap_docx().display().to_string()]).expect_success("import with room again");
}

/// A disk of a few megabytes in memory.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// `None` where this user may not.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("makes");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|it| it.status.success());
        mounted.then_some(Self { folder })
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let ballast = fs::File::create(self.ballast()).expect("a file can be made");
        let mut room = std::io::repeat(0);
        let error = std::io::copy(&mut room, &mut { ballast }).expect_err("the disk ends");
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }

    /// Gives the room back.
    fn free(&self) {
        fs::remove_file(self.ballast()).expect("the file can be removed");
    }

    fn ballast(&self) -> PathBuf {
        self.folder.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a child that is just ending may still hold a file.
        drop(Command::new("umount").arg("-l").arg(self.folder.path()).status());
    }
}
