//! libxml2 under the official schema: tree mode, where it sees identifiers given twice.
//!
//! Never on the network: the catalogue of the corpus gives what the schemas import.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{COMPLAINTS, Opinion, Reference, said};

/// Files of one call: the system bounds a command's length.
const FILES: usize = 2_000;

pub struct Xmllint {
    pub schema: PathBuf,
    pub catalog: PathBuf,
}

impl Reference for Xmllint {
    fn opinions(&self, folder: &Path, files: &[String]) -> io::Result<Vec<Opinion>> {
        let mut opinions = Vec::with_capacity(files.len());
        for files in files.chunks(FILES) {
            opinions.extend(self.ask(folder, files)?);
        }
        Ok(opinions)
    }

    fn name(&self) -> &'static str {
        "xmllint"
    }
}

impl Xmllint {
    fn ask(&self, folder: &Path, files: &[String]) -> io::Result<Vec<Opinion>> {
        let mut command = Command::new("xmllint");
        command.args(["--nonet", "--noout", "--schema"]).arg(&self.schema).args(files);
        let text =
            said(command.current_dir(folder).env("XML_CATALOG_FILES", &self.catalog).env("LC_ALL", "C"))?;
        let mut found: HashMap<&str, Opinion> = HashMap::new();
        for line in text.lines() {
            if let Some(file) = line.strip_suffix(" validates") {
                found.entry(file).or_default().valid = true;
            } else if line.contains("failed to compile") {
                return Err(io::Error::other(line.to_owned()));
            } else if let Some(file) = line.strip_suffix(" validation generated an internal error") {
                found.entry(file).or_default().complaints.push("error : internal error".to_owned());
            } else if let Some((file, complaint)) = line.split_once(':')
                && complaint.contains("error :")
            {
                let opinion = found.entry(file).or_default();
                if opinion.complaints.len() < COMPLAINTS {
                    opinion.complaints.push(complaint.to_owned());
                }
            }
        }
        Ok(files.iter().map(|file| found.remove(file.as_str()).unwrap_or_default()).collect())
    }
}
