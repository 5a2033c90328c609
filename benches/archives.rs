//! Large transfers, the audit, and what a deposit costs once many archives are there; each beside a reference run
//! in the same minute.
//!
//! `make bench BENCH=archives`, or `cargo bench --bench archives -- [office] [many] [large] [audit] [growth]`:
//! - `office`: 2 000 office files, 143 MB, one transfer; a3m, Archivematica's engine, did 11.6 files a second here.
//! - `many`: 2 000 and 200 000 files of the same 7 KB, one transfer each: the cost of one file.
//! - `large`: 10 000 units, 2 GiB, from received to taken in charge, beside `sha512sum`, two `cp` and `sync`.
//! - `audit`: every copy read again, beside `sha512sum` of the same files.
//! - `growth`: a deposit with 1 000 and 100 000 archives (`GROWTH=`) there already, interleaved.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[path = "archives/growth.rs"]
mod growth;
#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
mod service;
#[path = "archives/transfer.rs"]
mod transfer;

use std::process::Command;
use std::time::Duration;

use service::{Bench, Cost, agent, reference};
use transfer::{Kind, Transfer};

const MIB: f64 = 1_048_576.0;
/// What a3m did on this kind of machine: 2 000 office files, validation, identification, no virus check.
const A3M_FILES_PER_SECOND: f64 = 11.6;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let does = |part: &str| asked.is_empty() || asked.iter().any(|word| word == part);
    if does("office") {
        office();
    }
    if does("many") {
        many();
    }
    if does("large") || does("audit") {
        large(does("audit"));
    }
    if does("growth") {
        growth::run();
    }
}

/// Deposits a transfer and waits for it; what it cost from received to taken in charge.
fn taken_in_charge(bench: &Bench, transfer: &Transfer) -> (Cost, f64, String) {
    let began = bench.spent();
    let url = bench.deposit_file(transfer.path());
    let received = bench.since(began).wall_seconds;
    bench.forget_peak();
    let (before, database) = (bench.spent(), bench.database_cpu_seconds());
    bench.wait(&agent(), &url, Duration::from_millis(50));
    let cost = bench.since(before);
    let database = bench.database_cpu_seconds() - database;
    println!(
        "    reçu en {received:.1} s ; de là à la prise en charge {:.1} s ({:.1} s de processeur, PostgreSQL {database:.1} s) ; mémoire {} Mio au plus",
        cost.wall_seconds,
        cost.cpu_seconds,
        bench.peak_kib() / 1_024
    );
    (cost, database, url)
}

fn office() {
    println!("2 000 fichiers bureautiques, un versement :");
    let bench = Bench::start(&[]);
    // Warm: the first transfer of a process pays for its pools and pages.
    taken_in_charge(&bench, &Transfer::make(Kind::Office, 50, 71_500));
    let transfer = Transfer::make(Kind::Office, 2_000, 71_500);
    let (cost, database, _) = taken_in_charge(&bench, &transfer);
    let rate = 2_000.0 / cost.wall_seconds;
    println!(
        "  {:.0} Mio ; {rate:.0} fichiers par seconde, {:.0} fois a3m ({A3M_FILES_PER_SECOND}) ; {:.2} ms de processeur par fichier",
        transfer.content_bytes() as f64 / MIB,
        rate / A3M_FILES_PER_SECOND,
        1e3 * (cost.cpu_seconds + database) / 2_000.0
    );
}

fn many() {
    println!("2 000 puis 200 000 fichiers de 7 Ko :");
    let bench = Bench::start(&[("CHARTRIER_LIMITS_ENTRIES", "400000")]);
    taken_in_charge(&bench, &Transfer::make(Kind::Office, 50, 7_000));
    let mut each = Vec::new();
    for count in [2_000, 200_000] {
        let transfer = Transfer::make(Kind::Office, count, 7_000);
        let (cost, database, _) = taken_in_charge(&bench, &transfer);
        let per_file = |seconds: f64| 1e3 * seconds / count as f64;
        println!(
            "  {count} : {:.0} fichiers par seconde, {:.3} ms par fichier, {:.3} ms de processeur",
            count as f64 / cost.wall_seconds,
            per_file(cost.wall_seconds),
            per_file(cost.cpu_seconds + database)
        );
        each.push(per_file(cost.wall_seconds));
    }
    println!("  un fichier parmi 200 000 coûte {:.2} fois un fichier parmi 2 000", each[1] / each[0]);
}

fn large(audit: bool) {
    println!("10 000 unités, 2 Gio, un versement :");
    let bench = Bench::start(&[]);
    taken_in_charge(&bench, &Transfer::make(Kind::Random, 50, 200_000));
    let transfer = Transfer::make(Kind::Random, 10_000, 214_748);
    let (cost, database, _) = taken_in_charge(&bench, &transfer);
    let copies = tempfile::tempdir_in("/var/tmp").unwrap();
    let (path, to) = (transfer.path().display(), copies.path().display());
    let shell = |script: String| reference(Command::new("sh").arg("-c").arg(script));
    let sums = shell(format!("sha512sum {path}"));
    let copy = shell(format!("cp {path} {to}/1 && cp {path} {to}/2 && sync -f {to}"));
    let (wall, cpu) = (sums.wall_seconds + copy.wall_seconds, sums.cpu_seconds + copy.cpu_seconds);
    println!("    sha512sum + 2 cp + sync : {wall:.1} s ({cpu:.1} s de processeur)");
    println!(
        "  {:.2} fois la référence en temps, {:.2} fois en processeur (PostgreSQL compris : {:.2})",
        cost.wall_seconds / wall,
        cost.cpu_seconds / cpu,
        (cost.cpu_seconds + database) / cpu
    );
    drop(copies);
    if audit {
        audited(bench);
    }
}

fn audited(bench: Bench) {
    println!("Contrôle d’intégrité des deux copies :");
    let sites = bench.data().join("sites");
    let size = Command::new("du").args(["-sb"]).arg(&sites).output().unwrap();
    let bytes: f64 =
        String::from_utf8(size.stdout).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    let folder = bench.stop();
    let data = folder.path().join("data");
    let mut ours = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    ours.arg("audit")
        .current_dir(folder.path())
        .env("CHARTRIER_DATA", &data)
        .env("CHARTRIER_LOG_LEVEL", "error");
    let ours = reference(&mut ours);
    let script = format!(
        "echo 3 > /proc/sys/vm/drop_caches; find {}/*/*-* -type f -print0 | xargs -0 -P 2 -n 500 sha512sum",
        sites.display()
    );
    let theirs = reference(Command::new("sh").arg("-c").arg(script));
    let rate = |cost: &Cost| (bytes / MIB / cost.wall_seconds, bytes / MIB / cost.cpu_seconds);
    println!(
        "  nous {:.0} Mio/s ({:.0} par seconde de processeur) ; sha512sum, deux à la fois, {:.0} Mio/s ({:.0}) : {:.0} % ({:.0} %)",
        rate(&ours).0,
        rate(&ours).1,
        rate(&theirs).0,
        rate(&theirs).1,
        100.0 * rate(&ours).0 / rate(&theirs).0,
        100.0 * rate(&ours).1 / rate(&theirs).1
    );
}
