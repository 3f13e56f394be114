use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::id::OrgNo;
use crate::roster::Content;

mod opening;
mod world;
use world::{OTHER_NETWORK, World, add_node, admit_org, key, network};

const NET: Space = Space::Network;

/// A world whose nodes have all written `entries` entries and all hold everything.
fn settled(nodes: u16, entries: usize) -> World {
    let mut world = World::new(nodes);
    for node in 1..=nodes {
        for no in 0..entries {
            world.stores[usize::from(node)].write(NET, &format!("запись {no}"));
        }
    }
    let feeds: Vec<_> = world.stores.iter().flat_map(|store| store.feeds.clone()).collect();
    for store in &mut world.stores {
        store.feeds.extend(feeds.iter().cloned());
    }
    world
}

/// As `settled`, and the relay knows of each node that it holds all.
fn reported(nodes: u16, entries: usize) -> World {
    let mut world = settled(nodes, entries);
    world.reports = true;
    for node in 1..=nodes {
        world.stores[usize::from(node)].sign_frontier(NET);
        let signed = world.stores[usize::from(node)].frontiers.clone();
        world.stores[0].frontiers.extend(signed);
    }
    world
}

#[test]
fn nothing_new_over_fifty_feeds_costs_little() {
    let mut world = reported(50, 150);
    let end = world.connect(7);
    world.run();
    let (up, down) = world.take_bytes(end);
    println!("idle reconnect over 50 feeds: {up} up + {down} down = {} bytes", up + down);
    assert!(up + down <= 100);
    assert_eq!(world.ends[end].frames + world.ends[end + 1].frames, 2, "one round trip");
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (1, 1));
    assert!(!world.ends[end].events.contains(&Event::FrontierDue(NET)), "the relay has it");
}

#[test]
fn both_sides_have_something_new() {
    let mut world = settled(5, 3);
    world.stores[2].write(NET, "новое у узла");
    for no in 0..5 {
        let head = world.stores[3].write(NET, &format!("{no}"));
        let feed = world.stores[3].feeds[&head.feed].clone();
        world.stores[0].feeds.insert(head.feed, feed);
    }
    let end = world.connect(2);
    world.run();
    let (up, down) = world.take_bytes(end);
    println!("news both ways: {up} up + {down} down");
    world.assert_equal(NET, &[0, 2]);
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (1, 1));
}

#[test]
fn an_empty_node_takes_everything_in_several_packs() {
    let mut world = settled(4, 200);
    let text = "длинная запись ".repeat(60);
    for _ in 0..200 {
        world.stores[1].write(NET, &text);
    }
    let fresh = world.stores[1].feeds.clone();
    world.stores[0].feeds.extend(fresh);
    world.stores[2].feeds.clear();
    let end = world.connect(2);
    world.run();
    let (up, down) = world.take_bytes(end);
    let frames = world.ends[end + 1].frames;
    println!("1 000 entries to an empty node: {up} up + {down} down in {frames} frames");
    assert!(frames > 5);
    world.assert_equal(NET, &[0, 2]);
    assert_eq!(world.in_sync(end), 1);
    // It was once a node with a feed: the relay knows more of it than it does itself.
    let elsewhere = |event: &Event| matches!(event, Event::OwnFeedElsewhere { heads } if heads.len() == 1);
    assert!(world.ends[end].events.iter().any(elsewhere));
    // What it took, half of it without signatures, it can pass on.
    world.stores[0].feeds.clear();
    world.ends.clear();
    world.connect(2);
    world.run();
    world.assert_equal(NET, &[0, 2]);
}

#[test]
fn writes_reach_every_connected_node_and_do_not_return() {
    let mut world = settled(3, 2);
    let ends = [1, 2, 3].map(|node| world.connect(node));
    world.run();
    for end in ends {
        world.take_bytes(end);
    }
    world.write(2, NET, "правка");
    world.run();
    world.assert_equal(NET, &[0, 1, 2, 3]);
    let (up, down) = world.take_bytes(ends[1]);
    println!("a push: {up} up + {down} down");
    assert!(up > 0 && down == 0, "no echo, no check");
    assert!(world.take_bytes(ends[0]).0 == 0);
}

