//! From what matched to one answer: container before bytes, bytes before name, and what should be known of it.
//!
//! Never gives a format by its extension alone when its bytes, had they been its, would have told it; nor when several formats
//! have the extension. Among several that match, those of the file's extension are kept.

use std::sync::Arc;

use super::look::Seen;
use super::signatures::{Format, Signatures};

/// What an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// What the ZIP or OLE2 container holds.
    Container,
    /// The bytes: a signature, or for plain text the characters.
    Signature,
    /// The name alone.
    Extension,
    /// Nothing: the format is not known.
    None,
}

impl Basis {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Signature => "signature",
            Self::Extension => "extension",
            Self::None => "none",
        }
    }
}

/// What should be known of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The file is empty.
    Empty,
    /// The format is none of its extension's.
    ExtensionMismatch,
    /// The name alone tells the format.
    ExtensionOnly,
    /// The characters alone tell that it is a text.
    TextOnly,
    /// Several formats match as well; the first is given.
    Several,
    /// The extension has formats, and the bytes are of none that can be told.
    Unconfirmed,
    /// A bound was met before all was looked at.
    Cut,
}

impl Warning {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::ExtensionMismatch => "extension_mismatch",
            Self::ExtensionOnly => "extension_only",
            Self::TextOnly => "text_only",
            Self::Several => "several",
            Self::Unconfirmed => "unconfirmed",
            Self::Cut => "cut",
        }
    }
}

/// The format of a file.
#[derive(Clone, Debug)]
pub struct Identification {
    /// `None`: not known.
    pub format: Option<Arc<Format>>,
    pub basis: Basis,
    pub warnings: Vec<Warning>,
    /// With [`Warning::Several`] those that match as well, with [`Warning::Unconfirmed`] those of the extension.
    pub others: Vec<Arc<Format>>,
}

impl Identification {
    /// Its PUID, when it is known.
    pub fn puid(&self) -> Option<&str> {
        self.format.as_deref().map(|format| format.puid.as_str())
    }
}

/// The answer.
pub fn judge(signatures: &Signatures, seen: &Seen, name: &str) -> Identification {
    let extension = extension(name);
    let of_extension = extension.as_deref().map_or(&[][..], |extension| signatures.of_extension(extension));
    let told = [(&seen.by_container, Basis::Container), (&seen.by_bytes, Basis::Signature)];
    let told = told.into_iter().find(|(formats, _)| !formats.is_empty());
    let (mut formats, basis) = match told {
        Some((formats, basis)) => (confirmed(formats, of_extension), basis),
        None => by_name(signatures, seen, of_extension),
    };
    let mut warnings = Vec::new();
    if seen.is_empty {
        warnings.push(Warning::Empty);
    }
    let known = (basis != Basis::None).then(|| formats.remove(0));
    match (basis, known) {
        (Basis::Extension, known) if known != signatures.text || seen.is_empty => {
            warnings.push(Warning::ExtensionOnly);
        }
        (Basis::Signature, known) if told.is_none() && known.is_some() => warnings.push(Warning::TextOnly),
        (Basis::None, _) if !formats.is_empty() => warnings.push(Warning::Unconfirmed),
        _ => {}
    }
    let has_other = |known: u32| {
        !signatures.formats[known as usize].extensions.is_empty() && !of_extension.contains(&known)
    };
    if extension.is_some() && known.is_some_and(has_other) {
        warnings.push(Warning::ExtensionMismatch);
    }
    if known.is_some() && !formats.is_empty() {
        warnings.push(Warning::Several);
    }
    if seen.is_cut {
        warnings.push(Warning::Cut);
    }
    let shown = |number: u32| Arc::clone(&signatures.formats[number as usize]);
    // Formats of one PUID are one to who reads the answer.
    let mut others: Vec<Arc<Format>> = formats.into_iter().map(shown).collect();
    others.dedup_by(|one, other| one.puid == other.puid);
    Identification { format: known.map(shown), basis, warnings, others }
}

/// Those of the extension, when there are.
fn confirmed(formats: &[u32], of_extension: &[u32]) -> Vec<u32> {
    let both: Vec<u32> = formats.iter().copied().filter(|one| of_extension.contains(one)).collect();
    if both.is_empty() { formats.to_vec() } else { both }
}

/// When nothing in the bytes tells: the one format that bytes cannot tell and that the name does, else a text.
fn by_name(signatures: &Signatures, seen: &Seen, of_extension: &[u32]) -> (Vec<u32>, Basis) {
    let is_possible = |&one: &u32| {
        let is_refuted_text = signatures.text == Some(one) && !seen.is_text && !seen.is_empty;
        !signatures.has_signature[one as usize] && !is_refuted_text
    };
    let possible: Vec<u32> = of_extension.iter().copied().filter(is_possible).collect();
    match (possible.len(), signatures.text) {
        (1, _) => (possible, Basis::Extension),
        (0, Some(text)) if of_extension.is_empty() && seen.is_text => (vec![text], Basis::Signature),
        _ => (of_extension.to_vec(), Basis::None),
    }
}

/// What follows the last dot of a name, in lower case.
pub fn extension(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next()?;
    let (_, extension) = name.rsplit_once('.')?;
    (!extension.is_empty()).then(|| extension.to_lowercase())
}
