//! The RELAX NG compiler against its official suite, against real profiles, and against what is made to break it.
//!
//! The suite and the profiles are the corpus' own, tried where they are. Documents are judged by a matcher written for the
//! tests alone (`naive`), which shares nothing with the engine's but the grammar.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chartrier::model::{self, Finding};
use chartrier::seda::relaxng::{Bundle, Limits, Profile, compile};
use chartrier::seda::{pass, profile_text};

use crate::corpus_folder;

mod hostile;
mod naive;

/// A profile, the files beside it as its bundle.
fn compile_in_place(schema: &Path) -> Result<Profile, Vec<Finding>> {
    let folder = schema.parent().expect("a folder");
    let mut bundle = Bundle::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(here).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
                bundle.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    compile(&fs::read(schema).expect("a schema"), &bundle, &Limits::default())
}

fn told(findings: &[Finding]) -> String {
    let told = findings.iter().map(|f| format!("{} {:?} {}", f.kind.code, f.line.unwrap_or(0), f.message));
    told.collect::<Vec<_>>().join(" ; ")
}

/// Files of the suite, in order.
fn suite() -> Option<Vec<PathBuf>> {
    let folder = corpus_folder()?.join("fixtures/relaxng-spectest");
    let mut files: Vec<PathBuf> = (fs::read_dir(folder).expect("the suite").flatten())
        .filter(|case| case.path().is_dir())
        .flat_map(|case| fs::read_dir(case.path()).expect("a case").flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    Some(files)
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn every_schema_of_the_official_suite_is_judged_as_it_says() {
    let Some(files) = suite() else { return };
    let (mut wrong, mut counted) = (Vec::new(), BTreeMap::<String, usize>::new());
    for schema in files.iter().filter(|path| name(path).starts_with("schema")) {
        let is_correct = name(schema) == "schema.rng";
        match compile_in_place(schema) {
            Ok(_) if !is_correct => wrong.push(format!("{}: compiles", schema.display())),
            Err(findings) if is_correct => wrong.push(format!("{}: {}", schema.display(), told(&findings))),
            Ok(_) => *counted.entry("compiles".to_owned()).or_default() += 1,
            Err(findings) => {
                println!("{}: {}", schema.display(), told(&findings));
                *counted.entry(findings[0].kind.code.to_owned()).or_default() += 1;
            }
        }
    }
    println!("{counted:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_document_of_the_official_suite_is_judged_as_it_says() {
    let Some(files) = suite() else { return };
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for schema in files.iter().filter(|path| name(path) == "schema.rng") {
        let Ok(profile) = compile_in_place(schema) else {
            wrong.push(format!("{}: refused", schema.display()));
            continue;
        };
        for document in files.iter().filter(|path| path.parent() == schema.parent()) {
            let expected = match name(document) {
                name if name.starts_with("valid") => true,
                name if name.starts_with("invalid") => false,
                _ => continue,
            };
            tried += 1;
            let text = fs::read_to_string(document).expect("a document");
            if naive::is_valid(&profile.grammar, &text) != expected {
                wrong.push(format!("{}: should be {expected}", document.display()));
            }
            let found = pass::check_profile(text.as_bytes(), &profile.grammar, &model::Limits::default())
                .expect("in memory");
            if found.is_empty() != expected {
                wrong.push(format!(
                    "{}: the engine, should be {expected}: {}",
                    document.display(),
                    told(&found)
                ));
            }
        }
    }
    println!("{tried} documents");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The profiles of the corpus, those of flows included.
fn profiles() -> Option<Vec<PathBuf>> {
    let corpus = corpus_folder()?;
    let manifest = fs::read_to_string(corpus.join("profiles/MANIFEST.tsv")).expect("a manifest");
    let mut profiles: Vec<PathBuf> = manifest
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| cells.get(2) == Some(&"rng"))
        // What the reference refuses of them is DTD compatibility (« conflicting ID-types »): identifiers are the
        // schema's affair here, and without that check the reference compiles every one of them.
        .map(|cells| corpus.join("profiles").join(cells[0]))
        .collect();
    let flows = fs::read_dir(corpus.join("flows/profiles")).expect("profiles").flatten();
    profiles.extend(flows.map(|entry| entry.path()).filter(|path| name(path).ends_with(".rng")));
    Some(profiles)
}

#[test]
fn every_profile_of_the_corpus_compiles_and_is_told() {
    let Some(profiles) = profiles() else { return };
    let (mut wrong, mut most) = (Vec::new(), 0);
    for path in &profiles {
        let profile = match compile(&fs::read(path).expect("a profile"), &Bundle::new(), &Limits::default()) {
            Ok(profile) => profile,
            Err(findings) => {
                wrong.push(format!("{}: {}", path.display(), told(&findings)));
                continue;
            }
        };
        let lines = profile_text::explain(&profile);
        most = most.max(lines.len());
        if lines.len() < 3
            || lines[0].depth != 0
            || lines.windows(2).any(|two| two[1].depth > two[0].depth + 1)
        {
            wrong.push(format!("{}: {} lines", path.display(), lines.len()));
        }
    }
    println!("{} profiles, {most} lines at most", profiles.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
