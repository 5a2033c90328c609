//! Archive profiles in the hands of a member's people: imported, replaced, put out of use, bound to agreements.
//!
//! Never deletes a version: a transfer shows the one it came under. The one thing to know: what a person does here and
//! what the member's file says meet in the same rows; the next `apply` makes again what the file says.

use std::collections::BTreeSet;

use super::file::Grammar;
use super::profile_rows::state;
use super::{agreement_queries, grammars, profile_queries as queries, rows};
use crate::clock::Clock;
use crate::db::{self, Db, TenantTx};
use crate::model::{
    Agent, AgreementId, Event, EventType, Finding, Outcome, PersonId, ProfileId, Role, TenantId,
};
use crate::registry;

/// Longest identifier, in bytes: as in members' files.
pub const IDENTIFIER_BYTES_MAX: usize = 254;
/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest notice, in characters.
pub const NOTICE_CHARS_MAX: usize = 2_000;

/// Who acts, for which member.
#[derive(Clone, Copy, Debug)]
pub struct By {
    pub tenant: TenantId,
    pub person: PersonId,
    pub role: Role,
}

/// A profile to be made.
#[derive(Clone, Debug, Default)]
pub struct New {
    pub identifier: String,
    pub name: String,
    pub notice: String,
}

/// The file of a profile, as it came.
#[derive(Clone, Debug, Default)]
pub struct Rng {
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// Why nothing was changed; an answer for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    /// Another profile of the member bears this identifier.
    Taken,
    /// The file is no profile, for these reasons.
    NotCompiled(Vec<Finding>),
    /// It is so already.
    AlreadySo,
    /// The agreement of this identifier would impose a profile and list none.
    ImposesNone(String),
}

/// What an agreement says of one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    pub agreement: AgreementId,
    /// Its transfers may declare this profile.
    pub listed: bool,
    /// Its transfers must declare one of its profiles.
    pub imposed: bool,
}

/// Makes a profile, in use, of the file's first version. The words must be checked: not blank, not too long.
pub async fn import(
    db: &Db,
    clock: &Clock,
    by: By,
    new: &New,
    rng: Rng,
) -> Result<Result<ProfileId, Unchanged>, db::Error> {
    let grammar = match compiled(rng).await {
        Ok(grammar) => grammar,
        Err(unchanged) => return Ok(Err(unchanged)),
    };
    let mut tx = db.write(by.tenant).await?;
    if queries::lock_named(&mut tx, &new.identifier).await?.is_some() {
        return Ok(Err(Unchanged::Taken));
    }
    let id = clock.fresh_id();
    if let Err(error) = queries::insert(&mut tx, id, &new.identifier, &new.name, &new.notice, true).await {
        let taken = error.constraint() == Some("profile_identifier_unique");
        return if taken { Ok(Err(Unchanged::Taken)) } else { Err(error) };
    }
    queries::insert_version(&mut tx, id, 1, &grammar, clock.now(), Some(by.person)).await?;
    let detail = vec![
        ("state", state(true).to_owned()),
        ("version", "1".to_owned()),
        ("sha512", hex::encode(grammar.sha512)),
    ];
    record(&mut tx, by, "creation", format!("profile:{}", new.identifier), detail);
    tx.commit().await?;
    Ok(Ok(ProfileId(id)))
}

/// Puts another file in force, as one more version.
pub async fn replace(
    db: &Db,
    clock: &Clock,
    by: By,
    id: ProfileId,
    rng: Rng,
) -> Result<Result<u32, Unchanged>, db::Error> {
    let grammar = match compiled(rng).await {
        Ok(grammar) => grammar,
        Err(unchanged) => return Ok(Err(unchanged)),
    };
    let mut tx = db.write(by.tenant).await?;
    let Some(before) = queries::lock(&mut tx, id).await? else { return Ok(Err(Unchanged::NotFound)) };
    if before.sha512 == grammar.sha512 {
        return Ok(Err(Unchanged::AlreadySo));
    }
    let version = before.version + 1;
    queries::insert_version(&mut tx, id.0, version, &grammar, clock.now(), Some(by.person)).await?;
    let active = before.state == "active";
    queries::update(&mut tx, id.0, &before.name, &before.notice, active, version).await?;
    let detail = vec![("version", version.to_string()), ("sha512", hex::encode(grammar.sha512))];
    record(&mut tx, by, "modification", format!("profile:{}", before.identifier), detail);
    tx.commit().await?;
    Ok(Ok(version.unsigned_abs()))
}

