//! `chartrier check` as people and programs see it.

use std::path::{Path, PathBuf};

use chartrier::cli::check::{Arguments, report};

fn fixture(code: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seda/refused").join(code).join(file)
}

fn run(files: Vec<PathBuf>, json: bool) -> (u8, String) {
    let mut out = Vec::new();
    let code = report(
        &Arguments { files, json, profile: None, tolerances: Vec::new(), trust: None },
        &mut out,
        false,
    );
    (code, String::from_utf8(out).expect("UTF-8"))
}

#[test]
fn the_exit_code_is_the_answer() {
    let (accepted, refused) =
        (fixture("unit.no_title", "manifest.xml"), fixture("unit.dates", "manifest.xml"));
    assert_eq!(run(vec![accepted.clone()], false).0, 0, "a warning refuses nothing");
    assert_eq!(run(vec![accepted.clone(), refused.clone()], false).0, 1);
    assert_eq!(run(vec![accepted, refused, "nowhere.zip".into()], false).0, 2);
    assert_eq!(run(vec![env!("CARGO_MANIFEST_DIR").into()], false).0, 2, "a folder is no file");
}

#[test]
fn json_is_one_line_a_file() {
    let (_, out) =
        run(vec![fixture("unit.dates", "manifest.xml"), fixture("container.empty", "sip.zip")], true);
    let lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["verdict"], "refuse");
    assert_eq!((&lines[0]["seda"], &lines[0]["message"]), (&"2.1".into(), &"ArchiveTransfer".into()));
    let found = lines[0]["findings"].as_array().expect("findings");
    let finding = found.iter().find(|finding| finding["severity"] == "error").expect("an error");
    assert_eq!((&finding["code"], &finding["severity"]), (&"unit.dates".into(), &"error".into()));
    assert_eq!((&finding["line"], &finding["path"]), (&2.into(), &"U1".into()));
    assert!(finding["message"].as_str().is_some_and(|message| message.contains("2026-01-31")), "{finding}");
    assert!(lines[1]["seda"].is_null());
}

#[test]
fn people_read_french_with_what_to_do() {
    let (_, out) = run(vec![fixture("object.digest", "sip.zip")], false);
    assert!(out.contains("refusé — SEDA 2.1, ArchiveTransfer, 1 unité(s), 1 objet(s)"), "{out}");
    assert!(out.contains("erreur object.digest ligne 2 [content/a.pdf]"), "{out}");
    assert!(out.contains("→ "), "{out}");
    assert!(!out.contains('\u{1b}'), "colours off a terminal: {out}");
}
