//! Time-stamping authorities (RFC 3161), asked over HTTP.
//!
//! Never keeps a token that was not verified against the authority's own roots. The one thing to know: an answer is bounded
//! in size and time; what an authority does not give now is asked for again by whoever needs it.

pub mod demonstration;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use openssl::x509::X509;

use crate::proof::token::{self, Algorithm, Stamp, certificates, request, token_of, verify_answer};

/// One answer's time.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest file of a password.
const PASSWORD_BYTES_MAX: u64 = 4_096;

/// What the operator says of an authority.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As settings name it.
    pub name: String,
    pub url: String,
    /// The policy to stamp under; `None`: the authority's own.
    pub policy: Option<String>,
    /// User and file of the password.
    pub user: Option<(String, PathBuf)>,
    pub algorithm: Algorithm,
    /// PEM of the roots that its certificates lead to.
    pub roots: Vec<u8>,
    /// Otherwise it only verifies what it stamped once.
    pub is_asked: bool,
    /// It proves nothing: it is run beside the service to show how stamps work.
    pub is_demonstration: bool,
}

/// Why an authority gave no token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("l'autorité « {name} » ne répond pas : {reason}")]
    Away { name: String, reason: String },
    #[error("autorité « {name} » : {source}")]
    Token { name: String, source: token::Error },
    #[error("autorité « {name} » : mot de passe illisible ({reason})")]
    Password { name: String, reason: String },
    /// Its clock, or ours, is wrong.
    #[error(
        "autorité « {name} » : son jeton est daté du {at}, trop loin de notre horloge (evidence.clock_tolerance_seconds)"
    )]
    Clock { name: String, at: DateTime<Utc> },
}

/// An authority, ready to be asked.
#[derive(Clone, Debug)]
pub struct Authority {
    settings: Settings,
    roots: Vec<X509>,
    client: reqwest::Client,
}

/// A token, verified.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// DER, as `openssl ts -verify -token_in` reads it.
    pub token: Vec<u8>,
    pub stamp: Stamp,
}

impl Authority {
    /// An authority as settings say it; nothing is asked yet.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        // Whoever came first has installed the same one.
        rustls::crypto::ring::default_provider().install_default().ok();
        let failed = |source| Error::Token { name: settings.name.clone(), source };
        let roots = certificates(&settings.roots).map_err(failed)?;
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(|error| away(&settings.name, &error))?;
        Ok(Self { settings, roots, client })
    }

    /// As settings name it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Whether it is asked for tokens, and does not only verify those that it gave once.
    pub fn is_asked(&self) -> bool {
        self.settings.is_asked
    }

    /// Whether it proves nothing.
    pub fn is_demonstration(&self) -> bool {
        self.settings.is_demonstration
    }

    /// PEM of its roots.
    pub fn roots_pem(&self) -> &[u8] {
        &self.settings.roots
    }

    /// Its roots.
    pub fn roots(&self) -> &[X509] {
        &self.roots
    }

    /// Asks for a stamp over `bytes`, of which only the digest leaves. `nonce` must not have served before.
    pub async fn stamp(&self, bytes: &[u8], nonce: u64) -> Result<Stamped, Error> {
        let name = &self.settings.name;
        let failed = |source| Error::Token { name: name.clone(), source };
        let policy = self.settings.policy.as_deref();
        let asked = request(bytes, self.settings.algorithm, nonce, policy).map_err(failed)?;
        let response = self.ask(asked).await?;
        let token = token_of(&response).map_err(failed)?;
        let stamp = verify_answer(&token, bytes, nonce, policy, &self.roots).map_err(failed)?;
        Ok(Stamped { token, stamp })
    }

    async fn ask(&self, asked: Vec<u8>) -> Result<Vec<u8>, Error> {
        let name = &self.settings.name;
        let mut post = self.client.post(&self.settings.url).body(asked);
        post = post.header("content-type", "application/timestamp-query");
        if let Some((user, file)) = &self.settings.user {
            let password = password(file).map_err(|reason| Error::Password { name: name.clone(), reason })?;
            post = post.basic_auth(user, Some(password));
        }
        let mut response = post.send().await.map_err(|error| away(name, &error))?;
        if !response.status().is_success() {
            let reason = format!("elle répond {}", response.status().as_u16());
            return Err(Error::Away { name: name.clone(), reason });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| away(name, &error))? {
            if bytes.len() + chunk.len() > token::BYTES_MAX {
                let reason = "sa réponse est trop longue".to_string();
                return Err(Error::Away { name: name.clone(), reason });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// The first line of a file that only its owner may read: it may have changed since the start.
fn password(path: &Path) -> Result<String, String> {
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if about.mode() & 0o077 != 0 || about.len() > PASSWORD_BYTES_MAX {
        return Err("le fichier est lisible par d'autres (chmod 600), ou trop gros".into());
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// The address, which may hold a secret, stays out of the words.
fn away(name: &str, error: &reqwest::Error) -> Error {
    let reason = if error.is_timeout() {
        "délai dépassé".to_string()
    } else if error.is_connect() {
        "connexion impossible".to_string()
    } else {
        "échange interrompu".to_string()
    };
    Error::Away { name: name.to_string(), reason }
}
