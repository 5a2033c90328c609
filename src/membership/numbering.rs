//! What a member's numbers look like, in the hands of its archivist, and of its file.
//!
//! Never touches a rank: whatever the pattern, ranks go on, and a number that was given is not given again.

use super::change::Changes;
use super::file::Member;
use super::numbering_queries as queries;
use super::profiles::By;
use crate::clock::Clock;
use crate::db::{self, Db, TenantTx};
use crate::model::{Agent, Event, EventType, NumberKind, Outcome, Pattern};
use crate::registry::numbering_queries::{Known, in_force};

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// It is so already.
    AlreadySo,
    /// What is wrong with it, in French.
    Wrong(String),
}

/// Gives a kind of numbers another pattern, from the next one on.
pub async fn set(
    db: &Db,
    clock: &Clock,
    by: By,
    kind: NumberKind,
    written: &str,
) -> Result<Result<(), Unchanged>, db::Error> {
    let pattern = match Pattern::read(kind, written) {
        Ok(pattern) => pattern,
        Err(reason) => return Ok(Err(Unchanged::Wrong(reason))),
    };
    let mut tx = db.write(by.tenant).await?;
    queries::lock(&mut tx).await?;
    let known = in_force(&mut tx).await?;
    if known.iter().any(|(one, _)| one.kind == kind && one.written == written) {
        return Ok(Err(Unchanged::AlreadySo));
    }
    if let Some(other) =
        known.iter().find(|(one, _)| one.kind != kind && one.pattern.mark() == pattern.mark())
    {
        return Ok(Err(Unchanged::Wrong(same_as(other.0.kind))));
    }
    queries::insert(&mut tx, kind, written, clock.now()).await?;
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(by.person, by.role),
        object: format!("numbering:{}", kind.word()),
        detail: vec![("action", "modification".into()), ("pattern", written.to_owned())],
    });
    tx.commit().await?;
    Ok(Ok(()))
}

/// The words for two kinds whose numbers would be the same.
pub(super) fn same_as(other: NumberKind) -> String {
    format!("ces numéros seraient ceux d'un autre genre ({})", other.label())
}

/// The patterns that the file gives; the others are left as they are.
pub(super) async fn write_numbering(
    tx: &mut TenantTx,
    member: &Member,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), db::Error> {
    if member.numbering.is_empty() {
        return Ok(());
    }
    queries::lock(tx).await?;
    let known: Vec<(Known, bool)> = in_force(tx).await?;
    for (kind, written) in &member.numbering {
        let Some((before, is_set)) = known.iter().find(|(one, _)| one.kind == *kind) else { continue };
        if before.written == *written {
            continue;
        }
        queries::insert(tx, *kind, written, clock.now()).await?;
        let (object, detail) = (format!("numbering:{}", kind.word()), vec![("pattern", written.clone())]);
        let sentence = format!("numérotation, {} : {} → {written}", kind.word(), before.written);
        if *is_set {
            changes.changed(object, detail, sentence);
        } else {
            changes.made(object, detail, sentence);
        }
    }
    Ok(())
}
