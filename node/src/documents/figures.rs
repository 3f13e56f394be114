//! Documents of figures: editions of indicators and campaigns, which the lead owns, and value sheets, each of which one
//! organisation owns in one campaign.
//!
//! Everything in them has a natural key and is a scalar under a path:
//!
//! ```text
//! indicators   meta/number · meta/title · passports/<place, three digits> = passport as JSON
//! campaign     meta/title, period, indicators, due, closed · members/<org> = first day or nothing
//!              moves/<org>/<act>/returned = remarks as JSON · moves/<org>/<act>/accepted = day
//!              reports/<edition>/report/<part, three digits> · reports/<edition>/seal
//! value sheet  meta/campaign · meta/text · values/<code>/value, note · acts/<number> · signatures/<edition>
//! ```

use std::collections::BTreeMap;

use svod_shared::id::{DocId, OrgNo, Owner};

use super::document::{Document, Place};
use super::edit::Op;
use super::genesis::{ACTS, Kind, MEMBERS, META, MOVES, PASSPORTS, REPORTS, SIGNATURES, VALUES};
use crate::acts::{Answers, SignedAct};
use crate::domain::campaign::{Campaign, Frozen, Remark, Said, Sheet, SheetAct};
use crate::domain::field::Field;
use crate::domain::indicator::{Edition, Passport};
use crate::domain::period::Period;

/// The id of an edition of the indicators.
pub fn indicators_id(number: u32) -> DocId {
    DocId::natural(Kind::Indicators.number(), Owner::Lead, number.to_string().as_bytes())
}

/// The id of the campaign about a period under an edition: opened twice, it is still one.
pub fn campaign_id(period: &Period, indicators: u32) -> DocId {
    let key = format!("{}|{indicators}", period.key());
    DocId::natural(Kind::Campaign.number(), Owner::Lead, key.as_bytes())
}

/// The id of an organisation's sheet in a campaign.
pub fn sheet_id(campaign: &DocId, org: OrgNo) -> DocId {
    DocId::natural(Kind::Values.number(), Owner::Org(org), campaign.as_bytes())
}

/// The campaign and organisation of a sheet: said in it, believed because its id is derived from them.
pub fn sheet_of(document: &Document) -> Option<(DocId, OrgNo)> {
    let Owner::Org(org) = document.id().owner() else { return None };
    let said = document.field(&Place::Container(META), "campaign");
    let campaign = said.variants().filter_map(|it| DocId::from_hex(&it.value));
    campaign.into_iter().find(|it| sheet_id(it, org) == document.id()).map(|it| (it, org))
}

/// Reads an edition; `None` if it is not whole, not in order, or not the one that the document's id names.
pub fn read_indicators(document: &Document) -> Option<Edition> {
    let meta = document.fields(&Place::Container(META));
    let text = |key: &str| meta.get(key).map_or("", Field::text);
    let number = text("number").parse().ok()?;
    let passports = document.fields(&Place::Container(PASSPORTS));
    let passports: Option<Vec<Passport>> =
        passports.values().map(|it| serde_json::from_str(it.text()).ok()).collect();
    let edition = Edition { number, title: text("title").to_owned(), passports: passports? };
    (indicators_id(number) == document.id() && edition.check().is_ok()).then_some(edition)
}

/// The steps that publish an edition, in parts that fit a change each.
pub fn publish(edition: &Edition) -> Vec<Vec<Op>> {
    let mut parts = vec![vec![
        set(META, "number".to_owned(), &edition.number.to_string()),
        set(META, "title".to_owned(), &edition.title),
    ]];
    for (part, passports) in edition.passports.chunks(PASSPORTS_PER_CHANGE).enumerate() {
        let steps = passports.iter().enumerate().map(|(at, it)| {
            let json = serde_json::to_string(it).expect("plain values are JSON");
            set(PASSPORTS, format!("{:03}", part * PASSPORTS_PER_CHANGE + at), &json)
        });
        parts.push(steps.collect());
    }
    parts
}

/// A passport with long texts has two kilobytes; a change may have 48.
const PASSPORTS_PER_CHANGE: usize = 12;

/// Reads a campaign.
pub fn read_campaign(document: &Document) -> Campaign {
    let meta = document.fields(&Place::Container(META));
    let text = |key: &str| meta.get(key).map_or("", Field::text);
    let members = document.fields(&Place::Container(MEMBERS));
    let members = members.iter().filter_map(|(org, since)| Some((org_of(org)?, since.text().parse().ok())));
    let mut said: BTreeMap<OrgNo, BTreeMap<u32, Said>> = BTreeMap::new();
    for (path, field) in document.fields(&Place::Container(MOVES)) {
        let Some((org, act, what)) = move_of(&path) else { continue };
        let said = said.entry(org).or_default().entry(act).or_default();
        match what {
            // Two returns made apart: the remarks of both are remarks.
            "returned" => {
                let read = |text: &str| serde_json::from_str::<Vec<Remark>>(text).ok();
                let remarks: Vec<Remark> =
                    field.variants().filter_map(|it| read(&it.value)).flatten().collect();
                said.returned = Some(remarks);
            }
            "accepted" => said.accepted = !field.text().is_empty(),
            _ => {}
        }
    }
    let mut reports: BTreeMap<u32, Frozen> = BTreeMap::new();
    // In the order of their keys: the parts of a report follow one another.
    for (path, field) in document.fields(&Place::Container(REPORTS)) {
        let Some((edition, what)) = path.split_once('/') else { continue };
        let Ok(edition) = edition.parse() else { continue };
        let frozen = reports.entry(edition).or_default();
        match what {
            "seal" => field.text().clone_into(&mut frozen.seal),
            what if what.starts_with("report/") => frozen.report.push_str(field.text()),
            _ => {}
        }
    }
    Campaign {
        id: document.id(),
        title: text("title").to_owned(),
        period: Period::of_key(text("period")),
        indicators: text("indicators").parse().unwrap_or(0),
        due: text("due").parse().ok(),
        closed: text("closed").parse().ok(),
        members: members.collect(),
        said,
        reports,
    }
}

