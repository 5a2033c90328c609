//! Copies in the making: filled together from one reading of each source, made durable, read again and
//! compared, each site by its own hand. What fails on one site leaves the others to go on.

use std::io::Read;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};
use std::{io, panic};

use fail::fail_point;

use super::super::error::Error;
use super::super::medium::Draft;
use super::super::site::{Asking, Site};
use super::super::standing::MediumKind;
use super::deposit::{NewFile, Source, Waiting, wait};
use crate::proof::digest::Sha512;

const CHUNK_BYTES: usize = 256 << 10;
/// Up to this size copies on folders are filled by one hand: threads would cost more than they save.
const ONE_HAND_BYTES_MAX: u64 = 1 << 20;
/// Chunks read and not written yet on a site: what one site may be ahead of another.
const AHEAD: usize = 8;

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
    let hands = hands(staged, with);
    match hands {
        Hands::One => copy_alone(staged, waiting, with, source)?,
        Hands::Each => copy(staged, waiting, with, source)?,
    }
    fail_point!("storage-copied");
    each(staged, waiting, hands, |copy| {
        with.folders.iter().try_for_each(|folder| copy.draft.folder(folder))?;
        with.small.iter().try_for_each(|(path, text)| copy.draft.small(path, text.as_bytes()))
    })?;
    each(staged, waiting, Hands::Each, |copy| copy.draft.flush())?;
    fail_point!("storage-staged");
    let made = staged.iter().filter(|copy| !copy.in_place).count();
    let before = waiting.len();
    each(staged, waiting, hands, |copy| match first_wrong(copy, with) {
        Some(path) => Err(Error::Damaged { site: copy.site.name.clone(), path }),
        None => Ok(()),
    })?;
    fail_point!("storage-verified");
    // The same on every site: it is the source that is not what was promised.
    let wrong = waiting[before..].iter().filter_map(|waiting| match &waiting.reason {
        Error::Damaged { path, .. } => Some(path),
        _ => None,
    });
    let first = wrong.clone().next();
    match first {
        Some(first) if wrong.clone().filter(|path| *path == first).count() == made => {
            Err(Error::Mismatch { content_path: first.clone() })
        }
        _ => Ok(()),
    }
}

/// Who fills the copies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hands {
    /// One, site after site.
    One,
    /// A site's own, all at once.
    Each,
}

