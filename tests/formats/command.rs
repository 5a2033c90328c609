//! `chartrier identify` as people and programs see it.

use std::path::PathBuf;

use chartrier::cli::identify::{Arguments, report};

use super::installed;

fn run(files: &[PathBuf], json: bool, pronom: Option<(PathBuf, PathBuf)>) -> (u8, String) {
    let (signatures, containers) = pronom.unzip();
    let mut out = Vec::new();
    let arguments = Arguments { files: files.to_vec(), json, signatures, containers };
    let code = report(&arguments, &mut out, false);
    (code, String::from_utf8(out).unwrap())
}

/// Files of a folder that lasts as long as the test.
fn files(folder: &tempfile::TempDir, files: &[(&str, &[u8])]) -> Vec<PathBuf> {
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    files.iter().map(write).collect()
}

const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

#[test]
fn the_exit_code_is_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let all = files(&folder, &[("a.pdf", PDF), ("b.bin", b"\0\x01\x02"), ("c.txt", b"texte\n")]);
    assert_eq!(run(&[all[0].clone(), all[2].clone()], false, None).0, 0);
    assert_eq!(run(&all, false, None).0, 1, "one is not known");
    let nowhere = folder.path().join("nowhere");
    assert_eq!(run(&[all[0].clone(), nowhere], false, None).0, 2);
    assert_eq!(run(&[folder.path().to_owned()], false, None).0, 2, "a folder is no file");
    let none = (all[2].clone(), all[2].clone());
    assert_eq!(run(&all[..1], false, Some(none)).0, 2, "a text is no signature file");
}

#[test]
fn json_is_one_line_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let all =
        files(&folder, &[("a.pdf", PDF), ("b.bin", b"\0\x01\x02"), ("c.csv", b"a;b\n"), ("d.doc", PDF)]);
    let (code, out) = run(&all, true, None);
    assert_eq!(code, 1);
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["file"], all[0].to_str().unwrap());
    for (field, value) in
        [("puid", "fmt/18"), ("name", "PDF"), ("version", "1.4"), ("mime", "application/pdf")]
    {
        assert_eq!(lines[0][field], value);
    }
    let bases: Vec<&str> = lines.iter().map(|line| line["basis"].as_str().unwrap()).collect();
    assert_eq!(bases, ["signature", "none", "extension", "signature"]);
    assert!(lines[1]["puid"].is_null() && lines[1]["name"].is_null());
    assert_eq!(lines[2]["warnings"][0], "extension_only");
    assert_eq!(lines[3]["warnings"][0], "extension_mismatch");
}

#[test]
fn people_read_french() {
    let folder = tempfile::tempdir().unwrap();
    let all = files(&folder, &[("a.doc", PDF), ("b\u{1b}[31m.bin", b"\0\x01"), ("c.pdf", b"\0\x01")]);
    let (_, out) = run(&all, false, None);
    assert!(out.contains("fmt/18 — PDF 1.4, application/pdf (par ses octets)"), "{out}");
    assert!(out.contains("l'extension du nom n'est pas celle de ce format"), "{out}");
    assert!(out.contains("format inconnu"), "{out}");
    assert!(out.contains("le nom fait attendre fmt/14, "), "{out}");
    assert!(!out.contains('\u{1b}'), "a name commands no terminal: {out}");
}

#[test]
fn pronom_s_own_files_serve_when_given() {
    let Some(pronom) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let all = files(&folder, &[("a.pdf", PDF), ("b.rtf", b"{\\rtf1\\ansi\n}")]);
    let (code, out) = run(&all, true, Some(pronom));
    assert_eq!(code, 0, "{out}");
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["puid"], "fmt/18");
    assert!(lines[1]["name"].as_str().unwrap().contains("Rich Text"), "our table has no RTF: {out}");
}
