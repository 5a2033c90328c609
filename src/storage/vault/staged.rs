//! Copies in the making: filled together from one reading of each source, made durable, read again and
//! compared, each site by its own hand. What fails on one site leaves the others to go on.

use std::panic;
use std::thread::{self, ScopedJoinHandle};

use fail::fail_point;

use super::super::error::Error;
use super::super::medium::Draft;
use super::super::site::{Asking, Site};
use super::super::standing::MediumKind;
use super::behind::{RereadFile, first_wrong};
use super::deposit::{NewFile, Source, Waiting, wait};
use super::hands::{copy, copy_alone};

/// Up to this size copies on folders are filled by one hand: threads would cost more than they save.
const ONE_HAND_BYTES_MAX: u64 = 1 << 20;

/// A site's copy: in the making, or already in place.
pub(super) struct Staged<'a> {
    pub site: &'a Site,
    pub index: usize,
    pub draft: Box<dyn Draft + 'a>,
    pub asking: Asking<'a>,
    pub in_place: bool,
    pub reread: Reread,
}

/// What was read again of a copy while the rest of it was written.
#[derive(Debug, Default)]
pub(super) struct Reread {
    /// Files, the first ones.
    pub files: usize,
    /// Content path of the first that did not read back as promised.
    pub wrong: Option<String>,
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
    each(staged, waiting, hands, |copy| match first_wrong_of(copy, with) {
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
pub(super) enum Hands {
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
pub(super) fn each<'a>(
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
pub(super) fn retain(
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
pub(super) fn joined<T>(hand: ScopedJoinHandle<'_, T>) -> T {
    hand.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// Content path of the first file of a copy that does not read back as promised.
fn first_wrong_of(copy: &Staged<'_>, with: &Filling<'_>) -> Option<String> {
    let left = with.files.get(copy.reread.files..).unwrap_or_default();
    let reread: &RereadFile<'_> = &|path, take| copy.draft.reread(path, take);
    copy.reread.wrong.clone().or_else(|| first_wrong(left, &copy.asking, with, reread))
}
