//! The way of a statement into the roster: its place in the chain and its seal, before anything is folded.

use super::content::Content;
use super::error::RosterError;
use super::statement::{Seal, Signed, Signer, Statement};
use super::{Authority, Roster};
use crate::id::{NetworkId, StatementHash};
use crate::keys::{PublicKey, Signature};

/// The most statements a roster may have: ten for each of 500 centres are 5 000.
pub const STATEMENTS_MAX: u64 = 100_000;

impl Roster {
    /// Verifies the statement that follows the last one, and folds it. On an error nothing has changed. In this order:
    ///
    /// - the bytes are the one encoding of a statement, its keys admissible, its texts readable and bounded;
    /// - it belongs to this network; the first statement, and only it, is the genesis whose hash is the network;
    /// - it does not lie above a fork, and no statement before it is missing;
    /// - it is not known already, byte for byte of its body;
    /// - it follows the statement below its height;
    /// - a key that may say this has signed it: the lead key what creates the network, takes away, or replaces keys,
    ///   the roster key what is everyday, the recovery key or both leads what replaces the lead;
    /// - the signatures verify with the keys that stood at its height;
    /// - this version knows its kind;
    /// - no other statement stands at its height ([`RosterError::Fork`] is a proof, since all the above held; what
    ///   becomes of it [`Self::take`] decides);
    /// - the fold's own conditions, which depend on the kind.
    pub fn push(&mut self, signed: &[u8]) -> Result<(), RosterError> {
        let Signed { statement, seal } = Signed::from_bytes(signed)?;
        let hash = statement.hash();
        self.check_place(&statement, hash)?;
        self.check_seal(&statement, &seal)?;
        check_known(&statement)?;
        if let Some(ours) = self.stands_at(statement.height) {
            return Err(RosterError::Fork { height: statement.height, ours, theirs: hash });
        }
        self.fold(statement.content, &statement.terms)?;
        self.statements.push(signed.to_vec());
        self.hashes.push(hash);
        Ok(())
    }

    fn check_place(&self, statement: &Statement, hash: StatementHash) -> Result<(), RosterError> {
        let height = statement.height;
        let network = if height == 0 { NetworkId(hash.0) } else { statement.network };
        if network != self.network {
            return Err(RosterError::OtherNetwork { expected: self.network, found: network });
        }
        let creates = matches!(statement.content, Content::NetworkCreated(_));
        if height > 0 && creates {
            return Err(RosterError::SecondGenesis);
        }
        let zeros = statement.network.0 == [0; 32] && statement.prev.0 == [0; 32];
        if height == 0 && !(creates && zeros) {
            return Err(RosterError::NotGenesis);
        }
        if let Some(fork) = &self.fork {
            if fork.has(hash) {
                return Err(RosterError::AlreadyKnown { height });
            }
            if height > fork.height {
                return Err(RosterError::Disputed { height: fork.height });
            }
        }
        if height > self.height() {
            return Err(RosterError::Gap { expected: self.height(), found: height });
        }
        if height >= STATEMENTS_MAX {
            return Err(RosterError::Full);
        }
        if self.hash_at(height.saturating_add(1)) == Some(hash) {
            return Err(RosterError::AlreadyKnown { height });
        }
        let below = self.hash_at(height).unwrap_or(StatementHash([0; 32]));
        if statement.prev == below {
            Ok(())
        } else {
            Err(RosterError::BrokenChain { height, expected: below, found: statement.prev })
        }
    }

    /// What stands at a height already, in the way of another statement.
    fn stands_at(&self, height: u64) -> Option<StatementHash> {
        let disputed = self.fork.as_ref().filter(|it| it.height == height).map(|it| it.first.hash);
        self.hash_at(height.saturating_add(1)).or(disputed)
    }

    fn check_seal(&self, statement: &Statement, seal: &Seal) -> Result<(), RosterError> {
        let content = &statement.content;
        let wrong = RosterError::WrongSigner { kind: content.kind(), signer: seal.signer() };
        if !may_say(content, seal.signer()) {
            return Err(wrong);
        }
        let of_genesis = match content {
            Content::NetworkCreated(genesis) => Some(Authority::of_genesis(genesis)),
            _ => None,
        };
        let keys = of_genesis.as_ref().or_else(|| self.authority.at(statement.height)).ok_or(wrong)?;
        let bytes = statement.signed_bytes();
        let check = |key: &PublicKey, signature: &Signature| {
            key.verify(&bytes, signature).map_err(|_| RosterError::BadSignature)
        };
        match seal {
            Seal::Lead(signature) => check(&keys.lead, signature),
            Seal::Roster(signature) => check(&keys.roster, signature),
            Seal::Recovery(signature) => check(&keys.recovery, signature),
            Seal::BothLeads { old, new } => {
                check(&keys.lead, old)?;
                self.coming_lead_key(statement)?.map_or(Ok(()), |key| check(&key, new))
            }
        }
    }

    /// The key that signs as the new lead; `None` for a kind of a later version, which is not folded anyway.
    fn coming_lead_key(&self, statement: &Statement) -> Result<Option<PublicKey>, RosterError> {
        match &statement.content {
            Content::LeadTransferred { to, .. } => {
                let key = self.org(*to).and_then(|org| org.key_at(statement.height));
                Ok(Some(*key.ok_or(RosterError::UnknownOrg(*to))?))
            }
            Content::LeadReplaced { lead_key, .. } => Ok(Some(*lead_key)),
            _ => Ok(None),
        }
    }
}

fn check_known(statement: &Statement) -> Result<(), RosterError> {
    match &statement.content {
        Content::Unknown { .. } => {
            Err(RosterError::NotYetKnown { height: statement.height, kind: statement.content.kind() })
        }
        _ => Ok(()),
    }
}

/// Which keys may say what.
fn may_say(content: &Content, signer: Signer) -> bool {
    match content {
        Content::OrgAdmitted(_)
        | Content::NodeAdded(_)
        | Content::RelaySet(_)
        | Content::RulesVersion { .. }
        | Content::Excluded { .. } => signer == Signer::Roster,
        Content::NetworkCreated(_)
        | Content::OrgKeyReplaced { .. }
        | Content::NodeKeyReplaced { .. }
        | Content::OrgSuspended { .. }
        | Content::OrgRestored { .. }
        | Content::OrgRemoved { .. }
        | Content::NodeRevoked { .. }
        | Content::FeedsClosed { .. } => signer == Signer::Lead,
        Content::LeadTransferred { .. } => signer == Signer::BothLeads,
        Content::LeadReplaced { .. } => matches!(signer, Signer::Recovery | Signer::BothLeads),
        Content::Unknown { .. } => true,
    }
}
