//! What people are told by mail and may choose how; the rest is imposed, by the law or for safety.
//!
//! The rule is pure; the choice is looked up where a letter is put, so that it holds for whatever is put from then on.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;

use super::letter::Letter;
use crate::model::Role;

/// What a letter tells of, among what may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A transfer was taken in charge, or refused.
    Decided,
    /// A proof that was asked for is whole.
    Completed,
    /// The quota fills.
    Quota,
    /// A convention ends.
    Convention,
    /// A deposit that was expected did not come.
    Missed,
    /// Something awaits a decision: once a day at the most.
    Awaiting,
}

/// How somebody is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// At once.
    #[default]
    Now,
    /// Once a day, with the rest.
    Digest,
    /// Not by mail: it is at the portal all the same.
    None,
}

impl Manner {
    /// Every one.
    pub const ALL: [Manner; 3] = [Manner::Now, Manner::Digest, Manner::None];

    /// The word in rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Manner::Now => "now",
            Manner::Digest => "digest",
            Manner::None => "none",
        }
    }

    /// The manner of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|manner| manner.word() == word)
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Manner::Now => "Aussitôt",
            Manner::Digest => "Dans le résumé du jour",
            Manner::None => "Aucun courriel",
        }
    }
}

impl Subject {
    /// Every one.
    pub const ALL: [Subject; 6] = [
        Subject::Decided,
        Subject::Completed,
        Subject::Quota,
        Subject::Convention,
        Subject::Missed,
        Subject::Awaiting,
    ];

    /// How it may be told.
    pub fn manners(self) -> &'static [Manner] {
        match self {
            Self::Awaiting => &[Manner::Digest, Manner::None],
            _ => &Manner::ALL,
        }
    }

    /// How it is told to whoever has chosen nothing.
    pub fn unless_chosen(self) -> Manner {
        self.manners().first().copied().unwrap_or_default()
    }

    /// That of a letter; `None`: it is imposed.
    pub fn of(letter: &Letter) -> Option<Self> {
        match letter {
            Letter::Decided { .. } | Letter::Deposited { .. } => Some(Self::Decided),
            Letter::Completed { .. } => Some(Self::Completed),
            Letter::Quota { .. } => Some(Self::Quota),
            Letter::ConventionEnds { .. } => Some(Self::Convention),
            Letter::Missed { .. } => Some(Self::Missed),
            Letter::Awaiting { .. } => Some(Self::Awaiting),
            Letter::Incident { .. }
            | Letter::Suspended { .. }
            | Letter::PasswordLink { .. }
            | Letter::GlassAsked { .. }
            | Letter::GlassBroken { .. }
            | Letter::Survey(_)
            | Letter::Unstamped { .. } => None,
        }
    }

    /// The word in rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Completed => "completed",
            Self::Quota => "quota",
            Self::Convention => "convention",
            Self::Missed => "missed",
            Self::Awaiting => "awaiting",
        }
    }

    /// The subject of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.word() == word)
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Decided => "Un versement est pris en charge, ou refusé",
            Self::Completed => "Une attestation demandée a toute sa preuve",
            Self::Quota => "La place promise se remplit",
            Self::Convention => "Une convention prend fin",
            Self::Missed => "Un versement attendu n’est pas venu",
            Self::Awaiting => "Des versements, des demandes ou des accords attendent votre décision",
        }
    }

    /// Whether somebody with one of these roles may be told of it.
    pub fn is_for(self, roles: &[Role]) -> bool {
        let told: &[Role] = match self {
            Self::Decided => &[Role::Depositor, Role::Producer, Role::Archivist, Role::MemberAdmin],
            Self::Completed => {
                &[Role::Depositor, Role::Producer, Role::Archivist, Role::MemberAdmin, Role::ControlAuthority]
            }
            Self::Quota | Self::Missed => &[Role::MemberAdmin],
            Self::Convention => &[Role::MemberAdmin, Role::Pilot],
            Self::Awaiting => &[Role::Archivist],
        };
        told.iter().any(|role| roles.contains(role))
    }
}

/// When what waits for the day's digest is told: at seven in the morning of Paris, the next time it is.
pub(super) fn digest_at(now: DateTime<Utc>) -> DateTime<Utc> {
    let seven = NaiveTime::from_hms_opt(7, 0, 0).unwrap_or_default();
    let today = now.with_timezone(&Paris).date_naive();
    let at = |day: chrono::NaiveDate| Paris.from_local_datetime(&day.and_time(seven)).earliest();
    let days = [Some(today), today.checked_add_days(Days::new(1))].into_iter().flatten();
    days.filter_map(at).map(|at| at.with_timezone(&Utc)).find(|at| *at > now).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_safety_imposes_is_no_choice() {
        let incident = Letter::Incident { sites: vec!["nord".into()], copies: 1 };
        assert_eq!(Subject::of(&incident), None);
        let quota = Letter::Quota { percent: 80, held: 1, promised: 2 };
        assert_eq!(Subject::of(&quota), Some(Subject::Quota));
        assert!(Subject::Quota.is_for(&[Role::MemberAdmin]) && !Subject::Quota.is_for(&[Role::Reader]));
        for subject in Subject::ALL {
            assert_eq!(Subject::from_word(subject.word()), Some(subject));
        }
    }

    #[test]
    fn the_digest_is_told_at_seven_of_paris() {
        let at = |text: &str| digest_at(text.parse().unwrap()).to_rfc3339();
        assert_eq!(at("2027-01-10T05:59:00Z"), "2027-01-10T06:00:00+00:00");
        assert_eq!(at("2027-01-10T06:00:00Z"), "2027-01-11T06:00:00+00:00");
        assert_eq!(at("2027-07-10T12:00:00Z"), "2027-07-11T05:00:00+00:00", "in summer");
    }
}
