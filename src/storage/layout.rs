//! What is checked of the sites before anything starts: two places at least, truly apart, that can be
//! written. The sentences are for the operator.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Settings;
use super::disk;
use super::error::Error;

/// Sites and quarantine as they really are on the disk, and what the operator should know of them.
pub(super) struct Layout {
    pub sites: Vec<(String, PathBuf)>,
    pub quarantine: PathBuf,
    pub warnings: Vec<String>,
}

/// Makes missing folders, follows links, and refuses places that are one and the same.
pub(super) fn settle(settings: &Settings) -> Result<Layout, Error> {
    if settings.sites.len() < 2 {
        return Err(refused("deux sites de conservation au moins sont nécessaires".to_string()));
    }
    let mut sites = Vec::new();
    for (name, folder) in &settings.sites {
        if sites.iter().any(|(other, _)| other == name) {
            return Err(refused(format!("deux sites portent le nom « {name} »")));
        }
        sites.push((name.clone(), usable(&format!("site « {name} »"), folder)?));
    }
    let quarantine = usable("la quarantaine", &settings.quarantine)?;
    let mut places: Vec<(String, &Path)> =
        sites.iter().map(|(name, folder)| (format!("le site « {name} »"), folder.as_path())).collect();
    places.push(("la quarantaine".to_string(), &quarantine));
    for (index, (name, folder)) in places.iter().enumerate() {
        for (other_name, other) in &places[index + 1..] {
            if folder == other {
                return Err(refused(format!(
                    "{name} et {other_name} sont le même dossier {}",
                    folder.display()
                )));
            }
            if folder.starts_with(other) || other.starts_with(folder) {
                let (folder, other) = (folder.display(), other.display());
                return Err(refused(format!(
                    "{name} ({folder}) et {other_name} ({other}) sont l’un dans l’autre"
                )));
            }
        }
    }
    let warnings = shared_devices(&sites)?;
    Ok(Layout { sites, quarantine, warnings })
}

fn refused(sentence: String) -> Error {
    Error::Layout(sentence)
}

/// The folder, made if need be, without links in its path, once a file was written and removed there.
fn usable(what: &str, folder: &Path) -> Result<PathBuf, Error> {
    let unusable = |error: std::io::Error| {
        refused(format!(
            "{what} : le dossier {} n’est pas utilisable en écriture ({error})",
            folder.display()
        ))
    };
    make_with_those_above(folder).map_err(|error| match error {
        Error::Io { source, .. } => unusable(source),
        other => other,
    })?;
    let real = folder.canonicalize().map_err(unusable)?;
    try_writing(&real).map_err(unusable)?;
    Ok(real)
}

/// Writes a file there and removes it.
pub(super) fn try_writing(folder: &Path) -> std::io::Result<()> {
    let trial = folder.join(format!(".essai-{}", std::process::id()));
    fs::write(&trial, b"x")?;
    match fs::remove_file(&trial) {
        // Another thread tried at the same moment and was quicker.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes a folder and those above it that are missing; all their names are durable when it returns, even
/// when a dead attempt made them.
fn make_with_those_above(folder: &Path) -> Result<(), Error> {
    let above: Vec<&Path> = folder.ancestors().filter(|path| *path != Path::new("")).collect();
    for path in above.iter().rev().filter(|path| !path.exists()) {
        disk::make_folder(path)?;
    }
    for path in above {
        match disk::sync_folder(path) {
            // Those that we may not even read are not ours and were there before.
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::PermissionDenied => break,
            synced => synced?,
        }
    }
    Ok(())
}

fn shared_devices(sites: &[(String, PathBuf)]) -> Result<Vec<String>, Error> {
    let mut devices = Vec::new();
    for (name, folder) in sites {
        let metadata = fs::metadata(folder).map_err(super::error::failed("looking at", folder))?;
        devices.push((name, metadata.dev()));
    }
    let mut warnings = Vec::new();
    for (index, (name, device)) in devices.iter().enumerate() {
        for (other, _) in devices[index + 1..].iter().filter(|(_, other)| other == device) {
            warnings.push(format!(
                "les sites « {name} » et « {other} » sont sur le même disque : sa perte serait celle de deux copies"
            ));
        }
    }
    Ok(warnings)
}
