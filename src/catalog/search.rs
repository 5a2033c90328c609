//! Lists of units: all of them by date, or those whose text answers a question.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::UnitLine;
use super::queries::lines;
use crate::db::{self, TenantRead};
use crate::model::{ArchiveId, Scope};

/// Units looked at in one go when some of them may be outside what is asked for.
const CANDIDATES: u32 = 1_001;
/// Goes, for one page. A page cut short by it says where to go on.
const GOES_MAX: u32 = 20;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Every word of it, accents and endings apart; `None`: every unit.
    pub text: Option<String>,
    /// In this archive only.
    pub archive: Option<ArchiveId>,
    /// Roots only: the top of each archive.
    pub roots_only: bool,
}

/// Where a list ended. The default order is the date of taking in charge, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a list of all units: archive by archive, each in its manifest's order.
    Listed { at: DateTime<Utc>, archive: Uuid, ordinal: u32 },
    /// In the answers to a question.
    Found { at: DateTime<Utc>, unit: Uuid },
}

/// A page of units.
#[derive(Clone, Debug)]
pub struct Page {
    pub units: Vec<UnitLine>,
    /// Where the next page begins, when there may be one.
    pub next: Option<Place>,
}

/// At most `most` units that answer the question, within the scope, after a place of the same list.
pub async fn units_page(
    tx: &mut TenantRead,
    scope: &Scope,
    question: &Question,
    after: Option<Place>,
    most: u32,
) -> Result<Page, db::Error> {
    match (&question.text, after) {
        (Some(text), Some(Place::Found { at, unit })) => {
            found(tx, scope, question, text, Some((at, unit)), most).await
        }
        (Some(text), _) => found(tx, scope, question, text, None, most).await,
        (None, Some(Place::Listed { at, archive, ordinal })) => {
            listed(tx, scope, question, Some((at, archive, ordinal)), most).await
        }
        (None, _) => listed(tx, scope, question, None, most).await,
    }
}

async fn listed(
    tx: &mut TenantRead,
    scope: &Scope,
    question: &Question,
    after: Option<(DateTime<Utc>, Uuid, u32)>,
    most: u32,
) -> Result<Page, db::Error> {
    let ids = sqlx::query_scalar!(
        "select u.unit_id
         from archive a
         join unit u using (tenant_id, archive_id)
         where ($1::uuid is null or a.archive_id = $1)
           and (not $2 or u.root)
           and ($3::jsonb is null or exists (
                   select from agreement g join transfer t using (tenant_id)
                   where g.agreement_id = a.agreement_id and t.transfer_id = a.transfer_id
                     and reached($3, g.identifier, a.originating_agency, t.person_id)))
           -- Always there, so that a plan made for any page begins at the page's place in the index.
           and (a.taken_in_charge_at, a.archive_id)
               <= (coalesce($4::timestamptz, 'infinity'), coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           and ($4::timestamptz is null or (a.taken_in_charge_at, a.archive_id) < ($4, $5) or u.ordinal > $6)
         order by a.taken_in_charge_at desc, a.archive_id desc, u.ordinal
         limit $7",
        question.archive.map(|id| id.0),
        question.roots_only,
        scope.ways(),
        after.map(|(at, _, _)| at),
        after.map(|(_, archive, _)| archive),
        after.map(|(_, _, ordinal)| i32::try_from(ordinal).unwrap_or(i32::MAX)),
        i64::from(most) + 1
    )
    .fetch_all(tx.conn())
    .await?;
    let more = ids.len() > most as usize;
    let units = lines(tx, &ids[..ids.len().min(most as usize)]).await?;
    let next = units.last().filter(|_| more).map(|last| Place::Listed {
        at: last.taken_in_charge_at,
        archive: last.archive_id.0,
        ordinal: last.ordinal,
    });
    Ok(Page { units, next })
}

async fn found(
    tx: &mut TenantRead,
    scope: &Scope,
    question: &Question,
    text: &str,
    mut after: Option<(DateTime<Utc>, Uuid)>,
    most: u32,
) -> Result<Page, db::Error> {
    let all_count = scope.is_whole() && question.archive.is_none() && !question.roots_only;
    let candidates = if all_count { most.min(CANDIDATES - 1) + 1 } else { CANDIDATES };
    let mut ids = Vec::new();
    let mut next = None;
    for _ in 0..GOES_MAX {
        let rows = candidates_after(tx, scope, question, text, after, candidates).await?;
        let exhausted = rows.len() < candidates as usize;
        for row in rows {
            if row.asked_for && ids.len() == most as usize {
                return Ok(Page { units: lines(tx, &ids).await?, next });
            }
            if row.asked_for {
                ids.push(row.unit_id);
            }
            after = Some((row.sorted_at, row.unit_id));
            next = Some(Place::Found { at: row.sorted_at, unit: row.unit_id });
        }
        if exhausted {
            next = None;
            break;
        }
    }
    Ok(Page { units: lines(tx, &ids).await?, next })
}

struct Candidate {
    unit_id: Uuid,
    sorted_at: DateTime<Utc>,
    asked_for: bool,
}

/// Units whose text answers, each with whether it is within the scope and the rest of the question.
async fn candidates_after(
    tx: &mut TenantRead,
    scope: &Scope,
    question: &Question,
    text: &str,
    after: Option<(DateTime<Utc>, Uuid)>,
    most: u32,
) -> Result<Vec<Candidate>, db::Error> {
    let rows = sqlx::query_as!(
        Candidate,
        r#"select f.unit_id as "unit_id!", f.sorted_at as "sorted_at!",
                  exists (
                      select
                      from unit u
                      join archive a using (tenant_id, archive_id)
                      where u.unit_id = f.unit_id
                        and ($5::uuid is null or u.archive_id = $5)
                        and (not $6 or u.root)
                        and ($7::jsonb is null or exists (
                                select from agreement g join transfer t using (tenant_id)
                                where g.agreement_id = a.agreement_id and t.transfer_id = a.transfer_id
                                  and reached($7, g.identifier, a.originating_agency, t.person_id)))
                  ) as "asked_for!"
           from search_units($1, $2, $3, $4) f
           order by f.sorted_at desc, f.unit_id desc"#,
        text,
        after.map(|(at, _)| at),
        after.map(|(_, unit)| unit),
        most as i32,
        question.archive.map(|id| id.0),
        question.roots_only,
        scope.ways()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}
