//! Our XML reader against libxml2: real documents, and the same with a few bytes changed, must have the same verdict.
//!
//! Needs `xmllint`; without it, nothing is compared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use chartrier::model::Limits;
use chartrier::seda::xml::{Halt, Token, Xml};

use crate::corpus_folder;

/// What we refuse of set purpose, well-formed or not: libxml2 is told of no such rule.
const OURS: &[&str] = &[
    "xml.doctype",
    "xml.xinclude",
    "xml.depth",
    "xml.attributes",
    "xml.names",
    "xml.text_length",
    "xml.size",
];

/// What libxml2 complains of and XML does not: the form of a namespace, and of `xml:id`.
const THEIRS: &[&str] = &["is not a valid URI", "validity error"];

/// A bit of everything, to be mutated.
const MIXED: &[&[u8]] = &[
    b"<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- a - b --><?p i?><a xmlns='urn:a' xmlns:p=\"urn:p\"\n x = 'e&lt;&#10;\t\"'\n\
      p:x=\"'>\">un<p:b/><b xmlns=''\t>&#x41;<![CDATA[<&]>]]]>&amp;<!--c-->z</b\n><p:a p:e='1' e='2' xml:id='i'/><?q?></a >\n",
    b"<a b='1' c='2' xmlns:x='u' xmlns:y='u' x:d='&#65;' y:e=''><x:c/>t &amp; u]] ><![CDATA[x]]></a>",
];

/// What is put in, or in the place of something.
const PIECES: &[&str] = &[
    "<",
    ">",
    "&",
    "\"",
    "'",
    "/",
    "=",
    " ",
    "-",
    "--",
    "?",
    "!",
    "]",
    "]]>",
    ":",
    ";",
    "#",
    "xmlns",
    "xmlns:",
    "xml",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<![CDATA[",
    "&#",
    "&#x",
    "&amp;",
    "\n",
    "\t",
    "\r",
    "\0",
    "\u{1}",
    "\u{ffff}",
    "\u{feff}",
    "a",
    "1",
    ".",
    "</",
    "/>",
    "é",
    "\u{301}",
    "←",
    "x=\"1\"",
    " id=\"1\"",
];

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn our_verdict(document: &[u8]) -> Option<&'static str> {
    let read = || {
        let mut xml = Xml::new(document, &Limits::default())?;
        while xml.advance()? != Token::Over {}
        Ok(())
    };
    match read() {
        Ok(()) => None,
        Err(Halt::Refused(finding)) => Some(finding.kind.code),
        Err(Halt::Failed(error)) => panic!("{error}"),
    }
}

/// What `xmllint` first says against each file.
fn their_verdicts(files: &[PathBuf]) -> HashMap<PathBuf, String> {
    let mut said = HashMap::new();
    for files in files.chunks(300) {
        let run = Command::new("xmllint")
            .args(["--noout", "--nonet", "--huge"])
            .args(files)
            .output()
            .expect("xmllint");
        for line in String::from_utf8_lossy(&run.stderr).lines() {
            let Some((place, complaint)) = line.split_once(": ") else { continue };
            if let Some((path, number)) = place.rsplit_once(':')
                && number.parse::<u64>().is_ok()
                && complaint.contains("error :")
                && !THEIRS.iter().any(|theirs| complaint.contains(theirs))
            {
                said.entry(PathBuf::from(path)).or_insert_with(|| complaint.to_owned());
            }
        }
    }
    said
}

fn has_xmllint() -> bool {
    let is_there = Command::new("xmllint").arg("--version").output().is_ok_and(|run| run.status.success());
    if !is_there {
        println!("ignoré : xmllint n'est pas installé (libxml2-utils)");
    }
    is_there
}

/// How many differ, and the first of them.
fn compare(files: &[PathBuf]) {
    let theirs = their_verdicts(files);
    let mut differing = Vec::new();
    for path in files {
        let ours = our_verdict(&std::fs::read(path).expect("a document"));
        let is_known = ours.is_some_and(|code| OURS.contains(&code))
            // The hostile documents of the corpus hold one whose encoding libxml2 reads.
            || path.file_name().is_some_and(|name| name == "utf7-label.xml");
        if !is_known && ours.is_some() != theirs.contains_key(path) {
            differing.push(format!("{} : {ours:?}, {:?}", path.display(), theirs.get(path)));
        }
    }
    println!("{} documents, {} refusés par libxml2", files.len(), theirs.len());
    assert!(
        differing.is_empty(),
        "{} :\n{}",
        differing.len(),
        differing[..differing.len().min(20)].join("\n")
    );
}

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let is_small = entry.metadata().is_ok_and(|metadata| metadata.len() < 300_000);
        if path.is_dir() {
            documents(&path, found);
        } else if is_small && path.extension().is_some_and(|ext| ext == "xml" || ext == "rng" || ext == "xsd")
        {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn documents_of_the_corpus_have_the_verdict_of_libxml2() {
    let Some(corpus) = corpus_folder().filter(|_| has_xmllint()) else { return };
    let mut found = Vec::new();
    documents(&corpus, &mut found);
    compare(&found);
}

#[test]
fn documents_with_a_few_bytes_changed_have_the_verdict_of_libxml2() {
    if !has_xmllint() {
        return;
    }
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let mut sources: Vec<Vec<u8>> = MIXED.iter().map(|document| document.to_vec()).collect();
    if let Some(corpus) = corpus_folder() {
        let mut found = Vec::new();
        documents(&corpus.join("fixtures"), &mut found);
        let small =
            found.iter().map(|path| std::fs::read(path).expect("a document")).filter(|d| d.len() < 3_000);
        sources.extend(small);
    }
    let mut dice = Dice(20_261_124);
    let mut files = Vec::new();
    for number in 0..2_000 {
        let of = if number % 2 == 0 { MIXED.len() } else { sources.len() };
        let mut document = sources[dice.below(of)].clone();
        for _ in 0..=dice.below(2) {
            mutate(&mut document, &mut dice);
        }
        let path = scratch.path().join(format!("{number}.xml"));
        std::fs::write(&path, &document).expect("written");
        files.push(path);
    }
    compare(&files);
}

/// One change: something put in, taken out, replaced, repeated, or the end cut off; most often near a mark of XML.
fn mutate(document: &mut Vec<u8>, dice: &mut Dice) {
    let marks: Vec<usize> =
        (0..document.len()).filter(|&at| b"<>&\"'/=-?!]:;#[".contains(&document[at])).collect();
    let at = match marks.get(dice.below(marks.len() * 5 / 4)) {
        Some(&mark) => (mark + dice.below(2)).min(document.len()),
        None => dice.below(document.len() + 1),
    };
    let piece = PIECES[dice.below(PIECES.len())].bytes();
    let some = document.len().min(at + 1 + dice.below(6));
    match dice.below(11) {
        0..=2 => drop(document.splice(at..at, piece)),
        3 | 4 => drop(document.drain(at..some)),
        5..=7 => drop(document.splice(at..some.min(at + 1), piece)),
        8 | 9 => {
            let repeated = document[at..document.len().min(some + 20)].to_vec();
            drop(document.splice(at..at, repeated));
        }
        _ => document.truncate(at),
    }
}
