use svod_shared::letter::Names;
use svod_shared::packet::PART_BYTES_DEFAULT;
use tempfile::TempDir;

use super::*;
use crate::domain::plan::ItemField;
use crate::exchange::form::{Form, FormKind, FormRow, FormSection};
use crate::folder::Folder;
use crate::requests::Edit;
use crate::store::LetterAnswer;
use crate::store::testing::{self, clock};
use crate::views::What;

struct Site {
    store: Store,
    _dir: TempDir,
}

/// The lead with a plan, and members that have been given nothing but their tickets.
fn network<const N: usize>(members: [&str; N]) -> (Site, [Site; N]) {
    let (store, dir) = testing::found();
    let mut lead = Site { store, _dir: dir };
    lead.store.import(&table(3)).expect("loads");
    let members = members.map(|it| join(&mut lead, it));
    (lead, members)
}

fn join(lead: &mut Site, short: &str) -> Site {
    let name = format!("ИМЦ, {short} район");
    let ticket = lead.store.invite(&name, "договор № 1").expect("invites");
    let dir = tempfile::tempdir().expect("makes");
    let folder = Folder::create(&dir.path().join("data")).expect("makes");
    let names = Names { name: &name, short, label: "кабинет" };
    let store = Store::join(folder, &ticket, names, None, clock()).expect("writes a letter");
    let (_, letter) = store.joining().expect("reads").expect("is joining");
    assert_eq!(lead.store.answer_letter(&letter).expect("answers"), LetterAnswer::Admitted);
    Site { store, _dir: dir }
}

fn table(rows: usize) -> Form {
    let row = |n: usize| {
        let texts = [
            format!("1.{n}"),
            format!("Вебинар {n}"),
            "Март 2022".into(),
            "Участники сети".into(),
            "ТМС".into(),
        ];
        FormRow::of(FormKind::D.columns().iter().copied().zip(texts))
    };
    Form {
        title: "Дорожная карта проекта".into(),
        period: "2021-23г.г.".into(),
        sections: vec![FormSection {
            number: "1".into(),
            title: "Методическая деятельность".into(),
            rows: (1..=rows).map(row).collect(),
        }],
        ..Form::default()
    }
}

fn set(site: &mut Site, number: &str, field: ItemField, value: &str) {
    let plan = site.store.plans().expect("reads")[0].id;
    let view = site.store.plan(&plan).expect("reads").expect("is there").plan;
    let item = view.items().find(|it| it.text(ItemField::Number) == number).expect("is there").clone();
    let edit = Edit { field, value: value.into(), seen: item.field(field).ops() };
    site.store.edit_item(plan, &item.row, vec![edit]).expect("writes");
}

fn packet(from: &mut Site, to: Option<&Site>) -> Vec<Vec<u8>> {
    let to = to.map(|it| it.store.me().expect("is admitted").org);
    from.store.write_packet(to, PART_BYTES_DEFAULT).expect("writes")
}

fn read(site: &mut Site, files: &[Vec<u8>]) -> PacketView {
    site.store.read_packets(files).expect("takes")
}

fn code(site: &Site) -> String {
    site.store.control_code().expect("reads")
}

/// Everything of a store that a refused file must not touch.
fn state(site: &Site) -> (String, u64, Vec<FeedHead>, u64, usize) {
    let store = &site.store;
    let incidents = store.network().expect("reads").incidents.len();
    let news = news::last(&store.connection).expect("reads");
    (code(site), store.roster().height(), store.heads().expect("reads"), news, incidents)
}

#[test]
fn two_nodes_that_only_ever_pass_files_end_with_one_control_code() {
    let (mut lead, [mut member]) = network(["Динской"]);
    let org = OrgNo(2);
    let first = lead.store.write_packet(Some(org), PART_BYTES_DEFAULT).expect("writes");
    assert_eq!(member.store.me(), None, "the packet is also the answer to its letter");
    let view = read(&mut member, &first);
    assert_eq!((view.new, view.known, view.refused, view.gaps.as_slice()), (1, 0, 0, [].as_slice()));
    assert_eq!(view.files[0].org, "ИМЦ, Выселковский район");
    assert_eq!(view.files[0].to.as_deref(), Some("ИМЦ, Динской район"));
    assert_eq!(code(&lead), code(&member));

    set(&mut member, "1.1", ItemField::Term, "Апрель 2022");
    set(&mut lead, "1.1", ItemField::Term, "Май 2022");
    let (there, back) = (packet(&mut lead, Some(&member)), packet(&mut member, Some(&lead)));
    read(&mut member, &there);
    read(&mut lead, &back);
    assert_eq!(code(&lead), code(&member));
    assert_eq!(lead.store.divergences().expect("reads").len(), 1, "both values are kept");
}

#[test]
fn a_packet_begins_where_the_last_one_of_the_other_side_says() {
    let (mut lead, [mut member]) = network(["Динской"]);
    let first = lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes");
    read(&mut member, &first);
    let answer = packet(&mut member, Some(&lead));
    assert_eq!(lead.store.status().expect("reads").unconfirmed, 1);
    read(&mut lead, &answer);
    assert_eq!(lead.store.status().expect("reads").unconfirmed, 0, "the answer says what has come");
    set(&mut lead, "1.2", ItemField::Term, "Май 2022");
    let second = packet(&mut lead, Some(&member));
    assert!(second[0].len() < first[0].len() / 2, "{} of {}", second[0].len(), first[0].len());
    let view = read(&mut member, &second);
    assert_eq!((view.new, view.known), (1, 0));
}

