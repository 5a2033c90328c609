//! A proof that something was logged, whole in one text that is verified offline (C2SP tlog-proof).
//!
//! Never says what was logged: who verifies knows the leaf. The index, the hashes and the signed head are all it holds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::Checkpoint;
use super::merkle::{self, Hash};
use super::note::{Note, Verifier};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Hashes of a proof, at most: a tree has no more levels.
const HASHES_MAX: usize = 64;

/// A leaf's place in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// From 0.
    pub index: u64,
    /// From the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The log's head, signed.
    pub checkpoint: Note,
}

/// What a proof does not show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("preuve d'inscription illisible : {0}")]
    Unreadable(String),
    #[error("le point de contrôle n'est pas signé par {0}")]
    NotSigned(String),
    #[error("le point de contrôle est celui de {got}, et non de {wanted}")]
    OtherLog { wanted: String, got: String },
    #[error("l'empreinte n'est pas inscrite à cette place du journal")]
    NotIncluded,
}

impl TlogProof {
    /// The text, as kept in a `.tlog-proof` file.
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nindex {}\n", self.index);
        self.hashes.iter().for_each(|hash| {
            text.push_str(&STANDARD.encode(hash));
            text.push('\n');
        });
        text + "\n" + &self.checkpoint.to_string()
    }

    /// Reads a text; nothing is verified. Extra data, which nothing vouches for, is passed over.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Unreadable(why.to_string());
        let (head, note) = text.split_once("\n\n").ok_or_else(|| wrong("le point de contrôle manque"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(wrong("la première ligne n'est pas celle d'une preuve"));
        }
        lines.next_if(|line| line.starts_with("extra "));
        let digits = lines.next().and_then(|line| line.strip_prefix("index "));
        let index =
            digits.and_then(|digits| digits.parse().ok().filter(|index: &u64| index.to_string() == digits));
        let index = index.ok_or_else(|| wrong("la place manque"))?;
        let hash = |line: &str| STANDARD.decode(line).ok().and_then(|hash| hash.try_into().ok());
        let hashes: Option<Vec<Hash>> = lines.by_ref().take(HASHES_MAX).map(hash).collect();
        let hashes = hashes.ok_or_else(|| wrong("une empreinte n'en est pas une"))?;
        if lines.next().is_some() {
            return Err(wrong("trop d'empreintes"));
        }
        let checkpoint = Note::parse(note).map_err(|error| wrong(&error.to_string()))?;
        Ok(Self { index, hashes, checkpoint })
    }

    /// The head, once it is known that `origin`'s key signed it and that the leaf is under it.
    pub fn verify(&self, leaf: &Hash, origin: &str, verifier: &Verifier) -> Result<Checkpoint, Error> {
        if self.checkpoint.signed_by(verifier).is_none() {
            return Err(Error::NotSigned(verifier.name().to_string()));
        }
        let head = Checkpoint::parse(self.checkpoint.text())
            .map_err(|error| Error::Unreadable(error.to_string()))?;
        if head.origin != origin {
            return Err(Error::OtherLog { wanted: origin.to_string(), got: head.origin });
        }
        if !merkle::is_included(leaf, self.index, head.size, &self.hashes, &head.root) {
            return Err(Error::NotIncluded);
        }
        Ok(head)
    }
}
