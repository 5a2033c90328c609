//! The deposits of the demonstration: folders of `demo/` become SIPs.
//!
//! `demo/<member>/<deposit>/` holds `sip.toml` (title, container, what is expected), `manifest.xml` and the
//! files; `x.pdf.txt` becomes `x.pdf`. In the manifest, `{{sha512 path}}`, `{{sha256 path}}` and `{{size path}}`
//! stand for the file's digest and size. Nothing here is random or dated: the same folder always gives the
//! same bytes, which is what lets a second run find the first one's transfers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Write};
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256, Sha512};

use super::pdf;

/// What a deposit must become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    TakenInCharge,
    /// Waits for an archivist, or has been taken in charge by one since.
    Examined,
    Refused,
}

/// A package ready to be sent.
#[derive(Debug)]
pub struct Sip {
    /// Code of the member that sends it.
    pub member: String,
    pub title: String,
    pub expected: Expected,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// Why the sources could not be read; the sentence names the file.
#[derive(Debug, thiserror::Error)]
#[error("{path} : {reason}")]
pub struct Error {
    path: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    title: String,
    container: Container,
    expected: Expected,
}

#[derive(Clone, Copy, Deserialize)]
enum Container {
    #[serde(rename = "zip")]
    Zip,
    #[serde(rename = "tar.gz")]
    TarGz,
}

/// Every deposit under `folder`, by member then name.
pub fn read_all(folder: &Path) -> Result<Vec<Sip>, Error> {
    let mut sips = Vec::new();
    for member in folders(folder)? {
        for deposit in folders(&folder.join(&member))? {
            sips.push(read(&folder.join(&member).join(&deposit), &member, &deposit)?);
        }
    }
    Ok(sips)
}

fn read(folder: &Path, member: &str, name: &str) -> Result<Sip, Error> {
    let sheet_path = folder.join("sip.toml");
    let sheet: Sheet = toml::from_str(&text(&sheet_path)?).map_err(|error| wrong(&sheet_path, error))?;
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files)?;
    let manifest_path = folder.join("manifest.xml");
    let manifest = filled(&text(&manifest_path)?, &files).map_err(|reason| wrong(&manifest_path, reason))?;
    files.insert("manifest.xml".to_owned(), manifest.into_bytes());
    let (bytes, extension) = match sheet.container {
        Container::Zip => (zipped(&files), "zip"),
        Container::TarGz => (tarred(&files), "tar.gz"),
    };
    let bytes = bytes.map_err(|error| wrong(folder, error))?;
    Ok(Sip {
        member: member.to_owned(),
        title: sheet.title,
        expected: sheet.expected,
        file_name: format!("{name}.{extension}"),
        bytes,
    })
}

/// The files of a deposit by their path in the package, the manifest and the sheet left out.
fn collect(folder: &Path, under: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    for name in names(folder)? {
        let path = folder.join(&name);
        let inside = if under.is_empty() { name.clone() } else { format!("{under}/{name}") };
        if path.is_dir() {
            collect(&path, &inside, files)?;
        } else if let Some(document) = inside.strip_suffix(".pdf.txt") {
            files.insert(format!("{document}.pdf"), pdf::render(&text(&path)?));
        } else if inside != "manifest.xml" && inside != "sip.toml" {
            files.insert(inside, fs::read(&path).map_err(|error| wrong(&path, error))?);
        }
    }
    Ok(())
}

/// The manifest with its digests and sizes.
fn filled(template: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<String, String> {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (wanted, after) = after.split_once("}}").ok_or("« {{ » sans « }} »")?;
        let (kind, path) =
            wanted.split_once(' ').ok_or_else(|| format!("« {wanted} » ne dit pas quel fichier"))?;
        let bytes = files.get(path).ok_or_else(|| format!("« {path} » n'est pas dans le dossier"))?;
        out.push_str(before);
        match kind {
            "sha512" => out.push_str(&hex::encode(Sha512::digest(bytes))),
            "sha256" => out.push_str(&hex::encode(Sha256::digest(bytes))),
            "size" => out.push_str(&bytes.len().to_string()),
            _ => return Err(format!("« {kind} » n'est ni sha512, ni sha256, ni size")),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn zipped(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // Without a date of its own an entry bears the format's first day: nothing changes between two runs.
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options).map_err(io::Error::other)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}

fn tarred(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(
        flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::default()),
    );
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        tar.append_data(&mut header, name, bytes.as_slice())?;
    }
    tar.into_inner()?.finish()
}

fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(folder).map_err(|error| wrong(folder, error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| wrong(folder, error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn folders(folder: &Path) -> Result<Vec<String>, Error> {
    Ok(names(folder)?.into_iter().filter(|name| folder.join(name).is_dir()).collect())
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| wrong(path, error))
}

fn wrong(path: &Path, reason: impl ToString) -> Error {
    Error { path: path.display().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_gives_the_same_package_twice() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
        let (first, second) = (read_all(&folder).unwrap(), read_all(&folder).unwrap());
        assert!(first.len() >= 21, "{} deposits", first.len());
        for (one, other) in first.iter().zip(&second) {
            assert_eq!(one.bytes, other.bytes, "{} {}", one.member, one.file_name);
        }
        assert_eq!(first.iter().filter(|sip| sip.expected == Expected::Refused).count(), 1);
    }

    #[test]
    fn a_placeholder_for_an_absent_file_is_named() {
        let error = filled("<Size>{{size content/a.pdf}}</Size>", &BTreeMap::new()).unwrap_err();
        assert!(error.contains("content/a.pdf"), "{error}");
    }
}
