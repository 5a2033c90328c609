//! Of the third step: the electronic signatures that files bear, checked once every file was read.
//!
//! Never reads a file that showed no mark of a signature while it was read for its digests, but to find, by its digest,
//! what a signature beside it signs. Never refuses: what a signature is worth is said, to the archivist and to whoever
//! reads the archive after her.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::identify::{IdentifiedObject, Place, Tables, is_over};
use super::{Error, event_object};
use crate::model::signature::{Signature, Signatures};
use crate::model::{Agent, Event, EventType, Finding, Findings, Indication, Outcome, TransferId, findings};
use crate::package::{self, Package};
use crate::proof::signature::{Beside, Digest, Judging, Mark, Wanted, bytes_max, validate};
use crate::seda::Manifest;

/// Bytes read to find what signatures beside their content sign, at most for one transfer.
const SEARCHED_BYTES_MAX: u64 = 4 << 30;
/// A file longer than this is checked alone: its tree takes several times its size.
const LARGE_BYTES: u64 = 8 << 20;
/// Signatures told one by one in the transfer's row; the archive keeps them all.
pub(super) const TOLD_IN_ROW: usize = 50;

/// Held by whoever checks a large file.
static LARGE: Mutex<()> = Mutex::new(());

/// A transfer whose files were all read.
pub(super) struct Received<'a> {
    pub package: &'a mut Package,
    pub manifest: &'a Manifest,
    /// The entry of the message itself, and its size.
    pub message: (Option<usize>, u64),
    pub objects: &'a [IdentifiedObject],
}

/// The signatures of the files that showed a mark, and of the message.
pub(super) fn check(
    received: Received<'_>,
    tables: Tables<'_>,
    until: Option<Instant>,
    found: &mut Findings,
) -> Result<Signatures, Error> {
    let Received { package, manifest, message, objects } = received;
    let message = signed_message(message, found);
    let marked: Vec<(usize, Mark)> =
        objects.iter().enumerate().filter_map(|(at, object)| Some((at, object.mark?))).collect();
    if marked.is_empty() && message.is_none() {
        return Ok(Signatures::default());
    }
    let believed = tables.trust.anchors()?;
    let judging = Judging { anchors: &believed, now: tables.now };
    let anchors = believed.certificates().len() as u64;
    let mut signatures = Signatures { anchors, ..Signatures::default() };
    let names = names(package, manifest, objects)?;
    let mut files =
        Files { package, manifest, objects, names, known: HashMap::new(), left: SEARCHED_BYTES_MAX };
    for (at, mark) in marked {
        if is_over(until) || objects[at].size_bytes > bytes_max(mark) {
            signatures.unread += 1;
            continue;
        }
        let _alone = (objects[at].size_bytes > LARGE_BYTES)
            .then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(bytes) = files.read(at)? else { continue };
        let name = files.names[at].clone();
        let checked =
            validate(mark, (&name, &bytes), judging, &mut Neighbours { files: &mut files, bearer: Some(at) });
        for signature in checked.map_err(package::Error::Io)? {
            found.extend(amiss(&signature).map(|finding| finding.at_line(objects[at].line)));
            signatures.push(signature);
        }
    }
    if let Some((entry, size)) = message {
        let (name, bytes) = files.message(entry, size)?;
        let mut beside = Neighbours { files: &mut files, bearer: None };
        let checked = validate(Mark::Xml, (&name, &bytes), judging, &mut beside);
        for signature in checked.map_err(package::Error::Io)? {
            found.settle(&findings::HEADER_SIGNATURE_UNVERIFIED);
            found.extend(amiss(&signature));
            signatures.push(signature);
        }
    }
    Ok(signatures)
}

/// The entry and size of the message, when it bears a signature that was not looked at, and may be.
fn signed_message((entry, size): (Option<usize>, u64), found: &Findings) -> Option<(usize, u64)> {
    let is_said = |finding: &Finding| std::ptr::eq(finding.kind, &findings::HEADER_SIGNATURE_UNVERIFIED);
    let is_signed = found.kept().iter().any(is_said);
    entry.filter(|_| is_signed && size <= bytes_max(Mark::Xml)).map(|entry| (entry, size))
}

