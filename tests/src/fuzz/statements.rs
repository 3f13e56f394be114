//! Roster statements: their bytes, and whole logs of them by somebody who holds the keys.

use svod_shared::id::OrgNo;
use svod_shared::keys::KeyPair;
use svod_shared::leb::Reader;
use svod_shared::roster::{Roster, STATEMENT_BYTES_MAX, Signed, Statement};

use super::world::{WORLD, org_key, recovery_key, roster_key};

/// The most statements of one input.
const STATEMENTS_MAX: usize = 64;

/// A signed statement as it arrives, then a log: `{ how u8 · length LEB · body }…`. `how` says which key signs, and
/// whether the body is put in its place in the chain first.
pub fn roster(data: &[u8]) {
    if let Ok(signed) = Signed::from_bytes(data) {
        assert_eq!(signed.to_bytes(), data, "a statement has one encoding");
    }
    let mut roster = Roster::clone(&WORLD.roster);
    let mut reader = Reader::new(data);
    for _ in 0..STATEMENTS_MAX {
        let (Ok(how), Ok(body)) = (reader.u8(), reader.bytes(STATEMENT_BYTES_MAX)) else { break };
        let Ok(statement) = Statement::from_body(body) else { continue };
        assert_eq!(statement.to_body(), body, "a statement has one encoding");
        let statement = if how & 0x80 == 0 { placed(&roster, statement) } else { statement };
        push(&mut roster, &sealed(statement, how).to_bytes());
    }
    let again = Roster::from_statements(roster.network(), roster.statements(0));
    let again = again.expect("what one roster took, another takes");
    assert_eq!(format!("{again:?}"), format!("{roster:?}"), "a roster is what its statements make of it");
}

fn placed(roster: &Roster, statement: Statement) -> Statement {
    Statement { network: roster.network(), height: roster.height(), prev: roster.hash(), ..statement }
}

fn sealed(statement: Statement, how: u8) -> Signed {
    let lead: KeyPair = org_key(OrgNo(1));
    match how & 0x7f {
        0..=50 => statement.seal_by_roster(&roster_key()),
        51..=100 => statement.seal_by_lead(&lead),
        101..=110 => statement.seal_by_recovery(&recovery_key()),
        _ => statement.seal_by_both_leads(&lead, &org_key(OrgNo(2))),
    }
}

fn push(roster: &mut Roster, signed: &[u8]) {
    let before = (roster.height(), roster.hash());
    match roster.push(signed) {
        Ok(()) => {
            assert_eq!(roster.height(), before.0 + 1);
            let taken = (roster.height(), roster.hash());
            assert!(roster.push(signed).is_err(), "a statement stands once");
            assert_eq!((roster.height(), roster.hash()), taken);
            for org in roster.orgs() {
                assert!(org.active || !org.removed || roster.lead() != Some(org.no), "the lead has left");
            }
        }
        Err(_) => assert_eq!((roster.height(), roster.hash()), before, "a refused statement leaves no trace"),
    }
}
