//! One member's night: a bus sends thousands of deposits of 3 MB in pieces of 2 MiB by four connections, at the As@lae door, while
//! another member deposits by the portal; the service is killed twice meanwhile.
//!
//! `make bench BENCH=night`, or `cargo bench --bench night -- [count] [bytes of one]`. Prints the rate, the time of a piece from its first byte to
//! its 200 (p50, p99), what the portal's depositor felt, the memory; and verifies that each was accepted, none twice. One deposit alone
//! (`-- 1 2400000000`) goes by our own client too.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[path = "night/bus.rs"]
mod bus;
#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
#[path = "members/client.rs"]
mod client;
#[path = "../tests/support/members.rs"]
mod generated;
#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
mod service;
mod small;

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use bus::Bus;
use client::Client;
use service::{Bench, program, quantile};

/// Of one deposit's files.
const BYTES: usize = 3_000_000;
/// Connections of the bus.
const CONNECTIONS: usize = 4;
/// What the bus's member may do: it has the night for itself, but for its neighbour's share of the processor.
const SHARES: [(&str, &str); 4] = [
    ("CHARTRIER_SHARE_REQUESTS_PER_SECOND", "100000"),
    ("CHARTRIER_SHARE_REQUESTS_BURST", "100000"),
    ("CHARTRIER_SHARE_UPLOADS_PER_SECOND", "100000"),
    ("CHARTRIER_SHARE_UPLOADS_BURST", "100000"),
];

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let (count, bytes) = (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(BYTES));
    let mut serving = Some(serve(made()));
    let base = RwLock::new(serving.as_ref().unwrap().base.clone());
    let (bus, stop, felt) = (Bus::new(&base, count, bytes), AtomicBool::new(false), Mutex::new(Vec::new()));
    let began = Instant::now();
    let mut peaks = Vec::new();
    let sent = std::thread::scope(|scope| {
        let sending: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| bus.send_all())).collect();
        let neighbour = scope.spawn(|| neighbour(&base, &stop, &felt));
        for third in [1, 2] {
            while bus.sent() < third * count / 3 {
                std::thread::sleep(Duration::from_millis(20));
            }
            let killed = serving.take().unwrap();
            peaks.push(killed.peak_kib());
            let again = serving.insert(serve(killed.kill()));
            *base.write().unwrap() = again.base.clone();
        }
        sending.into_iter().for_each(|one| one.join().unwrap());
        let sent = began.elapsed();
        bus.wait_for_replies();
        stop.store(true, Ordering::Relaxed);
        neighbour.join().unwrap();
        sent
    });
    let bench = serving.unwrap();
    peaks.push(bench.peak_kib());
    told(&bus, &bench, (count, bytes), sent, began.elapsed(), &mut felt.into_inner().unwrap());
    println!("  mémoire résidente du service au plus : {} Mio", peaks.iter().max().unwrap() / 1_024);
    if count == 1 {
        by_tus(&bench, bytes);
    }
}

/// One more, of the same size, by our own client and in one piece.
fn by_tus(bench: &Bench, bytes: usize) {
    let (package, secret) = (bench.folder.path().join("nuit.tar"), bench.folder.path().join("secret"));
    std::fs::write(&package, bus::sip(2, bytes).tar()).unwrap();
    std::fs::write(&secret, generated::password(0)).unwrap();
    let mut deposit = bench.program();
    deposit.args([
        "deposit",
        "--wait",
        "--url",
        &bench.base,
        "--client-id",
        &generated::code(0),
        "--secret-file",
    ]);
    let began = Instant::now();
    assert!(deposit.arg(secret).arg(package).status().unwrap().success());
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "  par chartrier deposit : pris en charge en {seconds:.0} s ; mémoire du service {} Mio",
        bench.peak_kib() / 1_024
    );
}

fn told(
    bus: &Bus<'_>,
    bench: &Bench,
    (count, bytes): (usize, usize),
    sent: Duration,
    whole: Duration,
    felt: &mut [f64],
) {
    let (mut pieces, again) = bus.measured();
    let megabytes = (count * bytes) as f64 / 1e6;
    println!(
        "{count} versements de {:.1} Mo, en morceaux de 2 Mio, {CONNECTIONS} connexions, service tué deux fois :",
        bytes as f64 / 1e6
    );
    println!(
        "  envoyés en {:.0} s : {:.1} par seconde, {:.1} Mo/s ; {again} envois recommencés",
        sent.as_secs_f64(),
        count as f64 / sent.as_secs_f64(),
        megabytes / sent.as_secs_f64()
    );
    println!("  tous pris en charge, chacun une fois, en {:.0} s", whole.as_secs_f64());
    println!(
        "  un morceau, du premier octet au 200 : p50 {:.1} ms, p99 {:.1} ms ({} mesures)",
        1e3 * quantile(&mut pieces, 0.5),
        1e3 * quantile(&mut pieces, 0.99),
        pieces.len()
    );
    println!("  au portail, la voisine dépose : {} ({} mesures)", client::told(felt), felt.len());
    let transfers = Client::machine(bench, 0).transfers();
    let taken = transfers.iter().filter(|state| *state == "taken_in_charge").count();
    assert_eq!((transfers.len(), taken), (count, count), "each once, and all of them");
}

fn made() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    service::open_to_all(folder.path());
    let members = folder.path().join("tenants");
    generated::write(&members, 2).unwrap();
    for member in std::fs::read_dir(&members).unwrap().map(|entry| entry.unwrap().path()) {
        let file = member.join("member.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(
            &file,
            text.replace("transfer_bytes_max = 1073741824", "transfer_bytes_max = 8589934592"),
        )
        .unwrap();
    }
    let mut apply = program(folder.path());
    apply.args(["tenants", "apply"]).arg(folder.path().join("tenants")).stdout(Stdio::null());
    assert!(apply.status().unwrap().success());
    folder
}

fn serve(folder: tempfile::TempDir) -> Bench {
    Bench::serve_as(folder, &SHARES, (&generated::code(0), &generated::password(0)))
}

/// The second member's secretary deposits by the portal, one small package each second; comes back when the service is away.
fn neighbour(base: &RwLock<String>, stop: &AtomicBool, felt: &Mutex<Vec<f64>>) {
    let mut number = 9_000_000;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let address = base.read().unwrap().clone();
        if let Some(seconds) = Client::try_portal(&address, 1, &small::deposit(number)) {
            felt.lock().unwrap().push(seconds);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}
