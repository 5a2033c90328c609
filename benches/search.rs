//! Finding among a million units: the page of answers for each kind of question, and a branch of a tree of 100 000.
//!
//! `make bench BENCH=search`, or `cargo bench --bench search`. `UNITS=1000000`, `MEMBERS=50` and `QUESTIONS=200` are the defaults;
//! smaller ones take less than the quarter of an hour that a million takes. One member has the units, the others a thousand each.
//! What is measured is what a person waits for: the whole page, from the request to its last byte, facets included.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "the bench's own variables")]

#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
#[path = "members/client.rs"]
mod client;
#[path = "../tests/support/members.rs"]
mod generated;
#[path = "search/grown.rs"]
mod grown;
#[expect(dead_code, reason = "shared by the benches, each of which uses its part")]
mod service;
mod small;

use client::Client;
use service::{Bench, program, quantile};

fn main() {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (units, members, questions) =
        (number("UNITS", 1_000_000), number("MEMBERS", 50), number("QUESTIONS", 200));
    let bench = serve(members);
    let tree = grown::grow(&bench, units, members);
    println!("{units} unités chez une collectivité parmi {members} :");
    let bench = serve_again(bench);
    let person = Client::person(&bench, 0);
    for (what, kind) in KINDS {
        let (mut seconds, mut weight) = (Vec::new(), 0);
        for turn in 0..questions + 20 {
            // Accents as browsers send them; the rest is written as it must be.
            let asked =
                percent_encoding::utf8_percent_encode(&kind(turn), percent_encoding::CONTROLS).to_string();
            let (one, page) = person.shown(&format!("/archives?q={asked}"));
            assert!(page.contains("class=\"rows\""), "{what}: nothing was found for {asked}");
            weight = weight.max(page.len());
            // The first ones fill the caches.
            if turn >= 20 {
                seconds.push(one);
            }
        }
        println!("  {what} : {} ; page de {} Kio", told(&mut seconds), weight / 1_024);
    }
    println!("Arbre de {} unités :", grown::TREE);
    for (what, address) in [
        ("le sommet (1 000 branches)", &tree.root),
        ("une branche (100 unités)", &tree.branch),
        ("un sommet qui a tout sous lui (100 000 unités)", &tree.flat),
        ("le même, à sa fin", &format!("{}?apres=99950", tree.flat)),
    ] {
        let mut shown: Vec<(f64, String)> = (0..60).map(|_| person.shown(address)).collect();
        let mut seconds: Vec<f64> = shown.iter().skip(10).map(|(one, _)| *one).collect();
        let weight = shown.pop().map_or(0, |(_, page)| page.len());
        println!("  {what} : {} ; page de {} Kio", told(&mut seconds), weight / 1_024);
    }
}

/// A kind of question, and the question of each turn.
type Kind = (&'static str, fn(usize) -> String);

const KINDS: [Kind; 9] = [
    ("mot rare", |turn| format!("nom{}", 2_000 + 31 * turn)),
    ("mot ni rare ni courant", |turn| format!("mot{}", 10 + turn % 40)),
    ("mot courant", |turn| grown::WORDS[turn % 8].to_owned()),
    ("deux mots courants", |turn| format!("{}+{}", grown::WORDS[turn % 8], grown::WORDS[8 + turn % 12])),
    ("expression", |turn| format!("%22rue+{}+nom{}%22", grown::WORDS[turn % 8], 30 + turn % 60)),
    ("identifiant", |turn| format!("{}%2F2023", 1_000 + 37 * turn)),
    ("mot et mois", |turn| format!("{}+mars+{}", grown::WORDS[turn % 8], 2015 + turn % 8)),
    ("mot courant, année et format choisis", |turn| {
        format!("{}&annee={}&format=fmt%2F18", grown::WORDS[turn % 8], 2015 + turn % 8)
    }),
    ("rien, la page d’accueil de la recherche", |_| String::new()),
];

fn told(seconds: &mut [f64]) -> String {
    let (p50, p95) = (1e3 * quantile(seconds, 0.5), 1e3 * quantile(seconds, 0.95));
    format!("p50 {p50:.1} ms, p95 {p95:.1} ms")
}

/// A service with so many members.
fn serve(members: usize) -> Bench {
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    service::open_to_all(folder.path());
    let tenants = folder.path().join("tenants");
    generated::write(&tenants, members).unwrap();
    let applied = program(folder.path()).args(["tenants", "apply"]).arg(&tenants).status();
    assert!(applied.unwrap().success(), "the members are applied");
    Bench::serve_as(folder, &SETTINGS, (&generated::code(0), &generated::password(0)))
}

/// The copies of what was multiplied are nowhere: nobody is to look for them while it is measured.
const SETTINGS: [(&str, &str); 4] = [
    ("CHARTRIER_INTEGRITY_CANARIES", "0"),
    ("CHARTRIER_SHARE_REQUESTS_PER_SECOND", "100000"),
    ("CHARTRIER_SHARE_REQUESTS_BURST", "100000"),
    ("CHARTRIER_WORKER_JOBS", "1"),
];

fn serve_again(bench: Bench) -> Bench {
    Bench::serve_as(bench.stop(), &SETTINGS, (&generated::code(0), &generated::password(0)))
}
