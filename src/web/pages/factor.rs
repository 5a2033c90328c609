//! The second factor: its code asked for, a telephone enrolled, codes on paper told once.
//!
//! Never in the way of a deposit: who is asked, and where, is `Who::factor`'s business.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::shell::{Account, FieldError, Section, Shell, answer, answer_to_correct, go_to};
use super::words;
use crate::identity::{Code, Enrolled, Session};
use crate::report::qr;
use crate::web::callers::{LoggedIn, is_page_of_ours};
use crate::web::{Problem, State};

/// `GET /connexion/code`.
#[derive(Template)]
#[template(path = "identity/code.html")]
pub struct CodePage {
    pub shell: Shell,
    pub csrf: String,
    pub back: String,
    pub errors: Vec<FieldError>,
}

/// `GET /connexion/telephone`.
#[derive(Template)]
#[template(path = "identity/telephone.html")]
pub struct TelephonePage {
    pub shell: Shell,
    pub csrf: String,
    pub back: String,
    /// Side of the QR code, and its path.
    pub code: Option<(i32, String)>,
    /// To be typed, in groups of four.
    pub secret: String,
    pub errors: Vec<FieldError>,
}

/// What an enrolment ends with.
#[derive(Template)]
#[template(path = "identity/codes.html")]
pub struct CodesPage {
    pub shell: Shell,
    pub codes: Vec<String>,
    pub back: String,
}

/// Where to go on.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    retour: String,
}

/// A code.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    code: String,
    #[serde(default)]
    retour: String,
}

const TELEPHONE: &str = "/connexion/telephone";

/// `GET /connexion/code`.
pub async fn form(person: LoggedIn, back: web::Query<Back>) -> HttpResponse {
    let back = checked(&back.retour);
    match person.session.factor_since {
        None => go_to(&with_back(TELEPHONE, &back)),
        Some(_) => answer(&code_page(&person.session, back, Vec::new())),
    }
}

/// `POST /connexion/code`.
pub async fn show(
    person: LoggedIn,
    form: web::Form<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let back = checked(&form.retour);
    let sentence = match state.identity.show_factor(&person.cookie, &person.session, &form.code).await? {
        Code::Right => return Ok(go_to(&back)),
        Code::Wrong => wrong(),
        Code::LockedUntil(until) => locked(&words::hour(until)),
    };
    Ok(answer_to_correct(&code_page(&person.session, back, error(sentence))))
}

/// `GET /connexion/telephone`.
pub async fn telephone(
    person: LoggedIn,
    back: web::Query<Back>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let back = checked(&back.retour);
    if must_show_first(&person.session) {
        return Ok(go_to(&with_back("/connexion/code", &with_back(TELEPHONE, &back))));
    }
    Ok(answer(&telephone_page(&person, &state, back, Vec::new()).await?))
}

/// `POST /connexion/telephone`.
pub async fn enrol(
    person: LoggedIn,
    form: web::Form<Given>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let back = checked(&form.retour);
    if must_show_first(&person.session) {
        return Ok(go_to(&with_back("/connexion/code", TELEPHONE)));
    }
    let sentence = match state.identity.enrol(&person.cookie, &person.session, &form.code).await? {
        Enrolled::Done(codes) => {
            return Ok(answer(&codes_page(&person.session, codes, back)));
        }
        Enrolled::Wrong => wrong(),
        Enrolled::LockedUntil(until) => locked(&words::hour(until)),
    };
    Ok(answer_to_correct(&telephone_page(&person, &state, back, error(sentence)).await?))
}

/// Whoever has a telephone shows it before they enrol another.
fn must_show_first(session: &Session) -> bool {
    session.factor_since.is_some() && session.factor_at.is_none()
}

/// The page that asks for a code.
pub fn code_page(session: &Session, back: String, errors: Vec<FieldError>) -> CodePage {
    CodePage { shell: shell(session, "Second facteur"), csrf: session.csrf_token.clone(), back, errors }
}

async fn telephone_page(
    person: &LoggedIn,
    state: &State,
    back: String,
    errors: Vec<FieldError>,
) -> Result<TelephonePage, Problem> {
    let enrolment = state.identity.begin_enrolment(&person.cookie, &person.session).await?;
    let letters: Vec<char> = enrolment.secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(TelephonePage {
        shell: shell(&person.session, "Votre téléphone"),
        csrf: person.session.csrf_token.clone(),
        back,
        code: qr::path(&enrolment.address),
        secret: groups.join(" "),
        errors,
    })
}

/// The page that tells the codes on paper, this once.
pub fn codes_page(session: &Session, codes: Vec<String>, back: String) -> CodesPage {
    CodesPage { shell: shell(session, "Vos codes de secours"), codes, back }
}

fn shell(session: &Session, title: &str) -> Shell {
    let account = session.caller.as_ref().map(Account::of);
    Shell { title: title.into(), account, section: Section::None, top: false }
}

fn checked(back: &str) -> String {
    if is_page_of_ours(back) { back.to_owned() } else { "/".into() }
}

fn with_back(page: &str, back: &str) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    format!("{page}?retour={}", utf8_percent_encode(back, NON_ALPHANUMERIC))
}

fn error(sentence: String) -> Vec<FieldError> {
    vec![FieldError { field: "code", sentence }]
}

fn wrong() -> String {
    "Ce code n’est pas le bon, ou a déjà servi : attendez le suivant, puis écrivez ses six chiffres.".into()
}

fn locked(until: &str) -> String {
    format!("Trop d’essais : attendez {until} pour réessayer.")
}