#[test]
fn one_field_live_push_stays_small() {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ActorId, AutoCommit, ObjType, ROOT};
    let mut world = settled(50, 3);
    let end = world.connect(7);
    world.run();
    world.take_bytes(end);
    let head = world.stores[7].feeds.values().map(|it| it.0).find(|it| it.node == NodeNo(7)).unwrap();
    let mut document = AutoCommit::new().with_actor(ActorId::from(head.feed.actor().0));
    let rows = document.put_object(&ROOT, "rows", ObjType::Map).unwrap();
    let row = document.put_object(&rows, "k3m7q2xw5t4ya", ObjType::Map).unwrap();
    document.put(&row, "venue", "Дом учителя").unwrap();
    document.commit().unwrap();
    let value = "Встреча наставников в школе № 5, зал на 2-м этаже";
    assert_eq!(value.chars().count(), 49);
    document.put(&row, "venue", value).unwrap();
    document.commit_with(CommitOptions::default().with_time(1_780_123_456)).unwrap();
    let change = document.get_last_local_change().unwrap();
    assert_eq!(change.deps().len(), 1);
    let doc = crate::id::DocId::random(5, crate::id::Owner::Org(OrgNo(7)), *b"k3m7q2xw5t4ya");
    let item = crate::entry::Item::Change { doc, hash: ChangeHash(change.hash().0) };
    let head = world.stores[7].write_items(NET, vec![item], vec![change.raw_bytes().to_vec()]);
    world.appended(7, &[head]);
    world.run();
    let (up, down) = world.take_bytes(end);
    println!("live push of one field ({} bytes of change): {up} up + {down} down", change.raw_bytes().len());
    assert!(up <= 220 && down == 0, "{up}");
    world.assert_equal(NET, &[0, 7]);
}

#[test]
fn what_the_node_may_not_read_stays_away() {
    let mut world = World::new(3);
    let spaces = [NET, Space::Org(OrgNo(2)), Space::Org(OrgNo(3))];
    for node in [2, 3] {
        world.stores[node].write(NET, "всем");
        world.stores[node].write(spaces[node - 1], "себе и лидеру");
    }
    let ends = [1, 2, 3].map(|node| world.connect(node));
    world.run();
    world.write(2, spaces[1], "ещё");
    world.run();
    world.assert_equal(NET, &[0, 1, 2, 3]);
    world.assert_equal(spaces[1], &[0, 1, 2]);
    world.assert_equal(spaces[2], &[0, 1, 3]);
    assert!(!world.stores[2].heads().contains_key(&spaces[2]));
    assert!(!world.stores[3].heads().contains_key(&spaces[1]));
    assert_eq!(ends.map(|end| world.ends[end].closed), [None; 3]);
}

#[test]
fn packs_of_a_space_that_the_peer_may_not_read_are_dropped() {
    let mut world = World::new(3);
    let end = world.connect(3);
    world.run();
    // The relay holds node 3 to be no reader of it; a node that says otherwise gets nothing in.
    let mut other = world::Store::new(2, &world.stores[0].roster);
    let head = other.write(Space::Org(OrgNo(2)), "чужое");
    let records = other.feeds[&head.feed].1.clone();
    let pack = crate::pack::encode(
        &mut PackTables::default(),
        head.space,
        &records,
        crate::pack::Signatures::All,
        &|_| false,
    );
    let frame = Frame::Pack(pack.unwrap().bytes).to_bytes();
    world.ends[end + 1].session.handle_frame(world.now, &frame);
    world.run();
    assert!(world.stores[0].feeds.is_empty());
    assert_eq!(world.ends[end + 1].closed, None);
}

