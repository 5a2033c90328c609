//! Identifiers of a whole message: each given once (`xs:ID`), each that is referred to given (`xs:IDREF`).
//!
//! Never holds a message's identifiers: their digests are sorted, in a scratch file when there are many, and only
//! the first faults keep their text. Parsers of schemas mostly skip this check in streaming; archives cannot.

use std::collections::BinaryHeap;
use std::io;

use super::datatype::Identity;
use super::spill::{Bytes, Keys, Scratch, Sorter};
use crate::model::{Finding, findings};

/// A row: digest, whether it refers, line, place and length of the text.
const ROW_BYTES: usize = 32;
/// Rows kept in memory before they are spilled.
const MEMORY_BYTES: usize = 20 << 20;
/// Bytes kept of an identifier, to be shown.
const SHOWN_BYTES_MAX: usize = 200;
/// Faults told one by one, of each kind.
const TOLD_MAX: usize = 200;

/// Gathers the identifiers of one message.
#[derive(Debug)]
pub struct Identifiers {
    keys: Keys,
    rows: Sorter<ROW_BYTES>,
    texts: Bytes,
    failure: Option<io::Error>,
}

/// A fault: line, place and length of the text.
type Fault = (u64, u64, usize);

impl Identifiers {
    /// None yet.
    pub fn new(scratch: &Scratch) -> Self {
        let rows = Sorter::new(&scratch.clone().keeping(MEMORY_BYTES));
        Self { keys: Keys::default(), rows, texts: Bytes::new(scratch), failure: None }
    }

    /// Adds a value of a type of identifiers; a list of references is each of them.
    pub fn add(&mut self, identity: Identity, text: &str, line: u64) {
        match identity {
            Identity::None => {}
            Identity::Idrefs => text.split_ascii_whitespace().for_each(|one| self.add_one(true, one, line)),
            Identity::Id | Identity::Idref => {
                self.add_one(identity == Identity::Idref, text.trim_ascii(), line);
            }
        }
    }

    fn add_one(&mut self, is_reference: bool, text: &str, line: u64) {
        if self.failure.is_some() {
            return;
        }
        if let Err(error) = self.push(is_reference, text, line) {
            self.failure = Some(error);
        }
    }

    fn push(&mut self, is_reference: bool, text: &str, line: u64) -> io::Result<()> {
        let shown = &text[..text.floor_char_boundary(SHOWN_BYTES_MAX)];
        let place = self.texts.append(shown.as_bytes())?;
        let mut row = [0; ROW_BYTES];
        row[..16].copy_from_slice(&self.keys.digest(text));
        row[16] = u8::from(is_reference);
        row[17..24].copy_from_slice(&line.to_be_bytes()[1..]);
        row[24..31].copy_from_slice(&place.to_be_bytes()[1..]);
        row[31] = shown.len() as u8;
        self.rows.push(row)
    }

    /// Identifiers given twice, references to none.
    ///
    /// # Errors
    /// When the scratch failed.
    pub fn finish(self) -> io::Result<Vec<Finding>> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        let (mut twice, mut unknown) = (BinaryHeap::new(), BinaryHeap::new());
        let mut rows = self.rows.finish()?;
        let (mut digest, mut is_given) = ([0; 16], false);
        while let Some(row) = rows.next()? {
            // Those that give come before those that refer; of both, the first lines first.
            let is_first = row[..16] != digest;
            digest.copy_from_slice(&row[..16]);
            is_given = if is_first { row[16] == 0 } else { is_given };
            match row[16] {
                0 if !is_first => keep(&mut twice, fault(&row)),
                1 if !is_given => keep(&mut unknown, fault(&row)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        for (line, place, length) in twice.into_sorted_vec() {
            let text = shown(&self.texts, place, length)?;
            let message = format!("l'identifiant {text} est donné deux fois");
            found.push(Finding::new(&findings::REFERENCE_DUPLICATE_ID, message).at_line(line).in_path(text));
        }
        for (line, place, length) in unknown.into_sorted_vec() {
            let text = shown(&self.texts, place, length)?;
            let message = format!("« {text} » ne désigne rien dans le message");
            found.push(Finding::new(&findings::REFERENCE_UNKNOWN, message).at_line(line).in_path(text));
        }
        Ok(found)
    }
}

fn fault(row: &[u8; ROW_BYTES]) -> Fault {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
    (number(&row[17..24]), number(&row[24..31]), usize::from(row[31]))
}

/// Keeps the first in the document.
fn keep(faults: &mut BinaryHeap<Fault>, fault: Fault) {
    faults.push(fault);
    if faults.len() > TOLD_MAX {
        faults.pop();
    }
}

fn shown(texts: &Bytes, place: u64, length: usize) -> io::Result<String> {
    let mut text = vec![0; length];
    texts.read_at(place, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_given_twice_and_references_to_nothing_are_found_in_order() {
        let mut identifiers = Identifiers::new(&Scratch::memory());
        for (identity, text, line) in [
            (Identity::Idref, "later", 1),
            (Identity::Id, "a", 2),
            (Identity::Id, " a ", 3),
            (Identity::Id, "later", 4),
            (Identity::Idrefs, "a  none", 5),
            (Identity::Idref, "nothing", 6),
            (Identity::None, "a", 7),
        ] {
            identifiers.add(identity, text, line);
        }
        let found = identifiers.finish().map(|found| {
            found.iter().map(|finding| (finding.kind.code, finding.line.unwrap_or(0))).collect::<Vec<_>>()
        });
        let wanted =
            [("reference.duplicate_id", 3), ("reference.unknown", 5), ("reference.unknown", 6)].to_vec();
        assert_eq!(found.ok(), Some(wanted));
    }
}
