//! Machines in the hands of those who keep them: secrets made and rotated with an overlap, public keys, certificates, agreements; and the
//! connectors of a tiers de télétransmission, made and rotated for many members at once.
//!
//! Never keeps a secret that could be used. The one thing to know: a secret that is rotated goes on serving until the day said, and
//! whether it still does is seen in the machine's last use.

use chrono::TimeDelta;

use super::{machine_queries as queries, people_queries, profiles::By};
use crate::clock::Clock;
use crate::db::{self, Db, TenantTx};
use crate::identity::{self, fresh_secret, machine_hashes, public_keys};
use crate::model::{Agent, Event, EventType, MachineId, Outcome, ReplyForm, TenantId};
use crate::registry;

pub use super::machine_queries::{Connector, Known, connectors, machines_of, tiers};

/// Days during which a secret that is rotated goes on serving, unless another number is said; and at most.
pub const OVERLAP_DAYS: u32 = 7;
pub const OVERLAP_DAYS_MAX: u32 = 90;

/// Who changes a machine.
#[derive(Clone, Copy, Debug)]
pub enum Keeper {
    /// The operator, at the command line.
    Operator(TenantId),
    Person(By),
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    /// Not a JWK set of public keys; why.
    Keys(&'static str),
    /// Not a SHA-256 in hexadecimal.
    Certificate,
    /// An agreement that the member has not.
    AgreementUnknown,
}

impl Keeper {
    pub(super) fn tenant(self) -> TenantId {
        match self {
            Keeper::Operator(tenant) => tenant,
            Keeper::Person(by) => by.tenant,
        }
    }

