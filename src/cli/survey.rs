//! `chartrier survey FILE.json`: the answers of a territory survey, counted; without a database.
//!
//! Never counts what contradicts itself: each such answer is told. Exit codes: 0 counted, 1 answers to mend, 2 not read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use super::check::printable;
use crate::survey::{Analysis, Answer, Part, analyse};

/// `chartrier survey`'s arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Les réponses : une liste de {"n", "deja", "perimetres", "projet", "projets", "interesse"}
    #[arg(value_name = "REPONSES.json")]
    file: PathBuf,
    /// Nombre de collectivités interrogées, s'il est connu : sans lui, aucun taux de réponse n'est donné
    #[arg(long, value_name = "NOMBRE")]
    invited: Option<u64>,
}

/// Largest file, answers, and faults told.
const BYTES_MAX: u64 = 16 << 20;
const ANSWERS_MAX: usize = 50_000;
const FAULTS_MAX: usize = 100;

/// An answer as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    n: u64,
    deja: bool,
    #[serde(default)]
    perimetres: Vec<String>,
    projet: bool,
    #[serde(default)]
    projets: Vec<String>,
    interesse: Option<bool>,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let answers = read(&arguments.file)?;
    match analyse(&answers, arguments.invited) {
        Ok(analysis) => {
            println!("{}", told(&analysis));
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            faults.iter().take(FAULTS_MAX).for_each(|fault| eprintln!("{}", printable(&fault.to_string())));
            Ok(ExitCode::from(1))
        }
    }
}

fn read(path: &Path) -> Result<Vec<Answer>, Failure> {
    let said = |error: std::io::Error| format!("{} : {error}", path.display());
    let mut bytes = Vec::new();
    File::open(path).map_err(said)?.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("{} : dépasse {} Mio", path.display(), BYTES_MAX >> 20).into());
    }
    let written: Vec<Written> = serde_json::from_slice(&bytes).map_err(|error| {
        format!("ligne {}, colonne {} : ce n'est pas une liste de réponses", error.line(), error.column())
    })?;
    if written.len() > ANSWERS_MAX {
        return Err(format!("{ANSWERS_MAX} réponses au plus").into());
    }
    let answer = |of: Written| Answer {
        number: of.n,
        already: of.deja,
        already_in: of.perimetres,
        planned: of.projet,
        planned_in: of.projets,
        interested: of.interesse,
    };
    Ok(written.into_iter().map(answer).collect())
}

fn told(analysis: &Analysis) -> Value {
    let domains: Vec<Value> = analysis
        .domains
        .iter()
        .map(|domain| {
            json!({ "domain": domain.name, "already": part(domain.already), "planned": part(domain.planned),
                    "mentions": domain.mentions() })
        })
        .collect();
    let sum = |of: fn(&crate::survey::Domain) -> u64| analysis.domains.iter().map(of).sum::<u64>();
    json!({
        "answers": analysis.answers,
        "answered": analysis.answered.map(part),
        "already": part(analysis.already),
        "planned": part(analysis.planned),
        "interested": part(analysis.interested),
        "domains": domains,
        "mentions": { "already": sum(|of| of.already.count), "planned": sum(|of| of.planned.count) },
    })
}

/// A count, of whom, and the percentage.
fn part(part: Part) -> Value {
    let percent = part.percent_hundredths().map(|of| format!("{}.{:02}", of / 100, of % 100));
    json!({ "count": part.count, "of": part.of, "percent": percent })
}
