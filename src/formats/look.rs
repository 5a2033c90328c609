//! What a file's kept bytes match: the candidates of the index tried whole, the formats that others are preferred to left out.
//!
//! Never reads but the container it is given.

use std::collections::HashSet;
use std::io::{self, Read, Seek};

use super::chain::{Chain, Work};
use super::inner::Kind;
use super::signatures::Signatures;
use super::view::View;

/// Formats looked at to tell whether one is preferred to another.
const PREFERENCES_MAX: usize = 4_096;
/// Runs watched for in one file.
const WATCHED_MAX: usize = 64;

/// What a file's bytes match.
#[derive(Debug)]
pub struct Seen {
    pub is_empty: bool,
    pub is_text: bool,
    /// Formats that none other found is preferred to.
    pub by_bytes: Vec<u32>,
    /// What is worth opening.
    pub container: Option<Kind>,
    pub by_container: Vec<u32>,
    /// A bound was met: something may have been missed.
    pub is_cut: bool,
}

impl Signatures {
    /// What the kept bytes of a file match.
    pub(super) fn look(&self, view: &View<'_>, is_cut: bool) -> Seen {
        let mut work = Work::new(self.settings.work_bytes);
        let mut firsts = vec![None; self.bytes.literals.len()];
        let mut formats = Vec::new();
        for number in self.bytes.index.candidates(view) {
            let chains = &self.bytes.chains[number as usize];
            if self.matches(chains, view, &mut firsts, &mut work) {
                formats.extend(&self.bytes.owners[number as usize]);
            }
        }
        formats.sort_unstable();
        formats.dedup();
        let container = self.containers.triggered(&formats);
        Seen {
            is_empty: view.size_bytes() == 0,
            is_text: super::text::is_text(view.head()),
            by_bytes: self.preferred(formats),
            container,
            by_container: Vec::new(),
            is_cut: is_cut || work.is_over(),
        }
    }

    /// What a container holds, added to what was seen.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn open(&self, kind: Kind, file: &mut (impl Read + Seek), seen: &mut Seen) -> io::Result<()> {
        let found = self.containers.inspect(kind, file, &self.settings)?;
        seen.is_cut |= found.is_cut;
        seen.by_container = self.preferred(found.formats);
        Ok(())
    }

    /// The runs that may still tell the format of a file of which the head alone is known. A signature held at the file's end
    /// is not known to be worth waiting for: what else it asks for is looked for in the windows only.
    pub(super) fn pending(&self, head: &View<'_>) -> Vec<&[u8]> {
        let mut work = Work::new(self.settings.work_bytes);
        let mut wanted = Vec::new();
        for number in self.bytes.index.candidates(head).into_iter().chain(self.bytes.adrift.iter().copied()) {
            let chains = self.bytes.chains[number as usize].iter().filter(|chain| !chain.is_of_end());
            let (loose, held): (Vec<&Chain>, Vec<&Chain>) = chains.partition(|chain| chain.is_loose());
            if loose.is_empty() || !held.into_iter().all(|chain| chain.is_in(head, &mut work)) {
                continue;
            }
            let missing = loose.into_iter().filter(|chain| !chain.is_in(head, &mut work));
            wanted.extend(missing.flat_map(|chain| &chain.needs));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.truncate(WATCHED_MAX);
        wanted.into_iter().map(|&literal| self.bytes.literals[literal].needle()).collect()
    }

    /// The formats that no other of them is preferred to; in order.
    pub(super) fn preferred(&self, mut formats: Vec<u32>) -> Vec<u32> {
        formats.sort_unstable();
        formats.dedup();
        let beaten: HashSet<u32> = formats.iter().flat_map(|&one| self.beaten_by(one, &formats)).collect();
        let best: Vec<u32> = formats.iter().copied().filter(|one| !beaten.contains(one)).collect();
        // Preferences in a circle prefer nothing.
        if best.is_empty() { formats } else { best }
    }

    /// Those of `among` that a format is preferred to, at whatever remove.
    fn beaten_by(&self, format: u32, among: &[u32]) -> Vec<u32> {
        if among.len() < 2 {
            return Vec::new();
        }
        let (mut seen, mut next) = (HashSet::from([format]), vec![format]);
        while let Some(one) = next.pop() {
            for &lesser in &self.over[one as usize] {
                if seen.len() < PREFERENCES_MAX && seen.insert(lesser) {
                    next.push(lesser);
                }
            }
        }
        among.iter().copied().filter(|one| *one != format && seen.contains(one)).collect()
    }

    fn matches(
        &self,
        chains: &[Chain],
        view: &View<'_>,
        firsts: &mut [Option<bool>],
        work: &mut Work,
    ) -> bool {
        // What is held at a place first; a run that must be somewhere is looked for once a file.
        let (loose, held): (Vec<&Chain>, Vec<&Chain>) = chains.iter().partition(|chain| chain.is_loose());
        held.into_iter().all(|chain| chain.is_in(view, work))
            && loose.iter().flat_map(|chain| &chain.needs).all(|&need| self.holds(need, view, firsts, work))
            && loose.into_iter().all(|chain| chain.is_in(view, work))
    }

    fn holds(&self, literal: usize, view: &View<'_>, firsts: &mut [Option<bool>], work: &mut Work) -> bool {
        *firsts[literal].get_or_insert_with(|| {
            view.between(0, view.size_bytes()).any(|(_, bytes)| {
                let hit = self.bytes.literals[literal].find(bytes);
                work.spend(hit.unwrap_or(bytes.len()));
                hit.is_some()
            })
        })
    }
}
