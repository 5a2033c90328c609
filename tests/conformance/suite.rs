//! (c) The official RELAX NG suite: every schema compiles or is refused, every document is valid or not, as it says.
//!
//! Never more lenient than the suite: `schema.rng` is correct, `schemaN.rng` must be refused, whatever the reason given.

use std::io;
use std::path::Path;

use crate::corpus::{Corpus, files};
use crate::ours;

/// Compares; returns how many verdicts are not the suite's.
pub fn run(corpus: &Corpus) -> io::Result<usize> {
    println!("\n(c) Suite officielle RELAX NG");
    let (mut schemas, mut documents, mut wrong) = (0, 0, Vec::new());
    let mut cases: Vec<_> = std::fs::read_dir(corpus.root.join("fixtures/relaxng-spectest"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    cases.sort();
    for case in cases.iter().filter(|path| path.is_dir()) {
        let number = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for path in files(case, &["rng"])?.iter().filter(|path| path.parent() == Some(case)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.starts_with("schema") {
                continue;
            }
            schemas += 1;
            match (name == "schema.rng", ours::compile(path)) {
                (true, Ok(grammar)) => documents += judge(case, &number, &grammar, &mut wrong)?,
                (true, Err(reason)) => wrong.push(format!("{number}/{name} est correct, refusé : {reason}")),
                (false, Ok(_)) => wrong.push(format!("{number}/{name} est incorrect, accepté")),
                (false, Err(_)) => {}
            }
        }
    }
    println!("  {schemas} schémas, {documents} documents, {} verdicts contraires", wrong.len());
    wrong.iter().for_each(|line| println!("     ✗ {line}"));
    Ok(wrong.len())
}

fn judge(case: &Path, number: &str, grammar: &ours::Profile, wrong: &mut Vec<String>) -> io::Result<usize> {
    let documents = files(case, &["xml"])?;
    for path in &documents {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let verdict = ours::profile(grammar, &std::fs::read(path)?);
        let is_valid = name.starts_with("valid");
        if verdict.valid != is_valid {
            let expected = if is_valid { "valide" } else { "invalide" };
            wrong.push(format!("{number}/{name} est {expected} ; nous : {}", verdict.findings.join(" ; ")));
        }
    }
    Ok(documents.len())
}