#[test]
fn out_of_order_and_twice_changes_nothing_more_and_a_gap_is_named() {
    let (mut lead, [mut member, mut third]) = network(["Динской", "Кореновский"]);
    read(&mut member, &lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes"));
    let one = packet(&mut lead, None);
    read(&mut lead, &packet(&mut member, None));
    set(&mut lead, "1.2", ItemField::Term, "Май 2022");
    let two = packet(&mut lead, Some(&member));
    set(&mut lead, "1.3", ItemField::Term, "Июнь 2022");
    let three = packet(&mut lead, None);

    // The third has no roster yet: what does not bring it cannot be understood.
    let early = third.store.read_packets(&two);
    let unknown = PacketError::RosterGap { here: 0, from: lead.store.roster().height() };
    assert!(matches!(early, Err(PacketFailure::File { file: 0, source }) if source == unknown));
    let roster: Vec<_> = lead.store.roster().statements(0).to_vec();
    third.store.receive_statements(&roster).expect("takes statements");
    let view = read(&mut third, &two);
    assert_eq!((view.new, view.gaps.len()), (0, 1));
    let named = PacketGap { org: "ИМЦ, Выселковский район".into(), first: 1, last: 1 };
    assert_eq!(view.gaps, [named]);

    read(&mut third, &three);
    let done = state(&third);
    assert_eq!(done.0, code(&lead));
    for files in [&one, &two, &three, &one] {
        let view = read(&mut third, files);
        assert_eq!((view.new, view.refused, view.gaps.len()), (0, 0, 0));
    }
    assert_eq!(state(&third), done);
}

#[test]
fn files_given_together_are_taken_in_the_order_that_suits_them() {
    let (mut lead, [mut member, mut third]) = network(["Динской", "Кореновский"]);
    let one = lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes").remove(0);
    read(&mut member, std::slice::from_ref(&one));
    read(&mut lead, &packet(&mut member, None));
    set(&mut lead, "1.2", ItemField::Term, "Май 2022");
    let two = packet(&mut lead, Some(&member)).remove(0);
    let view = read(&mut third, &[two, one]);
    assert_eq!((view.new, view.gaps.len()), (2, 0));
    assert_eq!(code(&third), code(&lead));
}

#[test]
fn a_large_packet_comes_in_parts_that_together_are_the_whole() {
    let (mut lead, [mut member]) = network(["Динской"]);
    for n in 0..60 {
        let letter =
            |it: u32| char::from_u32(0x430 + (it * it % 1009 * 7919 + n * 104_729) % 32).unwrap_or('я');
        let noise: String = (0..1500).map(letter).collect();
        set(&mut lead, "1.1", ItemField::Title, &noise);
    }
    let parts = lead.store.write_packet(Some(OrgNo(2)), 4096).expect("writes");
    let whole = lead.store.write_packet(Some(OrgNo(2)), PART_BYTES_DEFAULT).expect("writes");
    assert_eq!(whole.len(), 1);
    assert!(parts.len() > 1);
    let view = read(&mut member, &parts);
    assert_eq!((view.new, view.gaps.len()), (61, 0));
    assert_eq!(code(&member), code(&lead));
}

#[test]
fn a_preview_says_in_words_what_then_happens_and_keeps_nothing() {
    let (mut lead, [mut member]) = network(["Динской"]);
    read(&mut member, &lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes"));
    set(&mut lead, "1.2", ItemField::Term, "Май 2022");
    join(&mut lead, "Кореновский");
    let files = packet(&mut lead, Some(&member));
    let before = state(&member);
    member.store.take_updates();
    let seen = member.store.preview_packets(&files).expect("opens");
    assert_eq!(state(&member), before);
    assert_eq!(member.store.take_updates().len(), 0, "nobody is told");
    assert_eq!((seen.new, seen.statements, seen.lines_more), (1, 2, 0));
    let said = |it: &What| matches!(it, What::Field { new, .. } if new == "Май 2022");
    assert!(seen.lines.iter().any(|it| said(&it.what)), "{:?}", seen.lines);
    let mut done = read(&mut member, &files);
    // The clock of tests is later at each look; nothing else differs.
    for (it, seen) in done.lines.iter_mut().zip(&seen.lines) {
        it.applied = seen.applied;
    }
    assert_eq!(done, seen);
    assert_eq!(code(&member), code(&lead));
}

#[test]
fn a_foreign_damaged_or_future_file_is_refused_and_nothing_changes() {
    let (mut lead, [mut member]) = network(["Динской"]);
    let (mut other, _) = network([]);
    let good = lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes").remove(0);
    let before = state(&member);
    let mut check = |bytes: Vec<u8>, expected: &str| {
        // A file beside it that is whole is not taken either.
        let files = [good.clone(), bytes];
        for refused in [member.store.preview_packets(&files), member.store.read_packets(&files)] {
            let refused = refused.expect_err(expected);
            assert_eq!(refused.message_key(), expected);
            assert!(matches!(refused, PacketFailure::File { file: 1, .. }));
        }
        assert_eq!(state(&member), before, "{expected}");
    };
    let foreign = other.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes").remove(0);
    check(foreign, "packet-error-other-network");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    check(flipped, "packet-error-damaged");
    check(good[..good.len() - 100].to_vec(), "packet-error-damaged");
    let mut future = good.clone();
    future[8] = 2;
    check(future, "packet-error-from-future");
    check(b"PK\x03\x04 some table".to_vec(), "packet-error-not-a-packet");
}

#[test]
fn own_entries_that_come_back_change_nothing() {
    let (mut lead, [mut member]) = network(["Динской"]);
    read(&mut member, &lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes"));
    set(&mut member, "1.1", ItemField::Term, "Апрель 2022");
    let before = state(&member);
    let answer = member.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes");
    assert_eq!(read(&mut lead, &answer).new, 1);
    let view = read(&mut member, &answer);
    assert_eq!((view.new, view.refused, view.gaps.len()), (0, 0, 0));
    assert_eq!(state(&member), before);
}
