//! Identifiers and the references to them, joined by sorting: neither the ones nor the others are held.
//!
//! Each identifier given and each reference made is one short row, the digest of its text first; once sorted, references
//! follow the identifiers they name. An identifier given twice names the last that bears it.

use std::io;

use super::records::{Edge, NOTHING, Target, referent};
use crate::model::Referent;
use crate::seda::spill::{Column, Fixed, Keys, Scratch, Sorted, Sorter};

/// What bears identifiers, in the order in which one given twice is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Unit,
    Link,
    Binary,
    Physical,
    Group,
    /// A rule, a keyword… which nothing refers to.
    Other,
}

impl Family {
    pub(super) fn of(byte: u8) -> Option<Family> {
        use Family::{Binary, Group, Link, Other, Physical, Unit};
        [Unit, Link, Binary, Physical, Group, Other].into_iter().find(|family| *family as u8 == byte)
    }
}

/// One thing of a message: the so-manieth unit, object…
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub family: Family,
    pub number: u32,
}

/// Something that bears an identifier already given, and what bore it just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub named: Named,
    pub before: Named,
}

/// What makes references, each in its own column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    Link,
    Unit,
    Binary,
    Physical,
    Reference,
}

/// Digest of the text, then whether it is an identifier (0) or a reference (1).
const DIGEST: usize = 16;
/// Identifier: family, number. Reference: asker, number of who asks, number of the reference, what it should name.
const ROW: usize = DIGEST + 1 + 1 + 4 + 4 + 1;
/// Asker, numbers, what it should name, what it names.
const ANSWER: usize = ROW - DIGEST - 1 + Target::BYTES;

/// Gathers identifiers and references.
#[derive(Debug)]
pub(super) struct Names {
    keys: Keys,
    rows: Sorter<ROW>,
    scratch: Scratch,
}

impl Names {
    pub(super) fn new(scratch: &Scratch) -> Self {
        Self { keys: Keys::default(), rows: Sorter::new(scratch), scratch: scratch.clone() }
    }

    /// An identifier is given; an empty one is none.
    pub(super) fn give(&mut self, id: &str, family: Family, number: u32) -> io::Result<()> {
        if id.is_empty() { Ok(()) } else { self.push(id, [0, family as u8], number, 0, 0) }
    }

    /// A reference is made, by the so-manieth asker, as its so-manieth reference.
    pub(super) fn ask(
        &mut self,
        target: &str,
        asker: Asker,
        places: (u32, u32),
        wanted: Referent,
    ) -> io::Result<()> {
        self.push(target, [1, asker as u8], places.0, places.1, wanted as u8)
    }

    fn push(&mut self, text: &str, head: [u8; 2], first: u32, second: u32, last: u8) -> io::Result<()> {
        let mut row = [0; ROW];
        row[..DIGEST].copy_from_slice(&self.keys.digest(text));
        row[DIGEST..DIGEST + 2].copy_from_slice(&head);
        row[DIGEST + 2..DIGEST + 6].copy_from_slice(&first.to_be_bytes());
        row[DIGEST + 6..DIGEST + 10].copy_from_slice(&second.to_be_bytes());
        row[ROW - 1] = last;
        self.rows.push(row)
    }

    /// What each reference names, and what bears an identifier already given.
    pub(super) fn resolve(self) -> io::Result<(Answers, Column<Repeat>)> {
        let mut answers = Sorter::<ANSWER>::new(&self.scratch);
        let mut repeated = Sorter::<{ Repeat::BYTES }>::new(&self.scratch);
        let mut rows = self.rows.finish()?;
        let mut digest = [0; DIGEST];
        let mut named = NOTHING;
        while let Some(row) = rows.next()? {
            if row[..DIGEST] != digest {
                digest.copy_from_slice(&row[..DIGEST]);
                named = NOTHING;
            }
            if row[DIGEST] == 0 {
                let before = named;
                named.copy_from_slice(&row[DIGEST + 1..DIGEST + 1 + Named::BYTES]);
                if before != NOTHING {
                    let mut repeat = [0; Repeat::BYTES];
                    repeat[..Named::BYTES].copy_from_slice(&named);
                    repeat[Named::BYTES..].copy_from_slice(&before);
                    repeated.push(repeat)?;
                }
            } else {
                let mut answer = [0; ANSWER];
                answer[..ANSWER - Target::BYTES].copy_from_slice(&row[DIGEST + 1..]);
                answer[ANSWER - Target::BYTES..].copy_from_slice(&named);
                answers.push(answer)?;
            }
        }
        let mut column = Column::new(&self.scratch);
        let mut sorted = repeated.finish()?;
        while let Some(repeat) = sorted.next()? {
            column.push(Repeat::read(&repeat).ok_or_else(wrong)?)?;
        }
        let mut answers = Answers { next: None, rows: answers.finish()? };
        answers.advance()?;
        Ok((answers, column))
    }
}

fn wrong() -> io::Error {
    io::Error::other("a sorted row is not what was sorted")
}

/// What references name: asker after asker, in the order of their numbers.
pub(super) struct Answers {
    next: Option<[u8; ANSWER]>,
    rows: Sorted<ANSWER>,
}

impl Answers {
    fn advance(&mut self) -> io::Result<()> {
        self.next = self.rows.next()?;
        Ok(())
    }

    /// The next answer, when it is to this asker: who asked, the reference, what it should name, what it names.
    fn take(&mut self, asker: Asker) -> io::Result<Option<Edge>> {
        let Some(row) = self.next.filter(|row| row[0] == asker as u8) else { return Ok(None) };
        self.advance()?;
        let number = |at: usize| row[at..].first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        let target = Target::read(&row[ANSWER - Target::BYTES..]).ok_or_else(wrong)?;
        let wanted = referent(row[9]).ok_or_else(wrong)?;
        Ok(Some(Edge { unit: number(1), reference: number(5), wanted, target }))
    }

    /// A column of `count` answers, one for each who could ask: [`Target::Unsaid`] for those that did not.
    pub(super) fn column(
        &mut self,
        asker: Asker,
        count: usize,
        scratch: &Scratch,
    ) -> io::Result<Column<Target>> {
        let mut column = Column::new(scratch);
        while let Some(answer) = self.take(asker)? {
            while column.len() < answer.unit as usize {
                column.push(Target::Unsaid)?;
            }
            column.push(answer.target)?;
        }
        while column.len() < count {
            column.push(Target::Unsaid)?;
        }
        Ok(column)
    }

    /// Every answer to the references of units.
    pub(super) fn edges(&mut self, scratch: &Scratch) -> io::Result<Column<Edge>> {
        let mut edges = Column::new(scratch);
        while let Some(edge) = self.take(Asker::Unit)? {
            edges.push(edge)?;
        }
        Ok(edges)
    }
}
