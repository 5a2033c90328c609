//! Electronic signatures on what is received: found in a file, checked, and classed as ETSI EN 319 102-1 classes them.
//!
//! XAdES and XML-DSig in XML; PAdES and other CMS signatures in PDF; CAdES and other CMS, around their content or beside
//! it. Never signs, never goes to the network, never reads a clock: who is trusted (`Anchors`) and what day it is are
//! given. Two things to know. A file that a signature signs beside itself is found by its digest, whatever it is called
//! (`Beside`). And revocation is known only from lists at hand, brought by the signature or by the operator: without one
//! a valid signature says that it was not checked.

mod algorithm;
mod cades;
mod cms;
mod judge;
mod mark;
mod pdf;
mod trust;
mod xml;

use std::io;

use chrono::{DateTime, Utc};

pub use algorithm::Digest;
pub use mark::{Mark, Marks};
pub use trust::Anchors;

use crate::model::signature::Signature;

/// Bytes of a file searched for signatures, at most, by how it bears them.
pub fn bytes_max(mark: Mark) -> u64 {
    match mark {
        // A tree of its nodes is held meanwhile, several times its size.
        Mark::Xml => 48 << 20,
        Mark::Pdf | Mark::Cms => 128 << 20,
    }
}

/// Signatures of one file, at most.
const SIGNATURES_MAX: usize = 64;

/// A digest that some bytes must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub digest: Digest,
    pub value: Vec<u8>,
}

/// The other files of the same transfer.
pub trait Beside {
    /// The name of the file that has this digest; `hint` is what the signature calls it.
    ///
    /// # Errors
    /// When a file cannot be read.
    fn find(&mut self, wanted: &Wanted, hint: Option<&str>) -> io::Result<Option<String>>;
}

/// What everything is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Judging<'a> {
    pub anchors: &'a Anchors,
    pub now: DateTime<Utc>,
}

/// Every signature of a file, whose bytes are these; none when it bears none after all.
///
/// # Errors
/// When a file beside cannot be read.
pub fn validate(
    mark: Mark,
    (file, bytes): (&str, &[u8]),
    judging: Judging<'_>,
    beside: &mut dyn Beside,
) -> io::Result<Vec<Signature>> {
    let checked = match mark {
        Mark::Xml => xml::check(bytes, beside)?,
        Mark::Pdf => pdf::check(bytes, judging.anchors),
        Mark::Cms => cades::check(bytes, beside)?,
    };
    Ok(checked.into_iter().map(|checked| judge::judge(file, checked, judging)).collect())
}

#[cfg(test)]
mod tests;
