//! What a key signs about another key, so that nobody can enter a key into the roster for somebody else.
//!
//! ```text
//! node binding = Ed25519 by the organisation key of ("svod/1 node" ‖ network 32 ‖ organisation key 32 ‖ node key 32 ‖ label)
//! key proof    = Ed25519 by the new key of ("svod/1 org key" ‖ network 32 ‖ organisation LEB128 ‖ new key 32)
//! ```
//!
//! The node binding names the organisation by its key and not by its ordinal: a newcomer signs it before it has one.

use crate::id::{NetworkId, OrgNo};
use crate::keys::{KeyPair, PublicKey, Signature};
use crate::leb::Writer;

/// That an organisation calls a node its own.
#[derive(Debug, Clone, Copy)]
pub struct NodeBinding<'a> {
    /// The network.
    pub network: &'a NetworkId,
    /// The organisation's key.
    pub org_key: &'a PublicKey,
    /// The node's key.
    pub node_key: &'a PublicKey,
    /// Which computer it is.
    pub label: &'a str,
}

impl NodeBinding<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer::domain("svod/1 node");
        writer.raw(self.network.as_bytes()).raw(self.org_key.as_bytes());
        writer.raw(self.node_key.as_bytes()).text(self.label);
        writer.into_vec()
    }

    /// Signs with the organisation's key.
    pub fn sign(&self, org: &KeyPair) -> Signature {
        org.sign(&self.bytes())
    }

    /// Whether `signature` is the organisation's.
    pub fn is_signed(&self, signature: &Signature) -> bool {
        self.org_key.verify(&self.bytes(), signature).is_ok()
    }
}

/// Signs that `new` becomes the organisation's key: whoever asks for a key must hold it.
pub fn prove_org_key(network: &NetworkId, org: OrgNo, new: &KeyPair) -> Signature {
    new.sign(&org_key_bytes(network, org, &new.public()))
}

/// Whether `proof` was made by the holder of `key` for this organisation.
pub(crate) fn org_key_is_proved(network: &NetworkId, org: OrgNo, key: &PublicKey, proof: &Signature) -> bool {
    key.verify(&org_key_bytes(network, org, key), proof).is_ok()
}

fn org_key_bytes(network: &NetworkId, org: OrgNo, key: &PublicKey) -> Vec<u8> {
    let mut writer = Writer::domain("svod/1 org key");
    writer.raw(network.as_bytes()).leb(u64::from(org.0)).raw(key.as_bytes());
    writer.into_vec()
}
