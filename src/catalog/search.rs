//! Lists of units: all of them by date, or those that answer a question.
//!
//! A question is answered by rounds: so many units that may answer, newest first, then what each is and came under, read under the
//! tenant's policies and within the scope. Whoever calls ranks, filters and counts them (`crate::access`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::UnitLine;
use super::queries::{self, Ruled, lines};
use super::question::{Understood, years_of};
use crate::db::{self, TenantRead};
use crate::model::{ArchiveId, Rules, Scope, UnitId};

/// Units looked at in one round, one more than are told. What each is and when it opens is read of all of them: of a thousand it took
/// 50 ms among a million units, of three hundred a third of it.
pub const ROUND: usize = 301;
/// Agreements or producers of a scope that are asked of the index; of more, each unit found is looked at.
const WITHIN_MAX: usize = 200;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Every word of it, accents and endings apart; `None`: every unit.
    pub text: Option<String>,
    /// In this archive only.
    pub archive: Option<ArchiveId>,
    /// Roots only: the top of each archive.
    pub roots_only: bool,
    /// Under this agreement only, by its identifier.
    pub agreement: Option<String>,
    /// From this producing service only, by its identifier.
    pub producer: Option<String>,
    /// Dated in this year only.
    pub year: Option<i32>,
}

/// Where a list ended. The default order is the date of taking in charge, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a list of all units: archive by archive, each in its manifest's order.
    Listed { at: DateTime<Utc>, archive: Uuid, ordinal: u32 },
    /// In the answers to a question: after what the units that answer were looked at, and after which of those looked at then.
    Found { begins: Option<Moment>, after: Option<(i16, DateTime<Utc>, i32, Uuid)> },
}

/// A moment and a unit: a place among all units, newest first.
pub type Moment = (DateTime<Utc>, Uuid);

/// A page of units.
#[derive(Clone, Debug)]
pub struct Page {
    pub units: Vec<UnitLine>,
    /// Where the next page begins, when there may be one.
    pub next: Option<Place>,
}

/// A unit that answers, within the scope.
#[derive(Clone, Debug)]
pub struct Answer {
    pub unit_id: UnitId,
    pub archive_id: ArchiveId,
    /// 0: the very thing; 3: it only speaks of it.
    pub rank: i16,
    pub at: DateTime<Utc>,
    /// Order in the manifest, from 0.
    pub ordinal: i32,
    pub came: Arc<Came>,
    pub years: Vec<i32>,
    /// What says when it opens, and formats of its files, by PUID and name (an empty PUID: not recognised), when the answers are
    /// wanted whole.
    pub ruled: Option<Ruled>,
    pub formats: Vec<(String, String)>,
}

/// What an archive came under, and what holds for the whole of it.
#[derive(Clone, Debug)]
pub struct Came {
    /// The agreement's identifier and name.
    pub agreement: (String, String),
    pub producer: Option<String>,
    /// `None`: not kept.
    pub rules: Option<Rules>,
}

/// What was found in one round.
#[derive(Clone, Debug)]
pub struct Round {
    pub answers: Vec<Answer>,
    /// Where to go on; `None`: there is no more.
    pub next: Option<Moment>,
}

impl Question {
    /// Whether anything but the order is asked for.
    pub fn says_something(&self) -> bool {
        self.text.is_some() || self.agreement.is_some() || self.producer.is_some() || self.year.is_some()
    }

    fn understood(&self, scope: &Scope) -> Understood {
        let mut asked = self.text.as_deref().map(Understood::read).unwrap_or_default();
        let mut within = |kind: &str, values: Vec<&str>| {
            if values.len() <= WITHIN_MAX {
                asked.within(values.iter().map(|value| format!("={kind}:{value}")).collect());
            }
        };
        scope.agreements().into_iter().for_each(|all| within("a", all));
        scope.producers().into_iter().for_each(|all| within("p", all));
        let archives: Option<Vec<String>> =
            scope.archives().map(|all| all.iter().map(Uuid::to_string).collect());
        archives.iter().for_each(|all| within("i", all.iter().map(String::as_str).collect()));
        self.agreement.iter().for_each(|one| within("a", vec![one]));
        self.producer.iter().for_each(|one| within("p", vec![one]));
        self.archive.iter().for_each(|one| within("i", vec![&one.to_string()]));
        self.year.iter().for_each(|one| within("y", vec![&one.to_string()]));
        asked
    }
}

/// At most `most` units, archive by archive, within the scope, after a place of the same list.
pub async fn listed(
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
                     and reached($3, g.identifier, a.originating_agency, t.person_id, a.archive_id)))
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

