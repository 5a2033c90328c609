//! Containers read as streams: what a transfer arrives in (zip, tar, tar.gz, tar.bz2).
//!
//! Never trusts a name, a size or a table of contents, and never writes an entry to a path of the container's
//! choosing. The one thing to know: [`Package::open`] looks at every entry before the first byte of content is
//! read, and says everything wrong at once; a package with errors can still be read, within the limits.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::model::{Finding, Findings, Limits, findings};

pub mod accession;
pub mod aip;
pub mod checks;
pub mod ocfl;
pub mod premis;
pub mod spool;
pub mod transfer;

mod ahead;
mod expand;
mod names;
mod tar;
mod zip;
mod zip_directory;
mod zip_entry;

pub use expand::unlinked;

/// Our own failure while reading a container; what is wrong with the container itself is a [`Finding`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("reading the container failed")]
    Io(#[from] io::Error),
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        let Error::Io(error) = self;
        error.kind() != io::ErrorKind::InvalidData
    }
}

/// A regular file of the container.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Normalised: `/` between folders, no leading `./`.
    pub name: String,
    /// As declared by the container.
    pub size_bytes: Option<u64>,
    /// The other ways to read a name whose encoding is not said (cp850, Latin-1).
    pub other_names: Vec<String>,
}

/// An opened container.
#[derive(Debug)]
pub struct Package {
    entries: Vec<Entry>,
    form: Form,
}

/// What the manifest of a pair is called among the entries: the first name that no file of the container has.
const APART: [&str; 3] = ["bordereau.xml", "bordereau reçu à part.xml", "bordereau reçu à part (bis).xml"];

#[derive(Debug)]
enum Form {
    Zip(zip::Zip),
    Tar(tar::Tar),
    /// A manifest that came apart, which is the first entry, before those of the container.
    Pair(File, Box<Form>),
    /// Not readable as a container: no entry.
    Nothing,
}

/// What the first bytes say a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Magic {
    Zip,
    Gzip,
    Bzip2,
    Tar,
    Unknown,
}

impl Package {
    /// Opens a container, told by its magic bytes; a compressed tar is expanded once into an unlinked file of
    /// `scratch`, under the limits. The findings say all that is hostile or odd before any content is read.
    ///
    /// # Errors
    /// [`Error::Io`] when the file or the scratch folder cannot be read or written.
    pub fn open(file: File, scratch: &Path, limits: &Limits) -> Result<(Package, Vec<Finding>), Error> {
        let mut found = Findings::new(limits.findings_max);
        let mut file = file;
        let received = file.metadata()?.len();
        let (entries, form) = match magic(&mut file)? {
            Magic::Zip => opened(zip::open(file, limits, &mut found)?, Form::Zip),
            Magic::Tar => opened(tar::open(file, limits, &mut found)?, Form::Tar),
            Magic::Gzip => {
                let stream = flate2::read::MultiGzDecoder::new(io::BufReader::new(file));
                match expand::expand(stream, received, scratch, limits, &mut found)? {
                    Some(tar) => opened(tar::open(tar, limits, &mut found)?, Form::Tar),
                    None => (Vec::new(), Form::Nothing),
                }
            }
            Magic::Bzip2 => {
                let stream = bzip2::read::MultiBzDecoder::new(io::BufReader::new(file));
                match expand::expand(stream, received, scratch, limits, &mut found)? {
                    Some(tar) => opened(tar::open(tar, limits, &mut found)?, Form::Tar),
                    None => (Vec::new(), Form::Nothing),
                }
            }
            Magic::Unknown => {
                let message = "le fichier n'est ni un zip, ni un tar, ni un tar compressé (gzip, bzip2)";
                found.push(Finding::new(&findings::CONTAINER_UNREADABLE, message));
                (Vec::new(), Form::Nothing)
            }
        };
        let package = Package { entries, form };
        package.check_volume(received, limits, &mut found);
        Ok((package, found.into_vec()))
    }

    /// Opens a pair: a manifest that came apart, and the container of its attachments, which is empty when none came.
    ///
    /// # Errors
    /// As [`Package::open`].
    pub fn open_pair(
        manifest: File,
        attachments: File,
        scratch: &Path,
        limits: &Limits,
    ) -> Result<(Package, Vec<Finding>), Error> {
        let (Package { mut entries, form }, findings) = if attachments.metadata()?.len() == 0 {
            (Package { entries: Vec::new(), form: Form::Nothing }, Vec::new())
        } else {
            Package::open(attachments, scratch, limits)?
        };
        let size_bytes = Some(manifest.metadata()?.len());
        let is_taken = |name: &str| entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
        let name = APART.into_iter().find(|name| !is_taken(name)).unwrap_or_default().to_owned();
        entries.insert(0, Entry { name, size_bytes, other_names: Vec::new() });
        Ok((Package { entries, form: Form::Pair(manifest, Box::new(form)) }, findings))
    }

