//! The way in: where each stands, one of them, what committees decided.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::piloting::account;
use crate::model::PersonId;
use crate::onboarding::committees::{Committee, Decision, State};
use crate::onboarding::entries::Seen;
use crate::onboarding::flows::{Beside, Flow};
use crate::onboarding::stage::{Stage, When};
use crate::onboarding::{Contact, ContactPart, Entry, Planned, Step, Training};
use crate::web::pages::entries::committees::{self, CommitteesPage};
use crate::web::pages::entries::entry::{self, EntryPage};
use crate::web::pages::entries::steering::{self, Known, SteeringPage};
use crate::web::pages::shell::FieldError;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn entry(number: u128, name: &str, kind: &str) -> Entry {
    Entry {
        id: Uuid::from_u128(number),
        siren: "219600178".into(),
        name: name.into(),
        kind: kind.into(),
        population: 7_412,
    }
}

fn steps(of: &[(Stage, &str)]) -> Vec<Step> {
    let step = |(seq, (stage, when)): (u32, &(Stage, &str))| Step {
        seq,
        stage: *stage,
        when: When::from_text(when).unwrap(),
        note: String::new(),
        entered_at: "2026-11-20T09:30:00Z".parse().unwrap(),
        entered_by: PersonId(Uuid::nil()),
        is_withdrawn: false,
    };
    (1..).zip(of).map(step).collect()
}

pub fn known_steps() -> Vec<Step> {
    steps(&[(Stage::Signed, "25/03/2026"), (Stage::Installed, "05/2026"), (Stage::Trained, "05/2026")])
}

fn decisions() -> Vec<Decision> {
    let decision = |number, committee, decision: &str, owner: &str, due: &str, state| Decision {
        id: Uuid::from_u128(number),
        committee,
        held_on: day("2026-10-14"),
        decision: decision.into(),
        owner: owner.into(),
        due_on: due.parse().ok(),
        state,
    };
    vec![
        decision(
            1,
            Committee::Steering,
            "Proposer le service aux communes de moins de 500 habitants",
            "Direction générale",
            "2026-11-15",
            State::UnderWay,
        ),
        decision(
            2,
            Committee::Technical,
            "Ouvrir le flux des marchés publics",
            "Informatique",
            "2027-01-31",
            State::ToDo,
        ),
        decision(
            3,
            Committee::Technical,
            "Essayer la reprise depuis le site sud",
            "Informatique",
            "",
            State::Done,
        ),
    ]
}

/// Where each stands.
pub fn steering() -> SteeringPage {
    let entries = vec![
        entry(1, "Commune de Montvernoille", "commune"),
        entry(2, "Commune de Saint-Aubrac-sur-Loine", "commune"),
        entry(3, "Communauté de communes du Pays d’Ombrelle", "epci"),
    ];
    let of = [
        steps(&[(Stage::Interested, "09/2026")]),
        known_steps(),
        steps(&[
            (Stage::Signed, "12/01/2026"),
            (Stage::Installed, "02/2026"),
            (Stage::Trained, "03/2026"),
            (Stage::Production, "20/04/2026"),
        ]),
    ];
    let known = Known {
        steps: entries.iter().map(|entry| entry.id).zip(of).collect(),
        entries,
        capacities: BTreeMap::from([(2026, 2), (2027, 12)]),
        decisions: decisions(),
    };
    steering::page(account(), &known, day("2026-11-27"))
}

/// One of them, with a step that its guards refuse.
pub fn entry_page() -> EntryPage {
    let planned =
        |month: &str, deposits| Planned { agreement: "ACTES-2026".into(), month: day(month), deposits };
    let seen = Seen {
        entry: entry(2, "Commune de Saint-Aubrac-sur-Loine", "commune"),
        steps: known_steps(),
        contacts: vec![Contact {
            id: Uuid::from_u128(9),
            part: ContactPart::UserLead,
            name: "Camille Roux".into(),
            email: "c.roux@saint-aubrac.example".into(),
            telephone: "03 00 00 00 00".into(),
        }],
        trainings: vec![Training {
            id: Uuid::from_u128(8),
            subject: "Verser et suivre ses versements".into(),
            held_on: day("2026-05-12"),
            people: "trois agents".into(),
        }],
        planned: vec![planned("2026-10-01", 4), planned("2026-12-01", 4)],
    };
    let flow = Flow {
        agreement: "ACTES-2026".into(),
        name: "Actes soumis au contrôle de légalité".into(),
        is_open: true,
        machines: 1,
        profiles: 1,
        missed: 1,
        first_on: None,
        deposits: 0,
    };
    let beside = seen.planned.iter().map(|planned| Beside { planned: planned.clone(), came: 0 }).collect();
    let mut page = entry::page(account(), &seen, Some(&(vec![flow], beside)), day("2026-11-27"));
    page.typed = vec![("etape".into(), "EN_PRODUCTION".into()), ("date".into(), "27/11/2026".into())];
    page.errors = vec![FieldError {
        field: "etape",
        sentence: "Pas de production sans un versement d’essai accepté.".into(),
    }];
    page
}

/// What committees decided.
pub fn committees() -> CommitteesPage {
    committees::page(account(), &decisions(), day("2026-11-27"))
}
