//! The member's retention schedule (tableau de gestion): the rules in force and where each comes from, the import of its own,
//! the validation of those that need it.
//!
//! Never decides which rule stands: `crate::registry::retention` does.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::membership::profiles::By;
use crate::membership::schedule::{self, Imported, Refused};
use crate::model::{RetentionRule, Role, ScheduleLevel, Utility};
use crate::registry::retention;
use crate::registry::retention_queries::{self, Version};
use crate::seda::retention::{FILE_BYTES_MAX, LineFault};
use crate::web::callers::{Archivist, ProfileReader, RuleValidator};
use crate::web::pages::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::{upload, words};
use crate::web::{Problem, State};

/// `GET /tableau`.
#[derive(Template)]
#[template(path = "schedule/schedule.html")]
pub struct SchedulePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<String>,
    pub can_import: bool,
    pub can_validate: bool,
    /// Of the member, waiting for the control authority.
    pub waiting: Vec<Line>,
    pub lines: Vec<Line>,
    pub size_max: String,
    pub errors: Vec<FieldError>,
    pub faults: Vec<String>,
}

impl SchedulePage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// One rule.
pub struct Line {
    pub code: String,
    pub typology: String,
    pub time: String,
    pub fate: &'static str,
    pub level: &'static str,
    pub reference: String,
    pub is_validated: bool,
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
    Valide,
}

/// A rule to validate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validating {
    code: String,
    #[serde(rename = "csrf")]
    _csrf: Option<String>,
}

/// `GET /tableau`.
pub async fn show(
    person: ProfileReader,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let versions = versions(&state, person.tenant).await?;
    let mut page = page(Account::of(&person), &person.roles, versions, state.clock.today());
    page.notice = said.fait.map(|done| match done {
        Done::Importe => "Le tableau est importé. Une règle plus protectrice s’applique aussitôt ; les autres attendent l’accord du contrôle scientifique et technique.".into(),
        Done::Pareil => "Ce fichier ne change rien.".into(),
        Done::Valide => "La règle est validée.".into(),
    });
    Ok(answer(&page))
}

async fn versions(state: &State, tenant: crate::model::TenantId) -> Result<Vec<Version>, Problem> {
    Ok(retention_queries::versions(&mut state.db.read(tenant).await?, None).await?)
}

/// `POST /tableau`.
pub async fn import(
    person: Archivist,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut upload = upload::read(&request, body, &["fichier"], FILE_BYTES_MAX).await?;
    let dry = upload.field("essai") == "oui";
    let (mut sentence, mut faults, mut told) = (None, Vec::new(), None);
    if upload.too_large {
        sentence =
            Some(format!("Ce fichier est trop gros : {} au plus.", words::size(FILE_BYTES_MAX as u64)));
    } else if let Some(file) = upload.take("fichier") {
        let by = By { tenant: person.tenant, person: person.person_id, role: Role::Archivist };
        let imported =
            schedule::import_member(&state.db, &state.clock, person.tenant, Some(by), &file.bytes, dry).await;
        match imported {
            Ok(Imported { new: 0, changed: 0, .. }) => return Ok(go_to("/tableau?fait=pareil")),
            Ok(_) if !dry => return Ok(go_to("/tableau?fait=importe")),
            Ok(imported) => told = Some(would(imported)),
            Err(Refused::Db(error)) => return Err(error.into()),
            Err(Refused::File(found)) => {
                sentence = Some("Ce fichier n’est pas importé : les raisons sont données plus bas.".into());
                faults =
                    found.iter().map(LineFault::to_string).map(|fault| words::sentence(&fault)).collect();
            }
        }
    } else {
        sentence = Some("Choisissez le fichier du tableau.".into());
    }
    let versions = versions(&state, person.tenant).await?;
    let mut page = page(Account::of(&person), &person.roles, versions, state.clock.today());
    page.notice = told;
    page.faults = faults;
    match sentence {
        None => Ok(answer(&page)),
        Some(sentence) => {
            page.errors = vec![FieldError { field: "fichier", sentence }];
            Ok(answer_to_correct(&page))
        }
    }
}

fn would(imported: Imported) -> String {
    format!(
        "À blanc, rien n’est changé : {}, {}, {} à valider ; {} de la collectivité en relèvent. Importez le même fichier sans la \
         case pour l’appliquer.",
        words::count(imported.new, "règle nouvelle", "règles nouvelles"),
        words::count(imported.changed, "règle changée", "règles changées"),
        imported.to_validate,
        words::count(imported.archives, "archive", "archives")
    )
}

/// `POST /tableau/validation`.
pub async fn validate(
    person: RuleValidator,
    form: web::Form<Validating>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = By { tenant: person.tenant, person: person.person_id, role: Role::ControlAuthority };
    let done = schedule::validate(&state.db, &state.clock, by, &form.code).await?;
    Ok(go_to(if done { "/tableau?fait=valide" } else { "/tableau?fait=pareil" }))
}

/// The page of these versions, on this day, for somebody with these roles.
pub fn page(account: Account, roles: &[Role], versions: Vec<Version>, today: NaiveDate) -> SchedulePage {
    let mut last: Vec<&Version> = Vec::new();
    for version in versions.iter().filter(|version| version.level == ScheduleLevel::Member) {
        last.retain(|known| known.rule.code != version.rule.code);
        last.push(version);
    }
    let waiting = last.iter().filter(|version| !version.rule.is_validated);
    let waiting: Vec<Line> = waiting.map(|version| line(version.level, &version.rule)).collect();
    let lines = retention::schedule(versions, today);
    SchedulePage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Tableau de gestion".into(),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![Link::new("Profils", "/profils")],
        notice: None,
        can_import: roles.contains(&Role::Archivist),
        can_validate: roles.contains(&Role::ControlAuthority),
        waiting,
        lines: lines.iter().map(|(level, rule)| line(*level, rule)).collect(),
        size_max: words::size(FILE_BYTES_MAX as u64),
        errors: Vec::new(),
        faults: Vec::new(),
    }
}

fn line(level: ScheduleLevel, rule: &RetentionRule) -> Line {
    let time = match &rule.utility {
        Utility::Unlimited => "Illimitée".to_owned(),
        Utility::Unknown => "À déterminer".to_owned(),
        Utility::Lasting(duration) => {
            let lasting = words::years(duration).unwrap_or_else(|| duration.clone());
            format!("{lasting} ({})", rule.starts.label())
        }
    };
    Line {
        code: rule.code.clone(),
        typology: rule.typology.clone(),
        time,
        fate: rule.fate.label(),
        level: level.label(),
        reference: rule.reference.clone(),
        is_validated: rule.is_validated,
    }
}