    /// The entry that is the manifest, when it came apart.
    pub fn manifest_apart(&self) -> Option<usize> {
        matches!(self.form, Form::Pair(..)).then_some(0)
    }

    /// The declared volume against the limits, before anything is expanded.
    fn check_volume(&self, received: u64, limits: &Limits, found: &mut Findings) {
        let expanded = self.expanded_bytes();
        if expanded > limits.expanded_bytes_max {
            let message =
                format!("{expanded} octets une fois décompressé, {} au plus", limits.expanded_bytes_max);
            found.push(Finding::new(&findings::CONTAINER_EXPANDED_SIZE, message));
        }
        let ratio = expanded / received.max(1);
        if expanded > limits.ratio_free_bytes && ratio > limits.expansion_ratio_max {
            let message =
                format!("{ratio} octets décompressés pour un reçu, {} au plus", limits.expansion_ratio_max);
            found.push(Finding::new(&findings::CONTAINER_RATIO, message));
        }
    }

    /// Regular files, in the container's order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The bytes of an entry. Reading stops with [`io::ErrorKind::InvalidData`] as soon as they are more or fewer
    /// than declared, or do not have the declared checksum.
    ///
    /// # Errors
    /// [`Error::Io`] when the container cannot be read; `InvalidInput` when there is no such entry.
    pub fn read(&mut self, index: usize) -> Result<Box<dyn Read + '_>, Error> {
        read_form(&mut self.form, index)
    }

    /// Settles names whose encoding the container does not say: of the possible readings, keeps the one `is_known`
    /// knows.
    pub fn settle_names(&mut self, is_known: impl Fn(&str) -> bool) {
        for entry in &mut self.entries {
            if entry.other_names.is_empty() || is_known(&entry.name) {
                continue;
            }
            if let Some(at) = entry.other_names.iter().position(|name| is_known(name)) {
                entry.name = entry.other_names.swap_remove(at);
            }
        }
    }

    /// Sum of the declared sizes of all files, in bytes.
    pub fn expanded_bytes(&self) -> u64 {
        self.entries.iter().filter_map(|entry| entry.size_bytes).fold(0, u64::saturating_add)
    }
}

fn read_form(form: &mut Form, index: usize) -> Result<Box<dyn Read + '_>, Error> {
    match form {
        Form::Zip(zip) => zip.read(index),
        Form::Tar(tar) => tar.read(index),
        Form::Pair(manifest, _) if index == 0 => {
            manifest.seek(SeekFrom::Start(0))?;
            Ok(Box::new(manifest))
        }
        Form::Pair(_, container) => read_form(container, index - 1),
        Form::Nothing => Err(no_such_entry().into()),
    }
}

fn opened<T>((entries, inner): (Vec<Entry>, T), form: fn(T) -> Form) -> (Vec<Entry>, Form) {
    (entries, form(inner))
}

/// Whether a file looks like a container at all: what `chartrier check` asks before reading a bare manifest.
///
/// # Errors
/// When the file cannot be read.
pub fn is_container(file: &mut File) -> io::Result<bool> {
    Ok(magic(file)? != Magic::Unknown)
}

fn magic(file: &mut File) -> io::Result<Magic> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(tar::BLOCK);
    Read::by_ref(file).take(tar::BLOCK as u64).read_to_end(&mut head)?;
    let magic = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Magic::Zip
    } else if head.starts_with(&[0x1f, 0x8b]) {
        Magic::Gzip
    } else if head.starts_with(b"BZh") {
        Magic::Bzip2
    } else if tar::is_header(&head) {
        Magic::Tar
    } else if zip_directory::has_end_record(file)? {
        Magic::Zip
    } else {
        Magic::Unknown
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(magic)
}

fn no_such_entry() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "no such entry")
}

/// Reads exactly the declared number of bytes: one more or one fewer is an error of kind `InvalidData`.
struct Exactly<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        if (read as u64) > self.left {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "more bytes than declared"));
        }
        if read == 0 && self.left > 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "fewer bytes than declared"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}
