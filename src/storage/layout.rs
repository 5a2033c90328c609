//! What is checked of the sites before anything starts: two places at least, truly apart, that can be
//! written. The sentences are for the operator.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::folder::disk;
use super::site::{Place, SiteSettings};

/// Sites and quarantine as they really are, and what the operator should know of them.
pub(super) struct Layout {
    pub sites: Vec<SiteSettings>,
    pub quarantine: PathBuf,
    pub warnings: Vec<String>,
}

/// Makes missing folders, follows links, and refuses places that are one and the same.
pub(super) fn settle(sites: &[SiteSettings], quarantine: &Path) -> Result<Layout, Error> {
    if sites.len() < 2 {
        return Err(refused("deux sites de conservation au moins sont nécessaires".to_string()));
    }
    let quarantine = usable("la quarantaine", quarantine)?;
    let mut settled: Vec<SiteSettings> = Vec::new();
    for site in sites {
        if settled.iter().any(|other| other.name == site.name) {
            return Err(refused(format!("deux sites portent le nom « {} »", site.name)));
        }
        settled.push(settled_site(site, &quarantine)?);
    }
    let mut places: Vec<(String, String)> =
        settled.iter().map(|site| (format!("le site « {} »", site.name), place_of(site))).collect();
    places.push(("la quarantaine".to_string(), quarantine.display().to_string()));
    for (index, (name, place)) in places.iter().enumerate() {
        for (other_name, other) in &places[index + 1..] {
            if place == other {
                return Err(refused(format!("{name} et {other_name} sont le même dossier {place}")));
            }
            if Path::new(place).starts_with(other) || Path::new(other).starts_with(place) {
                return Err(refused(format!(
                    "{name} ({place}) et {other_name} ({other}) sont l’un dans l’autre"
                )));
            }
        }
    }
    let mut warnings = shared_devices(&settled);
    warnings.extend(shared_locations(&settled));
    Ok(Layout { sites: settled, quarantine, warnings })
}

/// The site with its folder as it really is. One that has served may be away now.
fn settled_site(site: &SiteSettings, quarantine: &Path) -> Result<SiteSettings, Error> {
    let Place::Folder(folder) = &site.place else { return Ok(site.clone()) };
    let served = quarantine.join(".sites").join(&site.name).exists();
    let folder = match usable(&format!("site « {} »", site.name), folder) {
        Err(_) if served => folder.canonicalize().unwrap_or_else(|_| folder.clone()),
        folder => folder?,
    };
    Ok(SiteSettings { place: Place::Folder(folder), ..site.clone() })
}

/// The place, as two settings for the same one would both write it.
fn place_of(site: &SiteSettings) -> String {
    match &site.place {
        Place::Folder(folder) => folder.display().to_string(),
        Place::Bucket(bucket) => format!("{}{}", bucket.endpoint, bucket.url),
    }
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

fn shared_devices(sites: &[SiteSettings]) -> Vec<String> {
    let device = |site: &SiteSettings| match &site.place {
        Place::Folder(folder) => fs::metadata(folder).ok().map(|metadata| metadata.dev()),
        Place::Bucket(_) => None,
    };
    let devices = sites.iter().filter_map(|site| Some((site, device(site)?)));
    let devices: Vec<_> = devices.collect();
    let mut warnings = Vec::new();
    for (index, (site, device)) in devices.iter().enumerate() {
        for (other, _) in devices[index + 1..].iter().filter(|(_, other)| other == device) {
            warnings.push(format!(
                "les sites « {} » et « {} » sont sur le même disque : sa perte serait celle de deux copies",
                site.name, other.name
            ));
        }
    }
    warnings
}

/// Volumes of one location may both serve, but not the same member.
fn shared_locations(sites: &[SiteSettings]) -> Vec<String> {
    let location = |site: &SiteSettings| site.about.location.clone();
    let mut warnings = Vec::new();
    for (index, site) in sites.iter().enumerate() {
        let here = location(site);
        for other in sites[index + 1..].iter().filter(|other| !here.is_empty() && location(other) == here) {
            warnings.push(format!(
                "les volumes « {} » et « {} » sont d’un même site ({here}) : aucune collectivité ne peut avoir \
                 ses deux copies sur eux",
                site.name, other.name
            ));
        }
    }
    warnings
}
