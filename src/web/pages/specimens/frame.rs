//! The frame of the made-up pages: who is logged in, and where.

use chrono::{DateTime, Utc};

use crate::web::pages::shell::*;

pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

pub fn shell(title: &str, section: Section, roles: &str) -> Shell {
    let account = Account {
        member: "Commune de Saint-Aubin-des-Landes".into(),
        may_change: roles == "archiviste",
        person: "Secrétariat de mairie".into(),
        roles: roles.into(),
        csrf: "jeton".into(),
        menu: vec![Section::Desk, Section::Transfers, Section::Archives],
    };
    Shell { title: title.into(), account: Some(account), section, top: true }
}

pub fn outside(title: &str) -> Shell {
    Shell { title: title.into(), account: None, section: Section::None, top: true }
}