#[test]
fn a_fork_at_equal_heights_is_told_and_never_called_in_sync() {
    let mut world = settled(3, 2);
    let before = world.stores[2].clone();
    let ours = world.stores[2].write(NET, "одно");
    let mut copy = before;
    let theirs = copy.write(NET, "другое");
    let feed = copy.feeds[&theirs.feed].clone();
    world.stores[0].feeds.insert(theirs.feed, feed);
    let end = world.connect(2);
    world.run_timers(20);
    // The author finds it, and asks for the other branch instead of stating its own again.
    let fork = Event::Fork { feed: ours.feed, height: ours.height, ours: ours.hash, theirs: theirs.hash };
    assert!(world.ends[end].events.contains(&fork), "{:?}", world.ends[end].events);
    for end in [end, end + 1] {
        let events = &world.ends[end].events;
        assert!(events.contains(&Event::NotInSync(NET)), "{events:?}");
        assert_eq!(world.in_sync(end), 0);
    }
    let elsewhere =
        |event: &Event| matches!(event, Event::OwnFeedElsewhere { heads } if heads[0].hash == theirs.hash);
    assert!(world.ends[end].events.iter().any(elsewhere));
    // The rest of the network goes on.
    world.write(2, NET, "после");
    world.write(3, NET, "третий");
    let third = world.connect(3);
    world.run();
    assert_eq!(world.ends[third].closed, None);
    let height =
        |store: usize| world.stores[store].feeds.values().find(|it| it.0.node.0 == 3).unwrap().0.height;
    assert_eq!(height(2), height(3));
}

#[test]
fn a_fork_below_the_higher_head_is_found_too() {
    let mut world = settled(3, 2);
    let mut copy = world.stores[2].clone();
    for text in ["а", "б", "в"] {
        world.stores[2].write(NET, text);
    }
    let theirs = copy.write(NET, "другое");
    let feed = copy.feeds[&theirs.feed].clone();
    world.stores[0].feeds.insert(theirs.feed, feed);
    let end = world.connect(2);
    world.run_timers(20);
    let events = &world.ends[end].events;
    assert!(events.iter().any(|it| matches!(it, Event::Fork { height: 4, .. })), "{events:?}");
    assert!(events.iter().any(|it| matches!(it, Event::OwnFeedElsewhere { .. })), "{events:?}");
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (0, 0));
}

#[test]
fn a_node_whose_branch_gives_way_gets_the_other_one_in_the_same_session() {
    for (ours, theirs) in [(1, 1), (3, 1), (1, 3), (2, 40)] {
        let mut world = settled(3, 2);
        let mut copy = world.stores[2].clone();
        for no in 0..ours {
            world.stores[2].write(NET, &format!("наше {no}"));
        }
        for no in 0..theirs {
            copy.write(NET, &format!("их {no}"));
        }
        world.stores[0].feeds.extend(copy.feeds.clone());
        world.stores[2].gives_way = true;
        let end = world.connect(2);
        world.run();
        world.assert_equal(NET, &[0, 2]);
        assert_eq!(world.in_sync(end), 1, "{ours} {theirs}: {:?}", world.ends[end].events);
        assert_eq!(world.stores[0].feeds, copy.feeds, "{ours} {theirs}");
    }
}

#[test]
fn a_restored_node_hears_of_its_own_later_entries() {
    let mut world = settled(3, 2);
    let backup = world.stores[2].clone();
    let later = world.stores[2].write(NET, "после копии");
    let feed = world.stores[2].feeds[&later.feed].clone();
    world.stores[0].feeds.insert(later.feed, feed);
    world.stores[2] = backup;
    let end = world.connect(2);
    world.run();
    let (feed, height, hash) = (later.feed, later.height, later.hash);
    let heads = vec![StatedHead { space: NET, feed, height, hash }];
    assert!(world.ends[end].events.contains(&Event::OwnFeedElsewhere { heads }));
    world.assert_equal(NET, &[0, 2]);
}

/// A copied node: both write a second feed under the same epoch, each known to one side only.
#[test]
fn feeds_that_the_vector_confuses_converge_through_directories() {
    for (ours, theirs) in [(1, 1), (3, 1), (1, 4)] {
        let mut world = settled(3, 2);
        let mut copy = world.stores[2].clone();
        world.stores[2].open(NET, 21);
        copy.open(NET, 22);
        for no in 1..ours {
            world.stores[2].write(NET, &format!("{no}"));
        }
        for no in 1..theirs {
            copy.write(NET, &format!("{no}"));
        }
        let feeds = copy.feeds.clone();
        world.stores[0].feeds.extend(feeds);
        let end = world.connect(2);
        world.run();
        world.assert_equal(NET, &[0, 2]);
        assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (1, 1), "{ours} {theirs}");
    }
}

