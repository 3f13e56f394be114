//! Whole nodes in one process: what two computers type apart, and what comes of it.

use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{DocId, Space};
use svod_shared::keys::KeyPair;
use svod_shared::letter::{Letter, LetterRefusal, Names, Sender};
use svod_shared::log::Refusal;
use svod_shared::roster::NoRight;
use svod_shared::storage::Storage;
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::ticket::Ticket;
use tempfile::TempDir;

use super::testing::clock;
use super::*;
use crate::documents::{Document, execution, execution_id};
use crate::domain::execution::{ExecutionField, Status};
use crate::domain::field::OpName;
use crate::domain::plan::{Deletion, ItemField, PlanField, RowId};
use crate::exchange::form::{Form, FormRow, FormSection};
use crate::requests::{Edit, Edited};
use crate::views::{Place, What};

mod copy;
mod disk;
mod exclusion;
mod figures;
mod joint;
mod membership;
mod recovery;
mod search;
mod undo;

struct Site {
    store: Store,
    _dir: TempDir,
}

fn found() -> Site {
    let (store, dir) = testing::found();
    Site { store, _dir: dir }
}

fn join(lead: &mut Site, short: &str) -> Site {
    let name = format!("ИМЦ, {short} район");
    let ticket = lead.store.invite(&name, "договор № 1").expect("invites");
    knock(lead, &ticket, Names { name: &name, short, label: "кабинет" }, None)
}

/// A newcomer whose letter the lead has answered.
fn knock(lead: &mut Site, ticket: &Ticket, names: Names<'_>, org: Option<KeyPair>) -> Site {
    let dir = tempfile::tempdir().expect("makes");
    let folder = Folder::create(&dir.path().join("data")).expect("makes");
    let store = Store::join(folder, ticket, names, org, clock()).expect("writes a letter");
    let mut site = Site { store, _dir: dir };
    let (_, letter) = site.store.joining().expect("reads").expect("is joining");
    assert_eq!(lead.store.answer_letter(&letter).expect("answers"), LetterAnswer::Admitted);
    pass(lead, &mut site);
    site
}

/// A second computer of the organisation whose first one is `site`.
fn second_computer(lead: &mut Site, site: &Site) -> Site {
    let org_key = site.store.folder().key(KeyRole::Org).expect("reads").expect("is there");
    let ticket = lead.store.invite("ещё один компьютер", "").expect("invites");
    let names = Names { name: "то же", short: "то же", label: "приёмная" };
    knock(lead, &ticket, names, Some(org_key))
}

fn records(site: &Site) -> Vec<Record> {
    let storage = SqliteStorage::new(&site.store.connection);
    let feeds = storage.feeds(Space::Network).expect("reads");
    feeds.iter().flat_map(|it| storage.records(&it.feed, 0, usize::MAX).expect("reads")).collect()
}

/// Gives everything that `from` has to `to`.
fn pass(from: &Site, to: &mut Site) {
    to.store.receive_statements(from.store.roster().statements(0)).expect("takes statements");
    let accepted = to.store.receive(records(from)).expect("takes records");
    assert_eq!(accepted.refused, [], "honest entries are taken");
}

fn exchange(a: &mut Site, b: &mut Site) {
    pass(a, b);
    pass(b, a);
    pass(a, b);
    assert_eq!(a.store.control_code().expect("reads"), b.store.control_code().expect("reads"));
}

fn table() -> Form {
    let row = |number, title, term| {
        let fixed = [(ItemField::Audience, "Участники сети"), (ItemField::Responsible, "ТМС")];
        let own = [(ItemField::Number, number), (ItemField::Title, title), (ItemField::Term, term)];
        FormRow::of(own.into_iter().chain(fixed))
    };
    let section =
        |number: &str, title: &str, rows| FormSection { number: number.into(), title: title.into(), rows };
    Form {
        title: "Дорожная карта проекта".into(),
        period: "2021-23г.г.".into(),
        sections: vec![
            section("1", "Организационные мероприятия", vec![row("1.1", "Список организаций", "Март 2021")]),
            section(
                "4",
                "Методическая деятельность",
                vec![row("4.1", "Вебинары", "Апрель, сентябрь"), row("4.4", "Конференция", "Март 2022г.")],
            ),
        ],
        ..Form::default()
    }
}

