//! The day's digest: what waited for a recipient, told in one message, each with its link.
//!
//! Never holds more than each letter would. Either all of it is taken by the relay, or none.

use askama::Template;

use super::Mail;
use super::outbox::letter_of;
use super::queries::Due;
use super::smtp::{NotTaken, Outgoing, Relay};

/// A line of the digest.
struct Line {
    /// `None`: it is about no member in particular.
    member: Option<String>,
    subject: String,
    address: String,
}

#[derive(Template)]
#[template(path = "mail/digest.txt", escape = "none")]
struct Digest<'a> {
    lines: Vec<Line>,
    account: &'a str,
}

impl Mail {
    /// Sends what waits for one recipient.
    pub(super) async fn send_digest(&self, relay: &Relay, due: &[Due]) -> Result<(), NotTaken> {
        let Some(first) = due.first() else { return Ok(()) };
        let for_good = |reason: String| NotTaken { reason, for_good: true };
        let mut lines = Vec::with_capacity(due.len());
        for letter in due {
            let (subject, body) = self.written(letter).map_err(for_good)?;
            let address = link_of(&body, &self.public_url).to_owned();
            let of_all = letter_of(letter).map_err(for_good)?.is_of_all();
            lines.push(Line { member: (!of_all).then(|| letter.member.clone()), subject, address });
        }
        let subject = match lines.len() {
            1 => "Résumé du jour : une nouvelle".to_owned(),
            several => format!("Résumé du jour : {several} nouvelles"),
        };
        let account = format!("{}/compte", self.public_url);
        let body =
            Digest { lines, account: &account }.render().map_err(|error| for_good(error.to_string()))?;
        let (id, to, at) = (first.letter_id, first.recipient.as_str(), first.created_at);
        relay.send(&Outgoing { id, to, at, subject, body }).await
    }
}

/// The first address of the portal in a letter, else the portal itself.
fn link_of<'a>(body: &'a str, public_url: &'a str) -> &'a str {
    body.split_whitespace().find(|word| word.starts_with(public_url)).unwrap_or(public_url)
}

#[cfg(test)]
mod tests {
    use super::link_of;

    #[test]
    fn a_line_leads_where_its_letter_would() {
        let body = "Bonjour,\n\nVoyez https://a.fr/versements/1\n\nhttps://a.fr/compte\n";
        assert_eq!(link_of(body, "https://a.fr"), "https://a.fr/versements/1");
        assert_eq!(link_of("Rien.", "https://a.fr"), "https://a.fr");
    }
}
