//! Three hundred members: what it takes to apply their files and to start, what one of them feels of the others being
//! there, and of one that deposits as fast as it can.
//!
//! `make bench BENCH=members`, or `cargo bench --bench members -- [apply] [start] [desks] [latency] [busy]`; `MEMBERS=`
//! for another number.
//! - `apply`: `tenants plan`, `apply`, `apply` again; the program's peak resident memory.
//! - `start`: from the start to ready, with one member and with all.
//! - `desks`: the pages of those who answer for all of them, the pilot, the operator, an archivist and a control authority, with one
//!   member and with all.
//! - `latency`: a search page and a deposit until taken in charge, with one member and beside the others, interleaved.
//! - `busy`: the same of one member while another deposits from eight clients, with the shares of `config.toml`.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "the bench's own variable")]

#[path = "members/busy.rs"]
mod busy;
#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
#[path = "members/client.rs"]
mod client;
#[path = "../tests/support/members.rs"]
mod generated;
#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
mod service;
mod small;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use client::Client;
use service::{Bench, program, quantile};
use tempfile::TempDir;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let does = |part: &str| asked.is_empty() || asked.iter().any(|word| word == part);
    let count = std::env::var("MEMBERS").ok().and_then(|count| count.parse().ok()).unwrap_or(300);
    let one = place();
    applied(one.path(), "apply", 1, false);
    let many = place();
    // The database is made, then the rest is the members' own.
    applied(many.path(), "apply", 1, false);
    println!("{count} collectivités :");
    let told = does("apply");
    applied(many.path(), "plan", 1, told);
    applied(many.path(), "plan", count, told);
    applied(many.path(), "apply", count, told);
    applied(many.path(), "apply", count, told);
    let (one, many) = (serve(one), serve(many));
    let (one, many) = if does("start") { started(one, many, count) } else { (one, many) };
    if does("desks") {
        desks(&one, &many, count);
    }
    if does("latency") {
        latency(&one, &many, count);
    }
    drop(one);
    if does("busy") {
        busy::run(&many);
    }
}

/// A folder for one service.
fn place() -> TempDir {
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    service::open_to_all(folder.path());
    folder
}

/// Runs `tenants plan` or `apply` on so many members.
fn applied(folder: &Path, verb: &str, count: usize, told: bool) {
    let tenants = folder.join(format!("tenants-{count}"));
    generated::write(&tenants, count).unwrap();
    for number in 0..count {
        let file = tenants.join(generated::code(number)).join("member.toml");
        let mut text = std::fs::read_to_string(&file).unwrap() + OF_EACH;
        text += if number == 0 { STAFF } else { "" };
        std::fs::write(&file, text).unwrap();
    }
    let began = Instant::now();
    let mut command = program(folder);
    command.args(["tenants", verb]).arg(&tenants).env("CHARTRIER_LOG_LEVEL", "error").stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut peak_kib = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        peak_kib = peak_kib.max(service::peak_kib(child.id()));
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "{verb}");
    if told {
        println!(
            "  tenants {verb}, {count} : {:.1} s, mémoire {} Mio au plus",
            began.elapsed().as_secs_f64(),
            peak_kib / 1_024
        );
    }
}

fn serve(folder: TempDir) -> Bench {
    let settings = [("CHARTRIER_PEOPLE_SECOND_FACTOR", "offered")];
    Bench::serve_as(folder, &settings, (&generated::code(0), &generated::password(0)))
}

/// Starts each service again, five times; the median time to ready.
fn started(mut one: Bench, mut many: Bench, count: usize) -> (Bench, Bench) {
    let (mut of_one, mut of_many) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        one = serve(one.stop());
        of_one.push(one.ready_seconds);
        many = serve(many.stop());
        of_many.push(many.ready_seconds);
    }
    println!(
        "  du démarrage à « prêt » : {:.2} s avec 1, {:.2} s avec {count} ; mémoire {} et {} Mio",
        quantile(&mut of_one, 0.5),
        quantile(&mut of_many, 0.5),
        one.peak_kib() / 1_024,
        many.peak_kib() / 1_024
    );
    (one, many)
}

/// Those who answer for all the members, in the file of the first.
const STAFF: &str = r#"
[[person]]
login = "pilotage"
name = "Pilotage"
roles = ["pilot"]
password = "mot-de-passe-du-pilotage"
[[person]]
login = "exploitation"
name = "Exploitation"
roles = ["operator"]
password = "mot-de-passe-de-l-exploitation"
"#;

/// Who serves every member, in the file of each.
const OF_EACH: &str = r#"
[[person]]
login = "archiviste"
name = "Archiviste du ressort"
roles = ["archivist"]
password = "mot-de-passe-de-l-archiviste"
[[person]]
login = "controle"
name = "Contrôle du ressort"
roles = ["control_authority"]
password = "mot-de-passe-du-controle"
"#;

/// The pages of the pilot and of the operator, and the desks of whoever serves every member, with one member and with all.
fn desks(one: &Bench, many: &Bench, count: usize) {
    let pages: [(&str, &str, &[&str]); 4] = [
        ("pilotage", "mot-de-passe-du-pilotage", &["/", "/pilotage", "/pilotage/couts"]),
        ("exploitation", "mot-de-passe-de-l-exploitation", &["/", "/exploitation", "/exploitation/acces"]),
        ("archiviste", "mot-de-passe-de-l-archiviste", &["/"]),
        ("controle", "mot-de-passe-du-controle", &["/"]),
    ];
    for (login, password, addresses) in pages {
        let clients = [one, many].map(|bench| {
            let client = Client::machine(bench, 0).logged_in(login, password);
            client.acting_for(&generated::code(0));
            client
        });
        for address in addresses {
            let [(mut of_one, _), (mut of_many, weight)] = clients.each_ref().map(|client| {
                let shown: Vec<(f64, String)> = (0..60).map(|_| client.shown(address)).collect();
                let weight = shown.last().map_or(0, |(_, page)| page.len() / 1_024);
                (shown.into_iter().skip(10).map(|(seconds, _)| seconds).collect::<Vec<_>>(), weight)
            });
            let (of_one, of_many) = (client::told(&mut of_one), client::told(&mut of_many));
            println!("  {login}, {address} : {of_one} avec 1, {of_many} avec {count} ; page de {weight} Kio");
        }
    }
}

/// The first member's time, alone and beside the others, each of which has deposited.
fn latency(one: &Bench, many: &Bench, count: usize) {
    let mut number = 1_000_000;
    for neighbour in 1..count {
        number += 1;
        Client::machine(many, neighbour).deposit(&small::deposit(number));
    }
    let clients = [Client::person(one, 0), Client::person(many, 0)];
    let mut pages = [Vec::new(), Vec::new()];
    let mut deposits = [Vec::new(), Vec::new()];
    for round in 0..120 {
        for (which, client) in clients.iter().enumerate() {
            number += 1;
            let seconds = client.taken_in_charge(&small::deposit(number));
            std::thread::sleep(Duration::from_millis(100));
            let page = client.page();
            std::thread::sleep(Duration::from_millis(100));
            // The first ones pay for pools and plans.
            if round >= 20 {
                deposits[which].push(seconds);
                pages[which].push(page);
            }
        }
    }
    for (what, measured) in [("page de recherche", &mut pages), ("versement pris en charge", &mut deposits)] {
        let [of_one, of_many] = measured;
        println!("  {what} : {} avec 1, {} avec {count}", client::told(of_one), client::told(of_many));
    }
}
