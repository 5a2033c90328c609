//! Where the corpus is, what it holds of each version, and the manifests inside its packages.
//!
//! Never copies: documents are read where they are, each with the name it is known by.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::reference::arbiter::Arbiter;
use crate::reference::xmllint::Xmllint;

/// A version of the standard and its official schema.
pub struct Version {
    pub name: &'static str,
    pub namespace: &'static str,
    schema: &'static str,
}

macro_rules! versions {
    ($($name:literal $namespace:literal $schema:literal)*) => {
        /// The versions we answer for.
        pub const VERSIONS: &[Version] = &[$(Version { name: $name, namespace: $namespace, schema: $schema }),*];
    };
}

versions! {
    "0.2" "fr:gouv:ae:archive:draft:standard_echange_v0.2" "0.2/seda_v0-2.xsd"
    "1.0" "fr:gouv:culture:archivesdefrance:seda:v1.0" "1.0/seda_v1-0.xsd"
    "2.0" "fr:gouv:culture:archivesdefrance:seda:v2.0" "2.0/seda-2.0-main.xsd"
    "2.1" "fr:gouv:culture:archivesdefrance:seda:v2.1" "2.1/seda-2.1-main.xsd"
    "2.2" "fr:gouv:culture:archivesdefrance:seda:v2.2" "2.2/seda-2.2-main.xsd"
    "2.3" "fr:gouv:culture:archivesdefrance:seda:v2.3" "2.3/seda-2.3-main.xsd"
}

/// Largest entry read of a package.
const ENTRY_BYTES_MAX: u64 = 64 << 20;

pub struct Corpus {
    pub root: PathBuf,
}

/// A document and its name.
pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Document {
    /// The version its root, or when it is not well-formed its beginning, speaks of.
    pub fn version(&self) -> Option<&'static Version> {
        let text = String::from_utf8_lossy(&self.bytes);
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let namespace =
            match roxmltree::Document::parse_with_options(text.trim_start_matches('\u{feff}'), options) {
                Ok(document) => document.root_element().tag_name().namespace().unwrap_or_default().to_owned(),
                Err(_) => text.chars().take(2_000).collect(),
            };
        let quoted = |version: &&Version| {
            version.namespace == namespace || namespace.contains(&format!("\"{}\"", version.namespace))
        };
        VERSIONS.iter().find(quoted)
    }
}

impl Corpus {
    /// Where `CHARTRIER_CORPUS` says, or beside the repository.
    #[expect(clippy::disallowed_methods, reason = "a harness is told where the corpus is as tests are")]
    pub fn find() -> Option<Self> {
        let root =
            std::env::var_os("CHARTRIER_CORPUS").map_or_else(|| "../shared/corpus".into(), PathBuf::from);
        let root = root.canonicalize().ok()?;
        Some(Self { root })
    }

    pub fn schema_folder(&self, version: &Version) -> PathBuf {
        self.root.join("seda-xsd").join(version.name)
    }

    pub fn xmllint(&self, version: &Version) -> Xmllint {
        let schemas = self.root.join("seda-xsd");
        Xmllint { schema: schemas.join(version.schema), catalog: schemas.join("catalog.xml") }
    }

    pub fn arbiter(&self, version: &Version, python: &Path) -> Arbiter {
        let schemas = self.root.join("seda-xsd");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/conformance_arbiter.py");
        Arbiter { python: python.to_owned(), script, schema: schemas.join(version.schema), schemas }
    }

    /// The standard's message types of a version: one minimal message of each is ours.
    pub fn message_types(&self, version: &Version) -> io::Result<Vec<String>> {
        let folder = self.root.join("own-messages/synthetic").join(version.name);
        let files = files(&folder, &["xml"])?;
        Ok(files
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.split('.').next()?.to_owned()))
            .collect())
    }

    /// Every message: those of others, ours, those of the flows, and the manifests inside packages.
    pub fn documents(&self) -> io::Result<Vec<Document>> {
        let mut documents = Vec::new();
        for folder in ["messages", "own-messages", "flows"] {
            for path in files(&self.root.join(folder), &["xml"])? {
                let name = path.strip_prefix(&self.root).unwrap_or(&path).display().to_string();
                documents.push(Document { name, bytes: std::fs::read(&path)? });
            }
        }
        for path in files(&self.root.join("sips"), &["zip", "tar", "gz"])? {
            let name = path.strip_prefix(&self.root).unwrap_or(&path).display().to_string();
            // What cannot be opened has no manifest to compare.
            if let Ok(found) = manifests(&path, &name) {
                documents.extend(found);
            } else {
                println!("  sans manifeste lisible : {name}");
            }
        }
        Ok(documents)
    }

    /// Every RELAX NG profile.
    pub fn profiles(&self) -> io::Result<Vec<PathBuf>> {
        let mut profiles = files(&self.root.join("profiles"), &["rng"])?;
        profiles.extend(files(&self.root.join("flows"), &["rng"])?);
        Ok(profiles)
    }
}

/// Files under a folder, in order.
pub fn files(folder: &Path, extensions: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path, extensions)?);
        } else if path.extension().is_some_and(|known| extensions.iter().any(|wanted| known == *wanted)) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The XML files at the root of a package.
fn manifests(path: &Path, name: &str) -> io::Result<Vec<Document>> {
    let file = std::fs::File::open(path)?;
    let mut found = Vec::new();
    let mut keep = |entry: &str, reader: &mut dyn Read| -> io::Result<()> {
        let entry = entry.trim_start_matches("./");
        if entry.to_lowercase().ends_with(".xml") && !entry.contains('/') {
            let mut bytes = Vec::new();
            reader.take(ENTRY_BYTES_MAX).read_to_end(&mut bytes)?;
            found.push(Document { name: format!("{name}!{entry}"), bytes });
        }
        Ok(())
    };
    if path.extension().is_some_and(|extension| extension == "zip") {
        let mut archive = zip::ZipArchive::new(file)?;
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at)?;
            let name = entry.name()?.into_owned();
            keep(&name, &mut entry)?;
        }
    } else {
        let gzipped = path.extension().is_some_and(|extension| extension == "gz");
        let reader: Box<dyn Read> =
            if gzipped { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
        let mut archive = tar::Archive::new(reader);
        for entry in archive.entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            keep(&name, &mut entry)?;
        }
    }
    Ok(found)
}
