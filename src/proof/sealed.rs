//! The proof that an entry is in a sealed journal: its place under a member's signed head, that head's place under the
//! platform's, and the stamps over the latter; and its verification, offline.
//!
//! Trusts nobody by itself: keys and roots that come with a proof only show that it holds together. The one thing to know:
//! what could not be checked is said beside what was.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::digest::sha256;
use super::journal::Hash;
use super::merkle;
use super::note::{Kind, Verifier};
use super::tlog_proof::TlogProof;
use super::token::{self, Stamp};

/// Version of the form; a reader refuses one it does not know.
const FORM: u32 = 1;
/// Tokens, keys and certificates read in a proof, at most.
const PARTS_MAX: usize = 64;

/// A proof as it travels, in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    form: u32,
    /// The entry's place in the member's log, as a C2SP tlog-proof.
    pub log: String,
    /// The member's head's place in the platform's log, as another.
    pub platform: String,
    /// Over the platform's head, in the order they were given.
    pub tokens: Vec<Token>,
    /// Over the member's own head, where the member has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log_tokens: Vec<Token>,
    /// Public keys that signed the heads (C2SP vkey). To be compared with those that the service publishes.
    pub keys: Vec<String>,
    /// PEM of the authorities' roots. To be compared with those that the authorities publish.
    pub roots: String,
}

/// A time stamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub authority: String,
    /// It proves nothing: it was made to show how stamps work.
    pub demonstration: bool,
    /// DER, in base64.
    pub token: String,
}

/// What whoever verifies holds as true; empty: what comes with the proof.
#[derive(Clone, Debug, Default)]
pub struct Trusted {
    pub keys: Vec<Verifier>,
    /// PEM.
    pub roots: Vec<u8>,
}

/// What a proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The member's log: `archives.example.fr/e01`.
    pub log: String,
    /// Entries under the head.
    pub size: u64,
    /// The line that binds the head to its seal.
    pub seal: Option<String>,
    pub platform_size: u64,
    /// Over the platform's head.
    pub stamps: Vec<Stamp>,
    /// Over the member's own head.
    pub log_stamps: Vec<Stamp>,
    /// Trusted witnesses that cosigned the platform's head, and when (seconds of POSIX).
    pub witnesses: Vec<(String, u64)>,
    /// What was not checked, in French.
    pub unchecked: Vec<String>,
}