/// Puts a profile in use, or out of it: transfers that declare it are refused from then on.
pub async fn set_active(
    db: &Db,
    by: By,
    id: ProfileId,
    active: bool,
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    let Some(before) = queries::lock(&mut tx, id).await? else { return Ok(Err(Unchanged::NotFound)) };
    if before.state == state(active) {
        return Ok(Err(Unchanged::AlreadySo));
    }
    queries::update(&mut tx, id.0, &before.name, &before.notice, active, before.version).await?;
    let detail = vec![("state", state(active).to_owned())];
    record(&mut tx, by, "modification", format!("profile:{}", before.identifier), detail);
    tx.commit().await?;
    Ok(Ok(()))
}

/// Makes each agreement say this of the profile; those not named stay as they are.
pub async fn bind(
    db: &Db,
    clock: &Clock,
    by: By,
    id: ProfileId,
    bindings: &[Binding],
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    let Some(profile) = queries::lock(&mut tx, id).await? else { return Ok(Err(Unchanged::NotFound)) };
    agreement_queries::lock_agreements(&mut tx).await?;
    let mut changed = false;
    for agreement in registry::queries::agreements(&mut tx).await? {
        let Some(wanted) = bindings.iter().find(|binding| binding.agreement == agreement.agreement_id) else {
            continue;
        };
        let mut profiles: BTreeSet<String> = agreement.profiles.iter().cloned().collect();
        if wanted.listed {
            profiles.insert(profile.identifier.clone());
        } else {
            profiles.remove(&profile.identifier);
        }
        let profiles: Vec<String> = profiles.into_iter().collect();
        if wanted.imposed && profiles.is_empty() {
            return Ok(Err(Unchanged::ImposesNone(agreement.identifier)));
        }
        let is_same = profiles.len() == agreement.profiles.len();
        if is_same && wanted.imposed == agreement.profile_imposed {
            continue;
        }
        agreement_queries::set_listed(&mut tx, agreement.agreement_id.0, &profiles).await?;
        agreement_queries::set_imposed(&mut tx, agreement.agreement_id.0, wanted.imposed).await?;
        let detail = vec![("profiles", profiles.join(" ")), ("profile_imposed", wanted.imposed.to_string())];
        rows::keep_terms(&mut tx, &agreement.identifier, clock).await?;
        record(&mut tx, by, "modification", format!("agreement:{}", agreement.identifier), detail);
        changed = true;
    }
    if !changed {
        return Ok(Err(Unchanged::AlreadySo));
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Compiling may take a moment: never where requests are served.
async fn compiled(rng: Rng) -> Result<Grammar, Unchanged> {
    let work = move || grammars::compile(&rng.file_name, rng.bytes);
    let compiled = tokio::task::spawn_blocking(work).await;
    // A compiler that died says nothing of the file; the person is told as much.
    compiled.unwrap_or_else(|_| Err(Vec::new())).map_err(Unchanged::NotCompiled)
}

fn record(tx: &mut TenantTx, by: By, action: &str, object: String, mut detail: Vec<(&'static str, String)>) {
    detail.push(("action", action.to_owned()));
    let (event_type, outcome, agent) =
        (EventType::Parametrage, Outcome::Ok, Agent::Person(by.person, by.role));
    tx.record(Event { event_type, outcome, agent, object, detail });
}
