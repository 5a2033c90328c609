//! Agreements prepared at the portal by the member's administrator, and validated by its archivist: until then nothing comes under them.
//!
//! Never changes an agreement that was open once. The one thing to know: who prepares does not validate (norms §8).

use chrono::NaiveDate;

use super::file::{Agreement, Validity};
use super::profiles::By;
use super::{agreement_queries, rows};
use crate::clock::Clock;
use crate::db::{self, Db, TenantTx};
use crate::model::{
    Age, Agent, AgreementId, Conditions, Event, EventType, FormatPolicy, LargeFiles, Outcome, PersonId,
    TenantId, VirusCheck,
};
use crate::registry::{self, convention_queries, profile_queries, retention, retention_queries};

/// Longest identifier, longest name.
const IDENTIFIER_BYTES_MAX: usize = 254;
const NAME_CHARS_MAX: usize = 200;
/// Most expanded bytes that an agreement of the portal admits in one transfer.
pub const BYTES_MAX: u64 = 1 << 40;

/// What an administrator prepares; the rest is as it is without being said.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub identifier: String,
    pub name: String,
    pub archival_agency: String,
    pub transferring: Vec<String>,
    pub originating: Vec<String>,
    pub profiles: Vec<String>,
    pub profile_imposed: bool,
    pub by_archivist: bool,
    pub age: Age,
    /// Code of a rule of the schedule.
    pub typology: Option<String>,
    pub transfer_bytes_max: u64,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

/// Why nothing was changed; an answer for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    IdentifierWrong,
    /// Another agreement, past its preparation, has that identifier.
    IdentifierTaken,
    NameMissing,
    /// No archive service of that name.
    ArchivalAgency,
    /// No sender, or one that the member has not.
    Transferring,
    Originating,
    Profile,
    TypologyUnknown,
    /// The convention does not receive that age; why.
    Age(&'static str),
    SizeWrong,
    DatesWrong,
    /// It is not being prepared.
    NotDraft,
    /// Who prepared it does not validate it.
    OwnDraft,
}

/// Prepares an agreement, or changes one that is being prepared; or everything that is wrong with it.
pub async fn prepare(
    db: &Db,
    clock: &Clock,
    by: By,
    draft: Draft,
) -> Result<Result<AgreementId, Vec<Unchanged>>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    agreement_queries::lock_agreements(&mut tx).await?;
    let faults = faults(&mut tx, clock, &draft).await?;
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let agreement = whole(draft);
    let found = agreement_queries::find_agreement(&mut tx, &agreement.identifier).await?;
    let id = match found {
        Some((_, before)) if before.state != "draft" => return Ok(Err(vec![Unchanged::IdentifierTaken])),
        Some((id, _)) => {
            agreement_queries::update_agreement(&mut tx, id, &agreement).await?;
            id
        }
        None => {
            let id = clock.fresh_id();
            agreement_queries::insert_agreement(&mut tx, id, &agreement).await?;
            id
        }
    };
    rows::write_lists(&mut tx, id, &agreement).await?;
    agreement_queries::set_prepared(&mut tx, id, by.person).await?;
    rows::keep_terms(&mut tx, &agreement.identifier, clock).await?;
    tx.record(event(by, &agreement.identifier, "preparation"));
    tx.commit().await?;
    Ok(Ok(AgreementId(id)))
}

/// How many agreements of a member wait for somebody to validate them who is not who prepared them: for this person.
pub async fn awaiting(db: &Db, tenant: TenantId, person: PersonId) -> Result<u64, db::Error> {
    agreement_queries::drafts_for(&mut db.read(tenant).await?, person).await
}

/// Validates a prepared agreement: it is open from its first day on.
pub async fn validate(
    db: &Db,
    clock: &Clock,
    by: By,
    id: AgreementId,
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    agreement_queries::lock_agreements(&mut tx).await?;
    let Some(known) = agreement_queries::prepared(&mut tx, id.0).await? else {
        return Ok(Err(Unchanged::NotFound));
    };
    if known.state != "draft" {
        return Ok(Err(Unchanged::NotDraft));
    }
    if known.prepared_by == Some(by.person.0) {
        return Ok(Err(Unchanged::OwnDraft));
    }
    agreement_queries::set_validated(&mut tx, id.0, by.person, clock.now()).await?;
    rows::keep_terms(&mut tx, &known.identifier, clock).await?;
    tx.record(event(by, &known.identifier, "validation"));
    tx.commit().await?;
    Ok(Ok(()))
}

