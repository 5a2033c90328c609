//! How far somebody reaches within a member: all of it, or what came under some agreements, from some producing services, by their
//! own hand (norms §8).
//!
//! The one thing to know: the same rule stands twice, here for a value at hand and in `reached()` of
//! `migrations/0059_readings.sql` for rows; a test holds them together. How far somebody reaches says nothing of what opens: a control
//! authority reaches its whole ressort, and opens files by a reading that it opened with a reason, while that is open.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{PersonId, Role};

/// A role, and for what it is held in the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub role: Role,
    /// Identifiers of agreements, sorted; `None`: all.
    pub agreements: Option<Vec<String>>,
    /// Identifiers of producing services, sorted; `None`: all.
    pub producers: Option<Vec<String>>,
    /// Of a control authority, that it reads now, and why is known; `None`: the role alone.
    #[serde(default)]
    pub reading: Option<Reading>,
}

/// A reading that a control authority opened with a reason, and that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub reading_id: Uuid,
    /// The one archive that it is of; `None`: all that the role reaches.
    pub archive: Option<Uuid>,
    pub until: DateTime<Utc>,
}

impl Holding {
    /// The role for the whole member.
    pub fn whole(role: Role) -> Self {
        Self { role, agreements: None, producers: None, reading: None }
    }

    /// The way that it is.
    pub fn way(&self) -> Way {
        Way {
            agreements: self.agreements.clone(),
            producers: self.producers.clone(),
            archive: self.reading.as_ref().and_then(|reading| reading.archive),
            ..Way::default()
        }
    }
}

/// One way to reach an archive or a transfer; what is `None` restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Way {
    pub agreements: Option<Vec<String>>,
    pub producers: Option<Vec<String>>,
    pub depositor: Option<Uuid>,
    /// One archive; what is no archive yet is not reached by it.
    pub archive: Option<Uuid>,
}

/// What is asked whether it is reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub agreement: Option<&'a str>,
    pub producer: Option<&'a str>,
    pub depositor: Option<PersonId>,
    pub archive: Option<Uuid>,
}

impl Way {
    /// What this person deposited.
    pub fn own(person: PersonId) -> Self {
        Self { depositor: Some(person.0), ..Self::default() }
    }

    /// Whether it leads there.
    pub fn reaches(&self, facts: Facts<'_>) -> bool {
        let among = |of: Option<&str>, list: &Option<Vec<String>>| {
            list.as_ref().is_none_or(|list| of.is_some_and(|of| list.iter().any(|one| one == of)))
        };
        among(facts.agreement, &self.agreements)
            && among(facts.producer, &self.producers)
            && self.depositor.is_none_or(|own| facts.depositor == Some(PersonId(own)))
            && self.archive.is_none_or(|one| facts.archive == Some(one))
    }
}

/// Every way somebody has; the default is the whole member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Option<Vec<Way>>);

impl Scope {
    /// All of the member.
    pub fn whole() -> Self {
        Self(None)
    }

    /// By any of these ways; one that restricts nothing is the whole member, none at all is nothing.
    pub fn by(ways: Vec<Way>) -> Self {
        if ways.iter().any(|way| *way == Way::default()) { Self(None) } else { Self(Some(ways)) }
    }

    /// What came under these agreements.
    pub fn under(agreements: Vec<String>) -> Self {
        Self(Some(vec![Way { agreements: Some(agreements), ..Way::default() }]))
    }

    /// What these roles reach of all that is held, each as far as it is held.
    pub fn of(holdings: &[Holding], roles: &[Role]) -> Self {
        Self::by(holdings.iter().filter(|held| roles.contains(&held.role)).map(Holding::way).collect())
    }

    /// Whether nothing of the member is outside.
    pub fn is_whole(&self) -> bool {
        self.0.is_none()
    }

    /// Agreements that everything within came under; `None`: any.
    pub fn agreements(&self) -> Option<Vec<&str>> {
        self.every(|way| way.agreements.as_deref())
    }

