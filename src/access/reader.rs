//! Who reads, how far, and whether files open for them (norms §8).
//!
//! The one thing to know: a role that opens files opens them whatever their access rules say, as their producer or keeper;
//! a reader has those that
//! are open to anybody that day (`opening`), the member's administrator none.

use chrono::NaiveDate;

use crate::identity::{MachineCaller, PersonCaller};
use crate::model::Role::{self, Archivist, ControlAuthority, Depositor, MemberAdmin, Producer};
use crate::model::{Agent, Scope, TenantId, Way};
use crate::seda::opening::Opening;

/// Roles that read what others deposited, as far as each is held.
const READING: [Role; 5] = [Archivist, ControlAuthority, MemberAdmin, Producer, Role::Reader];

/// A caller as access sees them.
#[derive(Clone, Debug)]
pub struct Reader {
    pub tenant: TenantId,
    pub agent: Agent,
    pub(super) scope: Scope,
    opens_files: bool,
    /// Reads what is open to anybody.
    reads_what_is_open: bool,
}

impl Reader {
    /// A person; `None` when none of their roles reads descriptions.
    pub fn person(caller: &PersonCaller) -> Option<Self> {
        let held = |roles: &[Role]| roles.iter().copied().find(|role| caller.roles.contains(role));
        let opening = held(&[Archivist, ControlAuthority, Depositor, Producer]);
        let reading = held(&READING);
        // Under the role that opens files, when there is one: only that is journaled.
        let role = opening.or(reading)?;
        let mut ways: Vec<Way> =
            caller.holdings.iter().filter(|held| READING.contains(&held.role)).map(Way::from).collect();
        if caller.has(Depositor) {
            ways.push(Way::own(caller.person_id));
        }
        Some(Self {
            tenant: caller.tenant,
            agent: Agent::Person(caller.person_id, role),
            scope: Scope::by(ways),
            opens_files: opening.is_some(),
            reads_what_is_open: held(&[Role::Reader]).is_some(),
        })
    }

    /// A machine: what was taken in charge under its agreements, files included.
    pub fn machine(caller: &MachineCaller) -> Self {
        Self {
            tenant: caller.tenant,
            agent: Agent::Machine(caller.machine_id),
            scope: Scope::under(caller.agreements.clone()),
            opens_files: true,
            reads_what_is_open: true,
        }
    }

    /// Whether they read what is open to anybody.
    pub fn reads_what_is_open(&self) -> bool {
        self.reads_what_is_open
    }

    /// Whether what opens so is open for them on this day: by their role, or because it is open to anybody.
    pub fn opens(&self, opening: Opening, day: NaiveDate) -> bool {
        self.opens_files || (self.reads_what_is_open && opening.is_open_on(day))
    }
}
