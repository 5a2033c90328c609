//! Manifests of the corpus against the verdict of the official schema, and one-defect messages against their defect.

use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use chartrier::ingest::validate::validate_bare;
use chartrier::model::Limits;
use chartrier::seda::{Options, Scratch};

use crate::corpus_folder;

/// Every transfer the official schema accepts passes our schema check, and those it refuses do not.
#[test]
fn our_schema_check_agrees_with_the_official_schema() {
    let Some(corpus) = corpus_folder() else { return };
    let (mut agreed, mut false_refusals, mut missed) = (0, Vec::new(), Vec::new());
    for folder in ["messages", "own-messages"] {
        let rows = std::fs::read_to_string(corpus.join(folder).join("MANIFEST.tsv")).expect("a manifest");
        for row in rows.lines().skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            let [file, version, message, valid, ..] = cells[..] else { continue };
            if message != "ArchiveTransfer" || !version.starts_with("2.") || !matches!(valid, "yes" | "no") {
                continue;
            }
            let reader = BufReader::new(File::open(corpus.join(folder).join(file)).expect("a message"));
            let reading =
                validate_bare(reader, &Limits::default(), &Scratch::memory(), any_message()).expect("read");
            // Duplicate identifiers are the schema's business (xs:ID) and our references'.
            let is_schema = |code: &str| {
                code.starts_with("schema.") || code.starts_with("xml.") || code == "reference.duplicate_id"
            };
            let faults: Vec<_> =
                reading.findings.iter().filter(|f| is_schema(f.kind.code) && f.is_error()).collect();
            match (valid == "yes", faults.is_empty()) {
                (true, true) | (false, false) => agreed += 1,
                (true, false) => {
                    false_refusals.push(format!("{file} : {:?} {}", faults[0].line, faults[0].message));
                }
                (false, true) => {
                    missed.push(format!("{file} : {}", cells.last().copied().unwrap_or_default()));
                }
            }
        }
    }
    println!("d'accord avec le schéma officiel : {agreed} ; refusés à tort : {}", false_refusals.len());
    println!("non vus ({}) :\n{}", missed.len(), missed.join("\n"));
    assert!(false_refusals.is_empty(), "\n{}", false_refusals.join("\n"));
}

/// What each one-defect message must be found to have; an empty code: nothing that refuses it.
const DEFECTS: &[(&str, &str)] = &[
    ("appraisal_no_rule", ""),
    ("au_ref_to_bdo", "reference.wrong_kind"),
    ("cycle2", "reference.cycle"),
    ("dangling_au", "reference.unknown"),
    ("dangling_bdo", "reference.unknown"),
    ("dates_rev", "unit.dates"),
    ("digest_garbage", "schema.invalid_value"),
    ("digest_len", "object.digest_form"),
    ("dup_au_au", "reference.duplicate_id"),
    ("dup_au_bdo", "reference.duplicate_id"),
    ("dup_group", "reference.duplicate_id"),
    ("dup_uri", "object.duplicate_uri"),
    ("empty_bdo", "object.no_content"),
    ("extref", "xml.doctype"),
    ("group_ref_to_bdo", "reference.wrong_kind"),
    ("msgid_empty", "header.identifier_empty"),
    ("nodigest_uri", "schema.missing_element"),
    ("orphan_bdo", "reference.orphan_object"),
    ("path_traversal", "object.uri"),
    ("prevent_and_ref", "schema.unexpected_element"),
    ("ref_and_group_mix", "reference.orphan_group"),
    ("refid_title", "schema.unexpected_element"),
    ("self_cycle", "reference.self"),
    ("size0", "schema.invalid_value"),
    ("start_before_1", ""),
    ("startdate_without_rule", "schema.unexpected_element"),
    ("two_start_rule", ""),
    ("wrong_type_ref", "reference.wrong_kind"),
];

#[test]
fn each_defect_is_found_where_it_is() {
    let Some(corpus) = corpus_folder() else { return };
    let mut wrong = Vec::new();
    for (name, code) in DEFECTS {
        let path = corpus.join(format!("own-messages/semantic-2.1/{name}.xml"));
        let reading = validate_bare(
            BufReader::new(File::open(path).expect("a message")),
            &Limits::default(),
            &Scratch::memory(),
            any_message(),
        )
        .expect("read");
        let errors: Vec<&str> =
            reading.findings.iter().filter(|f| f.is_error()).map(|f| f.kind.code).collect();
        if (code.is_empty() && !errors.is_empty()) || (!code.is_empty() && !errors.contains(code)) {
            wrong.push(format!("{name}: {code} expected, {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What each hostile document must be refused for.
const ATTACKS: &[(&str, &str)] = &[
    ("attr-hash-same-prefix", "xml."),
    ("attrs-100000", "xml.attributes"),
    ("billion-laughs", "xml.doctype"),
    ("charref-illegal", "xml.character"),
    ("depth-100000", "xml.depth"),
    ("doctype-only", "xml.doctype"),
    ("dup-attr", "xml.duplicate_attribute"),
    ("external-dtd", "xml.doctype"),
    ("invalid-utf8", "xml.encoding"),
    ("nul-and-c0", "xml.character"),
    ("param-entity-bomb", "xml.doctype"),
    ("quadratic-blowup", "xml.doctype"),
    ("recursive-entity", "xml.doctype"),
    ("two-roots", "xml.several_roots"),
    ("unclosed", "xml.unclosed"),
    ("utf16-doctype", "xml.doctype"),
    ("utf7-label", "xml.encoding"),
    ("xinclude-file", "xml.xinclude"),
    ("xxe-file", "xml.doctype"),
    ("xxe-http", "xml.doctype"),
    ("xxe-oob-param", "xml.doctype"),
];

#[test]
fn every_hostile_document_is_refused_at_once() {
    let Some(corpus) = corpus_folder() else { return };
    let folder = corpus.join("fixtures/attack-generated/files/xml");
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the corpus").flatten() {
        let name = entry.file_name().to_string_lossy().replace(".xml", "");
        let started = Instant::now();
        let reader = BufReader::new(File::open(entry.path()).expect("a document"));
        let reading =
            validate_bare(reader, &Limits::default(), &Scratch::memory(), any_message()).expect("read");
        let codes: Vec<&str> =
            reading.findings.iter().filter(|f| f.is_error()).map(|f| f.kind.code).collect();
        println!("{name}: {:?} {codes:?}", started.elapsed());
        let expected = ATTACKS.iter().find(|(attack, _)| *attack == name).map_or("", |(_, code)| code);
        if started.elapsed().as_millis() > 1000 || !codes.iter().any(|code| code.starts_with(expected)) {
            wrong.push(format!("{name}: {expected} expected, {codes:?} in {:?}", started.elapsed()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every message of the standard is welcome, as on the command line.
fn any_message() -> Options<'static> {
    Options { any_message: true, ..Options::default() }
}