/// What the archivist must see.
fn amiss(signature: &Signature) -> Option<Finding> {
    let reason = signature.reason.filter(|_| signature.indication == Indication::Failed)?;
    let by = signature.signer.as_ref().map(|signer| format!(" de {}", signer.name)).unwrap_or_default();
    let message = format!(
        "la signature {}{by} du fichier « {} » n'est pas valide : {}",
        signature.form.word(),
        signature.file,
        reason.label()
    );
    Some(Finding::new(&findings::SIGNATURE_FAILED, message).in_path(&signature.file))
}

/// How each object is called: by its file, or by the message.
fn names(package: &Package, manifest: &Manifest, objects: &[IdentifiedObject]) -> io::Result<Vec<String>> {
    let name = |object: &IdentifiedObject| match object.place {
        Place::Entry(entry) => Ok(package.entries()[entry].name.clone()),
        Place::Inline => {
            let declared = manifest.binary_object(object.number)?;
            Ok(declared.file_name.unwrap_or(declared.id))
        }
    };
    objects.iter().map(name).collect()
}

/// The transfer's files, and the digests of them that were wanted so far.
struct Files<'a> {
    package: &'a mut Package,
    manifest: &'a Manifest,
    objects: &'a [IdentifiedObject],
    names: Vec<String>,
    known: HashMap<(usize, Digest), Option<Vec<u8>>>,
    left: u64,
}

impl Files<'_> {
    fn open(&mut self, at: usize) -> io::Result<Option<Box<dyn Read + '_>>> {
        match self.objects[at].place {
            Place::Entry(entry) => {
                let opened = self.package.read(entry);
                opened
                    .map(|content| Some(Box::new(content) as Box<dyn Read>))
                    .map_err(|package::Error::Io(error)| error)
            }
            Place::Inline => {
                let inline = self.manifest.binary_object(self.objects[at].number)?.inline;
                Ok(inline.map(|inline| Box::new(self.manifest.inline(inline)) as Box<dyn Read>))
            }
        }
    }

    /// The whole file, whose size is known to be borne; `None`: it is not what it was when it was read.
    fn read(&mut self, at: usize) -> Result<Option<Vec<u8>>, Error> {
        let size = self.objects[at].size_bytes;
        let mut bytes = Vec::with_capacity(size as usize);
        let Some(content) = self.open(at).map_err(package::Error::Io)? else { return Ok(None) };
        let read = content.take(size + 1).read_to_end(&mut bytes).map_err(package::Error::Io)?;
        Ok((read as u64 == size).then_some(bytes))
    }

    /// The message, by its name in the container.
    fn message(&mut self, entry: usize, size: u64) -> Result<(String, Vec<u8>), Error> {
        let name = self.package.entries()[entry].name.clone();
        let mut bytes = Vec::with_capacity(size as usize);
        let content = self.package.read(entry)?;
        content.take(size).read_to_end(&mut bytes).map_err(package::Error::Io)?;
        Ok((name, bytes))
    }

    /// A file's digest; `None` when there is no more time for it.
    fn digest(&mut self, at: usize, digest: Digest) -> io::Result<Option<Vec<u8>>> {
        if digest == Digest::Sha512 {
            return Ok(Some(self.objects[at].sha512.to_vec()));
        }
        if let Some(known) = self.known.get(&(at, digest)) {
            return Ok(known.clone());
        }
        let Some(left) = self.left.checked_sub(self.objects[at].size_bytes) else { return Ok(None) };
        self.left = left;
        let value = match (digest.hasher(), self.open(at)?) {
            (Some(mut hasher), Some(mut content)) => {
                io::copy(&mut content, &mut hasher)?;
                hasher.finish().ok().map(|value| value.to_vec())
            }
            _ => None,
        };
        self.known.insert((at, digest), value.clone());
        Ok(value)
    }
}

