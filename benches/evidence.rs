//! What proof costs: entries appended to a journal, a million of them sealed, archives verified without us.
//!
//! `make bench BENCH=evidence`, or `cargo bench --bench evidence -- [append] [million] [verify] [archives]`:
//! - `append`: entries a second, each its own transaction, durable: one member, then fifty at once.
//! - `million`: 1 000 000 entries sealed at once, then a seal a day later: time and memory.
//! - `verify`: `chartrier verify` of a storage root of so many archives (10 000), beside `sha512sum` of the same bytes.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
mod service;
mod small;

use std::process::Command;
use std::time::Instant;

use chartrier::app::App;
use chartrier::clock::Clock;
use chartrier::model::{Agent, Event, EventType, Outcome, TenantId};
use service::{Bench, Cost, reference};

const MIB: f64 = 1_048_576.0;
const ENTRIES: usize = 1_000_000;
const MEMBERS: usize = 50;
/// Says to the program started again what to do, its settings being in place.
const INSIDE: &str = "inside";

fn main() {
    let mut asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if asked.first().is_some_and(|word| word == INSIDE) {
        return tokio::runtime::Runtime::new().unwrap().block_on(inside(&asked[1]));
    }
    let count = asked.iter().find_map(|word| word.parse().ok()).unwrap_or(10_000);
    asked.retain(|word| word.parse::<usize>().is_err());
    for part in ["append", "million", "verify"] {
        if !asked.is_empty() && !asked.iter().any(|word| word == part) {
            continue;
        }
        if part == "verify" {
            verify(count);
        } else {
            apart(part);
        }
    }
}

/// Starts this program again, on a folder of its own with its members.
fn apart(part: &str) {
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    Command::new("chmod").arg("755").arg(folder.path()).status().unwrap();
    for number in 0..MEMBERS {
        let member = folder.path().join(format!("tenants/m{number:02}"));
        std::fs::create_dir_all(&member).unwrap();
        let text = format!(
            "code = \"m{number:02}\"\nname = \"Membre {number}\"\nkind = \"commune\"\nsiren = \"{}\"\n\
             department = \"96\"\n[quota]\nbytes = 1\n",
            siren(number)
        );
        std::fs::write(member.join("member.toml"), text).unwrap();
    }
    let data = folder.path().join("data");
    let applied = Command::new(env!("CARGO_BIN_EXE_chartrier"))
        .args(["tenants", "apply"])
        .arg(folder.path().join("tenants"))
        .current_dir(folder.path())
        .env("CHARTRIER_DATA", &data)
        .env("CHARTRIER_LOG_LEVEL", "error")
        .stdout(std::process::Stdio::null())
        .status();
    assert!(applied.unwrap().success(), "the members are applied");
    let done = Command::new(std::env::current_exe().unwrap())
        .args([INSIDE, part])
        .current_dir(folder.path())
        .env("CHARTRIER_DATA", &data)
        .env("CHARTRIER_LOG_LEVEL", "error")
        .status();
    assert!(done.unwrap().success());
}

/// A number whose check digit is right (Luhn).
fn siren(number: usize) -> String {
    let eight = format!("{:08}", 20_000_000 + number);
    let sum: u32 = eight
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0') * if at % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{eight}{}", (10 - sum % 10) % 10)
}

async fn inside(part: &str) {
    let app = App::open(chartrier::config::load().unwrap(), Clock::system()).await.unwrap();
    match part {
        "append" => append(&app).await,
        _ => million(&app).await,
    }
    app.close().await.unwrap();
}

fn event(number: usize) -> Event {
    Event {
        event_type: EventType::Consultation,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: format!("archive:{number}"),
        detail: vec![("octets", number.to_string())],
    }
}

/// Entries a second by so many members, each one after the other.
async fn append(app: &App) {
    println!("Entrées du journal, chacune une transaction durable :");
    for members in [1, MEMBERS] {
        let each = if members == 1 { 2_000 } else { 200 };
        let began = Instant::now();
        let all = (0..members).map(|member| {
            let db = app.db.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    let mut tx = db.write(TenantId::of_member(&format!("m{member:02}"))).await.unwrap();
                    tx.record(event(number));
                    tx.commit().await.unwrap();
                }
            })
        });
        for one in all.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "  {members} collectivité(s) : {:.0} entrées par seconde",
            (members * each) as f64 / seconds
        );
    }
}

/// A journal of a million entries, sealed for the first time, then once more.
async fn million(app: &App) {
    let tenant = TenantId::of_member("m00");
    let began = Instant::now();
    for thousand in 0..ENTRIES / 1_000 {
        let mut tx = app.db.write(tenant).await.unwrap();
        (0..1_000).for_each(|number| tx.record(event(thousand * 1_000 + number)));
        tx.commit().await.unwrap();
    }
    println!("{ENTRIES} entrées écrites en {:.0} s, mille par transaction", began.elapsed().as_secs_f64());
    let sealing = app.sealing();
    for what in ["d’un coup", "une entrée plus tard"] {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let (before, began) = (resident_kib("VmRSS"), Instant::now());
        let sealed = sealing.seal(tenant, "m00", Agent::Operator).await.unwrap();
        println!(
            "  scellées {what} ({} entrées) en {:.2} s, publication comprise ; {} Mio de plus au plus haut",
            sealed.size,
            began.elapsed().as_secs_f64(),
            resident_kib("VmHWM").saturating_sub(before) / 1_024
        );
    }
}

fn resident_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// A site verified by the program without its database, beside the digests alone.
fn verify(count: usize) {
    let bench = Bench::start(&[]);
    let deposits: Vec<usize> = (0..count).collect();
    for thousand in deposits.chunks(1_000) {
        let sips: Vec<Vec<u8>> = thousand.iter().map(|number| small::deposit(*number)).collect();
        bench.deposit_all(&sips, 8, false);
    }
    let folder = bench.stop();
    // The member's own root: beside it are canaries, damaged on purpose.
    let site = folder.path().join(format!("data/sites/nord/{}", TenantId::of_member("banc")));
    let bytes: f64 = {
        let size = Command::new("du").arg("-sb").arg(&site).output().unwrap();
        String::from_utf8(size.stdout).unwrap().split_whitespace().next().unwrap().parse().unwrap()
    };
    let forget = || std::fs::write("/proc/sys/vm/drop_caches", "3").unwrap_or_default();
    forget();
    let ours = reference(Command::new(env!("CARGO_BIN_EXE_chartrier")).arg("verify").arg(&site));
    forget();
    let script = format!("find {} -type f -print0 | xargs -0 -P 2 -n 500 sha512sum", site.display());
    let theirs = reference(Command::new("sh").arg("-c").arg(script));
    let rate = |cost: &Cost| bytes / MIB / cost.wall_seconds;
    println!(
        "chartrier verify, {count} archives, {:.0} Mio : {:.1} s ({:.1} s de processeur), {:.0} Mio/s ; sha512sum, deux à \
         la fois : {:.1} s ({:.1}), {:.0} Mio/s : {:.0} %",
        bytes / MIB,
        ours.wall_seconds,
        ours.cpu_seconds,
        rate(&ours),
        theirs.wall_seconds,
        theirs.cpu_seconds,
        rate(&theirs),
        100.0 * rate(&ours) / rate(&theirs)
    );
}