#[test]
fn statements_travel_before_the_packs_that_need_them() {
    // The node is behind.
    let mut world = World::new(2);
    let behind = world.stores[1].roster.clone();
    let mut ahead = behind.clone();
    admit_org(&mut ahead, 3);
    add_node(&mut ahead, 3, 3);
    let mut third = world::Store::new(3, &ahead);
    third.write(NET, "от нового узла");
    world.stores[0].roster = ahead.clone();
    world.stores[0].feeds = third.feeds.clone();
    let end = world.connect(2);
    world.run();
    assert_eq!(world.stores[2].roster.height(), ahead.height());
    world.assert_equal(NET, &[0, 2]);
    assert_eq!(world.in_sync(end), 1);
    // The relay is behind, and the lead's node brings the news; the other node hears at once.
    let mut further = ahead.clone();
    admit_org(&mut further, 4);
    world.stores[1].roster = further.clone();
    world.stores[1].write(NET, "по новому реестру");
    let lead = world.connect(1);
    world.run();
    assert_eq!([0, 2].map(|store: usize| world.stores[store].roster.height()), [further.height(); 2]);
    world.assert_equal(NET, &[0, 1, 2]);
    assert_eq!(world.in_sync(lead), 1);
    assert!(world.ends.iter().all(|end| end.closed.is_none()));
}

/// The lead's node brings entries of an organisation that the relay has yet to hear of.
#[test]
fn a_space_that_becomes_readable_is_exchanged_at_once() {
    let mut world = World::new(2);
    let space = Space::Org(OrgNo(3));
    admit_org(&mut world.stores[1].roster, 3);
    add_node(&mut world.stores[1].roster, 3, 3);
    let mut third = world::Store::new(3, &world.stores[1].roster);
    third.write(space, "с флешки");
    world.stores[1].feeds = third.feeds;
    let end = world.connect(1);
    world.run();
    world.assert_equal(space, &[0, 1]);
    assert!(world.ends[end].events.contains(&Event::InSync(space)));
    assert!(world.ends[end + 1].events.contains(&Event::InSync(space)));
}

#[test]
fn entries_above_a_closing_do_not_travel() {
    let mut world = settled(3, 4);
    let head = world.stores[0].feeds.values().find(|it| it.0.node == NodeNo(3)).unwrap().0;
    let records = &world.stores[0].feeds[&head.feed].1;
    let end = crate::roster::FeedEnd { height: 2, hash: records[1].entry.hash() };
    let closed = BTreeMap::from([(head.feed, end)]);
    let revoked = Content::NodeRevoked { node: NodeNo(3), closed };
    let mut roster = world.stores[0].roster.clone();
    roster.issue(revoked, &world::org_key(1)).unwrap();
    for store in [0, 1, 2] {
        world.stores[store].roster = roster.clone();
    }
    // One node has all of the feed, the other none of it.
    world.stores[2].feeds.remove(&head.feed);
    let ends = [1, 2].map(|node| world.connect(node));
    world.run();
    assert_eq!(world.stores[2].feeds[&head.feed].0.height, 2);
    assert_eq!(ends.map(|end| world.in_sync(end)), [1, 1]);
}

#[test]
fn late_entries_travel_to_the_lead_alone() {
    let mut world = settled(3, 4);
    let head = world.stores[0].feeds.values().find(|it| it.0.node == NodeNo(3)).unwrap().0;
    let end = crate::roster::FeedEnd { height: 2, hash: world.stores[0].feeds[&head.feed].1[1].entry.hash() };
    let closed = BTreeMap::from([(head.feed, end)]);
    let mut roster = world.stores[0].roster.clone();
    roster.issue(Content::NodeRevoked { node: NodeNo(3), closed }, &world::org_key(1)).unwrap();
    for store in [0, 1, 2] {
        world.stores[store].roster = roster.clone();
    }
    // Neither has any of the feed; node 1 is the lead's.
    for store in [1, 2] {
        world.stores[store].feeds.remove(&head.feed);
    }
    let ends = [1, 2].map(|node| world.connect(node));
    world.run();
    let heights = [1, 2].map(|store| world.stores[store].feeds[&head.feed].0.height);
    assert_eq!(heights, [head.height, 2]);
    assert_eq!(ends.map(|end| world.in_sync(end)), [1, 1]);
}

