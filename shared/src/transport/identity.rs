//! Who is at the other end: TLS 1.3 with raw Ed25519 keys (RFC 7250) in place of certificates.
//!
//! A node's TLS identity is its node key, a relay's is the relay key that the roster names. TLS signs under a
//! context string of its own (64 spaces, then "TLS 1.3, …"), so no TLS signature can pass for one of Svod's, which
//! all begin with "svod/1 ". Both sides admit only keys that [`PublicKey`] admits and check with the one strict
//! verifier that checks everything else.
//!
//! A client knows beforehand which key its relay has. A server lets any admissible key through: a newcomer, not yet
//! in the roster, must reach the letter box. Sessions are never resumed, so there is no 0-RTT and no way around the
//! check of the key.

use std::sync::{Arc, OnceLock};

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, SignatureAlgorithm,
    SignatureScheme,
};

use crate::keys::{KeyPair, PublicKey, Signature};

/// The protocol and its version, agreed on inside the handshake.
pub const ALPN: &[u8] = b"svod/1";

/// `SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING (33 bytes, 0 unused bits) }`: what stands before the 32 bytes
/// of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The server's half of the handshake: shows `key`, demands a key of the client.
pub(super) fn server_config(key: &KeyPair) -> Result<QuicServerConfig, Error> {
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(AnyKey))
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(certified(key))));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.max_early_data_size = 0;
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    QuicServerConfig::try_from(config).map_err(no_initial_suite)
}

/// The client's half of the handshake: shows `key`, accepts the server of `pin` only.
pub(super) fn client_config(key: &KeyPair, pin: Arc<Pin>) -> Result<QuicClientConfig, Error> {
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(pin)
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(certified(key))));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.enable_early_data = false;
    config.resumption = Resumption::disabled();
    QuicClientConfig::try_from(config).map_err(no_initial_suite)
}

/// The key that the peer of an established connection has proved to hold.
pub(super) fn peer_key(connection: &quinn::Connection) -> Option<PublicKey> {
    let identity = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    let [only] = identity.as_slice() else { return None };
    key_of(only).ok()
}

/// The one key that a client accepts, and what the server showed instead.
#[derive(Debug)]
pub(super) struct Pin {
    expected: PublicKey,
    other: OnceLock<PublicKey>,
}

impl Pin {
    pub(super) fn new(expected: PublicKey) -> Self {
        Self { expected, other: OnceLock::new() }
    }

    /// The key that was refused; `None` if the handshake failed for another reason.
    pub(super) fn other(&self) -> Option<PublicKey> {
        self.other.get().copied()
    }
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = sole_key(end_entity, intermediates)?;
        if found == self.expected {
            return Ok(ServerCertVerified::assertion());
        }
        // A second handshake over the same pin would show the same key; the first is as good.
        let _ = self.other.set(found);
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// Accepts every admissible key: admission is the session's matter.
#[derive(Debug)]
struct AnyKey;

impl ClientCertVerifier for AnyKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        sole_key(end_entity, intermediates).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// Signs handshakes with a node's or relay's key.
#[derive(Debug, Clone)]
struct TlsKey(KeyPair);

impl SigningKey for TlsKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SignatureScheme::ED25519).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(spki(&self.0.public()).into())
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for TlsKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.0.sign(message).0.to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// `key` as rustls wants an identity.
pub(super) fn certified(key: &KeyPair) -> Arc<CertifiedKey> {
    let spki = CertificateDer::from(spki(&key.public()));
    Arc::new(CertifiedKey::new(vec![spki], Arc::new(TlsKey(key.clone()))))
}

/// An impostor's: shows one key, signs with another.
#[cfg(test)]
pub(super) fn mismatched(shown: &PublicKey, key: &KeyPair) -> Arc<CertifiedKey> {
    Arc::new(CertifiedKey::new(vec![CertificateDer::from(spki(shown))], Arc::new(TlsKey(key.clone()))))
}

fn spki(key: &PublicKey) -> Vec<u8> {
    [&SPKI_PREFIX[..], key.as_bytes()].concat()
}

fn key_of(spki: &[u8]) -> Result<PublicKey, Error> {
    let key: Option<&[u8; 32]> = spki.strip_prefix(&SPKI_PREFIX).and_then(|key| key.try_into().ok());
    let key = key.ok_or(CertificateError::BadEncoding)?;
    PublicKey::from_bytes(key).map_err(|_| CertificateError::BadEncoding.into())
}

fn sole_key(end_entity: &[u8], intermediates: &[CertificateDer<'_>]) -> Result<PublicKey, Error> {
    if intermediates.is_empty() { key_of(end_entity) } else { Err(CertificateError::BadEncoding.into()) }
}

fn verify(
    message: &[u8],
    spki: &[u8],
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    if signed.scheme != SignatureScheme::ED25519 {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    }
    let signature = signed.signature().try_into().map_err(|_| CertificateError::BadSignature)?;
    match key_of(spki)?.verify(message, &Signature(signature)) {
        Ok(()) => Ok(HandshakeSignatureValid::assertion()),
        Err(_) => Err(CertificateError::BadSignature.into()),
    }
}

fn no_initial_suite(error: quinn::crypto::rustls::NoInitialCipherSuite) -> Error {
    Error::General(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_wrapping() {
        let key = KeyPair::from_seed(&[3; 32]).public();
        assert_eq!(key_of(&spki(&key)), Ok(key));
    }

    #[test]
    fn another_wrapping_or_an_inadmissible_key_is_refused() {
        let check = |bytes: &[u8]| {
            assert_eq!(key_of(bytes), Err(CertificateError::BadEncoding.into()));
        };
        let good = spki(&KeyPair::from_seed(&[3; 32]).public());
        check(&[]);
        check(&good[..good.len() - 1]);
        check(&[&good[..], &[0]].concat());
        // X25519's object identifier in place of Ed25519's.
        let mut other = good.clone();
        other[8] = 0x6e;
        check(&other);
        // The neutral element: whoever shows it could sign anything.
        let mut weak = [0; 32];
        weak[0] = 1;
        check(&[&SPKI_PREFIX[..], &weak].concat());
    }
}
