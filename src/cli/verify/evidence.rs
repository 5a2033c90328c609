//! Attestations, and the logs published beside the archives, verified offline: every text, link, root, signature and stamp.
//!
//! Trusts the keys and roots given on the command line; without them, what the files bring shows that they hold together,
//! and that is said.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::DateTime;

use crate::proof::checkpoint::Checkpoint;
use crate::proof::journal::{self, Hash};
use crate::proof::merkle;
use crate::proof::note::{Kind, Note, Signature, Verifier};
use crate::proof::seal::{Record, Walk};
use crate::proof::sealed::{Proof, Shown, Trusted};
use crate::proof::tiles::{self, Growing, Tile, WIDTH};
use crate::proof::{attestation, journal_copy, token};

/// Bytes of a small file of evidence, at most.
const BYTES_MAX: u64 = 8 << 20;
/// Stamps of one seal read, at most.
const STAMPS_MAX: u16 = 100;

/// What a verification comes to.
#[derive(Debug, Default)]
pub struct Checked {
    /// What was found good, in French.
    pub checked: Vec<String>,
    /// What was not checked.
    pub unchecked: Vec<String>,
}

/// Why evidence is not what it says: the place, and what is wrong there.
pub struct Wrong(pub String);

/// Why evidence was not read, or is wrong.
pub enum Failure {
    Wrong(Wrong),
    Unread(String),
}

pub(super) fn wrong(place: &str, reason: impl std::fmt::Display) -> Failure {
    Failure::Wrong(Wrong(format!("{place} : {reason}")))
}

/// Verifies an attestation's file.
pub fn attestation(path: &Path, trusted: &Trusted) -> Result<Checked, Failure> {
    let bytes = read(path)?;
    if !attestation::looks_like_one(&bytes) {
        return Err(Failure::Unread("ni attestation, ni objet OCFL, ni racine de stockage".into()));
    }
    let declared = attestation::read(&bytes).map_err(|fault| wrong("attestation", fault))?;
    let statement = &declared.statement;
    let mut checked = Checked::default();
    checked.checked.push(format!(
        "{} {} de {} ({}) : la déclaration est celle que dit le journal (SHA-256 {})",
        statement.kind.title(),
        statement.number,
        statement.member.name,
        statement.member.code,
        hex::encode(declared.sha256)
    ));
    let Some(proof) = declared.proof else {
        checked.unchecked.push(
            "la preuve n’est pas dans le fichier : l’attestation attendait son scellement, demandez-la à nouveau".into(),
        );
        return Ok(checked);
    };
    let proof: Proof = serde_json::from_value(proof).map_err(|error| wrong("preuve", error))?;
    let shown = proof.verify(&declared.entry_hash, declared.seq, &statement.member.code, trusted);
    let shown = shown.map_err(|fault| wrong("preuve", fault))?;
    tell(&shown, declared.seq, &mut checked);
    Ok(checked)
}

fn tell(shown: &Shown, seq: i64, checked: &mut Checked) {
    checked.checked.push(format!(
        "l’entrée {seq} est dans le journal {}, scellé à {} entrées{}",
        shown.log,
        shown.size,
        shown.seal.as_ref().map(|seal| format!(" ({seal})")).unwrap_or_default()
    ));
    checked.checked.push(format!(
        "cette tête est dans le journal de la plateforme, scellé à {} têtes, signé",
        shown.platform_size
    ));
    for stamp in shown.stamps.iter().chain(&shown.log_stamps) {
        checked.checked.push(format!(
            "horodatée le {} par {}",
            stamp.at.format("%d/%m/%Y à %H:%M:%S UTC"),
            stamp.authority
        ));
    }
    for (witness, time) in &shown.witnesses {
        let at = DateTime::from_timestamp(time.cast_signed(), 0).unwrap_or_default();
        checked
            .checked
            .push(format!("vue le {} par le témoin {witness}", at.format("%d/%m/%Y à %H:%M:%S UTC")));
    }
    checked.unchecked.extend(shown.unchecked.iter().cloned());
}

/// Whether a folder is a published log.
pub fn is_log(folder: &Path) -> bool {
    folder.join("checkpoint").is_file() && folder.join("seals").is_dir()
}