fn row(site: &Site, plan: &DocId, number: &str) -> RowId {
    let view = site.store.plan(plan).expect("reads").expect("is there");
    let item = view.plan.items().chain(&view.plan.deleted).find(|it| it.text(ItemField::Number) == number);
    item.expect("is there").row.clone()
}

fn edit(site: &Site, plan: &DocId, row: &RowId, field: ItemField, value: &str) -> Vec<Edit<ItemField>> {
    let card = site.store.item(plan, row).expect("reads").expect("is there");
    vec![Edit { field, value: value.into(), seen: card.item.field(field).ops() }]
}

fn set(site: &mut Site, plan: &DocId, number: &str, field: ItemField, value: &str) {
    let row = row(site, plan, number);
    let edits = edit(site, plan, &row, field, value);
    assert_eq!(site.store.edit_item(*plan, &row, edits).expect("writes"), Edited::Saved);
}

fn text(site: &Site, plan: &DocId, number: &str, field: ItemField) -> String {
    let card = site.store.item(plan, &row(site, plan, number)).expect("reads").expect("is there");
    card.item.text(field).to_owned()
}

/// A lead and a member that both hold the plan.
fn two_sites() -> (Site, Site, DocId) {
    let mut lead = found();
    let mut member = join(&mut lead, "Динской");
    let plan = lead.store.import(&table()).expect("imports").plan;
    exchange(&mut lead, &mut member);
    (lead, member, plan)
}

#[test]
fn edits_of_different_fields_and_rows_merge() {
    let (mut a, mut b, plan) = two_sites();
    set(&mut a, &plan, "4.1", ItemField::Term, "Май 2022");
    set(&mut b, &plan, "4.1", ItemField::Audience, "тьюторы");
    set(&mut b, &plan, "4.4", ItemField::Title, "Конференция сети");
    exchange(&mut a, &mut b);
    for site in [&a, &b] {
        assert_eq!(text(site, &plan, "4.1", ItemField::Term), "Май 2022");
        assert_eq!(text(site, &plan, "4.1", ItemField::Audience), "тьюторы");
        assert_eq!(text(site, &plan, "4.4", ItemField::Title), "Конференция сети");
        assert_eq!(site.store.divergences().expect("reads"), []);
    }
    let told = b.store.news(1).expect("reads").remove(0);
    assert_eq!((told.number.as_str(), told.author.org_short.as_str()), ("4.1", "Выселковский"));
    assert!(
        matches!(told.what, What::Field { ref new, diverged: false, .. } if new == "Май 2022"),
        "{told:?}"
    );
}

#[test]
fn edits_of_one_field_stand_side_by_side_until_somebody_settles_them() {
    let (mut a, mut b, plan) = two_sites();
    set(&mut a, &plan, "4.4", ItemField::Term, "Апрель 2022");
    set(&mut b, &plan, "4.4", ItemField::Term, "Май 2022");
    exchange(&mut a, &mut b);
    let open = a.store.divergences().expect("reads");
    assert_eq!(open, b.store.divergences().map(|it| mine_swapped(it, &open)).expect("reads"));
    let [divergence] = open.as_slice() else { panic!("one divergence: {open:?}") };
    let mut values: Vec<_> =
        divergence.variants.iter().map(|(it, by)| (it.value.as_str(), by.org_short.as_str())).collect();
    values.sort_unstable();
    assert_eq!(values, [("Апрель 2022", "Выселковский"), ("Май 2022", "Динской")]);

    let loser = divergence.variants[1].0.value.clone();
    b.store.settle(plan, &divergence.place, &loser).expect("settles");
    exchange(&mut a, &mut b);
    for site in [&a, &b] {
        assert_eq!(site.store.divergences().expect("reads"), []);
        assert_eq!(text(site, &plan, "4.4", ItemField::Term), loser);
    }
    let told = a.store.news(1).expect("reads").remove(0);
    assert!(
        matches!(told.what, What::Field { settled: true, .. }),
        "the other author sees the outcome: {told:?}"
    );
}