fn hands(staged: &[Staged<'_>], with: &Filling<'_>) -> Hands {
    let bytes: u64 = with.files.iter().map(|file| file.size_bytes).sum();
    let near = staged.iter().all(|copy| copy.site.medium.kind() == MediumKind::Folder);
    if near && bytes <= ONE_HAND_BYTES_MAX { Hands::One } else { Hands::Each }
}

/// Does something on each copy that is not in place; a site's own failure makes its copy wait.
fn each<'a>(
    staged: &mut Vec<Staged<'a>>,
    waiting: &mut Vec<Waiting>,
    hands: Hands,
    act: impl Fn(&mut Staged<'a>) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    let asked = |copy: &mut Staged<'a>| {
        copy.asking.goes_on();
        let done = act(copy);
        copy.asking.rests();
        done
    };
    let asked = &asked;
    let mut made = staged.iter_mut().filter(|copy| !copy.in_place);
    if hands == Hands::One {
        let done = made.map(asked).collect();
        return retain(staged, waiting, done);
    }
    let done = thread::scope(|scope| {
        let first = made.next();
        let others: Vec<_> = made.map(|copy| scope.spawn(move || asked(copy))).collect();
        let first = first.map(asked);
        first.into_iter().chain(others.into_iter().map(joined)).collect()
    });
    retain(staged, waiting, done)
}

/// Takes from `staged` the copies whose site failed; `done` holds what became of each one that is made.
fn retain(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    done: Vec<Result<(), Error>>,
) -> Result<(), Error> {
    let mut done = done.into_iter();
    let mut failure = None;
    staged.retain(|copy| {
        let outcome = if copy.in_place { None } else { done.next() };
        match outcome {
            None | Some(Ok(())) => true,
            Some(Err(error)) if error.is_of_site() => {
                waiting.push(wait(copy.site, error));
                false
            }
            Some(Err(error)) => {
                failure.get_or_insert(error);
                true
            }
        }
    });
    failure.map_or(Ok(()), Err)
}

/// What a hand did; its panic goes on here.
fn joined<T>(hand: ScopedJoinHandle<'_, T>) -> T {
    hand.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// What the hand of a site is told, in the order of the files.
#[derive(Clone)]
enum Told {
    /// A file begins, with its path in what is made.
    File(Arc<str>),
    Bytes(Arc<[u8]>),
    /// The file ends.
    End,
}

/// Copies every source, read once, to every copy in the making. The bytes are compared when the copies are read
/// again; here only their number is.
fn copy(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    with: &Filling<'_>,
    source: &mut dyn Source,
) -> Result<(), Error> {
    if staged.iter().all(|copy| copy.in_place) {
        return Ok(());
    }
    let (read, done) = thread::scope(|scope| {
        let mut hands = Vec::new();
        let mut tellers = Vec::new();
        for copy in staged.iter_mut().filter(|copy| !copy.in_place) {
            let (teller, told) = sync_channel(AHEAD);
            tellers.push(teller);
            hands.push(scope.spawn(move || write(copy, &told)));
        }
        let read = with.files.iter().try_for_each(|file| tell(&mut tellers, file, with.content, source));
        drop(tellers);
        (read, hands.into_iter().map(joined).collect())
    });
    read?;
    retain(staged, waiting, done)
}

/// As [`copy`], each file held whole meanwhile: they are small.
fn copy_alone(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    with: &Filling<'_>,
    source: &mut dyn Source,
) -> Result<(), Error> {
    let mut bytes = Vec::new();
    for file in with.files {
        bytes.clear();
        let broken = |source| Error::Source { content_path: file.content_path.clone(), source };
        source
            .open(file)
            .map_err(broken)?
            .take(file.size_bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(broken)?;
        if bytes.len() as u64 != file.size_bytes {
            return Err(Error::Mismatch { content_path: file.content_path.clone() });
        }
        let path = format!("{}{}", with.content, file.content_path);
        each(staged, waiting, Hands::One, |copy| copy.draft.small(&path, &bytes))?;
    }
    Ok(())
}

/// Reads one source to every hand that still listens; one that does not has an error to show for it.
fn tell(
    tellers: &mut Vec<SyncSender<Told>>,
    file: &NewFile,
    content: &str,
    source: &mut dyn Source,
) -> Result<(), Error> {
    if tellers.is_empty() {
        return Ok(());
    }
    let wrong = || Error::Mismatch { content_path: file.content_path.clone() };
    let broken = |source| Error::Source { content_path: file.content_path.clone(), source };
    let mut say = |told: Told| tellers.retain(|teller| teller.send(told.clone()).is_ok());
    let mut reader = source.open(file).map_err(broken)?;
    say(Told::File(format!("{content}{}", file.content_path).into()));
    let mut chunk = vec![0; CHUNK_BYTES.min(file.size_bytes as usize + 1)];
    let mut size_bytes = 0u64;
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
        say(Told::Bytes(chunk[..read].into()));
    }
    if size_bytes != file.size_bytes {
        return Err(wrong());
    }
    say(Told::End);
    Ok(())
}

/// The hand of one site: writes what it is told, until nothing more is said.
fn write(copy: &mut Staged<'_>, told: &Receiver<Told>) -> Result<(), Error> {
    let asking = &copy.asking;
    let next = || {
        asking.rests();
        let told = told.recv();
        asking.goes_on();
        told
    };
    while let Ok(Told::File(path)) = next() {
        let mut pen = copy.draft.create(&path)?;
        while let Ok(Told::Bytes(bytes)) = next() {
            pen.write(&bytes)?;
        }
        pen.close()?;
    }
    asking.rests();
    Ok(())
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
    read.is_ok() && digest.finish() == file.sha512
}
