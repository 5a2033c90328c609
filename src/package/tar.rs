//! Tar archives, read in place: headers walked block by block, content by offset.
//!
//! Never reads an extended header larger than [`EXTENDED_MAX`], never follows a link. GNU long names and PAX paths and
//! sizes are understood; sparse files and everything that is not a file or a folder are refused.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use tar::{EntryType, Header};

use super::{Entry, Error, Exactly, names, no_such_entry};
use crate::model::{Finding, Findings, Limits, findings};

/// Bytes of a tar block.
pub const BLOCK: usize = 512;
/// Bytes of a PAX or GNU extended header.
const EXTENDED_MAX: u64 = 1 << 20;

/// A tar's file and where each entry's content lies.
#[derive(Debug)]
pub struct Tar {
    file: File,
    places: Vec<(u64, u64)>,
}

/// Overrides brought by extended headers for the next entry.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

struct Walk<'a> {
    file: File,
    length: u64,
    entries: Vec<Entry>,
    places: Vec<(u64, u64)>,
    folders: Vec<String>,
    bytes: u64,
    limits: &'a Limits,
    found: &'a mut Findings,
}

/// Whether a block is a tar header: its checksum says so.
pub fn is_header(block: &[u8]) -> bool {
    block.len() == BLOCK && {
        let header = Header::from_byte_slice(block);
        let sum: u32 = block
            .iter()
            .enumerate()
            .map(|(at, &b)| u32::from(if (148..156).contains(&at) { b' ' } else { b }))
            .sum();
        header.cksum().is_ok_and(|declared| declared == sum)
    }
}

/// Walks every header. What is wrong is added to `found`; entries that are no regular files are left out.
///
/// # Errors
/// [`Error::Io`] when the file cannot be read.
pub fn open(file: File, limits: &Limits, found: &mut Findings) -> Result<(Vec<Entry>, Tar), Error> {
    let length = file.metadata()?.len();
    let mut walk = Walk {
        file,
        length,
        entries: Vec::new(),
        places: Vec::new(),
        folders: Vec::new(),
        bytes: 0,
        limits,
        found,
    };
    walk.run()?;
    let Walk { file, entries, places, folders, found, .. } = walk;
    if entries.is_empty() && !found.has_errors() {
        found.push(Finding::new(&findings::CONTAINER_EMPTY, "l'archive tar ne contient aucun fichier"));
    }
    let all = entries
        .iter()
        .map(|entry| (entry.name.as_str(), false))
        .chain(folders.iter().map(|name| (name.as_str(), true)));
    names::collisions(all, found);
    Ok((entries, Tar { file, places }))
}

