//! First step: the received file opened as a container, judged before any content is read.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Error;
use crate::model::{Finding, Limits};
use crate::package::{self, Package};
use crate::seda::Scratch;
use crate::storage::InQuarantine;

/// A container, opened, with what its table of contents alone shows wrong.
#[derive(Debug)]
pub struct Unpacked {
    pub package: Package,
    pub findings: Vec<Finding>,
    /// Where the steps that follow put what does not fit in memory.
    pub scratch: Scratch,
}

/// Opens what waits in quarantine: a package, or a manifest that came apart with the archive of its attachments. As [`unpack`].
///
/// # Errors
/// When a file or the scratch folder cannot be read or written.
pub fn unpack_waiting(waiting: InQuarantine, scratch: &Path, limits: &Limits) -> Result<Unpacked, Error> {
    let InQuarantine { file, manifest: Some(manifest) } = waiting else {
        return unpack(waiting.file, scratch, limits);
    };
    let (package, findings) = Package::open_pair(manifest, file, scratch, limits)?;
    Ok(Unpacked { package, findings, scratch: scratch_in(scratch) })
}

/// Opens the received file; `scratch` receives unlinked temporaries: a compressed tar expanded, a large description.
///
/// # Errors
/// When the file or the scratch folder cannot be read or written.
pub fn unpack(file: File, scratch: &Path, limits: &Limits) -> Result<Unpacked, Error> {
    let (package, findings) = Package::open(file, scratch, limits)?;
    Ok(Unpacked { package, findings, scratch: scratch_in(scratch) })
}

/// Unlinked temporaries of this folder.
pub fn scratch_in(folder: &Path) -> Scratch {
    let folder: PathBuf = folder.to_owned();
    Scratch::new(move || package::unlinked(&folder))
}
