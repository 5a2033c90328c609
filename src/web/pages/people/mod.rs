//! The people of a member, in the hands of its administrator: invited, given roles for agreements and producing services, sent a link.

mod shown;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

pub use self::shown::{Choices, Held, InvitePage, Line, ListPage, PersonPage, list_page, page};
use self::shown::{address, shell};
use super::fields::{Fields, all, first};
use super::shell::{Account, FieldError, Link as PageLink, answer, answer_to_correct, go_to};
use super::words;
use crate::db::TenantRead;
use crate::membership::accounts::{GIVEN, Invited, Link, Unchanged, people_of};
use crate::membership::profiles::By;
use crate::model::{Holding, PersonId, Role};
use crate::registry;
use crate::web::callers::PeopleKeeper;
use crate::web::{Problem, State, problems};

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Done {
    Invitee,
    Roles,
    Lien,
}

/// A role to take.
#[derive(Deserialize)]
pub struct Taking {
    #[serde(default)]
    role: String,
}

/// `GET /personnes`.
pub async fn show(person: PeopleKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let people = people_of(&mut state.db.read(person.tenant).await?).await?;
    Ok(answer(&list_page(Account::of(&person), &people)))
}

/// `GET /personnes/nouvelle`.
pub async fn form(person: PeopleKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&invite_page(&person, &state, &[], Vec::new()).await?))
}

/// `POST /personnes`.
pub async fn invite(
    person: PeopleKeeper,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let value = |name: &str| first(&fields, name);
    let invited = Invited {
        name: value("nom"),
        login: value("identifiant"),
        email: value("courriel"),
        holding: match holding(&fields) {
            Some(holding) => holding,
            None => {
                let errors = vec![error("role", "Choisissez un rôle.")];
                return Ok(answer_to_correct(&invite_page(&person, &state, &fields, errors).await?));
            }
        },
    };
    let login = invited.login.trim().to_lowercase();
    match state.accounts.invite(by(&person), invited).await? {
        Ok(link) => {
            let people = people_of(&mut state.db.read(person.tenant).await?).await?;
            let id = people.iter().find(|known| known.login == login).map(|known| known.person_id);
            let id = id.ok_or_else(problems::not_found)?;
            told(&person, &state, id, link, "invitee").await
        }
        Err(unchanged) => {
            let errors = vec![refused(unchanged)?];
            Ok(answer_to_correct(&invite_page(&person, &state, &fields, errors).await?))
        }
    }
}

/// `GET /personnes/{id}`.
pub async fn one(
    person: PeopleKeeper,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = person_page(&person, &state, PersonId(*id)).await?;
    page.notice = said.fait.map(|done| match done {
        Done::Invitee => "L’invitation est partie : la personne choisira son mot de passe.",
        Done::Roles => "Ses rôles sont changés, dès maintenant.",
        Done::Lien => "Un lien est parti à son adresse, pour choisir un nouveau mot de passe.",
    });
    Ok(answer(&page))
}

/// `POST /personnes/{id}/roles`.
pub async fn give(
    person: PeopleKeeper,
    id: web::Path<Uuid>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = PersonId(*id);
    let given = match holding(&fields) {
        Some(holding) => state.accounts.give(by(&person), id, holding).await?.map_err(refused),
        None => Err(Ok(error("role", "Choisissez un rôle."))),
    };
    match given {
        Ok(()) => Ok(go_to(&format!("{}?fait=roles", address(id)))),
        Err(refused) => {
            let mut page = person_page(&person, &state, id).await?;
            page.errors = vec![refused?];
            Ok(answer_to_correct(&page))
        }
    }
}

/// `POST /personnes/{id}/retrait`.
pub async fn take(
    person: PeopleKeeper,
    id: web::Path<Uuid>,
    form: web::Form<Taking>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = PersonId(*id);
    let role = Role::from_word(&form.role).ok_or_else(problems::not_found)?;
    match state.accounts.take(by(&person), id, role).await? {
        Ok(()) => {
            let people = people_of(&mut state.db.read(person.tenant).await?).await?;
            let remains = people.iter().any(|known| known.person_id == id);
            Ok(go_to(&if remains { format!("{}?fait=roles", address(id)) } else { "/personnes".into() }))
        }
        Err(unchanged) => {
            let mut page = person_page(&person, &state, id).await?;
            page.errors = vec![refused(unchanged)?];
            Ok(answer_to_correct(&page))
        }
    }
}

/// `POST /personnes/{id}/lien`.
pub async fn send_link(
    person: PeopleKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = PersonId(*id);
    match state.accounts.send_link(&state.identity, by(&person), id).await? {
        Ok(link) => told(&person, &state, id, link, "lien").await,
        Err(unchanged) => {
            let mut page = person_page(&person, &state, id).await?;
            page.errors = vec![refused(unchanged)?];
            Ok(answer_to_correct(&page))
        }
    }
}

