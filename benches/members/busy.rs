//! One member beside another that deposits as fast as it can.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::client::{Client, told};
use crate::service::{Bench, quantile};
use crate::small;

/// How long each state is looked at.
const LOOK: Duration = Duration::from_secs(40);
const CLIENTS: usize = 8;

/// What the quiet member measured: pages, deposits.
struct Felt {
    pages: Vec<f64>,
    deposits: Vec<f64>,
}

pub fn run(bench: &Bench) {
    let (quiet, busy) = (1, 2);
    let own: Vec<Vec<u8>> = (0..400).map(|n| small::deposit(2_000_000 + n)).collect();
    let theirs: Vec<Vec<u8>> = (0..2_500).map(|n| small::deposit(3_000_000 + n)).collect();
    let (first, second) = own.split_at(200);
    feel(bench, quiet, &first[..20], Duration::from_secs(5));
    let mut idle = feel(bench, quiet, &first[20..], LOOK);
    let (stop, next, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let (mut beside, deposited, seconds) = std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let client = Client::machine(bench, busy);
                while !stop.load(Ordering::Relaxed) {
                    let Some(bytes) = theirs.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                    while let Err(seconds) = client.try_deposit(bytes) {
                        refused.fetch_add(1, Ordering::Relaxed);
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        std::thread::sleep(Duration::from_secs(seconds));
                    }
                }
            });
        }
        // Its burst is over.
        std::thread::sleep(Duration::from_secs(5));
        let (before, began) = (next.load(Ordering::Relaxed), Instant::now());
        let felt = feel(bench, quiet, second, LOOK);
        let (seconds, deposited) = (began.elapsed().as_secs_f64(), next.load(Ordering::Relaxed) - before);
        stop.store(true, Ordering::Relaxed);
        (felt, deposited, seconds)
    });
    println!(
        "À côté d’une collectivité qui dépose par {CLIENTS} clients ({:.1} versements par seconde reçus, {} fois priée \
         d’attendre) :",
        deposited as f64 / seconds,
        refused.load(Ordering::Relaxed)
    );
    for (what, idle, beside) in [
        ("page", &mut idle.pages, &mut beside.pages),
        ("versement pris en charge", &mut idle.deposits, &mut beside.deposits),
    ] {
        let (alone, busy) = (told(idle), told(beside));
        let ratio = quantile(beside, 0.95) / quantile(idle, 0.95);
        println!(
            "  {what} : seule {alone} ({} mesures) ; à côté {busy} ({}) ; p95 {ratio:.2} fois",
            idle.len(),
            beside.len()
        );
    }
}

/// What one member feels for a while, a page each 120 ms and a deposit each 300 ms.
fn feel(bench: &Bench, member: usize, deposits: &[Vec<u8>], how_long: Duration) -> Felt {
    let began = Instant::now();
    std::thread::scope(|scope| {
        let pages = scope.spawn(|| {
            let client = Client::person(bench, member);
            let mut seconds = Vec::new();
            while began.elapsed() < how_long {
                seconds.push(client.page());
                std::thread::sleep(Duration::from_millis(120));
            }
            seconds
        });
        let client = Client::machine(bench, member);
        let mut seconds = Vec::new();
        for bytes in deposits {
            if began.elapsed() >= how_long {
                break;
            }
            seconds.push(client.taken_in_charge(bytes));
            std::thread::sleep(Duration::from_millis(300));
        }
        Felt { pages: pages.join().unwrap(), deposits: seconds }
    })
}
