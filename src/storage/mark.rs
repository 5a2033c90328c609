//! How a site is told from the empty folder that stands in its place when its disk is not mounted: a number, on
//! the site and in the quarantine's memory of the sites.
//!
//! Never makes a site anew where one has served. The one thing to know: without it, copies would be written on
//! the wrong disk and said to be safe.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::error::{Error, failed};
use super::folder::{disk, write_file};
use super::medium::{Medium, Put};

/// On the site.
pub(super) const MARK: &str = "chartrier-site";
/// In the quarantine, one file a site.
const MEMORY: &str = ".sites";

/// How a site was found at the start.
pub(super) enum Recognized {
    /// It is the site of this number.
    There(String),
    /// It has served under this number, and is not there now: the sentence is for the operator.
    Away(String, String),
}

/// The site's number, given when neither the place nor the quarantine has one; durable when it returns. An
/// error when a site that never served cannot be reached.
pub(super) fn recognize(name: &str, medium: &dyn Medium, quarantine: &Path) -> Result<Recognized, Error> {
    let memories = quarantine.join(MEMORY);
    disk::make_folder(&memories)?;
    let memory = memories.join(name);
    let remembered = read(&memory)?;
    let there = medium.get(MARK, 1_024).map(|mark| mark.and_then(|mark| String::from_utf8(mark).ok()));
    if let Some(number) = remembered {
        return Ok(match there {
            Ok(there) if there.as_ref() == Some(&number) => Recognized::There(number),
            Ok(_) => {
                let sentence = format!(
                    "site « {name} » : ce n’est pas le site qui a servi sous ce nom. Son disque est-il monté ? Rien \
                     n’y est écrit, les versements attendent. Pour repartir d’un site vide, supprimez {}",
                    memory.display()
                );
                Recognized::Away(number, sentence)
            }
            Err(error) => Recognized::Away(number, format!("site « {name} » : hors d’atteinte ({error})")),
        });
    }
    let number = match there? {
        Some(number) => number,
        None => number_it(medium)?,
    };
    let new = memories.join(format!(".{name}"));
    disk::remove(&new)?;
    write_file(new.clone(), number.as_bytes())?;
    disk::rename(&new, &memory)?;
    disk::sync_folder(&memories)?;
    disk::sync_folder(quarantine)?;
    Ok(Recognized::There(number))
}

/// Another process may be as quick: then its number is the site's.
fn number_it(medium: &dyn Medium) -> Result<String, Error> {
    let mut number = [0; 16];
    getrandom::fill(&mut number)
        .map_err(|error| failed("numbering", Path::new(MARK))(std::io::Error::other(error)))?;
    let number = hex::encode(number);
    match medium.put(MARK, number.as_bytes(), Put::Once) {
        Err(Error::Occupied { path }) => match medium.get(MARK, 1_024)? {
            Some(mark) => Ok(String::from_utf8_lossy(&mark).into_owned()),
            None => Err(Error::Occupied { path }),
        },
        put => put.map(|()| number),
    }
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("reading", path)(error)),
    }
}