fn org_of(key: &str) -> Option<OrgNo> {
    key.parse().ok().map(OrgNo)
}

fn move_of(path: &str) -> Option<(OrgNo, u32, &str)> {
    let (org, rest) = path.split_once('/')?;
    let (act, what) = rest.split_once('/')?;
    Some((org_of(org)?, act.parse().ok()?, what))
}

/// The steps that open a campaign.
pub fn open(campaign: &Campaign) -> Vec<Op> {
    let day = |it: Option<jiff::civil::Date>| it.map(|it| it.to_string()).unwrap_or_default();
    let period = campaign.period.map(|it| it.key()).unwrap_or_default();
    let mut steps = vec![
        set(META, "title".to_owned(), &campaign.title),
        set(META, "period".to_owned(), &period),
        set(META, "indicators".to_owned(), &campaign.indicators.to_string()),
        set(META, "due".to_owned(), &day(campaign.due)),
    ];
    steps.extend(campaign.members.iter().map(|(org, since)| set(MEMBERS, org.0.to_string(), &day(*since))));
    steps
}

/// The step that closes a campaign on a day.
pub fn close(day: jiff::civil::Date) -> Op {
    set(META, "closed".to_owned(), &day.to_string())
}

/// The step that returns an act.
pub fn send_back(org: OrgNo, act: u32, remarks: &[Remark]) -> Op {
    let json = serde_json::to_string(remarks).expect("plain values are JSON");
    set(MOVES, format!("{}/{act}/returned", org.0), &json)
}

/// The step that accepts an act on a day.
pub fn accept(org: OrgNo, act: u32, day: jiff::civil::Date) -> Op {
    set(MOVES, format!("{}/{act}/accepted", org.0), &day.to_string())
}

/// The steps that keep a frozen report, in parts that fit a change each; the seal comes last.
pub fn freeze(edition: u32, frozen: &Frozen) -> Vec<Vec<Op>> {
    let mut parts = Vec::new();
    let mut rest = frozen.report.as_str();
    while !rest.is_empty() {
        let (part, behind) = rest.split_at(rest.floor_char_boundary(REPORT_BYTES_PER_CHANGE));
        parts.push(vec![set(REPORTS, format!("{edition}/report/{:03}", parts.len()), part)]);
        rest = behind;
    }
    parts.push(vec![set(REPORTS, format!("{edition}/seal"), &frozen.seal)]);
    parts
}

/// A change may have 48 KiB.
const REPORT_BYTES_PER_CHANGE: usize = 40 * 1024;

/// Reads the sheet of `org` in `campaign`. Acts that do not read or say that they are something else are left out; whether
/// their signatures hold is for who has the roster.
pub fn read_sheet(document: &Document, campaign: DocId, org: OrgNo) -> Sheet {
    let mut sheet = Sheet::empty(document.id(), campaign, org);
    sheet.text = document.field(&Place::Container(META), "text");
    for (path, field) in document.fields(&Place::Container(VALUES)) {
        let Some((code, what)) = path.split_once('/') else { continue };
        let kept = match what {
            "value" => &mut sheet.values,
            "note" => &mut sheet.notes,
            _ => continue,
        };
        kept.insert(code.to_owned(), field);
    }
    for (number, field) in document.fields(&Place::Container(ACTS)) {
        let Ok(number) = number.parse() else { continue };
        let acts = field.variants().filter_map(|it| act(&it.value, campaign, org, number));
        let acts: Vec<_> = acts.collect();
        if !acts.is_empty() {
            sheet.acts.insert(number, acts);
        }
    }
    for (edition, field) in document.fields(&Place::Container(SIGNATURES)) {
        let Ok(edition) = edition.parse() else { continue };
        sheet.signatures.insert(edition, field.variants().map(|it| it.value.clone()).collect());
    }
    sheet
}

fn act(text: &str, campaign: DocId, org: OrgNo, number: u32) -> Option<SheetAct> {
    let signed = SignedAct::of_text(text)?;
    let act = &signed.act;
    let is_its_own = act.campaign == campaign && act.org == org && act.number == number;
    is_its_own.then(|| SheetAct {
        text: text.to_owned(),
        answers: act.answers != Answers::Nothing,
        time: act.time,
        person: act.person.clone(),
    })
}

/// The step that says which campaign a sheet is about; the first of a new one.
pub fn begin(document: &Document, campaign: &DocId) -> Option<Op> {
    document.is_empty().then(|| set(META, "campaign".to_owned(), &campaign.to_string()))
}

/// The step that enters a cell.
pub fn enter(code: &str, text: &str) -> Op {
    set(VALUES, format!("{code}/value"), text)
}

/// The step that remarks on a cell.
pub fn annotate(code: &str, note: &str) -> Op {
    set(VALUES, format!("{code}/note"), note)
}

/// The step that writes the organisation's section of the report.
pub fn write_text(text: &str) -> Op {
    set(META, "text".to_owned(), text)
}

/// The step that submits.
pub fn submit(number: u32, act: &str) -> Op {
    set(ACTS, number.to_string(), act)
}

/// The step that signs a frozen report.
pub fn sign(edition: u32, signature: &str) -> Op {
    set(SIGNATURES, edition.to_string(), signature)
}

fn set(container: &'static str, key: String, value: &str) -> Op {
    Op::Set { place: Place::Container(container), key, value: Some(value.to_owned()) }
}
