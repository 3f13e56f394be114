//! Markup that people type, in a real browser: no dialog opens, and the policy of the pages has nothing to report.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;

use svod_tests::browser::Driver;
use svod_tests::html::tags;
use svod_tests::network::Network;

/// What a browser would run if a page let it.
const CORPUS: [&str; 6] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</textarea><svg onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "</title><iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
];
/// Pages of a plan of six rows.
const PAGES_MAX: usize = 80;

#[test]
fn no_browser_runs_what_people_type() {
    let Some(driver) = Driver::start() else { return };
    let mut network = Network::found(&["<img src=x onerror=alert(1)>"]);
    let table = network.site(0).data().join("table.csv");
    fs::write(&table, typed()).expect("a file can be written");
    network.site(0).svod(&["import", &table.display().to_string()]).expect_success("import");
    network.serve_all();
    let site = network.site(0);
    let (visitor, browser) = (site.visitor(), driver.browser());
    browser.open(site.opening());
    browser.wait_for("nav.side");
    let (mut seen, mut pages, mut shown) = (BTreeSet::new(), vec!["/".to_owned()], BTreeSet::<&str>::new());
    while let Some(page) = pages.pop() {
        let path = page.split('#').next().unwrap_or_default().to_owned();
        let is_file = path.contains("/export/") || path.contains("/download/");
        if !path.starts_with('/') || is_file || !seen.insert(path.clone()) || seen.len() > PAGES_MAX {
            continue;
        }
        let html = visitor.page(&path);
        pages.extend(tags(&html).iter().filter(|it| it.name == "a").map(|it| it.value("href")));
        browser.visit(&path);
        browser.wait_for("main");
        let said = browser.texts("body").concat();
        shown.extend(CORPUS.iter().filter(|it| said.contains(**it)));
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{path}");
    }
    assert!(seen.len() > 12, "{seen:?}");
    assert_eq!(shown.len(), CORPUS.len(), "people read what they typed: {shown:?}");
}

fn typed() -> String {
    let mut table = "№;Мероприятия;Сроки выполнения;Целевая аудитория;Ответственный\r\n".to_owned();
    for (row, text) in (1..).zip(CORPUS) {
        table += &format!("1.{row};{text};{text};{text};{text}\r\n");
    }
    table
}
