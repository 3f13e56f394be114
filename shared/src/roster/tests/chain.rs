//! Which bytes follow which, and who may have signed them.

use super::*;
use crate::leb::ReadError;
use proptest::prelude::*;

/// What pushing to a copy gives; the copy must not have changed on an error.
fn pushed(roster: &Roster, signed: &[u8]) -> Result<(), RosterError> {
    let mut copy = roster.clone();
    let result = copy.push(signed);
    if result.is_err() {
        assert_eq!(format!("{copy:?}"), format!("{roster:?}"), "a refused statement changes nothing");
    }
    result
}

#[test]
fn a_newcomer_accepts_only_its_genesis() {
    let (signed, network) = Roster::found(&genesis(), &key(LEAD));
    let (other, other_network) = Roster::found(&Genesis { random: [8; 16], ..genesis() }, &key(LEAD));
    let newcomer = Roster::empty(network);
    assert_eq!(pushed(&newcomer, &signed), Ok(()));
    assert_eq!(
        pushed(&newcomer, &other),
        Err(RosterError::OtherNetwork { expected: network, found: other_network })
    );
    let three = three();
    let later = &three.statements(1)[0];
    assert_eq!(pushed(&newcomer, later), Err(RosterError::Gap { expected: 0, found: 1 }));
}

#[test]
fn a_first_statement_that_creates_no_network_is_refused_even_if_its_hash_is_the_network() {
    let blank = Roster::empty(NetworkId([0; 32]));
    let check = |statement: Statement, expected: RosterError| {
        let newcomer = Roster::empty(NetworkId(statement.hash().0));
        assert_eq!(pushed(&newcomer, &statement.seal_by_lead(&key(LEAD)).to_bytes()), Err(expected));
    };
    check(blank.next(Content::RulesVersion { version: 2 }), RosterError::NotGenesis);
    let created = blank.next(Content::NetworkCreated(genesis()));
    check(Statement { network: NetworkId([1; 32]), ..created.clone() }, RosterError::NotGenesis);
    check(Statement { prev: StatementHash([1; 32]), ..created }, RosterError::NotGenesis);
    let same = Genesis { recovery_key: key(EVERYDAY).public(), ..genesis() };
    let used = RosterError::KeyInUse { key: key(EVERYDAY).public() };
    check(blank.next(Content::NetworkCreated(same)), used);
}

#[test]
fn statements_read_back_to_the_same_roster() {
    let roster = three();
    let again = Roster::from_statements(roster.network(), roster.statements(0)).unwrap();
    assert_eq!(format!("{again:?}"), format!("{roster:?}"));
    assert_eq!(roster.height(), 6);
    assert_eq!(roster.hash_at(6), Some(roster.hash()));
    assert_eq!(roster.hash_at(1), Some(StatementHash(roster.network().0)));
    assert_eq!((roster.hash_at(0), roster.hash_at(7), roster.hash_at(u64::MAX)), (None, None, None));
    assert_eq!((roster.statements(4).len(), roster.statements(6).len()), (2, 0));
    assert!(roster.statements(u64::MAX).is_empty());
}

#[test]
fn every_flipped_bit_of_a_signed_statement_is_refused() {
    let roster = three();
    for number in [0, 1, 2] {
        let before = Roster::from_statements(roster.network(), &roster.statements(0)[..number]).unwrap();
        let signed = &roster.statements(0)[number];
        assert_eq!(pushed(&before, signed), Ok(()));
        for bit in 0..signed.len() * 8 {
            let mut other = signed.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(pushed(&before, &other).is_err(), "bit {bit} of statement {number}");
        }
    }
}

#[test]
fn trailing_and_missing_bytes_are_refused() {
    let (signed, network) = Roster::found(&genesis(), &key(LEAD));
    let newcomer = Roster::empty(network);
    let longer = [&signed[..], &[0]].concat();
    assert_eq!(pushed(&newcomer, &longer), Err(RosterError::Unreadable(ReadError::Trailing)));
    for len in 0..signed.len() {
        assert!(matches!(pushed(&newcomer, &signed[..len]), Err(RosterError::Unreadable(_))), "{len} bytes");
    }
    let vast = vec![0; STATEMENT_BYTES_MAX + 1];
    assert_eq!(pushed(&newcomer, &vast), Err(RosterError::Unreadable(ReadError::Limit)));
}

