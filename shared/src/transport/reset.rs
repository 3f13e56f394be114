//! What lets a relay that has forgotten a connection say so (stateless reset, RFC 9000 §10.3).
//!
//! After a power cut or a restart the relay knows none of its connections, and a node that goes on sending would only
//! notice by [`IDLE_TIMEOUT`](super::quic::IDLE_TIMEOUT). The relay's answer to such a datagram is believed if it
//! carries the token that the connection was given, so the tokens, and what tells the relay's own connection ids from
//! noise, must be the same before and after. Both follow from the relay's key; nobody else can compute them.

use std::sync::Arc;

use quinn::EndpointConfig;
use quinn::crypto::{CryptoError, HmacKey};
use quinn_proto::HashedConnectionIdGenerator;
use sha2::{Digest, Sha256};

use crate::keys::KeyPair;

const TOKEN_DOMAIN: &[u8] = b"svod/1 quic reset token";
const IDS_DOMAIN: &[u8] = b"svod/1 quic connection ids";

/// The settings of a server's endpoint, the same in every run with this key.
pub(super) fn endpoint_config(key: &KeyPair) -> EndpointConfig {
    let mut config = EndpointConfig::new(Arc::new(ResetKey(derive(TOKEN_DOMAIN, key))));
    let [a, b, c, d, e, f, g, h, ..] = derive(IDS_DOMAIN, key);
    let ids = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(ids)));
    config
}

fn derive(domain: &[u8], key: &KeyPair) -> [u8; 32] {
    Sha256::new().chain_update(domain).chain_update(key.seed()).finalize().into()
}

/// Signs connection ids, which are shorter than a block of SHA-256 and of one length, so that a hash that begins with
/// the secret is as good as HMAC.
struct ResetKey([u8; 32]);

impl ResetKey {
    fn token(&self, data: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(self.0).chain_update(data).finalize().into()
    }
}

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        signature_out.iter_mut().zip(self.token(data)).for_each(|(to, from)| *to = from);
    }

    fn signature_len(&self) -> usize {
        32
    }

    /// QUIC asks for this nowhere: a client compares the tokens it was given.
    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let differs =
            self.token(data).iter().zip(signature).fold(0, |sum, (ours, theirs)| sum | (ours ^ theirs));
        if differs == 0 && signature.len() == self.signature_len() { Ok(()) } else { Err(CryptoError) }
    }
}
