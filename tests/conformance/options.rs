//! What the command line asks for.
//!
//! Never asks for nothing: without options, everything, as much as the project promises.

use std::path::PathBuf;

/// The parts of the conformance run.
pub const PARTS: &[&str] = &["messages", "mutants", "suite", "profiles"];

pub struct Options {
    pub parts: Vec<String>,
    pub versions: Vec<String>,
    /// Distinct mutants of each version.
    pub mutants: usize,
    /// Documents generated from the official schema for each message type.
    pub seeds: usize,
    /// Mutants of each profile.
    pub profile_mutants: usize,
    /// Profiles whose name contains this.
    pub profile: String,
    pub seed: u64,
    /// Where differing documents are kept.
    pub keep: PathBuf,
    /// Differences shrunk, of each version.
    pub shrunk: usize,
    /// The Python that has xmlschema.
    pub python: PathBuf,
}

const USAGE: &str = "cargo test --release --test conformance -- [--part messages,mutants,suite,profiles] [--version 2.1,2.2]
    [--mutants 20000] [--seeds 16] [--profile-mutants 400] [--profile NOM] [--seed 1] [--keep DOSSIER] [--shrink 25] [--python PROGRAMME]";

impl Options {
    /// From the arguments; the usage when they say nothing sensible.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            parts: PARTS.iter().map(|&part| part.to_owned()).collect(),
            versions: crate::corpus::VERSIONS.iter().map(|version| version.name.to_owned()).collect(),
            mutants: 20_000,
            seeds: 16,
            profile_mutants: 400,
            profile: String::new(),
            seed: 1,
            keep: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("conformance"),
            shrunk: 25,
            python: "python3".into(),
        };
        let mut arguments = arguments.peekable();
        while let Some(option) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            let list = || value.split(',').map(str::to_owned).collect();
            let number = || value.parse::<usize>().map_err(|_| USAGE.to_owned());
            match option.as_str() {
                "--part" => options.parts = list(),
                "--version" => options.versions = list(),
                "--mutants" => options.mutants = number()?,
                "--seeds" => options.seeds = number()?,
                "--profile-mutants" => options.profile_mutants = number()?,
                "--profile" => options.profile = value,
                "--seed" => options.seed = number()? as u64,
                "--keep" => options.keep = value.into(),
                "--shrink" => options.shrunk = number()?,
                "--python" => options.python = value.into(),
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.parts.iter().all(|part| PARTS.contains(&part.as_str())) {
            Ok(options)
        } else {
            Err(USAGE.into())
        }
    }
}