impl Tar {
    /// Content of an entry; see [`super::Package::read`].
    pub fn read(&mut self, index: usize) -> Result<Box<dyn Read + '_>, Error> {
        let &(start, size) = self.places.get(index).ok_or_else(no_such_entry)?;
        self.file.seek(SeekFrom::Start(start))?;
        Ok(Box::new(Exactly { inner: Read::by_ref(&mut self.file).take(size), left: size }))
    }
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Error> {
        let mut extended = Extended::default();
        let (mut at, mut count) = (0u64, 0u64);
        let mut block = [0; BLOCK];
        while at + BLOCK as u64 <= self.length {
            self.read_at(at, &mut block)?;
            if block.iter().all(|&byte| byte == 0) {
                return self.check_end(at);
            }
            let header = Header::from_byte_slice(&block);
            let content = at + BLOCK as u64;
            let (kind, name) = (header.entry_type(), extended.name.clone());
            let name = name.unwrap_or_else(|| header.path_bytes().into_owned());
            let Some(size) = self.size(&block, &extended, content, &name) else { return Ok(()) };
            if is_extension(kind) {
                if !self.extend(kind, content, size, &mut extended)? {
                    return Ok(());
                }
            } else {
                count += 1;
                if count > self.limits.entries_max {
                    let message = format!("plus de {} fichiers et dossiers", self.limits.entries_max);
                    self.refuse(&findings::CONTAINER_ENTRIES, message, None);
                    return Ok(());
                }
                self.entry(kind, &name, content, size, extended.is_sparse);
                extended = Extended::default();
            }
            at = content + size.div_ceil(BLOCK as u64) * BLOCK as u64;
        }
        if at != self.length {
            let message = "l'archive tar s'arrête au milieu d'un bloc".into();
            self.refuse(&findings::CONTAINER_TRUNCATED, message, None);
        }
        Ok(())
    }

    /// Bytes of the content that follows this header; `None`, and a finding, when the walk must stop.
    fn size(&mut self, block: &[u8], extended: &Extended, content: u64, name: &[u8]) -> Option<u64> {
        let header = Header::from_byte_slice(block);
        let declared = if is_header(block) { header.entry_size().ok() } else { None };
        let Some(declared) = declared else {
            let message = format!("en-tête illisible à l'octet {}", content - BLOCK as u64);
            self.refuse(&findings::CONTAINER_CORRUPT, message, None);
            return None;
        };
        let wide = extended.size.filter(|_| !is_extension(header.entry_type()));
        let size = wide.unwrap_or(declared);
        if size > self.length - content {
            let message = format!("{size} octets annoncés, {} présents", self.length - content);
            self.refuse(&findings::CONTAINER_TRUNCATED, message, Some(name));
            return None;
        }
        Some(size)
    }

    fn entry(&mut self, kind: EntryType, raw: &[u8], content: u64, size: u64, is_sparse: bool) {
        let is_folder = kind.is_dir() || (kind == EntryType::Regular && raw.ends_with(b"/"));
        if kind.is_symlink() || kind.is_hard_link() {
            return self.refuse(&findings::CONTAINER_LINK, "un lien n'est pas admis".into(), Some(raw));
        }
        if is_sparse || !(is_folder || matches!(kind, EntryType::Regular | EntryType::Continuous)) {
            return self.refuse(
                &findings::CONTAINER_SPECIAL_FILE,
                "ni fichier ni dossier ordinaire".into(),
                Some(raw),
            );
        }
        let name = names::decode(raw);
        match names::judge(&name.text, is_folder, self.limits) {
            Err(finding) => self.found.push(finding),
            Ok(None) => {}
            Ok(Some(text)) if is_folder => self.folders.push(text),
            Ok(Some(text)) => {
                self.bytes = self.bytes.saturating_add(size);
                self.entries.push(Entry { name: text, size_bytes: Some(size), other_names: name.others });
                self.places.push((content, size));
            }
        }
    }

    /// Reads an extended header into `extended`; `false` when the walk must stop.
    fn extend(
        &mut self,
        kind: EntryType,
        at: u64,
        size: u64,
        extended: &mut Extended,
    ) -> Result<bool, Error> {
        if size > EXTENDED_MAX {
            self.refuse(&findings::CONTAINER_NAME_LENGTH, format!("en-tête étendu de {size} octets"), None);
            return Ok(false);
        }
        let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
        self.read_at(at, &mut bytes)?;
        match kind {
            EntryType::GNULongName => {
                let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
                bytes.truncate(end);
                extended.name = Some(bytes);
            }
            EntryType::XHeader => {
                for record in tar::PaxExtensions::new(&bytes) {
                    let Ok(record) = record else {
                        self.refuse(&findings::CONTAINER_CORRUPT, "en-tête PAX illisible".into(), None);
                        return Ok(false);
                    };
                    match record.key_bytes() {
                        b"path" => extended.name = Some(record.value_bytes().to_vec()),
                        b"size" => extended.size = record.value().ok().and_then(|value| value.parse().ok()),
                        key if key.starts_with(b"GNU.sparse") => extended.is_sparse = true,
                        _ => {}
                    }
                }
            }
            // A link's long target, and what holds for all entries: nothing we use.
            _ => {}
        }
        Ok(true)
    }

    /// After the end mark only padding may follow: a second tar would be seen by some tools and not by others.
    fn check_end(&mut self, at: u64) -> Result<(), Error> {
        self.file.seek(SeekFrom::Start(at))?;
        let mut block = vec![0; 64 * 1024];
        loop {
            let read = self.file.read(&mut block)?;
            if read == 0 {
                return Ok(());
            }
            if block[..read].iter().any(|&byte| byte != 0) {
                self.refuse(
                    &findings::CONTAINER_FOREIGN_BYTES,
                    "des octets suivent la fin de l'archive tar".into(),
                    None,
                );
                return Ok(());
            }
        }
    }

    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(buffer)
    }

    fn refuse(&mut self, kind: &'static findings::Kind, message: String, raw: Option<&[u8]>) {
        let mut finding = Finding::new(kind, message);
        if let Some(raw) = raw {
            finding = finding.in_path(names::shown(&names::decode(raw).text));
        }
        self.found.push(finding);
    }
}

fn is_extension(kind: EntryType) -> bool {
    matches!(
        kind,
        EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader
    )
}
