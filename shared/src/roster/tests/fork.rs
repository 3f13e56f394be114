//! Branches that contradict each other, and the recovery key.

use super::*;
use crate::id::{DocId, Owner};
use proptest::prelude::*;

/// New keys of the lead from `seed` on.
fn replaced(seed: u8) -> Content {
    Content::LeadReplaced {
        lead_key: key(seed).public(),
        roster_key: key(seed + 1).public(),
        recovery_key: key(seed + 2).public(),
    }
}

/// The statements of a roster from `from` on, and more of them.
fn grown(roster: &Roster, more: impl FnOnce(&mut Roster)) -> Vec<Vec<u8>> {
    let (mut grown, from) = (roster.clone(), roster.height());
    more(&mut grown);
    grown.statements(from).to_vec()
}

fn admits(roster: &Roster, seeds: &[u8]) -> Vec<Vec<u8>> {
    grown(roster, |it| {
        for seed in seeds {
            it.issue(admission(*seed, Role::Member), &key(EVERYDAY)).unwrap();
        }
    })
}

/// A replacement by the recovery key after the first `height` statements, and admissions by the new key.
fn rescue(roster: &Roster, height: u64, recovery: u8, seed: u8, admitted: &[u8]) -> Vec<Vec<u8>> {
    let below =
        Roster::from_statements(roster.network(), &roster.statements(0)[..usize::try_from(height).unwrap()]);
    let below = below.unwrap();
    grown(&below, |it| {
        it.push(&it.next(replaced(seed)).seal_by_recovery(&key(recovery)).to_bytes()).unwrap();
        for org in admitted {
            it.issue(admission(*org, Role::Member), &key(seed + 1)).unwrap();
        }
    })
}

fn check_replay(roster: &Roster) {
    let again = Roster::from_statements(roster.network(), &roster.journal()).unwrap();
    assert_eq!(format!("{again:?}"), format!("{roster:?}"), "the journal makes it again");
}

#[test]
fn two_statements_at_one_height_end_the_roster_there_for_everybody() {
    let common = three();
    let (left, right) = (admits(&common, &[20, 21, 22]), admits(&common, &[30]));
    for (first, second) in [(&left, &right), (&right, &left)] {
        let mut roster = common.clone();
        assert_eq!(roster.take(first), Ok(Taken { changed: true, ..Taken::default() }));
        assert_eq!(roster.take(second), Ok(Taken { changed: true, rewritten: Some(6), noted: false }));
        assert_eq!(
            (roster.height(), roster.hash()),
            (common.height(), common.hash()),
            "rights of the common height"
        );
        let fork = roster.fork().unwrap();
        assert_eq!(fork.height, 6);
        assert!(fork.first.hash < fork.second.hash);
        assert_ne!(roster.tip(), common.tip(), "everybody can tell that there is a fork");
        let doc = DocId::natural(1, Owner::Shared, b"plan");
        assert_eq!(roster.may_write(NodeNo(2), &doc, 6), Ok(()), "writing goes on");
        // Nothing goes on above it, and neither side is news any more.
        for branch in [&left, &right] {
            assert_eq!(roster.take(branch), Ok(Taken::default()));
        }
        let next = roster.issue(admission(40, Role::Member), &key(EVERYDAY));
        assert!(matches!(next, Err(RosterError::Fork { height: 6, .. })), "{next:?}");
        check_replay(&roster);
    }
}

#[test]
fn a_statement_that_cannot_be_is_no_fork() {
    let mut roster = three();
    let lower = Content::RulesVersion { version: 1 };
    let impossible = roster.next(lower).seal_by_roster(&key(EVERYDAY)).to_bytes();
    roster.issue(admission(20, Role::Member), &key(EVERYDAY)).unwrap();
    let refused = RosterError::RulesVersion { current: 1, found: 1 };
    assert_eq!(roster.take(&[impossible]), Err(refused));
    assert!(roster.fork().is_none());
}

#[test]
fn the_recovery_key_outranks_whatever_follows_its_height() {
    let common = three();
    let mut roster = common.clone();
    roster.take(&admits(&common, &[20, 21])).unwrap();
    let rescue = rescue(&roster, 6, RECOVERY, 40, &[30]);
    let taken = roster.take(&rescue).unwrap();
    assert_eq!(taken, Taken { changed: true, rewritten: Some(6), noted: false });
    assert_eq!(roster.org_by_key(&key(20).public()), None, "what the thief said does not stand");
    assert_eq!(roster.org_by_key(&key(30).public()).map(|it| it.no), Some(OrgNo(4)));
    assert_eq!((roster.org(LEAD_NO).unwrap().key, roster.lead()), (key(40).public(), Some(LEAD_NO)));
    let by_old = roster.next(admission(31, Role::Member)).seal_by_roster(&key(EVERYDAY)).to_bytes();
    assert_eq!(roster.push(&by_old), Err(RosterError::BadSignature));
    assert_eq!(roster.settled().len(), 1, "evidence is kept");
    check_replay(&roster);

    // Whoever holds the old keys cannot begin another branch anywhere below.
    for height in 1..6 {
        let below = Roster::from_statements(roster.network(), &roster.statements(0)[..height]).unwrap();
        let taken = roster.take(&admits(&below, &[50])).unwrap();
        assert_eq!((taken.changed, taken.noted), (false, true), "at {height}");
        assert_eq!(roster.height(), 8);
    }
    check_replay(&roster);
}

