//! What is known of formats: the tables made from PRONOM's files, or from our own.
//!
//! Never changes once made: shared between threads as it is.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Seek};
use std::sync::Arc;

use memchr::memmem::Finder;

use super::chain::Chain;
use super::index::Index;
use super::inner::Containers;
use super::judge::{self, Identification};
use super::sniffer::Sniffer;
use super::{Error, Settings, container_file, droid};

/// The PUID of plain text, which has no signature: its characters tell it.
const TEXT: &str = "x-fmt/111";

/// Runs asked for before a chain is tried.
const NEEDS_MAX: usize = 4;

/// A format, as PRONOM names it. What it has not is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub puid: String,
    pub name: String,
    pub version: String,
    pub mime: String,
    /// In lower case, without the dot.
    pub extensions: Vec<String>,
}

/// Formats and how they are told.
#[derive(Debug)]
pub struct Signatures {
    pub(super) settings: Settings,
    pub(super) formats: Vec<Arc<Format>>,
    /// Of each format: those it is preferred to.
    pub(super) over: Vec<Vec<u32>>,
    /// Of each format: whether bytes can tell it.
    pub(super) has_signature: Vec<bool>,
    by_extension: HashMap<String, Vec<u32>>,
    pub(super) text: Option<u32>,
    pub(super) bytes: OfBytes,
    pub(super) containers: Containers,
    version: String,
    left_out: Vec<(String, String)>,
}

/// Signatures of bytes, and how those worth trying are found.
#[derive(Debug)]
pub struct OfBytes {
    pub chains: Vec<Vec<Chain>>,
    /// Of each signature: the formats it tells.
    pub owners: Vec<Vec<u32>>,
    /// Signatures held nowhere: they may be told by bytes anywhere.
    pub adrift: Vec<u32>,
    pub index: Index,
    /// Runs that loose chains need.
    pub literals: Vec<Finder<'static>>,
}

impl OfBytes {
    fn new(
        signatures: Vec<(String, Vec<Chain>)>,
        formats: &[droid::Format],
        left_out: &mut Vec<(String, String)>,
    ) -> Result<Self, Error> {
        let mut owned: HashMap<&str, Vec<u32>> = HashMap::new();
        for (at, format) in (0..).zip(formats) {
            format.signatures.iter().for_each(|id| owned.entry(id).or_default().push(at));
        }
        let (mut chains, mut owners) = (Vec::new(), Vec::new());
        for (id, own) in signatures {
            match owned.get(id.as_str()) {
                Some(formats) => {
                    chains.push(own);
                    owners.push(formats.clone());
                }
                None => left_out.push((id, "d'aucun format".into())),
            }
        }
        let literals = intern(&mut chains);
        let adrift = (0..).zip(&chains).filter(|(_, chains)| chains.iter().all(Chain::is_adrift));
        let adrift = adrift.map(|(number, _)| number).collect();
        let index = Index::new(chains.iter().map(Vec::as_slice)).map_err(|_| Error::TooLarge("séquences"))?;
        Ok(Self { chains, owners, adrift, index, literals })
    }
}

impl Signatures {
    /// PRONOM's signature file, with its container signature file when there is one.
    ///
    /// # Errors
    /// A file cannot be read, is none of PRONOM's, or is past a bound.
    pub fn from_droid(signatures: impl Read, containers: Option<impl Read>) -> Result<Self, Error> {
        let file = droid::read(signatures)?;
        let containers = containers.map(container_file::read).transpose()?;
        Self::compile(file, containers, Settings::default())
    }

