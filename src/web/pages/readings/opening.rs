//! The control authority says why it reads: the form, what becomes of it, and its end before its time.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::Line;
use crate::access::Reader;
use crate::catalog::Archive;
use crate::identity::PersonCaller;
use crate::membership::profiles::By;
use crate::membership::readings::{self, Asked, HOURS, HOURS_MAX, NotOpened, Reason, WORDS_CHARS_MAX};
use crate::model::{Holding, Role, Scope};
use crate::web::callers::Controller;
use crate::web::pages::shell::{Account, FieldError, Shell, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /controle/lectures`, for the control authority.
#[derive(Template)]
#[template(path = "readings/open.html")]
pub struct OpenPage {
    pub shell: Shell,
    pub csrf: String,
    pub member: String,
    pub notice: Option<&'static str>,
    /// It reads now, until then.
    pub until: Option<String>,
    /// Word, words, whether it is chosen.
    pub reasons: Vec<(&'static str, &'static str, bool)>,
    /// Hours, words, whether they are chosen.
    pub hours: Vec<(u32, String, bool)>,
    pub words: String,
    pub words_chars_max: usize,
    pub cote: String,
    pub errors: Vec<FieldError>,
    pub lines: Vec<Line>,
    pub next: Option<String>,
}

/// What the page before has to say.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Ouverte,
    Close,
}

impl Done {
    pub(super) fn words(self) -> &'static str {
        match self {
            Done::Ouverte => "La lecture est ouverte.",
            Done::Close => "La lecture est close : rien ne s’ouvre plus par elle.",
        }
    }
}

/// What is typed.
#[derive(Default, Deserialize)]
pub struct Asking {
    #[serde(default)]
    motif: String,
    #[serde(default)]
    precision: String,
    #[serde(default)]
    cote: String,
    #[serde(default)]
    heures: String,
}

/// What a page says of an archive that is read so.
pub fn notice(person: &PersonCaller, reader: &Reader, archive: &Archive) -> Option<String> {
    let id = reader.reading_of(archive)?;
    let mut readings = person.holdings.iter().filter_map(|held| held.reading.as_ref());
    let until = readings.find(|reading| reading.reading_id == id)?.until;
    Some(format!(
        "Vous lisez au titre du contrôle scientifique et technique, jusqu’au {}. Chaque fichier ouvert est inscrit au journal \
         de la collectivité ; les délais de communicabilité ne vous sont pas opposés.",
        words::moment(until).words
    ))
}

/// The page, with an empty form.
pub fn form_page(account: Account, holdings: &[Holding], lines: Vec<Line>, next: Option<String>) -> OpenPage {
    let last = holdings.iter().filter_map(|held| held.reading.as_ref()).map(|reading| reading.until).max();
    OpenPage {
        csrf: account.csrf.clone(),
        member: account.member.clone(),
        shell: super::shell("Lire avec un motif".into(), account),
        notice: None,
        until: last.map(|until| words::moment(until).words),
        reasons: Reason::ALL.map(|reason| (reason.word(), reason.label(), false)).into(),
        hours: HOURS.map(|hours| (hours, spelled(hours), hours == HOURS[0])).into(),
        words: String::new(),
        words_chars_max: WORDS_CHARS_MAX,
        cote: String::new(),
        errors: Vec::new(),
        lines,
        next,
    }
}

fn spelled(hours: u32) -> String {
    match hours {
        HOURS_MAX => format!("une journée de travail ({HOURS_MAX}\u{a0}heures)"),
        hours => words::count(hours.into(), "heure", "heures"),
    }
}

/// `POST /controle/lectures`.
pub async fn open(
    person: Controller,
    form: web::Form<Asking>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ressort = Scope::of(&person.holdings, &[Role::ControlAuthority]);
    let asked = Asked {
        reason: form.motif.clone(),
        words: form.precision.clone(),
        cote: form.cote.clone(),
        hours: form.heures.trim().parse().unwrap_or_default(),
    };
    let Err(why) = readings::open(&state.db, &state.clock, by(&person), &ressort, &asked).await? else {
        return Ok(go_to("/controle/lectures?fait=ouverte"));
    };
    let mut tx = state.db.read(person.tenant).await?;
    let own = Some(person.person_id);
    let found = readings::of_member(&mut tx, &ressort, own, None, readings::PAGE).await?;
    drop(tx);
    let lines = found.iter().map(|of| super::line(of, state.clock.now())).collect();
    let mut page = form_page(Account::of(&person), &person.holdings, lines, None);
    page.reasons.iter_mut().for_each(|(word, _, is_chosen)| *is_chosen = *word == form.motif);
    page.hours.iter_mut().for_each(|(hours, _, is_chosen)| *is_chosen = *hours == asked.hours);
    page.words = asked.words;
    page.cote = asked.cote;
    page.errors = vec![wrong(why)];
    Ok(answer_to_correct(&page))
}

fn wrong(why: NotOpened) -> FieldError {
    let (field, sentence) = match why {
        NotOpened::ReasonUnknown => ("motif", "Choisissez le motif de votre lecture."),
        NotOpened::WordsMissing => {
            ("precision", "Dites en quelques mots ce que vous contrôlez : la collectivité le lira.")
        }
        NotOpened::WordsTooLong => ("precision", "Dites-le en cinq cents caractères au plus."),
        NotOpened::HoursWrong => ("heures", "Choisissez l’une des durées proposées."),
        NotOpened::NoSuchArchive => ("cote", "Aucune archive de votre ressort n’a cette cote : vérifiez-la."),
        NotOpened::TooMany => ("motif", "Trop de vos lectures sont ouvertes ici : fermez-en une d’abord."),
    };
    FieldError { field, sentence: sentence.into() }
}

/// `POST /controle/lectures/{id}/fin`.
pub async fn end(
    person: Controller,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if readings::end(&state.db, &state.clock, by(&person), *id).await? {
        return Ok(go_to("/controle/lectures?fait=close"));
    }
    Err(problems::not_found())
}

fn by(person: &Controller) -> By {
    By { tenant: person.tenant, person: person.person_id, role: Role::ControlAuthority }
}
