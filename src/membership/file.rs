//! A member's file as values: what is wanted, once checked.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::model::{
    Conditions, Convention, DepositLimit, FormatPolicy, Holding, LargeFiles, NumberKind, ReplyForm,
    VirusCheck,
};

/// What a member is to be.
#[derive(Debug)]
pub(super) struct Member {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub siren: String,
    pub department: String,
    pub quota: Quota,
    /// `None`: all there are.
    pub sites: Option<Vec<String>>,
    pub own_stamps: bool,
    /// Inhabitants, and the year of the figure.
    pub population: Option<(i32, i16)>,
    pub validity: Validity,
    /// Code of the member that follows it.
    pub successor: Option<String>,
    /// The Archives départementales that control it.
    pub control: Option<String>,
    /// `None`: left as it is.
    pub convention: Option<Convention>,
    /// Patterns of numbers, as written; kinds that are not named are left as they are.
    pub numbering: Vec<(NumberKind, String)>,
    pub parties: Vec<Party>,
    pub profiles: Vec<Profile>,
    pub agreements: Vec<Agreement>,
    pub people: Vec<Person>,
    pub machines: Vec<Machine>,
}

/// What a member may hold and deposit; what is `None` has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    pub bytes: i64,
    /// Past it people are told, and nothing is refused.
    pub soft_bytes: Option<i64>,
    pub objects: Option<i64>,
    pub deposits_per_day: Option<i64>,
}

/// First and last day; open when `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

#[derive(Debug)]
pub(super) struct Party {
    pub identifier: String,
    pub name: String,
    pub siret: Option<String>,
    pub parts: BTreeSet<String>,
    pub validity: Validity,
    /// Identifier of the party that follows it.
    pub successor: Option<String>,
}

#[derive(Debug)]
pub(super) struct Profile {
    pub identifier: String,
    pub name: String,
    pub notice: String,
    /// `None`: in use when it is made, then left as it is.
    pub active: Option<bool>,
    pub grammar: Grammar,
}

/// A file that compiled as a profile.
#[derive(Debug)]
pub(super) struct Grammar {
    pub file_name: String,
    pub rng: Vec<u8>,
    pub sha512: [u8; 64],
    pub seda_version: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Agreement {
    pub identifier: String,
    pub name: String,
    pub acceptance: String,
    pub archival_agency: String,
    /// Identifiers, sorted.
    pub transferring: Vec<String>,
    pub originating: Vec<String>,
    pub transfer_bytes_max: i64,
    /// Identifiers, sorted. `None`: left as they are.
    pub profiles: Option<Vec<String>>,
    /// `None`: left as it is.
    pub profile_imposed: Option<bool>,
    /// Names, sorted.
    pub tolerances: Vec<String>,
    pub virus: VirusCheck,
    pub virus_large: LargeFiles,
    /// Its list sorted.
    pub formats: FormatPolicy,
    pub limits: Vec<DepositLimit>,
    pub conditions: Conditions,
    pub validity: Validity,
    pub state: String,
}

#[derive(Debug)]
pub(super) struct Person {
    pub login: String,
    pub name: String,
    /// `None`: left as it is.
    pub email: Option<String>,
    /// One a role, in the order of roles.
    pub holdings: Vec<Holding>,
    /// Given when the account is made; never looked at again.
    pub password: Option<String>,
}

#[derive(Debug)]
pub(super) struct Machine {
    pub client_id: String,
    pub name: String,
    /// Identifiers, sorted.
    pub agreements: Vec<String>,
    pub secret: Option<String>,
    /// `None`: left as it is.
    pub replies: Option<ReplyForm>,
}
