//! Of the third step: the electronic signatures that files bear, checked once every file was read.
//!
//! Never reads a file that showed no mark of a signature while it was read for its digests, but to find, by its digest,
//! what a signature beside it signs. Never refuses: what a signature is worth is said, to the archivist and to whoever
//! reads the archive after her.

use std::collections::{HashMap, HashSet};
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
/// Files looked at for what they are called, at most, before the others.
const LIKELY_MAX: usize = 20;
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
    let mut files = Files::new(package, manifest, objects).map_err(package::Error::Io)?;
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
    /// By what a signature beside a file may be called after: its path, its path without extension, its bare name.
    called: HashMap<String, Vec<usize>>,
    digested: HashMap<Digest, Digested>,
    left: u64,
}

/// The files digested by one algorithm.
#[derive(Default)]
struct Digested {
    by_value: HashMap<Vec<u8>, usize>,
    seen: HashSet<usize>,
    /// Those before have been.
    next: usize,
}

impl<'a> Files<'a> {
    fn new(
        package: &'a mut Package,
        manifest: &'a Manifest,
        objects: &'a [IdentifiedObject],
    ) -> io::Result<Self> {
        let names = names(package, manifest, objects)?;
        let mut called: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            let path = name.to_lowercase();
            let keys = [without_extension(&path).to_owned(), bare(&path).to_owned(), path];
            let distinct: HashSet<String> = keys.into_iter().collect();
            distinct.into_iter().for_each(|key| called.entry(key).or_default().push(at));
        }
        let digested = HashMap::new();
        Ok(Self { package, manifest, objects, names, called, digested, left: SEARCHED_BYTES_MAX })
    }

    fn open(&mut self, at: usize) -> io::Result<Option<Box<dyn Read + '_>>> {
        match self.objects[at].place {
            Place::Entry(entry) => {
                let opened = self.package.read(entry).map_err(|package::Error::Io(error)| error)?;
                Ok(Some(Box::new(opened)))
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

    /// Digests a file, once; `false` when no more may be.
    fn digest(&mut self, at: usize, digest: Digest) -> io::Result<bool> {
        let digested = self.digested.entry(digest).or_default();
        if !digested.seen.insert(at) {
            return Ok(true);
        }
        if digest == Digest::Sha512 {
            digested.by_value.insert(self.objects[at].sha512.to_vec(), at);
            return Ok(true);
        }
        let Some(left) = self.left.checked_sub(self.objects[at].size_bytes) else { return Ok(false) };
        self.left = left;
        let value = match (digest.hasher(), self.open(at)?) {
            (Some(mut hasher), Some(mut content)) => {
                io::copy(&mut content, &mut hasher)?;
                hasher.finish().ok().map(|value| value.to_vec())
            }
            _ => None,
        };
        let digested = self.digested.entry(digest).or_default();
        digested.by_value.extend(value.map(|value| (value, at)));
        Ok(true)
    }

    /// The file of this digest among those seen.
    fn known(&self, wanted: &Wanted) -> Option<usize> {
        self.digested.get(&wanted.digest)?.by_value.get(&wanted.value).copied()
    }

    /// Those called as the bearer of a signature is, or as the signature says.
    fn likely(&self, bearer: Option<usize>, hint: Option<&str>) -> Vec<usize> {
        let bearer = bearer.map(|at| self.names[at].to_lowercase()).unwrap_or_default();
        let hint = hint.map(|hint| bare(hint).to_lowercase());
        let keys = [
            hint.as_deref().unwrap_or_default(),
            without_extension(&bearer),
            without_extension(without_extension(&bearer)),
        ];
        keys.iter()
            .filter(|key| !key.is_empty())
            .filter_map(|key| self.called.get(*key))
            .flatten()
            .copied()
            .collect()
    }
}

fn bare(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn without_extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => stem,
        _ => path,
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
        let name = |files: &Files<'_>, at: usize| Some(files.names[at].clone());
        if let Some(at) = self.files.known(wanted) {
            return Ok(name(self.files, at));
        }
        for at in self.files.likely(self.bearer, hint).into_iter().take(LIKELY_MAX) {
            if !self.files.digest(at, wanted.digest)? {
                return Ok(None);
            }
            if let Some(at) = self.files.known(wanted) {
                return Ok(name(self.files, at));
            }
        }
        // Then each of the others, once for all the signatures of the transfer.
        loop {
            let next = self.files.digested.entry(wanted.digest).or_default().next;
            if next >= self.files.objects.len() || !self.files.digest(next, wanted.digest)? {
                return Ok(None);
            }
            self.files.digested.entry(wanted.digest).or_default().next += 1;
            if let Some(at) = self.files.known(wanted) {
                return Ok(name(self.files, at));
            }
        }
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
    fn a_file_is_called_by_its_path_with_and_without_its_end() {
        let ends = ["actes/D12.pdf.p7s", "actes/D12.pdf", "actes.v2/D12", "D12"].map(without_extension);
        assert_eq!(ends, ["actes/D12.pdf", "actes/D12", "actes.v2/D12", "D12"]);
        assert_eq!((bare("actes/D12.pdf"), bare("D12.pdf")), ("D12.pdf", "D12.pdf"));
    }
}
