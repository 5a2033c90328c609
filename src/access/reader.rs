//! Who reads, how far, and whether files open for them (norms §8).
//!
//! The one thing to know: a role that opens files opens, as far as it is held, those that it reaches, whatever their access rules say, as
//! their producer or keeper; a reader has those that are open to anybody that day (`opening`), the member's administrator none. A control
//! authority is no reader at all but for what it said why it reads, and until when.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::catalog::Archive;
use crate::identity::{MachineCaller, PersonCaller};
use crate::model::Role::{self, Archivist, ControlAuthority, Depositor, MemberAdmin, Producer};
use crate::model::{Agent, Facts, Scope, TenantId, Way};
use crate::seda::opening::Opening;

/// Roles that read what others deposited, as far as each is held.
const READING: [Role; 5] = [Archivist, ControlAuthority, MemberAdmin, Producer, Role::Reader];
/// Those that open files, in the order in which a reading is told to be theirs.
const OPENING: [Role; 4] = [Archivist, ControlAuthority, Depositor, Producer];

/// A caller as access sees them.
#[derive(Clone, Debug)]
pub struct Reader {
    pub tenant: TenantId,
    /// Who asks, under the strongest of the roles by which they read.
    pub agent: Agent,
    pub(super) scope: Scope,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    /// Everything within the scope opens.
    Machine,
    /// Each role by which something is reached, with its way, and the reading that a control authority opened.
    Person(Vec<Held>),
}

#[derive(Clone, Debug)]
struct Held {
    role: Role,
    way: Way,
    reading: Option<Uuid>,
}

impl Reader {
    /// A person; `None` when none of their roles reads descriptions.
    pub fn person(caller: &PersonCaller) -> Option<Self> {
        let reading = caller.holdings.iter().filter(|held| READING.contains(&held.role));
        let mut all: Vec<Held> = reading
            .filter_map(|held| {
                let reading = held.reading.as_ref().map(|reading| reading.reading_id);
                Some(Held { role: held.role, way: held.way()?, reading })
            })
            .collect();
        if caller.has(Depositor) {
            all.push(Held { role: Depositor, way: Way::own(caller.person_id), reading: None });
        }
        // Under the role that opens files, when there is one: only that is journaled.
        let held = |role: &Role| all.iter().any(|held| held.role == *role);
        let role = OPENING.iter().chain(&READING).copied().find(held)?;
        Some(Self {
            tenant: caller.tenant,
            agent: Agent::Person(caller.person_id, role),
            scope: Scope::by(all.iter().map(|held| held.way.clone()).collect()),
            by: By::Person(all),
        })
    }

    /// A machine: what was taken in charge under its agreements, files included.
    pub fn machine(caller: &MachineCaller) -> Self {
        Self {
            tenant: caller.tenant,
            agent: Agent::Machine(caller.machine_id),
            scope: Scope::under(caller.agreements.clone()),
            by: By::Machine,
        }
    }

    /// Whether they read what is open to anybody.
    pub fn reads_what_is_open(&self) -> bool {
        match &self.by {
            By::Machine => true,
            By::Person(all) => all.iter().any(|held| held.role == Role::Reader),
        }
    }

    /// Whether what opens so, of this archive, is open for them on this day: by their role, or because it is open to anybody.
    pub fn opens(&self, archive: &Archive, opening: Opening, day: NaiveDate) -> bool {
        let By::Person(all) = &self.by else { return true };
        let open = |held: &Held| held.role == Role::Reader && opening.is_open_on(day);
        all.iter()
            .any(|held| (OPENING.contains(&held.role) || open(held)) && held.way.reaches(facts(archive)))
    }

    /// As whom they open a file of this archive, and by which reading of a control authority.
    pub(super) fn acts_on(&self, archive: &Archive) -> (Agent, Option<Uuid>) {
        let (By::Person(all), Agent::Person(person, _)) = (&self.by, self.agent) else {
            return (self.agent, None);
        };
        let leads =
            |role: &Role| all.iter().find(|held| held.role == *role && held.way.reaches(facts(archive)));
        match OPENING.iter().chain(&READING).find_map(leads) {
            Some(held) => (Agent::Person(person, held.role), held.reading),
            None => (self.agent, None),
        }
    }

    /// The reading, opened with a reason, by which they open this archive; `None`: they have another right to it, or none.
    pub fn reading_of(&self, archive: &Archive) -> Option<Uuid> {
        self.acts_on(archive).1
    }
}

fn facts(archive: &Archive) -> Facts<'_> {
    Facts {
        agreement: Some(&archive.agreement),
        producer: archive.originating_agency.as_deref(),
        depositor: archive.depositor,
        archive: Some(archive.archive_id.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArchiveId, Holding, PersonId, Reading};

    fn archive(id: u128, agreement: &str) -> Archive {
        Archive {
            archive_id: ArchiveId(Uuid::from_u128(id)),
            cote: "1".into(),
            title: "Un dossier".into(),
            agreement: agreement.into(),
            transferring_agency: "V".into(),
            originating_agency: Some("P".into()),
            depositor: Some(PersonId(Uuid::from_u128(9))),
            size_bytes: 1,
            unit_count: 1,
            object_count: 1,
            taken_in_charge_at: chrono::DateTime::default(),
        }
    }

    fn reading(of: Option<u128>) -> Holding {
        let reading = Reading {
            reading_id: Uuid::from_u128(5),
            archive: of.map(Uuid::from_u128),
            until: Default::default(),
        };
        Holding { reading: Some(reading), ..Holding::whole(ControlAuthority) }
    }

    fn reader(holdings: &[Holding]) -> Option<Reader> {
        Reader::person(&PersonCaller::for_tests(holdings.to_vec()))
    }

    const DAY: NaiveDate = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap();

    #[test]
    fn a_control_authority_reads_what_it_said_why_it_reads() {
        assert!(reader(&[Holding::whole(ControlAuthority)]).is_none());
        let one = reader(&[Holding::whole(ControlAuthority), reading(Some(1))]).unwrap();
        assert!(one.opens(&archive(1, "A"), Opening::Never, DAY), "no delay is held against it");
        assert!(!one.opens(&archive(2, "A"), Opening::Free, DAY));
        assert_eq!(one.acts_on(&archive(1, "A")).1, Some(Uuid::from_u128(5)));
    }

    #[test]
    fn a_right_opens_no_more_than_it_reaches_whatever_else_is_held() {
        // A reader of all, who controls one archive for a while.
        let both = reader(&[Holding::whole(Role::Reader), reading(Some(1))]).unwrap();
        assert!(both.opens(&archive(1, "A"), Opening::Unknown, DAY));
        assert!(!both.opens(&archive(2, "A"), Opening::Unknown, DAY));
        assert!(both.opens(&archive(2, "A"), Opening::Free, DAY));
        assert_eq!(
            both.acts_on(&archive(2, "A")),
            (Agent::Person(PersonId(Uuid::from_u128(1)), Role::Reader), None)
        );
        // A reader of all, who keeps one agreement.
        let keeper = Holding { agreements: Some(vec!["A".into()]), ..Holding::whole(Archivist) };
        let both = reader(&[Holding::whole(Role::Reader), keeper]).unwrap();
        assert!(both.opens(&archive(1, "A"), Opening::Unknown, DAY));
        assert!(!both.opens(&archive(1, "B"), Opening::Unknown, DAY));
        // A reader of all, who deposited something else.
        let both = reader(&[Holding::whole(Role::Reader), Holding::whole(Depositor)]).unwrap();
        assert!(!both.opens(&archive(1, "A"), Opening::Unknown, DAY));
    }
}
