//! Why a statement does not join the roster.

use super::statement::Signer;
use crate::id::{FeedId, NetworkId, NodeNo, OrgNo, StatementHash};
use crate::keys::PublicKey;
use crate::leb::ReadError;

/// Why [`super::Roster::push`] refused; the variants stand in the order checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The bytes are no statement of this version.
    #[error("roster statement is unreadable")]
    Unreadable(#[from] ReadError),
    /// It belongs to another network; for a genesis, `found` is the network it would begin.
    #[error("roster statement is of another network")]
    OtherNetwork {
        /// The roster's network.
        expected: NetworkId,
        /// The statement's.
        found: NetworkId,
    },
    /// The first statement creates no network, or names a network or a predecessor.
    #[error("first roster statement creates no network")]
    NotGenesis,
    /// A later statement creates a network.
    #[error("network is created a second time")]
    SecondGenesis,
    /// It lies above two statements of one height: which of them stands, only the recovery key can say.
    #[error("roster has forked at height {height}")]
    Disputed {
        /// The height of the fork.
        height: u64,
    },
    /// Statements before it are missing.
    #[error("roster statement {found} came where {expected} is next")]
    Gap {
        /// The height that is next.
        expected: u64,
        /// The statement's.
        found: u64,
    },
    /// The roster has it already: nothing to do.
    #[error("roster statement {height} is known already")]
    AlreadyKnown {
        /// Its height.
        height: u64,
    },
    /// It follows another statement than the one below it.
    #[error("roster statement {height} does not follow the one before it")]
    BrokenChain {
        /// Its height.
        height: u64,
        /// The hash below its height.
        expected: StatementHash,
        /// The hash it names.
        found: StatementHash,
    },
    /// A key that may not say this has signed it.
    #[error("roster statement of kind {kind} is signed by the wrong key")]
    WrongSigner {
        /// The statement's kind.
        kind: u8,
        /// The key that it says has signed it.
        signer: Signer,
    },
    /// The new lead that should have signed it is no organisation of the roster.
    #[error("organisation {} is not in the roster", .0.0)]
    UnknownOrg(OrgNo),
    /// A signature of the seal does not verify.
    #[error("roster statement's signature does not verify")]
    BadSignature,
    /// A statement of a later version: this program can follow the roster no further.
    #[error("roster statement {height} has kind {kind}, which this version does not know")]
    NotYetKnown {
        /// Its height.
        height: u64,
        /// Its kind.
        kind: u8,
    },
    /// Two statements properly signed stand at one height: the roster has forked.
    #[error("two roster statements stand at height {height}")]
    Fork {
        /// The height.
        height: u64,
        /// The hash of the statement that the roster has.
        ours: StatementHash,
        /// The hash of the other.
        theirs: StatementHash,
    },
    /// The roster or an ordinal has reached its greatest value.
    #[error("roster is full")]
    Full,
    /// The key serves something else already.
    #[error("key {} serves already", key.short_code())]
    KeyInUse {
        /// The key.
        key: PublicKey,
    },
    /// A second organisation is admitted as lead.
    #[error("network has a lead already")]
    SecondLead,
    /// The node is not in the roster.
    #[error("node {} is not in the roster", .0.0)]
    UnknownNode(NodeNo),
    /// The organisation is suspended or has left.
    #[error("organisation {} is not active", .0.0)]
    OrgInactive(OrgNo),
    /// The organisation is active, so it cannot be restored.
    #[error("organisation {} has not stopped", .0.0)]
    NotSuspended(OrgNo),
    /// The node is revoked.
    #[error("node {} is revoked", .0.0)]
    NodeInactive(NodeNo),
    /// The lead cannot be suspended or removed, nor its key replaced, by an ordinary statement.
    #[error("statement cannot concern the lead")]
    IsLead,
    /// The organisation has not signed for the node's key, or the new key has not signed for itself.
    #[error("key is not vouched for")]
    BadBinding,
    /// A rules version does not grow.
    #[error("rules version {found} does not follow {current}")]
    RulesVersion {
        /// The version that stands.
        current: u64,
        /// The statement's.
        found: u64,
    },
    /// A closing concerns feeds opened at roster heights that do not exist yet.
    #[error("closing below roster height {below} comes at {height}")]
    ClosingAhead {
        /// The height that the statement names.
        below: u64,
        /// The height that the statement makes.
        height: u64,
    },
    /// A feed's end is lowered, or kept with another hash.
    #[error("closing of feed {feed} is not raised: {from} to {to}")]
    ClosingLowered {
        /// The feed.
        feed: FeedId,
        /// The height that stands.
        from: u64,
        /// The statement's.
        to: u64,
    },
}