    pub(super) fn compile(
        file: droid::File,
        containers: Option<container_file::File>,
        settings: Settings,
    ) -> Result<Self, Error> {
        let mut left_out = file.left_out;
        let bytes = OfBytes::new(file.signatures, &file.formats, &mut left_out)?;
        let mut has_signature: Vec<bool> =
            file.formats.iter().map(|format| !format.signatures.is_empty()).collect();
        let puids: HashMap<&str, u32> =
            (0..).zip(&file.formats).map(|(at, format)| (format.puid.as_str(), at)).collect();
        let mut found = containers.unwrap_or_default();
        left_out.append(&mut found.left_out);
        let versions = [file.version, std::mem::take(&mut found.version)];
        let versions: Vec<String> = versions.into_iter().filter(|one| !one.is_empty()).collect();
        let containers = Containers::new(found, &puids, &mut left_out);
        containers.formats().for_each(|at| has_signature[at as usize] = true);
        let (over, by_extension) = (preferences(&file.formats), extensions(&file.formats));
        let text = puids.get(TEXT).copied();
        let formats = file.formats.into_iter().map(|format| {
            let droid::Format { puid, name, version, mime, extensions, .. } = format;
            Arc::new(Format { puid, name, version, mime, extensions })
        });
        let (formats, version) = (formats.collect(), versions.join(", conteneurs "));
        Ok(Self {
            settings,
            formats,
            over,
            has_signature,
            by_extension,
            text,
            bytes,
            containers,
            version,
            left_out,
        })
    }

    /// Version of the signature file, and of the container signature file.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Signatures that could not be understood, each with the reason: their formats are not told by them.
    pub fn left_out(&self) -> &[(String, String)] {
        &self.left_out
    }

    /// Every format known.
    pub fn formats(&self) -> impl ExactSizeIterator<Item = &Arc<Format>> {
        self.formats.iter()
    }

    /// The first format of a PUID.
    pub fn find(&self, puid: &str) -> Option<&Arc<Format>> {
        self.formats.iter().find(|format| format.puid == puid)
    }

    /// The same tables under other bounds.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The format of a file, read from its windows alone. Its name is used for its extension only.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn identify(&self, file: &mut (impl Read + Seek), name: &str) -> io::Result<Identification> {
        let mut sniffer = self.sniffer();
        sniffer.read(file)?;
        let mut seen = self.look(&sniffer.view(), sniffer.is_cut());
        if let Some(kind) = seen.container {
            self.open(kind, file, &mut seen)?;
        }
        Ok(judge::judge(self, &seen, name))
    }

    /// What will see a file as its bytes go by.
    pub fn sniffer(&self) -> Sniffer<'_> {
        Sniffer::new(self)
    }

    /// Formats of an extension, given in lower case.
    pub(super) fn of_extension(&self, extension: &str) -> &[u32] {
        self.by_extension.get(extension).map_or(&[], Vec::as_slice)
    }
}

/// Of each format: those it is preferred to.
fn preferences(formats: &[droid::Format]) -> Vec<Vec<u32>> {
    let ids: HashMap<&str, u32> = (0..).zip(formats).map(|(at, format)| (format.id.as_str(), at)).collect();
    let known =
        |format: &droid::Format| format.over.iter().filter_map(|id| ids.get(id.as_str()).copied()).collect();
    formats.iter().map(known).collect()
}

/// Of each extension: the formats that have it.
fn extensions(formats: &[droid::Format]) -> HashMap<String, Vec<u32>> {
    let mut by_extension: HashMap<String, Vec<u32>> = HashMap::new();
    for (at, format) in (0..).zip(formats) {
        let distinct: HashSet<&String> = format.extensions.iter().collect();
        distinct.into_iter().for_each(|one| by_extension.entry(one.clone()).or_default().push(at));
    }
    by_extension
}

/// Numbers the runs that loose chains need, each once.
fn intern(signatures: &mut [Vec<Chain>]) -> Vec<Finder<'static>> {
    let (mut literals, mut numbers): (Vec<Finder<'static>>, HashMap<Vec<u8>, usize>) = Default::default();
    for chain in signatures.iter_mut().flatten() {
        let runs = chain.loose().filter_map(|segment| match &segment[..] {
            [alone] => alone.pattern.literal(),
            _ => None,
        });
        let mut runs: Vec<_> = runs.map(|literal| literal.finder.clone()).collect();
        runs.sort_by_key(|finder| std::cmp::Reverse(finder.needle().len()));
        runs.truncate(NEEDS_MAX);
        let number = |finder: Finder<'static>| {
            *numbers.entry(finder.needle().to_vec()).or_insert_with(|| {
                literals.push(finder);
                literals.len() - 1
            })
        };
        chain.needs = runs.into_iter().map(number).collect();
    }
    literals
}
