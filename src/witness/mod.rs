//! Witnesses of other services (C2SP tlog-witness), asked over HTTP to cosign a head of ours.
//!
//! Never keeps a cosignature that is not the witness's own, over the very head that was sent. The one thing to know: an answer is
//! bounded in size and time; a witness that saw less or more than was thought says how far, and that is no failure.

use std::time::Duration;

use reqwest::StatusCode;

use crate::proof::note::{Signature, Verifier};
use crate::proof::witness::Request;

/// One answer's time.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes of an answer, at most.
const BYTES_MAX: usize = 64 << 10;

/// What the operator says of a witness.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As settings name it.
    pub name: String,
    /// Its submission prefix.
    pub url: String,
    /// Its cosigning key.
    pub key: Verifier,
}

/// Why a witness gave no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("le témoin « {name} » ne répond pas : {reason}")]
    Away { name: String, reason: String },
    #[error("le témoin « {name} » refuse : {reason}")]
    Refused { name: String, reason: String },
    /// It saw other heads than ours.
    #[error("le témoin « {name} » a vu une autre suite de ce journal que la nôtre")]
    Forked { name: String },
}

/// What a witness says.
#[derive(Debug)]
pub enum Answer {
    Cosigned(Signature),
    /// It saw as far as so many leaves.
    Saw(u64),
}

/// A witness, ready to be asked.
#[derive(Clone, Debug)]
pub struct Witness {
    settings: Settings,
    client: reqwest::Client,
}

impl Witness {
    /// A witness as settings say it; nothing is asked yet.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        // Whoever came first has installed the same one.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(|error| away(&settings.name, &error))?;
        Ok(Self { settings, client })
    }

    /// As settings name it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its cosigning key.
    pub fn key(&self) -> &Verifier {
        &self.settings.key
    }

    /// Shows it a head.
    pub async fn ask(&self, request: &Request) -> Result<Answer, Error> {
        let name = self.settings.name.clone();
        let address = format!("{}/add-checkpoint", self.settings.url.trim_end_matches('/'));
        let post = self.client.post(address).body(request.text());
        let mut response = post.send().await.map_err(|error| away(&name, &error))?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| away(&name, &error))? {
            if bytes.len() + chunk.len() > BYTES_MAX {
                return Err(Error::Away { name, reason: "sa réponse est trop longue".into() });
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes).unwrap_or_default();
        match status {
            StatusCode::OK => self.cosignature(request, &text).map(Answer::Cosigned),
            StatusCode::CONFLICT => {
                let size = text.trim_end().parse().map(Answer::Saw);
                size.map_err(|_| Error::Away { name, reason: "il ne dit pas jusqu'où il a vu".into() })
            }
            StatusCode::UNPROCESSABLE_ENTITY => Err(Error::Forked { name }),
            StatusCode::NOT_FOUND => {
                Err(Error::Refused { name, reason: "il ne connaît pas ce journal".into() })
            }
            StatusCode::FORBIDDEN => {
                Err(Error::Refused { name, reason: "il ne connaît pas la clé de ce journal".into() })
            }
            status => Err(Error::Away { name, reason: format!("il répond {}", status.as_u16()) }),
        }
    }

    /// Its own line, among those of the answer.
    fn cosignature(&self, request: &Request, text: &str) -> Result<Signature, Error> {
        let mut note = request.note.clone();
        text.lines().filter_map(|line| Signature::parse(line).ok()).for_each(|line| note.add(line));
        let own = note.signed_by(&self.settings.key).filter(|line| line.time().is_some_and(|time| time > 0));
        let reason = || "sa cosignature manque, ou n'est pas de sa clé".to_string();
        own.cloned().ok_or_else(|| Error::Refused { name: self.settings.name.clone(), reason: reason() })
    }
}

fn away(name: &str, error: &reqwest::Error) -> Error {
    let reason = if error.is_timeout() {
        "délai dépassé"
    } else if error.is_connect() {
        "connexion impossible"
    } else {
        "échange interrompu"
    };
    Error::Away { name: name.to_string(), reason: reason.to_string() }
}