/// The next units that answer, after a moment; `whole`: with their rules and formats.
pub async fn round(
    tx: &mut TenantRead,
    scope: &Scope,
    question: &Question,
    after: Option<Moment>,
    whole: bool,
) -> Result<Round, db::Error> {
    let asked = serde_json::to_value(question.understood(scope)).expect("strings");
    let rows = sqlx::query!(
        r#"select unit_id as "unit_id!", sorted_at as "sorted_at!", rank as "rank!", apart as "apart!"
           from search_units($1, $2, $3, $4)"#,
        asked,
        after.map(|(at, _)| at),
        after.map(|(_, unit)| unit),
        ROUND as i32
    )
    .fetch_all(tx.conn())
    .await?;
    let in_turn = || rows.iter().filter(|row| !row.apart);
    let is_whole = in_turn().count() < ROUND;
    let next = in_turn().next_back().filter(|_| !is_whole).map(|row| (row.sorted_at, row.unit_id));
    let found = rows.iter().map(|row| (row.unit_id, (row.rank, row.sorted_at))).collect();
    let answers = answers(tx, scope, question, &found, whole).await?;
    Ok(Round { answers, next })
}

/// Of units found, each with its rank and its moment, those within the scope and the rest of the question.
///
/// By lists of identifiers, which an index takes at once, and put together here: joined there, a plan made for ten units takes a thousand
/// times a thousand of them, and the scope is looked at for each unit instead of each archive.
async fn answers(
    tx: &mut TenantRead,
    scope: &Scope,
    question: &Question,
    found: &HashMap<Uuid, (i16, DateTime<Utc>)>,
    whole: bool,
) -> Result<Vec<Answer>, db::Error> {
    let ids: Vec<Uuid> = found.keys().copied().collect();
    let rows = sqlx::query!(
        r#"select unit_id, ordinal, archive_id, start_date, end_date,
                  content #>> '{content,transacted_date}' as transacted_date,
                  case when $2 then content -> 'rules' end as rules
           from unit
           where unit_id = any($1) and ($3::uuid is null or archive_id = $3) and (not $4 or root)"#,
        &ids,
        whole,
        question.archive.map(|id| id.0),
        question.roots_only
    )
    .fetch_all(tx.conn())
    .await?;
    let archives: HashSet<Uuid> = rows.iter().map(|row| row.archive_id).collect();
    let came = reached(tx, scope, &archives.into_iter().collect::<Vec<_>>()).await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| came.contains_key(&row.archive_id)).collect();
    let kept: Vec<Uuid> = rows.iter().map(|row| row.unit_id).collect();
    let (mut parents, mut formats) = if whole {
        (queries::parents_of_each(tx, &kept).await?, queries::formats_of_each(tx, &kept).await?)
    } else {
        Default::default()
    };
    let answers =
        rows.into_iter().filter_map(|row| Some((found.get(&row.unit_id)?, row))).map(|(of, row)| {
            let years =
                years_of(row.start_date.as_deref(), row.end_date.as_deref(), row.transacted_date.as_deref());
            let parents = parents.remove(&row.unit_id).unwrap_or_default();
            let ruled = whole.then(|| Ruled::read(row.unit_id, parents, row.end_date, row.rules));
            Ok(Answer {
                unit_id: UnitId(row.unit_id),
                archive_id: ArchiveId(row.archive_id),
                rank: of.0,
                at: of.1,
                ordinal: row.ordinal,
                came: came[&row.archive_id].clone(),
                years,
                ruled: ruled.transpose()?,
                formats: formats.remove(&row.unit_id).unwrap_or_default(),
            })
        });
    answers.collect()
}

/// Of these archives, those within the scope.
async fn reached(
    tx: &mut TenantRead,
    scope: &Scope,
    archives: &[Uuid],
) -> Result<HashMap<Uuid, Arc<Came>>, db::Error> {
    let rows = sqlx::query!(
        "select a.archive_id, g.identifier, g.name, a.originating_agency, a.rules
         from archive a join agreement g using (tenant_id, agreement_id)
         where a.archive_id = any($1)
           and ($2::jsonb is null or reached($2, g.identifier, a.originating_agency,
                   (select t.person_id from transfer t where t.transfer_id = a.transfer_id), a.archive_id))",
        archives,
        scope.ways()
    );
    let each = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let came = Came {
            agreement: (row.identifier, row.name),
            producer: row.originating_agency,
            rules: row.rules.map(|rules| queries::read_rules("archive", rules)).transpose()?,
        };
        Ok((row.archive_id, Arc::new(came)))
    });
    each.collect()
}

/// Lines of these units, in this order.
pub async fn lines_of(tx: &mut TenantRead, ids: &[UnitId]) -> Result<Vec<UnitLine>, db::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    lines(tx, &ids).await
}
