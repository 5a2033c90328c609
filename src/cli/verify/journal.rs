//! An exported journal verified offline: each entry after the one before, and, when its signed head stands beside it, the whole
//! under that head's root and signature.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::evidence::{self, Checked, Failure, note, wrong};
use crate::proof::checkpoint::Checkpoint;
use crate::proof::journal::{Hash, Walk, hash};
use crate::proof::merkle;
use crate::proof::sealed::Trusted;
use crate::proof::tiles::Growing;

/// Bytes of one entry, at most.
const LINE_BYTES_MAX: u64 = 1 << 20;
/// An archive, and the transfer it was.
const EXTRACT_OBJECTS_MAX: usize = 2;

/// Whether a file is an exported journal: its first line is an entry.
pub fn is_one(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut lines = BufReader::new(file.take(LINE_BYTES_MAX));
    let mut first = String::new();
    let read = lines.read_line(&mut first).is_ok();
    let fields = serde_json::from_str::<Map<String, Value>>(first.trim_end());
    read && fields.is_ok_and(|fields| ["seq", "prev", "tenant"].iter().all(|name| fields.contains_key(*name)))
}

/// Verifies it.
pub fn verify(path: &Path, trusted: &Trusted) -> Result<Checked, Failure> {
    let file = File::open(path).map_err(|error| evidence::unread(path, &error))?;
    let head = Head::beside(path)?;
    let mut lines = BufReader::new(file);
    let mut seen = Seen {
        walk: None,
        first: 0,
        about: false,
        objects: BTreeSet::new(),
        tree: Growing::default(),
        covered: head.is_none(),
    };
    while let Some(line) = next_line(&mut lines, path)? {
        seen.step(&line)?;
        if let Some(head) = &head {
            seen.compare(head)?;
        }
    }
    let mut checked = Checked::default();
    seen.tell(&mut checked)?;
    match head {
        Some(head) => head.tell(&seen, trusted, &mut checked)?,
        None => checked.unchecked.push(
            "que ce soit le journal du service : aucune tête signée (.note) n’est à côté du fichier".into(),
        ),
    }
    Ok(checked)
}

/// The next line, without its end; none after the last.
fn next_line(lines: &mut BufReader<File>, path: &Path) -> Result<Option<String>, Failure> {
    let mut line = String::new();
    let read = lines.by_ref().take(LINE_BYTES_MAX + 1).read_line(&mut line);
    let read = read.map_err(|error| evidence::unread(path, &error))?;
    if read as u64 > LINE_BYTES_MAX {
        return Err(wrong("journal", "une ligne est trop longue pour une entrée"));
    }
    if line.ends_with('\n') {
        line.pop();
    }
    Ok((read > 0).then_some(line))
}

/// What was read so far.
struct Seen {
    walk: Option<Walk>,
    /// Number of the first entry.
    first: i64,
    /// Entries about one archive: others stand between them.
    about: bool,
    /// What the entries are about, as long as it may be one archive.
    objects: BTreeSet<String>,
    tree: Growing,
    /// The entries are those of the signed head.
    covered: bool,
}

impl Seen {
    fn step(&mut self, line: &str) -> Result<(), Failure> {
        let fields: Map<String, Value> =
            serde_json::from_str(line).map_err(|_| wrong("journal", "une ligne n’est pas une entrée"))?;
        let seq = fields.get("seq").and_then(Value::as_i64).unwrap_or_default();
        let here = format!("journal, entrée {seq}");
        if self.objects.len() <= EXTRACT_OBJECTS_MAX {
            let object = fields.get("object").and_then(Value::as_str).unwrap_or_default();
            self.objects.insert(object.to_owned());
        }
        let mut walk = match self.walk.take() {
            Some(walk) if walk.seq() + 1 == seq => walk,
            Some(walk) if seq > walk.seq() && self.covered && self.is_extract() => {
                self.about = true;
                begin(&fields, seq, &here)?
            }
            Some(walk) => {
                let reason = if seq <= walk.seq() {
                    "elle n’est pas à sa place".to_owned()
                } else {
                    format!("l’entrée {} manque", walk.seq() + 1)
                };
                return Err(wrong(&here, reason));
            }
            None => {
                self.first = seq;
                begin(&fields, seq, &here)?
            }
        };
        walk.step(seq, line, &hash(line)).map_err(|fault| wrong(&here, fault.reason))?;
        if self.first == 1 && !self.about {
            self.tree.push(merkle::leaf(&walk.hash()));
            self.tree.take_full();
        }
        self.walk = Some(walk);
        Ok(())
    }