/// The same divergences with "mine" told from the other node's side.
fn mine_swapped(
    mut found: Vec<crate::views::Divergence>,
    like: &[crate::views::Divergence],
) -> Vec<crate::views::Divergence> {
    for (it, like) in found.iter_mut().zip(like) {
        for ((_, author), (_, like)) in it.variants.iter_mut().zip(&like.variants) {
            author.is_me = like.is_me;
        }
    }
    found
}

#[test]
fn a_deletion_never_loses_an_edit_that_had_not_seen_it() {
    let (mut a, mut b, plan) = two_sites();
    let gone = row(&a, &plan, "4.1");
    a.store.delete_row(plan, &gone, "повторяет 4.4").expect("deletes");
    set(&mut b, &plan, "4.1", ItemField::Term, "Октябрь 2022");
    exchange(&mut a, &mut b);
    for site in [&a, &b] {
        let view = site.store.plan(&plan).expect("reads").expect("is there");
        let item = view.plan.items().find(|it| it.row == gone).expect("the edit keeps the row");
        assert!(matches!(item.deletion, Deletion::Contested { .. }));
        let open = site.store.divergences().expect("reads");
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].place, Place::Row(gone.clone()));
        assert_eq!(open[0].editors.iter().map(|it| it.org_short.as_str()).collect::<Vec<_>>(), ["Динской"]);
    }
    a.store.restore_row(plan, &gone).expect("keeps the row");
    exchange(&mut a, &mut b);
    assert_eq!(b.store.divergences().expect("reads"), []);

    b.store.delete_row(plan, &gone, "всё-таки лишний").expect("deletes");
    exchange(&mut a, &mut b);
    let view = a.store.plan(&plan).expect("reads").expect("is there");
    assert_eq!(view.plan.deleted.iter().map(|it| &it.row).collect::<Vec<_>>(), [&gone]);
}

#[test]
fn two_computers_of_one_organisation_fill_one_cell_and_both_values_stand() {
    let (mut lead, mut first, plan) = two_sites();
    let mut second = second_computer(&mut lead, &first);
    let item = row(&first, &plan, "4.4");
    let report = |site: &mut Site, value: &str| {
        let edits = vec![
            Edit { field: ExecutionField::Status, value: Status::Done.key().into(), seen: vec![] },
            Edit { field: ExecutionField::Result, value: value.into(), seen: vec![] },
        ];
        assert_eq!(site.store.report_execution(plan, &item, edits).expect("writes"), Edited::Saved);
    };
    report(&mut first, "участников 31");
    report(&mut second, "участников 13");
    exchange(&mut first, &mut second);
    let open = first.store.divergences().expect("reads");
    let [divergence] = open.as_slice() else {
        panic!("one divergence, the equal statuses are none: {open:?}")
    };
    assert!(divergence.may_settle);
    let mut values: Vec<_> = divergence.variants.iter().map(|(it, _)| it.value.as_str()).collect();
    values.sort_unstable();
    assert_eq!(values, ["участников 13", "участников 31"]);

    exchange(&mut lead, &mut second);
    let seen_by_lead = lead.store.divergences().expect("reads").remove(0);
    assert!(!seen_by_lead.may_settle, "only the organisation itself chooses");
    assert!(lead.store.settle(plan, &seen_by_lead.place, "участников 31").is_err());
    second.store.settle(plan, &divergence.place, "участников 31").expect("settles");
    exchange(&mut first, &mut second);
    assert_eq!(first.store.divergences().expect("reads"), []);
}

#[test]
fn two_nodes_make_the_same_natural_document_and_nothing_is_lost() {
    let mut a = found();
    let mut b = join(&mut a, "Кореновский");
    let (one, mut other) = (table(), table());
    other.sections[1].rows.remove(0);
    let plan = a.store.import(&one).expect("imports").plan;
    assert_eq!(b.store.import(&other).expect("imports").plan, plan, "the same title means the same plan");
    exchange(&mut a, &mut b);
    let view = a.store.plan(&plan).expect("reads").expect("is there");
    assert_eq!(view.plan.items().count(), 3 + 2, "rows of both stand, none hides another");
    assert_eq!(view.plan.text(PlanField::Title), "Дорожная карта проекта");
    assert_eq!(a.store.divergences().expect("reads"), []);
}

