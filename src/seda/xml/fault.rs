//! Why the reading of a document stops, before it is known on which line.
//!
//! Never decides; the rules are where the bytes are read. What the depositor is told is here or beside the rule, in French.

use std::io;

use crate::model::Finding;
use crate::model::findings::{self, Kind};

/// Why reading ended before the end of the document.
#[derive(Debug)]
pub enum Halt {
    /// The document is at fault.
    Refused(Finding),
    /// The reader is.
    Failed(io::Error),
}

/// Why a step could not be made.
#[derive(Debug)]
pub enum Stop {
    /// The bytes at hand end inside what is being read: load more, begin it again.
    More,
    Fault(Box<Fault>),
    Failed(io::Error),
}

/// What is wrong, and where in the window.
#[derive(Debug)]
pub struct Fault {
    pub kind: &'static Kind,
    pub message: String,
    pub at: usize,
}

/// Refuses the document there.
#[cold]
pub fn fault<T>(kind: &'static Kind, message: impl Into<String>, at: usize) -> Result<T, Stop> {
    Err(Stop::Fault(Box::new(Fault { kind, message: message.into(), at })))
}

/// It is not well-formed.
#[cold]
pub fn malformed<T>(message: impl Into<String>, at: usize) -> Result<T, Stop> {
    fault(&findings::XML_MALFORMED, message, at)
}

/// One text or one tag is too long.
#[cold]
pub fn too_long<T>(text_bytes_max: usize, at: usize) -> Result<T, Stop> {
    fault(&findings::XML_TEXT_LENGTH, format!("texte ou balise de plus de {text_bytes_max} octets"), at)
}

/// The beginning of what a document says, to be quoted in a sentence.
pub fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
