//! Identification beside its references, on the same files: same answers or a reason, files a second of one processor, ratio.
//!
//! `make bench BENCH=formats`. Needs the corpus (`CHARTRIER_CORPUS`) and a Python that has pygfried and opf-fido (`FORMATS_PYTHON`).
//! Siegfried carries a PRONOM file of its own; fido is compared with the very file it carries. A difference from Siegfried without
//! a reason known here ends the bench with 1.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a program of its own: its settings, its exit code")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use chartrier::formats::{Signatures, Warning};
use nix::sys::resource::{UsageWho, getrusage};

#[path = "formats/files.rs"]
mod files;
#[path = "formats/reasons.rs"]
mod reasons;

const ROUNDS: usize = 5;

/// What one tool said of each file, and the processor seconds of one round.
struct Told {
    puids: BTreeMap<String, BTreeSet<String>>,
    spent: f64,
    version: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [word, signatures, containers, list] = &arguments[..]
        && word == "--ours"
    {
        return ours(Path::new(signatures), Path::new(containers), Path::new(list));
    }
    let corpus =
        PathBuf::from(std::env::var("CHARTRIER_CORPUS").unwrap_or_else(|_| "../shared/corpus".to_owned()));
    let pronom = corpus.join("pronom");
    if !pronom.is_dir() {
        println!("passé : le corpus n'est pas là (CHARTRIER_CORPUS)");
        return;
    }
    let python = std::env::var("FORMATS_PYTHON").unwrap_or_default();
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    let latest = (newest(&pronom, "DROID_SignatureFile_V"), newest(&pronom, "container-signature-"));
    let of_fido = carried(&python);
    let sets = [
        ("squelettes de PRONOM", files::below(&corpus.join("fixtures/pronom-skeletons"))),
        ("format-corpus", files::below(&corpus.join("fixtures/format-corpus"))),
        ("fichiers des SIP", files::of_sips(&corpus.join("sips"), folder.path())),
    ];
    let reasons = reasons::Reasons::read(&latest);
    let mut unexplained = 0;
    for (name, files) in &sets {
        let list = folder.path().join("liste");
        std::fs::write(&list, files.join("\n")).unwrap();
        println!("\n{name} : {} fichiers", files.len());
        let with_latest = run_ours(&latest, &list);
        println!("  chartrier, PRONOM {} : {:.0} fichiers/s", with_latest.version, rate(&with_latest));
        skeletons(&with_latest);
        if !python.is_empty() {
            let siegfried = reference(&python, "pygfried", &list);
            println!("  {} : {:.0} fichiers/s", siegfried.version, rate(&siegfried));
            println!("  {:.2} fois plus vite (3 au moins)", siegfried.spent / with_latest.spent);
            unexplained += compare(&with_latest, &siegfried, |path, ours, theirs| {
                reasons.of_siegfried(path, ours, theirs)
            });
        }
        if let Some(carried) = &of_fido {
            let same = run_ours(carried, &list);
            let fido = reference(&python, "fido", &list);
            println!(
                "  {}, PRONOM {} comme nous ici : {:.0} fichiers/s",
                fido.version,
                same.version,
                rate(&fido)
            );
            println!("  {:.0} fois plus vite", fido.spent / same.spent);
            compare(&same, &fido, |_, ours, theirs| Some(reasons::of_fido(ours, theirs)));
        }
    }
    if python.is_empty() {
        println!("pygfried et fido : pas installés (make bench le fait)");
    }
    if unexplained > 0 {
        println!("\n{unexplained} différences sans raison connue");
        std::process::exit(1);
    }
}

fn rate(told: &Told) -> f64 {
    told.puids.len() as f64 / told.spent
}

/// The file of this prefix that comes last by name.
fn newest(folder: &Path, prefix: &str) -> PathBuf {
    let mut found = files::names_in(folder);
    found.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)));
    found.pop().unwrap()
}

/// The signature files that fido carries.
fn carried(python: &str) -> Option<(PathBuf, PathBuf)> {
    let script = "import fido, os; print(os.path.join(os.path.dirname(fido.__file__), 'conf'))";
    let output =
        Command::new(python).args(["-c", script]).output().ok().filter(|output| output.status.success())?;
    let folder = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    Some((newest(&folder, "DROID_SignatureFile-v"), newest(&folder, "container-signature-")))
}