#[test]
fn a_form_that_was_open_while_an_exchange_came_asks_instead_of_overwriting() {
    let (mut a, mut b, plan) = two_sites();
    let item = row(&b, &plan, "4.4");
    let shown = edit(&b, &plan, &item, ItemField::Term, "Июнь 2022");
    set(&mut a, &plan, "4.4", ItemField::Term, "Апрель 2022");
    pass(&a, &mut b);
    let Edited::Conflict(moved) = b.store.edit_item(plan, &item, shown).expect("answers") else {
        panic!("the field moved since it was shown")
    };
    assert_eq!((moved[0].now.text(), moved[0].typed.as_str()), ("Апрель 2022", "Июнь 2022"));
    assert_eq!(text(&b, &plan, "4.4", ItemField::Term), "Апрель 2022");
}

#[test]
fn a_form_writes_only_what_its_user_changed() {
    let (mut a, _b, plan) = two_sites();
    let item = row(&a, &plan, "4.4");
    let before = records(&a).len();
    let same = edit(&a, &plan, &item, ItemField::Term, "Март 2022г.");
    assert_eq!(a.store.edit_item(plan, &item, same).expect("answers"), Edited::Saved);
    let stale =
        vec![Edit {
            field: ItemField::Term, value: "Март 2022г.".into(), seen: vec![OpName("1@00".into())]
        }];
    assert_eq!(a.store.edit_item(plan, &item, stale).expect("answers"), Edited::Saved);
    assert_eq!(records(&a).len(), before);
}

#[test]
fn loading_a_table_again_changes_nothing_and_keeps_what_people_edited() {
    let (mut a, mut b, plan) = two_sites();
    set(&mut b, &plan, "4.4", ItemField::Term, "Апрель 2022");
    exchange(&mut a, &mut b);
    let before = records(&a).len();
    let outcome = a.store.import(&table()).expect("imports");
    assert_eq!((outcome.added, outcome.updated, outcome.unchanged), (0, 0, 3));
    assert_eq!(records(&a).len(), before);

    let mut newer = table();
    newer.sections[0].rows[0].set(ItemField::Term, "Апрель 2021");
    newer.sections[1].rows.push(FormRow::of([(ItemField::Number, "4.5"), (ItemField::Title, "Сборник")]));
    let outcome = a.store.import(&newer).expect("imports");
    assert_eq!((outcome.added, outcome.updated, outcome.unchanged), (1, 1, 2));
    assert_eq!(text(&a, &plan, "1.1", ItemField::Term), "Апрель 2021");
    assert_eq!(text(&a, &plan, "4.4", ItemField::Term), "Апрель 2022", "an edit by people stays");
}

/// The next record of a node, with a real change of a document that its key may or may not write.
fn crafted(site: &Site, node: NodeNo, key: &KeyPair, doc: DocId, plan: &DocId) -> Record {
    let heads = site.store.heads().expect("reads");
    let own: Vec<_> = heads.into_iter().filter(|it| it.node == node).collect();
    let tip = match own.last() {
        Some(head) => Tip::After(*head),
        None => Tip::open(&site.store.roster().network(), node, Space::Network, &own, [9; 16]),
    };
    let mut document = Document::new(doc).expect("known kind");
    let steps = execution::set(&document, plan, &RowId("x".into()), ExecutionField::Status, "done");
    let change =
        document.edit(tip.feed().actor(), Timestamp(0), None, &steps).expect("edits").expect("changes");
    tip.write(site.store.roster().height(), vec![(doc, change.bytes)], key).expect("plain chunk")
}

/// Offers a record to a node, and expects it refused with nothing changed.
fn check_refused(site: &mut Site, record: Record, expected: Refusal) {
    let code = site.store.control_code().expect("reads");
    let refused = site.store.receive(vec![record]).expect("answers").refused;
    assert_eq!(refused.iter().map(|it| it.reason).collect::<Vec<_>>(), [expected]);
    assert_eq!(site.store.control_code().expect("reads"), code, "nothing has changed");
}

#[test]
fn a_forged_entry_is_refused_and_noted() {
    let (mut a, mut b, plan) = two_sites();
    set(&mut b, &plan, "4.4", ItemField::Term, "Апрель 2022");
    let mut forged = records(&b).pop().expect("not empty");
    forged.entry.items.pop();
    forged.changes.clear();
    check_refused(&mut a, forged.clone(), Refusal::Signature);
    forged.signature = Some(forged.entry.sign(&KeyPair::from_seed(&[66; 32])));
    check_refused(&mut a, forged, Refusal::Signature);
    let incidents = a.store.network().expect("reads").incidents;
    assert!(incidents.iter().any(|it| it.kind == "incident-bad-signature"), "{incidents:?}");
}

