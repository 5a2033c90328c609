//! The import of a profile: its file or a model of the library, the name manifests declare it by, what it is for.
//!
//! The file is compiled before anything is kept; when it is no profile the form comes back with every reason.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{FILE, Refused, address, by, rng_of};
use crate::membership::library::{self, Model};
use crate::membership::profiles::{
    self, IDENTIFIER_BYTES_MAX, NAME_CHARS_MAX, NOTICE_CHARS_MAX, New, Unchanged,
};
use crate::model::Finding;
use crate::seda::profile::RNG_BYTES_MAX;
use crate::web::callers::ProfileKeeper;
use crate::web::pages::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::upload::{self, Upload};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /profils/nouveau`.
#[derive(Template)]
#[template(path = "profiles/import.html")]
pub struct ImportPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub size_max: String,
    pub models: &'static [Model],
    /// Name of the model chosen.
    pub model: String,
    pub identifier: String,
    pub name: String,
    pub notice: String,
    pub errors: Vec<FieldError>,
    pub refused: Option<Refused>,
}

impl ImportPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// `GET /profils/nouveau`.
pub async fn form(person: ProfileKeeper) -> HttpResponse {
    answer(&page(Account::of(&person), New::default(), "", Vec::new(), None))
}

/// `POST /profils`.
pub async fn receive(
    person: ProfileKeeper,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut upload = upload::read(&request, body, &[FILE], RNG_BYTES_MAX).await?;
    let field = |name: &str| upload.field(name).to_owned();
    let mut new = New { identifier: field("identifiant"), name: field("intitule"), notice: field("notice") };
    let chosen = field("modele");
    let model = library::find(&chosen);
    if let Some(model) = model {
        complete(&mut new, model);
    }
    let errors = wrong(&new, &chosen, &upload);
    let again = |errors, refused| {
        answer_to_correct(&page(Account::of(&person), new.clone(), &chosen, errors, refused))
    };
    let rng = match model.map(Model::rng).or_else(|| rng_of(&mut upload)) {
        Some(rng) if errors.is_empty() => rng,
        _ => return Ok(again(errors, None)),
    };
    match profiles::import(&state.db, &state.clock, by(&person), &new, rng).await? {
        Ok(id) => Ok(go_to(&format!("{}?fait=importe", address(id)))),
        Err(Unchanged::Taken) => {
            let sentence =
                "Un profil porte déjà cet identifiant : ouvrez-le pour en importer une nouvelle version.";
            Ok(again(vec![FieldError { field: "identifiant", sentence: sentence.into() }], None))
        }
        Err(Unchanged::NotCompiled(findings)) => Ok(again(vec![not_a_profile()], Some(&findings))),
        Err(_) => Err(problems::not_found()),
    }
}

/// What the person left blank is said in the model's words.
fn complete(new: &mut New, model: &Model) {
    if new.name.is_empty() {
        new.name.clone_from(&model.title);
    }
    if new.notice.is_empty() {
        new.notice.clone_from(&model.notice);
    }
}

/// The field's error for a file that does not compile.
pub(super) fn not_a_profile() -> FieldError {
    let sentence = "Ce fichier n’est pas un profil utilisable : les raisons sont données plus bas.";
    FieldError { field: "fichier", sentence: sentence.into() }
}

/// What is wrong with the file as it came.
pub(super) fn wrong_file(upload: &Upload) -> Option<FieldError> {
    let sentence = if upload.too_large {
        format!("Ce fichier est trop gros : un profil fait au plus {}.", words::size(RNG_BYTES_MAX as u64))
    } else if !upload.has(FILE) {
        "Choisissez le fichier du profil.".into()
    } else {
        return None;
    };
    Some(FieldError { field: "fichier", sentence })
}

fn wrong(new: &New, model: &str, upload: &Upload) -> Vec<FieldError> {
    let error = |field, sentence: &str| FieldError { field, sentence: sentence.to_owned() };
    let mut errors = Vec::new();
    if model.is_empty() {
        errors.extend(wrong_file(upload));
    } else if library::find(model).is_none() {
        errors.push(error("modele", "Choisissez un modèle de la liste."));
    } else if upload.too_large || upload.has(FILE) {
        errors.push(error("fichier", "Choisissez un fichier ou un modèle, pas les deux."));
    }
    let spaced = |c: char| c.is_whitespace() || c.is_control();
    if new.identifier.is_empty() {
        errors.push(error("identifiant", "Donnez l’identifiant que les bordereaux portent."));
    } else if new.identifier.contains(spaced) || new.identifier.len() > IDENTIFIER_BYTES_MAX {
        errors.push(error(
            "identifiant",
            "L’identifiant est d’un seul tenant, sans espace, de 254 signes au plus.",
        ));
    }
    if new.name.is_empty() || new.name.chars().count() > NAME_CHARS_MAX || new.name.contains(char::is_control)
    {
        errors.push(error("intitule", "Donnez un intitulé d’une ligne, de 200 signes au plus."));
    }
    let unprintable = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if new.notice.chars().count() > NOTICE_CHARS_MAX || new.notice.contains(unprintable) {
        errors.push(error("notice", "La notice fait au plus 2 000 signes."));
    }
    errors
}

/// The page, as it comes first or with what is to be corrected.
pub fn page(
    account: Account,
    new: New,
    model: &str,
    errors: Vec<FieldError>,
    refused: Option<&[Finding]>,
) -> ImportPage {
    ImportPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Importer un profil d’archivage".into(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![Link::new("Profils d’archivage", "/profils")],
        size_max: words::size(RNG_BYTES_MAX as u64),
        models: library::models(),
        model: model.to_owned(),
        identifier: new.identifier,
        name: new.name,
        notice: new.notice,
        errors,
        refused: refused.map(Refused::of),
    }
}
