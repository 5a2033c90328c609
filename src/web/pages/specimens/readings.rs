//! The control authority's readings, as it opens them and as the member sees them.

use chrono::DateTime;
use uuid::Uuid;

use super::frame::at;
use super::transfers::account;
use crate::membership::readings::{Read, Reading};
use crate::model::{Holding, Role};
use crate::web::pages::readings::{self, ListPage, OpenPage, ReadingPage};
use crate::web::pages::shell::FieldError;

const NOW: &str = "2026-11-20T16:20:00Z";

fn reading(id: u128, reason: &str, words: &str, cote: Option<&str>, opened: &str, until: &str) -> Reading {
    Reading {
        reading_id: Uuid::from_u128(id),
        person_id: Uuid::nil(),
        person: Some("Mathilde Orsini".into()),
        reason: reason.into(),
        words: words.into(),
        is_of_one: cote.is_some(),
        cote: cote.map(str::to_owned),
        opened_at: at(opened),
        until: at(until),
        ended_at: None,
        files: if cote.is_some() { 2 } else { 0 },
    }
}

fn some() -> Vec<Reading> {
    let asked = "Courrier du maire du 12 novembre 2026 : quels dossiers de marchés garder après la DUA.";
    let disposal = "Bordereau d’élimination 2026-3, pièces des marchés antérieurs à 2015.";
    let early = Reading {
        ended_at: Some(at("2026-10-02T09:10:00Z")),
        ..reading(2, "elimination", disposal, None, "2026-10-02T08:00:00Z", "2026-10-02T18:00:00Z")
    };
    let open =
        reading(1, "demande", asked, Some("SAL-2026-00037"), "2026-11-20T15:00:00Z", "2026-11-20T19:00:00Z");
    vec![open, early]
}

fn lines() -> Vec<readings::Line> {
    some().iter().map(|of| readings::line(of, at(NOW))).collect()
}

pub fn open() -> OpenPage {
    let now = crate::model::Reading {
        reading_id: Uuid::from_u128(1),
        archive: None,
        until: "2026-11-20T19:00:00Z".parse::<DateTime<chrono::Utc>>().unwrap(),
    };
    let holding = Holding { reading: Some(now), ..Holding::whole(Role::ControlAuthority) };
    let account = account("contrôle scientifique et technique");
    let mut page = readings::form_page(account, &[holding], lines(), None);
    let sentence = "Aucune archive de votre ressort n’a cette cote : vérifiez-la.".into();
    page.cote = "SAL-2026-9".into();
    page.words = "Récolement de 2026.".into();
    page.errors = vec![FieldError { field: "cote", sentence }];
    page
}

pub fn list() -> ListPage {
    readings::list(account("archiviste"), lines(), Some("/controle/lectures?apres=x".into()))
}

pub fn one() -> ReadingPage {
    let read = |file: &str, when: &str| Read {
        at: at(when),
        object_id: Uuid::nil(),
        file_name: file.into(),
        cote: "SAL-2026-00037".into(),
    };
    let files = [
        read("rapport-analyse.pdf", "2026-11-20T15:42:00Z"),
        read("acte-engagement.txt", "2026-11-20T15:04:00Z"),
    ];
    readings::page(account("archiviste"), &some()[0], &files, at(NOW))
}
