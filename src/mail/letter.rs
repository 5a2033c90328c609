//! The letters, in French, as plain text.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::awaiting;
use super::glass::{self, Asked};
use super::survey::SurveyLetter;
use crate::at_rest::{self, AtRest};

/// Why a letter was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritten {
    #[error(transparent)]
    Template(#[from] askama::Error),
    #[error(transparent)]
    AtRest(#[from] at_rest::Error),
    #[error("le lien de la lettre est illisible")]
    Link,
}

/// A letter: which one, and the values that stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// An attestation has its whole proof.
    Completed { title: String, number: String, transfer_id: Uuid },
    /// Copies were found wrong.
    Incident { sites: Vec<String>, copies: u64 },
    /// What the member holds has passed this much of its quota; bytes.
    Quota { percent: u64, held: u64, promised: u64 },
    /// A transfer was taken in charge, or refused.
    Decided { agreement: String, transfer_id: Uuid, taken: bool },
    /// What this person deposited was taken in charge, or refused.
    Deposited { agreement: String, transfer_id: Uuid, taken: bool },
    /// The pilot suspends deposits from that day on.
    Suspended { from: NaiveDate, reason: String },
    /// A convention ends in so many months at most.
    ConventionEnds { identifier: String, until: NaiveDate, months: u32 },
    /// By this link the person sets their password; sealed, in base64, since the letter waits in the database.
    PasswordLink { sealed: String, first: bool },
    /// An operator asks to reach the member's archives, for so many hours: the pilot decides.
    GlassAsked { operator: String, request: String, reason: String, hours: u32, code: String },
    /// Somebody may reach the member's archives for a while.
    GlassBroken { operator: String, reason: String, until: DateTime<Utc> },
    /// Nothing came under an agreement in a period, nor in the days granted after it.
    Missed { agreement: String, from: NaiveDate, until: NaiveDate, due: NaiveDate },
    /// A producer is asked, or asked again, what it archives.
    Survey(SurveyLetter),
    /// So many things await an archivist's decision, in so many members.
    Awaiting { transfers: u64, derogations: u64, agreements: u64, members: u64 },
    /// Seals wait for their time stamp since then.
    Unstamped { since: DateTime<Utc>, reason: String },
}

#[derive(Template)]
#[template(path = "mail/completed.txt", escape = "none")]
struct Completed<'a> {
    title: &'a str,
    number: &'a str,
    member: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/incident.txt", escape = "none")]
struct Incident<'a> {
    sites: String,
    copies: u64,
    member: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/quota.txt", escape = "none")]
struct Quota<'a> {
    percent: u64,
    held: String,
    promised: String,
    member: &'a str,
    address: &'a str,
}

#[derive(Template)]
#[template(path = "mail/decided.txt", escape = "none")]
struct Decided<'a> {
    agreement: &'a str,
    taken: bool,
    member: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/deposited.txt", escape = "none")]
struct Deposited<'a> {
    agreement: &'a str,
    taken: bool,
    member: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/suspended.txt", escape = "none")]
struct Suspended<'a> {
    from: String,
    reason: &'a str,
    member: &'a str,
    address: &'a str,
}

#[derive(Template)]
#[template(path = "mail/convention.txt", escape = "none")]
struct ConventionEnds<'a> {
    identifier: &'a str,
    until: String,
    months: u32,
    member: &'a str,
    address: &'a str,
}

#[derive(Template)]
#[template(path = "mail/password_link.txt", escape = "none")]
struct PasswordLink<'a> {
    first: bool,
    member: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/unstamped.txt", escape = "none")]
struct Unstamped<'a> {
    since: String,
    reason: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/missed.txt", escape = "none")]
struct Missed<'a> {
    agreement: &'a str,
    from: String,
    until: String,
    due: String,
    member: &'a str,
    address: String,
}

impl Letter {
    /// Whether it is about no member in particular.
    pub(super) fn is_of_all(&self) -> bool {
        matches!(self, Letter::Awaiting { .. })
    }