/// Why a proof shows nothing, in French.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Proof {
    /// A proof of these parts.
    pub fn new(
        log: &TlogProof,
        platform: &TlogProof,
        tokens: Vec<Token>,
        keys: &[Verifier],
        roots: String,
    ) -> Self {
        let keys = keys.iter().map(ToString::to_string).collect();
        let (log, platform, log_tokens) = (log.text(), platform.text(), Vec::new());
        Self { form: FORM, log, platform, tokens, log_tokens, keys, roots }
    }

    /// With the member's own stamps.
    #[must_use]
    pub fn with_log_tokens(self, log_tokens: Vec<Token>) -> Self {
        Self { log_tokens, ..self }
    }

    /// What the proof shows of the entry numbered `seq` whose hash is `entry`, in the journal of the member `code`.
    pub fn verify(&self, entry: &Hash, seq: i64, code: &str, trusted: &Trusted) -> Result<Shown, Fault> {
        if self.form != FORM {
            return Err(Fault(format!("preuve de forme {}, inconnue de ce programme", self.form)));
        }
        if self.tokens.len().max(self.log_tokens.len()).max(self.keys.len()) > PARTS_MAX {
            return Err(Fault("la preuve a trop de parties".into()));
        }
        let mut unchecked = Vec::new();
        let keys = self.keys(trusted, &mut unchecked)?;
        let log = read(&self.log)?;
        if u64::try_from(seq).ok().and_then(|seq| seq.checked_sub(1)) != Some(log.index) {
            return Err(Fault("la preuve est celle d’une autre entrée du journal".into()));
        }
        let head = signed(&log, &merkle::leaf(entry), &keys)?;
        if head.origin.rsplit('/').next() != Some(code) {
            return Err(Fault(format!("la preuve est celle du journal {}", head.origin)));
        }
        let platform = read(&self.platform)?;
        let leaf = merkle::leaf(&sha256(log.checkpoint.text().as_bytes()));
        let above = signed(&platform, &leaf, &keys)?;
        if above.origin.rsplit_once('/').map(|(name, _)| name)
            != head.origin.rsplit_once('/').map(|(name, _)| name)
        {
            return Err(Fault("les deux journaux ne sont pas du même service".into()));
        }
        if self.tokens.is_empty() && self.log_tokens.is_empty() {
            unchecked.push("le scellement n’est pas horodaté : seule la signature du service le date".into());
        }
        let stamps = self.stamps(&self.tokens, platform.checkpoint.text(), trusted, &mut unchecked)?;
        let log_stamps = self.stamps(&self.log_tokens, log.checkpoint.text(), trusted, &mut unchecked)?;
        let witnesses = keys.iter().filter(|key| key.kind() == Kind::Cosignature).filter_map(|key| {
            let line = platform.checkpoint.signed_by(key)?;
            Some((key.name().to_string(), line.time()?))
        });
        let witnesses = witnesses.collect();
        let (seal, size, platform_size) = (head.extensions.first().cloned(), head.size, above.size);
        Ok(Shown { log: head.origin, size, seal, platform_size, stamps, log_stamps, witnesses, unchecked })
    }

    fn keys(&self, trusted: &Trusted, unchecked: &mut Vec<String>) -> Result<Vec<Verifier>, Fault> {
        if !trusted.keys.is_empty() {
            return Ok(trusted.keys.clone());
        }
        unchecked.push(
            "les clés qui ont signé sont celles que le fichier apporte : comparez-les à celles que le service publie"
                .into(),
        );
        let keys = self.keys.iter().map(|key| Verifier::parse(key)).collect::<Result<_, _>>();
        keys.map_err(|error| Fault(error.to_string()))
    }

    fn stamps(
        &self,
        tokens: &[Token],
        body: &str,
        trusted: &Trusted,
        unchecked: &mut Vec<String>,
    ) -> Result<Vec<Stamp>, Fault> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let mut say = |words: &str| {
            if !unchecked.iter().any(|said| said == words) {
                unchecked.push(words.into());
            }
        };
        let roots = if trusted.roots.is_empty() { self.roots.as_bytes() } else { &trusted.roots };
        let fault = |error: token::Error| Fault(error.to_string());
        let roots = token::certificates(roots).map_err(fault)?;
        if trusted.roots.is_empty() {
            say("les certificats racines des autorités d’horodatage sont ceux que le fichier apporte");
        }
        say("que les certificats n’étaient pas révoqués à la date des jetons");
        let (mut stamps, mut bytes) = (Vec::new(), body.as_bytes().to_vec());
        for kept in tokens {
            let token =
                STANDARD.decode(&kept.token).map_err(|_| Fault("un jeton n’est pas en base64".into()))?;
            stamps.push(token::verify(&token, &bytes, &roots).map_err(fault)?);
            bytes.extend(&token);
            if kept.demonstration {
                say("le jeton d’horodatage est de démonstration : il n’a aucune valeur");
            }
        }
        if stamps.windows(2).any(|pair| pair[0].at > pair[1].at) {
            return Err(Fault("un jeton est plus ancien que celui qu’il renouvelle".into()));
        }
        Ok(stamps)
    }
}

fn read(text: &str) -> Result<TlogProof, Fault> {
    TlogProof::parse(text).map_err(|error| Fault(error.to_string()))
}

/// The head, signed by one of the keys, under which the leaf is.
fn signed(proof: &TlogProof, leaf: &Hash, keys: &[Verifier]) -> Result<Checkpoint, Fault> {
    let head = Checkpoint::parse(proof.checkpoint.text()).map_err(|error| Fault(error.to_string()))?;
    let mut own = keys.iter().filter(|key| key.kind() == Kind::Ed25519);
    let key = own.find(|key| proof.checkpoint.signed_by(key).is_some());
    let key =
        key.ok_or_else(|| Fault("le point de contrôle n’est signé par aucune des clés de confiance".into()))?;
    // A key signs the logs of its own service.
    if head.origin.rsplit_once('/').is_none_or(|(name, _)| name != key.name()) {
        return Err(Fault(format!("le journal {} n’est pas de ceux que signe {}", head.origin, key.name())));
    }
    proof.verify(leaf, &head.origin, key).map_err(|error| Fault(error.to_string()))
}
