//! The operator's page, on a bad day.

use uuid::Uuid;

use super::frame::{at, shell};
use crate::db::jobs::{Counts, SetAside};
use crate::ingest;
use crate::model::Engine;
use crate::storage::{About, Lock, Room, Standing};
use crate::web::health::Report;
use crate::web::pages::operations::{self, Found, OperationsPage, Resumed};
use crate::web::pages::shell::{Account, Section};
use crate::web::scanner;

pub fn operations() -> OperationsPage {
    let place = |site: Option<&str>, fault: Option<&str>, free_bytes| Standing {
        about: About::default(),
        lock: Lock::None,
        site: site.map(str::to_owned),
        fault: fault.map(str::to_owned),
        room: Some(Room { free_bytes, size_bytes: 2_000_000_000_000 }),
    };
    let places = vec![
        place(Some("nord"), None, 1_240_000_000_000),
        place(Some("sud"), Some("trying /srv/sud: Read-only file system (os error 30)"), 410_000_000_000),
        place(None, None, 120_000_000_000),
    ];
    let job = |job_id, member: &str, kind: &str, attempts, error: &str, created: &str| SetAside {
        job_id,
        member_name: member.into(),
        kind: kind.into(),
        subject: Uuid::from_u128(0x019a_b2c4_5d6e_7f80_9123_4567_89ab_cdef + job_id as u128),
        attempts,
        last_error: error.into(),
        created_at: at(created),
    };
    let set_aside = [
        job(
            7,
            "Communauté de communes du Val d’Ille",
            ingest::JOB_INGEST,
            12,
            "storage: naming /srv/sud/4f6c0f5e-2b8e-5f0e-9b1e-0f7a5d1c2b3a/a1b/2c3/d4e: Read-only file system (os error 30)",
            "2026-11-19T22:14:00Z",
        ),
        job(
            9,
            "Commune de Saint-Aubin-des-Landes",
            ingest::JOB_PURGE,
            1,
            "what was sealed and what is in quarantine differ",
            "2026-11-20T06:02:00Z",
        ),
    ];
    let report = Report { database: true, places, jobs: true };
    let counts = Counts {
        due: 3,
        later: 1_204,
        running: 2,
        set_aside: 2,
        due_since: Some(at("2026-11-20T16:01:00Z")),
    };
    let warnings =
        ["les sites « nord » et « sud » sont sur le même disque : sa perte serait celle de deux copies"
            .to_owned()];
    let scanner = &scanner();
    let waiting = &[("site sud".into(), 12)];
    let found =
        Found { report: &report, counts, waiting, set_aside: &set_aside, warnings: &warnings, scanner };
    let account = shell("", Section::Operations, "opérateur").account.unwrap();
    let account = Account { menu: vec![Section::Desk, Section::Operations], ..account };
    operations::page(account, &found, Some(Resumed::Faite))
}

/// It answers, and nobody brings its signatures up to date.
fn scanner() -> scanner::Report {
    let engine = Engine {
        name: "ClamAV 1.4.3".into(),
        signatures: Some("27811".into()),
        signatures_date: "2026-11-08".parse().ok(),
    };
    let address = "/run/clamav/clamd.ctl".into();
    let standing = scanner::Standing::Answers { address, engine, age_days: Some(12) };
    scanner::Report { standing, waiting: 0 }
}