/// Runs ourselves in a process of its own, so that its time is its own.
fn run_ours((signatures, containers): &(PathBuf, PathBuf), list: &Path) -> Told {
    let mut command = Command::new(std::env::current_exe().unwrap());
    read(command.arg("--ours").arg(signatures).arg(containers).arg(list))
}

fn reference(python: &str, tool: &str, list: &Path) -> Told {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/formats_references.py");
    read(Command::new(python).arg(script).arg(tool).arg(list).arg(ROUNDS.to_string()))
}

fn read(command: &mut Command) -> Told {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (mut puids, mut said) = (BTreeMap::new(), Vec::new());
    for line in text.lines() {
        match (line.strip_prefix("# "), line.split_once('\t')) {
            (Some(value), _) => said.push(value.to_owned()),
            (None, Some((path, all))) => {
                let all = all.split(',').filter(|puid| !puid.is_empty()).map(str::to_owned);
                puids.insert(path.to_owned(), all.collect());
            }
            (None, None) => {}
        }
    }
    Told { puids, spent: said[0].parse().unwrap(), version: said[1].clone() }
}

/// The child: names each file, several times, and tells the least processor time of a round.
fn ours(signatures: &Path, containers: &Path, list: &Path) {
    let open = |path: &Path| File::open(path).unwrap();
    let signatures = Signatures::from_droid(open(signatures), Some(open(containers))).unwrap();
    let list = std::fs::read_to_string(list).unwrap();
    let mut least = f64::MAX;
    let mut found = HashMap::new();
    for _ in 0..=ROUNDS {
        let began = processor_seconds();
        for path in list.lines() {
            found.insert(path, signatures.identify(&mut open(Path::new(path)), path).unwrap());
        }
        least = least.min(processor_seconds() - began);
    }
    for (path, found) in found {
        let others = found.others.iter().filter(|_| found.warnings.contains(&Warning::Several));
        let all = found.format.iter().chain(others).map(|format| format.puid.as_str());
        println!("{path}\t{}", all.collect::<Vec<_>>().join(","));
    }
    println!("# {least}\n# {}", signatures.version());
}

fn processor_seconds() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}

/// Skeletons say in their name what they are.
fn skeletons(told: &Told) {
    let named = |path: &str| reasons::puid_of_skeleton(path);
    let all: Vec<_> =
        told.puids.iter().filter_map(|(path, puids)| Some((named(path)?, path, puids))).collect();
    if all.is_empty() {
        return;
    }
    let right = all.iter().filter(|(puid, _, puids)| puids.contains(puid)).count();
    println!("  {right} sur {} comme leur nom le dit", all.len());
    for (puid, path, puids) in all.iter().filter(|(puid, _, puids)| !puids.contains(puid)) {
        println!("    {puid} : {puids:?} — {}", path.rsplit('/').next().unwrap_or_default());
    }
}

/// A few of them.
fn shown(puids: &BTreeSet<String>) -> String {
    let few: Vec<&str> = puids.iter().map(String::as_str).take(4).collect();
    match puids.len() {
        0 => "inconnu".to_owned(),
        1..=4 => few.join(" "),
        more => format!("{} et {} autres", few.join(" "), more - 4),
    }
}

/// Prints how many files both name alike, and the differences by reason; how many have none.
fn compare(
    ours: &Told,
    theirs: &Told,
    reason: impl Fn(&str, &BTreeSet<String>, &BTreeSet<String>) -> Option<&'static str>,
) -> usize {
    let (mut same, mut by_reason): (usize, BTreeMap<&str, Vec<String>>) = (0, BTreeMap::new());
    for (path, mine) in &ours.puids {
        let other = theirs.puids.get(path).cloned().unwrap_or_default();
        if *mine == other {
            same += 1;
            continue;
        }
        let why = reason(path, mine, &other).unwrap_or("SANS RAISON CONNUE");
        let name = path.rsplit('/').next().unwrap_or_default();
        by_reason.entry(why).or_default().push(format!("{name} : {}, et non {}", shown(mine), shown(&other)));
    }
    println!("  mêmes réponses : {same} sur {}", ours.puids.len());
    for (why, files) in &by_reason {
        println!("    {} — {why}", files.len());
        files
            .iter()
            .take(if *why == "SANS RAISON CONNUE" { 50 } else { 3 })
            .for_each(|file| println!("        {file}"));
    }
    by_reason.get("SANS RAISON CONNUE").map_or(0, Vec::len)
}
