//! What is counted while the program runs, for `/metrics`.
//!
//! Never holds a title, a member's name or an identifier: labels are words of the program. The one thing to
//! know: counters belong to the process and may be touched from any floor; what a database can count
//! (jobs) is asked when the page is read, by `web::metrics`.

mod copies;

use std::sync::LazyLock;
use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::model::TransferState;

pub use copies::{Site, alerts_stand, canaries_stand, copy_mended, copy_read, site_stands, stamp_waits};

static COUNTERS: LazyLock<Counters> = LazyLock::new(Counters::new);

struct Counters {
    registry: Registry,
    transfers: IntCounterVec,
    received_bytes: IntCounter,
    steps: HistogramVec,
    requests: IntCounterVec,
    limited: IntCounterVec,
    requests_duration: HistogramVec,
    jobs: IntGaugeVec,
    copies: copies::Counters,
    checked: IntCounterVec,
    scanner: IntGaugeVec,
    signatures: IntGaugeVec,
    waiting: IntGaugeVec,
}

/// A transfer has entered this state.
pub fn transfer_is_now(state: TransferState) {
    COUNTERS.transfers.with_label_values(&[state.word()]).inc();
}

/// Bytes of a deposit were received whole.
pub fn received(size_bytes: u64) {
    COUNTERS.received_bytes.inc_by(size_bytes);
}

/// A step (`receive`, `validate`, `store`…) or a job took this long.
pub fn step_took(step: &'static str, duration: Duration) {
    COUNTERS.steps.with_label_values(&[step]).observe(duration.as_secs_f64());
}

/// A request was answered; `route` is the address as the table writes it, never as it was asked.
pub fn answered(method: &str, route: &str, status: u16, duration: Duration) {
    COUNTERS.requests.with_label_values(&[method, route, &status.to_string()]).inc();
    COUNTERS.requests_duration.with_label_values(&[method, route]).observe(duration.as_secs_f64());
}

/// A member was made to wait, so that the others need not: `requests_rate`, `requests_at_once`, `uploads_rate`,
/// `uploads_at_once`, `jobs` (a worker left its jobs to wait), `connections` (of the database).
pub fn limited(kind: &'static str) {
    COUNTERS.limited.with_label_values(&[kind]).inc();
}

/// How many jobs stand where, as counted now.
pub fn jobs_stand(counts: &[(&str, u64)]) {
    for (state, count) in counts {
        set(&COUNTERS.jobs, &[state], *count);
    }
}

fn set(gauge: &IntGaugeVec, labels: &[&str], value: u64) {
    gauge.with_label_values(labels).set(i64::try_from(value).unwrap_or(i64::MAX));
}

/// A file was shown to the virus scanner, which said this of it: `clean`, `infected`, `not_scanned`.
pub fn file_checked(verdict: &'static str) {
    COUNTERS.checked.with_label_values(&[verdict]).inc();
}

/// Whether the virus scanner answers now, how many transfers wait for it, and how old its signatures are, when it dates
/// them. Never said when there is none.
pub fn scanner_stands(answers: bool, waiting: u64, signatures_days: Option<i64>) {
    let none: [&str; 0] = [];
    COUNTERS.scanner.with_label_values(&none).set(i64::from(answers));
    if let Some(days) = signatures_days {
        COUNTERS.signatures.with_label_values(&none).set(days);
    }
    let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
    COUNTERS.waiting.with_label_values(&["antivirus"]).set(waiting);
}

/// Everything counted, in Prometheus's text format.
pub fn text() -> String {
    let mut text = Vec::new();
    let encoded = TextEncoder::new().encode(&COUNTERS.registry.gather(), &mut text);
    debug_assert!(encoded.is_ok(), "writing into memory");
    String::from_utf8(text).unwrap_or_default()
}

impl Counters {
    fn new() -> Self {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let made = IntCounterVec::new(Opts::new(name, help), labels).expect("names of ours");
            registry.register(Box::new(made.clone())).expect("registered once");
            made
        };
        let histogram = |name: &str, help: &str, labels: &[&str], buckets: &[f64]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            let made = HistogramVec::new(options, labels).expect("names of ours");
            registry.register(Box::new(made.clone())).expect("registered once");
            made
        };
        let transfers = counter("chartrier_transfers_total", "Transfers that entered a state.", &["state"]);
        let requests =
            counter("chartrier_http_requests_total", "Requests answered.", &["method", "route", "status"]);
        let steps = histogram(
            "chartrier_step_duration_seconds",
            "Time taken by a step of the ingest path or by a job.",
            &["step"],
            &[0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0, 3600.0],
        );
        let requests_duration = histogram(
            "chartrier_http_request_duration_seconds",
            "Time from a request's head to its answer's head.",
            &["method", "route"],
            &[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0],
        );
        let received_bytes =
            IntCounter::new("chartrier_received_bytes_total", "Bytes of deposits received whole.")
                .expect("our name");
        registry.register(Box::new(received_bytes.clone())).expect("registered once");
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let made = IntGaugeVec::new(Opts::new(name, help), labels).expect("names of ours");
            registry.register(Box::new(made.clone())).expect("registered once");
            made
        };
        let jobs = gauge("chartrier_jobs", "Background jobs by state.", &["state"]);
        let checked =
            counter("chartrier_virus_checked_files_total", "Files shown to the virus scanner.", &["verdict"]);
        let scanner = gauge("chartrier_antivirus_up", "1 while the virus scanner answers, else 0.", &[]);
        let signatures =
            gauge("chartrier_antivirus_signatures_age_days", "Age of the virus scanner's signatures.", &[]);
        let waiting =
            gauge("chartrier_transfers_waiting", "Transfers that wait for this to answer.", &["for"]);
        let copies = copies::Counters::new(&registry);
        Self {
            limited: counter("chartrier_limited_total", "Times a member was held to its share.", &["kind"]),
            registry,
            transfers,
            received_bytes,
            steps,
            requests,
            requests_duration,
            jobs,
            copies,
            checked,
            scanner,
            signatures,
            waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_read_back() {
        transfer_is_now(TransferState::Received);
        received(3);
        step_took("receive", Duration::from_millis(3));
        answered("GET", "/health/live", 200, Duration::from_millis(1));
        jobs_stand(&[("set_aside", 2)]);
        file_checked("clean");
        limited("uploads_at_once");
        assert!(!text().contains("chartrier_antivirus_up"), "no scanner, no word of it");
        scanner_stands(false, 3, Some(2));
        let text = text();
        for expected in [
            "chartrier_transfers_total{state=\"received\"}",
            "chartrier_received_bytes_total",
            "chartrier_step_duration_seconds_bucket{step=\"receive\",le=\"0.005\"}",
            "chartrier_http_requests_total{method=\"GET\",route=\"/health/live\",status=\"200\"}",
            "chartrier_jobs{state=\"set_aside\"} 2",
            "chartrier_virus_checked_files_total{verdict=\"clean\"}",
            "chartrier_limited_total{kind=\"uploads_at_once\"} 1",
            "chartrier_antivirus_up 0",
            "chartrier_antivirus_signatures_age_days 2",
            "chartrier_transfers_waiting{for=\"antivirus\"} 3",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }
}
