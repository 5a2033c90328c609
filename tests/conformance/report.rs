//! What people read: a line a contest, the known faults with the arbiter's word, and each difference with its document.
//!
//! Never hides a difference: each signature is shown, the first ones shrunk, their documents kept.

use std::io;

use crate::contest::Contest;
use crate::corpus::{Corpus, Version};
use crate::faults::{JING, LIBXML2};
use crate::minimise;
use crate::options::Options;
use crate::reference::{Opinion, Reference};
use crate::tally::{Difference, Tally};

/// Documents, how many are valid, what is explained and what is not.
pub fn line(about: &str, tally: &Tally) {
    let explained = tally.known();
    let percent = 100 * tally.valid / tally.documents.max(1);
    println!(
        "  {about:4} {:7} documents, {:6} valides ({percent} %), {:6} d'accord, {explained:4} différences connues, {} sans raison",
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
        .map(|(kind, (documents, valid))| {
            format!("{kind} {documents} ({} %)", 100 * valid / documents.max(&1))
        })
        .collect();
    println!("       {}", kinds.join(" · "));
}

/// What known faults explain, and whether the arbiter sides with us on a sample; returns how often it does not.
pub fn explained(corpus: &Corpus, version: &Version, options: &Options, tally: &Tally) -> io::Result<usize> {
    let mut against = 0;
    for (name, (times, samples)) in &tally.explained {
        let Some(fault) = LIBXML2.iter().find(|fault| fault.name == *name) else { continue };
        let mut word = "hors de la vue de l'arbitre".to_owned();
        if fault.is_arbitrated {
            let documents: Vec<&[u8]> = samples.iter().map(|sample| &*sample.bytes).collect();
            let opinions = arbitrate(corpus, version, options, &documents)?;
            let with_us =
                samples.iter().zip(&opinions).filter(|(sample, o)| sample.ours.valid == o.valid).count();
            word = format!("arbitre avec nous sur {with_us} de {}", samples.len());
            against += samples.len() - with_us;
            for (number, (sample, _)) in
                samples.iter().zip(&opinions).filter(|(sample, o)| sample.ours.valid != o.valid).enumerate()
            {
                println!(
                    "       ✗ arbitre contre nous : {}",
                    keep(options, name, version.name, number, &sample.bytes)?
                );
            }
        }
        println!("       connue : « {name} » : {times} ({word})");
    }
    Ok(against)
}

/// What both found valid though identifiers were touched: libxml2 does not follow references, the arbiter does.
pub fn agreed(corpus: &Corpus, version: &Version, options: &Options, tally: &Tally) -> io::Result<usize> {
    let documents: Vec<&[u8]> = tally.agreed.iter().map(Vec::as_slice).collect();
    let opinions = arbitrate(corpus, version, options, &documents)?;
    let mut missed = 0;
    for (bytes, opinion) in tally.agreed.iter().zip(&opinions).filter(|(_, opinion)| !opinion.valid) {
        missed += 1;
        let path = keep(options, "arbitre", version.name, missed, bytes)?;
        println!("       l'arbitre refuse ce que nous acceptons : {} {path}", opinion.complaints.join(" ; "));
    }
    println!(
        "       identifiants et références : {} mutants valides soumis à l'arbitre, {missed} qu'il refuse",
        opinions.len()
    );
    Ok(missed)
}

fn arbitrate(
    corpus: &Corpus,
    version: &Version,
    options: &Options,
    documents: &[&[u8]],
) -> io::Result<Vec<Opinion>> {
    let folder = tempfile::tempdir()?;
    let names: Vec<String> = (0..documents.len()).map(|at| format!("{at}.xml")).collect();
    for (name, bytes) in names.iter().zip(documents) {
        std::fs::write(folder.path().join(name), bytes)?;
    }
    corpus.arbiter(version, &options.python).opinions(folder.path(), &names)
}

/// Every fault of the references that is known, and why it is one.
pub fn faults() {
    println!("\nDifférences connues : fautes des références, et ce que nous refusons exprès");
    for fault in LIBXML2.iter().chain(JING) {
        println!("  {} : {}", fault.name, fault.reason);
    }
}

/// Each signature of difference, shrunk, with its document.
pub fn differences(
    part: &str,
    contest: &Contest,
    arbiter: Option<&dyn Reference>,
    options: &Options,
    tally: &Tally,
) -> io::Result<()> {
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
        println!(
            "         {} : {}",
            contest.reference.name(),
            said(shrunk.reference.valid, &shrunk.reference.complaints)
        );
        if let Some(arbiter) = arbiter {
            std::fs::write(folder.path().join("0.xml"), &shrunk.bytes)?;
            for opinion in arbiter.opinions(folder.path(), &["0.xml".to_owned()])? {
                println!("         arbitre : {}", said(opinion.valid, &opinion.complaints));
            }
        }
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
    let about: String =
        about.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let path = options.keep.join(format!("{part}-{about}-{number:03}.xml"));
    std::fs::write(&path, bytes)?;
    Ok(path.display().to_string())
}
