//! Honest inputs to begin from: what nodes, relays and members really say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use svod_shared::entry::{Entry, Item, Record};
use svod_shared::feed::Tip;
use svod_shared::id::{FeedId, OrgNo, Space, sha256};
use svod_shared::leb::Writer;
use svod_shared::pack::{self, NO_ENTRY, PackTables, Signatures};
use svod_shared::packet::{self, Envelope};
use svod_shared::roster::{Content, FeedEnd, Relay, Statement, Whom};
use svod_shared::storage::Storage as _;

use super::documents::{SCENES, head_of};
use super::session::{Host, SIDES, Side};
use super::world::{self, LEAD, MEMBER, NOW, WORLD, node_key};

/// The inputs of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "frame" => frames().into_iter().flat_map(|(_, heard)| heard).collect(),
        "session" => sessions(),
        "pack" => packs(),
        "packet" => packets(),
        "roster" => statements(),
        "prescan" => {
            changes().into_iter().filter_map(|(_, body)| Some(body.get(1 + 32 + 17..)?.to_vec())).collect()
        }
        "gate" => gates(),
        _ => Vec::new(),
    }
}

static OPENINGS: LazyLock<Vec<Option<Vec<u8>>>> =
    LazyLock::new(|| SIDES.iter().map(|side| frames_to(*side).into_iter().next()).collect());

/// The first frame that an honest peer of this side says.
pub fn opening(side: Side) -> Option<Vec<u8>> {
    let at = SIDES.iter().position(|it| *it == side)?;
    OPENINGS.get(at)?.clone()
}

/// What each side hears in an honest exchange.
fn frames() -> Vec<(usize, Vec<Vec<u8>>)> {
    SIDES.iter().enumerate().map(|(at, side)| (at, frames_to(*side))).collect()
}

fn frames_to(side: Side) -> Vec<Vec<u8>> {
    let peer = match side {
        Side::Node => Side::Relay,
        Side::Relay | Side::RelayOfLead => Side::Node,
        Side::Newcomer => Side::RelayOfStranger,
        Side::RelayOfStranger => Side::Newcomer,
    };
    let (mut here, mut there) = (Host::new(side), Host::new(peer));
    let mut heard = Vec::new();
    // The exchange of so small a log is over long before that.
    for _ in 0..20 {
        for frame in std::mem::take(&mut there.sent) {
            here.hear(&frame);
            heard.push(frame);
        }
        for frame in std::mem::take(&mut here.sent) {
            there.hear(&frame);
        }
    }
    heard
}

fn sessions() -> Vec<Vec<u8>> {
    let extras: [&[u8]; 4] = [&[5], &[4, 0x80, 0x80, 0x40], &[7, 50], &[6, 6, 100, 4, 1, 2, 3, 4]];
    let whole = frames().into_iter().map(|(side, heard)| {
        let mut writer = Writer::new();
        writer.u8(u8::try_from(side).unwrap_or_default());
        for (frame, extra) in heard.iter().zip(extras.iter().cycle()) {
            writer.u8(0).bytes(frame).raw(extra);
        }
        writer.into_vec()
    });
    whole.collect()
}

fn records() -> Vec<(Space, Vec<Record>)> {
    let spaces = WORLD.full.spaces().expect("memory reads");
    let of = |space| {
        let feeds = WORLD.full.feeds(space).expect("memory reads");
        let records =
            feeds.iter().flat_map(|it| WORLD.full.records(&it.feed, 0, usize::MAX).expect("memory reads"));
        (space, records.collect::<Vec<_>>())
    };
    spaces.into_iter().map(of).collect()
}

fn packs() -> Vec<Vec<u8>> {
    let mut packs = Vec::new();
    for (space, records) in records() {
        for signatures in [Signatures::All, Signatures::Last] {
            let encoded = pack::encode(&mut PackTables::default(), space, &records, signatures, &|_| false);
            packs.extend(encoded.map(|it| it.bytes));
        }
    }
    // Texts without a pattern travel as they are, so that a fuzzer sees through to them.
    for n in 0..6u8 {
        let run = plain_run(n);
        let encoded =
            pack::encode(&mut PackTables::default(), Space::Network, &run, Signatures::Last, &|_| false);
        packs.extend(encoded.map(|it| it.bytes));
    }
    packs
}

