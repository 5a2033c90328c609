//! The letter that asks a producer, or asks it again, what it archives.

use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::letter::{Unwritten, opened};
use crate::at_rest::AtRest;

/// What stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyLetter {
    /// The link by which the producer answers, in base64: the letter waits in the database.
    pub sealed: String,
    /// The producer was written to before.
    pub again: bool,
    pub campaign: String,
    pub producer: String,
    pub answer_by: NaiveDate,
}

#[derive(Template)]
#[template(path = "mail/survey.txt", escape = "none")]
struct Survey<'a> {
    again: bool,
    campaign: &'a str,
    producer: &'a str,
    answer_by: String,
    member: &'a str,
    address: String,
}

impl SurveyLetter {
    /// What the link is sealed for.
    pub const LINK: &'static str = "survey-link";

    /// Subject and body.
    pub(super) fn written(
        &self,
        member: &str,
        public_url: &str,
        at_rest: &AtRest,
    ) -> Result<(String, String), Unwritten> {
        let body = Survey {
            again: self.again,
            campaign: &self.campaign,
            producer: &self.producer,
            answer_by: self.answer_by.format("%d/%m/%Y").to_string(),
            member,
            address: format!("{public_url}/recensement/{}", opened(at_rest, Self::LINK, &self.sealed)?),
        };
        let subject = if self.again { format!("Rappel : {}", self.campaign) } else { self.campaign.clone() };
        Ok((subject, body.render()?))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::super::Letter;
    use super::*;

    #[test]
    fn a_producer_is_told_its_link_and_until_when_it_serves() {
        let at_rest = AtRest::new(|| Ok([1; 32]));
        let sealed = STANDARD.encode(at_rest.seal(SurveyLetter::LINK, b"jeton").unwrap());
        let asked = SurveyLetter {
            sealed: sealed.clone(),
            again: true,
            campaign: "Recensement 2027".into(),
            producer: "Syndicat d’É".into(),
            answer_by: "2027-04-30".parse().unwrap(),
        };
        let (subject, body) = asked.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert_eq!(subject, "Rappel : Recensement 2027");
        assert!(body.contains("https://a.fr/recensement/jeton\n") && body.contains("30/04/2027"), "{body}");
        let first = SurveyLetter { again: false, ..asked.clone() };
        let (subject, body) = first.written("Commune d’É", "https://a.fr", &at_rest).unwrap();
        assert!(subject == "Recensement 2027" && body.contains("Commune d’É recense"), "{body}");
        let text = serde_json::to_string(&Letter::Survey(asked.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Letter>(&text).unwrap(), Letter::Survey(asked));
        let elsewhere = Letter::PasswordLink { sealed, first: true };
        assert!(elsewhere.written("", "", &at_rest).is_err(), "a link serves for what it was sealed for");
    }
}