/// Verifies a published log: each entry's hash in the tree, each seal, each signature and stamp; and the copy of the
/// journal, when it stands above.
pub fn log(folder: &Path, trusted: &Trusted) -> Result<Checked, Failure> {
    let head = note(&folder.join("checkpoint"))?;
    let body = Checkpoint::parse(head.text()).map_err(|error| wrong("checkpoint", error))?;
    let mut checked = Checked::default();
    let mut seals =
        Seals { folder, trusted, walk: Walk::default(), stamps: 0, cosignatures: 0, roots: roots(trusted)? };
    let (mut tree, mut journal) = (Growing::default(), Journal::above(folder)?);
    let mut next = seals.next()?;
    for index in 0..body.size.div_ceil(WIDTH).max(1) {
        while let Some(due) = next.take_if(|due| due.size == tree.size()) {
            compare(&due, &tree)?;
            next = seals.next()?;
        }
        let width = (body.size - index * WIDTH).min(WIDTH) as u16;
        if width == 0 {
            break;
        }
        for data in entries(folder, Tile { level: 0, index, width })? {
            journal.step(tree.size() + 1, &data)?;
            tree.push(merkle::leaf(&data));
            while let Some(due) = next.take_if(|due| due.size == tree.size()) {
                compare(&due, &tree)?;
                next = seals.next()?;
            }
        }
        tree.take_full();
    }
    if let Some(due) = next {
        return Err(wrong(
            &place(&due),
            format!("il scelle {} entrées, et il n’y en a que {}", due.size, tree.size()),
        ));
    }
    let last = seals.walk.last().map(|last| (last.size, last.root, last.log.clone()));
    if last != Some((body.size, body.root, body.origin.clone())) {
        return Err(wrong("checkpoint", "ce n’est pas la tête du dernier scellement"));
    }
    sum_up(&body, &seals, journal.walked, &mut checked);
    Ok(checked)
}

/// What was checked of a log, and what was not.
fn sum_up(body: &Checkpoint, seals: &Seals<'_>, walked: u64, checked: &mut Checked) {
    let number = seals.walk.last().map_or(0, |last| last.number);
    checked.checked.push(format!(
        "journal {} : {} empreintes, {number} scellements liés les uns aux autres, chacun avec la racine qu’il scelle",
        body.origin, body.size
    ));
    let has = |kind: Kind| seals.trusted.keys.iter().any(|key| key.kind() == kind);
    if has(Kind::Ed25519) {
        checked.checked.push("chaque scellement est signé par une clé de confiance".into());
    } else {
        checked.unchecked.push("les signatures des scellements : donnez la clé du service (--key)".into());
    }
    match (seals.stamps, seals.roots.is_some()) {
        (0, _) => checked.unchecked.push("aucun jeton d’horodatage dans ce dossier".into()),
        (stamps, true) => checked.checked.push(format!("{stamps} jetons d’horodatage, chacun à sa date")),
        (stamps, false) => checked
            .unchecked
            .push(format!("les {stamps} jetons d’horodatage : donnez les certificats racines (--root)")),
    }
    match seals.cosignatures {
        0 if has(Kind::Cosignature) => {
            checked.unchecked.push("aucune ligne des témoins de confiance n’est là".into());
        }
        0 => {}
        lines => checked.checked.push(format!("{lines} lignes de témoins de confiance, chacune sur sa tête")),
    }
    match walked {
        0 => checked
            .unchecked
            .push("le texte des entrées : la copie du journal n’est pas au-dessus de ce dossier".into()),
        walked => {
            checked.checked.push(format!("{walked} entrées du journal relues, chacune sous son empreinte"));
        }
    }
}

fn compare(record: &Record, tree: &Growing) -> Result<(), Failure> {
    if record.root == tree.root() {
        return Ok(());
    }
    Err(wrong(&place(record), "les empreintes publiées ne donnent pas la racine qu’il scelle"))
}

fn place(record: &Record) -> String {
    format!("scellement {}", record.number)
}

fn roots(trusted: &Trusted) -> Result<Option<Vec<openssl::x509::X509>>, Failure> {
    let roots = (!trusted.roots.is_empty()).then(|| token::certificates(&trusted.roots));
    roots.transpose().map_err(|error| Failure::Unread(error.to_string()))
}

/// A log's seals, read one after the other.
struct Seals<'a> {
    folder: &'a Path,
    trusted: &'a Trusted,
    walk: Walk,
    stamps: u64,
    /// Lines of trusted witnesses.
    cosignatures: u64,
    roots: Option<Vec<openssl::x509::X509>>,
}

