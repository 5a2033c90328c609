//! The desks, each with what its role sees on an ordinary day.

use uuid::Uuid;

use super::frame::{at, shell};
use super::transfers::{account, lines};
use super::{entries, integrity, operations, piloting};
use crate::db::jobs::Counts;
use crate::evidence;
use crate::evidence::lately::Happened;
use crate::identity::Membership;
use crate::ingest::awaiting::{Awaiting, Waiting};
use crate::membership::expected::Awaited;
use crate::model::expected::{Every, Period};
use crate::model::{
    FileKind, Holding, KindCount, Outlook, PersonId, RefusalReason, Role, TenantId, TransferId,
};
use crate::preservation::SiteOutlook;
use crate::registry::Quota;
use crate::usage::{Amount, Month};
use crate::web::health::Report;
use crate::web::pages::desk::lately::Looked;
use crate::web::pages::desk::{self, DeskPage, Holdings, Lately};
use crate::web::pages::ingest::batch::{self, Chosen, DecisionsPage, Told};
use crate::web::pages::ingest::decision::{DecisionForm, choices};
use crate::web::pages::ingest::waiting;
use crate::web::pages::shell::*;

fn page(roles: &str) -> DeskPage {
    DeskPage {
        shell: shell("Accueil", Section::Desk, roles),
        integrity: None,
        hopeless: false,
        can_deposit: false,
        can_read: true,
        sees_transfers: true,
        needs_factor: false,
        derogations: None,
        archivist: None,
        administrator: None,
        control: None,
        pilot: None,
        operator: None,
        happened: None,
        refused: Vec::new(),
        lately: lines(),
        moving: true,
        holdings: None,
    }
}

/// What happened to whoever has these roles: kind of entry, what it is about, action, name, in which member.
type Entry = (&'static str, &'static str, &'static str, &'static str, bool);

fn happened(role: Role, several: bool, told: &[Entry]) -> Option<Lately> {
    let here = TenantId::of_member("sa");
    let found = told.iter().enumerate().map(|(number, (event_type, about, action, name, is_here))| {
        let (code, member) = match is_here {
            true => ("sa", "Commune de Saint-Aubin-des-Landes"),
            false => ("mv", "Commune de Montvernoille"),
        };
        let looked = Looked {
            tenant: TenantId::of_member(code),
            code: code.into(),
            name: member.into(),
            role,
            told: evidence::lately::Told { types: &[], about: &[], scope: None },
        };
        let happened = Happened {
            seq: 100 - number as i64,
            at: at("2026-11-20T16:02:00Z") - chrono::TimeDelta::hours(7 * number as i64),
            event_type: (*event_type).into(),
            is_right: true,
            about: (*about).into(),
            object: Uuid::nil().to_string(),
            action: Some((*action).into()),
            state: None,
            role: None,
            agent: Some(format!("person:{}", Uuid::nil())),
            transfer_id: Some(Uuid::nil()),
            agreement_id: Some(Uuid::nil()),
            name: Some((*name).into()),
        };
        (looked, happened)
    });
    let lines = desk::lately::lines(found.collect(), PersonId(Uuid::nil()), (Some(here), several));
    Some(Lately { csrf: "jeton".into(), lines })
}

fn quota() -> Quota {
    Quota {
        bytes_max: 2 << 30,
        bytes_soft: None,
        bytes_held: 1_420_000_000,
        archives_held: 312,
        objects_max: None,
        objects_held: 936,
        deposits_per_day: None,
    }
}

pub fn depositor() -> DeskPage {
    DeskPage {
        can_deposit: true,
        refused: lines().into_iter().skip(2).take(1).collect(),
        happened: happened(
            Role::Depositor,
            false,
            &[
                ("PRISE_EN_CHARGE", "archive", "", "Registre des délibérations, 3e trimestre 2026", true),
                ("RECEPTION", "transfer", "", "Registre des délibérations, 3e trimestre 2026", true),
                ("REJET", "transfer", "", "Marché public 2025-11 : fourniture de repas", true),
            ],
        ),
        ..page("déposant, lecteur")
    }
}

fn member(code: &str, name: &str, role: Role) -> Membership {
    Membership {
        tenant: TenantId::of_member(code),
        code: code.into(),
        name: name.into(),
        successor: None,
        holdings: vec![Holding::whole(role)],
    }
}

fn waiting(id: u128, title: &str, received: &str, remarks: u64) -> Waiting {
    let count = |files| KindCount { files, bytes: 700_000 };
    Waiting {
        transfer_id: TransferId(Uuid::from_u128(id)),
        title: title.into(),
        received_at: at(received),
        sender: Some("Mairie".into()),
        files: 14,
        bytes: 9_120_000,
        kinds: [(FileKind::Pdf, count(12)), (FileKind::Image, count(2))].into(),
        remarks,
        depositor: None,
    }
}

