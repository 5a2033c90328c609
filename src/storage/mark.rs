//! How a site is told from the empty folder that stands in its place when its disk is not mounted: a number, on
//! the site and in the quarantine's memory of the sites.
//!
//! Never makes a site anew where one has served. The one thing to know: without it, copies would be written on
//! the wrong disk and said to be safe.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::disk;
use super::error::{Error, failed};
use super::folder::{Site, Staging, write_file};

/// On the site.
const MARK: &str = "chartrier-site";
/// In the quarantine, one file a site.
const MEMORY: &str = ".sites";

/// The site's number, given when neither the folder nor the quarantine has one; durable when it returns. Refused,
/// in a sentence for the operator, when the folder is not the site that served under this name.
pub(super) fn recognize(site: &Site, quarantine: &Path) -> Result<String, Error> {
    let staging = Staging::lock(site, "mark")?;
    let (mark, memories) = (site.folder.join(MARK), quarantine.join(MEMORY));
    disk::make_folder(&memories)?;
    let memory = memories.join(&site.name);
    let (there, remembered) = (read(&mark)?, read(&memory)?);
    if remembered.is_some() && there != remembered {
        return Err(Error::Layout(format!(
            "site « {} » : {} n’est pas le site qui a servi sous ce nom. Son disque est-il monté ? Pour repartir \
             d’un site vide, supprimez {}",
            site.name,
            site.folder.display(),
            memory.display()
        )));
    }
    let number = match there {
        Some(number) => number,
        None => {
            let mut number = [0; 16];
            getrandom::fill(&mut number)
                .map_err(|error| failed("numbering", &mark)(std::io::Error::other(error)))?;
            let number = hex::encode(number);
            name_file(&staging, &mark, &number)?;
            disk::sync_folder(&site.folder)?;
            number
        }
    };
    if remembered.is_none() {
        let new = memories.join(format!(".{}", site.name));
        disk::remove(&new)?;
        write_file(new.clone(), number.as_bytes())?;
        disk::rename(&new, &memory)?;
        disk::sync_folder(&memories)?;
        disk::sync_folder(quarantine)?;
    }
    staging.clear()?;
    Ok(number)
}

impl Site {
    /// Refuses, for as long as it lasts, a folder that is not the site any more.
    pub fn be_there(&self) -> Result<(), Error> {
        match read(&self.folder.join(MARK))? {
            Some(number) if number == self.number => Ok(()),
            _ => Err(Error::Away { site: self.name.clone() }),
        }
    }
}

fn name_file(staging: &Staging, path: &Path, text: &str) -> Result<(), Error> {
    let staged = staging.folder.join("file");
    write_file(staged.clone(), text.as_bytes())?;
    disk::rename(&staged, path)
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("reading", path)(error)),
    }
}
