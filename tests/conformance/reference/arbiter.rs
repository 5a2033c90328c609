//! PyPI's xmlschema under the official schema: a third opinion, slow, on the few documents that need it.
//!
//! Never asked of everything. It checks that references exist, which libxml2 does not.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Opinion, Reference, said};

pub struct Arbiter {
    pub python: PathBuf,
    pub script: PathBuf,
    pub schema: PathBuf,
    /// The folder that holds what the schemas import.
    pub schemas: PathBuf,
}

impl Reference for Arbiter {
    fn opinions(&self, folder: &Path, files: &[String]) -> io::Result<Vec<Opinion>> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = Command::new(&self.python);
        command.arg(&self.script).arg(&self.schema).arg(&self.schemas).args(files).current_dir(folder);
        let text = said(&mut command)?;
        let opinions: Vec<Opinion> = text
            .lines()
            .filter_map(|line| {
                let (verdict, reason) = line.split_once('\t')?;
                let complaints = if reason.is_empty() { Vec::new() } else { vec![reason.to_owned()] };
                match verdict {
                    "valid" => Some(Opinion { valid: true, complaints }),
                    "invalid" => Some(Opinion { valid: false, complaints }),
                    _ => None,
                }
            })
            .collect();
        if opinions.len() == files.len() { Ok(opinions) } else { Err(io::Error::other(text)) }
    }

    fn name(&self) -> &'static str {
        "xmlschema"
    }
}
