//! (d) Archive profiles: our verdict is Jing's, on messages as they are, on documents made for the profile, on mutants of both.
//!
//! Never only on messages: almost all are invalid for almost every profile, at once and for many reasons.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::contest::{Case, Contest};
use crate::corpus::{Corpus, VERSIONS, Version};
use crate::dom::{self, Element};
use crate::faults::JING;
use crate::instance::Writer;
use crate::options::Options;
use crate::pool::Pool;
use crate::random::Random;
use crate::reference::Reference;
use crate::reference::jing::Jing;
use crate::tally::Tally;
use crate::{mutants, ours, report};

/// Documents made for each profile.
const INSTANCES: usize = 120;
/// Messages of the profile's version, mutated too.
const MESSAGE_SEEDS: usize = 12;
/// Larger messages are judged as they are, not mutated.
const SEED_SIZE_MAX: usize = 150;
/// Messages judged as they are, of each profile.
const ORIGINALS: usize = 60;
/// Profiles promised.
const LEAST: usize = 40;

/// Compares every profile; returns how many verdicts differ without a reason.
pub fn run(corpus: &Corpus, options: &Options) -> io::Result<usize> {
    println!("\n(d) Profils d'archives, face à Jing ; graine du hasard : {}", options.seed);
    let documents = corpus.documents()?;
    let (mut compared, mut total, mut unexplained) = (0, Tally::default(), 0);
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for path in corpus.profiles()? {
        let name = path.strip_prefix(&corpus.root).unwrap_or(&path).display().to_string();
        if !name.contains(&options.profile) {
            continue;
        }
        let jing = Jing { schema: path.clone() };
        match (ours::compile(&path), compiles(&jing)?) {
            (Ok(profile), true) => {
                let tally = of_profile(&name, &path, &profile, &jing, &documents, options)?;
                compared += 1;
                unexplained += tally.unexplained();
                total.merge(tally);
            }
            (Ok(_), false) => drop(refused.insert(name, "nous le compilons, Jing le refuse".into())),
            (Err(reason), true) => {
                unexplained += 1;
                refused.insert(name, format!("Jing le compile, nous le refusons : {reason}"));
            }
            (Err(reason), false) => drop(refused.insert(name, format!("refusé par les deux : {reason}"))),
        }
    }
    println!("  {compared} profils comparés");
    report::line("tous", &total);
    report::kinds(&total);
    refused.iter().for_each(|(name, reason)| println!("     {name} : {reason}"));
    if compared < LEAST && options.profile.is_empty() {
        return Err(io::Error::other(format!("{compared} profils comparés, il en faut {LEAST}")));
    }
    Ok(unexplained)
}

/// Whether Jing takes the schema itself.
fn compiles(jing: &Jing) -> io::Result<bool> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("0.xml"), "<x/>")?;
    Ok(jing.opinions(folder.path(), &["0.xml".to_owned()]).is_ok())
}

fn of_profile(
    name: &str,
    path: &Path,
    profile: &ours::Profile,
    jing: &Jing,
    documents: &[crate::corpus::Document],
    options: &Options,
) -> io::Result<Tally> {
    let text = std::fs::read_to_string(path)?;
    let version = VERSIONS.iter().find(|version| text.contains(version.namespace));
    let judge = |bytes: &[u8]| ours::profile(profile, bytes);
    let contest = Contest { about: name, reference: jing, ours: &judge, faults: JING };
    let folder = tempfile::tempdir()?;
    // As they are: messages of the version that are well-formed, which Jing cannot go on without.
    let of_version = |document: &&crate::corpus::Document| {
        version.is_some() && document.version().map(|v| v.name) == version.map(|v| v.name)
    };
    let mut originals: Vec<(&crate::corpus::Document, Element)> =
        documents.iter().filter(of_version).filter_map(|d| Some((d, dom::parse(&d.bytes)?))).collect();
    let mut random = Random::new(options.seed, name, 1);
    while originals.len() > ORIGINALS {
        originals.swap_remove(random.below(originals.len()));
    }
    let cases = originals.iter().map(|(document, _)| Case {
        bytes: document.bytes.clone(),
        story: document.name.clone(),
        kind: "messages tels quels",
    });
    let mut cases: Vec<Case> = cases.collect();
    // Made for it. Jing's word on them comes with the others'; where we differ is shown.
    let mut valid = instances(&text, name, options.seed);
    cases.extend(valid.iter().map(|(story, root)| Case {
        bytes: crate::written::bytes(root),
        story: story.clone(),
        kind: "faits pour le profil",
    }));
    let mut tally = contest.judge(folder.path(), cases)?;
    let first = valid.first().map(|(_, root)| ours::profile(profile, &crate::written::bytes(root)).findings);
    valid.retain(|(_, root)| ours::profile(profile, &crate::written::bytes(root)).valid);
    let made_valid = valid.len();
    let small = originals.into_iter().filter(|(_, root)| root.size() <= SEED_SIZE_MAX).take(MESSAGE_SEEDS);
    valid.extend(small.map(|(document, root)| (document.name.clone(), root)));
    let pool = Pool::new(version.map_or("", |version: &Version| version.namespace), valid);
    tally.merge(mutants::hunt(&contest, &pool, options.seed, options.profile_mutants)?);
    println!("  {name} : {made_valid} faits pour lui et valides");
    if let (0, Some(findings)) = (made_valid, first) {
        println!("       aucun ne l'est : {}", findings.into_iter().take(2).collect::<Vec<_>>().join(" ; "));
    }
    report::line("", &tally);
    report::differences("profil", &contest, None, options, &tally)?;
    Ok(tally)
}

fn instances(schema: &str, name: &str, seed: u64) -> Vec<(String, Element)> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let Ok(document) =
        roxmltree::Document::parse_with_options(schema.trim_start_matches('\u{feff}'), options)
    else {
        return Vec::new();
    };
    let Some(mut writer) = Writer::new(&document, Random::new(seed, name, 0)) else { return Vec::new() };
    (0..INSTANCES)
        .filter_map(|number| Some((format!("fait pour le profil, {number}"), writer.document()?)))
        .collect()
}
