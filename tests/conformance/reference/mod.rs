//! The references: programs of others, asked on hundreds of files a call.
//!
//! Never trusted alone where they are known to look away: `faults.rs` has the list, the arbiter decides.

pub mod arbiter;
pub mod jing;
pub mod xmllint;

use std::io;
use std::path::Path;
use std::process::Command;

/// What a reference says of a document.
#[derive(Clone, Debug, Default)]
pub struct Opinion {
    pub valid: bool,
    /// Its first complaints, as it words them.
    pub complaints: Vec<String>,
}

/// Most complaints kept of a document.
const COMPLAINTS: usize = 4;

/// Whom to ask.
pub trait Reference: Sync {
    /// One opinion a file, in order; the files are named from `folder`.
    fn opinions(&self, folder: &Path, files: &[String]) -> io::Result<Vec<Opinion>>;
    fn name(&self) -> &'static str;
}

/// What a program wrote, wherever it wrote it, whatever it returned; the reason when it could not be run.
fn said(command: &mut Command) -> io::Result<String> {
    let output = command.output().map_err(|error| {
        io::Error::new(error.kind(), format!("{} : {error}", command.get_program().to_string_lossy()))
    })?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(text)
}
