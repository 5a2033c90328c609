//! People and machines: accounts made once, roles and agreements made what the file says.
//!
//! Never changes a password or a secret: whoever holds one has it from their account's making. One thing to
//! know: without one in the file, a fresh one is made and told once, in the change's sentence.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Changes, Differences};
use super::file::{Member, Person};
use super::machine_queries::{self, Made};
use super::people_queries::Known;
use super::{Mode, people_queries as queries};
use crate::clock::Clock;
use crate::db::{Db, Error, TenantTx};
use crate::identity;
use crate::model::{Holding, MachineId, ReplyForm, TenantId};

/// What is kept of a new account's secret, and what to tell of it.
pub(super) struct Account {
    hash: String,
    /// Of a machine: what opens the As@lae door.
    basic_hash: String,
    /// The secret itself, when it was made here.
    told: Option<String>,
}

/// Accounts to be made, by login and by client identifier: each is in one member's file, or the same in several.
#[derive(Default)]
pub(super) struct Accounts {
    people: BTreeMap<String, Account>,
    machines: BTreeMap<String, Account>,
}

/// Accounts that a member's file names and that are not there yet, with the secrets it gives.
#[derive(Default)]
pub(super) struct Missing {
    people: BTreeMap<String, Option<String>>,
    machines: BTreeMap<String, Option<String>>,
}

impl Missing {
    /// Adds those of one member.
    pub(super) async fn look(&mut self, db: &Db, member: &Member) -> Result<(), Error> {
        let mut tx = db.read(TenantId::of_member(&member.code)).await?;
        let logins: Vec<String> = member.people.iter().map(|person| person.login.clone()).collect();
        let known_logins = queries::known_logins(&mut tx, &logins).await?;
        let known_clients = queries::known_clients(&mut tx).await?;
        drop(tx);
        for person in member.people.iter().filter(|person| !known_logins.contains(&person.login)) {
            // Whoever is in several files has the secret of the first.
            self.people.entry(person.login.clone()).or_insert_with(|| person.password.clone());
        }
        for machine in member.machines.iter().filter(|machine| !known_clients.contains(&machine.client_id)) {
            self.machines.entry(machine.client_id.clone()).or_insert_with(|| machine.secret.clone());
        }
        Ok(())
    }

