//! TLS ended by this program: its certificate, read again when it is renewed, and the certificates by which machines are known.
//!
//! Never believes an issuer of machines' certificates: one counts when a member registered it, by its digest (RFC 8705, 2.2). The
//! handshake proves that the other side has its key.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant, SystemTime};

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme};

/// How often the certificate's file is looked at.
const LOOKED_EVERY: Duration = Duration::from_secs(60);

/// What ends TLS.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    /// PEM: the certificate, then those above it.
    pub certificate: PathBuf,
    /// PEM, readable by the program alone.
    pub key: PathBuf,
    /// Machines may show a certificate.
    pub asks_certificates: bool,
}

/// The settings of the listener.
pub fn config(settings: &TlsSettings) -> io::Result<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let builder = match settings.asks_certificates {
        true => builder.with_client_cert_verifier(Arc::new(Registered(provider))),
        false => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(Arc::new(Renewed::new(settings.clone())?));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificate in use, which its file may renew.
#[derive(Debug)]
struct Renewed {
    settings: TlsSettings,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    changed: Option<SystemTime>,
    looked: Instant,
}

impl Renewed {
    fn new(settings: TlsSettings) -> io::Result<Self> {
        let current = Current { key: read(&settings)?, changed: changed(&settings), looked: Instant::now() };
        Ok(Self { settings, current: RwLock::new(current) })
    }

    fn current(&self) -> Option<Arc<CertifiedKey>> {
        let known = self.current.read().ok()?;
        if known.looked.elapsed() < LOOKED_EVERY {
            return Some(known.key.clone());
        }
        drop(known);
        let mut known = self.current.write().ok()?;
        known.looked = Instant::now();
        let now = changed(&self.settings);
        if now != known.changed {
            match read(&self.settings) {
                Ok(key) => (known.key, known.changed) = (key, now),
                // Half written: the former serves until the next look.
                Err(error) => tracing::warn!(%error, "the renewed certificate cannot be read"),
            }
        }
        Some(known.key.clone())
    }
}

impl ResolvesServerCert for Renewed {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current()
    }
}

fn changed(settings: &TlsSettings) -> Option<SystemTime> {
    std::fs::metadata(&settings.certificate).and_then(|about| about.modified()).ok()
}

fn read(settings: &TlsSettings) -> io::Result<Arc<CertifiedKey>> {
    let at = |path: &PathBuf, reason: String| io::Error::other(format!("{} : {reason}", path.display()));
    let certificates = CertificateDer::pem_file_iter(&settings.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| at(&settings.certificate, error.to_string()))?;
    if certificates.is_empty() {
        return Err(at(&settings.certificate, "aucun certificat".into()));
    }
    let key =
        PrivateKeyDer::from_pem_file(&settings.key).map_err(|error| at(&settings.key, error.to_string()))?;
    let key = ring::sign::any_supported_type(&key).map_err(|error| at(&settings.key, error.to_string()))?;
    let certified = CertifiedKey::new(certificates, key);
    certified.keys_match().map_err(|error| at(&settings.key, error.to_string()))?;
    Ok(Arc::new(certified))
}

/// Any certificate whose key the other side proves to have: who it is, its digest says.
#[derive(Debug)]
struct Registered(Arc<CryptoProvider>);

impl ClientCertVerifier for Registered {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
