//! Readings of a control authority: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{ArchiveId, PersonId, Scope};

/// Readings of a page.
pub const PAGE: i64 = 50;
/// Files told of a reading.
pub const FILES_MAX: i64 = 200;

/// A reading, as those who follow it see it.
#[derive(Clone, Debug)]
pub struct Reading {
    pub reading_id: Uuid,
    pub person_id: Uuid,
    pub person: Option<String>,
    pub reason: String,
    pub words: String,
    /// It is of one archive.
    pub is_of_one: bool,
    /// Cote of that archive, when whoever looks reaches it.
    pub cote: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Consultations made under it.
    pub files: i64,
}

/// A file opened under a reading.
#[derive(Clone, Debug)]
pub struct Read {
    pub at: DateTime<Utc>,
    pub object_id: Uuid,
    pub file_name: String,
    pub cote: String,
}

/// A reading to open.
pub(super) struct New<'a> {
    pub id: Uuid,
    pub person: PersonId,
    pub reason: &'a str,
    pub words: &'a str,
    pub archive: Option<ArchiveId>,
    pub opened_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

pub(super) async fn insert(tx: &mut TenantTx, new: &New<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into control_reading (reading_id, person_id, reason, words, archive_id, opened_at, until)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new.id,
        new.person.0,
        new.reason,
        new.words,
        new.archive.map(|id| id.0),
        new.opened_at,
        new.until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends one that is open; whether there was such a one of this person.
pub(super) async fn end(
    tx: &mut TenantTx,
    id: Uuid,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update control_reading set ended_at = $3
         where reading_id = $1 and person_id = $2 and ended_at is null and until > $3",
        id,
        person.0,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// How many a person has open in the member.
pub(super) async fn count_open(
    tx: &mut TenantRead,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from control_reading
           where person_id = $1 and until > $2 and ended_at is null"#,
        person.0,
        now
    );
    Ok(count.fetch_one(tx.conn()).await?.unsigned_abs())
}

/// The last readings in the member, the newest first; of one person alone when one is named. The scope is that of whoever looks: it says
/// whose cotes they are told.
pub async fn of_member(
    tx: &mut TenantRead,
    scope: &Scope,
    person: Option<PersonId>,
    after: Option<(DateTime<Utc>, Uuid)>,
    most: i64,
) -> Result<Vec<Reading>, Error> {
    select(tx, scope, (person, None), after, most).await
}

/// One of them.
pub async fn find(
    tx: &mut TenantRead,
    scope: &Scope,
    person: Option<PersonId>,
    id: Uuid,
) -> Result<Option<Reading>, Error> {
    Ok(select(tx, scope, (person, Some(id)), None, 1).await?.pop())
}

async fn select(
    tx: &mut TenantRead,
    scope: &Scope,
    (person, id): (Option<PersonId>, Option<Uuid>),
    after: Option<(DateTime<Utc>, Uuid)>,
    most: i64,
) -> Result<Vec<Reading>, Error> {
    let readings = sqlx::query_as!(
        Reading,
        r#"select r.reading_id, r.person_id, p.display_name as "person?", r.reason, r.words,
                  r.archive_id is not null as "is_of_one!", c.cote as "cote?", r.opened_at, r.until, r.ended_at,
                  (select count(*) from event e
                   where e.tenant_id = r.tenant_id and e.event_type = 'CONSULTATION'
                     and e.entry::jsonb #>> '{detail,lecture}' = r.reading_id::text) as "files!"
           from control_reading r
           left join platform.person p on p.person_id = r.person_id
           left join lateral (
               select a.cote from archive a
               join agreement g using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
               where a.archive_id = r.archive_id
                 and ($1::jsonb is null or reached($1, g.identifier, a.originating_agency, t.person_id, a.archive_id))
           ) c on true
           where ($2::uuid is null or r.person_id = $2)
             and ($3::uuid is null or r.reading_id = $3)
             and ($4::timestamptz is null or (r.opened_at, r.reading_id) < ($4, $5))
           order by r.opened_at desc, r.reading_id desc limit $6"#,
        scope.ways(),
        person.map(|id| id.0),
        id,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id),
        most
    );
    Ok(readings.fetch_all(tx.conn()).await?)
}

/// The files opened under a reading that the scope reaches, the last first, at most [`FILES_MAX`].
pub async fn files_of(tx: &mut TenantRead, scope: &Scope, id: Uuid) -> Result<Vec<Read>, Error> {
    let files = sqlx::query_as!(
        Read,
        r#"select e.at, o.object_id, o.file_name, a.cote
           from event e
           join binary_object o on o.object_id = substr(e.object, 8)::uuid
           join archive a on a.tenant_id = o.tenant_id and a.archive_id = o.archive_id
           join agreement g on g.tenant_id = a.tenant_id and g.agreement_id = a.agreement_id
           join transfer t on t.tenant_id = a.tenant_id and t.transfer_id = a.transfer_id
           where e.event_type = 'CONSULTATION' and e.entry::jsonb #>> '{detail,lecture}' = $1
             and ($2::jsonb is null or reached($2, g.identifier, a.originating_agency, t.person_id, a.archive_id))
           order by e.seq desc limit $3"#,
        id.to_string(),
        scope.ways(),
        FILES_MAX
    );
    Ok(files.fetch_all(tx.conn()).await?)
}
