//! Every SIP of the corpus through the very steps of ingest; the table of what differs is printed.

use std::collections::BTreeMap;
use std::fs::File;

use chartrier::cli::check;
use chartrier::model::Limits;

use crate::corpus_folder;

#[test]
fn sips_accepted_elsewhere_are_accepted_and_faulty_ones_refused() {
    let Some(corpus) = corpus_folder() else { return };
    let manifest = std::fs::read_to_string(corpus.join("sips/MANIFEST.tsv")).expect("the corpus' manifest");
    let mut rows = manifest.lines();
    let columns: Vec<&str> = rows.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| columns.iter().position(|column| *column == name).expect("a column");
    let (file, verdict, reason) = (column("file"), column("verdict"), column("reason"));
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let mut tally: BTreeMap<(String, bool), usize> = BTreeMap::new();
    let mut differing = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let path = corpus.join("sips").join(cells[file]);
        let found = check::check(File::open(&path).expect("a SIP"), scratch.path(), &Limits::default())
            .expect("read");
        *tally.entry((cells[verdict].to_owned(), found.is_accepted())).or_default() += 1;
        let errors: Vec<String> = found
            .findings
            .iter()
            .filter(|f| f.is_error())
            .map(|f| format!("{}: {}", f.kind.code, f.message))
            .collect();
        let line = format!(
            "{} | {} | {} | {}",
            cells[verdict],
            cells[file],
            cells[reason].chars().take(120).collect::<String>(),
            errors.iter().take(3).cloned().collect::<Vec<_>>().join(" ; ")
        );
        match cells[verdict] {
            "accept" if !found.is_accepted() => differing.push(line),
            "refuse" if found.is_accepted() => differing.push(line),
            _ => println!("{line}"),
        }
    }
    println!("\nverdict du corpus, accepté ici : nombre");
    for ((verdict, accepted), count) in &tally {
        println!("{verdict:8} {accepted:5} : {count}");
    }
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
}

/// 2.4 MB that expand to 1 GiB: a legitimate transfer, refused before anything is expanded when the limit is lower.
#[test]
fn a_large_file_is_streamed_or_refused_unread() {
    let Some(corpus) = corpus_folder() else { return };
    let path = corpus.join("sips/1_UNIT_1_GOTS_1GB.zip");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let check = |limits: &Limits| {
        check::check(File::open(&path).expect("a SIP"), scratch.path(), limits).expect("read")
    };
    assert!(check(&Limits::default()).is_accepted());
    let started = std::time::Instant::now();
    let verdict = check(&Limits { expanded_bytes_max: 100 << 20, ..Limits::default() });
    let codes: Vec<&str> = verdict.findings.iter().filter(|f| f.is_error()).map(|f| f.kind.code).collect();
    assert_eq!(codes, ["container.expanded_size"]);
    assert!(started.elapsed().as_millis() < 1000, "{:?}", started.elapsed());
}
