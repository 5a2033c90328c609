//! The operator's page of PRONOM's signature files: those imported, and the import of another version.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::pronom::{FILE_BYTES_MAX, Imported, Refused};
use crate::registry::signatures::{Files, Version};
use crate::web::callers::Operator;
use crate::web::pages::shell::{
    Account, At, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to,
};
use crate::web::pages::{upload, words};
use crate::web::{Problem, State};

/// `GET /exploitation/formats`.
#[derive(Template)]
#[template(path = "formats/signatures.html")]
pub struct SignaturesPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    pub size_max: String,
    pub errors: Vec<FieldError>,
    pub versions: Vec<VersionLine>,
}

impl SignaturesPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// One version imported.
pub struct VersionLine {
    pub version: String,
    pub formats: String,
    /// Said when some signatures could not be understood.
    pub left_out: Option<String>,
    pub imported: At,
    pub by: String,
    pub digest: String,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

/// What was done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Importe,
    Pareil,
}

/// `GET /exploitation/formats`.
pub async fn show(
    person: Operator,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let versions = state.pronom.versions().await?;
    Ok(answer(&page(Account::of(&person), &versions, said.fait, vec![])))
}

/// `POST /exploitation/formats`.
pub async fn import(
    person: Operator,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut upload = upload::read(&request, body, &["signatures", "conteneurs"], FILE_BYTES_MAX).await?;
    let containers = upload.take("conteneurs").map(|file| file.bytes);
    let sentence = if upload.too_large {
        format!("Ce fichier est trop gros : {} au plus.", words::size(FILE_BYTES_MAX as u64))
    } else if let Some(signatures) = upload.take("signatures") {
        let files = Files { signatures: signatures.bytes, containers };
        match state.pronom.import(files, Some(person.person_id)).await? {
            Ok(Imported::InForce(_)) => return Ok(go_to("/exploitation/formats?fait=importe")),
            Ok(Imported::AlreadySo(_)) => return Ok(go_to("/exploitation/formats?fait=pareil")),
            Err(Refused(why)) => format!("Ces fichiers ne peuvent pas servir, et rien n’a changé : {why}."),
        }
    } else {
        "Choisissez le fichier de signatures.".into()
    };
    let errors = vec![FieldError { field: "signatures", sentence }];
    let versions = state.pronom.versions().await?;
    Ok(answer_to_correct(&page(Account::of(&person), &versions, None, errors)))
}

/// The page of these versions.
pub fn page(
    account: Account,
    versions: &[Version],
    done: Option<Done>,
    errors: Vec<FieldError>,
) -> SignaturesPage {
    SignaturesPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Signatures de formats".into(),
            account: Some(account),
            section: Section::Operations,
            top: false,
        },
        trail: vec![Link::new("Exploitation", "/exploitation")],
        notice: done.map(|done| match done {
            Done::Importe => {
                "Les signatures sont en service pour les versements à venir, dans toutes les collectivités."
            }
            Done::Pareil => "Ces fichiers sont déjà en service : rien n’a changé.",
        }),
        size_max: words::size(FILE_BYTES_MAX as u64),
        errors,
        versions: versions.iter().map(line).collect(),
    }
}

fn line(version: &Version) -> VersionLine {
    let left_out = u64::from(version.left_out);
    VersionLine {
        version: version.version.clone(),
        formats: words::count(version.format_count.into(), "format", "formats"),
        left_out: (left_out > 0)
            .then(|| words::count(left_out, "signature laissée de côté", "signatures laissées de côté")),
        imported: words::moment(version.imported_at),
        by: version.imported_by.clone().unwrap_or_else(|| "Ligne de commande".into()),
        digest: hex::encode(&version.signatures_sha512),
    }
}
