//! Depositing without knowing the standard: what, which files, a few questions, the result, and it is sent.
//!
//! Never says a word of the trade. Each step is a plain form, which script makes smoother (`static/app.js`). The one thing to know:
//! whatever is not the caller's own draft answers like what does not exist.

pub mod answered;
pub mod arrange;
pub mod choose;
pub mod describe;
pub mod fields;
pub mod files;
pub mod listed;
pub mod pieces;
pub mod resume;
pub mod review;
pub mod same;
pub mod sent;

use uuid::Uuid;

use super::shell::{Account, Link, Section, Shell};
use crate::drafting::By;
use crate::drafting::questions::Place;
use crate::identity::PersonCaller;
use crate::model::Role;
use crate::seda::write::folding::folded;

/// A step of a deposit being prepared, as the trail of its pages shows it.
pub struct Step {
    pub label: &'static str,
    pub address: String,
    /// `done`, `now` or `later`.
    pub progress: &'static str,
    pub number: usize,
}

/// Something to correct: the field's `id` and a sentence.
pub struct Wrong {
    pub field: String,
    pub sentence: String,
}

const STEPS: [(&str, &str); 3] =
    [("Les fichiers", ""), ("Quelques questions", "/questions"), ("Relire et envoyer", "/relire")];

/// The steps of a draft, this one under way.
pub fn steps(id: Uuid, now: usize) -> Vec<Step> {
    let step = |(at, (label, end)): (usize, &(&'static str, &str))| Step {
        label,
        address: format!("{}{end}", address(id)),
        progress: match at.cmp(&now) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "later",
        },
        number: at + 1,
    };
    STEPS.iter().enumerate().map(step).collect()
}

/// The page of a draft.
pub fn address(id: Uuid) -> String {
    format!("/versements/brouillons/{id}")
}

/// Whose drafts, and how far they deposit.
pub fn by(person: &PersonCaller) -> By {
    By { tenant: person.tenant, person: person.person_id, scope: person.scope(&[Role::Depositor]) }
}

fn shell(person: &PersonCaller, title: &str) -> Shell {
    Shell { title: title.into(), account: Some(Account::of(person)), section: Section::Transfers, top: false }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Versements", "/versements"), Link::new("Nouveau versement", "/versements/nouveau")]
}

/// The name of a field in a form.
fn name_of(place: &Place, field: &str) -> String {
    match place {
        Place::Unit(path) if path.is_empty() => format!("t|{field}"),
        Place::Unit(path) => format!("d{}|{field}", hex::encode(path)),
        Place::File(id) => format!("f{}|{field}", id.simple()),
    }
}

/// What a name of a field says.
fn named(name: &str) -> Option<(Place, &str)> {
    let (place, field) = name.split_once('|')?;
    let (kind, rest) = place.split_at_checked(1)?;
    let place = match kind {
        "t" if rest.is_empty() => Place::Unit(String::new()),
        "d" => Place::Unit(String::from_utf8(hex::decode(rest).ok()?).ok()?),
        "f" => Place::File(Uuid::try_parse(rest).ok()?),
        _ => return None,
    };
    Some((place, field))
}

/// The `id` of a field in its page.
fn id_of(place: &Place, field: &str) -> String {
    let place = match place {
        Place::Unit(path) if path.is_empty() => "versement".to_owned(),
        Place::Unit(path) => format!("dossier-{}", hex::encode(path)),
        Place::File(id) => format!("fichier-{}", id.simple()),
    };
    format!("{place}-{}", folded(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_field_says_its_place() {
        for place in
            [Place::Unit(String::new()), Place::Unit("Séance/\\a|b".into()), Place::File(Uuid::nil())]
        {
            let name = name_of(&place, "date de début");
            assert_eq!(named(&name), Some((place.clone(), "date de début")), "{name}");
            assert!(id_of(&place, "date de début").is_ascii());
        }
        for name in ["", "csrf", "x|titre", "d0|titre", "fzz|titre", "|titre", "é|titre"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
