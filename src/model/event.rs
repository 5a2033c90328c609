//! What is journaled: every change leaves one of these, in the same transaction.

use super::{MachineId, PersonId, Role};

/// Event types of norms E-02 that the product has so far; the word is the journal's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    Reception,
    Controle,
    Rejet,
    PriseEnCharge,
    Replication,
    ControleIntegrite,
    /// A site joins a member's set or leaves it; an archive's copy is made there or destroyed.
    MigrationSupport,
    Consultation,
    /// Somebody asked to be given what is not open to them, and what became of it.
    Communication,
    /// The service declared something of a transfer or an archive, or could not.
    Attestation,
    Incident,
    /// A copy found wrong is right again.
    Reparation,
    /// The catalogue, or one archive of it, was rebuilt from the objects of a site; or that was rehearsed.
    Reconstruction,
    /// A member, agreement, person or machine was set up or changed by its file.
    Parametrage,
    /// The journal was sealed up to an entry.
    Scellement,
    /// What the member held and received on a day was measured.
    Mesure,
}

impl EventType {
    /// The word in the journal.
    pub fn word(self) -> &'static str {
        match self {
            EventType::Reception => "RECEPTION",
            EventType::Controle => "CONTROLE",
            EventType::Rejet => "REJET",
            EventType::PriseEnCharge => "PRISE_EN_CHARGE",
            EventType::Replication => "REPLICATION",
            EventType::ControleIntegrite => "CONTROLE_INTEGRITE",
            EventType::MigrationSupport => "MIGRATION_SUPPORT",
            EventType::Consultation => "CONSULTATION",
            EventType::Communication => "COMMUNICATION",
            EventType::Attestation => "ATTESTATION",
            EventType::Incident => "INCIDENT",
            EventType::Reparation => "REPARATION",
            EventType::Reconstruction => "RECONSTRUCTION",
            EventType::Parametrage => "PARAMETRAGE",
            EventType::Scellement => "SCELLEMENT",
            EventType::Mesure => "MESURE",
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    Ko,
}

impl Outcome {
    /// The word in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Ok => "OK",
            Outcome::Ko => "KO",
        }
    }
}

/// Who acted. Identifiers only: names live in tables that can be purged without breaking the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// A person, under the role that the act asks for.
    Person(PersonId, Role),
    Machine(MachineId),
    /// The service itself, by its background work.
    Service,
    /// The operator, by the command line.
    Operator,
}

impl Agent {
    /// The role under which a person acts; a machine acts under its agreements, the service and the operator under none.
    pub fn role(self) -> Option<Role> {
        match self {
            Agent::Person(_, role) => Some(role),
            Agent::Machine(_) | Agent::Service | Agent::Operator => None,
        }
    }
}

impl std::fmt::Display for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Agent::Person(id, _) => write!(f, "person:{id}"),
            Agent::Machine(id) => write!(f, "machine:{id}"),
            Agent::Service => f.write_str("service"),
            Agent::Operator => f.write_str("operator"),
        }
    }
}

/// One entry for the tenant's journal, before it is numbered and chained.
#[derive(Clone, Debug)]
pub struct Event {
    pub event_type: EventType,
    pub outcome: Outcome,
    pub agent: Agent,
    /// What it is about: `transfer:<uuid>`, `archive:<uuid>`, `member:<code>`…
    pub object: String,
    /// Digests, versions, codes of findings: names and values, no title, no content.
    pub detail: Vec<(&'static str, String)>,
}
