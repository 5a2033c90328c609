//! A validator of the whole of OCFL, 1.0 and 1.1: objects and storage roots, with the specification's codes.
//!
//! It mends nothing, follows no link, and never trusts an inventory: paths are opened only where a folder
//! lists them. The one thing to know: a run says everything wrong, not the first thing, within [`Limits`];
//! past one of them an object is not judged, and that is said.

mod blocks;
mod contents;
mod declaration;
mod findings;
mod header;
mod hierarchy;
mod history;
mod inventory;
mod object;
mod parse;
mod prior;
mod root;
mod shape;
mod states;
mod terms;
mod walk;

pub use findings::{Finding, Findings, Severity};
pub use object::{Held, HeldFile, Report, Validated, validate_object};
pub use root::{RootReport, Visit, validate_root};
pub use terms::Spec;

/// How a validation is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that read.
    pub threads: usize,
    pub limits: Limits,
}

/// What hostile trees are held to.
#[derive(Clone, Debug)]
pub struct Limits {
    pub inventory_bytes_max: usize,
    /// Keys and array members of one inventory.
    pub inventory_entries_max: u64,
    /// Names in one folder, and in an object's content in all.
    pub entries_max: usize,
    /// Folders one in another.
    pub depth_max: usize,
    /// Findings kept of one object; the others are counted.
    pub findings_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inventory_bytes_max: 512 << 20,
            inventory_entries_max: 8_000_000,
            entries_max: 2_000_000,
            depth_max: 100,
            findings_max: 1_000,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 1, limits: Limits::default() }
    }
}

/// What stands in a folder, told by its declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Object,
    Root,
    Neither,
}

/// Tells an object from a storage root; a folder with an inventory is taken for an object that lacks its
/// declaration.
///
/// # Errors
/// When the folder cannot be listed.
pub fn standing(tree: &dyn super::Tree, folder: &str, limits: &Limits) -> std::io::Result<Standing> {
    let entries = tree.list(folder, limits.entries_max)?;
    Ok(standing_of(&entries))
}

fn standing_of(entries: &[super::tree::Entry]) -> Standing {
    let files = || entries.iter().filter(|entry| entry.kind == super::tree::Kind::File);
    let declares = |word: &str| {
        files().any(|entry| entry.name.split_once('=').is_some_and(|(_, value)| value.starts_with(word)))
    };
    if declares(declaration::OBJECT.word) || files().any(|entry| entry.name == super::INVENTORY) {
        Standing::Object
    } else if declares(declaration::ROOT.word) {
        Standing::Root
    } else {
        Standing::Neither
    }
}