/// The files beside the one that bears a signature.
struct Neighbours<'a, 'b> {
    files: &'a mut Files<'b>,
    /// `None`: the message.
    bearer: Option<usize>,
}

impl Beside for Neighbours<'_, '_> {
    fn find(&mut self, wanted: &Wanted, hint: Option<&str>) -> io::Result<Option<String>> {
        let bearer = self.bearer.map(|at| self.files.names[at].clone()).unwrap_or_default();
        let mut order: Vec<usize> =
            (0..self.files.objects.len()).filter(|at| Some(*at) != self.bearer).collect();
        order.sort_by_key(|at| distance(&self.files.names[*at], &bearer, hint));
        for at in order {
            if self.files.digest(at, wanted.digest)?.as_ref() == Some(&wanted.value) {
                return Ok(Some(self.files.names[at].clone()));
            }
        }
        Ok(None)
    }
}

/// How likely a file is what a signature signs: the smaller, the sooner it is looked at.
fn distance(name: &str, bearer: &str, hint: Option<&str>) -> u8 {
    let split = |name: &str| {
        name.rsplit_once('/').map_or((String::new(), name.to_owned()), |(a, b)| (a.to_owned(), b.to_owned()))
    };
    let ((folder, file), (of_bearer, bearing)) = (split(name), split(bearer));
    let stem = |file: &str| file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let is_hinted = hint.is_some_and(|hint| hint.rsplit('/').next() == Some(file.as_str()));
    let (of_file, of_signature) = (stem(&file), stem(&bearing));
    if is_hinted || (folder == of_bearer && of_signature == file.to_lowercase()) {
        0
    } else if folder == of_bearer && (of_file == of_signature || of_signature.contains(&of_file)) {
        1
    } else if folder == of_bearer {
        2
    } else {
        3
    }
}

/// The check as an event; none when no file bore a mark.
pub(super) fn event(id: TransferId, signatures: &Signatures) -> Option<Event> {
    if signatures.is_empty() {
        return None;
    }
    let mut detail = vec![("etape", "signatures".to_owned())];
    let counts = [
        ("valides", signatures.passed),
        ("indeterminees", signatures.indeterminate),
        ("invalides", signatures.failed),
        ("non_lus", signatures.unread),
        ("certificats_de_confiance", signatures.anchors),
    ];
    detail.extend(counts.map(|(name, count)| (name, count.to_string())));
    let (event_type, object) = (EventType::Controle, event_object(id));
    Some(Event { event_type, outcome: Outcome::Ok, agent: Agent::Service, object, detail })
}

/// Outcome, detail and note of the PREMIS event `digital signature validation`.
pub(super) fn premis(signatures: &Signatures) -> (&'static str, String) {
    let outcome = match (signatures.failed, signatures.indeterminate + signatures.unread) {
        (0, 0) => "success",
        (0, _) => "warning",
        _ => "fail",
    };
    let mut said = format!(
        "{} signatures: {} valid, {} indeterminate, {} not valid (ETSI EN 319 102-1), {} certificates trusted",
        signatures.count(),
        signatures.passed,
        signatures.indeterminate,
        signatures.failed,
        signatures.anchors
    );
    if signatures.unread > 0 {
        said += &format!("; {} files not searched", signatures.unread);
    }
    (outcome, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bears_the_name_of_the_signature_is_looked_at_first() {
        let near = |name: &str| distance(name, "actes/D12.pdf.p7s", None);
        assert_eq!(near("actes/D12.pdf"), 0);
        assert_eq!(near("actes/D12.xml"), 1);
        assert_eq!(near("actes/plan.xml"), 2);
        assert_eq!(near("annexes/D12.pdf"), 3);
        assert_eq!(distance("actes/D12.pdf", "actes/D12.xml", None), 1);
        assert_eq!(distance("actes/D12.pdf", "actes/D12_sig.xml", None), 1);
        assert_eq!(distance("annexes/plan.pdf", "actes/D12.xml", Some("../annexes/plan.pdf")), 0);
    }
}
