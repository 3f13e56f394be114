//! The frozen first change of every kind of document.
//!
//! Every node makes it itself, byte for byte the same: it is in no feed and never sent, and every first change depends
//! on it. It makes the kind's root containers and nothing else. Two different geneses of one document could never merge
//! (automerge refuses a second change with seq 1 of one actor), so the bytes below are constants that no version of this
//! program or of automerge may alter: other containers are another kind.
//!
//! ```text
//! actor  = SHA-256("svod/1 genesis" ‖ DocId)[..16]
//! change = chunk of ( no deps · actor · seq 1 · start op 1 · time 0 · no message · the kind's template )
//! ```

use svod_shared::chunk;
use svod_shared::id::{Actor, ChangeHash, DocId, sha256};
use svod_shared::leb::Writer;

use super::document::UnknownKind;

/// What a document is; fixes its containers and the rules of its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A roadmap, shared by the network: the plan's own fields, and rows with objects.
    Roadmap,
    /// One organisation's execution of one roadmap: scalars under path keys, no objects.
    Execution,
    /// An edition of the indicators: scalars, no objects.
    Indicators,
    /// A monitoring campaign with its frozen reports: scalars under path keys, no objects.
    Campaign,
    /// One organisation's figures and acts in one campaign: scalars under path keys, no objects.
    Values,
}

impl Kind {
    /// Its number in a [`DocId`].
    pub const fn number(self) -> u8 {
        match self {
            Self::Roadmap => 1,
            Self::Execution => 2,
            Self::Indicators => 3,
            Self::Campaign => 4,
            Self::Values => 5,
        }
    }

    /// The kind of a document.
    pub fn of(id: &DocId) -> Result<Self, UnknownKind> {
        match id.kind() {
            1 => Ok(Self::Roadmap),
            2 => Ok(Self::Execution),
            3 => Ok(Self::Indicators),
            4 => Ok(Self::Campaign),
            5 => Ok(Self::Values),
            kind => Err(UnknownKind { kind }),
        }
    }

    /// Its root containers in the order in which the genesis makes them: the n-th is the object `n@genesis`.
    pub const fn containers(self) -> &'static [&'static str] {
        match self {
            Self::Roadmap => &[PLAN, ROWS],
            Self::Execution => &[META, MARKS],
            Self::Indicators => &[META, PASSPORTS],
            Self::Campaign => &[META, MEMBERS, MOVES, REPORTS],
            Self::Values => &[META, VALUES, ACTS, SIGNATURES],
        }
    }

    /// The container that holds rows and nothing else, if the kind has one.
    pub const fn rows(self) -> Option<&'static str> {
        match self {
            Self::Roadmap => Some(ROWS),
            Self::Execution | Self::Indicators | Self::Campaign | Self::Values => None,
        }
    }

    const fn template(self) -> &'static [u8] {
        match self {
            Self::Roadmap => ROADMAP_TEMPLATE,
            Self::Execution => EXECUTION_TEMPLATE,
            Self::Indicators => INDICATORS_TEMPLATE,
            Self::Campaign => CAMPAIGN_TEMPLATE,
            Self::Values => VALUES_TEMPLATE,
        }
    }
}

/// Scalars of a plan.
pub const PLAN: &str = "plan";
/// Rows of a plan, maps of scalars.
pub const ROWS: &str = "rows";
/// What a document is about.
pub const META: &str = "meta";
/// The marks of execution, scalars under `<row>/<field>`.
pub const MARKS: &str = "marks";
/// The passports of an edition, by their place.
pub const PASSPORTS: &str = "passports";
/// Who a campaign asks.
pub const MEMBERS: &str = "members";
/// What the lead says of acts.
pub const MOVES: &str = "moves";
/// Frozen reports, by edition.
pub const REPORTS: &str = "reports";
/// An organisation's figures, scalars under `<code>/<field>`.
pub const VALUES: &str = "values";
/// Signed acts, by number.
pub const ACTS: &str = "acts";
/// Signatures under frozen reports, by edition.
pub const SIGNATURES: &str = "signatures";

/// Who "wrote" the genesis of a document.
pub fn actor(id: &DocId) -> Actor {
    let mut writer = Writer::domain("svod/1 genesis");
    writer.raw(id.as_bytes());
    let hash = sha256(writer.as_slice());
    let mut actor = [0; 16];
    actor.copy_from_slice(hash.split_at(16).0);
    Actor(actor)
}