/// Connects until nobody is told to begin anew.
fn connect_until_settled(world: &mut World, nodes: &[u16]) -> Vec<usize> {
    for _ in 0..8 {
        let ends: Vec<_> = nodes.iter().map(|node| world.connect(*node)).collect();
        world.run();
        let closed = |end: &usize| world.ends[*end].closed.is_some() || world.ends[*end + 1].closed.is_some();
        if !ends.iter().any(closed) {
            return ends;
        }
        for end in &ends {
            let mine = [world.ends[*end].closed, world.ends[*end + 1].closed];
            let expected = [None, Some(CloseReason::RosterRewritten)];
            assert!(mine.iter().all(|it| expected.contains(it)), "{mine:?}");
            world.disconnect(*end);
        }
    }
    panic!("the rosters do not settle");
}

#[test]
fn everybody_hears_of_a_fork_of_the_roster_and_writes_on_below_it() {
    // The relay knows one branch, node 2 another, nodes 1 and 3 neither.
    for ahead in [0, 1] {
        let mut world = settled(3, 4);
        let common = world.stores[0].roster.clone();
        admit_org(&mut world.stores[0].roster, 33);
        admit_org(&mut world.stores[2].roster, 34);
        (0..ahead).for_each(|_| admit_org(&mut world.stores[2].roster, 35));
        let ends = connect_until_settled(&mut world, &[1, 2, 3]);
        for store in 0..4 {
            let roster = &world.stores[store].roster;
            assert_eq!((roster.height(), roster.hash()), (common.height(), common.hash()), "store {store}");
            assert_eq!(roster.fork().map(|it| it.height), Some(common.height()), "store {store}");
        }
        assert!(ends.iter().all(|end| world.in_sync(*end) > 0), "entries go on travelling");
    }
}

#[test]
fn a_replacement_by_the_recovery_key_reaches_everybody_and_settles_the_fork() {
    let mut world = settled(3, 4);
    let common = world.stores[0].roster.clone();
    admit_org(&mut world.stores[0].roster, 33);
    admit_org(&mut world.stores[2].roster, 34);
    let mut rescued = common;
    let replaced = Content::LeadReplaced {
        lead_key: key(91).public(),
        roster_key: key(92).public(),
        recovery_key: key(93).public(),
    };
    let signed = rescued.next(replaced).seal_by_recovery(&world::recovery_key()).to_bytes();
    rescued.push(&signed).unwrap();
    world.stores[1].roster = rescued.clone();
    let ends = connect_until_settled(&mut world, &[1, 2, 3]);
    for store in 0..4 {
        assert_eq!(world.stores[store].roster.tip(), rescued.tip(), "store {store}");
    }
    assert!(ends.iter().all(|end| world.in_sync(*end) > 0));
}

fn check_refused(role: Role, key_seed: u16, change: impl FnOnce(&mut World), expected: Refusal) {
    let mut world = World::new(2);
    change(&mut world);
    let end = world.connect_as(2, role, &key(key_seed));
    world.run();
    assert_eq!(world.ends[end].closed, Some(CloseReason::RefusedByPeer(expected)));
    assert_eq!(world.ends[end + 1].closed, Some(CloseReason::Refused(expected)));
}

#[test]
fn strangers_are_refused_by_name() {
    let node = || Role::Node { node: NodeNo(2) };
    check_refused(node(), 99, |_| {}, Refusal::NotAdmitted);
    let newcomer = Role::Newcomer { key: key(99).public(), letter: vec![1] };
    let elsewhere = |world: &mut World| world.stores[2].roster = Roster::empty(OTHER_NETWORK);
    check_refused(newcomer, 99, elsewhere, Refusal::OtherNetwork);
    let mut session =
        Session::new(Role::Relay { peer: key(2).public() }, snapshot(&network(2)), Timestamp(0));
    session.handle_frame(Timestamp(0), &[0, 2, 9, 9]);
    let refused = std::iter::from_fn(|| session.poll_action()).last();
    assert_eq!(refused, Some(Action::Close(CloseReason::Refused(Refusal::Version))));
}

