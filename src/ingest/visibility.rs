//! Which transfers a person may follow (norms §8): as far as their roles reach for those who answer for the member, one's own
//! for those who deposit.
//!
//! Pure. What is not followed answers like what does not exist.

use crate::identity::PersonCaller;
use crate::model::{Facts, Holding, Role, Scope, Transfer, Way};

/// Roles that follow what others deposited.
const ANSWERING: [Role; 3] = [Role::Archivist, Role::ControlAuthority, Role::MemberAdmin];

/// The transfers that this person follows; `None`: none at all.
pub fn followed_by(person: &PersonCaller) -> Option<Scope> {
    let mut ways: Vec<Way> =
        person.holdings.iter().filter(|held| ANSWERING.contains(&held.role)).map(Holding::way).collect();
    if [Role::Depositor, Role::Producer].iter().any(|role| person.has(*role)) {
        ways.push(Way::own(person.person_id));
    }
    (!ways.is_empty()).then(|| Scope::by(ways))
}

/// Whether this person follows this transfer.
pub fn follows(person: &PersonCaller, transfer: &Transfer) -> bool {
    followed_by(person).is_some_and(|scope| reaches(&scope, transfer))
}

/// Whether a scope reaches this transfer.
pub fn reaches(scope: &Scope, transfer: &Transfer) -> bool {
    scope.leads_to(Facts {
        agreement: transfer.agreement_identifier.as_deref(),
        producer: transfer.originating_agency.as_deref(),
        depositor: transfer.person_id,
        archive: transfer.archive_id.map(|id| id.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::PersonCaller;
    use crate::model::Holding;

    #[test]
    fn a_depositor_follows_their_own_transfers_and_an_operator_none() {
        let holding = |roles: &[Role]| roles.iter().copied().map(Holding::whole).collect();
        let person = PersonCaller::for_tests(holding(&[Role::Depositor, Role::Producer]));
        let own = followed_by(&person).unwrap();
        assert!(own.reaches(None, None, Some(person.person_id)) && !own.reaches(None, None, None));
        let admin = PersonCaller::for_tests(holding(&[Role::Depositor, Role::MemberAdmin]));
        assert!(followed_by(&admin).unwrap().is_whole());
        assert!(followed_by(&PersonCaller::for_tests(holding(&[Role::Operator, Role::Reader]))).is_none());
        assert!(
            followed_by(&PersonCaller::for_tests(holding(&[Role::ControlAuthority]))).unwrap().is_whole()
        );
    }
}