    pub(super) fn event(self, machine: MachineId, detail: Vec<(&'static str, String)>) -> Event {
        let agent = match self {
            Keeper::Operator(_) => Agent::Operator,
            Keeper::Person(by) => Agent::Person(by.person, by.role),
        };
        let object = format!("machine:{machine}");
        Event { event_type: EventType::Parametrage, outcome: Outcome::Ok, agent, object, detail }
    }
}

/// Gives a machine another secret, told this once; the one before serves so many days more.
pub async fn rotate(
    db: &Db,
    clock: &Clock,
    by: Keeper,
    machine: MachineId,
    overlap_days: u32,
) -> Result<Result<String, Unchanged>, identity::Error> {
    let secret = fresh_secret()?;
    let hashes = machine_hashes(&secret).await?;
    let days = overlap_days.min(OVERLAP_DAYS_MAX);
    let until = clock.now() + TimeDelta::days(days.into());
    let mut tx = db.write(by.tenant()).await?;
    if !queries::set_secret(&mut tx, machine, &hashes, until, clock.now()).await? {
        return Ok(Err(Unchanged::NotFound));
    }
    tx.record(
        by.event(machine, vec![("action", "secret change".into()), ("ancien_jours", days.to_string())]),
    );
    tx.commit().await?;
    Ok(Ok(secret))
}

/// The keys by which a machine signs its assertions: a JWK set, or none.
pub async fn set_keys(
    db: &Db,
    by: Keeper,
    machine: MachineId,
    text: &str,
) -> Result<Result<(), Unchanged>, db::Error> {
    let keys = match text.trim() {
        "" => None,
        text => match public_keys(text) {
            Ok(keys) => Some(keys),
            Err(reason) => return Ok(Err(Unchanged::Keys(reason))),
        },
    };
    let said = if keys.is_some() { "cles donnees" } else { "cles retirees" };
    let mut tx = db.write(by.tenant()).await?;
    let done = queries::set_keys(&mut tx, machine, keys.as_ref()).await?;
    ended(tx, by, machine, done, vec![("action", said.into())]).await
}

/// The certificates by which a machine is known, each by its SHA-256, separated by spaces or lines.
pub async fn set_certificates(
    db: &Db,
    by: Keeper,
    machine: MachineId,
    text: &str,
) -> Result<Result<(), Unchanged>, db::Error> {
    let plain = |one: &str| one.replace(':', "").to_lowercase();
    let certificates: Vec<String> = text.split_whitespace().map(plain).collect();
    let is_digest = |one: &String| one.len() == 64 && one.bytes().all(|byte| byte.is_ascii_hexdigit());
    if certificates.len() > 8 || !certificates.iter().all(is_digest) {
        return Ok(Err(Unchanged::Certificate));
    }
    let mut tx = db.write(by.tenant()).await?;
    let done = queries::set_certificates(&mut tx, machine, &certificates).await?;
    let detail = vec![("action", "certificats".into()), ("certificats", certificates.join(" "))];
    ended(tx, by, machine, done, detail).await
}

/// The agreements under which a machine deposits.
pub async fn assign(
    db: &Db,
    by: Keeper,
    machine: MachineId,
    mut agreements: Vec<String>,
) -> Result<Result<(), Unchanged>, db::Error> {
    agreements.sort();
    agreements.dedup();
    let mut tx = db.write(by.tenant()).await?;
    let known = registry::queries::agreements(&mut tx).await?;
    if !agreements.iter().all(|name| known.iter().any(|agreement| agreement.identifier == *name)) {
        return Ok(Err(Unchanged::AgreementUnknown));
    }
    let found = machines_of(&mut tx).await?.iter().any(|known| known.machine_id == machine);
    if found {
        people_queries::set_machine_agreements(&mut tx, machine.0, &agreements).await?;
    }
    let detail = vec![("action", "accords".into()), ("agreements", agreements.join(" "))];
    ended(tx, by, machine, found, detail).await
}

/// Closes a machine, or opens it again.
pub async fn set_open(
    db: &Db,
    clock: &Clock,
    by: Keeper,
    machine: MachineId,
    open: bool,
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant()).await?;
    let done = queries::set_open(&mut tx, machine, (!open).then(|| clock.now())).await?;
    ended(tx, by, machine, done, vec![("action", if open { "ouverture" } else { "fermeture" }.into())]).await
}

pub(super) async fn ended(
    mut tx: TenantTx,
    by: Keeper,
    machine: MachineId,
    done: bool,
    detail: Vec<(&'static str, String)>,
) -> Result<Result<(), Unchanged>, db::Error> {
    if !done {
        return Ok(Err(Unchanged::NotFound));
    }
    tx.record(by.event(machine, detail));
    tx.commit().await?;
    Ok(Ok(()))
}

/// A connector just made or rotated, with its secret, told this once.
#[derive(Clone, Debug)]
pub struct Given {
    pub member: String,
    pub client_id: String,
    pub secret: String,
}

/// Declares a tiers, or changes what is said of it; it connects to no member by that.
pub async fn declare_tiers(
    db: &Db,
    clock: &Clock,
    code: &str,
    name: &str,
    contact: &str,
) -> Result<(), db::Error> {
    // It opens nothing: each connector leaves its entry in its member's journal.
    let mut tx = db.technical().await?;
    queries::put_tiers(&mut tx, code, name, contact, clock.now()).await?;
    tx.commit().await
}

/// Makes the connector of a tiers in a member, under an agreement; none when it is there already, or when the member has no such
/// agreement.
pub async fn connect(
    db: &Db,
    clock: &Clock,
    (tiers, name): (&str, &str),
    member: &registry::Member,
    agreement: &str,
) -> Result<Option<Given>, identity::Error> {
    let client_id = format!("{tiers}-{}", member.code);
    let secret = fresh_secret()?;
    let (hash, basic_hash) = machine_hashes(&secret).await?;
    let mut tx = db.write(member.tenant).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let known = machines_of(&mut tx).await?.iter().any(|known| known.client_id == client_id);
    if known || !agreements.iter().any(|known| known.identifier == agreement) {
        return Ok(None);
    }
    let id = people_queries::former_account(&mut tx, "machine", &client_id).await?;
    let machine = MachineId(id.unwrap_or_else(|| clock.fresh_id()));
    let made = queries::Made {
        client_id: &client_id,
        name,
        hash: &hash,
        basic_hash: &basic_hash,
        tiers: Some(tiers),
        bus: None,
        replies: ReplyForm::Asalae,
    };
    queries::insert_machine(&mut tx, machine, &made, clock.now()).await?;
    people_queries::set_machine_agreements(&mut tx, machine.0, &[agreement.to_owned()]).await?;
    let detail =
        vec![("action", "creation".into()), ("tiers", tiers.into()), ("agreements", agreement.into())];
    tx.record(Keeper::Operator(member.tenant).event(machine, detail));
    tx.commit().await?;
    Ok(Some(Given { member: member.code.clone(), client_id, secret }))
}
