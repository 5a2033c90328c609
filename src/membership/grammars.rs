//! The grammar of an archive profile, from a file, a form or the library to a value that compiled.
//!
//! Never keeps one that does not compile: every reason is given back instead, each with its line.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use sha2::{Digest, Sha512};

use super::file::Grammar;
use super::{Fault, library};
use crate::model::Finding;
use crate::seda::profile::{Profile, RNG_BYTES_MAX};

/// Longest name kept of a file, in characters.
const FILE_NAME_CHARS_MAX: usize = 200;

/// Why a member's file brings no profile.
pub(super) enum Unread {
    /// The path in `member.toml` is at fault.
    Path(String),
    /// The file named is.
    Refused(Vec<Fault>),
}

/// The grammar at `written`, under the member's folder.
pub(super) fn read(folder: &Path, written: &str) -> Result<Grammar, Unread> {
    let relative = Path::new(written);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if written.is_empty() || !inside {
        return Err(Unread::Path(format!("« {written} » : un chemin sous le dossier du membre est attendu")));
    }
    let path = folder.join(relative);
    let unreadable =
        |error: std::io::Error| Unread::Path(format!("{} : illisible ({error})", path.display()));
    let file = File::open(&path).map_err(unreadable)?;
    let mut rng = Vec::new();
    file.take(RNG_BYTES_MAX as u64 + 1).read_to_end(&mut rng).map_err(unreadable)?;
    compile(written, rng).map_err(|findings| {
        let fault = |finding: &Finding| Fault {
            path: path.clone(),
            line: finding.line.and_then(|line| usize::try_from(line).ok()).unwrap_or(0),
            reason: format!("{} : {}", finding.kind.title, finding.message),
        };
        Unread::Refused(findings.iter().map(fault).collect())
    })
}

/// The grammar of a model of the library.
pub(super) fn of_model(name: &str) -> Result<Grammar, Unread> {
    let Some(model) = library::find(name) else {
        let names: Vec<&str> = library::models().iter().map(|model| model.name).collect();
        return Err(Unread::Path(format!("aucun modèle « {name} » ; il y a {}", names.join(", "))));
    };
    let rng = model.rng();
    compile(&rng.file_name, rng.bytes)
        .map_err(|findings| Unread::Path(findings.into_iter().map(|finding| finding.message).collect()))
}

/// The grammar of these bytes; or everything that keeps it from being one.
pub(super) fn compile(file_name: &str, rng: Vec<u8>) -> Result<Grammar, Vec<Finding>> {
    let profile = Profile::compile(&rng)?;
    Ok(Grammar {
        file_name: plain(file_name),
        sha512: Sha512::digest(&rng).into(),
        seda_version: profile.seda_version().map(|version| version.number()),
        rng,
    })
}

/// The last part of a file's name, without control characters, shortened.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS_MAX).collect();
    if plain.trim().is_empty() { "profil.rng".into() } else { plain }
}
