//! The operator's page, on a bad day.

use uuid::Uuid;

use super::frame::{at, shell};
use crate::db::jobs::{Counts, SetAside};
use crate::ingest;
use crate::mail::Troubles;
use crate::model::{Engine, TenantId};
use crate::recovery::{Backup, Behind, KeptRehearsal};
use crate::storage::{About, Lock, MediumKind, Room, Standing};
use crate::web::health::Report;
use crate::web::pages::operations::{self, Found, OperationsPage, Resumed};
use crate::web::pages::safety::Safety;
use crate::web::pages::shell::{Account, Section};
use crate::web::scanner;

/// A backup of the night, a site that lags behind, two rehearsals.
fn safety() -> Safety {
    let rehearsal = |began: &str, took_ms, differences: &[&str]| KeptRehearsal {
        tenant_id: Uuid::from_u128(7),
        site: "sud".into(),
        began_at: at(began),
        took_ms,
        archive_count: 12_408,
        size_bytes: 310_000_000_000,
        differences: differences.iter().map(|said| (*said).to_owned()).collect(),
    };
    let member = "Communauté de communes du Val d’Ille".to_owned();
    let lost = ["copy : 24816 lignes, 24815 reconstruites"];
    Safety {
        backup: Some(Backup {
            began_at: at("2026-11-20T01:30:00Z"),
            ended_at: at("2026-11-20T01:34:00Z"),
            kind: "base".into(),
            path: "/srv/sauvegardes/7431885210573042311/base/2026-11-20T013400Z".into(),
            size_bytes: 18_400_000_000,
        }),
        behind: vec![Behind {
            tenant: TenantId::of_member("val-d-ille"),
            site: "sud".into(),
            since: at("2026-11-20T15:02:00Z"),
        }],
        rehearsals: vec![
            (member.clone(), rehearsal("2026-11-18T09:00:00Z", 14_820_000, &[])),
            (member, rehearsal("2026-05-12T09:00:00Z", 9_310_000, &lost)),
        ],
    }
}

/// Three sites, one of which takes no bytes, and the quarantine.
pub fn places() -> Vec<Standing> {
    let place = |site: Option<&str>, fault: Option<&str>, free_bytes| Standing {
        about: About::default(),
        medium: MediumKind::Folder,
        lock: Lock::None,
        site: site.map(str::to_owned),
        fault: fault.map(str::to_owned),
        room: Some(Room { free_bytes, size_bytes: 2_000_000_000_000 }),
    };
    let about = About {
        location: "Rennes, salle B du centre de données régional, baie 12".into(),
        country: "FR".into(),
        owner: "Syndicat mixte de l’essai".into(),
        qualification: "NF 461".into(),
    };
    let est = Standing {
        about: About { location: "Strasbourg".into(), qualification: "SecNumCloud".into(), ..about.clone() },
        medium: MediumKind::S3,
        lock: Lock::Kept { mode: "COMPLIANCE".into(), days: 3_650 },
        room: None,
        ..place(Some("est"), None, 0)
    };
    vec![
        Standing { about, ..place(Some("nord"), None, 1_240_000_000_000) },
        est,
        place(Some("sud"), Some("trying /srv/sud: Read-only file system (os error 30)"), 410_000_000_000),
        place(None, None, 120_000_000_000),
    ]
}

pub fn operations() -> OperationsPage {
    let places = places();
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
        background: 4,
        due_since: Some(at("2026-11-20T16:01:00Z")),
    };
    let warnings =
        ["les sites « nord » et « sud » sont sur le même disque : sa perte serait celle de deux copies"
            .to_owned()];
    let overview = super::integrity::overview();
    let (safety, scanner) = (safety(), scanner());
    let found = Found {
        report: &report,
        counts,
        waiting: &[("site sud".into(), 12)],
        set_aside: &set_aside,
        overview: &overview,
        warnings: &warnings,
        scanner: &scanner,
        safety: &safety,
        letters: &Troubles { delayed: 2, given_up: 1, last_error: Some("connection refused".into()) },
        seals: &[],
        now: at("2026-11-20T16:20:00Z"),
    };
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
