//! An archive of ours, read from its OCFL object alone: what it must hold beyond what OCFL asks, and whether
//! its records agree with its files.
//!
//! Digests of contents are those of the inventory: whether the bytes have them is OCFL's validation, made
//! before. It reads no database and no journal, and looks at the first version, as it was taken in charge: what
//! later versions change is told by the inventory alone.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};

use super::accession::{Accession, StoredFile};
use super::checks::Checks;
use super::ocfl::validate::{Held, HeldFile, Severity};
use super::ocfl::{Kind, Tree, join, object_id};
use super::premis;

/// The version that the records speak of.
const TAKEN_IN_CHARGE: &str = "v1";
const ACCESSION: &str = "metadata/accession.json";
const REPLY: &str = "metadata/reply.xml";
const PREMIS: &str = "metadata/premis.xml";
const CHECKS: &str = "metadata/checks.json";
/// In `logs`, outside the versions: that the rows of the archive were committed.
const CONFIRMED: &str = "confirmed";
/// Names of `logs` that are looked at.
const LOGS_MAX: usize = 100_000;
/// Longest record that is read.
const RECORD_BYTES_MAX: u64 = 512 << 20;
/// Findings kept of one kind.
const ALIKE_MAX: usize = 20;

/// Something wrong with an archive, or to be told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub severity: Severity,
    /// Dotted and stable: `archive.…`.
    pub code: &'static str,
    /// Logical path in the archive; empty for the whole.
    pub path: String,
    /// In French, for people.
    pub message: String,
}

/// An archive that was read.
#[derive(Clone, Debug, Default)]
pub struct Aip {
    /// What the accession record says, when it could be read.
    pub cote: Option<String>,
    pub remarks: Vec<Remark>,
}

/// Reads the archive in an object's folder; `None` when the object holds no accession record and is not
/// named like one of ours.
///
/// # Errors
/// When a file that the inventory names cannot be read.
pub fn read(tree: &dyn Tree, folder: &str, id: &str, held: &Held) -> io::Result<Option<Aip>> {
    let files = held.files(TAKEN_IN_CHARGE);
    if !files.contains_key(ACCESSION) && !id.starts_with("urn:uuid:") {
        return Ok(None);
    }
    let mut reading = Reading { tree, folder, files, aip: Aip::default() };
    if held.algorithm() != Some("sha512") {
        // Records and inventory could not be compared.
        reading.error("archive.algorithm", "", "les archives de chartrier ont des empreintes SHA-512");
        return Ok(Some(reading.aip));
    }
    reading.all(id)?;
    Ok(Some(reading.aip))
}

struct Reading<'a> {
    tree: &'a dyn Tree,
    folder: &'a str,
    /// By logical path.
    files: HashMap<&'a str, HeldFile<'a>>,
    aip: Aip,
}

