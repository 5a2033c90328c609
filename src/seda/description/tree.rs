//! Which units stand under which: the parent each was written under, and those that links add.
//!
//! Units are written after the unit that holds them, so that only links can make a cycle. Four bytes a unit, eight a
//! link: both are bounded by the number of units.

use std::io;

use super::names::Family;
use super::records::Target;
use crate::model::UnitLink;

/// No parent.
const NONE: u32 = u32::MAX;
/// A link being followed; one not looked at yet.
const UNDERWAY: u32 = u32::MAX - 1;
const UNSEEN: u32 = u32::MAX - 2;

/// The graph of units, by their numbers.
#[derive(Debug, Default)]
pub struct Tree {
    /// The unit each was written under.
    parents: Vec<u32>,
    /// (child, parent) that links add, sorted, each once, none that was already so written.
    added: Vec<(u32, u32)>,
}

impl Tree {
    /// A unit is written under this one.
    pub(super) fn push(&mut self, parent: Option<u32>) {
        self.parents.push(parent.unwrap_or(NONE));
    }

    /// The units directly above, each once.
    pub fn parents(&self, unit: u32) -> impl Iterator<Item = u32> + '_ {
        let written = self.parents.get(unit as usize).copied().filter(|&parent| parent != NONE);
        written.into_iter().chain(self.added_to(unit).iter().map(|&(_, parent)| parent))
    }

    /// Whether it stands under no other.
    pub fn is_root(&self, unit: u32) -> bool {
        self.parents(unit).next().is_none()
    }

    /// Units that stand under no other, in document order.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.parents.len() as u32).filter(|&unit| self.is_root(unit))
    }

    /// Every (parent, child), child after child.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.parents.len() as u32).flat_map(|unit| self.parents(unit).map(move |parent| (parent, unit)))
    }

    /// (child, parent) that links add.
    pub fn added(&self) -> &[(u32, u32)] {
        &self.added
    }

    fn added_to(&self, unit: u32) -> &[(u32, u32)] {
        let from = self.added.partition_point(|&(child, _)| child < unit);
        let count = self.added[from..].partition_point(|&(child, _)| child == unit);
        &self.added[from..from + count]
    }

    /// Adds what links say, once it is known what they name. A link may name another link: real senders do, and mean
    /// the unit behind it.
    pub(super) fn link(
        &mut self,
        links: impl Iterator<Item = io::Result<UnitLink>>,
        targets: impl Iterator<Item = io::Result<Target>>,
    ) -> io::Result<()> {
        let targets: Vec<Target> = targets.collect::<Result<_, _>>()?;
        let units = behind(&targets);
        for (link, unit) in links.zip(units) {
            if let (Some(parent), true) = (link?.parent, unit != NONE)
                && self.parents[unit as usize] != parent
            {
                self.added.push((unit, parent));
            }
        }
        self.added.sort_unstable();
        self.added.dedup();
        Ok(())
    }
}

/// The unit behind each link, [`NONE`] when there is none.
fn behind(targets: &[Target]) -> Vec<u32> {
    let mut units = vec![UNSEEN; targets.len()];
    for first in 0..targets.len() {
        let (mut at, mut followed) = (first, Vec::new());
        let unit = loop {
            match units[at] {
                UNSEEN => {}
                UNDERWAY => break NONE,
                known => break known,
            }
            units[at] = UNDERWAY;
            followed.push(at);
            match (targets[at].number(Family::Unit), targets[at].number(Family::Link)) {
                (Some(unit), _) => break unit,
                (_, Some(link)) => at = link as usize,
                _ => break NONE,
            }
        };
        followed.into_iter().for_each(|link| units[link] = unit);
    }
    units
}
