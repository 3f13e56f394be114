//! What the joint report costs: real stores of 44 centres over ten years of half-years, 30 indicators each, and of five
//! centres over one half-year.
//!
//! ```text
//! cargo run --release -p svod-tests --bin bench-report [-- --quick]
//! ```
//!
//! Every centre has a store with keys of its own, enters its figures, signs and submits; the lead takes all of it, compiles,
//! freezes, writes every file and verifies. With `--quick`, two years instead of ten.

#![expect(clippy::print_stdout, reason = "this is a command; it says what it measured")]

use std::error::Error;
use std::time::{Duration, Instant};
use std::{env, fs};

use svod_node::acts::report::cell_of;
use svod_node::acts::verify::verify;
use svod_node::domain::aggregate::over_time;
use svod_node::domain::indicator::{Aggregation, Edition, Passport, first_edition};
use svod_node::domain::period::{Half, Period};
use svod_node::folder::Folder;
use svod_node::i18n::{Catalog, Lang};
use svod_node::reports::html;
use svod_node::reports::joint::{self, Joint};
use svod_node::store::{Clock, FoundNetwork, LetterAnswer, OpenCampaign, Store, Typed};
use svod_shared::entry::Record;
use svod_shared::id::{DocId, OrgNo};
use svod_shared::letter::Names;
use tempfile::TempDir;

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let years = if env::args().any(|it| it == "--quick") { 2 } else { 10 };
    println!(
        "| what | 5 centres, 13 indicators, 1 half-year | 44 centres, 30 indicators, {} half-years |",
        years * 2
    );
    println!("|---|---:|---:|");
    let small = measure(5, first_edition(), 1)?;
    let large = measure(44, edition_of(30), years * 2)?;
    for ((what, small), (_, large)) in small.iter().zip(&large) {
        println!("| {what} | {small} | {large} |");
    }
    println!("| peak memory of the process, all stores in it | – | {} MiB |", peak_memory_kib()? / 1024);
    Ok(())
}

/// The edition that ships, made longer by indicators of its own kinds; events stay one.
fn edition_of(count: usize) -> Edition {
    let mut edition = first_edition();
    let kinds: Vec<_> = edition
        .passports
        .iter()
        .filter(|it| it.aggregation != Aggregation::DistinctEvents)
        .cloned()
        .collect();
    for n in 0.. {
        if edition.passports.len() >= count {
            break;
        }
        let Some(kind) = kinds.get(n % kinds.len()) else { break };
        edition.passports.push(Passport { code: format!("7.{}", n + 1), at_least: None, ..kind.clone() });
    }
    edition
}

struct Network {
    lead: Store,
    members: Vec<Store>,
    _dirs: Vec<TempDir>,
}

fn founded(centres: usize) -> Done<Network> {
    let dir = tempfile::tempdir()?;
    let terms = FoundNetwork {
        network: "Сеть".into(),
        name: "ИМЦ, район 1".into(),
        short: "Район 1".into(),
        label: "кабинет".into(),
        basis: String::new(),
        relay: None,
    };
    let (mut lead, _) = Store::found(Folder::create(&dir.path().join("data"))?, &terms, Clock::system())?;
    let (mut members, mut dirs) = (Vec::new(), vec![dir]);
    for n in 2..=centres {
        let (name, short) = (format!("ИМЦ, район {n}"), format!("Район {n}"));
        let ticket = lead.invite(&name, "договор")?;
        let dir = tempfile::tempdir()?;
        let names = Names { name: &name, short: &short, label: "кабинет" };
        let member =
            Store::join(Folder::create(&dir.path().join("data"))?, &ticket, names, None, Clock::system())?;
        let (_, letter) = member.joining()?.ok_or("is not joining")?;
        if lead.answer_letter(&letter)? != LetterAnswer::Admitted {
            return Err("was not admitted".into());
        }
        members.push(member);
        dirs.push(dir);
    }
    Ok(Network { lead, members, _dirs: dirs })
}

fn records(store: &Store) -> Done<Vec<Record>> {
    let mut all = Vec::new();
    for head in store.heads()? {
        all.extend(store.records(&head.feed, 0, usize::MAX)?);
    }
    Ok(all)
}

/// Half-years from the first of 2022 on.
fn periods(count: usize) -> Vec<Period> {
    let halves =
        (2022..).flat_map(|year| [Half::First, Half::Second].map(|half| Period::half_year(year, half)));
    halves.flatten().take(count).collect()
}

fn fill(store: &mut Store, campaign: DocId, edition: &Edition, n: usize) -> Done<()> {
    let text = |passport: &Passport| match passport.aggregation {
        Aggregation::Sum | Aggregation::LastStock => format!("{}", 100 + n),
        Aggregation::RatioOfSums => format!("{n}/{}", n + 20),
        Aggregation::Distribution => {
            passport.categories.iter().map(|_| n.to_string()).collect::<Vec<_>>().join(";")
        }
        Aggregation::DistinctEvents => {
            format!(
                "2022-03-17 Сетевой методический вебинар\n2022-04-12 Семинар района {n}\n2022-05-13 Методический день района {n}"
            )
        }
    };
    let typed = edition.passports.iter().map(|it| Typed {
        code: it.code.clone(),
        text: text(it),
        note: None,
        seen: Vec::new(),
    });
    store.enter_figures(campaign, &typed.collect::<Vec<_>>(), None, None)?;
    store.submit(campaign)?;
    Ok(())
}