fn snapshot(roster: &Roster) -> Snapshot {
    Snapshot {
        roster: Arc::new(roster.clone()),
        heads: BTreeMap::new(),
        frontier_cursor: 0,
        frontiers: BTreeMap::new(),
    }
}

#[test]
fn a_relay_without_a_roster_takes_it_from_the_first_to_bring_it() {
    let mut world = World::new(2);
    world.stores[0].roster = Roster::empty(world.stores[1].roster.network());
    let end = world.connect(1);
    world.run();
    assert_eq!(world.stores[0].roster.hash(), world.stores[1].roster.hash());
    world.disconnect(end);
    let end = world.connect(1);
    world.write(1, Space::Network, "plan");
    world.run();
    world.assert_equal(Space::Network, &[0, 1]);
    assert_eq!(world.in_sync(end), 1);
}

#[test]
fn a_newcomer_is_admitted_over_its_open_connection() {
    let mut world = World::new(2);
    let lead = world.connect(1);
    world.run();
    let empty = Roster::empty(world.stores[0].roster.network());
    world.stores.push(world::Store::new(3, &empty));
    let letter = vec![5; 100];
    let role = Role::Newcomer { key: key(3).public(), letter: letter.clone() };
    let end = world.connect_as(3, role, &key(3));
    world.run();
    let from = key(3).public();
    assert_eq!(world.ends[end + 1].events, [Event::Letter { from, letter }]);
    assert!(world.stores[3].roster.height() == 0, "strangers do not get the roster");
    let reply = LetterReply::Refused(crate::letter::LetterRefusal::Declined);
    world.ends[lead].session.handle_letter_reply(world.now, from, reply);
    world.run();
    assert!(world.ends[lead + 1].events.contains(&Event::LetterReply { to: from, reply }));
    world.ends[end + 1].session.handle_letter_reply(world.now, from, reply);
    world.run();
    assert_eq!(world.ends[end].events, [Event::LetterReply { to: from, reply }]);
    // The lead thinks better of it.
    let mut roster = world.stores[1].roster.clone();
    admit_org(&mut roster, 3);
    add_node(&mut roster, 3, 3);
    world.new_roster(1, &roster);
    world.run();
    assert_eq!(world.ends[end].events.last(), Some(&Event::Admitted));
    assert_eq!(world.ends[end].closed, Some(CloseReason::Admitted));
    assert_eq!(world.stores[3].roster.height(), roster.height());
    let end = world.connect(3);
    world.run();
    assert_eq!(world.in_sync(end), 1);
}

#[test]
fn a_node_that_has_left_is_cut_off() {
    let mut world = settled(3, 1);
    let end = world.connect(3);
    world.run();
    let mut roster = world.stores[0].roster.clone();
    let revoked = Content::NodeRevoked { node: NodeNo(3), closed: BTreeMap::new() };
    roster.issue(revoked, &world::org_key(1)).unwrap();
    world.new_roster(0, &roster);
    world.run();
    assert_eq!(world.ends[end + 1].closed, Some(CloseReason::Refused(Refusal::NotAdmitted)));
    // Its feed, closed at nothing, is no part of the state any more.
    world.stores[2].roster = roster;
    let before = world.stores[2].feeds.len();
    world.stores[2].feeds.retain(|_, feed| feed.0.node != NodeNo(3));
    assert_eq!(world.stores[2].feeds.len(), before - 1);
    let end = world.connect(2);
    world.run();
    assert_eq!(world.in_sync(end), 1);
    assert_eq!(world.stores[2].feeds.len(), before - 1);
}

