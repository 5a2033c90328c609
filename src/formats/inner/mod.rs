//! What lies in a container: the files that signatures name, found in its tables and read as far as their sequences ask.
//!
//! Never writes, never expands more than the settings allow, never follows a table in circles. A container that cannot be read
//! matches nothing: its bytes alone have then told what it is.

use std::collections::HashMap;
use std::io::{self, Read, Seek};

use self::ole::Ole;
use self::zip::Zip;
use super::Settings;
use super::chain::{Chain, FAR, Work};
use super::container_file::{self, File, Inner};
use super::view::View;

mod fields;
mod ole;
mod zip;

/// Bytes of an inner file read at first; most sequences lie there.
const FIRST_BYTES: u64 = 64 << 10;
/// Work allowed on one inner file.
const WORK_BYTES: usize = 64 << 20;

/// A kind of container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Zip,
    Ole2,
}

impl Kind {
    /// The kind of this name in a container signature file.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ZIP" => Some(Self::Zip),
            "OLE2" => Some(Self::Ole2),
            _ => None,
        }
    }

    /// The kind whose files begin so.
    pub fn of_head(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Some(Self::Ole2),
            _ => None,
        }
    }
}

/// Container signatures, by kind.
#[derive(Debug, Default)]
pub struct Containers {
    zip: Group,
    ole2: Group,
    /// Formats whose bytes make the inside worth looking at.
    triggers: Vec<(u32, Kind)>,
}

#[derive(Debug, Default)]
struct Group {
    /// Of each path that a signature names, its number.
    paths: HashMap<String, usize>,
    /// Of each path: the signatures that ask for its bytes, and what these must match.
    asked: Vec<Vec<(usize, Vec<Vec<Chain>>)>>,
    signatures: Vec<Signature>,
}

#[derive(Debug)]
struct Signature {
    /// Paths that must all be there.
    paths: Vec<usize>,
    formats: Vec<u32>,
}

/// What was found in a container.
#[derive(Debug, Default)]
pub struct Found {
    pub formats: Vec<u32>,
    /// A bound was met.
    pub is_cut: bool,
}

/// A container open for reading.
trait Container {
    /// Tells, of each wanted path, a handle to the file there.
    fn find(&mut self, wanted: &HashMap<String, usize>, found: &mut [Option<u64>]) -> io::Result<()>;
    /// Bytes of a file from its first, `bytes_max` at most, and whether that is all of it.
    fn content(&mut self, handle: u64, bytes_max: u64) -> io::Result<(Vec<u8>, bool)>;
    /// Whether a bound was met.
    fn is_cut(&self) -> bool;
}

impl Containers {
    /// The signatures of a file, for the formats known by these PUIDs. Those of other formats are left out and named.
    pub fn new(file: File, puids: &HashMap<&str, u32>, left_out: &mut Vec<(String, String)>) -> Self {
        let mut formats: HashMap<&str, Vec<u32>> = HashMap::new();
        for (signature, puid) in &file.formats {
            if let Some(&format) = puids.get(puid.as_str()) {
                formats.entry(signature).or_default().push(format);
            }
        }
        let mut all = Self::default();
        for container_file::Signature { id, kind, files } in file.signatures {
            let Some(formats) = formats.get(id.as_str()) else {
                left_out.push((id, "d'aucun format connu".into()));
                continue;
            };
            all.group_mut(kind).add(files, formats.clone());
        }
        let triggers = file.triggers.iter();
        all.triggers =
            triggers.filter_map(|(kind, puid)| Some((*puids.get(puid.as_str())?, *kind))).collect();
        all
    }

    /// Formats that the inside of a container tells.
    pub fn formats(&self) -> impl Iterator<Item = u32> {
        let signatures = self.zip.signatures.iter().chain(&self.ole2.signatures);
        signatures.flat_map(|signature| signature.formats.iter().copied())
    }

    /// The container to open, when one of these formats was found.
    pub fn triggered(&self, formats: &[u32]) -> Option<Kind> {
        let trigger = self.triggers.iter().find(|(format, _)| formats.contains(format));
        trigger.map(|(_, kind)| *kind)
    }

    /// The formats of a container, by what it holds.
    ///
    /// # Errors
    /// The file cannot be read; what is merely not well-formed is no error.
    pub fn inspect(
        &self,
        kind: Kind,
        file: &mut (impl Read + Seek),
        settings: &Settings,
    ) -> io::Result<Found> {
        let outcome = match kind {
            Kind::Zip => Zip::open(file, settings).and_then(|mut zip| self.zip.search(&mut zip, settings)),
            Kind::Ole2 => Ole::open(file, settings).and_then(|mut ole| self.ole2.search(&mut ole, settings)),
        };
        match outcome {
            Err(error) if is_of_format(error.kind()) => Ok(Found::default()),
            other => other,
        }
    }

