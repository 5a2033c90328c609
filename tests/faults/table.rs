//! Every fault that must have its case, and the table of what the cases noted: run by `make faults`, after them.

use std::collections::BTreeSet;

use chartrier::{drafting, ingest, preservation, recovery, storage};

use super::kinds;
use crate::ingest::{kill, replication, slow};
use crate::preservation::faults;
use crate::storage::{full, troubles};
use crate::support::fault_table::{Row, rows};

/// The list of the faults, in the order of the table.
fn expected() -> Vec<String> {
    let mut expected: Vec<String> = kinds::faults().map(|(_, _, fault)| fault).collect();
    let copies = [
        faults::MARKER,
        faults::MARKERS,
        faults::ADDED,
        faults::GONE,
        faults::EMPTIED,
        faults::BOTH,
        faults::FORGED,
    ];
    let sites = [
        full::FULL,
        full::UNWRITABLE,
        full::UNREADABLE,
        full::CLOSED,
        full::REPLACED,
        replication::AWAY,
        replication::LOW,
        slow::SLOW,
    ];
    expected.extend(copies.into_iter().chain(sites).map(str::to_owned));
    expected.extend(troubles::PASSING.map(|trouble| troubles::fault(trouble, false)));
    expected.extend(troubles::LASTING.map(|trouble| troubles::fault(trouble, true)));
    expected.push(troubles::fault(crate::support::s3::Trouble::Half, true));
    let deposit = || ingest::FAIL_POINTS.iter().chain(storage::FAIL_POINTS);
    let others = preservation::FAIL_POINTS.iter().chain(recovery::FAIL_POINTS).chain(drafting::FAIL_POINTS);
    expected.extend(deposit().chain(others).map(|point| format!("{} : {point}", kill::KILLED)));
    expected.extend(deposit().map(|point| format!("{} : {point}", kill::CUT)));
    expected
}

#[test]
#[ignore = "after the cases that it reads: make faults"]
fn every_fault_has_lost_nothing_was_told_and_is_mended() {
    let (noted, expected) = (rows(), expected());
    let width = expected.iter().map(|fault| fault.chars().count()).max().unwrap_or(0);
    println!("{:width$}  perdu  dit  →  réparé", "défaut");
    for fault in &expected {
        for Row { lost, said, mended, .. } in noted.iter().filter(|row| row.fault == *fault) {
            println!("{fault:width$}  {lost:5}  {said}  →  {mended}");
        }
    }
    let of = |row: &Row| row.fault.clone();
    let (noted_faults, wanted): (BTreeSet<_>, BTreeSet<_>) =
        (noted.iter().map(of).collect(), expected.into_iter().collect());
    let missing: Vec<_> = wanted.difference(&noted_faults).collect();
    let unlisted: Vec<_> = noted_faults.difference(&wanted).collect();
    println!("{} défauts, {} cas", wanted.len(), noted.len());
    assert!(
        missing.is_empty() && unlisted.is_empty(),
        "without a case: {missing:?}; not in the list: {unlisted:?}"
    );
    let wrong: Vec<_> =
        noted.iter().filter(|row| row.lost > 0 || row.said.is_empty() || row.mended.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