#[test]
fn an_entry_by_a_stranger_is_refused() {
    let (mut a, b, plan) = two_sites();
    let sheet = execution_id(&plan, b.store.me().expect("admitted").org);
    let record = crafted(&b, NodeNo(9), &KeyPair::from_seed(&[66; 32]), sheet, &plan);
    check_refused(&mut a, record, Refusal::UnknownNode);
}

#[test]
fn an_entry_into_another_organisations_document_is_refused_by_its_owner_and_by_its_author() {
    let (mut a, mut b, plan) = two_sites();
    let (lead, member) = (a.store.me().expect("admitted"), b.store.me().expect("admitted"));
    let sheet = execution_id(&plan, lead.org);
    let record = crafted(&b, member.node, b.store.node_key(), sheet, &plan);
    check_refused(&mut a, record, Refusal::NoRight(NoRight::OtherOwner(lead.org)));
    let stolen = b.store.edit(sheet, None, |document| {
        execution::set(document, &plan, &RowId("x".into()), ExecutionField::Status, "done")
    });
    assert!(matches!(stolen, Err(WriteError::Refused(Refusal::NoRight(_)))), "{stolen:?}");
}

#[test]
fn tickets_serve_once_and_only_if_they_are_ours() {
    let mut lead = found();
    let ticket = lead.store.invite("ИМЦ, Мостовской район", "договор").expect("invites");
    let letter = |ticket: &Ticket, seed: u8| {
        let (org, node) = (KeyPair::from_seed(&[seed; 32]), KeyPair::from_seed(&[seed + 1; 32]));
        let names = Names {
            name: "ИМЦ, Мостовской район", short: "Мостовской", label: "кабинет"
        };
        Letter::write(ticket, Sender { org: &org, node: &node }, names).expect("fits").to_bytes()
    };
    let mut answer = |bytes: &[u8]| lead.store.answer_letter(bytes).expect("answers");
    assert_eq!(answer(&letter(&ticket, 70)), LetterAnswer::Admitted);
    assert_eq!(answer(&letter(&ticket, 70)), LetterAnswer::Known);
    assert_eq!(answer(&letter(&ticket, 80)), LetterAnswer::Refused(LetterRefusal::AlreadyUsed));
    let mut foreign = ticket.clone();
    foreign.secret.0[0] ^= 1;
    assert_eq!(answer(&letter(&foreign, 90)), LetterAnswer::Refused(LetterRefusal::UnknownTicket));
    assert_eq!(answer(b"no letter"), LetterAnswer::Refused(LetterRefusal::Unreadable));
}

#[test]
fn a_member_cannot_invite_and_a_newcomer_cannot_write() {
    let mut lead = found();
    let mut member = join(&mut lead, "Крыловской");
    assert!(matches!(member.store.invite("кто-то", ""), Err(FoundError::NotLead)));
    let ticket = lead.store.invite("ИМЦ, Мостовской район", "").expect("invites");
    let dir = tempfile::tempdir().expect("makes");
    let folder = Folder::create(&dir.path().join("data")).expect("makes");
    let names = Names {
        name: "ИМЦ, Мостовской район", short: "Мостовской", label: "кабинет"
    };
    let mut newcomer = Store::join(folder, &ticket, names, None, clock()).expect("writes a letter");
    assert!(matches!(newcomer.import(&table()), Err(CommandError::Write(WriteError::NotAdmitted))));
}

#[test]
fn everything_is_there_after_opening_again() {
    let (mut a, _b, plan) = two_sites();
    set(&mut a, &plan, "4.4", ItemField::Term, "Апрель 2022");
    let code = a.store.control_code().expect("reads");
    let path = a.store.folder().path().to_owned();
    let Site { store, _dir } = a;
    drop(store);
    let store = Store::open(Folder::open(&path).expect("opens"), clock()).expect("opens");
    assert_eq!(store.control_code().expect("reads"), code);
}
