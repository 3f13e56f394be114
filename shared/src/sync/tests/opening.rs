//! What a Hello costs, and that what the sides remember of each other is never more than a hint.

use super::world::World;
use super::*;

/// One session of node 7; gives bytes both ways and the number of frames.
fn check_settles(world: &mut World) -> (usize, usize, usize) {
    let end = world.connect(7);
    world.run();
    let (up, down) = world.take_bytes(end);
    let frames = world.ends[end].frames + world.ends[end + 1].frames;
    world.assert_equal(NET, &[0, 7]);
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (1, 1));
    let events = &world.ends[end].events;
    let alarm = |it: &&Event| matches!(it, Event::OwnFeedElsewhere { .. } | Event::Fork { .. });
    assert_eq!(events.iter().find(alarm), None);
    assert_eq!(frontiers_of_seven(world).0, frontiers_of_seven(world).1, "the relay has the newest frontier");
    world.disconnect(end);
    (up, down, frames)
}

fn frontiers_of_seven(world: &World) -> (Option<&Frontier>, Option<&Frontier>) {
    let key = (NodeNo(7), NET);
    (world.stores[0].frontiers.get(&key), world.stores[7].frontiers.get(&key))
}

/// As if it came by another connection.
fn write_at_relay(world: &mut World, node: usize, text: &str) {
    let head = world.stores[node].write(NET, text);
    let feed = world.stores[node].feeds[&head.feed].clone();
    world.stores[0].feeds.insert(head.feed, feed);
}

#[test]
fn one_new_entry_costs_its_own_bytes_and_little_more() {
    let mut world = reported(50, 150);
    world.stores[7].write(NET, "новое");
    world.reports = false;
    let end = world.connect(7);
    world.run();
    let (up, down) = world.take_bytes(end);
    println!("one new entry over 50 feeds: {up} up + {down} down");
    assert!(up + down <= 230, "64 of them the signature");
    world.assert_equal(NET, &[0, 7]);
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (1, 1));
}

#[test]
fn news_of_one_organisation_cost_no_vector() {
    let mut world = reported(50, 150);
    for no in 0..10 {
        write_at_relay(&mut world, 9, &format!("{no}"));
    }
    world.reports = false;
    let end = world.connect(7);
    world.run();
    let (up, down) = world.take_bytes(end);
    println!("ten new entries of another node: {up} up + {down} down");
    assert!(up <= 90, "Hello and Check: {up}");
    world.assert_equal(NET, &[0, 7]);
}

#[test]
fn a_relay_that_knows_nothing_of_the_node_asks_once() {
    let mut world = reported(50, 3);
    world.stores[0].frontiers.clear();
    write_at_relay(&mut world, 9, "новое");
    world.stores[7].write(NET, "новое здесь");
    check_settles(&mut world);
    // Nothing new, and the frontier is not there: the node hands it over without exchanging anything else.
    world.stores[0].frontiers.clear();
    let (_, _, frames) = check_settles(&mut world);
    assert_eq!(frames, 3, "Hello, Welcome, frontier");
    let (up, down, frames) = check_settles(&mut world);
    assert_eq!(frames, 2);
    assert!(up + down <= 100);
}

#[test]
fn an_older_frontier_at_the_relay_costs_no_round_trip() {
    let mut world = reported(50, 3);
    let older = world.stores[0].frontiers.clone();
    write_at_relay(&mut world, 9, "дошло до узла, а отметка потерялась");
    check_settles(&mut world);
    world.stores[0].frontiers = older;
    write_at_relay(&mut world, 9, "и ещё");
    world.stores[7].write(NET, "своё");
    let end = world.connect(7);
    world.run();
    assert_eq!((world.in_sync(end), world.in_sync(end + 1)), (1, 1));
    let vectors = world.ends[end].kinds.iter().filter(|kind| **kind == 9).count();
    assert_eq!(vectors, 0, "nothing was asked");
    world.assert_equal(NET, &[0, 7]);
}

