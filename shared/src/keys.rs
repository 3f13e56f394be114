//! Ed25519 keys: which public keys are admitted, how things are signed and checked.
//!
//! A public key is admitted only if its encoding is canonical and it is neither weak nor of mixed order: with a
//! mixed-order key different verifiers can disagree about one signature. Checking is `verify_strict` always; batch
//! verification decides differently on crafted signatures and is used nowhere.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::id::sha256;
use crate::leb::{ReadError, Reader};

/// An admitted Ed25519 public key, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "[u8; 32]", into = "[u8; 32]")]
pub struct PublicKey([u8; 32]);

/// The key is not canonical, is weak, or is of mixed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("public key is not admissible")]
pub struct BadKey;

/// A signature, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// The signature does not belong to the bytes and the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct BadSignature;

/// A secret key. Never shown, never logged; zeroed when dropped.
#[derive(Clone)]
pub struct KeyPair(SigningKey);

impl PublicKey {
    /// Admits a key, checking in this order:
    ///
    /// - the bytes are a point of the curve;
    /// - the encoding is the canonical one;
    /// - the key is not of small order;
    /// - the key has no small-order component.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, BadKey> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| BadKey)?;
        let admissible = key.to_edwards().compress().to_bytes() == *bytes
            && !key.is_weak()
            && key.to_edwards().is_torsion_free();
        if admissible { Ok(Self(*bytes)) } else { Err(BadKey) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Takes a key off `reader` and admits it.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        Self::from_bytes(&reader.array()?).map_err(|_| ReadError::Key)
    }

    /// Checks a signature strictly.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(message, &signature).map_err(|_| BadSignature)
    }

    /// Twelve digits in groups of three, short enough to compare by telephone.
    pub fn short_code(&self) -> String {
        let mut preimage = b"svod/1 key code".to_vec();
        preimage.extend_from_slice(&self.0);
        let [a, b, c, d, e, f, g, h, ..] = sha256(&preimage);
        let groups = [[a, b], [c, d], [e, f], [g, h]];
        groups.map(|pair| format!("{:03}", u16::from_be_bytes(pair) % 1000)).join("-")
    }
}

impl TryFrom<[u8; 32]> for PublicKey {
    type Error = BadKey;

    fn try_from(bytes: [u8; 32]) -> Result<Self, BadKey> {
        Self::from_bytes(&bytes)
    }
}

impl From<PublicKey> for [u8; 32] {
    fn from(key: PublicKey) -> Self {
        key.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.short_code())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

impl KeyPair {
    /// The pair of a 32-byte secret seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The secret seed, for writing to the owner's key file and for the transport's identity.
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a message that begins with a domain string.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.public().short_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_noticed() {
        let pair = KeyPair::from_seed(&[1; 32]);
        let signature = pair.sign(b"svod/1 test message");
        assert_eq!(pair.public().verify(b"svod/1 test message", &signature), Ok(()));
        assert_eq!(pair.public().verify(b"svod/1 test massage", &signature), Err(BadSignature));
        let mut other = signature;
        other.0[3] ^= 1;
        assert_eq!(pair.public().verify(b"svod/1 test message", &other), Err(BadSignature));
    }

    #[test]
    fn weak_and_non_canonical_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(BadKey));
        // y = p + 1 is the identity once more, in a second encoding.
        let mut non_canonical = [0xff; 32];
        non_canonical[0] = 0xee;
        non_canonical[31] = 0x7f;
        assert_eq!(PublicKey::from_bytes(&non_canonical), Err(BadKey));
    }

    #[test]
    fn secrets_do_not_show() {
        let pair = KeyPair::from_seed(&[9; 32]);
        assert!(!format!("{pair:?}").contains("0909"));
    }
}
