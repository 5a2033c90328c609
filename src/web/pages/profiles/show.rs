//! One profile: what it is, the agreements that list it, its versions, and the forms that change it.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{Refused, address, badge, standard};
use crate::identity::PersonCaller;
use crate::model::{Agreement, ProfileId};
use crate::registry::{Profile, ProfileVersion, profile_queries, queries};
use crate::seda::profile::RNG_BYTES_MAX;
use crate::web::callers::ProfileReader;
use crate::web::pages::shell::{
    Account, At, Badge, Fact, FieldError, Link, Section, Shell, answer, answer_to_correct,
};
use crate::web::pages::words;
use crate::web::{Problem, State, Who, problems};

/// `GET /profils/{id}`.
#[derive(Template)]
#[template(path = "profiles/show.html")]
pub struct ProfilePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub here: String,
    pub csrf: String,
    pub state: Badge,
    pub active: bool,
    /// What the act just done came to.
    pub notice: Option<&'static str>,
    pub can_change: bool,
    pub facts: Vec<Fact>,
    pub agreements: Vec<AgreementLine>,
    pub versions: Vec<VersionLine>,
    pub size_max: String,
    pub errors: Vec<FieldError>,
    pub refused: Option<Refused>,
}

impl ProfilePage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// One agreement, and what it says of the profile.
pub struct AgreementLine {
    pub id: Uuid,
    pub name: String,
    pub identifier: String,
    pub listed: bool,
    pub imposed: bool,
    /// The other profiles it lists.
    pub others: String,
}

/// One version.
pub struct VersionLine {
    pub version: u32,
    pub in_force: bool,
    pub standard: String,
    pub file: String,
    pub imported: At,
    pub by: String,
    pub digest: String,
    pub explanation: String,
    pub download: String,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

/// What came of an act.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Importe,
    Version,
    Active,
    Desactive,
    Accords,
    Inchange,
}

impl Done {
    fn sentence(self) -> &'static str {
        match self {
            Done::Importe => {
                "Le profil est importé et en service. Dites maintenant quels accords l’admettent."
            }
            Done::Version => {
                "La nouvelle version est en vigueur pour les versements contrôlés à partir de maintenant."
            }
            Done::Active => "Le profil est en service.",
            Done::Desactive => "Le profil est hors service : les versements qui le déclarent sont refusés.",
            Done::Accords => "Les accords sont à jour.",
            Done::Inchange => "Il en était déjà ainsi : rien n’a changé.",
        }
    }
}

/// A version, the one in force when none is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub(super) version: Option<u32>,
}

/// `GET /profils/{id}`.
pub async fn page(
    person: ProfileReader,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = read(&person, &state, ProfileId(*id)).await?;
    page.notice = said.fait.map(Done::sentence);
    Ok(answer(&page))
}

/// `GET /profils/{id}/fichier`.
pub async fn file(
    person: ProfileReader,
    id: web::Path<Uuid>,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = ProfileId(*id);
    let mut tx = state.db.read(person.tenant).await?;
    let profile = profile_queries::find_profile(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    let version = asked.version.unwrap_or(profile.in_force.version);
    let rng = profile_queries::find_rng(&mut tx, id, version).await?.ok_or_else(problems::not_found)?;
    // The identifier may hold anything but spaces; a file's name in a header, little.
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = profile.identifier.chars().map(plain).collect();
    Ok(HttpResponse::Ok()
        .content_type("application/xml")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}-v{version}.rng\""),
        ))
        .body(rng))
}

/// The page again, with what is to be corrected in one of its forms.
pub(super) async fn with_errors(
    person: &PersonCaller,
    state: &State,
    id: ProfileId,
    errors: Vec<FieldError>,
    refused: Option<Refused>,
) -> Result<HttpResponse, Problem> {
    let page = read(person, state, id).await?;
    Ok(answer_to_correct(&ProfilePage { errors, refused, ..page }))
}

async fn read(person: &PersonCaller, state: &State, id: ProfileId) -> Result<ProfilePage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let profile = profile_queries::find_profile(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    let versions = profile_queries::profile_versions(&mut tx, id).await?;
    let agreements = queries::agreements(&mut tx).await?;
    drop(tx);
    let can_change = Who::ProfileKeeper.admits(&person.roles);
    Ok(rendered(Account::of(person), can_change, &profile, &versions, &agreements))
}

/// The page of what was found.
pub fn rendered(
    account: Account,
    can_change: bool,
    profile: &Profile,
    versions: &[ProfileVersion],
    agreements: &[Agreement],
) -> ProfilePage {
    let here = address(profile.profile_id);
    ProfilePage {
        trail: vec![Link::new("Profils d’archivage", "/profils")],
        csrf: account.csrf.clone(),
        shell: Shell {
            title: profile.name.clone(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        state: badge(profile.active),
        active: profile.active,
        notice: None,
        can_change,
        facts: facts(profile),
        agreements: agreements.iter().map(|agreement| agreement_line(agreement, profile)).collect(),
        versions: versions.iter().map(|version| version_line(version, profile, &here)).collect(),
        size_max: words::size(RNG_BYTES_MAX as u64),
        here,
        errors: Vec::new(),
        refused: None,
    }
}

fn facts(profile: &Profile) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Identifiant dans les bordereaux", &profile.identifier),
        Fact::new("Écrit pour", standard(profile.in_force.seda_version.as_deref())),
        Fact::new("Version en vigueur", profile.in_force.version.to_string()),
    ];
    if !profile.notice.is_empty() {
        facts.push(Fact { whole: true, ..Fact::new("À quoi il sert", &profile.notice) });
    }
    facts
}

fn agreement_line(agreement: &Agreement, profile: &Profile) -> AgreementLine {
    let others: Vec<&str> =
        agreement.profiles.iter().map(String::as_str).filter(|other| *other != profile.identifier).collect();
    AgreementLine {
        id: agreement.agreement_id.0,
        name: agreement.name.clone(),
        identifier: agreement.identifier.clone(),
        listed: agreement.profiles.contains(&profile.identifier),
        imposed: agreement.profile_imposed,
        others: others.join(", "),
    }
}

fn version_line(version: &ProfileVersion, profile: &Profile, here: &str) -> VersionLine {
    let number = version.version;
    VersionLine {
        version: number,
        in_force: number == profile.in_force.version,
        standard: standard(version.seda_version.as_deref()),
        file: format!("{} ({})", version.file_name, words::size(version.size_bytes)),
        imported: words::moment(version.imported_at),
        by: version.imported_by.clone().unwrap_or_else(|| "le fichier de la collectivité".into()),
        digest: hex::encode(&version.sha512),
        explanation: format!("{here}/explication?version={number}"),
        download: format!("{here}/fichier?version={number}"),
    }
}
