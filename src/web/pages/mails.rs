//! How a person wants to be told by mail: the card of their account, and the form that sets it.
//!
//! Only what may be chosen is a choice: what the law or safety imposes is told to be so.

use actix_web::{HttpResponse, web};

use super::fields::{Fields, first};
use super::shell::go_to;
use crate::identity::Session;
use crate::mail::{self, Manner, Subject};
use crate::model::Role;
use crate::web::callers::LoggedIn;
use crate::web::{Problem, State};

/// The card.
pub struct MailCard {
    /// Where letters go; without it nothing is sent.
    pub address: Option<String>,
    pub lines: Vec<MailLine>,
}

/// A subject, and how it is told.
pub struct MailLine {
    pub word: &'static str,
    pub label: &'static str,
    pub manners: Vec<MannerChoice>,
}

/// A manner that may be chosen.
pub struct MannerChoice {
    pub word: &'static str,
    pub label: &'static str,
    pub is_chosen: bool,
}

/// The card of the person of this session.
pub async fn look(state: &State, session: &Session) -> Result<MailCard, Problem> {
    let (address, chosen) = mail::choices(&state.db, session.person_id).await?;
    Ok(card(address, &roles(session), &chosen))
}

/// Every role that the person has somewhere.
fn roles(session: &Session) -> Vec<Role> {
    session.members.iter().flat_map(|member| &member.holdings).map(|held| held.role).collect()
}

/// The card of these roles and choices.
pub fn card(address: Option<String>, roles: &[Role], chosen: &[(Subject, Manner)]) -> MailCard {
    let manner = |subject| {
        let chosen = chosen.iter().find(|(of, _)| *of == subject);
        chosen.map_or_else(|| subject.unless_chosen(), |(_, manner)| *manner)
    };
    let line = |subject: Subject| MailLine {
        word: subject.word(),
        label: subject.label(),
        manners: subject
            .manners()
            .iter()
            .map(|one| MannerChoice {
                word: one.word(),
                label: one.label(),
                is_chosen: manner(subject) == *one,
            })
            .collect(),
    };
    MailCard { address, lines: Subject::ALL.into_iter().filter(|of| of.is_for(roles)).map(line).collect() }
}

/// `POST /compte/courriels`. What is no choice of this person, or no manner, changes nothing.
pub async fn set(person: LoggedIn, form: Fields, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let roles = roles(&person.session);
    let choice = |subject: Subject| {
        let manner = Manner::from_word(&first(&form, subject.word()))?;
        subject.manners().contains(&manner).then_some((subject, manner))
    };
    let chosen: Vec<(Subject, Manner)> =
        Subject::ALL.into_iter().filter(|subject| subject.is_for(&roles)).filter_map(choice).collect();
    mail::choose(&state.db, person.session.person_id, &chosen).await?;
    Ok(go_to("/compte?fait=courriels"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_chooses_of_what_they_may_be_told() {
        let card = card(None, &[Role::MemberAdmin], &[(Subject::Quota, Manner::Digest)]);
        assert_eq!(card.lines.len(), Subject::ALL.len() - 1, "nothing awaits her decision");
        let quota = card.lines.iter().find(|line| line.word == "quota").unwrap();
        assert!(quota.manners.iter().all(|manner| manner.is_chosen == (manner.word == "digest")));
        assert!(card.lines[0].manners[0].is_chosen, "at once without a choice");
        assert!(super::card(None, &[Role::Operator], &[]).lines.is_empty());
        let hers = super::card(None, &[Role::Archivist], &[]);
        let awaiting = hers.lines.iter().find(|line| line.word == "awaiting").unwrap();
        let offered: Vec<_> = awaiting.manners.iter().map(|one| (one.word, one.is_chosen)).collect();
        assert_eq!(offered, [("digest", true), ("none", false)], "never more than once a day");
    }
}
