//! An evidence file verified offline: the ZIP as it was given, or the folder in which it was unfolded.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::evidence::{self, Checked, Wrong};
use super::io_text;
use crate::model::Limits;
use crate::package::Package;
use crate::proof::dossier::{self, Failure, LIST, PARTS_MAX, Seen};
use crate::proof::sealed::Trusted;

/// The signature of a ZIP's first entry.
const ZIP: [u8; 4] = *b"PK\x03\x04";

/// Where the parts are.
pub enum Parts {
    Zip(Package, BTreeMap<String, usize>),
    Folder(PathBuf),
}

/// The evidence file at a path; `None` when it is something else.
pub fn open(path: &Path) -> Result<Option<Parts>, String> {
    if path.is_dir() {
        return Ok(path.join(LIST).is_file().then(|| Parts::Folder(path.to_path_buf())));
    }
    let mut file = File::open(path).map_err(|error| io_text(&error))?;
    let mut first = [0; 4];
    if file.read_exact(&mut first).is_err() || first != ZIP {
        return Ok(None);
    }
    io::Seek::rewind(&mut file).map_err(|error| io_text(&error))?;
    let limits = Limits { entries_max: PARTS_MAX as u64 + 1, ..Limits::default() };
    let (package, _) =
        Package::open(file, &std::env::temp_dir(), &limits).map_err(|error| error.to_string())?;
    let places = package.entries().iter().enumerate();
    let places: BTreeMap<_, _> = places.map(|(place, entry)| (entry.name.clone(), place)).collect();
    Ok(places.contains_key(LIST).then_some(Parts::Zip(package, places)))
}

impl dossier::Parts for Parts {
    fn names(&self) -> io::Result<Vec<String>> {
        match self {
            Parts::Zip(package, _) => Ok(package.entries().iter().map(|entry| entry.name.clone()).collect()),
            Parts::Folder(folder) => {
                let mut names = Vec::new();
                below(folder, "", &mut names)?;
                Ok(names)
            }
        }
    }

    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        match self {
            Parts::Zip(package, places) => {
                let place = places.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
                package.read(place).map_err(io::Error::other)
            }
            Parts::Folder(folder) => Ok(Box::new(File::open(folder.join(name))?)),
        }
    }
}

/// Names of the files below a folder. Links are files like others here: what they lead to must have the digest announced.
fn below(folder: &Path, above: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            below(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
        if names.len() > PARTS_MAX + 1 {
            return Err(io::Error::other("trop de fichiers pour un dossier de preuve"));
        }
    }
    Ok(())
}

/// Everything in it, and what it shows.
pub fn verify(parts: &mut Parts, trusted: &Trusted) -> Result<Checked, evidence::Failure> {
    let seen = dossier::verify(parts, trusted).map_err(|failure| match failure {
        Failure::Fault(fault) => {
            evidence::Failure::Wrong(Wrong(format!("{} : {}", fault.place, fault.reason)))
        }
        Failure::Io(error) => evidence::Failure::Unread(io_text(&error)),
    })?;
    Ok(told(&seen))
}

fn told(seen: &Seen) -> Checked {
    let (list, mut checked) = (&seen.list, Checked::default());
    checked.checked.push(format!(
        "dossier de preuve de l’archive {}, collectivité {} : {} pièces, toutes celles qu’il annonce",
        list.archive.cote,
        list.member.code,
        list.parts.len()
    ));
    checked.checked.push(format!("{} empreintes de fichiers, celles de l’inventaire", seen.files));
    checked.checked.push(format!(
        "{} entrées du journal, dont {} prouvées sous un sceau ; {} attestations déclarées par celles-ci",
        seen.entries.len(),
        seen.proved.len(),
        seen.attestations.len()
    ));
    if seen.bound {
        checked.checked.push(
            "l’archive et son inventaire sont ceux que déclare l’attestation de prise en charge".into(),
        );
    } else {
        checked.unchecked.push(
            "la cote, l’intitulé et l’inventaire : aucune attestation de prise en charge prouvée ne les lie au journal".into(),
        );
    }
    if !seen.unproved.is_empty() {
        let numbers = seen.unproved.join(", ");
        checked.unchecked.push(format!(
            "les attestations {numbers} : nul sceau ne couvre encore l’entrée qui les déclare"
        ));
    }
    let stamps = seen.proved.values().flat_map(|shown| shown.stamps.iter().chain(&shown.log_stamps));
    if let Some(first) = stamps.clone().min_by_key(|stamp| stamp.at) {
        checked.checked.push(format!(
            "premier horodatage le {} par {}",
            first.at.format("%d/%m/%Y à %H:%M:%S UTC"),
            first.authority
        ));
    }
    let waiting = seen.entries.len() - seen.proved.len();
    if waiting > 0 {
        checked
            .unchecked
            .push(format!("{waiting} entrées attendaient leur scellement quand le dossier a été fait"));
    }
    if !list.complete {
        checked.unchecked.push("le dossier n’a pas toutes les entrées du journal sur cette archive".into());
    }
    let mut unchecked: Vec<&String> = seen.proved.values().flat_map(|shown| &shown.unchecked).collect();
    unchecked.sort();
    unchecked.dedup();
    checked.unchecked.extend(unchecked.into_iter().cloned());
    checked.unchecked.push(
        "les fichiers de l’archive, qui ne sont pas dans le dossier : comparez leurs empreintes".into(),
    );
    checked
}