/// The plain chunk of a document's genesis, and its hash.
pub fn change(id: &DocId, kind: Kind) -> (ChangeHash, Vec<u8>) {
    let mut body = Writer::new();
    body.u8(0).bytes(actor(id).as_bytes()).raw(kind.template());
    chunk::of_body(body.as_slice())
}

/// Everything after the actor: seq, start op, time, message, other actors, columns (key, insert, action, value meta,
/// pred group) and their data.
const ROADMAP_TEMPLATE: &[u8] = b"\x01\x01\x00\x00\x00\x05\x15\x0b\x34\x01\x42\x02\x56\x02\x70\x02\
    \x7e\x04plan\x04rows\x02\x02\x00\x02\x00\x02\x00";
const EXECUTION_TEMPLATE: &[u8] = b"\x01\x01\x00\x00\x00\x05\x15\x0c\x34\x01\x42\x02\x56\x02\x70\x02\
    \x7e\x04meta\x05marks\x02\x02\x00\x02\x00\x02\x00";
const INDICATORS_TEMPLATE: &[u8] = b"\x01\x01\x00\x00\x00\x05\x15\x10\x34\x01\x42\x02\x56\x02\x70\x02\
    \x7e\x04meta\x09passports\x02\x02\x00\x02\x00\x02\x00";
const CAMPAIGN_TEMPLATE: &[u8] = b"\x01\x01\x00\x00\x00\x05\x15\x1c\x34\x01\x42\x02\x56\x02\x70\x02\
    \x7c\x04meta\x07members\x05moves\x07reports\x04\x04\x00\x04\x00\x04\x00";
const VALUES_TEMPLATE: &[u8] = b"\x01\x01\x00\x00\x00\x05\x15\x1d\x34\x01\x42\x02\x56\x02\x70\x02\
    \x7c\x04meta\x06values\x04acts\x0asignatures\x04\x04\x00\x04\x00\x04\x00";

#[cfg(test)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ActorId, Automerge, ObjType, ROOT};
    use svod_shared::id::{OrgNo, Owner};

    use super::*;

    fn by_automerge(id: &DocId, kind: Kind) -> Vec<u8> {
        let mut doc = Automerge::new();
        doc.set_actor(ActorId::from(actor(id).as_bytes().as_slice()));
        let mut tx = doc.transaction();
        for container in kind.containers() {
            tx.put_object(ROOT, *container, ObjType::Map).unwrap();
        }
        tx.commit_with(CommitOptions::default().with_time(0));
        doc.get_changes(&[])[0].raw_bytes().to_vec()
    }

    fn check(id: DocId, kind: Kind, expected: &str) {
        let (hash, chunk) = change(&id, kind);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&chunk),
            data_encoding::HEXLOWER.encode(&by_automerge(&id, kind))
        );
        assert_eq!(hash.to_string(), expected);
        assert_eq!(automerge::Change::from_bytes(chunk).unwrap().hash().0, hash.0);
    }

    #[test]
    fn the_genesis_of_a_kind_never_changes() {
        check(
            DocId::random(1, Owner::Shared, [7; 13]),
            Kind::Roadmap,
            "ce9b495145131bfee3d99a095c7ccca8d0fc8609c50946b91fa3de35d094d45e",
        );
        check(
            DocId::natural(2, Owner::Org(OrgNo(3)), &[7; 16]),
            Kind::Execution,
            "6c7ccf1a867ef357d378bd2de9ffb7c76e77e2f6791614d19afd64807c51bb35",
        );
        check(
            DocId::natural(3, Owner::Lead, b"1"),
            Kind::Indicators,
            "30f741424f583433d0d46dcd809b2f7da9562dd13c5d86be6a6c76f7f0df78ac",
        );
        check(
            DocId::natural(4, Owner::Lead, b"2022-H1|1"),
            Kind::Campaign,
            "c5c9ecb2b17f8bbe7da003aaffd9a6be0c58db02fe658538e96b32aada7d9978",
        );
        check(
            DocId::natural(5, Owner::Org(OrgNo(3)), &[7; 16]),
            Kind::Values,
            "2c9c942b15f259ba32362e42624e69b8c89a1c7eb79117689de82c0c10cfc9d2",
        );
    }
}
