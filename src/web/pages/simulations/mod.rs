//! Simulations in the pilot's hands: made (`made`, its forms in `forms`), listed and shown (`shown`).

mod forms;
pub mod made;
pub mod shown;

use super::shell::{Account, Link, Section, Shell};

const PLACE: &str = "/pilotage/simulations";

fn shell(account: Account, title: String) -> Shell {
    Shell { title, account: Some(account), section: Section::Pilot, top: false }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Pilotage", "/pilotage"), Link::new("Simulations", PLACE)]
}
