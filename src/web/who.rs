//! Who may call which address, as a word of the table and as the type of a handler's first parameter.
//!
//! Never looks at what is asked for: whether a caller may see *this* transfer or file is the functions'
//! business. The one thing to know: [`Who::roles`] is the only list of roles at the door (norms §8).

use crate::model::Role;
use crate::model::Role::{Archivist, ControlAuthority, Depositor, MemberAdmin, Operator, Producer, Reader};

/// Who may call an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The public: nothing of any member is shown.
    Anyone,
    /// A machine with its bearer token.
    Machine,
    /// A machine with its user and password, at the As@lae door.
    Connector,
    /// A person logged in, even when the member is not chosen yet.
    LoggedIn,
    /// Any person acting for a member.
    Person,
    /// Whoever deposits.
    Depositor,
    /// Whoever decides of a transfer.
    Archivist,
    /// Whoever follows transfers, their own or all.
    TransferReader,
    /// Whoever reads descriptions.
    Searcher,
    /// Whoever reads files.
    ContentReader,
    /// Whoever reads what the member asks of its transfers.
    ProfileReader,
    /// Whoever reads the register of all that the member holds.
    RegisterReader,
    /// Whoever answers for the integrity of the member's archives.
    IntegrityReader,
    /// Whoever imports archive profiles and binds them to agreements.
    ProfileKeeper,
    /// Whoever looks after the formats of what is kept.
    FormatReader,
    /// Whoever says what risk there is in a format.
    FormatKeeper,
    /// Whoever validates rules of retention.
    RuleValidator,
    /// Whoever reads a member's archives with a reason, for a while.
    Controller,
    /// Whoever sees what was read so.
    ReadingFollower,
    /// Whoever leads the shared service, for every member.
    Pilot,
    /// Whoever suspends an agreement, and opens it again.
    AgreementKeeper,
    /// Whoever says what each person may do in the member.
    PeopleKeeper,
    /// Whoever keeps the member's applications.
    MachineKeeper,
    /// Whoever sees what the member holds of what it was promised, before it hurts.
    UsageReader,
    /// Whoever keeps the service running, for every member.
    Operator,
}

/// The second factor that an address asks for (norms §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    None,
    /// Shown in the session.
    Shown,
    /// Shown just now: what is signed.
    Fresh,
}

/// Roles that do nothing without a second factor.
const STRONG: [Role; 4] = [Operator, Role::Pilot, Archivist, ControlAuthority];

impl Who {
    /// The roles of which a person needs one; `None` where roles do not count.
    pub fn roles(self) -> Option<&'static [Role]> {
        match self {
            Who::Anyone | Who::Machine | Who::Connector | Who::LoggedIn => None,
            Who::Person => Some(&Role::ALL),
            Who::Depositor => Some(&[Depositor]),
            Who::Archivist => Some(&[Archivist]),
            Who::TransferReader => Some(&[Archivist, ControlAuthority, MemberAdmin, Depositor, Producer]),
            Who::Searcher => Some(&[Archivist, ControlAuthority, MemberAdmin, Depositor, Producer, Reader]),
            // A reader, of what is open to anybody.
            Who::ContentReader => Some(&[Archivist, ControlAuthority, Depositor, Producer, Reader]),
            Who::ProfileReader => Some(&[Archivist, ControlAuthority, MemberAdmin]),
            Who::FormatReader => Some(&[Archivist, ControlAuthority, MemberAdmin]),
            Who::FormatKeeper => Some(&[Archivist, MemberAdmin]),
            Who::RegisterReader => Some(&[Archivist, ControlAuthority, MemberAdmin]),
            Who::IntegrityReader => Some(&[Archivist, ControlAuthority, MemberAdmin]),
            Who::ProfileKeeper => Some(&[Archivist, MemberAdmin]),
            Who::RuleValidator | Who::Controller => Some(&[ControlAuthority]),
            Who::ReadingFollower => Some(&[Archivist, ControlAuthority, MemberAdmin]),
            Who::Pilot => Some(&[Role::Pilot]),
            Who::AgreementKeeper | Who::PeopleKeeper | Who::MachineKeeper => Some(&[MemberAdmin]),
            Who::UsageReader => Some(&[MemberAdmin]),
            Who::Operator => Some(&[Operator]),
        }
    }

    /// The second factor asked of whoever holds these roles: of the strong ones everywhere, of an administrator for acts of
    /// administration only.
    pub fn factor(self, roles: &[Role]) -> Factor {
        match self {
            Who::Anyone | Who::Machine | Who::Connector | Who::LoggedIn => Factor::None,
            Who::RuleValidator => Factor::Fresh,
            Who::AgreementKeeper
            | Who::PeopleKeeper
            | Who::MachineKeeper
            | Who::ProfileKeeper
            | Who::FormatKeeper => Factor::Shown,
            _ if roles.iter().any(|role| STRONG.contains(role)) => Factor::Shown,
            _ => Factor::None,
        }
    }

    /// Whether a person with these roles may call.
    pub fn admits(self, roles: &[Role]) -> bool {
        self.roles().is_none_or(|admitted| admitted.iter().any(|role| roles.contains(role)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_communes_secretary_deposits_without_a_second_factor_and_administers_with_one() {
        let secretary = [Depositor, Producer, MemberAdmin];
        for who in [Who::Person, Who::Depositor, Who::TransferReader, Who::Searcher, Who::ContentReader] {
            assert_eq!(who.factor(&secretary), Factor::None, "{who:?}");
            assert_eq!(who.factor(&[Archivist]), Factor::Shown, "{who:?}");
        }
        assert_eq!(Who::PeopleKeeper.factor(&secretary), Factor::Shown);
        assert_eq!(Who::RuleValidator.factor(&[ControlAuthority]), Factor::Fresh);
        assert_eq!(Who::LoggedIn.factor(&[Operator]), Factor::None, "or nobody could show one");
    }

    #[test]
    fn the_operator_sees_no_archive_and_the_administrator_no_content() {
        for who in [
            Who::TransferReader,
            Who::Searcher,
            Who::ContentReader,
            Who::Depositor,
            Who::Archivist,
            Who::ProfileReader,
            Who::ProfileKeeper,
            Who::IntegrityReader,
            Who::RegisterReader,
            Who::RuleValidator,
            Who::Controller,
            Who::ReadingFollower,
        ] {
            assert!(!who.admits(&[Operator]) && !who.admits(&[Role::Pilot]), "{who:?}");
        }
        assert!(Role::ALL.iter().all(|role| Who::Operator.admits(&[*role]) == (*role == Operator)));
        assert!(Who::Searcher.admits(&[MemberAdmin]) && !Who::ContentReader.admits(&[MemberAdmin]));
        assert!(Who::Person.admits(&[Operator]) && !Who::Person.admits(&[]));
    }
}