    fn group_mut(&mut self, kind: Kind) -> &mut Group {
        match kind {
            Kind::Zip => &mut self.zip,
            Kind::Ole2 => &mut self.ole2,
        }
    }
}

/// Errors that tell of the bytes, not of the device.
fn is_of_format(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(kind, InvalidData | InvalidInput | UnexpectedEof)
}

/// Bytes that are no such container.
fn malformed(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// An inner file read so far.
struct Content {
    bytes: Vec<u8>,
    is_whole: bool,
}

impl Group {
    /// Files it with the paths it asks for.
    fn add(&mut self, files: Vec<Inner>, formats: Vec<u32>) {
        let number = self.signatures.len();
        let mut paths = Vec::new();
        for Inner { path, signatures } in files {
            let next = self.paths.len();
            let path = *self.paths.entry(path).or_insert(next);
            self.asked.resize_with(self.paths.len(), Vec::new);
            paths.push(path);
            if !signatures.is_empty() {
                self.asked[path].push((number, signatures));
            }
        }
        self.signatures.push(Signature { paths, formats });
    }

    /// Looks into each file once, whatever the number of signatures that ask for it: one content is held at a time.
    fn search(&self, container: &mut impl Container, settings: &Settings) -> io::Result<Found> {
        let mut handles = vec![None; self.paths.len()];
        container.find(&self.paths, &mut handles)?;
        let all_there = |signature: &Signature| signature.paths.iter().all(|path| handles[*path].is_some());
        let mut holds: Vec<bool> = self.signatures.iter().map(all_there).collect();
        let mut is_cut = container.is_cut();
        for (asked, handle) in self.asked.iter().zip(&handles) {
            let Some(handle) = *handle else { continue };
            let mut open: Vec<_> = asked.iter().filter(|(number, _)| holds[*number]).collect();
            for bytes_max in [FIRST_BYTES.min(settings.inner_bytes), settings.inner_bytes] {
                if open.is_empty() {
                    break;
                }
                let content = read(container, handle, bytes_max)?;
                open.retain(|(_, wanted)| !matches_one(&content, wanted, &mut is_cut));
                // Read further only what that may change.
                let (far, near): (Vec<_>, Vec<_>) = open
                    .into_iter()
                    .partition(|(_, wanted)| !content.is_whole && wanted.iter().any(|one| is_far(one)));
                near.into_iter().for_each(|(number, _)| holds[*number] = false);
                open = far;
            }
            is_cut |= !open.is_empty();
            open.into_iter().for_each(|(number, _)| holds[*number] = false);
        }
        let found = self.signatures.iter().zip(holds).filter(|(_, holds)| *holds);
        let formats: Vec<u32> = found.flat_map(|(signature, _)| signature.formats.iter().copied()).collect();
        // What may have been missed matters when nothing was found.
        Ok(Found { is_cut: is_cut && formats.is_empty(), formats })
    }
}

fn read(container: &mut impl Container, handle: u64, bytes_max: u64) -> io::Result<Content> {
    match container.content(handle, bytes_max) {
        Ok((bytes, is_whole)) => Ok(Content { bytes, is_whole }),
        // One damaged file says nothing of the others.
        Err(error) if is_of_format(error.kind()) => Ok(Content { bytes: Vec::new(), is_whole: true }),
        Err(error) => Err(error),
    }
}

/// Whether a sequence may lie past the first bytes read.
fn is_far(chains: &[Chain]) -> bool {
    chains.iter().any(|chain| {
        let reach =
            chain.segments().fold(chain.lead(), |reach, (one, _)| reach.plus(super::chain::extent(one)));
        let ends = chain.segments().next_back().map_or(FAR, |(_, trail)| trail.max);
        reach.max > FIRST_BYTES || ends < FAR
    })
}

fn matches_one(content: &Content, wanted: &[Vec<Chain>], is_cut: &mut bool) -> bool {
    // Of a file that goes on, the end is not known: it is far away.
    let size = content.bytes.len() as u64 + if content.is_whole { 0 } else { FAR / 2 };
    let view = View::of_parts(vec![(0, &content.bytes)], size);
    let mut work = Work::new(WORK_BYTES);
    let matches = wanted.iter().any(|chains| chains.iter().all(|chain| chain.is_in(&view, &mut work)));
    *is_cut |= work.is_over();
    matches
}