    /// An extract is about one archive and its transfer, and has no head beside it: a journal that lost entries is not one.
    fn is_extract(&self) -> bool {
        let is_one = |object: &String| object.starts_with("archive:") || object.starts_with("transfer:");
        self.objects.len() <= EXTRACT_OBJECTS_MAX && self.objects.iter().all(is_one)
    }

    fn compare(&mut self, head: &Head) -> Result<(), Failure> {
        if self.first == 1 && !self.covered && self.tree.size() == head.body.size {
            if self.tree.root() != head.body.root {
                return Err(wrong("tête signée", "les entrées ne donnent pas la racine qu’elle signe"));
            }
            self.covered = true;
        }
        Ok(())
    }

    fn tell(&self, checked: &mut Checked) -> Result<(), Failure> {
        let Some(walk) = &self.walk else { return Err(wrong("journal", "il est vide")) };
        if self.about && !self.is_extract() {
            return Err(wrong(
                "journal",
                "des entrées manquent, et ce n’est pas l’extrait d’une seule archive",
            ));
        }
        checked.checked.push(match self.about {
            false => {
                format!("journal : entrées {} à {}, chacune liée à la précédente", self.first, walk.seq())
            }
            true => {
                format!("extrait du journal : entrées {} à {}, chacune sous sa forme", self.first, walk.seq())
            }
        });
        if self.about {
            checked.unchecked.push(
                "ce qui lie ces entrées : d’autres sont entre elles, qui ne sont pas dans l’extrait".into(),
            );
        } else if self.first > 1 {
            checked
                .unchecked
                .push(format!("les entrées avant la {} : elles ne sont pas dans le fichier", self.first));
        }
        Ok(())
    }
}

/// A walk that begins at this entry: what stands before it is believed.
fn begin(fields: &Map<String, Value>, seq: i64, here: &str) -> Result<Walk, Failure> {
    if seq == 1 {
        return Ok(Walk::default());
    }
    let field = |name: &str| fields.get(name).and_then(Value::as_str);
    let mut prev: Hash = [0; 32];
    let read = field("prev").is_some_and(|prev_text| hex::decode_to_slice(prev_text, &mut prev).is_ok());
    let at = field("ts").and_then(|ts| chrono::DateTime::parse_from_rfc3339(ts).ok());
    match (read, at, field("tenant")) {
        (true, Some(at), Some(tenant)) if seq > 1 => Ok(Walk::after(seq - 1, prev, at.to_utc(), tenant)),
        _ => Err(wrong(here, "il lui manque son numéro, sa date ou l’empreinte qui la lie")),
    }
}

/// The signed head beside the file.
struct Head {
    path: PathBuf,
    body: Checkpoint,
}

impl Head {
    fn beside(path: &Path) -> Result<Option<Self>, Failure> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".note");
        let path = PathBuf::from(beside);
        if !path.is_file() {
            return Ok(None);
        }
        let body = Checkpoint::parse(note(&path)?.text()).map_err(|error| wrong("tête signée", error))?;
        Ok(Some(Self { path, body }))
    }

    fn tell(self, seen: &Seen, trusted: &Trusted, checked: &mut Checked) -> Result<(), Failure> {
        if !seen.covered && self.body.size > 0 {
            return Err(wrong(
                "tête signée",
                format!("elle couvre {} entrées, qui ne sont pas toutes là", self.body.size),
            ));
        }
        let note = note(&self.path)?;
        let signed = trusted.keys.iter().any(|key| note.signed_by(key).is_some());
        match (trusted.keys.is_empty(), signed) {
            (true, _) => {
                checked.unchecked.push("la signature de la tête : donnez la clé du service (--key)".into());
            }
            (false, true) => {
                checked.checked.push("la tête est signée par une clé de confiance".into());
            }
            (false, false) => return Err(wrong("tête signée", "aucune clé de confiance ne l’a signée")),
        }
        checked.checked.push(format!(
            "les {} premières entrées sont celles que scelle {} ({})",
            self.body.size,
            self.body.origin,
            self.body.extensions.join(", ")
        ));
        let last = seen.walk.as_ref().map_or(0, Walk::seq).cast_unsigned();
        if last > self.body.size {
            checked.unchecked.push(format!(
                "les {} dernières entrées, que cette tête ne couvre pas",
                last - self.body.size
            ));
        }
        Ok(())
    }
}
