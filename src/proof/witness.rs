//! What a log sends to a witness (C2SP tlog-witness, `add-checkpoint`), and what the witness makes of it: cosigned, or why not.
//!
//! Never remembers: how far the witness saw is given, and kept by whoever asks, before the cosignature leaves. The one thing to
//! know: a witness says that a log's heads follow one another; it knows nothing of what is under them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::Checkpoint;
use super::merkle::{self, Hash, SIZE_MAX};
use super::note::{self, Note, Verifier};

/// Hashes of a proof, at most.
const PROOF_MAX: usize = 63;
/// Bytes of a request, at most: a proof and a note.
pub const BYTES_MAX: usize = note::BYTES_MAX + 8 * 1_024;

/// A head to be cosigned, and the proof that it follows the one of `old` leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub old: u64,
    pub proof: Vec<Hash>,
    pub note: Note,
}

/// A log that a witness knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The first line of its heads.
    pub origin: String,
    pub key: Verifier,
}

/// Why a head is not cosigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("demande illisible : {0}")]
    Malformed(&'static str),
    #[error("ce journal n'est pas de ceux que ce témoin connaît")]
    Unknown,
    #[error("la tête n'est pas signée par la clé de ce journal")]
    Unsigned,
    /// The witness saw as far as `size`, and no proof was given from there.
    #[error("le témoin a vu ce journal jusqu'à {size} entrées")]
    Conflict { size: u64 },
    #[error("cette tête ne fait pas suite à celle que le témoin a vue")]
    Inconsistent,
}

impl Request {
    /// As it is sent.
    pub fn text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&STANDARD.encode(hash));
            text.push('\n');
        }
        format!("{text}\n{}", self.note)
    }

    /// Reads what was sent.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let wrong = Refusal::Malformed;
        if text.len() > BYTES_MAX {
            return Err(wrong("elle est trop longue"));
        }
        let (head, note) = text.split_once("\n\n").ok_or(wrong("la ligne vide manque"))?;
        let mut lines = head.split('\n');
        let digits = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(wrong("old manque"))?;
        let old = digits.parse().ok().filter(|old: &u64| old.to_string() == digits && *old <= SIZE_MAX);
        let old = old.ok_or(wrong("old n'est pas un nombre"))?;
        let hash = |line: &str| STANDARD.decode(line).ok().and_then(|hash| hash.try_into().ok());
        let proof: Option<Vec<Hash>> = lines.map(hash).collect();
        let proof = proof.filter(|proof| proof.len() <= PROOF_MAX).ok_or(wrong("preuve mal formée"))?;
        let note = Note::parse(note).map_err(|_| wrong("la tête n'est pas une note signée"))?;
        Ok(Self { old, proof, note })
    }

    /// The head, when it is signed by the log that it says it is of.
    pub fn head(&self, logs: &[Log]) -> Result<Checkpoint, Refusal> {
        let head = Checkpoint::parse(self.note.text()).map_err(|error| Refusal::Malformed(error.0))?;
        let mut known = logs.iter().filter(|log| log.origin == head.origin).peekable();
        known.peek().ok_or(Refusal::Unknown)?;
        if !known.any(|log| self.note.signed_by(&log.key).is_some()) {
            return Err(Refusal::Unsigned);
        }
        Ok(head)
    }

    /// Whether the head follows the last one that was cosigned: its size and root; none: 0, whatever the root.
    pub fn follows(&self, head: &Checkpoint, last: Option<(u64, Hash)>) -> Result<(), Refusal> {
        if self.old > head.size {
            return Err(Refusal::Malformed("old dépasse la taille de la tête"));
        }
        let (size, root) = last.unwrap_or((0, merkle::empty()));
        if self.old != size {
            return Err(Refusal::Conflict { size });
        }
        let follows = match (size, head.size) {
            (0, 0) => self.proof.is_empty() && head.root == merkle::empty(),
            (0, _) => self.proof.is_empty(),
            _ => merkle::is_consistent(size, &root, head.size, &head.root, &self.proof),
        };
        if follows { Ok(()) } else { Err(Refusal::Inconsistent) }
    }
}

#[cfg(test)]
mod tests {
    use openssl::pkey::{Id, PKey, Private};
    use openssl::sign;

    use super::super::note::{Kind, Signer};
    use super::*;

    struct Key(PKey<Private>);

    impl Signer for Key {
        fn name(&self) -> &'static str {
            "a.fr"
        }

        fn public_key(&self) -> [u8; 32] {
            self.0.raw_public_key().unwrap().try_into().unwrap()
        }

        fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], note::Error> {
            let mut signer = sign::Signer::new_without_digest(&self.0).unwrap();
            Ok(signer.sign_oneshot_to_vec(bytes).unwrap().try_into().unwrap())
        }
    }

    fn key(seed: u8) -> Key {
        Key(PKey::private_key_from_raw_bytes(&[seed; 32], Id::ED25519).unwrap())
    }

    /// The first `size` leaves of one story, or of another.
    fn tree(size: u64, story: u8) -> merkle::Edge {
        let mut tree = merkle::Edge::default();
        (0..size).for_each(|at| tree.push(merkle::leaf(&[story, at as u8])));
        tree
    }

    fn proof(old: u64, size: u64, story: u8) -> Vec<Hash> {
        let node = |id: merkle::NodeId| -> Result<_, std::convert::Infallible> {
            let mut tree = merkle::Edge::default();
            let width = 1 << id.level;
            (id.index * width..(id.index + 1) * width)
                .for_each(|at| tree.push(merkle::leaf(&[story, at as u8])));
            Ok(tree.root())
        };
        merkle::consistency(old, size, node).unwrap().unwrap_or_default()
    }

    fn asked(old: u64, size: u64, story: u8, by: &Key) -> Request {
        let root = tree(size, story).root();
        let head = Checkpoint { origin: "a.fr/plateforme".into(), size, root, extensions: vec!["x".into()] };
        let note = Note::sign(head.body(), by).unwrap();
        Request { old, proof: proof(old, size, story), note }
    }

    fn judged(request: &Request, last: Option<(u64, Hash)>) -> Result<u64, Refusal> {
        let key = key(1).verifier(Kind::Ed25519).unwrap();
        let head = request.head(&[Log { origin: "a.fr/plateforme".into(), key }])?;
        request.follows(&head, last).map(|()| head.size)
    }

    #[test]
    fn a_head_that_follows_is_taken_and_each_that_does_not_is_refused_for_its_reason() {
        let (log, other) = (key(1), key(2));
        let seen = |size, story| Some((size, tree(size, story).root()));
        assert_eq!(judged(&asked(0, 5, 0, &log), None), Ok(5));
        assert_eq!(judged(&asked(0, 0, 0, &log), None), Ok(0));
        assert_eq!(judged(&asked(5, 9, 0, &log), seen(5, 0)), Ok(9));
        assert_eq!(judged(&asked(5, 5, 0, &log), seen(5, 0)), Ok(5), "again");
        assert_eq!(judged(&asked(5, 9, 0, &other), seen(5, 0)), Err(Refusal::Unsigned));
        assert_eq!(judged(&asked(0, 9, 0, &log), seen(5, 0)), Err(Refusal::Conflict { size: 5 }));
        assert_eq!(judged(&asked(4, 9, 0, &log), None), Err(Refusal::Conflict { size: 0 }));
        assert_eq!(
            judged(&asked(3, 4, 0, &log), seen(5, 0)),
            Err(Refusal::Conflict { size: 5 }),
            "rolled back"
        );
        assert_eq!(judged(&asked(5, 9, 1, &log), seen(5, 0)), Err(Refusal::Inconsistent), "another story");
        assert_eq!(judged(&asked(5, 5, 1, &log), seen(5, 0)), Err(Refusal::Inconsistent));
        let back = Request { old: 5, ..asked(0, 4, 0, &log) };
        assert!(matches!(judged(&back, seen(5, 0)), Err(Refusal::Malformed(_))));
        let too_much = Request { proof: vec![[0; 32]], ..asked(0, 5, 0, &log) };
        assert_eq!(judged(&too_much, None), Err(Refusal::Inconsistent));
        let cut = Request { proof: Vec::new(), ..asked(5, 9, 0, &log) };
        assert_eq!(judged(&cut, seen(5, 0)), Err(Refusal::Inconsistent));
        let unknown = asked(0, 5, 0, &log).head(&[]);
        assert_eq!(unknown, Err(Refusal::Unknown));
    }

    #[test]
    fn a_request_reads_back_and_nothing_else_reads() {
        let request = asked(5, 9, 0, &key(1));
        let text = request.text();
        assert_eq!(Request::parse(&text), Ok(request.clone()));
        assert!(text.starts_with("old 5\n") && text.contains("\n\na.fr/plateforme\n9\n"));
        for wrong in [
            text.replacen("old 5", "old 05", 1),
            text.replacen("old 5", "old -5", 1),
            text.replacen("old 5", "new 5", 1),
            text.replacen("old 5", "old 99999999999999999999", 1),
            text.replacen("old 5\n", "old 5\nAAAA\n", 1),
            text.trim_end().to_owned(),
            String::new(),
            "\n\n".into(),
            Request { proof: vec![[0; 32]; 64], ..request }.text(),
        ] {
            assert!(matches!(Request::parse(&wrong), Err(Refusal::Malformed(_))), "{wrong}");
        }
    }
}
