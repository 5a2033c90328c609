//! What people read: a line a contest, the known faults with the arbiter's word, and each difference with its document.
//!
//! Never hides a difference: each signature is shown, the first ones shrunk, their documents kept.

use std::io;

use crate::contest::{Contest, Difference, Tally};
use crate::corpus::{Corpus, Version};
use crate::faults::LIBXML2;
use crate::minimise;
use crate::options::Options;
use crate::reference::Reference;

/// Documents, how many are valid, what is explained and what is not.
pub fn line(about: &str, tally: &Tally) {
    let explained: usize = tally.explained.values().map(|(times, _)| times).sum();
    let percent = 100 * tally.valid / tally.documents.max(1);
    println!(
        "  {about:4} {:7} documents, {:6} valides ({percent} %), {:6} d'accord, {explained:4} fautes connues de la référence, {} différences",
        tally.documents,
        tally.valid,
        tally.documents - explained - tally.unexplained(),
        tally.unexplained()
    );
}

/// Each kind of change: how many mutants, how many of them valid.
pub fn kinds(tally: &Tally) {
    let kinds: Vec<String> = tally
        .kinds
        .iter()
        .map(|(kind, (documents, valid))| format!("{kind} {documents} ({} %)", 100 * valid / documents.max(&1)))
        .collect();
    println!("       {}", kinds.join(" · "));
}

/// What known faults explain, and whether the arbiter sides with us on a sample.
pub fn explained(corpus: &Corpus, version: &Version, options: &Options, tally: &Tally) -> io::Result<()> {
    for (name, (times, samples)) in &tally.explained {
        let Some(fault) = LIBXML2.iter().find(|fault| fault.name == *name) else { continue };
        let arbitrated = if fault.beyond_arbiter {
            "non arbitré".to_owned()
        } else {
            let valid = arbitrate(corpus, version, options, samples)?.iter().filter(|opinion| opinion.valid).count();
            // libxml2 found them valid or not; the arbiter must say otherwise.
            format!("arbitre sur {} : {valid} valides", samples.len())
        };
        println!("       faute connue « {name} » : {times} ({arbitrated}). {}", fault.reason);
    }
    Ok(())
}

/// What both found valid though identifiers were touched: libxml2 does not follow references, the arbiter does.
pub fn agreed(corpus: &Corpus, version: &Version, options: &Options, tally: &Tally) -> io::Result<usize> {
    let opinions = arbitrate(corpus, version, options, &tally.agreed)?;
    let mut missed = 0;
    for (bytes, opinion) in tally.agreed.iter().zip(&opinions).filter(|(_, opinion)| !opinion.valid) {
        missed += 1;
        let path = keep(options, "arbitre", version.name, missed, bytes)?;
        println!("       l'arbitre refuse ce que nous acceptons : {} {path}", opinion.complaints.join(" ; "));
    }
    println!("       identifiants et références : {} mutants valides soumis à l'arbitre, {missed} qu'il refuse", opinions.len());
    Ok(missed)
}

fn arbitrate(
    corpus: &Corpus,
    version: &Version,
    options: &Options,
    documents: &[Vec<u8>],
) -> io::Result<Vec<crate::reference::Opinion>> {
    let folder = tempfile::tempdir()?;
    let names: Vec<String> = (0..documents.len()).map(|at| format!("{at}.xml")).collect();
    for (name, bytes) in names.iter().zip(documents) {
        std::fs::write(folder.path().join(name), bytes)?;
    }
    corpus.arbiter(version, &options.python).opinions(folder.path(), &names)
}

/// Each signature of difference, shrunk, with its document.
pub fn differences(part: &str, contest: &Contest, options: &Options, tally: &Tally) -> io::Result<()> {
    let mut sorted: Vec<(&String, &Difference)> = tally.differences.iter().collect();
    sorted.sort_by_key(|(_, difference)| std::cmp::Reverse(difference.times));
    let folder = tempfile::tempdir()?;
    for (number, (signature, difference)) in sorted.into_iter().enumerate() {
        let shrunk = if number < options.shrunk {
            minimise::minimise(contest, folder.path(), difference)?
        } else {
            difference.clone()
        };
        let path = keep(options, part, contest.about, number, &shrunk.bytes)?;
        println!("     ✗ {} fois, {signature}", difference.times);
        println!("         d'où : {}", difference.story);
        println!("         nous : {}", said(shrunk.ours.valid, &shrunk.ours.findings));
        println!("         {} : {}", contest.reference.name(), said(shrunk.reference.valid, &shrunk.reference.complaints));
        println!("         gardé : {path}");
    }
    Ok(())
}

fn said(valid: bool, complaints: &[String]) -> String {
    if valid {
        return "valide".to_owned();
    }
    let shown: Vec<String> = complaints.iter().take(2).map(|said| said.chars().take(300).collect()).collect();
    format!("invalide, {}", shown.join(" ; "))
}

fn keep(options: &Options, part: &str, about: &str, number: usize, bytes: &[u8]) -> io::Result<String> {
    std::fs::create_dir_all(&options.keep)?;
    let about: String = about.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let path = options.keep.join(format!("{part}-{about}-{number:03}.xml"));
    std::fs::write(&path, bytes)?;
    Ok(path.display().to_string())
}
