//! What is counted of the copies: read again, mended, how they stand, how long canaries' damage lives.

use prometheus::{IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry};

use super::{COUNTERS, set};

pub(super) struct Counters {
    readings: IntCounterVec,
    read_bytes: IntCounter,
    repairs: IntCounterVec,
    copies: IntGaugeVec,
    orphans: IntGaugeVec,
    sample_age: IntGaugeVec,
    away: IntGaugeVec,
    canaries: IntGaugeVec,
    canary_seconds: IntGaugeVec,
    alerts: IntGaugeVec,
    stamp_waits: IntGaugeVec,
}

/// A copy was read again: `right`, `wrong` or `away`.
pub fn copy_read(verdict: &'static str, size_bytes: u64) {
    COUNTERS.copies.readings.with_label_values(&[verdict]).inc();
    COUNTERS.copies.read_bytes.inc_by(size_bytes);
}

/// What became of a wrong copy: `mended`, `waiting`, `no_good_copy`, `failed`.
pub fn copy_mended(outcome: &'static str) {
    COUNTERS.copies.repairs.with_label_values(&[outcome]).inc();
}

/// How every member's copies on a site stand.
pub struct Site<'a> {
    pub name: &'a str,
    pub copies: u64,
    /// Read within the cycle.
    pub fresh: u64,
    pub wrong: u64,
    /// Of which wrong everywhere.
    pub no_good_copy: u64,
    pub orphans: u64,
    /// Of the member whose last sample is the oldest.
    pub sample_age_seconds: u64,
    pub away: bool,
}

/// How a site stands now.
pub fn site_stands(site: &Site<'_>) {
    for (state, number) in [
        ("all", site.copies),
        ("fresh", site.fresh),
        ("wrong", site.wrong),
        ("no_good_copy", site.no_good_copy),
    ] {
        set(&COUNTERS.copies.copies, &[site.name, state], number);
    }
    set(&COUNTERS.copies.orphans, &[site.name], site.orphans);
    set(&COUNTERS.copies.sample_age, &[site.name], site.sample_age_seconds);
    set(&COUNTERS.copies.away, &[site.name], u64::from(site.away));
}

/// Damage done on purpose, found since ever and not found yet; and how many seconds it lived, each number under
/// its word.
pub fn canaries_stand(found: u64, unfound: u64, seconds: &[(&str, u64)]) {
    set(&COUNTERS.copies.canaries, &["found"], found);
    set(&COUNTERS.copies.canaries, &["unfound"], unfound);
    for (what, number) in seconds {
        set(&COUNTERS.copies.canary_seconds, &[what], *number);
    }
}

/// What somebody must look at, counted by kind; a kind with none is 0.
pub fn alerts_stand(counts: &[(&str, u64)]) {
    for (kind, count) in counts {
        set(&COUNTERS.copies.alerts, &[kind], *count);
    }
}

/// How long the oldest head without a time stamp has waited for it.
pub fn stamp_waits(seconds: u64) {
    set(&COUNTERS.copies.stamp_waits, &[], seconds);
}

impl Counters {
    pub(super) fn new(registry: &Registry) -> Self {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let made = IntCounterVec::new(Opts::new(name, help), labels).expect("names of ours");
            registry.register(Box::new(made.clone())).expect("registered once");
            made
        };
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let made = IntGaugeVec::new(Opts::new(name, help), labels).expect("names of ours");
            registry.register(Box::new(made.clone())).expect("registered once");
            made
        };
        let readings = counter("chartrier_copies_read_total", "Copies read again, by verdict.", &["verdict"]);
        let repairs =
            counter("chartrier_repairs_total", "Attempts to mend a copy, by outcome.", &["outcome"]);
        let read_bytes = IntCounter::new("chartrier_copies_read_bytes_total", "Bytes of copies read again.")
            .expect("our name");
        registry.register(Box::new(read_bytes.clone())).expect("registered once");
        let copies = gauge(
            "chartrier_copies",
            "Copies known to the catalogue, by site and state.",
            &["site", "state"],
        );
        let orphans = gauge("chartrier_orphans", "Objects on a site that no row names.", &["site"]);
        let sample_age = gauge(
            "chartrier_sample_age_seconds",
            "Since the last sample, of the member whose last one is the oldest.",
            &["site"],
        );
        let away = gauge("chartrier_site_away", "1 while a site that was to be read is away.", &["site"]);
        let canaries = gauge(
            "chartrier_canary_damage",
            "Damage done on purpose, found since ever or not yet.",
            &["state"],
        );
        let canary_seconds = gauge(
            "chartrier_canary_seconds",
            "How long damage done on purpose lived before it was found.",
            &["what"],
        );
        let alerts = gauge("chartrier_alerts", "What the operator must look at, by kind.", &["kind"]);
        let stamp_waits = gauge(
            "chartrier_stamp_waiting_seconds",
            "Since when the oldest seal waits for its time stamp.",
            &[],
        );
        Self {
            stamp_waits,
            readings,
            read_bytes,
            repairs,
            copies,
            orphans,
            sample_age,
            away,
            canaries,
            canary_seconds,
            alerts,
        }
    }
}
