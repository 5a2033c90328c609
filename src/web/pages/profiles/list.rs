//! The list of a member's archive profiles.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{address, badge, standard};
use crate::registry::{self, Profile};
use crate::web::callers::ProfileReader;
use crate::web::pages::shell::{Account, Badge, Section, Shell, answer};
use crate::web::{Problem, State, Who};

/// `GET /profils`.
#[derive(Template)]
#[template(path = "profiles/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub can_import: bool,
    pub lines: Vec<ProfileLine>,
}

/// One profile in the list.
pub struct ProfileLine {
    pub address: String,
    pub name: String,
    pub identifier: String,
    pub standard: String,
    pub version: u32,
    /// Names of the agreements that list it.
    pub agreements: Vec<String>,
    pub state: Badge,
}

/// `GET /profils`.
pub async fn show(person: ProfileReader, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let profiles = registry::profile_queries::profiles(&mut tx).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    drop(tx);
    let names: BTreeMap<&str, &str> =
        agreements.iter().map(|agreement| (agreement.identifier.as_str(), agreement.name.as_str())).collect();
    let lines = profiles.iter().map(|profile| line(profile, &names)).collect();
    Ok(answer(&page(Account::of(&person), Who::ProfileKeeper.admits(&person.roles), lines)))
}

/// The page of these lines.
pub fn page(account: Account, can_import: bool, lines: Vec<ProfileLine>) -> ListPage {
    ListPage {
        shell: Shell {
            title: "Profils d’archivage".into(),
            account: Some(account),
            section: Section::Profiles,
            top: true,
        },
        can_import,
        lines,
    }
}

/// One profile; `names`: those of the agreements.
pub fn line(profile: &Profile, names: &BTreeMap<&str, &str>) -> ProfileLine {
    let name =
        |identifier: &String| names.get(identifier.as_str()).unwrap_or(&identifier.as_str()).to_string();
    ProfileLine {
        address: address(profile.profile_id),
        name: profile.name.clone(),
        identifier: profile.identifier.clone(),
        standard: standard(profile.in_force.seda_version.as_deref()),
        version: profile.in_force.version,
        agreements: profile.agreements.iter().map(name).collect(),
        state: badge(profile.active),
    }
}
