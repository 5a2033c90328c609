//! How copies are kept, on a bad day and on a good one.

use uuid::Uuid;

use super::frame::{at, shell};
use crate::catalog::Copy;
use crate::model::{ArchiveId, UnitId};
use crate::preservation::{
    Alert, Canaries, Damage, Incident, MemberSite, MemberStanding, Migration, Overview, SiteStanding,
};
use crate::web::pages::preservation::{self, CopyLine, IntegrityPage};
use crate::web::pages::shell::{Account, Section};

fn incident(cote: &str, site: &str, faults: &[&str]) -> Incident {
    Incident {
        archive: ArchiveId(Uuid::nil()),
        cote: cote.into(),
        root: Some(UnitId(Uuid::nil())),
        site: site.into(),
        no_good_copy: false,
        faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        fault_count: faults.len() as u32,
        opened_at: at("2026-11-20T04:12:00Z"),
        attempts: 0,
        last_error: None,
        repaired_at: None,
        repaired_from: None,
        withdrawn: false,
    }
}

fn account() -> Account {
    let account = shell("", Section::Integrity, "archiviste").account.unwrap();
    Account {
        menu: vec![
            Section::Desk,
            Section::Transfers,
            Section::Archives,
            Section::Integrity,
            Section::Profiles,
        ],
        ..account
    }
}

fn sites() -> Vec<MemberSite> {
    let site = |name: &str, fresh, sampled: Option<&str>| MemberSite {
        site: name.into(),
        copies: 312,
        fresh,
        oldest_at: Some(at("2025-12-02T03:40:00Z")),
        sampled_at: sampled.map(at),
    };
    vec![site("nord", 312, Some("2026-11-20T04:12:00Z")), site("sud", 298, None)]
}

pub fn integrity() -> IntegrityPage {
    let altered = "fichier altéré : v1/content/objects/000003.pdf";
    let standing = MemberStanding {
        sites: sites(),
        open: vec![
            Incident {
                no_good_copy: true,
                attempts: 2,
                fault_count: 23,
                ..incident(
                    "SAL-2026-00037",
                    "nord",
                    &[altered, "inventaire incorrect : inventory.json (not the digest of its sidecar)"],
                )
            },
            incident("SAL-2026-00041", "sud", &["copie absente"]),
        ],
        open_count: 104,
        repaired: vec![
            Incident {
                repaired_at: Some(at("2026-11-18T05:02:00Z")),
                repaired_from: Some("nord".into()),
                ..incident("SAL-2025-00112", "sud", &[altered])
            },
            Incident {
                repaired_at: Some(at("2026-11-02T05:02:00Z")),
                ..incident("SAL-2025-00090", "nord", &[altered])
            },
        ],
    };
    preservation::page(account(), &standing)
}

pub fn whole() -> IntegrityPage {
    preservation::page(account(), &MemberStanding { sites: sites(), ..MemberStanding::default() })
}

pub fn copies() -> Vec<CopyLine> {
    let copy = |site: &str| Copy {
        site: site.into(),
        location: "x".into(),
        verified_at: at("2026-11-03T18:21:00Z"),
    };
    preservation::copies(
        &[copy("nord"), copy("sud")],
        &[incident("SAL-2026-00037", "sud", &["copie absente"])],
    )
}

pub fn overview() -> Overview {
    let nord = SiteStanding {
        site: "nord".into(),
        known: true,
        copies: 48_211,
        fresh: 48_211,
        oldest_at: Some(at("2025-11-29T03:40:00Z")),
        members: 41,
        sampled_since: Some(at("2026-11-19T05:12:00Z")),
        ..SiteStanding::default()
    };
    let sud = SiteStanding {
        site: "sud".into(),
        fresh: 46_020,
        away_since: Some(at("2026-11-20T02:02:00Z")),
        incidents: 3,
        no_good_copy: 1,
        ..nord.clone()
    };
    let damage = |site: &str, manner: &str, done: &str, found: &str| Damage {
        site: site.into(),
        manner: manner.into(),
        done_at: at(done),
        found_at: Some(at(found)),
        mended_at: Some(at(found)),
    };
    Overview {
        alerts: vec![
            Alert::NoGoodCopy { site: "sud".into(), copies: 1 },
            Alert::SiteAway { site: "sud".into(), since: at("2026-11-20T02:02:00Z") },
        ],
        sites: vec![nord, sud],
        canaries: Canaries {
            made_at: Some(at("2026-01-02T00:00:00Z")),
            last_done_at: Some(at("2026-11-18T00:02:00Z")),
            unfound: vec![Damage {
                found_at: None,
                mended_at: None,
                ..damage("sud", "removed", "2026-11-18T00:02:00Z", "2026-11-18T00:02:00Z")
            }],
            found: 45,
            median_seconds: Some(5 * 86_400 + 7_300),
            longest_seconds: Some(31 * 86_400),
            latest: vec![
                damage("nord", "replaced", "2026-11-11T00:02:00Z", "2026-11-13T05:12:00Z"),
                damage("sud", "removed", "2026-11-04T00:02:00Z", "2026-11-04T14:12:00Z"),
            ],
        },
        migrations: vec![Migration {
            member: "Communauté de communes du Val d’Ille".into(),
            site: "ouest".into(),
            state: "copying".into(),
            archives: 1_204,
            archives_left: 1_816,
            size_bytes: 48_200_000_000,
            asked_at: at("2026-11-19T09:00:00Z"),
            last_error: Some("site sud is not there: is its disk mounted?".into()),
        }],
    }
}