pub fn archivist() -> DeskPage {
    let here = member("sa", "Commune de Saint-Aubin-des-Landes", Role::Archivist);
    let there = member("mv", "Commune de Montvernoille", Role::Archivist);
    let first = vec![
        waiting(1, "Marché public 2025-11 : fourniture de repas", "2026-11-19T08:00:00Z", 2),
        waiting(2, "Registre des délibérations, 3e trimestre 2026", "2026-11-18T08:00:00Z", 0),
    ];
    let of_there = vec![waiting(3, "Permis de construire, 2024", "2026-11-02T08:00:00Z", 1)];
    let awaiting = |count, remarked, first| Awaiting { count, remarked, files: 42, bytes: 27_000_000, first };
    let found = [(&here, awaiting(2, 1, first)), (&there, awaiting(1, 1, of_there))];
    let desk = desk::archivist::desk("jeton", Some(here.tenant), &found, 2, at("2026-11-20T16:20:00Z"));
    let notice = "1\u{a0}copie d’archive est fausse : le service les répare depuis une copie saine.";
    DeskPage {
        integrity: Some(notice.into()),
        derogations: Some("2\u{a0}demandes de dérogation attendent d’être vues".into()),
        archivist: Some(desk),
        happened: happened(
            Role::Archivist,
            true,
            &[
                ("PRISE_EN_CHARGE", "archive", "", "Délibération 2026-042 : budget primitif", true),
                ("COMMUNICATION", "unit", "derogation_demandee", "Dossiers d’aide sociale, 1939-1945", false),
                ("PARAMETRAGE", "reading", "lecture ouverte", "", true),
                ("PARAMETRAGE", "agreement", "preparation", "Urbanisme, 2027", true),
                ("REJET", "transfer", "", "Permis de construire, 2023", false),
            ],
        ),
        holdings: Some(Holdings::of(&quota())),
        ..page("archiviste")
    }
}

pub fn administrator() -> DeskPage {
    let day = |text: &str| text.parse().unwrap();
    let awaited = |name: &str, has_come| Awaited {
        agreement: "ACTES".into(),
        name: name.into(),
        every: Every::Month,
        period: Period { from: day("2026-11-01"), until: day("2026-11-30"), due: day("2026-12-05") },
        has_come,
    };
    let found = desk::administrator::Found {
        missed: Vec::new(),
        awaited: vec![awaited("Actes réglementaires", true), awaited("Flux comptables", false)],
        agreements: Vec::new(),
        outlook: Outlook::On { day: day("2028-03-04"), days: 469, daily: 1_300_000 },
        months: [
            (9, 1_340_000_000, 12_000_000),
            (10, 1_372_000_000, 32_000_000),
            (11, 1_420_000_000, 48_000_000),
        ]
        .map(|(month, held, came)| Month {
            first: day(&format!("2026-{month:02}-01")),
            last: day(&format!("2026-{month:02}-20")),
            days: 20,
            held: Amount { bytes: held, ..Amount::default() },
            copies_bytes: 2 * held,
            bytes_days: 0,
            came: Amount { bytes: came, ..Amount::default() },
            refused: 0,
        })
        .into(),
        bytes_max: quota().bytes_max,
        statement: None,
        machines: Vec::new(),
    };
    let mut desk = desk::administrator::desk(&found, at("2026-11-20T16:20:00Z"), day("2026-11-20"));
    desk.drafts.push(Link::new("Urbanisme, 2027", "/accords/0"));
    desk.silent.push("Pastell du syndicat est silencieuse depuis 41\u{a0}jours.".into());
    DeskPage {
        administrator: Some(desk),
        happened: happened(
            Role::MemberAdmin,
            false,
            &[
                ("PARAMETRAGE", "agreement", "validation", "Délibérations et arrêtés", true),
                ("PARAMETRAGE", "machine", "secret change", "Pastell du syndicat", true),
                ("PRISE_EN_CHARGE", "archive", "", "Délibération 2026-042 : budget primitif", true),
                ("PARAMETRAGE", "reading", "lecture ouverte", "", true),
                ("PARAMETRAGE", "person", "invitation", "Claude Le Bihan", true),
            ],
        ),
        holdings: Some(Holdings::of(&quota())),
        ..page("administrateur de la collectivité")
    }
}

