//! The way in, in the pilot's hands: where each stands (`steering`), one of them (`entry`, its forms in `acts`), what committees
//! decided (`committees`).
//!
//! Shows no title and no archive.

pub mod acts;
pub mod committees;
pub mod entry;
pub mod steering;

use chrono::NaiveDate;

use super::shell::{Account, Link, Section, Shell};
use super::words;
use crate::onboarding::stage::When;

const PLACE: &str = "/pilotage/entrees";

fn shell(account: Account, title: String) -> Shell {
    Shell { title, account: Some(account), section: Section::Pilot, top: false }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Pilotage", "/pilotage"), Link::new("Entrées", PLACE)]
}

fn day(of: NaiveDate) -> String {
    words::lexical_date(&of.to_string())
}

fn when(of: When) -> String {
    match of {
        When::Day(of) => day(of),
        When::Month(of) => words::lexical_date(&of.format("%Y-%m").to_string()),
    }
}
