//! A year closed: prepared by one, validated by another, kept for ever; a statement to each member.
//!
//! Never changes what was closed. The one thing to know: the closing is kept first, in one transaction; the statements follow from
//! what it kept, each once, and whatever stops between two of them is taken up again by the next pass.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};

use super::measures::{Weighed, days_of, of_year};
use super::snapshot::{self, Content, Snapshot};
use super::{Closing, Prepared, Statement, Year, queries, sharing};
use crate::clock::Clock;
use crate::costs;
use crate::db::{self, Db};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, Role, TenantId};
use crate::proof::digest::sha512;

/// Longest reason of a closing that takes another's place.
pub const REASON_CHARS_MAX: usize = 300;

/// Why a year is not closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotClosed {
    #[error("cet exercice n’est pas préparé")]
    Unknown,
    #[error("l’année n’est pas finie")]
    NotOver,
    #[error("qui a préparé l’exercice ne le valide pas : une autre personne doit le faire")]
    SamePerson,
    #[error("ce que ces postes ont coûté n’est pas encore dit : {}", .0.join(", "))]
    NoActual(Vec<String>),
    #[error("la consommation de ces membres n’est pas mesurée jusqu’au 31 décembre : {}", .0.join(", "))]
    NotMeasured(Vec<String>),
    #[error("l’exercice est déjà clos : dites pourquoi cette clôture remplace l’autre")]
    ReasonMissing,
    #[error("{0}")]
    Shared(#[from] sharing::Fault),
    #[error("une autre clôture vient d’être faite")]
    Busy,
}

/// Prepares a year: its items are these from now on.
pub async fn prepare(db: &Db, year: &Year) -> Result<(), db::Error> {
    let mut tx = db.technical().await?;
    queries::put_year(&mut tx, year).await?;
    queries::drop_items(&mut tx, year.year).await?;
    queries::drop_credits(&mut tx, year.year).await?;
    queries::insert_items(&mut tx, year).await?;
    queries::insert_credits(&mut tx, year).await?;
    tx.commit().await
}

/// Closes a year and issues its statements; the number of the closing.
pub async fn close(
    db: &Db,
    clock: &Clock,
    year: i32,
    by: PersonId,
    reason: &str,
) -> Result<Result<u32, NotClosed>, db::Error> {
    let mut tx = db.technical().await?;
    let (Some(prepared), closings) =
        (queries::year(&mut tx, year).await?, queries::closings(&mut tx, year).await?)
    else {
        return Ok(Err(NotClosed::Unknown));
    };
    drop(tx);
    let reason: String = reason.trim().chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect();
    if !closings.is_empty() && reason.is_empty() {
        return Ok(Err(NotClosed::ReasonMissing));
    }
    let members = of_year(db, &prepared).await?;
    if let Err(why) = may_close(&prepared, &members, by, clock) {
        return Ok(Err(why));
    }
    let version = closings.first().map_or(0, |last| last.version) + 1;
    let kept = sharing::outcome(&prepared, &members).and_then(|outcome| {
        let kept = snapshot::of(&prepared, version, &members, &outcome);
        kept.ok_or(sharing::Fault::Costs(costs::Error::TooLarge))
    });
    let kept = match kept {
        Ok(kept) => serde_json::json!(kept).to_string(),
        Err(why) => return Ok(Err(why.into())),
    };
    let closing = Closing {
        year,
        version,
        prepared_by: prepared.prepared_by,
        validated_by: by,
        closed_at: clock.now(),
        reason,
        sha512: sha512(kept.as_bytes()).to_vec(),
    };
    let mut tx = db.technical().await?;
    if !queries::insert_closing(&mut tx, &closing, &kept).await? {
        return Ok(Err(NotClosed::Busy));
    }
    tx.commit().await?;
    fail::fail_point!("bill-closed");
    issue(db, clock, year, version).await?;
    Ok(Ok(version))
}