    /// What a link of a letter is sealed for.
    pub const LINK: &'static str = "password-link";

    /// Subject and body, for this member, leading to the portal at this address.
    pub(super) fn written(
        &self,
        member: &str,
        public_url: &str,
        at_rest: &AtRest,
    ) -> Result<(String, String), Unwritten> {
        match self {
            Letter::PasswordLink { sealed, first } => {
                let address = format!("{public_url}/mot-de-passe/{}", opened(at_rest, Self::LINK, sealed)?);
                let subject = if *first { "Votre accès aux archives" } else { "Votre nouveau mot de passe" };
                Ok((subject.into(), PasswordLink { first: *first, member, address }.render()?))
            }
            Letter::GlassAsked { operator, request, reason, hours, code } => {
                let address = format!("{public_url}/pilotage/{code}/acces");
                glass::asked(Asked { operator, request, reason, hours: *hours, member, address })
            }
            Letter::GlassBroken { operator, reason, until } => {
                glass::broken(operator, reason, *until, (member, public_url))
            }
            Letter::Completed { title, number, transfer_id } => {
                let address = format!("{public_url}/versements/{transfer_id}");
                completed(Completed { title, number, member, address })
            }
            Letter::Incident { sites, copies } => {
                let address = format!("{public_url}/integrite");
                let body = Incident { sites: sites.join(", "), copies: *copies, member, address }.render()?;
                Ok(("Copies d’archives en défaut : réparation demandée".into(), body))
            }
            Letter::Quota { percent, held, promised } => {
                let (held, promised) = (gigabytes(*held), gigabytes(*promised));
                quota(Quota { percent: *percent, held, promised, member, address: public_url })
            }
            Letter::Decided { agreement, transfer_id, taken } => {
                let address = format!("{public_url}/versements/{transfer_id}");
                decided(Decided { agreement, taken: *taken, member, address })
            }
            Letter::Deposited { agreement, transfer_id, taken } => {
                let address = format!("{public_url}/versements/{transfer_id}");
                deposited(Deposited { agreement, taken: *taken, member, address })
            }
            Letter::Suspended { from, reason } => {
                let from = from.format("%d/%m/%Y").to_string();
                let subject = format!("Versements suspendus à compter du {from}");
                Ok((subject, Suspended { from, reason, member, address: public_url }.render()?))
            }
            Letter::ConventionEnds { identifier, until, months } => {
                let until = until.format("%d/%m/%Y").to_string();
                let subject = format!("Convention {identifier} : fin le {until}");
                let (months, address) = (*months, public_url);
                Ok((subject, ConventionEnds { identifier, until, months, member, address }.render()?))
            }
            Letter::Missed { agreement, from, until, due } => {
                let [from, until, due] = [from, until, due].map(|day| day.format("%d/%m/%Y").to_string());
                let address = format!("{public_url}/applications");
                let body = Missed { agreement, from, until, due, member, address }.render()?;
                Ok((format!("Versement attendu, et pas reçu ({agreement})"), body))
            }
            Letter::Awaiting { transfers, derogations, agreements, members } => {
                awaiting::written([*transfers, *derogations, *agreements], *members, format!("{public_url}/"))
            }
            Letter::Survey(letter) => letter.written(member, public_url, at_rest),
            Letter::Unstamped { since, reason } => unstamped(*since, reason, public_url),
        }
    }
}

fn unstamped(since: DateTime<Utc>, reason: &str, public_url: &str) -> Result<(String, String), Unwritten> {
    let address = format!("{public_url}/exploitation/scellements");
    let since = since.with_timezone(&Paris).format("%d/%m/%Y à %H:%M").to_string();
    let body = Unstamped { since, reason, address }.render()?;
    Ok(("Scellements non horodatés depuis plus d’un jour".into(), body))
}

fn decided(letter: Decided<'_>) -> Result<(String, String), Unwritten> {
    let what = if letter.taken { "Versement pris en charge" } else { "Versement refusé" };
    Ok((format!("{what} ({})", letter.agreement), letter.render()?))
}