fn measure(centres: usize, edition: Edition, halves: usize) -> Done<Vec<(&'static str, String)>> {
    let mut network = founded(centres)?;
    let mut lines = Vec::new();
    network.lead.publish_indicators(&edition)?;
    let mut campaigns = Vec::new();
    for period in periods(halves) {
        let terms = OpenCampaign {
            title: "Совместный отчёт".into(), period, due: None, joined: Vec::new()
        };
        campaigns.push(network.lead.open_campaign(&terms)?);
    }
    let (statements, opened) = (network.lead.roster().statements(0).to_vec(), records(&network.lead)?);
    for member in &mut network.members {
        member.receive_statements(&statements)?;
        member.receive(opened.clone())?;
    }
    let begun = Instant::now();
    for campaign in &campaigns {
        fill(&mut network.lead, *campaign, &edition, 1)?;
        for (n, member) in (2..).zip(&mut network.members) {
            fill(member, *campaign, &edition, n)?;
        }
    }
    let forms = u32::try_from(centres * halves)?;
    lines.push(("a form entered, signed and submitted", ms(begun.elapsed() / forms)));
    let begun = Instant::now();
    for member in &network.members {
        network.lead.receive(records(member)?)?;
    }
    lines.push(("the lead takes everybody's forms, all together", ms(begun.elapsed())));
    lines.extend(report(&mut network.lead, &campaigns, &edition)?);
    Ok(lines)
}

fn report(lead: &mut Store, campaigns: &[DocId], edition: &Edition) -> Done<Vec<(&'static str, String)>> {
    let newest = *campaigns.last().ok_or("no campaign")?;
    let mut lines = Vec::new();
    let begun = Instant::now();
    lead.campaign(&newest)?.ok_or("no campaign")?;
    lines.push(("what the page of one half-year reads, signatures checked", ms(begun.elapsed())));
    let begun = Instant::now();
    lead.draft_report(&newest, "")?;
    lines.push(("compiling one report", ms(begun.elapsed())));
    let begun = Instant::now();
    for campaign in campaigns {
        lead.freeze_report(*campaign, "Сеть работала по плану.")?;
    }
    lines.push(("compiling and freezing all reports", ms(begun.elapsed())));
    let begun = Instant::now();
    let file = lead.report_file(&newest, 1)?;
    lines.push(("the file to verify", ms(begun.elapsed())));
    lines.push(("its size", format!("{} KiB", file.len() / 1024)));
    let begun = Instant::now();
    let verdict = verify(&file, None);
    lines.push(("verifying it", ms(begun.elapsed())));
    if !verdict.is_valid() {
        return Err(format!("does not verify: {:?}", verdict.findings).into());
    }
    lines.push(("figures worked out again", verdict.figures.to_string()));
    lines.extend(outputs(&Joint::frozen(&lead.frozen_report(&newest, 1)?))?);
    let begun = Instant::now();
    let cells = over_years(lead, campaigns, edition)?;
    lines.push((
        "every centre's indicators over all half-years",
        format!("{} ({cells} figures)", ms(begun.elapsed())),
    ));
    Ok(lines)
}

fn outputs(joint: &Joint) -> Done<Vec<(&'static str, String)>> {
    let t = Catalog::of(Lang::Ru);
    let mut lines = Vec::new();
    let mut timed = |what, write: &dyn Fn() -> Done<Vec<u8>>| -> Done<()> {
        let begun = Instant::now();
        let bytes = write()?;
        lines.push((what, format!("{}, {} KiB", ms(begun.elapsed()), bytes.len() / 1024)));
        Ok(())
    };
    timed("Word", &|| Ok(joint::docx(joint, t)?))?;
    timed("Excel", &|| Ok(joint::xlsx::xlsx(joint, t)?))?;
    timed("HTML", &|| Ok(html::joint_page(joint, t).into_bytes()))?;
    timed("CSV", &|| Ok(joint::csv(joint, t)))?;
    timed("JSON", &|| Ok(joint.report.to_text().into_bytes()))?;
    Ok(lines)
}

/// Each organisation's figures over all periods; gives how many there are.
fn over_years(lead: &Store, campaigns: &[DocId], edition: &Edition) -> Done<usize> {
    let reports =
        campaigns.iter().map(|it| Ok(lead.frozen_report(it, 1)?.report)).collect::<Done<Vec<_>>>()?;
    let orgs: Vec<_> =
        reports.first().map(|it| it.members.iter().map(|it| OrgNo(it.org)).collect()).unwrap_or_default();
    let mut count = 0;
    for passport in &edition.passports {
        for at in 0..orgs.len() {
            let text = |it: &svod_node::acts::Report| {
                it.figure(&passport.code).and_then(|it| it.cells.get(at).cloned())
            };
            let cells =
                reports.iter().filter_map(text).filter_map(|it| Some((passport, cell_of(passport, &it)?)));
            count += usize::from(over_time(&cells.collect::<Vec<_>>())?.figure().is_some());
        }
    }
    Ok(count)
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn peak_memory_kib() -> Done<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).ok_or("no peak")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
