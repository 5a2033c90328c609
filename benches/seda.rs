//! The SEDA engine beside its references, on the same files: CPU time, peak memory, ratio.
//!
//! `make bench` (or `cargo bench --bench seda -- [units…]`). Needs the corpus (`CHARTRIER_CORPUS`) for the generator, the
//! official schemas and a profile; `xmllint`; and, when `ANYXML` names it, the program of `benches/anyxml`. Each run is a process
//! of its own, so that its CPU time and memory are its own.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "a program of its own: its settings, its exit code")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chartrier::model::{Finding, Limits};
use chartrier::seda::relaxng::{self, Bundle};
use chartrier::seda::{Scratch, pass};
use nix::sys::resource::{UsageWho, getrusage};

const UNITS: [usize; 2] = [100_000, 500_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--ours", "schema", file] => schema(Path::new(file)),
        ["--ours", "profile", file, rng] => profile(Path::new(file), Path::new(rng)),
        ["--measure", program, ..] => measure(program, &words[2..]),
        _ => {
            let units: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
            compare(if units.is_empty() { &UNITS } else { &units });
        }
    }
}

fn compare(units: &[usize]) {
    let corpus = std::env::var("CHARTRIER_CORPUS").unwrap_or_else(|_| "../shared/corpus".to_owned());
    let corpus = PathBuf::from(corpus);
    let generator = corpus.join("own-messages/gen_seda.py");
    if !generator.exists() {
        println!("passé : le corpus n'est pas là (CHARTRIER_CORPUS)");
        return;
    }
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    let anyxml = PathBuf::from(std::env::var("ANYXML").unwrap_or_default());
    for &units in units {
        let of_schema = generated(&generator, folder.path(), "2.1", units);
        let schema = corpus.join("seda-xsd/2.1/seda-2.1-main.xsd");
        title("schéma 2.1", units, &of_schema);
        let ours = run("chartrier", &ours(&["schema", &shown(&of_schema)]), &corpus);
        let stream = ["xmllint", "--nonet", "--noout", "--stream", "--schema"].map(str::to_owned).to_vec();
        let reference = run("xmllint --stream --schema", &with(&stream, [&schema, &of_schema]), &corpus);
        ratio(&ours, &reference, "1,5 au moins, 3 visés");
        std::fs::remove_file(of_schema).unwrap();

        let of_profile = generated(&generator, folder.path(), "2.2", units);
        let profile = corpus.join("profiles/seda-2.2/e899ff74__Profil_VITAM_base.rng");
        title("profil RELAX NG", units, &of_profile);
        let ours = run("chartrier", &ours_with(&["profile", &shown(&of_profile), &shown(&profile)]), &corpus);
        if anyxml.exists() {
            let reference = run("anyxml", &with(&[shown(&anyxml)], [&profile, &of_profile]), &corpus);
            ratio(&ours, &reference, "3 au moins");
        } else {
            println!("  anyxml : pas construit (make bench le fait)");
        }
        if units <= 100_000 {
            let stream =
                ["xmllint", "--nonet", "--noout", "--stream", "--relaxng"].map(str::to_owned).to_vec();
            let reference =
                run("xmllint --stream --relaxng", &with(&stream, [&profile, &of_profile]), &corpus);
            ratio(&ours, &reference, "5 au moins");
        }
        std::fs::remove_file(of_profile).unwrap();
    }
}

fn generated(generator: &Path, folder: &Path, version: &str, units: usize) -> PathBuf {
    let file = folder.join(format!("seda-{version}-{units}.xml"));
    let mut command = Command::new("python3");
    command.arg(generator).arg(&file).args(["--units", &units.to_string(), "--version", version]);
    assert!(command.status().unwrap().success(), "the generator works");
    file
}

fn title(what: &str, units: usize, file: &Path) {
    let megabytes = file.metadata().unwrap().len() / 1_000_000;
    println!("\n{what} : {units} unités, {megabytes} Mo");
}

/// What a run cost.
struct Cost {
    cpu: Duration,
}

fn run(name: &str, command: &[String], corpus: &Path) -> Cost {
    let mut measured = Command::new(std::env::current_exe().unwrap());
    measured.arg("--measure").args(command).stderr(Stdio::null());
    measured.env("XML_CATALOG_FILES", corpus.join("seda-xsd/catalog.xml"));
    let began = Instant::now();
    let output = measured.output().unwrap();
    let wall = began.elapsed();
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default();
    let mut numbers = last.split(' ').map(|number| number.parse::<u64>().unwrap_or_default());
    let (cpu, kib, code) =
        (Duration::from_millis(numbers.next().unwrap()), numbers.next().unwrap(), numbers.next().unwrap());
    println!(
        "  {name:<28} {:>7.2} s CPU {:>7.2} s, {:>5} Mio au plus, code {code}",
        cpu.as_secs_f64(),
        wall.as_secs_f64(),
        kib / 1024
    );
    Cost { cpu }
}

fn ratio(ours: &Cost, reference: &Cost, wanted: &str) {
    println!("  {:.2} fois plus vite ({wanted})", reference.cpu.as_secs_f64() / ours.cpu.as_secs_f64());
}

/// Runs a command as the only child and prints its CPU time (ms), peak memory (KiB) and exit code.
fn measure(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status().unwrap();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let time = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000 + time.tv_usec() / 1_000;
    let cpu = time(usage.user_time()) + time(usage.system_time());
    println!("{cpu} {} {}", usage.max_rss(), status.code().unwrap_or(-1));
}

fn ours(words: &[&str]) -> Vec<String> {
    ours_with(words)
}

fn ours_with(words: &[&str]) -> Vec<String> {
    let mut command = vec![shown(&std::env::current_exe().unwrap()), "--ours".to_owned()];
    command.extend(words.iter().map(|word| (*word).to_owned()));
    command
}

fn with<const N: usize>(command: &[String], files: [&PathBuf; N]) -> Vec<String> {
    command.iter().cloned().chain(files.map(|file| shown(file))).collect()
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Schema, identifiers and references: everything but the description.
fn schema(file: &Path) {
    let scratch = Scratch::new(tempfile::tempfile);
    conclude(pass::check_schema(File::open(file).unwrap(), &limits(), &scratch).unwrap());
}

fn profile(file: &Path, profile: &Path) {
    let rng = std::fs::read(profile).unwrap();
    let profile = relaxng::compile(&rng, &Bundle::new(), &relaxng::Limits::default()).unwrap();
    conclude(pass::check_profile(File::open(file).unwrap(), &profile.grammar, &limits()).unwrap());
}

fn limits() -> Limits {
    Limits { manifest_bytes_max: 4 << 30, ..Limits::default() }
}

/// Says what was found and ends as a checker does.
fn conclude(findings: Vec<Finding>) {
    for finding in findings.iter().take(5) {
        println!("{} {:?} {}", finding.kind.code, finding.line, finding.message);
    }
    std::process::exit(i32::from(findings.iter().any(Finding::is_error)));
}