fn completed(letter: Completed<'_>) -> Result<(String, String), Unwritten> {
    Ok((format!("{} : la preuve est complète", letter.number), letter.render()?))
}

fn quota(letter: Quota<'_>) -> Result<(String, String), Unwritten> {
    Ok((format!("Place occupée : {} % du quota", letter.percent), letter.render()?))
}

fn deposited(letter: Deposited<'_>) -> Result<(String, String), Unwritten> {
    let subject = match letter.taken {
        true => "Votre versement est pris en charge : voici votre attestation",
        false => "Votre versement n’a pas été pris en charge",
    };
    Ok((subject.into(), letter.render()?))
}

/// The link that a letter keeps sealed.
pub(super) fn opened(at_rest: &AtRest, purpose: &str, sealed: &str) -> Result<String, Unwritten> {
    let sealed = STANDARD.decode(sealed).map_err(|_| Unwritten::Link)?;
    String::from_utf8(at_rest.open(purpose, &sealed)?).map_err(|_| Unwritten::Link)
}

/// « 12,5 Go ».
fn gigabytes(bytes: u64) -> String {
    format!("{:.1} Go", bytes as f64 / 1e9).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_where_to_read_and_nothing_of_the_archive() {
        let at_rest = AtRest::new(|| Ok([1; 32]));
        let transfer_id = Uuid::nil();
        let number = "E01-ATT-2027-000012".to_owned();
        let completed =
            Letter::Completed { title: "Attestation d’intégrité".into(), number, transfer_id };
        let (subject, body) = completed.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert_eq!(subject, "E01-ATT-2027-000012 : la preuve est complète");
        assert!(body.contains("https://a.fr/versements/00000000-0000-0000-0000-000000000000\n"), "{body}");
        assert!(body.contains("Commune d’É") && body.contains("Attestation d’intégrité"), "{body}");
        let deposited = Letter::Deposited { agreement: "Délibérations".into(), transfer_id, taken: true };
        let (subject, body) = deposited.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert!(subject.contains("voici votre attestation") && body.contains("« Délibérations »"), "{body}");
        assert!(body.contains("https://a.fr/versements/00000000-0000-0000-0000-000000000000\n"), "{body}");
        let incident = Letter::Incident { sites: vec!["nord".into(), "sud".into()], copies: 2 };
        let (_, body) = incident.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert!(
            body.contains("2 copies")
                && body.contains("nord, sud")
                && body.contains("https://a.fr/integrite"),
            "{body}"
        );
        let since = "2027-03-01T23:30:00Z".parse().unwrap();
        let unstamped = Letter::Unstamped { since, reason: "l'autorité ne répond pas".into() };
        let (_, body) = unstamped.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert!(
            body.contains("02/03/2027 à 00:30")
                && body.contains("l'autorité ne répond pas")
                && body.contains("https://a.fr/exploitation/scellements"),
            "{body}"
        );
        let waits = Letter::Awaiting { transfers: 12, derogations: 1, agreements: 0, members: 3 };
        let (subject, body) = waits.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert_eq!(subject, "12 versements à décider, 1 demande de dérogation à voir, dans 3 collectivités");
        assert!(
            body.contains("\n- 12 versements à décider\n- 1 demande") && body.contains("https://a.fr/\n"),
            "{body}"
        );
        assert!(!body.contains("Commune d’É") && !body.contains("accord"), "{body}");
        let sealed = STANDARD.encode(at_rest.seal(Letter::LINK, b"jeton").unwrap());
        let link = Letter::PasswordLink { sealed, first: false };
        assert!(!serde_json::to_string(&link).unwrap().contains("jeton"));
        let (_, body) = link.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert!(body.contains("https://a.fr/mot-de-passe/jeton\n"), "{body}");
        for letter in [completed, incident, unstamped, link] {
            let text = serde_json::to_string(&letter).unwrap();
            assert_eq!(serde_json::from_str::<Letter>(&text).unwrap(), letter);
        }
    }
}
