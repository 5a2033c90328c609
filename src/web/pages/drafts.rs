//! The form by which a member's administrator prepares an agreement.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::agreements::address;
use super::fields::{Fields, all, first};
use super::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use crate::membership::drafts::{self, Draft, Unchanged};
use crate::membership::profiles::By;
use crate::model::{Age, AgreementId, Role};
use crate::registry::{self, profile_queries, retention, retention_queries};
use crate::web::callers::{AgreementKeeper, Archivist};
use crate::web::{Problem, State, problems};

/// `GET /accords/nouveau`.
#[derive(Template)]
#[template(path = "agreements/draft.html")]
pub struct DraftPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub identifier: String,
    pub name: String,
    pub megabytes: String,
    pub from: String,
    pub until: String,
    pub choices: Choices,
    pub errors: Vec<FieldError>,
}

impl DraftPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// Value, words, whether it is chosen.
type Choice = (String, String, bool);

/// What may be chosen.
#[derive(Default)]
pub struct Choices {
    pub archival: Vec<Choice>,
    pub transferring: Vec<Choice>,
    pub originating: Vec<Choice>,
    pub profiles: Vec<Choice>,
    pub typologies: Vec<Choice>,
    pub ages: Vec<Choice>,
    pub by_archivist: bool,
    pub profile_imposed: bool,
}

/// `GET /accords/nouveau`.
pub async fn form(person: AgreementKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let fields = [("taille".to_owned(), "1024".to_owned())];
    Ok(answer(&draft_page(&person, &state, &fields, Vec::new()).await?))
}

/// `POST /accords`.
pub async fn prepare(
    person: AgreementKeeper,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = By { tenant: person.tenant, person: person.person_id, role: Role::MemberAdmin };
    let prepared = match draft(&fields) {
        Ok(draft) => {
            let prepared = drafts::prepare(&state.db, &state.clock, by, draft).await?;
            prepared.map_err(|unchanged| unchanged.into_iter().map(error).collect())
        }
        Err(error) => Err(vec![error]),
    };
    match prepared {
        Ok(id) => Ok(go_to(&format!("{}?fait=prepare", address(id)))),
        Err(errors) => Ok(answer_to_correct(&draft_page(&person, &state, &fields, errors).await?)),
    }
}

/// `POST /accords/{id}/validation`.
pub async fn validate(
    person: Archivist,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, by) =
        (AgreementId(*id), By { tenant: person.tenant, person: person.person_id, role: Role::Archivist });
    let done = match drafts::validate(&state.db, &state.clock, by, id).await? {
        // Somebody was quicker.
        Ok(()) | Err(Unchanged::NotDraft) => "valide",
        Err(Unchanged::OwnDraft) => "sien",
        Err(_) => return Err(problems::not_found()),
    };
    Ok(go_to(&format!("{}?fait={done}", address(id))))
}

fn draft(fields: &[(String, String)]) -> Result<Draft, FieldError> {
    let day = |name: &'static str| match first(fields, name).as_str() {
        "" => Ok(None),
        text => text.parse::<NaiveDate>().map(Some).map_err(|_| FieldError {
            field: name,
            sentence: "Une date est attendue : jour, mois, année.".into(),
        }),
    };
    let megabytes: u64 = first(fields, "taille").trim().parse().unwrap_or(0);
    Ok(Draft {
        identifier: first(fields, "identifiant"),
        name: first(fields, "nom"),
        archival_agency: first(fields, "archives"),
        transferring: all(fields, "versant"),
        originating: all(fields, "producteur"),
        profiles: all(fields, "profil"),
        profile_imposed: first(fields, "profil-exige") == "oui",
        by_archivist: first(fields, "acceptation") != "automatique",
        age: Age::from_word(&first(fields, "age")).unwrap_or_default(),
        typology: Some(first(fields, "typologie")).filter(|code| !code.is_empty()),
        transfer_bytes_max: megabytes.saturating_mul(1 << 20),
        valid_from: day("debut")?,
        valid_until: day("fin")?,
    })
}

