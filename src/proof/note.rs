//! Signed notes (C2SP signed-note) and the keys that sign them: Ed25519, as a log signs its checkpoint or as a witness
//! cosigns it (C2SP tlog-cosignature).
//!
//! Never decides whom to trust: a signature says something only to who holds the [`Verifier`]. The one thing to know:
//! what is signed is the note's text, its last newline included, without the empty line and the signatures after it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::{Id, PKey};
use openssl::sign;

use super::digest::sha256;

/// Signature lines read in one note.
const SIGNATURES_MAX: usize = 64;
/// Bytes of a note, at most.
pub const BYTES_MAX: usize = 64 << 10;
/// What begins a signature line.
const DASH: &str = "\u{2014} ";

/// Why something is no note, key or signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("note signée illisible : {0}")]
    Note(&'static str),
    #[error("clé de vérification illisible : {0}")]
    Key(&'static str),
    #[error("la signature n'a pas pu être calculée")]
    Signing,
}

/// What a key's signatures say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// This text is mine: type 0x01.
    Ed25519,
    /// I saw this checkpoint, consistent with those I saw before, at that time: type 0x04.
    Cosignature,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Kind::Ed25519 => 1,
            Kind::Cosignature => 4,
        }
    }
}

/// A public key and the name it signs under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    kind: Kind,
    key: [u8; 32],
}

/// What signs with a private key it does not show.
pub trait Signer {
    /// The name it signs under: no space, no `+`.
    fn name(&self) -> &str;

    /// Its public key.
    fn public_key(&self) -> [u8; 32];

    /// Ed25519 over the bytes.
    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], Error>;

    /// What its signatures as `kind` are verified with.
    fn verifier(&self, kind: Kind) -> Result<Verifier, Error> {
        Verifier::new(self.name(), kind, self.public_key())
    }
}

impl Verifier {
    /// A key and its name.
    pub fn new(name: &str, kind: Kind, key: [u8; 32]) -> Result<Self, Error> {
        if name.is_empty() || name.contains('+') || name.chars().any(char::is_whitespace) {
            return Err(Error::Key("son nom est vide, ou contient une espace ou un « + »"));
        }
        Ok(Self { name: name.to_string(), kind, key })
    }

    /// The name it verifies.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures say.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The raw key.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// By which its signatures are recognised.
    pub fn id(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[self.kind.byte()], &self.key].concat());
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The key alone, in the PEM that the `openssl` program reads.
    pub fn pem(&self) -> Result<String, Error> {
        let key = PKey::public_key_from_raw_bytes(&self.key, Id::ED25519);
        let pem =
            key.and_then(|key| key.public_key_to_pem()).map_err(|_| Error::Key("elle n'est pas Ed25519"))?;
        Ok(String::from_utf8_lossy(&pem).into_owned())
    }

    /// Reads the `name+id+key` form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::Key("elle n'a pas la forme nom+identifiant+clé"));
        };
        let bytes = STANDARD.decode(key).map_err(|_| Error::Key("la clé n'est pas en base64"))?;
        let (kind, key) = match bytes.split_first() {
            Some((1, key)) => (Kind::Ed25519, key),
            Some((4, key)) => (Kind::Cosignature, key),
            _ => return Err(Error::Key("son type n'est pas Ed25519")),
        };
        let key = key.try_into().map_err(|_| Error::Key("la clé n'a pas 32 octets"))?;
        let verifier = Self::new(name, kind, key)?;
        if hex::encode(verifier.id()) != id {
            return Err(Error::Key("l'identifiant n'est pas celui de cette clé"));
        }
        Ok(verifier)
    }

    /// Whether `signature` is this key's, over `text`; for a cosignature, with the time it tells.
    fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        match self.kind {
            Kind::Ed25519 => ed25519(&self.key, text.as_bytes(), signature),
            Kind::Cosignature => signature.split_first_chunk().is_some_and(|(time, signature)| {
                ed25519(&self.key, cosigned(u64::from_be_bytes(*time), text).as_bytes(), signature)
            }),
        }
    }
}

/// The `name+id+key` form.
impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[self.kind.byte()], &self.key[..]].concat());
        write!(f, "{}+{}+{key}", self.name, hex::encode(self.id()))
    }
}