#[test]
fn a_fork_is_settled_by_the_recovery_key_alone() {
    let common = three();
    let mut roster = common.clone();
    roster.take(&admits(&common, &[20])).unwrap();
    roster.take(&admits(&common, &[30])).unwrap();
    let both = common.next(replaced(40)).seal_by_both_leads(&key(LEAD), &key(40)).to_bytes();
    roster.take(&[both]).unwrap();
    assert!(roster.fork().is_some(), "the lead key cannot settle what it may have caused");
    roster.take(&rescue(&common, 6, RECOVERY, 60, &[31])).unwrap();
    assert!(roster.fork().is_none());
    assert_eq!((roster.height(), roster.settled().len()), (8, 1));
    roster.issue(admission(32, Role::Member), &key(61)).unwrap();
    check_replay(&roster);
}

#[test]
fn old_and_new_lead_together_replace_the_keys_as_an_everyday_matter() {
    let mut roster = three();
    let signed = roster.next(replaced(40)).seal_by_both_leads(&key(LEAD), &key(40)).to_bytes();
    roster.push(&signed).unwrap();
    assert_eq!(roster.recovery_key(), Some(&key(42).public()));
    roster.issue(admission(20, Role::Member), &key(41)).unwrap();
    let lower = Statement { height: 3, prev: roster.hash_at(3).unwrap(), ..roster.next(replaced(50)) };
    let signed = lower.seal_by_both_leads(&key(LEAD), &key(50)).to_bytes();
    roster.take(&[signed]).unwrap();
    assert_eq!(roster.fork().map(|it| it.height), Some(3), "it outranks nothing");
}

#[test]
fn keys_of_a_replacement_have_served_nothing_yet() {
    let roster = three();
    let signed = roster.next(replaced(10)).seal_by_recovery(&key(RECOVERY)).to_bytes();
    assert_eq!(roster.clone().push(&signed), Err(RosterError::KeyInUse { key: key(11).public() }));
}

/// Branches that leave each other at several heights, some of them rescued.
fn branches(common: &Roster) -> Vec<Vec<Vec<u8>>> {
    let mut long = common.clone();
    long.take(&admits(common, &[20, 21, 22, 23])).unwrap();
    let prefix =
        |height: usize| Roster::from_statements(common.network(), &long.statements(0)[..height]).unwrap();
    let whole = |from: u64, branch: Vec<Vec<u8>>| {
        let below = long.statements(0)[1..usize::try_from(from).unwrap()].iter().cloned();
        below.chain(branch).collect::<Vec<_>>()
    };
    let short: Vec<_> = long.statements(1)[..6].to_vec();
    vec![
        long.statements(1).to_vec(),
        short,
        whole(8, admits(&prefix(8), &[30, 31])),
        whole(7, admits(&prefix(7), &[32])),
        whole(7, admits(&prefix(7), &[33])),
        whole(9, rescue(&long, 9, RECOVERY, 60, &[34])),
        whole(8, rescue(&long, 8, RECOVERY, 70, &[35, 36])),
        whole(8, rescue(&long, 8, RECOVERY, 80, &[])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Nodes that hear of the same branches in whatever order end with the same roster, fork and rights.
    #[test]
    fn the_order_of_branches_does_not_matter(
        orders in Just((0..8usize).collect::<Vec<_>>()).prop_shuffle(),
        other in Just((0..8usize).collect::<Vec<_>>()).prop_shuffle(),
        known in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let common = three();
        let branches = branches(&common);
        let told = |order: &[usize]| {
            let mut roster = common.clone();
            for branch in order.iter().filter(|it| known[**it]) {
                roster.take(&branches[*branch]).unwrap();
            }
            roster
        };
        let (one, two) = (told(&orders), told(&other));
        prop_assert_eq!(one.tip(), two.tip());
        prop_assert_eq!(one.statements(0), two.statements(0));
        prop_assert_eq!(one.fork(), two.fork());
        for roster in [one, two] {
            let again = Roster::from_statements(roster.network(), &roster.journal()).unwrap();
            prop_assert_eq!(format!("{again:?}"), format!("{roster:?}"));
        }
    }
}