    /// Producers that everything within came from; `None`: any.
    pub fn producers(&self) -> Option<Vec<&str>> {
        self.every(|way| way.producers.as_deref())
    }

    /// Archives that everything within is of; `None`: any.
    pub fn archives(&self) -> Option<Vec<Uuid>> {
        self.0.as_ref()?.iter().map(|way| way.archive).collect()
    }

    fn every<'a>(&'a self, of: impl Fn(&'a Way) -> Option<&'a [String]>) -> Option<Vec<&'a str>> {
        let ways = self.0.as_ref()?;
        let lists: Option<Vec<&[String]>> = ways.iter().map(of).collect();
        Some(lists?.into_iter().flatten().map(String::as_str).collect())
    }

    /// For the database's `reached()`; `None`: the whole member.
    pub fn ways(&self) -> Option<serde_json::Value> {
        self.0.as_ref().map(|ways| serde_json::to_value(ways).expect("strings"))
    }

    /// Whether it reaches what has come, or may come, so, and is no archive yet.
    pub fn reaches(
        &self,
        agreement: Option<&str>,
        producer: Option<&str>,
        depositor: Option<PersonId>,
    ) -> bool {
        self.leads_to(Facts { agreement, producer, depositor, archive: None })
    }

    /// Whether it reaches what these are the facts of.
    pub fn leads_to(&self, facts: Facts<'_>) -> bool {
        self.0.as_ref().is_none_or(|ways| ways.iter().any(|way| way.reaches(facts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_restricts_by_all_it_says_and_ways_add_up() {
        let list = |name: &str| Some(vec![name.to_owned()]);
        let finance =
            Holding { agreements: list("PES"), producers: list("FIN"), ..Holding::whole(Role::Reader) };
        let scope = Scope::of(std::slice::from_ref(&finance), &[Role::Reader]);
        assert!(scope.reaches(Some("PES"), Some("FIN"), None));
        assert!(
            !scope.reaches(Some("PES"), Some("RH"), None) && !scope.reaches(Some("ACTES"), Some("FIN"), None)
        );
        assert!(!scope.reaches(None, Some("FIN"), None) && !scope.reaches(Some("PES"), None, None));
        let other = Scope::of(std::slice::from_ref(&finance), &[Role::Archivist]);
        assert!(!other.reaches(Some("PES"), Some("FIN"), None));
        let both = [finance, Holding::whole(Role::Archivist)];
        assert!(Scope::of(&both, &[Role::Reader, Role::Archivist]).is_whole());
        let me = PersonId(Uuid::from_u128(1));
        let own = Scope::by(vec![Way::own(me)]);
        assert!(own.reaches(None, None, Some(me)) && !own.reaches(Some("PES"), None, None));
    }

    #[test]
    fn a_reading_of_one_archive_is_a_way_to_it_alone() {
        let role = Holding::whole(Role::ControlAuthority);
        let roles = [Role::ControlAuthority];
        let read = |archive: Option<u128>| Holding {
            reading: Some(Reading {
                reading_id: Uuid::nil(),
                archive: archive.map(Uuid::from_u128),
                until: DateTime::default(),
            }),
            ..role.clone()
        };
        let of = |archive: u128| Facts { archive: Some(Uuid::from_u128(archive)), ..Facts::default() };
        assert!(Scope::of(&[role.clone(), read(Some(1))], &roles).is_whole());
        let one = Scope::of(&[read(Some(1))], &roles);
        assert!(one.leads_to(of(1)) && !one.leads_to(of(2)) && !one.reaches(None, None, None));
        assert_eq!(one.archives(), Some(vec![Uuid::from_u128(1)]));
        let ressort = Holding { producers: Some(vec!["FIN".into()]), ..read(None) };
        let ressort = Scope::of(&[ressort], &roles);
        assert!(ressort.reaches(None, Some("FIN"), None) && !ressort.reaches(None, Some("RH"), None));
    }
}
