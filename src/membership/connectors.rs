//! Connectors made by the member's administrator: a machine, what it deposits through, its agreements, and its secret told once.
//!
//! Never keeps the secret, nor what clients send in its place: slow hashes of both. The one thing to know: a client identifier is
//! made here and has a random end, since it is unique among all members and nobody must learn what the others chose.

use super::machine_queries::{self as queries, Made};
use super::machines::{Keeper, Unchanged, ended};
use super::people_queries;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::identity::{self, fresh_secret, machine_hashes};
use crate::model::{MachineId, ReplyForm};
use crate::registry;

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;

/// What a machine deposits through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bus {
    Pastell,
    IxBus,
    /// S²LOW, or any other that speaks as As@lae's clients do.
    Slow,
    /// The service's own API.
    Api,
}

impl Bus {
    /// Every one.
    pub const ALL: [Bus; 4] = [Bus::Pastell, Bus::IxBus, Bus::Slow, Bus::Api];

    /// The word in rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Bus::Pastell => "pastell",
            Bus::IxBus => "ixbus",
            Bus::Slow => "slow",
            Bus::Api => "api",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Bus::Pastell => "Pastell",
            Bus::IxBus => "iXBus",
            Bus::Slow => "S²LOW, ou un autre qui parle comme les clients d’As@lae",
            Bus::Api => "Un logiciel qui emploie l’API du service",
        }
    }

    /// That of a word.
    pub fn from_word(word: &str) -> Option<Bus> {
        Bus::ALL.into_iter().find(|bus| bus.word() == word)
    }
}

/// A connector to be made.
#[derive(Clone, Debug)]
pub struct New {
    pub name: String,
    pub bus: Bus,
    /// Identifiers; one at least.
    pub agreements: Vec<String>,
    pub replies: ReplyForm,
}

/// Why none was made; an answer for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMade {
    /// No name, or one that is too long or is no line of text.
    Name,
    /// None chosen, or one that the member has not.
    Agreements,
}

/// A connector just made, with its secret, told this once.
#[derive(Clone, Debug)]
pub struct Fresh {
    pub machine: MachineId,
    pub secret: String,
}

/// Makes a connector of the member, open at once.
pub async fn create(
    db: &Db,
    clock: &Clock,
    by: Keeper,
    new: New,
) -> Result<Result<Fresh, NotMade>, identity::Error> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Ok(Err(NotMade::Name));
    }
    // What is slow is made before the transaction, which holds the journal's lock when it ends.
    let secret = fresh_secret()?;
    let (hash, basic_hash) = machine_hashes(&secret).await?;
    let mut agreements = new.agreements;
    agreements.sort();
    agreements.dedup();
    let mut tx = db.write(by.tenant()).await?;
    let known = registry::queries::agreements(&mut tx).await?;
    let is_known = |name: &String| known.iter().any(|agreement| agreement.identifier == *name);
    if agreements.is_empty() || !agreements.iter().all(is_known) {
        return Ok(Err(NotMade::Agreements));
    }
    let machine = MachineId(clock.fresh_id());
    let code = registry::queries::find_member(&mut tx).await?.map(|member| member.code).unwrap_or_default();
    // The last digits of an identifier of version 7 are random.
    let random = machine.0.simple().to_string();
    let client_id = format!("{code}-{}-{}", new.bus.word(), &random[random.len() - 8..]);
    let made = Made {
        client_id: &client_id,
        name,
        hash: &hash,
        basic_hash: &basic_hash,
        tiers: None,
        bus: Some(new.bus),
        replies: new.replies,
    };
    queries::insert_machine(&mut tx, machine, &made, clock.now()).await?;
    people_queries::set_machine_agreements(&mut tx, machine.0, &agreements).await?;
    let detail = vec![
        ("action", "creation".into()),
        ("bus", new.bus.word().into()),
        ("agreements", agreements.join(" ")),
        ("replies", new.replies.word().into()),
    ];
    tx.record(by.event(machine, detail));
    tx.commit().await?;
    Ok(Ok(Fresh { machine, secret }))
}

/// Says what a machine deposits through, and in what form it is answered.
pub async fn set_settings(
    db: &Db,
    by: Keeper,
    machine: MachineId,
    (bus, replies): (Bus, ReplyForm),
) -> Result<Result<(), Unchanged>, db::Error> {
    let mut tx = db.write(by.tenant()).await?;
    let done = queries::set_settings(&mut tx, machine, (bus, replies)).await?;
    let detail =
        vec![("action", "reglage".into()), ("bus", bus.word().into()), ("replies", replies.word().into())];
    ended(tx, by, machine, done, detail).await
}
