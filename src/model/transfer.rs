//! A transfer as the register knows it, from reception to taking in charge.

use chrono::{DateTime, Utc};

use super::{ArchiveId, Finding, MachineId, PersonId, TransferId, VirusCoverage};

/// Where a transfer stands. Only these are durable: a crash restarts from the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// In quarantine, digest known, nothing read yet.
    Received,
    /// Read and without fault; an archivist decides.
    Examined,
    /// Accepted: identifiers, grant date and reply are fixed; copies being written.
    Sealed,
    /// As `Sealed`, but a site that must have its copy could not take it yet: tried again until it does.
    AwaitingReplication,
    /// Both copies written and read again, rows committed.
    TakenInCharge,
    Refused,
}

impl TransferState {
    /// The word in rows and answers.
    pub fn word(self) -> &'static str {
        match self {
            TransferState::Received => "received",
            TransferState::Examined => "examined",
            TransferState::Sealed => "sealed",
            TransferState::AwaitingReplication => "awaiting_replication",
            TransferState::TakenInCharge => "taken_in_charge",
            TransferState::Refused => "refused",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            TransferState::Received => "Reçu, contrôle en cours",
            TransferState::Examined => "En attente de l'archiviste",
            TransferState::Sealed => "Accepté, copies en cours",
            TransferState::AwaitingReplication => "En attente de réplication",
            TransferState::TakenInCharge => "Pris en charge",
            TransferState::Refused => "Refusé",
        }
    }

    /// The state of a word, if it is one.
    pub fn from_word(word: &str) -> Option<TransferState> {
        use TransferState::*;
        let all = [Received, Examined, Sealed, AwaitingReplication, TakenInCharge, Refused];
        all.into_iter().find(|state| state.word() == word)
    }

    /// Whether nothing more will happen by itself.
    pub fn is_closed(self) -> bool {
        matches!(self, TransferState::TakenInCharge | TransferState::Refused)
    }
}

/// The door a transfer came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Api,
    Portal,
}

impl Channel {
    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Api => "api",
            Channel::Portal => "portal",
        }
    }
}

/// In what form a machine is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplyForm {
    /// As As@lae does, and as buses read it: from 2.0 on the two identifiers are the other way round.
    #[default]
    Asalae,
    /// As the standard defines it.
    Strict,
}

impl ReplyForm {
    /// The word in rows and files.
    pub fn word(self) -> &'static str {
        match self {
            ReplyForm::Asalae => "asalae",
            ReplyForm::Strict => "strict",
        }
    }

    /// The form of a word, if it is one.
    pub fn from_word(word: &str) -> Option<ReplyForm> {
        [ReplyForm::Asalae, ReplyForm::Strict].into_iter().find(|form| form.word() == word)
    }
}

/// One line of the register of transfers.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub transfer_id: TransferId,
    pub state: TransferState,
    pub person_id: Option<PersonId>,
    pub machine_id: Option<MachineId>,
    pub file_name: String,
    pub size_bytes: u64,
    /// SHA-512 of the bytes received.
    pub digest: Vec<u8>,
    pub received_at: DateTime<Utc>,
    /// 1, then one more for each refusal under the same identifier.
    pub attempt: u32,
    pub seda_version: Option<String>,
    pub message_identifier: Option<String>,
    pub transferring_agency: Option<String>,
    pub agreement_identifier: Option<String>,
    pub originating_agency: Option<String>,
    /// The archive profile that the manifest declares, whether the member has it or not.
    pub archival_profile: Option<String>,
    /// The version of that profile it was checked against.
    pub profile_version: Option<u32>,
    /// Title of the first root unit.
    pub title: Option<String>,
    pub unit_count: Option<u32>,
    pub object_count: Option<u32>,
    pub findings: Vec<Finding>,
    pub decided_at: Option<DateTime<Utc>>,
    pub archive_id: Option<ArchiveId>,
    /// When it was taken in charge or refused.
    pub closed_at: Option<DateTime<Utc>>,
    /// How far it was checked for viruses; `None` before it was examined.
    pub copy: Option<super::CopySaid>,
    pub virus: Option<VirusCoverage>,
}
