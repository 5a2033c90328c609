//! Who takes part: roles of people, parties of a transfer, agreements.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AgreementId, Conditions, DepositLimit, FormatPolicy, LargeFiles, PartyId, VirusCheck};

/// What a member may be.
pub const MEMBER_KINDS: [&str; 8] =
    ["departement", "epci", "commune", "syndicat", "ccas", "cdg", "sdis", "autre"];

/// What a person may do in a member (norms §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Operator,
    /// Leads the shared service: members, conventions, quotas, bills; opens no archive (norms §8).
    Pilot,
    Archivist,
    ControlAuthority,
    MemberAdmin,
    Depositor,
    Producer,
    Reader,
}

impl Role {
    /// Every role, in the order of the table of norms §8.
    pub const ALL: [Role; 8] = [
        Role::Operator,
        Role::Pilot,
        Role::Archivist,
        Role::ControlAuthority,
        Role::MemberAdmin,
        Role::Depositor,
        Role::Producer,
        Role::Reader,
    ];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Pilot => "pilot",
            Role::Archivist => "archivist",
            Role::ControlAuthority => "control_authority",
            Role::MemberAdmin => "member_admin",
            Role::Depositor => "depositor",
            Role::Producer => "producer",
            Role::Reader => "reader",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Role::Operator => "opérateur",
            Role::Pilot => "pilote du service mutualisé",
            Role::Archivist => "archiviste",
            Role::ControlAuthority => "contrôle scientifique et technique",
            Role::MemberAdmin => "administrateur de la collectivité",
            Role::Depositor => "déposant",
            Role::Producer => "producteur",
            Role::Reader => "lecteur",
        }
    }

    /// The role of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A party of the register: SEDA organization with the parts it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    pub party_id: PartyId,
    /// As written in manifests.
    pub identifier: String,
    pub name: String,
    pub siret: Option<String>,
    pub archival: bool,
    pub transferring: bool,
    pub originating: bool,
    /// First and last day on which the party exists; open when `None`.
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// Identifier of the party that follows it.
    pub successor: Option<String>,
}

impl Party {
    /// Whether the party exists on `day`.
    pub fn is_active_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }
}

/// How an agreement takes a faultless transfer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    Automatic,
    /// An archivist reads it first.
    Archivist,
}

/// An agreement (accord de versement) with the parties it admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub agreement_id: AgreementId,
    /// SEDA `ArchivalAgreement`.
    pub identifier: String,
    pub name: String,
    /// `false` when suspended, or being prepared.
    pub active: bool,
    /// It awaits the archivist's validation, and was never open.
    pub is_draft: bool,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// The archive service's identifier.
    pub archival_agency: String,
    /// Identifiers of the transferring agencies admitted.
    pub transferring_agencies: Vec<String>,
    /// Identifiers of the originating agencies admitted.
    pub originating_agencies: Vec<String>,
    pub acceptance: Acceptance,
    /// Most expanded bytes in one transfer.
    pub transfer_bytes_max: u64,
    /// Identifiers of the archive profiles that transfers may declare.
    pub profiles: Vec<String>,
    /// A transfer must declare one of them.
    pub profile_imposed: bool,
    /// Names of the extensions of other systems that transfers may use.
    pub tolerances: Vec<String>,
    /// Whether its transfers are shown to the virus scanner, and what becomes of the files it cannot take whole.
    pub virus: VirusCheck,
    pub virus_large: LargeFiles,
    /// What it asks of the formats of its transfers.
    pub formats: FormatPolicy,
    /// Most that may be deposited in a time; sorted, one a time.
    pub limits: Vec<DepositLimit>,
    pub conditions: Conditions,
}

impl Agreement {
    /// Whether deposits are open on `day`.
    pub fn is_open_on(&self, day: NaiveDate) -> bool {
        self.active
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day <= until)
    }
}