pub fn control() -> DeskPage {
    let found = |code: &str, name: &str, is_here, open_count, has_entries: bool| desk::control::Found {
        code: code.into(),
        name: name.into(),
        is_here,
        quota: Some(quota()),
        open_count,
        last: has_entries.then(|| at("2026-11-12T08:30:00Z")),
        reading: is_here.then(|| at("2026-11-20T17:00:00Z")),
        rules: open_count,
    };
    let ressort = [
        found("sa", "Commune de Saint-Aubin-des-Landes", true, 0, true),
        found("mv", "Commune de Montvernoille", false, 2, true),
        found("cdg", "Centre de gestion de la Haute-Valmoure", false, 0, false),
    ];
    DeskPage {
        control: Some(desk::control::desk("jeton", &ressort, 3)),
        can_read: false,
        sees_transfers: false,
        lately: Vec::new(),
        moving: false,
        happened: happened(
            Role::ControlAuthority,
            true,
            &[
                ("PARAMETRAGE", "reading", "lecture ouverte", "", true),
                ("PARAMETRAGE", "retention_rule", "validation", "", false),
            ],
        ),
        ..page("contrôle scientifique et technique")
    }
}

pub fn pilot() -> DeskPage {
    let entry = entries::entry(1, "Commune de Bréval-le-Haut", "commune");
    let found = desk::pilot::Found {
        accesses: vec![piloting::access()],
        overviews: piloting::overviews(),
        steps: [(entry.id, entries::known_steps())].into(),
        entries: vec![entry],
        open_years: vec![2026, 2025],
    };
    DeskPage {
        can_read: false,
        sees_transfers: false,
        lately: Vec::new(),
        moving: false,
        pilot: Some(desk::pilot::desk(&found, "2026-11-27".parse().unwrap())),
        happened: happened(
            Role::Pilot,
            true,
            &[
                ("PARAMETRAGE", "glass", "acces demande", "", false),
                ("PARAMETRAGE", "deposits", "suspension", "", true),
                ("PARAMETRAGE", "statement", "etat_liquidatif", "", true),
            ],
        ),
        ..page("pilote du service mutualisé")
    }
}

pub fn operator() -> DeskPage {
    let day = |text: &str| text.parse().unwrap();
    let outlook = |site: &str, outlook| SiteOutlook { site: site.into(), outlook };
    let found = desk::operator::Found {
        report: Report { database: true, places: operations::places(), jobs: true },
        counts: Counts { due: 3, later: 1_204, running: 2, set_aside: 2, background: 4, due_since: None },
        overview: integrity::overview(),
        outlooks: vec![
            outlook("nord", Outlook::On { day: day("2027-09-01"), days: 285, daily: 4_300_000_000 }),
            outlook("sud", Outlook::Still),
        ],
        seals: Vec::new(),
        signatures: Some("120".into()),
    };
    DeskPage {
        can_read: false,
        sees_transfers: false,
        lately: Vec::new(),
        moving: false,
        operator: Some(desk::operator::desk(&found)),
        happened: happened(
            Role::Operator,
            true,
            &[
                ("REPARATION", "archive", "", "", true),
                ("INCIDENT", "archive", "", "", true),
                ("PARAMETRAGE", "glass", "acces ouvert", "", false),
            ],
        ),
        ..page("opérateur")
    }
}

pub fn decisions() -> DecisionsPage {
    let now = at("2026-11-20T16:20:00Z");
    let first = vec![
        waiting(1, "Marché public 2025-11 : fourniture de repas", "2026-11-19T08:00:00Z", 2),
        waiting(2, "Registre des délibérations, 3e trimestre 2026", "2026-11-18T08:00:00Z", 0),
    ];
    let chosen = |waiting: &Waiting| Chosen {
        of: waiting::line(waiting, now),
        is_chosen: waiting.remarks > 0,
        is_own: waiting.remarks == 0,
    };
    let lines = first.iter().map(chosen).collect();
    let found = Awaiting { count: 104, remarked: 1, files: 1_460, bytes: 812_000_000, first };
    let decision = DecisionForm {
        csrf: "jeton".into(),
        reasons: choices(&[RefusalReason::ToComplete]),
        errors: vec![FieldError { field: "selection", sentence: "Choisissez au moins un versement.".into() }],
        ..DecisionForm::default()
    };
    let accepted = Badge { label: "Accepté", tone: "kept", icon: "check" };
    let told = Told {
        address: "/versements/0".into(),
        title: "Délibération 2026-042 : budget primitif".into(),
        state: accepted,
        words: "Les copies sont en cours d’écriture.",
    };
    batch::page(account("archiviste"), &found, lines, decision, vec![told])
}
