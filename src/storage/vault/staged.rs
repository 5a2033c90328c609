//! Copies in the making: filled together from one reading of each source, made durable, read again and
//! compared. What fails on one site leaves the others to go on.

use std::io;

use fail::fail_point;
use sha2::{Digest, Sha512};

use super::super::error::Error;
use super::super::medium::{Draft, Pen};
use super::super::site::{Asking, Site};
use super::deposit::{NewFile, Source, Waiting, wait};

const CHUNK_BYTES: usize = 256 << 10;

/// A site's copy: in the making, or already in place.
pub(super) struct Staged<'a> {
    pub site: &'a Site,
    pub index: usize,
    pub draft: Box<dyn Draft + 'a>,
    pub asking: Asking<'a>,
    pub in_place: bool,
}

/// What copies are filled with.
pub(super) struct Filling<'f> {
    pub files: &'f [NewFile],
    /// Folder of the files in what is made.
    pub content: &'f str,
    /// Folders and small files that make them an object or a version, the one that says it whole last.
    pub folders: &'f [&'f str],
    pub small: Vec<(String, String)>,
}

/// Fills the copies that are not in place; those whose site fails leave for `waiting`.
pub(super) fn fill(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    with: &Filling<'_>,
    source: &mut dyn Source,
) -> Result<(), Error> {
    for file in with.files {
        copy(staged, waiting, file, with.content, source)?;
    }
    fail_point!("storage-copied");
    each(staged, waiting, |copy| {
        with.folders.iter().try_for_each(|folder| copy.draft.folder(folder))?;
        with.small.iter().try_for_each(|(path, text)| copy.draft.small(path, text.as_bytes()))
    })?;
    each(staged, waiting, |copy| copy.draft.flush())?;
    fail_point!("storage-staged");
    let made = staged.iter().filter(|copy| !copy.in_place).count();
    let mut wrong = Vec::new();
    each(staged, waiting, |copy| match first_wrong(copy, with) {
        Some(path) => {
            wrong.push(path.clone());
            Err(Error::Damaged { site: copy.site.name.clone(), path })
        }
        None => Ok(()),
    })?;
    fail_point!("storage-verified");
    // The same on every site: it is the source that is not what was promised.
    if made > 0 && wrong.len() == made && wrong.iter().all(|path| *path == wrong[0]) {
        return Err(Error::Mismatch { content_path: wrong.remove(0) });
    }
    Ok(())
}

/// Does something on each copy that is not in place; a site's own failure makes its copy wait.
fn each<'a>(
    staged: &mut Vec<Staged<'a>>,
    waiting: &mut Vec<Waiting>,
    mut act: impl FnMut(&mut Staged<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut failure = None;
    staged.retain_mut(|copy| {
        if copy.in_place || failure.is_some() {
            return true;
        }
        copy.asking.goes_on();
        match act(copy) {
            Ok(()) => copy.asking.rests(),
            Err(error) if error.is_of_site() => {
                waiting.push(wait(copy.site, error));
                return false;
            }
            Err(error) => failure = Some(error),
        }
        true
    });
    failure.map_or(Ok(()), Err)
}

/// Copies one source to every copy in the making. Its bytes are compared when the copies are read again; here
/// only their number is.
fn copy(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    file: &NewFile,
    content: &str,
    source: &mut dyn Source,
) -> Result<(), Error> {
    if staged.iter().all(|copy| copy.in_place) {
        return Ok(());
    }
    let wrong = || Error::Mismatch { content_path: file.content_path.clone() };
    let broken = |source| Error::Source { content_path: file.content_path.clone(), source };
    let mut reader = source.open(file).map_err(broken)?;
    let path = format!("{content}{}", file.content_path);
    let mut failed = Vec::new();
    let mut pens = Vec::new();
    for copy in staged.iter_mut().filter(|copy| !copy.in_place) {
        copy.asking.goes_on();
        match copy.draft.create(&path) {
            Ok(pen) => {
                copy.asking.rests();
                pens.push((copy.site, &copy.asking, pen));
            }
            Err(error) => failed.push((copy.site, error)),
        }
    }
    let mut size_bytes = 0u64;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(broken)?,
        };
        if read == 0 {
            break;
        }
        size_bytes += read as u64;
        if size_bytes > file.size_bytes {
            return Err(wrong());
        }
        write(&mut pens, &chunk[..read], &mut failed);
    }
    if size_bytes != file.size_bytes {
        return Err(wrong());
    }
    for (site, asking, pen) in pens {
        asking.goes_on();
        failed.extend(pen.close().err().map(|error| (site, error)));
        asking.rests();
    }
    for (site, error) in failed {
        if !error.is_of_site() {
            return Err(error);
        }
        staged.retain(|copy| copy.site.name != site.name);
        waiting.push(wait(site, error));
    }
    Ok(())
}

/// A file being written on each site.
type Pens<'p, 'a> = Vec<(&'a Site, &'p Asking<'a>, Box<dyn Pen + 'p>)>;

fn write<'a>(pens: &mut Pens<'_, 'a>, bytes: &[u8], failed: &mut Vec<(&'a Site, Error)>) {
    pens.retain_mut(|(site, asking, pen)| {
        asking.goes_on();
        let written = pen.write(bytes);
        asking.rests();
        written.map_err(|error| failed.push((site, error))).is_ok()
    });
}

/// Content path of the first file that does not read back as promised.
fn first_wrong(copy: &Staged<'_>, with: &Filling<'_>) -> Option<String> {
    let wrong = with.files.iter().find(|file| !reads_back(copy, with.content, file));
    wrong.map(|file| file.content_path.clone())
}

fn reads_back(copy: &Staged<'_>, content: &str, file: &NewFile) -> bool {
    let mut digest = Sha512::new();
    let read = copy.draft.reread(&format!("{content}{}", file.content_path), &mut |bytes| {
        digest.update(bytes);
        copy.asking.goes_on();
        Ok(())
    });
    read.is_ok() && digest.finalize()[..] == file.sha512
}