fn may_close(year: &Year, members: &[Weighed], by: PersonId, clock: &Clock) -> Result<(), NotClosed> {
    let (_, last) = days_of(year.year);
    if clock.today() <= last {
        return Err(NotClosed::NotOver);
    }
    if year.prepared_by == by {
        return Err(NotClosed::SamePerson);
    }
    let is_unknown = |item: &&Prepared| item.actual.is_none();
    let unknown: Vec<String> = year.items.iter().filter(is_unknown).map(|item| item.item.clone()).collect();
    if !unknown.is_empty() {
        return Err(NotClosed::NoActual(unknown));
    }
    // A member that never deposited has no day measured, and weighs nothing by what is measured.
    let is_late = |member: &&Weighed| member.measured_to.is_some_and(|to| to < last);
    let late: Vec<String> = members.iter().filter(is_late).map(|member| member.code.clone()).collect();
    if late.is_empty() { Ok(()) } else { Err(NotClosed::NotMeasured(late)) }
}

/// Issues what is due of every closing; statements issued. Safe to run as often as one likes: a closing that is done is not
/// looked at again.
pub async fn issue_what_is_due(db: &Db, clock: &Clock) -> Result<u32, db::Error> {
    let closings = queries::closings_due(&mut db.technical().await?).await?;
    let mut issued = 0;
    for (year, version) in closings {
        issued += issue(db, clock, year, version).await?;
    }
    Ok(issued)
}

async fn issue(db: &Db, clock: &Clock, year: i32, version: u32) -> Result<u32, db::Error> {
    let mut tx = db.technical().await?;
    let Some(kept) = queries::snapshot(&mut tx, year, version).await? else { return Ok(0) };
    let closing =
        queries::closings(&mut tx, year).await?.into_iter().find(|closing| closing.version == version);
    drop(tx);
    let kept: Snapshot =
        serde_json::from_str(&kept).map_err(|error| db::Error::row("bill_closing", error))?;
    let Some(closing) = closing else { return Ok(0) };
    let (mut issued, mut is_whole) = (0, true);
    for content in kept.statements() {
        match issue_one(db, clock.now(), &closing, &content).await {
            Ok(is_new) => issued += u32::from(is_new),
            // One member's trouble leaves the others to have theirs; the next pass tries again.
            Err(error) => {
                is_whole = false;
                tracing::error!(statement = content.number, %error, "a statement was not issued");
            }
        }
        fail::fail_point!("bill-statement");
    }
    if is_whole {
        let mut tx = db.technical().await?;
        queries::set_issued(&mut tx, (year, version), clock.now()).await?;
        tx.commit().await?;
    }
    Ok(issued)
}

async fn issue_one(
    db: &Db,
    now: DateTime<Utc>,
    closing: &Closing,
    content: &Content,
) -> Result<bool, db::Error> {
    let mut tx = db.write(TenantId::of_member(&content.member)).await?;
    let text = serde_json::json!(content).to_string();
    let statement = Statement {
        year: content.year,
        version: content.version,
        number: content.number.clone(),
        share: content.of.share_cents,
        owed: content.of.owed_cents,
        sha512: sha512(text.as_bytes()).to_vec(),
        content: text,
        // As a row keeps it: a rebuild finds the same.
        issued_at: now.trunc_subsecs(6),
    };
    if !queries::insert_statement(&mut tx, &statement).await? {
        return Ok(false);
    }
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(closing.validated_by, Role::Pilot),
        object: format!("statement:{}", statement.number),
        detail: vec![
            ("action", "etat_liquidatif".to_owned()),
            ("exercice", statement.year.to_string()),
            ("cloture", statement.version.to_string()),
            ("numero", statement.number.clone()),
            ("emis", statement.issued_at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            ("part_centimes", statement.share.to_string()),
            ("du_centimes", statement.owed.to_string()),
            ("sha512", hex::encode(&statement.sha512)),
            // Whole: the journal outlives the database.
            ("contenu", statement.content.clone()),
            ("cloture_sha512", hex::encode(&closing.sha512)),
            ("remplace", if closing.version > 1 { (closing.version - 1).to_string() } else { String::new() }),
        ],
    });
    tx.commit().await?;
    Ok(true)
}
