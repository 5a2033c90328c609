//! A crash between any two lines: the service is killed at each named point, restarted, and must end where
//! a service that was never stopped ends. Once more with the power cut: what was not synced is gone.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use chartrier::model::TransferState;
use chartrier::{ingest, storage};

use crate::support::fault_table::note;
use crate::support::power_loss;
use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

pub const KILLED: &str = "processus tué";
pub const CUT: &str = "courant coupé";

/// What is deposited so that a point is passed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scenario {
    Accepted,
    Refused,
    /// The agreement wants an archivist.
    Awaiting,
}

fn scenario(point: &str) -> Scenario {
    match point {
        "refuse-before-commit" | "refuse-after-commit" | "purge-before-commit" => Scenario::Refused,
        "examine-before-commit" | "examine-after-commit" => Scenario::Awaiting,
        _ => Scenario::Accepted,
    }
}

#[test]
fn a_process_killed_at_any_point_leaves_nothing_lost_nor_doubled() {
    run_matrix(KILLED, false);
}

#[test]
fn a_power_cut_at_any_point_leaves_nothing_lost_nor_doubled() {
    run_matrix(CUT, true);
}

fn run_matrix(title: &str, power_cut: bool) {
    let points: Vec<&str> = ingest::FAIL_POINTS.iter().chain(storage::FAIL_POINTS).copied().collect();
    let left = Mutex::new(points.clone());
    let table = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(point) = { left.lock().unwrap().pop() } {
                    let outcome = std::panic::catch_unwind(|| at_point(point, power_cut));
                    let outcome = outcome.unwrap_or_else(|panic| {
                        let words = panic.downcast_ref::<String>().cloned();
                        Err(words.or(panic.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default())
                    });
                    table.lock().unwrap().insert(point, outcome);
                }
            });
        }
    });
    let table = table.into_inner().unwrap();
    println!("{title} :");
    for point in &points {
        match &table[point] {
            Ok(words) => {
                println!("  {point:32} {words}");
                let (state, how) = words.split_once(", ").unwrap();
                note(format!("{title} : {point}"), 0, state, how);
            }
            Err(words) => println!("  {point:32} FAUX : {words}"),
        }
    }
    let wrong = table.values().filter(|outcome| outcome.is_err()).count();
    assert_eq!(wrong, 0, "{wrong} points out of {} do not recover", points.len());
}

/// Kills at one point, restarts, and checks the end; says what was seen.
fn at_point(point: &str, power_cut: bool) -> Result<String, String> {
    let scenario = scenario(point);
    let place = Place::fresh();
    let mut sip = Sip::with_files(&format!("ARRET-{point}"), 3);
    match scenario {
        Scenario::Accepted => {}
        Scenario::Refused => sip.first_digest = Some("0".repeat(128)),
        Scenario::Awaiting => sip.agreement = "ACCORD-ARCHIVISTE".into(),
    }
    let bytes = sip.zip();
    let log = place.folder().join("sync.log");

    let mut killed = Service::start(
        &place,
        &[("CHARTRIER_FAIL_KILL", point), ("CHARTRIER_SYNC_LOG", log.to_str().unwrap())],
    );
    let first = Client::new(killed.address).deposit(&bytes);
    if scenario == Scenario::Awaiting && !killed.has_died_within(Duration::from_secs(2)) {
        return Err("le point n'a pas été atteint".into());
    }
    if !killed.has_died_within(Duration::from_secs(20)) {
        return Err("le point n'a pas été atteint".into());
    }
    if power_cut {
        power_loss::cut(&log, place.folder()).map_err(|error| error.to_string())?;
    }

    let again = Service::start(&place, &[]);
    let client = Client::new(again.address);
    let transfer = match &first {
        Ok(transfer) => transfer.clone(),
        Err(_) => client.deposit(&bytes).map_err(|error| format!("nouvel envoi : {error}"))?,
    };
    if scenario == Scenario::Awaiting {
        client.wait_for(&transfer, &["examined"])?;
        place.approve(&transfer);
    }
    let state = client.wait_for(&transfer, &["taken_in_charge", "refused"])?;
    let expected =
        if scenario == Scenario::Refused { TransferState::Refused } else { TransferState::TakenInCharge };
    if state != expected.word() {
        return Err(format!("état final {state}"));
    }
    place.check_end(&sip.message_identifier, expected, &client, &transfer)?;
    Ok(format!("{state}, {}", if first.is_ok() { "repris" } else { "renvoyé par le client" }))
}
