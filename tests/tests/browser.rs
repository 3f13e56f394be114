//! The pages in a real browser: what a methodist presses, and what she sees without pressing anything.

#![cfg(unix)]

use svod_tests::binaries;
use svod_tests::browser::{Browser, Driver, ENTER};
use svod_tests::network::Network;
use svod_tests::process::{Process, command};
use svod_tests::seed::{ITEMS, MEMBERS, SECTIONS, roadmap_docx};

const TERMS: [&str; 2] = ["Сентябрь 2021", "Октябрь 2021"];

#[test]
fn a_divergence_is_seen_by_both_and_settled_by_one() {
    let Some(driver) = Driver::start() else { return };
    let mut network = Network::found(&MEMBERS[..2]);
    network.serve_all();
    network.wait_converged("both are in", |_| true);
    let [ours, theirs] = [0, 1].map(|no| {
        let browser = driver.browser();
        browser.open(network.site(no).opening());
        browser.wait_for("nav.side");
        browser
    });
    look_at_empty_pages(&ours);

    let plan = import(&ours);
    network.wait_converged("both have the roadmap", |it| it["items"] == ITEMS);
    network.relay.stop();
    let row = edit_apart(&ours, &theirs, &plan);
    network.relay.start();
    network.wait_converged("both see the divergence", |it| it["divergences"] == 1);

    for browser in [&ours, &theirs] {
        browser.visit("/divergences");
        browser.wait(".divergence .value", "shows both values", |texts| {
            TERMS.iter().all(|term| texts.iter().any(|it| it == term))
        });
    }
    look_at_full_pages(&ours, &plan, &row);

    theirs.tell_window("the same page");
    ours.visit("/divergences");
    let chosen = ours.texts(".divergence .opt .value").pop().expect("there are two");
    ours.click(".divergence .opt:last-of-type button");
    ours.wait(".divergence", "is gone", <[String]>::is_empty);
    theirs.wait(".divergence", "is gone without a reload", <[String]>::is_empty);
    assert_eq!(theirs.window_says().as_deref(), Some("the same page"));
    for browser in [&ours, &theirs] {
        browser.visit(&plan);
        browser.wait(&format!("#cell-{row}-term"), "shows the chosen term", |it| it == [chosen.clone()]);
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
}

/// Every page with a year's work on it: whole, and nothing for the browser to complain of, in either language.
#[test]
fn the_pages_of_the_demo_are_whole() {
    let Some(driver) = Driver::start() else { return };
    let home = tempfile::tempdir().expect("makes");
    let mut command = command(&binaries::svod(), home.path());
    command.args(["demo", "--no-browser"]);
    let mut demo = Process::start("demo", command);
    let opening = demo.wait_out("the lead's address", |line| {
        let at = line.find("http://127.0.0.1:")?;
        line[at..].split_whitespace().next().map(str::to_owned)
    });
    let browser = driver.browser();
    browser.open(&opening);
    browser.visit("/plans");
    let plan = browser.attribute("#plans th a", "href");
    browser.visit(&plan);
    let row = browser.attribute("#sheet tr[id^=row-]", "id").trim_start_matches("row-").to_owned();
    for (path, name) in pages(&plan, &row) {
        look(&browser, &path, &format!("demo-{name}"));
        browser.pictures(&format!("demo-{name}"));
    }
    browser.click("button[lang=en]");
    browser.wait("nav.side", "speaks English", |texts| texts.iter().any(|it| it.contains("Divergences")));
    for (path, name) in pages(&plan, &row) {
        look(&browser, &path, &format!("demo-{name}-english"));
        let said = browser.texts("body").concat();
        assert!(
            !said.contains("{$") && !said.contains("{ $"),
            "{path} has a message that was not filled: {said}"
        );
    }
    drop(browser);
    demo.terminate().expect_success("the end of the demo");
}

/// Loads the seed as a person does; gives back the plan's address.
fn import(browser: &Browser<'_>) -> String {
    browser.visit("/import");
    browser.picture("import");
    browser.type_in("input[type=file]", &roadmap_docx().display().to_string());
    browser.wait_for("table.preview");
    let counters = browser.texts("ul.counters b");
    let wanted = [ITEMS.to_string(), SECTIONS.to_string()];
    assert!(counters.starts_with(&wanted) && counters.last().is_some_and(|it| it == "0"), "{counters:?}");
    browser.picture("import-preview");
    browser.click("form[action='/import/load'] button");
    browser.wait_for("a.btn.main[href^='/plans/']");
    browser.picture("import-done");
    browser.click("a.btn.main[href^='/plans/']");
    browser.wait("#sheet tr[id^=row-]", "has every row", |rows| rows.len() as u64 == ITEMS);
    browser.path()
}

/// Both write another term into the first row, in place; gives back the row.
fn edit_apart(ours: &Browser<'_>, theirs: &Browser<'_>, plan: &str) -> String {
    let first = "#sheet tr[id^=row-] a[data-edit=term]";
    for (browser, term) in [(ours, TERMS[0]), (theirs, TERMS[1])] {
        browser.visit(plan);
        browser.click(first);
        browser.type_anew("#sheet td textarea", term);
        browser.type_in("#sheet td textarea", ENTER);
        browser.wait(first, "shows what was typed", |texts| texts.first().is_some_and(|it| it == term));
    }
    ours.attribute(first, "id").trim_start_matches("cell-").trim_end_matches("-term").to_owned()
}

fn look_at_empty_pages(browser: &Browser<'_>) {
    for (path, name) in
        [("/", "today-empty"), ("/plans", "plans-empty"), ("/divergences", "divergences-empty")]
    {
        look(browser, path, name);
    }
}

fn look_at_full_pages(browser: &Browser<'_>, plan: &str, row: &str) {
    for (path, name) in pages(plan, row) {
        look(browser, &path, name);
    }
}

/// Every page that shows a plan or is reached from the side, and what a picture of it is called.
fn pages(plan: &str, row: &str) -> [(String, &'static str); 12] {
    [
        ("/".to_owned(), "today"),
        ("/plans".to_owned(), "plans"),
        (plan.to_owned(), "plan-table"),
        (format!("{plan}/members"), "plan-members"),
        (format!("{plan}/members?item={row}"), "plan-members-item"),
        (format!("{plan}/edit"), "plan-edit"),
        (format!("{plan}/add"), "item-add"),
        (format!("{plan}/items/{row}"), "item"),
        (format!("{plan}/items/{row}/edit"), "item-edit"),
        ("/divergences".to_owned(), "divergences"),
        ("/report".to_owned(), "report"),
        ("/network".to_owned(), "network"),
    ]
}

/// Opens a page: it is a whole one, and the browser has nothing to complain of.
fn look(browser: &Browser<'_>, path: &str, name: &str) {
    browser.visit(path);
    browser.wait_for("main#content h1, main#content h2");
    assert_eq!(browser.complaints(), Vec::<String>::new(), "{path}");
    browser.picture(name);
}
