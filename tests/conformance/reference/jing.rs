//! Jing under a RELAX NG schema, identifiers not looked at (`-i`), as our profiles do not.
//!
//! Never given a document that is not well-formed twice: it stops at the first, and is asked again for the rest.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{COMPLAINTS, Opinion, Reference, said};

/// Files of one call.
const FILES: usize = 1_000;

pub struct Jing {
    pub schema: PathBuf,
}

impl Reference for Jing {
    fn opinions(&self, folder: &Path, files: &[String]) -> io::Result<Vec<Opinion>> {
        let mut opinions = Vec::with_capacity(files.len());
        for files in files.chunks(FILES) {
            let mut rest = files;
            while !rest.is_empty() {
                let (some, stopped) = self.ask(folder, rest)?;
                rest = &rest[some.len()..];
                opinions.extend(some);
                if !stopped {
                    break;
                }
            }
        }
        Ok(opinions)
    }

    fn name(&self) -> &'static str {
        "jing"
    }
}

impl Jing {
    /// Opinions on the first files, and whether it stopped before the last.
    fn ask(&self, folder: &Path, files: &[String]) -> io::Result<(Vec<Opinion>, bool)> {
        let mut command = Command::new("jing");
        command.arg("-i").arg(&self.schema).args(files).current_dir(folder);
        // A small heap and one compiler: the machine has other things to do.
        let text = said(
            command.env("JAVA_ARGS", "-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC").env("LC_ALL", "C"),
        )?;
        let known: HashMap<&str, usize> =
            files.iter().enumerate().map(|(at, file)| (file.as_str(), at)).collect();
        let mut opinions = vec![Opinion { valid: true, complaints: Vec::new() }; files.len()];
        for line in text.lines().filter(|line| !line.starts_with("[warning]")) {
            let place = line.split(": ").next().unwrap_or_default();
            let file = place.split(':').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
            let Some(&at) = known.get(file) else {
                if line.contains("fatal") || line.contains("error") {
                    return Err(io::Error::other(format!("{} : {line}", self.schema.display())));
                }
                continue;
            };
            let opinion = &mut opinions[at];
            opinion.valid = false;
            if opinion.complaints.len() < COMPLAINTS {
                opinion.complaints.push(line[place.len()..].trim_start_matches(": ").to_owned());
            }
            if line.contains(" fatal: ") {
                opinions.truncate(at + 1);
                return Ok((opinions, at + 1 < files.len()));
            }
        }
        Ok((opinions, false))
    }
}
