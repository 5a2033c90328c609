//! `GET /api/v1/profiles`: the archive profiles that the machine's agreements list.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::agreements::{Listed, next_address};
use super::{Page, conditional, limit, page_by_name, place};
use crate::registry::{Profile, profile_queries};
use crate::web::State;
use crate::web::callers::Machine;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct ProfileJson {
    /// As a manifest declares it.
    identifier: String,
    name: String,
    state: &'static str,
    /// The one in force.
    version: u32,
    seda_version: Option<String>,
    /// Of the grammar in force.
    sha512: String,
    /// The machine's own agreements that list it.
    archival_agreements: Vec<String>,
}

/// `GET /api/v1/profiles`.
pub async fn list(
    machine: Machine,
    request: HttpRequest,
    asked: web::Query<Listed>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let after = place::<String>(asked.after.as_deref())?;
    let profiles = profile_queries::profiles(&mut state.db.read(machine.tenant).await?).await?;
    let all: Vec<ProfileJson> =
        profiles.into_iter().filter_map(|profile| json(profile, &machine.agreements)).collect();
    let (items, next) = page_by_name(all, |profile| &profile.identifier, after.as_deref(), most);
    let next = next.map(|name| next_address("/api/v1/profiles", &asked, &name));
    conditional(&request, &Page { items, next })
}

/// `None` when none of these agreements lists it.
fn json(mut profile: Profile, agreements: &[String]) -> Option<ProfileJson> {
    profile.agreements.retain(|agreement| agreements.contains(agreement));
    (!profile.agreements.is_empty()).then(|| ProfileJson {
        identifier: profile.identifier,
        name: profile.name,
        state: if profile.active { "active" } else { "inactive" },
        version: profile.in_force.version,
        seda_version: profile.in_force.seda_version,
        sha512: hex::encode(&profile.in_force.sha512),
        archival_agreements: profile.agreements,
    })
}