impl Reading<'_> {
    fn all(&mut self, id: &str) -> io::Result<()> {
        let accession = self.accession()?;
        if let Some(accession) = &accession {
            if object_id(accession.archive_id) != id {
                self.error(
                    "archive.identifier",
                    ACCESSION,
                    "le compte rendu d’entrée est celui d’une autre archive",
                );
            }
            self.aip.cote = Some(accession.cote.clone());
            self.received(accession);
        }
        self.reply()?;
        let form = accession.as_ref().map_or(Accession::FORM, |accession| accession.form);
        self.premis(accession.as_ref())?;
        self.checks(form)?;
        let logs = self.tree.list(&self.path("logs"), LOGS_MAX).unwrap_or_default();
        if !logs.iter().any(|log| log.kind == Kind::File && log.name == CONFIRMED) {
            let said = "archive non confirmée : rien n’atteste que sa prise en charge a été enregistrée";
            self.say(Severity::Warning, "archive.not_confirmed", "", said);
        }
        Ok(())
    }

    fn accession(&mut self) -> io::Result<Option<Accession>> {
        let Some(text) = self.record(ACCESSION, "archive.accession")? else { return Ok(None) };
        let read = std::str::from_utf8(&text).map_err(|error| error.to_string());
        match read.and_then(|text| Accession::from_json(text).map_err(|error| error.to_string())) {
            Ok(accession) => Ok(Some(accession)),
            Err(why) => {
                self.error(
                    "archive.accession",
                    ACCESSION,
                    &format!("compte rendu d’entrée illisible : {why}"),
                );
                Ok(None)
            }
        }
    }

    /// The manifest and the objects that the record says were received are there, with its digests.
    fn received(&mut self, accession: &Accession) {
        let objects = accession.objects.iter().map(|object| ("archive.object", &object.file));
        let all = std::iter::once(("archive.manifest", &accession.manifest)).chain(objects);
        let mut wrong = Vec::new();
        for (code, file) in all {
            let StoredFile { logical_path, sha512, .. } = file;
            match self.files.get(logical_path.as_str()) {
                Some(held) if held.digest.eq_ignore_ascii_case(sha512) => {}
                Some(_) => wrong.push((code, logical_path, "son empreinte n’est pas celle de son entrée")),
                None => wrong.push((code, logical_path, "ce fichier reçu n’est plus dans l’archive")),
            }
        }
        let count = wrong.len();
        for (code, path, said) in wrong.into_iter().take(ALIKE_MAX) {
            self.error(code, path, said);
        }
        if count > ALIKE_MAX {
            self.error("archive.object", "", &format!("et {} autres fichiers", count - ALIKE_MAX));
        }
    }

    fn reply(&mut self) -> io::Result<()> {
        let Some(text) = self.record(REPLY, "archive.reply")? else { return Ok(()) };
        // The root's name is told by the head; the reply's own schema is the standard's.
        let head = String::from_utf8_lossy(&text[..text.len().min(4_096)]);
        if !["ArchiveTransferReply", "ArchiveTransferAcceptance"].iter().any(|root| head.contains(root)) {
            self.error("archive.reply", REPLY, "ce n’est pas une réponse à un transfert");
        }
        Ok(())
    }

    /// Every file received is described, with the digest of the inventory.
    fn premis(&mut self, accession: Option<&Accession>) -> io::Result<()> {
        let Some(file) = self.files.get(PREMIS).copied() else {
            self.error("archive.premis", PREMIS, "la description PREMIS manque");
            return Ok(());
        };
        let document = self.tree.open(&self.path(file.content_path))?.take(RECORD_BYTES_MAX);
        let (mut described, mut wrong) = (0u64, Vec::new());
        let files = &self.files;
        let read = premis::read(BufReader::new(document), &mut |stated| {
            described += 1;
            let held = files.get(stated.logical_path.as_str());
            if !held.is_some_and(|held| held.digest.eq_ignore_ascii_case(&stated.sha512))
                && wrong.len() < ALIKE_MAX
            {
                wrong.push(stated.logical_path);
            }
        });
        if let Err(error) = &read {
            if error.kind() != io::ErrorKind::InvalidData {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            self.error("archive.premis", PREMIS, &format!("ce n’est pas un document PREMIS 3 : {error}"));
            return Ok(());
        }
        for path in wrong {
            self.error("archive.premis", &path, "PREMIS en donne une autre empreinte que l’inventaire");
        }
        // The first form described the package alone.
        if let Some(accession) = accession.filter(|accession| accession.form > 1)
            && described <= accession.objects.len() as u64
        {
            self.error("archive.premis", PREMIS, "des fichiers reçus n’y sont pas décrits");
        }
        if read.is_ok_and(|events| events == 0) {
            self.error("archive.premis", PREMIS, "aucun événement n’y est décrit");
        }
        Ok(())
    }

    fn checks(&mut self, form: u32) -> io::Result<()> {
        // Archives of the first form had no report.
        if form == 1 && !self.files.contains_key(CHECKS) {
            return Ok(());
        }
        let Some(text) = self.record(CHECKS, "archive.checks")? else { return Ok(()) };
        if let Err(why) = Checks::from_json(&text) {
            self.error("archive.checks", CHECKS, &format!("rapport de contrôle illisible : {why}"));
        }
        Ok(())
    }

    /// A small file of the archive; its absence is said.
    fn record(&mut self, path: &str, code: &'static str) -> io::Result<Option<Vec<u8>>> {
        let Some(file) = self.files.get(path).copied() else {
            self.error(code, path, "ce fichier manque à l’archive");
            return Ok(None);
        };
        let mut bytes = Vec::new();
        self.tree.open(&self.path(file.content_path))?.take(RECORD_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > RECORD_BYTES_MAX {
            self.say(Severity::Unjudged, code, path, "ce fichier est trop long pour être lu");
            return Ok(None);
        }
        Ok(Some(bytes))
    }

    fn path(&self, path: &str) -> String {
        join(self.folder, path)
    }

    fn error(&mut self, code: &'static str, path: &str, message: &str) {
        self.say(Severity::Error, code, path, message);
    }

    fn say(&mut self, severity: Severity, code: &'static str, path: &str, message: &str) {
        self.aip.remarks.push(Remark { severity, code, path: path.into(), message: message.into() });
    }
}
