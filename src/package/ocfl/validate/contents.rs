//! Every content file read once, by several threads, and compared with each digest that any inventory of
//! the object gives of it.

use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind, Read};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::digest::{Algorithm, Running};
use super::super::tree::{Tree, join};
use super::Options;
use super::findings::Findings;
use super::header::Frame;
use super::history::paths;
use super::parse::Block;

const CHUNK_BYTES: usize = 256 << 10;

/// A digest that a file must have, and what is said when it has another.
#[derive(Debug)]
pub(super) struct Wanted {
    pub algorithm: Algorithm,
    pub digest: Box<str>,
    pub code: &'static str,
    /// Path of the inventory that says so.
    pub place: Box<str>,
}

/// By content path.
pub(super) type Extras = HashMap<String, Vec<Wanted>>;

/// What was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub files: u64,
    pub size_bytes: u64,
}

/// What to compare: the current manifest, and what other inventories and fixity blocks say besides.
pub(super) struct Contents<'a> {
    pub tree: &'a dyn Tree,
    pub folder: &'a str,
    pub frame: &'a Frame,
    pub manifest: Option<&'a Block>,
    pub on_disk: &'a HashSet<&'a str>,
    pub extras: &'a Extras,
}

struct Task<'a> {
    path: &'a str,
    digest: &'a str,
    extras: &'a [Wanted],
}

impl Contents<'_> {
    /// Reads and compares everything; missing files are said too.
    pub fn check(&self, options: &Options, files_each: usize, found: &mut Findings) -> Count {
        let none: &[Wanted] = &[];
        let (mut tasks, mut listed) = (Vec::new(), HashSet::new());
        for (digest, path) in paths(self.manifest) {
            listed.insert(path);
            let extras = self.extras.get(path).map_or(none, Vec::as_slice);
            if self.on_disk.contains(path) {
                tasks.push(Task { path, digest, extras });
            } else if self.frame.holds(path) {
                found.add("E092", path, "le fichier n’existe pas");
                absent(path, extras, found);
            }
        }
        let others = self.extras.iter().filter(|(path, _)| !listed.contains(path.as_str()));
        let mut others: Vec<_> = others.filter(|(path, _)| self.frame.holds(path)).collect();
        others.sort_by_key(|(path, _)| *path);
        others.into_iter().for_each(|(path, extras)| absent(path, extras, found));
        tasks.sort_by_key(|task| task.path);
        let threads = options.threads.min(tasks.len().div_ceil(files_each)).max(1);
        self.compare_all(&tasks, threads, options, found)
    }

    fn compare_all(
        &self,
        tasks: &[Task<'_>],
        threads: usize,
        options: &Options,
        found: &mut Findings,
    ) -> Count {
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut mine, mut count) = (Findings::new(options.limits.findings_max), Count::default());
            let mut chunk = vec![0; CHUNK_BYTES];
            while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.compare(task, &mut chunk, &mut count, &mut mine);
            }
            (mine, count)
        };
        let done = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut done = vec![work()];
            done.extend(
                others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic))),
            );
            done
        });
        let mut total = Count::default();
        for (_, count) in &done {
            total.files += count.files;
            total.size_bytes += count.size_bytes;
        }
        found.absorb(done.into_iter().map(|(mine, _)| mine).collect());
        total
    }

    fn compare(&self, task: &Task<'_>, chunk: &mut [u8], count: &mut Count, found: &mut Findings) {
        let wanted = self.frame.algorithm.map(|algorithm| (algorithm, task.digest, "E092", ""));
        let extras = task.extras.iter().map(|more| (more.algorithm, &*more.digest, more.code, &*more.place));
        let wanted: Vec<_> = wanted.into_iter().chain(extras).collect();
        let mut running: Vec<(Algorithm, Box<dyn Running>)> = Vec::new();
        for (algorithm, ..) in &wanted {
            if !running.iter().any(|(known, _)| known == algorithm) {
                running.push((*algorithm, algorithm.begin()));
            }
        }
        match digest(self.tree, &join(self.folder, task.path), chunk, &mut running) {
            Err(error) => return found.add("X002", task.path, format!("lecture impossible : {error}")),
            Ok(size_bytes) => {
                count.files += 1;
                count.size_bytes += size_bytes;
            }
        }
        let values: Vec<(Algorithm, String)> =
            running.into_iter().map(|(algorithm, running)| (algorithm, running.value())).collect();
        for (algorithm, digest, code, place) in wanted {
            let value = values.iter().find(|(known, _)| *known == algorithm).map(|(_, value)| value);
            if value.is_some_and(|value| !value.eq_ignore_ascii_case(digest)) {
                let by = if place.is_empty() { String::new() } else { format!(" dans {place}") };
                found.add(code, task.path, format!("le contenu n’a pas l’empreinte inscrite{by}"));
            }
        }
    }
}

fn absent(path: &str, extras: &[Wanted], found: &mut Findings) {
    for wanted in extras {
        found.add(wanted.code, path, format!("le fichier que nomme {} n’existe pas", wanted.place));
    }
}

fn digest(
    tree: &dyn Tree,
    path: &str,
    chunk: &mut [u8],
    running: &mut [(Algorithm, Box<dyn Running>)],
) -> io::Result<u64> {
    let mut file = tree.open(path)?;
    let mut size_bytes = 0;
    loop {
        let read = match file.read(chunk) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok(size_bytes);
        }
        size_bytes += read as u64;
        running.iter_mut().for_each(|(_, running)| running.take(&chunk[..read]));
    }
}
