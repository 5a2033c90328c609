//! How far somebody reaches within a member: all of it, or what came under some agreements, from some producing services, by their
//! own hand (norms §8).
//!
//! The one thing to know: the same rule stands twice, here for a value at hand and in `reached()` of
//! `migrations/0036_scopes.sql` for rows; a test holds them together.

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
}

impl Holding {
    /// The role for the whole member.
    pub fn whole(role: Role) -> Self {
        Self { role, agreements: None, producers: None }
    }
}

/// One way to reach an archive or a transfer; what is `None` restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Way {
    pub agreements: Option<Vec<String>>,
    pub producers: Option<Vec<String>>,
    pub depositor: Option<Uuid>,
}

impl Way {
    /// What this person deposited.
    pub fn own(person: PersonId) -> Self {
        Self { depositor: Some(person.0), ..Self::default() }
    }
}

impl From<&Holding> for Way {
    fn from(holding: &Holding) -> Self {
        Self { agreements: holding.agreements.clone(), producers: holding.producers.clone(), depositor: None }
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
        Self::by(holdings.iter().filter(|held| roles.contains(&held.role)).map(Way::from).collect())
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

    fn every<'a>(&'a self, of: impl Fn(&'a Way) -> Option<&'a [String]>) -> Option<Vec<&'a str>> {
        let ways = self.0.as_ref()?;
        let lists: Option<Vec<&[String]>> = ways.iter().map(of).collect();
        Some(lists?.into_iter().flatten().map(String::as_str).collect())
    }

    /// For the database's `reached()`; `None`: the whole member.
    pub fn ways(&self) -> Option<serde_json::Value> {
        self.0.as_ref().map(|ways| serde_json::to_value(ways).expect("strings"))
    }

    /// Whether it reaches what came so.
    pub fn reaches(
        &self,
        agreement: Option<&str>,
        producer: Option<&str>,
        depositor: Option<PersonId>,
    ) -> bool {
        let among = |of: Option<&str>, list: &Option<Vec<String>>| {
            list.as_ref().is_none_or(|list| of.is_some_and(|of| list.iter().any(|one| one == of)))
        };
        self.0.as_ref().is_none_or(|ways| {
            ways.iter().any(|way| {
                among(agreement, &way.agreements)
                    && among(producer, &way.producers)
                    && way.depositor.is_none_or(|own| depositor == Some(PersonId(own)))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_restricts_by_all_it_says_and_ways_add_up() {
        let list = |name: &str| Some(vec![name.to_owned()]);
        let finance = Holding { role: Role::Reader, agreements: list("PES"), producers: list("FIN") };
        let scope = Scope::of(std::slice::from_ref(&finance), &[Role::Reader]);
        assert!(scope.reaches(Some("PES"), Some("FIN"), None));
        assert!(
            !scope.reaches(Some("PES"), Some("RH"), None) && !scope.reaches(Some("ACTES"), Some("FIN"), None)
        );
        assert!(!scope.reaches(None, Some("FIN"), None) && !scope.reaches(Some("PES"), None, None));
        assert!(!Scope::of(std::slice::from_ref(&finance), &[Role::Archivist]).reaches(
            Some("PES"),
            Some("FIN"),
            None
        ));
        let both = [finance, Holding::whole(Role::Archivist)];
        assert!(Scope::of(&both, &[Role::Reader, Role::Archivist]).is_whole());
        let me = PersonId(Uuid::from_u128(1));
        let own = Scope::by(vec![Way::own(me)]);
        assert!(own.reaches(None, None, Some(me)) && !own.reaches(Some("PES"), None, None));
    }
}
