//! The territory survey: the pilot's pages (`campaigns`, `campaign` with its `acts` and `imports`, `producers`, `producer`, `files`),
//! and the public page of whoever has a link (`public`).
//!
//! What the pilot noted is on the pilot's page of a producer, and nowhere else.

pub mod acts;
pub mod campaign;
pub mod campaigns;
pub mod entries;
pub mod figures;
pub mod files;
pub mod form;
pub mod imports;
pub mod producer;
pub mod producers;
pub mod public;

use chrono::NaiveDate;
use uuid::Uuid;

use super::shell::{Account, Badge, FieldError, Link, Section, Shell};
use super::words;
use crate::survey::{By, Campaign, Stage};
use crate::web::callers::Pilot;
use crate::web::{Problem, problems};

/// The list of campaigns.
const ALL: &str = "/pilotage/recensements";

fn place(campaign: Uuid) -> String {
    format!("{ALL}/{campaign}")
}

fn shell(account: Account, title: String) -> Shell {
    Shell { title, account: Some(account), section: Section::Pilot, top: false }
}

fn trail(campaign: Option<&Campaign>) -> Vec<Link> {
    let mut trail = vec![Link::new("Pilotage", "/pilotage"), Link::new("Recensements", ALL)];
    trail.extend(campaign.map(|campaign| Link::new(campaign.name.clone(), place(campaign.id))));
    trail
}

fn by(person: &Pilot) -> By {
    By { tenant: person.tenant, person: person.person_id }
}

fn badge(stage: Stage) -> Badge {
    let (tone, icon) = match stage {
        Stage::Draft => ("waiting", "clock"),
        Stage::Open | Stage::Reminded => ("moving", "refresh"),
        Stage::Closed | Stage::Analysed | Stage::GivenBack => ("kept", "check"),
    };
    Badge { label: stage.label(), tone, icon }
}

fn day(date: NaiveDate) -> String {
    words::lexical_date(&date.to_string())
}

/// Whether a field of a form is among those to correct.
pub fn is_wrong(errors: &[FieldError], field: &str) -> bool {
    errors.iter().any(|error| error.field == field)
}

/// Nine digits: what else would be asked of the rows is nobody's number.
fn is_number(siren: &str) -> bool {
    siren.len() == 9 && siren.bytes().all(|byte| byte.is_ascii_digit())
}

/// A campaign as an address names it; read in the handler, once whoever asks was let in.
fn id_of(asked: &str) -> Result<Uuid, Problem> {
    asked.parse().map_err(|_| problems::not_found())
}
