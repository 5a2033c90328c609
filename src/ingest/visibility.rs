//! Which transfers a person may follow (norms §8): the whole member's for those who answer for it, one's own
//! for those who deposit.
//!
//! Pure. What is not followed answers like what does not exist.

use super::queries::Filter;
use crate::model::{PersonId, Role, Transfer};

/// The transfers that this person follows; `None`: none at all.
pub fn followed_by(person: PersonId, roles: &[Role]) -> Option<Filter> {
    if roles.iter().any(|role| matches!(role, Role::Archivist | Role::ControlAuthority | Role::MemberAdmin)) {
        return Some(Filter::default());
    }
    let own = roles.iter().any(|role| matches!(role, Role::Depositor | Role::Producer));
    own.then(|| Filter { person: Some(person), ..Filter::default() })
}

/// Whether this person follows this transfer.
pub fn follows(person: PersonId, roles: &[Role], transfer: &Transfer) -> bool {
    followed_by(person, roles)
        .is_some_and(|filter| filter.person.is_none() || transfer.person_id == filter.person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_depositor_follows_their_own_transfers_and_an_operator_none() {
        let person = PersonId(uuid::Uuid::from_u128(1));
        assert_eq!(followed_by(person, &[Role::Depositor, Role::Producer]).unwrap().person, Some(person));
        assert_eq!(followed_by(person, &[Role::Depositor, Role::MemberAdmin]).unwrap().person, None);
        assert!(followed_by(person, &[Role::Operator, Role::Reader]).is_none());
    }
}