impl Seals<'_> {
    /// The next seal, found good; `None` after the last.
    fn next(&mut self) -> Result<Option<Record>, Failure> {
        let number = self.walk.last().map_or(0, |last| last.number) + 1;
        let path = |suffix: &str| self.folder.join(format!("seals/{number:06}.{suffix}"));
        if !path("json").is_file() {
            let rest =
                std::fs::read_dir(self.folder.join("seals")).map_err(|error| unread(self.folder, &error))?;
            let beyond = |name: &str| name.split('.').next().and_then(|number| number.parse::<u64>().ok());
            let beyond =
                rest.flatten().any(|entry| beyond(&entry.file_name().to_string_lossy()) > Some(number));
            return if beyond { Err(wrong(&format!("scellement {number}"), "il manque")) } else { Ok(None) };
        }
        let here = format!("scellement {number}");
        let text =
            String::from_utf8(read(&path("json"))?).map_err(|_| wrong(&here, "ce n’est pas un texte"))?;
        let record = Record::parse(text.trim_end()).map_err(|fault| wrong(&here, fault.reason))?;
        self.walk.step(&record).map_err(|fault| wrong(&here, fault.reason))?;
        let note = note(&path("note"))?;
        if note.text() != record.checkpoint().body() {
            return Err(wrong(&here, "sa note en signe un autre"));
        }
        let (witnesses, keys): (Vec<_>, Vec<_>) =
            self.trusted.keys.iter().partition(|key| key.kind() == Kind::Cosignature);
        if !keys.is_empty() && keys.iter().all(|key| note.signed_by(key).is_none()) {
            return Err(wrong(&here, "aucune clé de confiance ne l’a signé"));
        }
        for witness in witnesses {
            let path = path(&format!("{}.cosig", hex::encode(witness.id())));
            if path.is_file() {
                cosigned(&note, witness, &path).map_err(|reason| wrong(&here, reason))?;
                self.cosignatures += 1;
            }
        }
        let mut bytes = note.text().as_bytes().to_vec();
        for ordinal in 1..=STAMPS_MAX {
            let path = path(&format!("{ordinal}.tsr"));
            if !path.is_file() {
                break;
            }
            let stamp = read(&path)?;
            if let Some(roots) = &self.roots {
                token::verify(&stamp, &bytes, roots)
                    .map_err(|error| wrong(&format!("{here}, jeton {ordinal}"), error))?;
            }
            bytes.extend(stamp);
            self.stamps += 1;
        }
        Ok(Some(record))
    }
}

/// Whether the line of a witness, beside a seal, is right.
fn cosigned(note: &Note, witness: &Verifier, path: &Path) -> Result<(), String> {
    let refused = || format!("la ligne du témoin {} n’est pas celle de cette tête", witness.name());
    let bytes = read(path).map_err(|_| refused())?;
    let line = std::str::from_utf8(&bytes).ok().and_then(|line| Signature::parse(line.trim_end()).ok());
    let mut seen = note.clone();
    seen.add(line.ok_or_else(refused)?);
    seen.signed_by(witness).map(drop).ok_or_else(refused)
}

/// The entries' hashes of a bundle.
fn entries(folder: &Path, tile: Tile) -> Result<Vec<Hash>, Failure> {
    let path = tile.entries_path();
    let damaged = || wrong(&path, "il manque, ou n’est pas ce que dit la tête");
    let bytes = read(&folder.join(&path)).map_err(|_| damaged())?;
    let entries = tiles::read_bundle(&bytes, tile.width).ok_or_else(damaged)?;
    let hashes = read(&folder.join(tile.path())).map_err(|_| wrong(&tile.path(), "il manque"))?;
    let leaves: Vec<Hash> = entries.iter().map(|entry| merkle::leaf(entry)).collect();
    if tiles::read(&hashes, tile.width) != Some(leaves) {
        return Err(wrong(&tile.path(), "ce n’est pas la tuile de ces entrées"));
    }
    Ok(entries)
}

/// The journal's copy above a log, when there is one.
struct Journal {
    folder: Option<PathBuf>,
    walk: journal::Walk,
    page: std::vec::IntoIter<(String, Hash)>,
    walked: u64,
}

impl Journal {
    fn above(log: &Path) -> Result<Self, Failure> {
        let above = std::path::absolute(log).map_err(|error| unread(log, &error))?;
        let above = above.parent().map(Path::to_path_buf);
        let folder = above.filter(|folder| folder.join(journal_copy::HEAD).is_file());
        Ok(Self { folder, walk: journal::Walk::default(), page: Vec::new().into_iter(), walked: 0 })
    }

    /// Reads the entry of this number, which must have this hash. Entries that the copy does not have yet are not read.
    fn step(&mut self, seq: u64, hash: &Hash) -> Result<(), Failure> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let entry = match self.page.next() {
            Some(entry) => entry,
            None => {
                let (name, before) = journal_copy::file_after(self.walk.seq());
                if before != self.walk.seq() || !folder.join(&name).is_file() {
                    return Ok(());
                }
                let lines =
                    journal_copy::read(read(&folder.join(&name))?).map_err(|reason| wrong(&name, reason))?;
                self.page = lines.into_iter();
                let Some(entry) = self.page.next() else { return Ok(()) };
                entry
            }
        };
        let here = format!("journal, entrée {seq}");
        self.walk.step(seq.cast_signed(), &entry.0, &entry.1).map_err(|fault| wrong(&here, fault.reason))?;
        if self.walk.hash() != *hash {
            return Err(wrong(&here, "ce n’est pas l’entrée qui a été scellée"));
        }
        self.walked += 1;
        Ok(())
    }
}

pub(super) fn note(path: &Path) -> Result<Note, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = String::from_utf8(read(path)?).map_err(|_| wrong(&name, "ce n’est pas un texte"))?;
    Note::parse(&text).map_err(|error| wrong(&name, error))
}

pub(super) fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Unread(format!("{} : {error}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unread(path, &error))?;
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| unread(path, &error))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Failure::Unread(format!("{} : trop long pour une preuve", path.display())));
    }
    Ok(bytes)
}
