//! A connector made at the portal: its name, what it deposits through, its agreements; what it deposits through said again; and
//! the check of its settings.

use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::connector_words as said;
use super::fields::{Fields, all, first};
use super::machines::{by, ended, machine_page};
use super::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct};
use crate::membership::connectors::{self, Bus, New, NotMade};
use crate::membership::readiness;
use crate::model::{MachineId, ReplyForm};
use crate::registry;
use crate::web::callers::MachineKeeper;
use crate::web::{Problem, State, problems};

/// Value, words, whether it is chosen.
pub type Choice = (String, String, bool);

/// `GET /applications/nouveau`.
#[derive(Template)]
#[template(path = "machines/new.html")]
pub struct NewPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub name: String,
    pub buses: Vec<Choice>,
    pub agreements: Vec<Choice>,
    pub forms: Vec<Choice>,
    pub errors: Vec<FieldError>,
}

/// `GET /applications/nouveau`.
pub async fn form(person: MachineKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&new_page(&person, &state, &[], Vec::new()).await?))
}

/// `POST /applications`.
pub async fn create(
    person: MachineKeeper,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (bus, replies) = chosen(&fields);
    let made = match bus {
        None => Err(FieldError { field: "bus", sentence: "Dites par quoi il dépose.".into() }),
        Some(bus) => {
            let new = New { name: first(&fields, "nom"), bus, agreements: all(&fields, "accord"), replies };
            connectors::create(&state.db, &state.clock, by(&person), new).await?.map_err(error)
        }
    };
    match made {
        Ok(fresh) => {
            let mut page = machine_page(&person, &state, fresh.machine).await?;
            page.tell(&fresh.secret);
            Ok(answer(&page))
        }
        Err(error) => Ok(answer_to_correct(&new_page(&person, &state, &fields, vec![error]).await?)),
    }
}

/// `POST /applications/{id}/reglage`.
pub async fn set(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let (Some(bus), replies) = chosen(&fields) else {
        let mut page = machine_page(&person, &state, id).await?;
        page.errors = vec![FieldError { field: "bus", sentence: "Dites par quoi il dépose.".into() }];
        return Ok(answer_to_correct(&page));
    };
    let done = connectors::set_settings(&state.db, by(&person), id, (bus, replies)).await?;
    ended(&person, &state, id, done).await
}

/// `GET /applications/{id}/verification`.
pub async fn verify(
    person: MachineKeeper,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = MachineId(*id);
    let checks = readiness::look(&state.db, &state.clock, person.tenant, id).await?;
    let checks = checks.ok_or_else(problems::not_found)?;
    let mut page = machine_page(&person, &state, id).await?;
    page.checked(&checks);
    Ok(answer(&page))
}

fn chosen(fields: &[(String, String)]) -> (Option<Bus>, ReplyForm) {
    let replies = ReplyForm::from_word(&first(fields, "reponses")).unwrap_or_default();
    (Bus::from_word(&first(fields, "bus")), replies)
}

fn error(unmade: NotMade) -> FieldError {
    let (field, sentence) = match unmade {
        NotMade::Name => ("nom", "Donnez-lui un nom d’une ligne, de 200 caractères au plus."),
        NotMade::Agreements => ("accord", "Choisissez un accord au moins, parmi ceux de la collectivité."),
    };
    FieldError { field, sentence: sentence.into() }
}

async fn new_page(
    person: &MachineKeeper,
    state: &State,
    fields: &[(String, String)],
    errors: Vec<FieldError>,
) -> Result<NewPage, Problem> {
    let agreements = registry::queries::agreements(&mut state.db.read(person.tenant).await?).await?;
    let given = all(fields, "accord");
    let agreements = agreements.into_iter().map(|one| {
        let is_chosen = given.contains(&one.identifier);
        (one.identifier, one.name, is_chosen)
    });
    Ok(page(Account::of(person), fields, agreements.collect(), errors))
}

/// The form, as it was filled.
pub fn page(
    account: Account,
    fields: &[(String, String)],
    agreements: Vec<Choice>,
    errors: Vec<FieldError>,
) -> NewPage {
    let (bus, replies) = chosen(fields);
    NewPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Ajouter un connecteur".into(),
            account: Some(account),
            section: Section::People,
            top: false,
        },
        trail: vec![Link::new("Personnes", "/personnes"), Link::new("Connecteurs", "/applications")],
        name: first(fields, "nom"),
        buses: buses(bus),
        agreements,
        forms: forms(replies),
        errors,
    }
}

/// What may be deposited through.
pub fn buses(chosen: Option<Bus>) -> Vec<Choice> {
    Bus::ALL.map(|bus| (bus.word().into(), bus.label().into(), chosen == Some(bus))).into()
}

/// The forms of answers.
pub fn forms(chosen: ReplyForm) -> Vec<Choice> {
    let forms = [ReplyForm::Asalae, ReplyForm::Strict];
    forms.map(|form| (form.word().into(), said::reply_form(form).into(), chosen == form)).into()
}
