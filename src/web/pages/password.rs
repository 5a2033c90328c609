//! A password chosen by a link: at the first access, and when it is forgotten.
//!
//! Never tells whether an account exists: the answer is the same, and comes before anything is looked for.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::shell::{FieldError, Section, Shell, answer, answer_to_correct, go_to};
use crate::identity::{LinkHolder, PASSWORD_CHARS_MIN, SetPassword};
use crate::web::{Problem, State, Visitor};

/// `GET /mot-de-passe`.
#[derive(Template)]
#[template(path = "identity/forgotten.html")]
pub struct ForgottenPage {
    pub shell: Shell,
    pub csrf: String,
    /// A letter left, if somebody has that name.
    pub sent: bool,
    /// The link followed serves no more.
    pub gone: bool,
    pub errors: Vec<FieldError>,
}

/// `GET /mot-de-passe/{link}`.
#[derive(Template)]
#[template(path = "identity/password.html")]
pub struct PasswordPage {
    pub shell: Shell,
    pub csrf: String,
    pub address: String,
    pub name: String,
    pub login: String,
    pub chars_min: usize,
    pub errors: Vec<FieldError>,
}

/// Who has forgotten.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    identifiant: String,
}

/// The password chosen.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    mot_de_passe: String,
}

/// Longest name looked for.
const NAME_CHARS_MAX: usize = 254;

/// `GET /mot-de-passe`.
pub async fn form(visitor: Visitor) -> HttpResponse {
    answer(&forgotten_page(visitor.csrf_token))
}

/// `POST /mot-de-passe`.
pub async fn ask(visitor: Visitor, form: web::Form<Asked>, state: web::Data<State>) -> HttpResponse {
    let name: String = form.identifiant.trim().chars().take(NAME_CHARS_MAX).collect();
    let mut page = forgotten_page(visitor.csrf_token);
    if name.is_empty() {
        let sentence = "Écrivez votre identifiant, ou votre adresse électronique.".to_owned();
        page.errors = vec![FieldError { field: "identifiant", sentence }];
        return answer_to_correct(&page);
    }
    // Apart: how long it takes tells nothing.
    tokio::spawn(async move {
        if let Err(error) = state.accounts.forgotten(&state.identity, &name).await {
            tracing::error!(%error, "no link could be made for a password forgotten");
        }
    });
    page.sent = true;
    answer(&page)
}

/// `GET /mot-de-passe/{link}`.
pub async fn choose(
    visitor: Visitor,
    link: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Ok(match state.identity.link_holder(&link).await? {
        Some(holder) => answer(&password_page(visitor.csrf_token, &link, &holder)),
        None => answer(&gone_page(visitor.csrf_token)),
    })
}

/// `POST /mot-de-passe/{link}`.
pub async fn set(
    visitor: Visitor,
    link: web::Path<String>,
    form: web::Form<Chosen>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let sentence = match state.identity.set_password(&link, &form.mot_de_passe).await? {
        SetPassword::Done => return Ok(go_to("/connexion?fait=motdepasse")),
        SetPassword::Gone => return Ok(answer(&gone_page(visitor.csrf_token))),
        SetPassword::TooShort => {
            format!("Il faut {PASSWORD_CHARS_MIN} caractères au moins : une petite phrase convient.")
        }
        SetPassword::TooPlain => {
            "Trop facile à deviner : une petite phrase, sans votre identifiant, convient.".into()
        }
    };
    let Some(holder) = state.identity.link_holder(&link).await? else {
        return Ok(answer(&gone_page(visitor.csrf_token)));
    };
    let mut page = password_page(visitor.csrf_token, &link, &holder);
    page.errors = vec![FieldError { field: "mot-de-passe", sentence }];
    Ok(answer_to_correct(&page))
}

/// The page for whoever has forgotten.
pub fn forgotten_page(csrf: String) -> ForgottenPage {
    ForgottenPage {
        shell: outside("Mot de passe oublié"),
        csrf,
        sent: false,
        gone: false,
        errors: Vec::new(),
    }
}

fn gone_page(csrf: String) -> ForgottenPage {
    ForgottenPage { gone: true, ..forgotten_page(csrf) }
}

/// The page where the password is chosen.
pub fn password_page(csrf: String, link: &str, holder: &LinkHolder) -> PasswordPage {
    PasswordPage {
        shell: outside("Choisissez votre mot de passe"),
        csrf,
        address: format!("/mot-de-passe/{link}"),
        name: holder.display_name.clone(),
        login: holder.login.clone(),
        chars_min: PASSWORD_CHARS_MIN,
        errors: Vec::new(),
    }
}

fn outside(title: &str) -> Shell {
    Shell { title: title.into(), account: None, section: Section::None, top: false }
}
