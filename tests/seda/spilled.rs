//! A description kept on disk is the one kept in memory: units, objects, tree, references and findings alike.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use chartrier::ingest::validate::validate_bare;
use chartrier::model::Limits;
use chartrier::seda::{Manifest, Options, Scratch};

use crate::corpus_folder;

/// Everything that can be asked of a description, as a text.
fn whole(manifest: &Manifest) -> io::Result<String> {
    let mut text = format!("{:?}\n{:?}\n", manifest.heading, manifest.tree);
    fn add<T: std::fmt::Debug>(
        text: &mut String,
        all: impl Iterator<Item = io::Result<T>>,
    ) -> io::Result<()> {
        for one in all {
            writeln!(text, "{:?}", one?).expect("memory");
        }
        Ok(())
    }
    add(&mut text, manifest.units())?;
    add(
        &mut text,
        manifest.binary_objects().zip(manifest.binary_groups()).map(|(object, group)| Ok((object?, group?))),
    )?;
    add(&mut text, manifest.physical_objects())?;
    add(&mut text, manifest.physical_groups())?;
    add(&mut text, manifest.object_groups())?;
    add(&mut text, manifest.links())?;
    add(&mut text, manifest.link_targets())?;
    add(&mut text, manifest.edges().map(|edge| manifest.unit_reference(edge?)))?;
    add(&mut text, manifest.edges())?;
    add(&mut text, manifest.references())?;
    add(&mut text, manifest.reference_targets())?;
    add(&mut text, manifest.repeated().map(|repeat| manifest.identifier(repeat?.named)))?;
    add(&mut text, (0..manifest.unit_count() as u32).map(|number| manifest.unit(number)))?;
    Ok(text)
}

fn read(path: &Path, scratch: &Scratch) -> String {
    let reader = BufReader::new(File::open(path).expect("a message"));
    let reading = validate_bare(reader, &Limits::default(), scratch, Options::default()).expect("read");
    let manifest = reading.manifest.as_ref().map(|manifest| whole(manifest).expect("read again"));
    format!("{:?}\n{}", reading.findings, manifest.unwrap_or_default())
}

fn messages(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            messages(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "xml")
            && entry.metadata().is_ok_and(|metadata| metadata.len() < 1 << 20)
        {
            into.push(path);
        }
    }
}

#[test]
fn a_description_on_disk_is_the_one_in_memory() {
    let mut paths = Vec::new();
    messages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seda"), &mut paths);
    if let Some(corpus) = corpus_folder() {
        ["messages", "own-messages"].iter().for_each(|folder| messages(&corpus.join(folder), &mut paths));
    }
    let spilling = Scratch::new(tempfile::tempfile).keeping(64);
    for path in &paths {
        assert!(read(path, &Scratch::memory()) == read(path, &spilling), "{}", path.display());
    }
    println!("{} bordereaux lus deux fois", paths.len());
}

#[test]
fn a_scratch_that_fails_is_a_failure_and_no_finding() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seda/refused/unit.dates/manifest.xml");
    let failing = Scratch::new(|| Err(io::ErrorKind::StorageFull.into())).keeping(64);
    let reader = BufReader::new(File::open(path).expect("a message"));
    assert!(validate_bare(reader, &Limits::default(), &failing, Options::default()).is_err());
}