fn plain_run(n: u8) -> Vec<Record> {
    let tip = Tip::open(&WORLD.roster.network(), MEMBER, Space::Network, &[], [n; 16]);
    let mut prev = NO_ENTRY;
    let mut run = Vec::new();
    for seq in 0..u64::from(n) + 1 {
        let noise = |more: u8| sha256(&[n, more, seq.to_le_bytes()[0]]);
        let body = [&[1][..], &noise(1), &[16], tip.feed().actor().as_bytes(), &noise(2), &noise(3)].concat();
        let (hash, chunk) = svod_shared::chunk::of_body(&body);
        let doc = svod_node::documents::roadmap_id([n; 13]);
        let items = vec![Item::Unknown { kind: 100, bytes: noise(0).to_vec() }, Item::Change { doc, hash }];
        let entry = Entry { feed: tip.feed(), seq, prev, roster: 2, items };
        prev = entry.hash();
        let signature = Some(entry.sign(&node_key(MEMBER)));
        run.push(Record { entry, signature, changes: vec![chunk] });
    }
    run
}

fn packets() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    let heads: Vec<_> = WORLD.full.feeds(Space::Network).expect("memory reads");
    for (from, to, statements_from) in
        [(MEMBER, None, 0), (LEAD, Some(OrgNo(2)), 4), (MEMBER, Some(OrgNo(1)), 99)]
    {
        let feeds: Vec<_> = heads.iter().map(|it| (*it, u64::from(statements_from > 0))).collect();
        let key = node_key(from);
        let envelope = Envelope {
            roster: &WORLD.roster,
            from,
            node_key: &key,
            to,
            created: NOW,
            statements_from,
            frontiers: Vec::new(),
            bytes_max: 64 * 1024,
        };
        files.extend(packet::write(&WORLD.full, &envelope, &feeds).expect("memory reads"));
    }
    files
}

fn statements() -> Vec<Vec<u8>> {
    let mut inputs: Vec<_> = WORLD.roster.statements(0).to_vec();
    let closed = BTreeMap::from([(FeedId([9; 32]), FeedEnd { height: 3, hash: NO_ENTRY })]);
    let member = OrgNo(3);
    let everyday = [
        Content::NodeAdded(world::node_added(&WORLD.roster, member, &world::key(90))),
        Content::RelaySet(Relay {
            addresses: vec!["a:1".into(), "b:2".into()],
            key: world::key(91).public(),
        }),
        Content::FeedsClosed { whom: Whom::Node(MEMBER), below: 3, closed: closed.clone() },
        Content::OrgSuspended { org: member, closed: closed.clone() },
        Content::OrgRestored { org: member },
        Content::Excluded { change: svod_shared::id::ChangeHash([3; 32]) },
        Content::RulesVersion { version: 2 },
    ];
    let weighty = [
        Content::NodeRevoked { node: MEMBER, closed: closed.clone() },
        Content::OrgRemoved { org: OrgNo(2), closed },
        Content::LeadTransferred {
            to: member,
            roster_key: world::key(92).public(),
            recovery_key: world::key(93).public(),
        },
    ];
    inputs.push(log(&everyday, 0));
    inputs.push(log(&weighty, 60));
    inputs.push([log(&everyday, 60), log(&weighty, 120)].concat());
    inputs
}

fn log(contents: &[Content], how: u8) -> Vec<u8> {
    let mut writer = Writer::new();
    for content in contents {
        let statement: Statement = WORLD.roster.next(content.clone());
        writer.u8(how).bytes(&statement.to_body());
    }
    writer.into_vec()
}

/// Bodies of honest changes, with the number of their scene.
fn changes() -> Vec<(usize, Vec<u8>)> {
    let bodies = SCENES.iter().enumerate().flat_map(|(at, scene)| {
        scene
            .honest
            .iter()
            .filter_map(move |it| Some((at, svod_shared::chunk::body(&it.bytes).ok()?.to_vec())))
    });
    bodies.collect()
}

fn gates() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for (at, body) in changes() {
        let how = u8::try_from(at * 2).unwrap_or_default();
        let head = SCENES.get(at).map(head_of).unwrap_or_default();
        inputs.extend(body.strip_prefix(head.as_slice()).map(|rest| [&[how + 1], rest].concat()));
        inputs.push([&[how], body.as_slice()].concat());
    }
    inputs
}
