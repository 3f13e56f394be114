//! Who may write and read: node 1 is the lead's, 2 a member's, 3 an observer's.

use super::*;
use crate::id::{DocId, Owner, Space};

const NETWORK_KIND: u8 = 2;
const ORG_KIND: u8 = 200;

fn doc(kind: u8, owner: Owner) -> DocId {
    DocId::random(kind, owner, [1; 13])
}

#[test]
fn the_matrix_of_writing() {
    let roster = three();
    let check = |doc: DocId, expected: [Result<(), NoRight>; 3]| {
        let found = [1, 2, 3].map(|node| roster.may_write(NodeNo(node), &doc, roster.height()));
        assert_eq!(found, expected, "{:?}", doc.owner());
    };
    let own =
        |no: u16| [1, 2, 3].map(|org| if org == no { Ok(()) } else { Err(NoRight::OtherOwner(OrgNo(no))) });
    check(doc(NETWORK_KIND, Owner::Shared), [Ok(()), Ok(()), Err(NoRight::Observer(OrgNo(3)))]);
    let not_lead = |no| Err(NoRight::NotLead(OrgNo(no)));
    check(doc(NETWORK_KIND, Owner::Lead), [Ok(()), not_lead(2), not_lead(3)]);
    for no in [1, 2, 3, 9] {
        check(doc(NETWORK_KIND, Owner::Org(OrgNo(no))), own(no));
        check(doc(ORG_KIND, Owner::Org(OrgNo(no))), own(no));
    }
    check(doc(ORG_KIND, Owner::Shared), [Err(NoRight::NoSpace); 3]);
    check(doc(ORG_KIND, Owner::Lead), [Err(NoRight::NoSpace); 3]);
}

#[test]
fn rights_begin_with_the_node_and_reach_no_further_than_the_roster() {
    let roster = three();
    let doc = doc(NETWORK_KIND, Owner::Shared);
    let check = |node: u16, height: u64, expected| {
        assert_eq!(roster.may_write(NodeNo(node), &doc, height), expected, "node {node} at {height}");
    };
    check(2, 0, Err(NoRight::UnknownNode(NodeNo(2))));
    check(2, 3, Err(NoRight::UnknownNode(NodeNo(2))));
    check(2, 4, Ok(()));
    check(2, 7, Err(NoRight::RosterAhead { ours: 6, needed: 7 }));
    check(9, 6, Err(NoRight::UnknownNode(NodeNo(9))));
    check(0, 6, Err(NoRight::UnknownNode(NodeNo(0))));
}

#[test]
fn the_order_of_news_does_not_change_the_right_at_a_height() {
    let mut roster = three();
    let doc = doc(NETWORK_KIND, Owner::Org(OrgNo(2)));
    let org = OrgNo(2);
    let closed = ends(&[]);
    let lead = key(LEAD);
    roster.issue(Content::OrgSuspended { org, closed: closed.clone() }, &lead).unwrap();
    roster.issue(Content::OrgRestored { org }, &lead).unwrap();
    roster.issue(Content::NodeRevoked { node: NodeNo(2), closed }, &lead).unwrap();
    let found = [6, 7, 8, 9].map(|height| roster.may_write(NodeNo(2), &doc, height));
    let inactive = Err(NoRight::OrgInactive(org));
    assert_eq!(found, [Ok(()), inactive, Ok(()), Err(NoRight::NodeRevoked(NodeNo(2)))]);
}

#[test]
fn what_the_lead_owns_passes_with_the_lead() {
    let mut roster = three();
    let transfer = Content::LeadTransferred {
        to: OrgNo(3),
        roster_key: key(24).public(),
        recovery_key: key(25).public(),
    };
    let signed = roster.next(transfer).seal_by_both_leads(&key(LEAD), &key(12)).to_bytes();
    roster.push(&signed).unwrap();
    let check = |owner: Owner, node: u16, expected: [Result<(), NoRight>; 2]| {
        let found = [6, 7].map(|height| roster.may_write(NodeNo(node), &doc(NETWORK_KIND, owner), height));
        assert_eq!(found, expected);
    };
    check(Owner::Lead, 1, [Ok(()), Err(NoRight::NotLead(LEAD_NO))]);
    check(Owner::Lead, 3, [Err(NoRight::NotLead(OrgNo(3))), Ok(())]);
    check(Owner::Shared, 3, [Err(NoRight::Observer(OrgNo(3))), Ok(())]);
    check(Owner::Shared, 1, [Ok(()), Ok(())]);
}

#[test]
fn the_matrix_of_reading() {
    let mut roster = three();
    let check = |roster: &Roster, space: Space, expected: [bool; 4]| {
        assert_eq!([1, 2, 3, 9].map(|node| roster.may_read(NodeNo(node), space)), expected, "{space:?}");
    };
    check(&roster, Space::Network, [true, true, true, false]);
    check(&roster, Space::Org(OrgNo(1)), [true, false, false, false]);
    check(&roster, Space::Org(OrgNo(2)), [true, true, false, false]);
    check(&roster, Space::Org(OrgNo(3)), [true, false, true, false]);
    check(&roster, Space::Org(OrgNo(9)), [true, false, false, false]);

    let closed = ends(&[]);
    let suspended = Content::OrgSuspended { org: OrgNo(2), closed: closed.clone() };
    roster.issue(suspended, &key(LEAD)).unwrap();
    roster.issue(Content::NodeRevoked { node: NodeNo(3), closed }, &key(LEAD)).unwrap();
    check(&roster, Space::Network, [true, false, false, false]);
    check(&roster, Space::Org(OrgNo(2)), [true, false, false, false]);
}