#[test]
fn refused_entries_do_not_make_the_sides_talk_for_ever() {
    let mut world = settled(3, 2);
    world.stores[2].write(NET, "новое");
    world.stores[0].refuses = true;
    let end = world.connect(2);
    world.run_timers(30);
    assert!(world.ends[end].frames < 20, "{}", world.ends[end].frames);
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (0, 0));
    assert!(world.ends[end].events.contains(&Event::NotInSync(NET)));
}

#[test]
fn frontiers_pass_and_an_idle_reconnect_repeats_none() {
    use crate::frontier::Frontier;
    let mut world = settled(3, 2);
    let ends = [2, 3].map(|node| world.connect(node));
    world.run();
    let store = &world.stores[2];
    let heads = store.heads()[&NET].clone();
    let frontier = Frontier {
        node: NodeNo(2),
        counter: 1,
        space: NET,
        roster: store.roster.height(),
        rules: 1,
        digest: store.digest(NET),
        vector: crate::vector::Vector::of(&heads),
    };
    let bytes = frontier.sign(&store.roster.network(), &key(2));
    assert_eq!(Frontier::verify(&bytes, &store.roster), Ok(frontier.clone()));
    let foreign = Frontier { node: NodeNo(3), ..frontier }.sign(&store.roster.network(), &key(2));
    assert!(Frontier::verify(&foreign, &store.roster).is_err());
    world.ends[ends[0]].session.handle_frontiers(world.now, vec![bytes.clone(), foreign], 0);
    world.run();
    assert_eq!(world.ends[ends[0] + 1].events.last(), Some(&Event::Frontier(bytes.clone())));
    for end in ends {
        world.ends[end + 1].session.handle_frontiers(world.now, vec![bytes.clone()], 17);
    }
    world.run();
    assert!(world.ends[ends[1]].events.contains(&Event::Frontier(bytes.clone())));
    assert!(!world.ends[ends[0]].events.contains(&Event::Frontier(bytes)), "not back to its author");
    assert_eq!((world.stores[2].cursor, world.stores[3].cursor), (0, 17));
    let again = world.connect(3);
    world.run();
    assert!(world.ends[again + 1].events.contains(&Event::FrontierCursor(17)));
}

#[test]
fn a_frontier_is_due_at_most_once_a_minute() {
    let mut world = settled(2, 1);
    let end = world.connect(2);
    world.run();
    let due =
        |world: &World| world.ends[end].events.iter().filter(|it| **it == Event::FrontierDue(NET)).count();
    assert_eq!(due(&world), 1);
    for no in 0..5 {
        world.now = world.now.plus_ms(1000);
        world.write(2, NET, &format!("{no}"));
        world.run();
    }
    assert_eq!(due(&world), 1);
    world.run_timers(3);
    assert_eq!(due(&world), 2);
}

#[test]
fn a_clock_that_was_set_back_stops_no_timer() {
    let mut world = settled(2, 1);
    let end = world.connect(2);
    world.run();
    world.now = Timestamp(world.now.0 - 40 * 24 * 3600 * 1000);
    world.write(2, NET, "после перевода часов");
    world.run();
    let due = world.ends[end].session.poll_timeout().unwrap();
    assert!(due <= world.now.plus_ms(FRONTIER_MS_MIN), "{due:?} is too far from {:?}", world.now);
    let mut session = Session::new(Role::Node { node: NodeNo(2) }, snapshot(&network(2)), Timestamp(90_000));
    session.handle_timeout(Timestamp(5));
    assert_eq!(session.poll_timeout(), Some(Timestamp(5 + OPENING_MS_MAX)));
}

#[test]
fn silence_at_the_beginning_ends_the_session() {
    for role in [Role::Node { node: NodeNo(2) }, Role::Relay { peer: key(2).public() }] {
        let mut session = Session::new(role, snapshot(&network(2)), Timestamp(5));
        assert_eq!(session.poll_timeout(), Some(Timestamp(5 + OPENING_MS_MAX)));
        session.handle_timeout(Timestamp(6));
        session.handle_timeout(Timestamp(5 + OPENING_MS_MAX));
        let last = std::iter::from_fn(|| session.poll_action()).last();
        assert_eq!(last, Some(Action::Close(CloseReason::Timeout)));
    }
}