/// The person's page, with the link when it is to be handed over.
async fn told(
    person: &PeopleKeeper,
    state: &State,
    id: PersonId,
    link: Link,
    done: &str,
) -> Result<HttpResponse, Problem> {
    match link {
        Link::Sent(_) => Ok(go_to(&format!("{}?fait={done}", address(id)))),
        Link::ToHandOver(link) => {
            let mut page = person_page(person, state, id).await?;
            page.link = Some(format!("{}/mot-de-passe/{link}", state.settings.public_url));
            Ok(answer(&page))
        }
    }
}

async fn person_page(person: &PeopleKeeper, state: &State, id: PersonId) -> Result<PersonPage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let people = people_of(&mut tx).await?;
    let known = people.iter().find(|known| known.person_id == id).ok_or_else(problems::not_found)?;
    let choices = choices(&mut tx, &[]).await?;
    Ok(page(Account::of(person), known, choices))
}

async fn invite_page(
    person: &PeopleKeeper,
    state: &State,
    fields: &[(String, String)],
    errors: Vec<FieldError>,
) -> Result<InvitePage, Problem> {
    let choices = choices(&mut state.db.read(person.tenant).await?, fields).await?;
    let account = Account::of(person);
    Ok(InvitePage {
        csrf: account.csrf.clone(),
        shell: shell("Inviter une personne", account, false),
        trail: vec![PageLink::new("Personnes", "/personnes")],
        name: first(fields, "nom"),
        login: first(fields, "identifiant"),
        email: first(fields, "courriel"),
        choices,
        errors,
    })
}

async fn choices(tx: &mut TenantRead, fields: &[(String, String)]) -> Result<Choices, Problem> {
    let chosen =
        |name: &str, value: &str| fields.iter().any(|(field, given)| field == name && given == value);
    let roles = GIVEN
        .iter()
        .map(|role| (role.word().to_owned(), words::sentence(role.label()), chosen("role", role.word())));
    let agreements = registry::queries::agreements(tx).await?;
    let parties = registry::queries::parties(tx).await?;
    Ok(Choices {
        roles: roles.collect(),
        agreements: agreements
            .into_iter()
            .map(|one| (one.identifier.clone(), one.name, chosen("accord", &one.identifier)))
            .collect(),
        producers: parties
            .into_iter()
            .filter(|party| party.originating)
            .map(|one| (one.identifier.clone(), one.name, chosen("producteur", &one.identifier)))
            .collect(),
    })
}

/// The role of a form, for what is ticked: nothing ticked is everything.
fn holding(fields: &[(String, String)]) -> Option<Holding> {
    let role = Role::from_word(&first(fields, "role"))?;
    let list = |name: &str| {
        let mut list = all(fields, name);
        list.sort();
        list.dedup();
        (!list.is_empty()).then_some(list)
    };
    Some(Holding { agreements: list("accord"), producers: list("producteur"), ..Holding::whole(role) })
}

fn by(person: &PeopleKeeper) -> By {
    By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin }
}

fn error(field: &'static str, sentence: impl Into<String>) -> FieldError {
    FieldError { field, sentence: sentence.into() }
}

/// Where to correct what was refused.
fn refused(unchanged: Unchanged) -> Result<FieldError, Problem> {
    Ok(match unchanged {
        Unchanged::NotFound => return Err(problems::not_found()),
        Unchanged::NameMissing => error("nom", "Écrivez son nom."),
        Unchanged::LoginWrong => {
            error("identifiant", "Trois caractères au moins : lettres, chiffres, et les signes @ . - _ +.")
        }
        Unchanged::LoginTaken => error(
            "identifiant",
            "Cet identifiant est pris. Si cette personne sert déjà une autre collectivité, donnez l’adresse électronique qu’elle y a.",
        ),
        Unchanged::EmailWrong => error("courriel", "Une adresse « nom@domaine » est attendue."),
        Unchanged::AlreadyThere => {
            error("identifiant", "Cette personne a déjà un rôle ici : ouvrez sa fiche pour le changer.")
        }
        Unchanged::Apart(one, other) => {
            error("role", format!("Nul n’est à la fois {} et {}.", one.label(), other.label()))
        }
        Unchanged::NotTheirs => error(
            "role",
            "Ce n’est pas à l’administrateur de la collectivité de le faire : adressez-vous au pilote du service.",
        ),
        Unchanged::ScopeUnknown => {
            error("role", "Un accord ou un service coché n’existe plus : choisissez de nouveau.")
        }
        Unchanged::LastAdministrator => {
            error("role", "C’est le dernier administrateur : nommez-en un autre d’abord.")
        }
        Unchanged::CheckMissing => error("verification", "Dites comment vous avez vérifié son identité."),
    })
}