#[test]
fn each_kind_takes_only_its_signers() {
    use Signer::{BothLeads, Lead, Recovery, Roster as Everyday};
    let roster = three();
    for (name, content) in golden::samples() {
        let expected: &[Signer] = match &content {
            Content::NetworkCreated(_) => continue,
            Content::OrgAdmitted(_)
            | Content::NodeAdded(_)
            | Content::RelaySet(_)
            | Content::RulesVersion { .. }
            | Content::Excluded { .. } => &[Everyday],
            Content::LeadTransferred { .. } => &[BothLeads],
            Content::LeadReplaced { .. } => &[Recovery, BothLeads],
            Content::Unknown { .. } => &[Lead, Everyday, Recovery, BothLeads],
            _ => &[Lead],
        };
        let kind = content.kind();
        let new_lead = if kind == 14 { key(23) } else { key(11) };
        let content = match content {
            Content::LeadTransferred { roster_key, recovery_key, .. } => {
                Content::LeadTransferred { to: OrgNo(2), roster_key, recovery_key }
            }
            other => other,
        };
        let it = roster.next(content);
        for sealed in [
            it.clone().seal_by_lead(&key(LEAD)),
            it.clone().seal_by_roster(&key(EVERYDAY)),
            it.clone().seal_by_recovery(&key(RECOVERY)),
            it.clone().seal_by_both_leads(&key(LEAD), &new_lead),
        ] {
            let signer = sealed.seal.signer();
            let result = pushed(&roster, &sealed.to_bytes());
            let wrong = Err(RosterError::WrongSigner { kind, signer });
            assert_eq!(result != wrong, expected.contains(&signer), "{name} by {signer:?}: {result:?}");
            assert_ne!(result, Err(RosterError::BadSignature), "{name} by {signer:?}");
        }
        let stranger = it.clone().seal_by_both_leads(&key(99), &new_lead);
        let forged: [Signed; 4] = [
            it.clone().seal_by_lead(&key(99)),
            it.clone().seal_by_roster(&key(LEAD)),
            it.seal_by_recovery(&key(LEAD)),
            stranger,
        ];
        for sealed in forged.into_iter().filter(|it| expected.contains(&it.seal.signer())) {
            let result = pushed(&roster, &sealed.to_bytes());
            assert_eq!(result, Err(RosterError::BadSignature), "{name} by {:?}", sealed.seal.signer());
        }
    }
}

#[test]
fn a_new_lead_must_sign_for_itself() {
    let roster = three();
    let to = |no| Content::LeadTransferred {
        to: OrgNo(no),
        roster_key: key(24).public(),
        recovery_key: key(25).public(),
    };
    let check = |no, new: u8, expected| {
        let signed = roster.next(to(no)).seal_by_both_leads(&key(LEAD), &key(new)).to_bytes();
        assert_eq!(pushed(&roster, &signed), expected);
    };
    check(2, 11, Ok(()));
    check(2, 12, Err(RosterError::BadSignature));
    check(9, 11, Err(RosterError::UnknownOrg(OrgNo(9))));
}

#[test]
fn two_statements_at_one_height_are_a_fork_with_both_hashes() {
    let mut roster = founded();
    let other = roster.next(admission(12, Role::Member));
    let theirs = other.hash();
    roster.issue(admission(11, Role::Member), &key(EVERYDAY)).unwrap();
    let ours = roster.hash();
    roster.issue(Content::RulesVersion { version: 2 }, &key(EVERYDAY)).unwrap();

    let signed = other.clone().seal_by_roster(&key(EVERYDAY)).to_bytes();
    assert_eq!(pushed(&roster, &signed), Err(RosterError::Fork { height: 1, ours, theirs }));
    let forged = other.seal_by_roster(&key(99)).to_bytes();
    assert_eq!(pushed(&roster, &forged), Err(RosterError::BadSignature));
}

#[test]
fn what_is_known_already_is_told_from_a_fork() {
    let roster = three();
    for (height, signed) in (0..).zip(roster.statements(0)) {
        assert_eq!(pushed(&roster, signed), Err(RosterError::AlreadyKnown { height }));
    }
}

#[test]
fn a_statement_must_follow_the_one_below_it() {
    let roster = three();
    let next = roster.next(Content::RulesVersion { version: 2 });
    let check = |statement: Statement, expected: RosterError| {
        let signed = statement.seal_by_roster(&key(EVERYDAY)).to_bytes();
        assert_eq!(pushed(&roster, &signed), Err(expected));
    };
    let expected = roster.hash();
    let found = StatementHash([5; 32]);
    check(Statement { prev: found, ..next.clone() }, RosterError::BrokenChain { height: 6, expected, found });
    check(Statement { height: 7, ..next.clone() }, RosterError::Gap { expected: 6, found: 7 });
    check(Statement { height: u64::MAX, ..next.clone() }, RosterError::Gap { expected: 6, found: u64::MAX });
    let expected = roster.hash_at(3).unwrap();
    let found = next.prev;
    check(Statement { height: 3, ..next.clone() }, RosterError::BrokenChain { height: 3, expected, found });
    let (expected, found) = (roster.network(), NetworkId([5; 32]));
    check(Statement { network: found, ..next }, RosterError::OtherNetwork { expected, found });
    check(roster.next(Content::NetworkCreated(genesis())), RosterError::SecondGenesis);
}

#[test]
fn what_this_version_cannot_fold_is_refused_by_name() {
    let roster = three();
    let unknown = Content::Unknown { kind: 77, bytes: vec![1] };
    let signed = roster.next(unknown).seal_by_lead(&key(LEAD)).to_bytes();
    assert_eq!(pushed(&roster, &signed), Err(RosterError::NotYetKnown { height: 6, kind: 77 }));
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_never_pushed(bytes: Vec<u8>) {
        let mut roster = founded();
        prop_assert!(roster.push(&bytes).is_err());
        prop_assert_eq!(roster.height(), 1);
    }
}
