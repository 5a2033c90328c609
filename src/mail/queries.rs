//! Rows of letters, and who is written to.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::outbox::Troubles;
use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::PersonId;

/// A letter to be sent now.
pub(super) struct Due {
    pub letter_id: Uuid,
    /// Name of the member it is about.
    pub member: String,
    pub recipient: String,
    pub letter: String,
    /// This one included.
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
}

pub(super) async fn address_of(tx: &mut TenantRead, person: PersonId) -> Result<Option<String>, Error> {
    let email = sqlx::query_scalar!(
        "select email from platform.person where person_id = $1 and disabled_at is null",
        person.0
    );
    Ok(email.fetch_optional(tx.conn()).await?.flatten())
}

pub(super) async fn administrators(tx: &mut TenantRead) -> Result<Vec<String>, Error> {
    let emails = sqlx::query_scalar!(
        r#"select distinct p.email as "email!" from assignment a join platform.person p using (person_id)
           where a.role = 'member_admin' and p.email is not null and p.disabled_at is null order by 1"#
    );
    Ok(emails.fetch_all(tx.conn()).await?)
}

/// A letter to put.
pub(super) struct New<'a> {
    pub id: Uuid,
    pub recipient: &'a str,
    pub topic: &'a str,
    pub letter: &'a str,
    pub at: DateTime<Utc>,
    /// What the recipient may have chosen of; empty: nothing.
    pub subject: &'a str,
    pub digest_at: DateTime<Utc>,
}

/// A recipient has one letter on a topic, told as they chose; an address that several people have is told as the one who wants most.
pub(super) async fn insert(tx: &mut TenantTx, new: &New<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.letter (letter_id, recipient, topic, letter, created_at, next_at, digest)
         select $1, $2, $3, $4, $5::timestamptz, case when chosen.digest then $7::timestamptz else $5::timestamptz end, chosen.digest
         from (select coalesce(bool_and(coalesce(n.manner, 'now') = 'none'), false) as silent,
                      coalesce(bool_and(coalesce(n.manner, 'now') <> 'now'), false) as digest
               from platform.person p
               left join platform.notification n on n.person_id = p.person_id and n.subject = $6
               where p.email = $2 and p.disabled_at is null) chosen
         where not chosen.silent
         on conflict (tenant_id, topic, recipient) do nothing",
        new.id,
        new.recipient,
        new.topic,
        new.letter,
        new.at,
        new.subject,
        new.digest_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Operators and administrators of all members, each address once, with the first member it belongs to.
pub(super) async fn operators(tx: &mut Technical) -> Result<Vec<(Uuid, String)>, Error> {
    let rows = sqlx::query!(
        r#"select distinct on (p.email) a.tenant_id, p.email as "email!"
           from assignment a join platform.person p using (person_id)
           where a.role in ('operator', 'member_admin') and p.email is not null and p.disabled_at is null
           order by p.email, a.tenant_id"#
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.tenant_id, row.email)).collect())
}

/// Addresses of the pilots of the service.
pub(super) async fn pilots(tx: &mut Technical) -> Result<Vec<String>, Error> {
    let emails = sqlx::query_scalar!(
        r#"select distinct p.email as "email!" from assignment a join platform.person p using (person_id)
           where a.role = 'pilot' and p.email is not null and p.disabled_at is null order by 1"#
    );
    Ok(emails.fetch_all(tx.conn()).await?)
}