/// Whether an Ed25519 signature is that key's (RFC 8032).
pub fn ed25519(key: &[u8; 32], bytes: &[u8], signature: &[u8]) -> bool {
    let verified = || {
        let key = PKey::public_key_from_raw_bytes(key, Id::ED25519)?;
        sign::Verifier::new_without_digest(&key)?.verify_oneshot(signature, bytes)
    };
    verified().unwrap_or(false)
}

/// What a witness signs: when it saw the checkpoint, and its text.
fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A text and its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One line under a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    pub key_id: [u8; 4],
    /// After the key's identifier.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// When a witness says that it saw the text.
    pub fn time(&self) -> Option<u64> {
        self.bytes.first_chunk().map(|time| u64::from_be_bytes(*time)).filter(|_| self.bytes.len() == 72)
    }

    fn of(&self, verifier: &Verifier) -> bool {
        self.name == verifier.name && self.key_id == verifier.id()
    }

    /// Reads one signature line, without its newline.
    pub fn parse(line: &str) -> Result<Self, Error> {
        let wrong = Error::Note("une ligne de signature n'a pas la forme attendue");
        let (name, rest) =
            line.strip_prefix(DASH).and_then(|line| line.split_once(' ')).ok_or(wrong.clone())?;
        let bytes = STANDARD.decode(rest).map_err(|_| wrong.clone())?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>().ok_or(wrong.clone())?;
        if name.is_empty() || bytes.is_empty() || name.contains('+') || name.chars().any(char::is_whitespace)
        {
            return Err(wrong);
        }
        Ok(Self { name: name.to_string(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = STANDARD.encode([&self.key_id[..], &self.bytes].concat());
        write!(f, "{DASH}{} {bytes}", self.name)
    }
}

impl Note {
    /// Signs a text, which ends with a newline.
    pub fn sign(text: String, signer: &dyn Signer) -> Result<Self, Error> {
        check(&text)?;
        let (verifier, bytes) = (signer.verifier(Kind::Ed25519)?, signer.sign(text.as_bytes())?.to_vec());
        let signature = Signature { name: verifier.name.clone(), key_id: verifier.id(), bytes };
        Ok(Self { text, signatures: vec![signature] })
    }

    /// What a witness adds under this note, at that time (seconds of POSIX).
    pub fn cosignature(&self, time: u64, witness: &dyn Signer) -> Result<Signature, Error> {
        let verifier = witness.verifier(Kind::Cosignature)?;
        let signed = witness.sign(cosigned(time, &self.text).as_bytes())?;
        let bytes = [&time.to_be_bytes()[..], &signed].concat();
        Ok(Signature { name: verifier.name.clone(), key_id: verifier.id(), bytes })
    }

    /// Reads a note; nothing is verified.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > BYTES_MAX {
            return Err(Error::Note("elle est trop longue"));
        }
        let at = text.rfind("\n\n").ok_or(Error::Note("les signatures manquent"))?;
        let (text, lines) = (&text[..=at], &text[at + 2..]);
        check(text)?;
        let lines = lines.strip_suffix('\n').ok_or(Error::Note("la dernière ligne n'est pas finie"))?;
        let signatures = lines.split('\n').map(Signature::parse).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(Error::Note("trop de signatures"));
        }
        Ok(Self { text: text.to_string(), signatures })
    }

    /// The signed text, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines under it.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a line, unless that key has one already.
    pub fn add(&mut self, signature: Signature) {
        let same = |known: &Signature| (&known.name, known.key_id) == (&signature.name, signature.key_id);
        if !self.signatures.iter().any(same) && self.signatures.len() < SIGNATURES_MAX {
            self.signatures.push(signature);
        }
    }

    /// The signature of this key, when there is one and it is right. Of two lines of one key, one wrong is enough to
    /// refuse.
    pub fn signed_by(&self, verifier: &Verifier) -> Option<&Signature> {
        let mut lines = self.signatures.iter().filter(|line| line.of(verifier)).peekable();
        let first = *lines.peek()?;
        lines.all(|line| verifier.verifies(&self.text, &line.bytes)).then_some(first)
    }
}

/// The note as kept and sent.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// Whether a text can be signed.
fn check(text: &str) -> Result<(), Error> {
    if !text.ends_with('\n') || text.chars().any(|character| character < ' ' && character != '\n') {
        return Err(Error::Note("le texte ne finit pas par une ligne, ou contient un caractère de contrôle"));
    }
    Ok(())
}
