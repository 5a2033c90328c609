//! What a person does with a profile: another version, in use or not, listed by which agreements.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::import::{not_a_profile, wrong_file};
use super::{FILE, Refused, address, by, rng_of, show};
use crate::membership::profiles::{self, Binding, Unchanged};
use crate::model::{AgreementId, ProfileId};
use crate::registry::profile_queries;
use crate::seda::profile::RNG_BYTES_MAX;
use crate::web::callers::ProfileKeeper;
use crate::web::pages::shell::{FieldError, go_to};
use crate::web::pages::upload;
use crate::web::{Problem, State, problems};

/// `POST /profils/{id}/versions`.
pub async fn replace(
    person: ProfileKeeper,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = ProfileId(*id);
    let mut tx = state.db.read(person.tenant).await?;
    profile_queries::find_profile(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    drop(tx);
    let mut upload = upload::read(&request, body, &[FILE], RNG_BYTES_MAX).await?;
    if let Some(error) = wrong_file(&upload) {
        return show::with_errors(&person, &state, id, vec![error], None).await;
    }
    let rng = rng_of(&mut upload).unwrap_or_default();
    match profiles::replace(&state.db, &state.clock, by(&person), id, rng).await? {
        Err(Unchanged::NotCompiled(findings)) => {
            let refused = Some(Refused::of(&findings));
            show::with_errors(&person, &state, id, vec![not_a_profile()], refused).await
        }
        other => done(id, other.map(drop), "version"),
    }
}

/// `POST /profils/{id}/activation`.
pub async fn activate(
    person: ProfileKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = ProfileId(*id);
    done(id, profiles::set_active(&state.db, by(&person), id, true).await?, "active")
}

/// `POST /profils/{id}/desactivation`.
pub async fn deactivate(
    person: ProfileKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = ProfileId(*id);
    done(id, profiles::set_active(&state.db, by(&person), id, false).await?, "desactive")
}

/// `POST /profils/{id}/accords`: the agreements shown (`accord`), those of them that list the profile (`admis`) and
/// those that impose one (`exige`).
pub async fn bind(
    person: ProfileKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Vec<(String, String)>>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = ProfileId(*id);
    let has =
        |field: &str, agreement: &str| form.iter().any(|(name, value)| name == field && value == agreement);
    let binding = |(name, value): &(String, String)| {
        let agreement = value.parse().ok().filter(|_| name == "accord")?;
        let (listed, imposed) = (has("admis", value), has("exige", value));
        Some(Binding { agreement: AgreementId(agreement), listed, imposed })
    };
    let bindings: Vec<Binding> = form.iter().filter_map(binding).collect();
    match profiles::bind(&state.db, &state.clock, by(&person), id, &bindings).await? {
        Err(Unchanged::ImposesNone(agreement)) => {
            let sentence = format!("L’accord {agreement} exigerait un profil sans en admettre aucun.");
            show::with_errors(&person, &state, id, vec![FieldError { field: "accords", sentence }], None)
                .await
        }
        other => done(id, other, "accords"),
    }
}

/// The page to read after an act.
fn done(id: ProfileId, outcome: Result<(), Unchanged>, what: &str) -> Result<HttpResponse, Problem> {
    let what = match outcome {
        Ok(()) => what,
        Err(Unchanged::AlreadySo) => "inchange",
        Err(_) => return Err(problems::not_found()),
    };
    Ok(go_to(&format!("{}?fait={what}", address(id))))
}
