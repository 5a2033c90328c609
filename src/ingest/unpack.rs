//! First step: the received file opened as a container, judged before any content is read.

use std::fs::File;
use std::path::Path;

use super::Error;
use crate::model::{Finding, Limits};
use crate::package::Package;

/// A container, opened, with what its table of contents alone shows wrong.
#[derive(Debug)]
pub struct Unpacked {
    pub package: Package,
    pub findings: Vec<Finding>,
}

/// Opens the received file; `scratch` receives an unlinked temporary when a compressed tar must be expanded.
///
/// # Errors
/// When the file or the scratch folder cannot be read or written.
pub fn unpack(file: File, scratch: &Path, limits: &Limits) -> Result<Unpacked, Error> {
    let (package, findings) = Package::open(file, scratch, limits)?;
    Ok(Unpacked { package, findings })
}
