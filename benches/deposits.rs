//! Small deposits taken in charge per second: one manifest and three PDF, 200 KB in all, over the API, two
//! sites, durable (`fsync` and `synchronous_commit` on), with eight clients at once and with one.
//!
//! `make bench BENCH=deposits`, or `cargo bench --bench deposits -- [count]`. Prints the rate, the time of one
//! deposit from its first byte to its taking in charge (p50, p99), what the program and PostgreSQL spent of
//! processor time, and the program's peak resident memory.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
mod service;
mod small;

use std::time::Duration;

use service::{Bench, quantile};

fn main() {
    let count = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000);
    let bench = Bench::start(&[]);
    let deposits: Vec<Vec<u8>> = (0..count).map(small::deposit).collect();
    let (warm, measured) = deposits.split_at(count / 10);
    bench.deposit_all(warm, 8, false);
    // Until PostgreSQL has statistics of the tables, as any service of a day has.
    std::thread::sleep(Duration::from_secs(12));
    let (few, many) = measured.split_at(measured.len() / 4);
    println!(
        "petits versements : {} octets chacun ; deux sites ; fsync et synchronous_commit actifs",
        deposits[0].len()
    );
    // With one client in flight each deposit's own time; with eight, at full rate, then each one's time.
    for (clients, each, deposits) in [(1, true, few), (8, false, many)] {
        let (before, database) = (bench.spent(), bench.database_cpu_seconds());
        let mut seconds = bench.deposit_all(deposits, clients, each);
        let cost = bench.since(before);
        let database = bench.database_cpu_seconds() - database;
        let count = deposits.len() as f64;
        println!(
            "  {clients} client(s) : {} pris en charge en {:.2} s, {:.1} par seconde",
            deposits.len(),
            cost.wall_seconds,
            count / cost.wall_seconds
        );
        if each {
            let (p50, p99) = (quantile(&mut seconds, 0.5), quantile(&mut seconds, 0.99));
            println!(
                "    du premier octet à la prise en charge : p50 {:.0} ms, p99 {:.0} ms",
                p50 * 1e3,
                p99 * 1e3
            );
        }
        println!(
            "    processeur par versement : service {:.2} ms, PostgreSQL {:.2} ms",
            1e3 * cost.cpu_seconds / count,
            1e3 * database / count
        );
    }
    println!("  mémoire résidente du service au plus : {} Kio", bench.peak_kib());
}