/// As [`insert`], whichever member it is put under.
pub(super) async fn insert_for(tx: &mut Technical, tenant: Uuid, new: &New<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.letter (letter_id, tenant_id, recipient, topic, letter, created_at, next_at, digest)
         select $1, $2, $3, $4, $5, $6::timestamptz, case when chosen.digest then $8::timestamptz else $6::timestamptz end, chosen.digest
         from (select coalesce(bool_and(coalesce(n.manner, 'now') = 'none'), false) as silent,
                      coalesce(bool_and(coalesce(n.manner, 'now') <> 'now'), false) as digest
               from platform.person p
               left join platform.notification n on n.person_id = p.person_id and n.subject = $7
               where p.email = $3 and p.disabled_at is null) chosen
         where not chosen.silent
           and not exists (select from technical.letter where recipient = $3 and topic = $4)
         on conflict (tenant_id, topic, recipient) do nothing",
        new.id,
        tenant,
        new.recipient,
        new.topic,
        new.letter,
        new.at,
        new.subject,
        new.digest_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A letter of the digest, in place of that of the same topic which has not left; one that has left is not told again.
pub(super) async fn put_in_digest(tx: &mut Technical, tenant: Uuid, new: &New<'_>) -> Result<(), Error> {
    let changed = sqlx::query!(
        "update technical.letter set letter = $3
         where recipient = $1 and topic = $2 and sent_at is null and given_up_at is null",
        new.recipient,
        new.topic,
        new.letter
    );
    if changed.execute(tx.conn()).await?.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query!(
        "insert into technical.letter (letter_id, tenant_id, recipient, topic, letter, created_at, next_at, digest)
         select $1, $2, $3, $4, $5, $6, $7, true
         where not exists (select from technical.letter where recipient = $3 and topic = $4)
         on conflict (tenant_id, topic, recipient) do nothing",
        new.id,
        tenant,
        new.recipient,
        new.topic,
        new.letter,
        new.at,
        new.digest_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What has nothing to tell any more and has not left goes.
pub(super) async fn withdraw(tx: &mut Technical, recipient: &str, topic: &str) -> Result<(), Error> {
    let done = sqlx::query!(
        "delete from technical.letter where recipient = $1 and topic = $2 and sent_at is null and attempts = 0",
        recipient,
        topic
    );
    done.execute(tx.conn()).await?;
    Ok(())
}

/// Letters, each with its recipient and topic, all about one member.
pub(super) async fn insert_each(
    tx: &mut Technical,
    tenant: Uuid,
    letters: &[(Uuid, &str, &str, String)],
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = letters.iter().map(|letter| letter.0).collect();
    let recipients: Vec<String> = letters.iter().map(|letter| letter.1.to_owned()).collect();
    let topics: Vec<String> = letters.iter().map(|letter| letter.2.to_owned()).collect();
    let texts: Vec<String> = letters.iter().map(|letter| letter.3.clone()).collect();
    sqlx::query!(
        "insert into technical.letter (letter_id, tenant_id, recipient, topic, letter, created_at, next_at)
         select l.id, $1, l.recipient, l.topic, l.letter, $2, $2
         from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as l (id, recipient, topic, letter)
         on conflict (tenant_id, topic, recipient) do nothing",
        tenant,
        at,
        &ids,
        &recipients,
        &topics,
        &texts
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes at most `most` letters due, which are nobody else's until `until`.
pub(super) async fn claim(
    tx: &mut Technical,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Due>, Error> {
    let due = sqlx::query_as!(
        Due,
        r#"update technical.letter l set attempts = l.attempts + 1, next_at = $2
           from member m
           where m.tenant_id = l.tenant_id
             and l.letter_id in (select letter_id from technical.letter
                                 where sent_at is null and given_up_at is null and not digest and next_at <= $1
                                 order by next_at limit $3 for update skip locked)
           returning l.letter_id, m.name as member, l.recipient, l.letter, l.attempts, l.created_at"#,
        now,
        until,
        most
    );
    Ok(due.fetch_all(tx.conn()).await?)
}

/// Takes what is due of one recipient's digest, at most `most` letters, which are nobody else's until `until`.
pub(super) async fn claim_digest(
    tx: &mut Technical,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Due>, Error> {
    let due = sqlx::query_as!(
        Due,
        r#"update technical.letter l set attempts = l.attempts + 1, next_at = $2
           from member m
           where m.tenant_id = l.tenant_id
             and l.letter_id in (select letter_id from technical.letter
                                 where digest and sent_at is null and given_up_at is null and next_at <= $1
                                   and recipient = (select recipient from technical.letter
                                                    where digest and sent_at is null and given_up_at is null
                                                      and next_at <= $1
                                                    order by next_at, recipient limit 1)
                                 order by created_at limit $3 for update skip locked)
           returning l.letter_id, m.name as member, l.recipient, l.letter, l.attempts, l.created_at"#,
        now,
        until,
        most
    );
    Ok(due.fetch_all(tx.conn()).await?)
}

pub(super) async fn sent(tx: &mut Technical, id: Uuid, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update technical.letter set sent_at = $2, letter = '', last_error = null where letter_id = $1",
        id,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn later(
    tx: &mut Technical,
    id: Uuid,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.letter set next_at = $2, last_error = $3 where letter_id = $1",
        id,
        at,
        reason
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn given_up(
    tx: &mut Technical,
    id: Uuid,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.letter set given_up_at = $2, last_error = $3 where letter_id = $1",
        id,
        at,
        reason
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Letters over since before then go.
pub(super) async fn forget(tx: &mut Technical, before: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from technical.letter where coalesce(sent_at, given_up_at) < $1", before)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Nobody sends: what waits goes.
pub(super) async fn drop_waiting(tx: &mut Technical) -> Result<(), Error> {
    sqlx::query!("delete from technical.letter where sent_at is null").execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn troubles(tx: &mut Technical) -> Result<Troubles, Error> {
    let row = sqlx::query!(
        r#"select count(*) filter (where given_up_at is null) as "delayed!",
                  count(*) filter (where given_up_at is not null) as "given_up!",
                  (array_agg(last_error order by next_at desc))[1] as last_error
           from technical.letter where sent_at is null and last_error is not null"#
    );
    let row = row.fetch_one(tx.conn()).await?;
    let count = |number: i64| number.unsigned_abs();
    Ok(Troubles { delayed: count(row.delayed), given_up: count(row.given_up), last_error: row.last_error })
}
