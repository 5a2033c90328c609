//! `make conformance`: our verdicts beside those of the official schemas, of libxml2, of Jing and of the RELAX NG suite.
//!
//! Never part of `make test`: it needs the corpus and other people's programs, and takes minutes. Fails when one verdict
//! differs without a reason of `faults.rs`.

mod contest;
mod corpus;
mod dom;
mod faults;
mod instance;
mod messages;
mod minimise;
mod mutants;
mod mutate;
mod options;
mod ours;
mod pool;
mod profiles;
mod random;
mod reference;
mod report;
mod seeds;
mod suite;
mod tally;
mod written;

use std::io;
use std::process::ExitCode;

use options::Options;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    let Some(corpus) = corpus::Corpus::find() else {
        println!("ignoré : le corpus n'est pas là (CHARTRIER_CORPUS)");
        return ExitCode::from(2);
    };
    match run(&corpus, &options) {
        Ok(0) => {
            println!("\nConforme : aucune différence sans raison.");
            ExitCode::SUCCESS
        }
        Ok(differences) => {
            println!("\n{differences} différences sans raison ; documents dans {}", options.keep.display());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("échec : {error}");
            ExitCode::from(2)
        }
    }
}

fn run(corpus: &corpus::Corpus, options: &Options) -> io::Result<usize> {
    if options.keep.exists() {
        std::fs::remove_dir_all(&options.keep)?;
    }
    let mut differences = 0;
    for part in &options.parts {
        differences += match part.as_str() {
            "messages" => messages::run(corpus, options)?,
            "mutants" => mutants::run(corpus, options)?,
            "suite" => suite::run(corpus)?,
            _ => profiles::run(corpus, options)?,
        };
    }
    report::faults();
    Ok(differences)
}
