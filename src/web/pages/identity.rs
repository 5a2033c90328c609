//! Log-in, choice of the member when a person serves several, log-out.
//!
//! Never says whether a login exists. The one thing to know: a lock-out is told with its end, and holds only
//! where the wrong guesses came from.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::shell::{FieldError, Section, Shell, answer, answer_to_correct, go_to};
use super::{account, words};
use crate::identity::LogIn;
use crate::web::callers::{LoggedIn, is_page_of_ours};
use crate::web::proof_of_origin::Visitor;
use crate::web::{Problem, State, client, cookies};

/// `GET /connexion`.
#[derive(Template)]
#[template(path = "identity/log_in.html")]
pub struct LogInPage {
    pub shell: Shell,
    pub csrf: String,
    /// The page asked for before the log-in.
    pub back: String,
    pub login: String,
    pub notice: Option<&'static str>,
    /// Words of the button that leads to the identity provider, when there is one.
    pub provider: Option<String>,
    pub errors: Vec<FieldError>,
}

impl LogInPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// After the log-in of a person who serves several members.
#[derive(Template)]
#[template(path = "identity/choose_member.html")]
pub struct ChooseMemberPage {
    pub shell: Shell,
    pub csrf: String,
    pub choices: Vec<MemberChoice>,
}

/// A member the person may act for.
pub struct MemberChoice {
    pub code: String,
    pub name: String,
    pub roles: String,
}

/// What the log-in form brings.
#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    mot_de_passe: String,
    #[serde(default)]
    retour: String,
}

/// Where the log-in leads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    #[serde(default)]
    retour: String,
    fait: Option<Done>,
}

/// What the page before has to say.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Done {
    Motdepasse,
    Refuse,
    Panne,
}

/// What the choice of the member brings.
#[derive(Deserialize)]
pub struct Chosen {
    collectivite: String,
    /// The page to go to there.
    #[serde(default)]
    retour: String,
}

/// `GET /connexion`.
pub async fn form(visitor: Visitor, back: web::Query<Back>, state: web::Data<State>) -> HttpResponse {
    let back = back.into_inner();
    let mut page = log_in_page(&state, visitor, back.retour, String::new(), Vec::new());
    page.notice = back.fait.map(|done| match done {
        Done::Motdepasse => "Votre mot de passe est choisi : connectez-vous.",
        Done::Refuse => "Ce compte n’est pas connu ici. Connectez-vous avec votre mot de passe, ou demandez une invitation.",
        Done::Panne => "Le fournisseur d’identité n’a pas répondu comme attendu. Réessayez, ou utilisez votre mot de passe.",
    });
    answer(&page)
}

/// `POST /connexion`.
pub async fn log_in(
    visitor: Visitor,
    request: HttpRequest,
    form: web::Form<Credentials>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let wrong = if form.identifiant.trim().is_empty() {
        ("identifiant", "Écrivez votre identifiant.".to_owned())
    } else if form.mot_de_passe.is_empty() {
        ("mot-de-passe", "Écrivez votre mot de passe.".to_owned())
    } else {
        match state.identity.log_in(&form.identifiant, &form.mot_de_passe, client::address(&request)).await? {
            LogIn::Opened(cookie) => {
                let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
                let browser = agent.map(account::browser).unwrap_or_default();
                state.identity.name_session(&cookie, &browser).await?;
                let mut answer = go_to(if is_page_of_ours(&form.retour) { &form.retour } else { "/" });
                // A cookie of ours is always a header's value.
                let _ = answer.add_cookie(&cookies::open_session(&state, cookie));
                return Ok(answer);
            }
            LogIn::Refused => {
                let sentence =
                    "Identifiant ou mot de passe inconnu. Vérifiez les majuscules, puis réessayez.";
                ("mot-de-passe", sentence.to_owned())
            }
            LogIn::LockedUntil(until) => ("identifiant", locked(&words::hour(until))),
        }
    };
    let errors = vec![FieldError { field: wrong.0, sentence: wrong.1 }];
    Ok(answer_to_correct(&log_in_page(&state, visitor, form.retour, form.identifiant, errors)))
}

fn locked(until: &str) -> String {
    format!(
        "Trop d’essais depuis ce poste : attendez {until} pour réessayer. Si vous avez oublié votre mot de passe, \
         adressez-vous à l’administrateur de votre collectivité."
    )
}

/// `GET /connexion/collectivite`.
pub async fn choices(person: LoggedIn) -> HttpResponse {
    if person.session.members.len() == 1 {
        return go_to("/");
    }
    let choices = person.session.members.iter().map(|member| MemberChoice {
        code: member.code.clone(),
        name: member.name.clone(),
        roles: member.roles().iter().map(|role| role.label()).collect::<Vec<_>>().join(", "),
    });
    answer(&ChooseMemberPage {
        shell: outside("Choix de la collectivité"),
        csrf: person.session.csrf_token.clone(),
        choices: choices.collect(),
    })
}

/// `POST /connexion/collectivite`.
pub async fn choose(
    person: LoggedIn,
    form: web::Form<Chosen>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let chosen = state.identity.choose_member(&person.cookie, &form.collectivite).await?;
    let back = if is_page_of_ours(&form.retour) { form.retour.as_str() } else { "/" };
    Ok(go_to(if chosen { back } else { "/connexion/collectivite" }))
}

/// `POST /deconnexion`.
pub async fn log_out(person: LoggedIn, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    state.identity.log_out(&person.cookie).await?;
    let mut answer = go_to("/connexion");
    let _ = answer.add_cookie(&cookies::end_session(&state));
    Ok(answer)
}

fn log_in_page(
    state: &State,
    visitor: Visitor,
    back: String,
    login: String,
    errors: Vec<FieldError>,
) -> LogInPage {
    let provider = state.provider.as_ref().map(|provider| provider.label().to_owned());
    let (shell, csrf) = (outside("Connexion"), visitor.csrf_token);
    LogInPage { shell, csrf, back, login, notice: None, provider, errors }
}

fn outside(title: &str) -> Shell {
    Shell { title: title.into(), account: None, section: Section::None, top: false }
}
