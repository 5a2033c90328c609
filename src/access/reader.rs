//! Who reads, how far, and whether files open for them (norms §8).
//!
//! The one thing to know: a role that opens files opens, as far as it is held, those that it reaches, whatever their access rules say, as
//! their producer or keeper; a reader has those that are open to anybody that day (`opening`), the member's administrator none. A control
//! authority reads every description of its ressort, and opens the files of what it said why it reads, until when it said.

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
            .map(|held| {
                let reading = held.reading.as_ref().map(|reading| reading.reading_id);
                Held { role: held.role, way: held.way(), reading }
            })
            .collect();
        if caller.has(Depositor) {
            all.push(Held { role: Depositor, way: Way::own(caller.person_id), reading: None });
        }
        // Under the role that opens files, when there is one: only that is journaled.
        let opening = OPENING.into_iter().find(|role| all.iter().any(|held| held.opens_as(*role)));
        let role =
            opening.or_else(|| READING.into_iter().find(|role| all.iter().any(|held| held.role == *role)))?;
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

    /// Whether they open files by saying why they read, and have not said it of this archive.
    pub fn is_to_say_why(&self, archive: &Archive) -> bool {
        let By::Person(all) = &self.by else { return false };
        let reaches = |held: &Held| held.role == ControlAuthority && held.way.reaches(facts(archive));
        all.iter().any(reaches) && self.reading_of(archive).is_none()
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
        all.iter().any(|held| (held.opens_as(held.role) || open(held)) && held.way.reaches(facts(archive)))
    }

    /// As whom they open a file of this archive, and by which reading of a control authority.
    pub(super) fn acts_on(&self, archive: &Archive) -> (Agent, Option<Uuid>) {
        let (By::Person(all), Agent::Person(person, _)) = (&self.by, self.agent) else {
            return (self.agent, None);
        };
        let leads = |held: &&Held| held.way.reaches(facts(archive));
        let opening =
            OPENING.iter().find_map(|role| all.iter().filter(|held| held.opens_as(*role)).find(leads));
        let reading =
            || READING.iter().find_map(|role| all.iter().filter(|held| held.role == *role).find(leads));
        match opening.or_else(reading) {
            Some(held) => (Agent::Person(person, held.role), held.reading),
            None => (self.agent, None),
        }
    }

    /// The reading, opened with a reason, by which they open this archive; `None`: they have another right to it, or none.
    pub fn reading_of(&self, archive: &Archive) -> Option<Uuid> {
        self.acts_on(archive).1
    }
}

impl Held {
    /// Whether it opens files, under this role.
    fn opens_as(&self, role: Role) -> bool {
        self.role == role && OPENING.contains(&role) && (role != ControlAuthority || self.reading.is_some())
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
        let none = reader(&[Holding::whole(ControlAuthority)]).unwrap();
        assert!(none.is_to_say_why(&archive(1, "A")) && !none.opens(&archive(1, "A"), Opening::Free, DAY));
        let one = reader(&[Holding::whole(ControlAuthority), reading(Some(1))]).unwrap();
        assert!(one.opens(&archive(1, "A"), Opening::Never, DAY), "no delay is held against it");
        assert!(!one.opens(&archive(2, "A"), Opening::Free, DAY));
        assert_eq!(one.acts_on(&archive(1, "A")).1, Some(Uuid::from_u128(5)));
        assert!(one.is_to_say_why(&archive(2, "A")) && !one.is_to_say_why(&archive(1, "A")));
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