#[test]
fn frames_that_come_twice_change_nothing() {
    let mut world = settled(3, 2);
    world.twice = true;
    world.stores[2].write(NET, "новое");
    let ends = [2, 3].map(|node| world.connect(node));
    world.run();
    world.write(2, NET, "ещё");
    world.write(3, NET, "и ещё");
    world.run_timers(20);
    world.assert_equal(NET, &[0, 2, 3]);
    assert_eq!(ends.map(|end| (world.ends[end].closed, world.in_sync(end))), [(None, 1); 2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whoever_writes_when_all_converge(late: bool, reports: bool, steps in prop::collection::vec((1u16..4, 0u8..9), 1..40)) {
        let mut world = World::new(3);
        world.late = late;
        world.reports = reports;
        let mut connected = [None; 4];
        for (node, what) in steps {
            match what {
                0 => {
                    if let Some(end) = connected[usize::from(node)].take() {
                        world.disconnect(end);
                    }
                }
                1 if connected[usize::from(node)].is_none() => {
                    connected[usize::from(node)] = Some(world.connect(node));
                }
                2 => {
                    world.run();
                }
                8 => _ = world.step(),
                3 => world.write(node, Space::Org(OrgNo(node)), "своё"),
                4 => {
                    let head = world.stores[usize::from(node)].open(NET, u8::try_from(node).unwrap() + 50);
                    world.appended(usize::from(node), &[head]);
                }
                _ => world.write(node, NET, "правка"),
            }
        }
        for node in 1..4 {
            if connected[usize::from(node)].is_none() {
                world.connect(node);
            }
        }
        world.run();
        world.run_late_checks();
        world.assert_equal(NET, &[0, 1, 2, 3]);
        for node in 2..4u16 {
            world.assert_equal(Space::Org(OrgNo(node)), &[0, 1, usize::from(node)]);
        }
        for end in &world.ends {
            let alarm = |it: &&Event| matches!(it, Event::Fork { .. } | Event::NotInSync(_));
            assert_eq!(end.events.iter().find(alarm), None);
            assert_eq!(end.closed, None);
            let stalled = |at: Timestamp| at.0 - world.now.0 > FRONTIER_MS_MIN;
            assert!(!end.session.poll_timeout().is_some_and(stalled), "somebody still waits");
        }
    }

    #[test]
    fn arbitrary_frames_are_survived(frames in prop::collection::vec((0u8..12, any::<Vec<u8>>()), 0..12)) {
        let mut world = settled(2, 2);
        let end = world.connect(2);
        world.run();
        for (kind, bytes) in frames {
            let frame = [&[if kind > 9 { kind + 118 } else { kind }][..], &bytes].concat();
            for end in [end, end + 1] {
                world.ends[end].session.handle_frame(world.now, &frame);
                while world.ends[end].session.poll_action().is_some() {}
            }
        }
    }
}

#[test]
fn every_damaged_frame_of_a_real_session_is_survived() {
    let mut world = settled(3, 2);
    world.stores[2].write(NET, "новое");
    world.stores[2].sign_frontier(NET);
    let frontier = world.stores[2].frontiers[&(NodeNo(2), NET)].clone();
    let heads = world.stores[2].heads();
    let roster = Arc::new(world.stores[2].roster.clone());
    let new = |role| {
        let frontiers = BTreeMap::from([(NET, frontier.clone())]);
        let snapshot =
            Snapshot { roster: roster.clone(), heads: heads.clone(), frontier_cursor: 0, frontiers };
        Session::new(role, snapshot, Timestamp(0))
    };
    let mut node = new(Role::Node { node: NodeNo(2) });
    let Some(Action::Send(hello)) = node.poll_action() else { panic!("no hello") };
    for bit in 0..hello.len() * 8 {
        let mut damaged = hello.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let mut relay = new(Role::Relay { peer: key(2).public() });
        relay.handle_frame(Timestamp(0), &damaged);
        while let Some(action) = relay.poll_action() {
            let Action::Send(frame) = action else { continue };
            let mut node = new(Role::Node { node: NodeNo(2) });
            node.handle_frame(Timestamp(0), &frame);
            while node.poll_action().is_some() {}
        }
    }
}
