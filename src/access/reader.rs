//! Who reads, how far, and whether files open for them (norms §8).
//!
//! The one thing to know: the communicability of each unit is not computed yet, so a role that may read only
//! what is communicable opens no file at all.

use crate::catalog::Scope;
use crate::identity::{MachineCaller, PersonCaller};
use crate::model::Role::{self, Archivist, ControlAuthority, Depositor, MemberAdmin, Producer};
use crate::model::{Agent, TenantId};

/// A caller as access sees them.
#[derive(Clone, Debug)]
pub struct Reader {
    pub tenant: TenantId,
    pub agent: Agent,
    pub(super) scope: Scope,
    opens_files: bool,
}

impl Reader {
    /// A person; `None` when none of their roles reads descriptions.
    pub fn person(caller: &PersonCaller) -> Option<Self> {
        let held = |roles: &[Role]| roles.iter().copied().find(|role| caller.roles.contains(role));
        let opening = held(&[Archivist, ControlAuthority, Depositor, Producer]);
        let whole = held(&[Archivist, ControlAuthority, MemberAdmin, Producer, Role::Reader]);
        // Under the role that opens files, when there is one: only that is journaled.
        let role = opening.or(whole)?;
        let whole = whole.is_some();
        Some(Self {
            tenant: caller.tenant,
            agent: Agent::Person(caller.person_id, role),
            scope: Scope { agreements: None, depositor: (!whole).then_some(caller.person_id) },
            opens_files: opening.is_some(),
        })
    }

    /// A machine: what was taken in charge under its agreements, files included.
    pub fn machine(caller: &MachineCaller) -> Self {
        Self {
            tenant: caller.tenant,
            agent: Agent::Machine(caller.machine_id),
            scope: Scope { agreements: Some(caller.agreements.clone()), depositor: None },
            opens_files: true,
        }
    }

    /// Whether files open for them.
    pub fn opens_files(&self) -> bool {
        self.opens_files
    }
}