async fn draft_page(
    person: &AgreementKeeper,
    state: &State,
    fields: &[(String, String)],
    errors: Vec<FieldError>,
) -> Result<DraftPage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let parties = registry::queries::parties(&mut tx).await?;
    let profiles = profile_queries::profiles(&mut tx).await?;
    let rules = retention::schedule(retention_queries::versions(&mut tx, None).await?, state.clock.today());
    drop(tx);
    let chosen =
        |field: &str, value: &str| fields.iter().any(|(name, given)| name == field && given == value);
    let parties_of = |field: &str, part: fn(&crate::model::Party) -> bool| -> Vec<Choice> {
        let having = parties.iter().filter(|party| part(party));
        having.map(|one| (one.identifier.clone(), one.name.clone(), chosen(field, &one.identifier))).collect()
    };
    let choices = Choices {
        archival: parties_of("archives", |party| party.archival),
        transferring: parties_of("versant", |party| party.transferring),
        originating: parties_of("producteur", |party| party.originating),
        profiles: profiles
            .iter()
            .map(|one| (one.identifier.clone(), one.name.clone(), chosen("profil", &one.identifier)))
            .collect(),
        typologies: rules
            .into_iter()
            .map(|(_, rule)| {
                let is_chosen = chosen("typologie", &rule.code);
                (rule.code, rule.typology, is_chosen)
            })
            .collect(),
        ages: Age::ALL
            .map(|age| (age.word().to_owned(), age.label().to_owned(), chosen("age", age.word())))
            .into(),
        by_archivist: first(fields, "acceptation") != "automatique",
        profile_imposed: chosen("profil-exige", "oui"),
    };
    Ok(page(Account::of(person), fields, choices, errors))
}

/// The form, as it was filled.
pub fn page(
    account: Account,
    fields: &[(String, String)],
    choices: Choices,
    errors: Vec<FieldError>,
) -> DraftPage {
    DraftPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Préparer un accord".into(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![Link::new("Profils", "/profils"), Link::new("Accords de versement", "/accords")],
        identifier: first(fields, "identifiant"),
        name: first(fields, "nom"),
        megabytes: first(fields, "taille"),
        from: first(fields, "debut"),
        until: first(fields, "fin"),
        choices,
        errors,
    }
}

/// Where to correct what was refused.
fn error(unchanged: Unchanged) -> FieldError {
    let (field, sentence) = match unchanged {
        Unchanged::IdentifierWrong => (
            "identifiant",
            "Lettres sans accent, chiffres et signes, sans espace : il sera écrit dans les bordereaux.",
        ),
        Unchanged::IdentifierTaken => ("identifiant", "Un accord de cet identifiant est déjà en vigueur."),
        Unchanged::NameMissing => ("nom", "Donnez-lui un nom."),
        Unchanged::ArchivalAgency => ("archives", "Choisissez le service d’archives."),
        Unchanged::Transferring => ("versant", "Choisissez un service versant au moins."),
        Unchanged::Originating => {
            ("producteur", "Un service producteur n’existe plus : choisissez de nouveau.")
        }
        Unchanged::Profile => {
            ("profil", "Pour exiger un profil, choisissez-en un parmi ceux de la collectivité.")
        }
        Unchanged::TypologyUnknown => ("typologie", "Choisissez une règle du tableau de gestion."),
        Unchanged::Age(reason) => {
            return FieldError { field: "age", sentence: super::words::sentence(&format!("{reason}.")) };
        }
        Unchanged::SizeWrong => ("taille", "Un nombre de mégaoctets est attendu, d’un million au plus."),
        Unchanged::DatesWrong => ("fin", "La fin vient après le début."),
        Unchanged::NotFound | Unchanged::NotDraft | Unchanged::OwnDraft => {
            ("identifiant", "Cet accord n’est plus en préparation.")
        }
    };
    FieldError { field, sentence: sentence.into() }
}