/// Everything that is wrong with it, in the order of the form.
async fn faults(tx: &mut TenantTx, clock: &Clock, draft: &Draft) -> Result<Vec<Unchanged>, db::Error> {
    let parties = registry::queries::parties(tx).await?;
    let profiles = profile_queries::profiles(tx).await?;
    let has = |names: &[String], part: fn(&crate::model::Party) -> bool| {
        let is_there = |name: &String| parties.iter().any(|one| one.identifier == *name && part(one));
        names.iter().all(is_there)
    };
    let identifier = draft.identifier.trim();
    let is_shaped = !identifier.is_empty()
        && identifier.len() <= IDENTIFIER_BYTES_MAX
        && identifier.bytes().all(|byte| byte.is_ascii_graphic());
    let is_known = |name: &String| profiles.iter().any(|profile| profile.identifier == *name);
    let is_ruled = match &draft.typology {
        Some(code) => {
            let versions = retention_queries::versions_of(tx, code).await?;
            retention::in_force(code, versions, clock.today()).is_some()
        }
        None => true,
    };
    let refusal = refusal_of_age(tx, draft.age).await?;
    let ends_first = draft.valid_from.zip(draft.valid_until).is_some_and(|(from, until)| until < from);
    let wrong = [
        (draft.name.trim().is_empty(), Unchanged::NameMissing),
        (!is_shaped, Unchanged::IdentifierWrong),
        (!is_ruled, Unchanged::TypologyUnknown),
        (refusal.is_some(), Unchanged::Age(refusal.unwrap_or_default())),
        (
            !has(std::slice::from_ref(&draft.archival_agency), |party| party.archival),
            Unchanged::ArchivalAgency,
        ),
        (
            draft.transferring.is_empty() || !has(&draft.transferring, |party| party.transferring),
            Unchanged::Transferring,
        ),
        (!has(&draft.originating, |party| party.originating), Unchanged::Originating),
        (
            !draft.profiles.iter().all(is_known) || (draft.profile_imposed && draft.profiles.is_empty()),
            Unchanged::Profile,
        ),
        (!(1..=BYTES_MAX).contains(&draft.transfer_bytes_max), Unchanged::SizeWrong),
        (ends_first, Unchanged::DatesWrong),
    ];
    Ok(wrong.into_iter().filter_map(|(is_wrong, what)| is_wrong.then_some(what)).collect())
}

/// Why the member's convention does not receive archives of this age.
async fn refusal_of_age(tx: &mut TenantTx, age: Age) -> Result<Option<&'static str>, db::Error> {
    let conventions = convention_queries::conventions(tx).await?;
    let active =
        conventions.iter().find(|convention| convention.state == crate::model::ConventionState::Active);
    Ok(active.and_then(|of| of.regime.refuses(age, of.archives_service.is_some())))
}

fn whole(draft: Draft) -> Agreement {
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list.dedup();
        list
    };
    Agreement {
        identifier: draft.identifier.trim().to_owned(),
        name: draft.name.trim().chars().take(NAME_CHARS_MAX).collect(),
        acceptance: if draft.by_archivist { "archivist" } else { "automatic" }.to_owned(),
        archival_agency: draft.archival_agency,
        transferring: sorted(draft.transferring),
        originating: sorted(draft.originating),
        transfer_bytes_max: draft.transfer_bytes_max as i64,
        profiles: Some(sorted(draft.profiles)),
        profile_imposed: Some(draft.profile_imposed),
        tolerances: Vec::new(),
        virus: VirusCheck::WhenConfigured,
        virus_large: LargeFiles::Parts,
        formats: FormatPolicy::default(),
        limits: Vec::new(),
        conditions: Conditions { age: draft.age, typology: draft.typology, ..Conditions::default() },
        validity: Validity { from: draft.valid_from, until: draft.valid_until },
        state: "draft".to_owned(),
    }
}

fn event(by: By, identifier: &str, action: &str) -> Event {
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(by.person, by.role),
        object: format!("agreement:{identifier}"),
        detail: vec![("action", action.to_owned())],
    }
}
