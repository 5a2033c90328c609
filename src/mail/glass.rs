//! The letters of exceptional accesses: to the pilots, that one awaits them; to the member's administrators, that one is open.

use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;

use super::letter::Unwritten;

/// An operator asks.
#[derive(Template)]
#[template(path = "mail/glass_asked.txt", escape = "none")]
pub(super) struct Asked<'a> {
    pub operator: &'a str,
    pub request: &'a str,
    pub reason: &'a str,
    pub hours: u32,
    pub member: &'a str,
    pub address: String,
}

#[derive(Template)]
#[template(path = "mail/glass_broken.txt", escape = "none")]
struct Broken<'a> {
    operator: &'a str,
    reason: &'a str,
    until: String,
    member: &'a str,
    address: &'a str,
}

pub(super) fn asked(letter: Asked<'_>) -> Result<(String, String), Unwritten> {
    Ok((format!("Accès exceptionnel à décider ({})", letter.member), letter.render()?))
}

pub(super) fn broken(
    operator: &str,
    reason: &str,
    until: DateTime<Utc>,
    (member, address): (&str, &str),
) -> Result<(String, String), Unwritten> {
    let until = until.with_timezone(&Paris).format("%d/%m/%Y à %H:%M").to_string();
    let body = Broken { operator, reason, until, member, address }.render()?;
    Ok(("Accès exceptionnel aux archives de votre collectivité".into(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_says_by_whom_why_how_long_and_where_it_is_decided() {
        let letter = Asked {
            operator: "Exploitation",
            request: "Courrier 2027-118",
            reason: "Un bordereau ne s’affiche pas",
            hours: 2,
            member: "Commune d’É",
            address: "https://a.fr/pilotage/commune-e/acces".into(),
        };
        let (subject, body) = asked(letter).unwrap();
        assert_eq!(subject, "Accès exceptionnel à décider (Commune d’É)");
        for said in ["Exploitation, exploitant", "Courrier 2027-118", "s’affiche pas", "pendant 2 heures."]
        {
            assert!(body.contains(said), "{said}: {body}");
        }
        assert!(body.contains("https://a.fr/pilotage/commune-e/acces\n"), "{body}");
    }
}