#[test]
fn a_relay_that_was_restored_is_brought_up_to_date() {
    let mut world = reported(20, 3);
    let backup = world.stores[0].clone();
    world.stores[7].write(NET, "после копии");
    write_at_relay(&mut world, 9, "тоже");
    check_settles(&mut world);
    world.stores[0] = backup;
    check_settles(&mut world);
}

#[test]
fn a_restored_node_with_an_older_frontier_hears_of_its_own_later_entries() {
    let mut world = reported(20, 3);
    let backup = world.stores[7].clone();
    let later = world.stores[7].write(NET, "после копии");
    check_settles(&mut world);
    world.stores[7] = backup;
    let end = world.connect(7);
    world.run();
    let (feed, height, hash) = (later.feed, later.height, later.hash);
    let heads = vec![StatedHead { space: NET, feed, height, hash }];
    assert!(world.ends[end].events.contains(&Event::OwnFeedElsewhere { heads }));
    world.assert_equal(NET, &[0, 7]);
}

/// Both lives signed a frontier of one number, so only the digest can tell.
#[test]
fn a_copied_node_with_a_frontier_of_the_same_number_is_found_out() {
    for own in 1..3 {
        let mut world = reported(20, 3);
        let copy = world.stores[7].clone();
        world.stores[7].write(NET, "одна жизнь");
        check_settles(&mut world);
        world.stores[7] = copy;
        for no in 0..own {
            world.stores[7].write(NET, &format!("другая жизнь {no}"));
        }
        world.stores[7].sign_frontier(NET);
        let end = world.connect(7);
        world.run_timers(20);
        let events = &world.ends[end].events;
        assert!(events.iter().any(|it| matches!(it, Event::OwnFeedElsewhere { .. })), "{events:?}");
        assert_eq!(world.in_sync(end), 0);
    }
}

/// Both are connected and write at the same moment: what the relay gets second does not follow what it has. Only the
/// silence of two minutes used to tell it that something was wrong.
#[test]
fn two_copies_that_write_at_once_agree_without_waiting() {
    for (first, second) in [(1, 1), (1, 3), (3, 1)] {
        let mut world = reported(20, 3);
        let mut copy = world.stores[7].clone();
        copy.gives_way = true;
        let twin = world.stores.len();
        world.stores.push(copy);
        world.connect(7);
        let end = world.connect_as(twin, Role::Node { node: NodeNo(7) }, &key(7));
        world.run();
        for (store, count) in [(7, first), (twin, second)] {
            for no in 0..count {
                let head = world.stores[store].write(NET, &format!("{store}: {no}"));
                world.appended(store, &[head]);
            }
        }
        world.run();
        let soon = world.now.plus_ms(STALL_MS / 2);
        while let Some(next) = world.ends.iter().filter_map(|it| it.session.poll_timeout()).min()
            && next < soon
        {
            world.now = world.now.max(next);
            let now = world.now;
            world.ends.iter_mut().for_each(|it| it.session.handle_timeout(now));
            world.run();
        }
        let events = &world.ends[end].events;
        assert!(
            events.iter().any(|it| matches!(it, Event::OwnFeedElsewhere { .. })),
            "{first} {second} {events:?}"
        );
        world.assert_equal(NET, &[0, 7, twin]);
    }
}

#[test]
fn an_answer_that_refers_to_what_was_not_said_ends_the_session() {
    for flags in 1..8 {
        let mut node = Session::new(Role::Node { node: NodeNo(2) }, snapshot(&network(2)), Timestamp(0));
        let mut welcome = vec![1, 1, 1, flags];
        welcome.extend([7; 16]);
        welcome.extend([0, 0, 0, 0]);
        node.handle_frame(Timestamp(0), &welcome);
        let last = std::iter::from_fn(|| node.poll_action()).last();
        assert!(matches!(last, Some(Action::Close(CloseReason::Protocol(_)))), "{flags}: {last:?}");
    }
}