    /// Prepares their secrets, which takes a processor some time for each.
    pub(super) async fn prepared(self, mode: Mode) -> Result<Accounts, identity::Error> {
        let Missing { people, machines } = self;
        Ok(Accounts {
            people: accounts(people, mode, Kind::Person).await?,
            machines: accounts(machines, mode, Kind::Machine).await?,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Person,
    Machine,
}

async fn accounts(
    missing: BTreeMap<String, Option<String>>,
    mode: Mode,
    kind: Kind,
) -> Result<BTreeMap<String, Account>, identity::Error> {
    if mode == Mode::Plan {
        let untold = |name| (name, Account { hash: String::new(), basic_hash: String::new(), told: None });
        return Ok(missing.into_keys().map(untold).collect());
    }
    let (mut names, mut secrets, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (name, given) in missing {
        let fresh = if given.is_none() { Some(identity::fresh_secret()?) } else { None };
        names.push(name);
        secrets.push(given.or_else(|| fresh.clone()).unwrap_or_default());
        told.push(fresh);
    }
    let basic = match kind {
        Kind::Machine => secrets.iter().map(|secret| identity::basic_password(secret)).collect(),
        Kind::Person => Vec::new(),
    };
    let basic = identity::hash_passwords(basic).await?.into_iter().chain(std::iter::repeat(String::new()));
    let hashes = identity::hash_passwords(secrets).await?;
    let made = hashes.into_iter().zip(basic).zip(told);
    let made = made.map(|((hash, basic_hash), told)| Account { hash, basic_hash, told });
    Ok(names.into_iter().zip(made).collect())
}

/// The people with their roles. `announced`: logins of the accounts that this run has made already.
pub(super) async fn write_people(
    tx: &mut TenantTx,
    member: &Member,
    accounts: &Accounts,
    clock: &Clock,
    changes: &mut Changes,
    announced: &mut BTreeSet<String>,
) -> Result<(), Error> {
    for person in &member.people {
        let known = match (queries::find_person(tx, &person.login).await?, accounts.people.get(&person.login))
        {
            (Some(known), _) => known,
            (None, None) => return Err(Error::row("person", "compte supprimé entre-temps")),
            (None, Some(account)) => {
                let id = queries::former_account(tx, "person", &person.login).await?;
                let id = id.unwrap_or_else(|| clock.fresh_id());
                queries::insert_person(tx, id, person, &account.hash, clock.now()).await?;
                let first = announced.insert(person.login.clone());
                let sentence =
                    if first { told("compte créé", &person.login, account) } else { String::new() };
                changes.made(format!("person:{id}"), vec![], sentence);
                Known { person_id: id, name: person.name.clone(), email: person.email.clone() }
            }
        };
        write_person(tx, person, known, changes).await?;
    }
    Ok(())
}

/// A person whose account there is. Whoever holds a role in the member already is the portal's, unless the file is taken.
async fn write_person(
    tx: &mut TenantTx,
    person: &Person,
    known: Known,
    changes: &mut Changes,
) -> Result<(), Error> {
    let (id, before) = (known.person_id, known.name);
    let object = format!("person:{id}");
    let held = queries::holdings_of(tx, id).await?;
    let mut differences = Differences::default();
    differences.note("roles", said(&held).as_slice(), said(&person.holdings).as_slice());
    let email = person.email.as_deref().filter(|email| known.email.as_deref() != Some(email));
    if !held.is_empty() && !changes.takes_files() {
        // An address is not told again: it is for whoever may read the account.
        let differ = !differences.is_empty() || before != person.name || email.is_some();
        changes.left_if(differ, format!("compte {}", person.login));
        return Ok(());
    }
    if let Some(email) = email {
        queries::set_email(tx, id, email).await?;
        // The journal keeps that it changed: the address itself may have to be forgotten.
        let sentence = format!("compte {} : adresse électronique {email}", person.login);
        changes.changed(object.clone(), vec![("field", "email".into())], sentence);
    }
    if before != person.name {
        queries::rename_person(tx, id, &person.name).await?;
        let sentence = format!("compte {} renommé : {before} → {}", person.login, person.name);
        changes.changed(object.clone(), vec![("field", "display_name".into())], sentence);
    }
    if !differences.is_empty() {
        queries::set_holdings(tx, id, &person.holdings).await?;
        let sentence = format!("compte {} : {}", person.login, differences.words());
        changes.changed(object, differences.detail(), sentence);
    }
    Ok(())
}

/// Roles as entries and words tell them: `reader(agreements=PES;producers=FIN)`.
pub(super) fn said(holdings: &[Holding]) -> Vec<String> {
    let one = |held: &Holding| {
        let of =
            |name, list: &Option<Vec<String>>| list.as_ref().map(|list| format!("{name}={}", list.join(",")));
        let scope: Vec<String> =
            of("agreements", &held.agreements).into_iter().chain(of("producers", &held.producers)).collect();
        match scope.as_slice() {
            [] => held.role.word().to_owned(),
            scope => format!("{}({})", held.role.word(), scope.join(";")),
        }
    };
    holdings.iter().map(one).collect()
}

/// The machines with their agreements.
pub(super) async fn write_machines(
    tx: &mut TenantTx,
    member: &Member,
    accounts: &Accounts,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    for machine in &member.machines {
        let found = queries::find_machine(tx, &machine.client_id).await?;
        let is_known = found.is_some();
        let (id, before, replies) = match (found, accounts.machines.get(&machine.client_id)) {
            (Some(found), _) => found,
            (None, None) => return Err(Error::row("machine", "machine supprimée entre-temps")),
            (None, Some(account)) => {
                let id = queries::former_account(tx, "machine", &machine.client_id).await?;
                let id = id.unwrap_or_else(|| clock.fresh_id());
                changes.inserting_client(&machine.client_id);
                let made = Made {
                    client_id: &machine.client_id,
                    name: &machine.name,
                    hash: &account.hash,
                    basic_hash: &account.basic_hash,
                    tiers: None,
                    bus: None,
                    replies: ReplyForm::default(),
                };
                machine_queries::insert_machine(tx, MachineId(id), &made, clock.now()).await?;
                changes.made(
                    format!("machine:{id}"),
                    vec![],
                    told("application créée", &machine.client_id, account),
                );
                (id, machine.name.clone(), ReplyForm::default())
            }
        };
        let mut differences = Differences::default();
        differences.note("name", &before, &machine.name);
        let held = queries::agreements_of(tx, id).await?;
        differences.note("agreements", held.as_slice(), machine.agreements.as_slice());
        let wanted = machine.replies.unwrap_or(replies);
        differences.note("replies", replies.word(), wanted.word());
        if !differences.is_empty() && is_known && !changes.takes_files() {
            changes.left_if(true, format!("application {}", machine.client_id));
        } else if !differences.is_empty() {
            queries::change_machine(tx, id, &machine.name, wanted).await?;
            queries::set_machine_agreements(tx, id, &machine.agreements).await?;
            let sentence = format!("application {} : {}", machine.client_id, differences.words());
            changes.changed(format!("machine:{id}"), differences.detail(), sentence);
        }
    }
    Ok(())
}

fn told(what: &str, name: &str, account: &Account) -> String {
    match &account.told {
        Some(secret) => {
            format!("{what} : {name} — à noter maintenant, il ne sera plus jamais montré : {secret}")
        }
        None => format!("{what} : {name}"),
    }
}
