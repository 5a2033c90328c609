//! People, sessions, attempts, and the sweeping of what is over.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;
use uuid::Uuid;

use super::{Account, Membership, Opened};
use crate::db::{Error, Technical};
use crate::model::{Holding, PersonId, Role, TenantId};

/// Who has a login.
pub(super) struct Person {
    pub person_id: PersonId,
    pub password_hash: String,
}

pub(super) async fn find_person(tx: &mut Technical, login: &str) -> Result<Option<Person>, Error> {
    let row = sqlx::query!(
        "select person_id, password_hash from platform.person where login = $1 and disabled_at is null",
        login
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| Person { person_id: PersonId(row.person_id), password_hash: row.password_hash }))
}

/// The account with a login, closed or not.
pub(super) async fn find_account(tx: &mut Technical, login: &str) -> Result<Option<Account>, Error> {
    let row = sqlx::query!("select person_id, email from platform.person where login = $1", login);
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| Account { person_id: PersonId(row.person_id), email: row.email }))
}

/// Leaves of an account its identifier alone, closed for ever; its sessions, failed log-ins and letters go.
pub(super) async fn forget(
    tx: &mut Technical,
    person: PersonId,
    login: &str,
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let left = format!("oublie:{person}");
    sqlx::query!("delete from technical.session where person_id = $1", person.0).execute(tx.conn()).await?;
    sqlx::query!("delete from technical.login_failure where login = $1", login).execute(tx.conn()).await?;
    sqlx::query!("delete from technical.letter where recipient = $1", email).execute(tx.conn()).await?;
    sqlx::query!("delete from platform.notification where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from platform.recovery_code where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from platform.password_link where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from platform.federated_identity where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "update platform.person
         set login = $2, display_name = 'Personne oubliée', email = null, password_hash = '!', totp_sealed = null,
             totp_since = null, disabled_at = coalesce(disabled_at, $3)
         where person_id = $1",
        person.0,
        left,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Every member that a person may act for, by name: those of their roles, and those that these have followed, where whoever
/// reads goes on reading (a merger: archives stay where they are); and those that an operator reads exceptionally. A control authority has its own
/// ressort, and no more: by its role, and again by each reading that it opened with a reason, as long as it has the role and the reading is open.
pub(super) async fn memberships(
    tx: &mut Technical,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<Membership>, Error> {
    let rows = sqlx::query!(
        r#"with recursive held as (
               select m.tenant_id, m.code, a.role, a.agreements, a.producers, null::jsonb as reading
               from assignment a join member m using (tenant_id) where a.person_id = $1
               union
               select m.tenant_id, m.code, a.role, a.agreements, a.producers,
                      jsonb_build_object('reading_id', r.reading_id, 'archive', r.archive_id, 'until', r.until)
               from control_reading r join assignment a using (tenant_id, person_id) join member m using (tenant_id)
               where r.person_id = $1 and a.role = 'control_authority' and r.until > $3 and r.ended_at is null
               union
               select m.tenant_id, m.code, 'producer', null, null, null
               from glass g join member m using (tenant_id)
               where g.asked_by = $1 and g.until > $3 and g.ended_at is null
               union
               select before.tenant_id, before.code, held.role, held.agreements, held.producers, held.reading
               from held join member before on before.successor = held.code and before.valid_until < $2
               where held.role in ('archivist', 'member_admin', 'producer', 'reader'))
           select m.tenant_id, m.code, m.name, m.successor,
                  jsonb_agg(jsonb_build_object('role', held.role, 'agreements', held.agreements,
                                               'producers', held.producers, 'reading', held.reading))
                      as "holdings!"
           from held join member m using (tenant_id)
           group by m.tenant_id, m.code, m.name, m.successor order by m.name, m.code"#,
        person.0,
        now.with_timezone(&Paris).date_naive(),
        now
    )
    .fetch_all(tx.conn())
    .await?;
    let membership = rows.into_iter().map(|row| {
        let holdings: Result<Vec<Holding>, _> = serde_json::from_value(row.holdings);
        let mut holdings = holdings.map_err(|error| Error::row("assignment", error))?;
        // The role alone before its readings.
        holdings.sort_by_key(|held| {
            (held.role, held.reading.as_ref().map(|reading| (reading.until, reading.reading_id)))
        });
        let tenant = TenantId::from_row(row.tenant_id);
        Ok(Membership { tenant, code: row.code, name: row.name, successor: row.successor, holdings })
    });
    membership.collect()
}

/// Whoever holds a role somewhere, with their address; those without one, or whose account is closed, left out.
pub(super) async fn holders(tx: &mut Technical, role: Role) -> Result<Vec<(PersonId, String)>, Error> {
    let rows = sqlx::query!(
        r#"select p.person_id, p.email as "email!" from platform.person p
           where p.email is not null and p.disabled_at is null
             and exists (select from assignment a where a.person_id = p.person_id and a.role = $1)
           order by p.person_id"#,
        role.word()
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (PersonId(row.person_id), row.email)).collect())
}

/// What is counted of wrong passwords.
pub(super) struct Attempts {
    pub failures: i32,
    pub last_at: DateTime<Utc>,
    pub locked_until: Option<DateTime<Utc>>,
}

/// The count of this login and address, made when missing, held until the transaction ends.
pub(super) async fn lock_attempts(
    tx: &mut Technical,
    login: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Attempts, Error> {
    let attempts = sqlx::query_as!(
        Attempts,
        "insert into technical.login_failure (login, address, failures, last_at) values ($1, $2, 0, $3)
         on conflict (login, address) do update set failures = login_failure.failures
         returning failures, last_at, locked_until",
        login,
        address,
        now
    );
    Ok(attempts.fetch_one(tx.conn()).await?)
}

pub(super) async fn set_attempts(
    tx: &mut Technical,
    login: &str,
    address: &str,
    failures: i32,
    at: DateTime<Utc>,
    locked_until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.login_failure set failures = $3, last_at = $4, locked_until = $5
         where login = $1 and address = $2",
        login,
        address,
        failures,
        at,
        locked_until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn forgive_attempts(tx: &mut Technical, login: &str, address: &str) -> Result<(), Error> {
    let done =
        sqlx::query!("delete from technical.login_failure where login = $1 and address = $2", login, address);
    done.execute(tx.conn()).await?;
    Ok(())
}

/// Forgives the wrong passwords of a login, from everywhere.
pub(super) async fn forgive_everywhere(tx: &mut Technical, login: &str) -> Result<(), Error> {
    let done = sqlx::query!("delete from technical.login_failure where login = $1", login);
    done.execute(tx.conn()).await?;
    Ok(())
}

/// Removes sessions, tokens and attempts of which nothing was left at `over_before`.
pub(super) async fn clean(tx: &mut Technical, over_before: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from technical.session where expires_at < $1", over_before)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from technical.access_token where expires_at < $1", over_before)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from technical.login_failure where last_at < $1", over_before)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A session to open.
pub(super) struct NewSession {
    pub hash: [u8; 32],
    pub person_id: PersonId,
    pub tenant: Option<Uuid>,
    pub csrf_token: String,
    pub address: String,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub opened_by: String,
    pub factor_at: Option<DateTime<Utc>>,
}

pub(super) async fn insert_session(tx: &mut Technical, session: &NewSession) -> Result<(), Error> {
    sqlx::query!(
        "insert into technical.session
             (session_hash, person_id, tenant_id, csrf_token, created_at, seen_at, expires_at, address, opened_by,
              factor_at)
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)",
        &session.hash,
        session.person_id.0,
        session.tenant,
        session.csrf_token,
        session.now,
        session.expires_at,
        session.address,
        session.opened_by,
        session.factor_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An open session of a person whose account is not closed.
pub(super) struct OpenSession {
    pub person_id: PersonId,
    pub display_name: String,
    pub login: String,
    pub address: String,
    pub factor_since: Option<DateTime<Utc>>,
    pub factor_at: Option<DateTime<Utc>>,
    pub tenant_id: Option<Uuid>,
    pub csrf_token: String,
    pub seen_at: DateTime<Utc>,
}

pub(super) async fn find_session(
    tx: &mut Technical,
    hash: &[u8; 32],
    now: DateTime<Utc>,
    silent_since: DateTime<Utc>,
) -> Result<Option<OpenSession>, Error> {
    let row = sqlx::query!(
        "select s.person_id, p.display_name, p.login, p.totp_since, s.tenant_id, s.csrf_token, s.seen_at, s.factor_at,
                s.address
         from technical.session s join platform.person p using (person_id)
         where s.session_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and p.disabled_at is null",
        hash,
        now,
        silent_since
    );
    let row = row.fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| OpenSession {
        person_id: PersonId(row.person_id),
        display_name: row.display_name,
        login: row.login,
        address: row.address,
        factor_since: row.totp_since,
        factor_at: row.factor_at,
        tenant_id: row.tenant_id,
        csrf_token: row.csrf_token,
        seen_at: row.seen_at,
    }))
}

pub(super) async fn mark_session(
    tx: &mut Technical,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let done = sqlx::query!("update technical.session set seen_at = $2 where session_hash = $1", hash, now);
    done.execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn choose_member(
    tx: &mut Technical,
    hash: &[u8; 32],
    tenant: TenantId,
) -> Result<bool, Error> {
    let tenant = tenant.as_uuid();
    let done =
        sqlx::query!("update technical.session set tenant_id = $2 where session_hash = $1", hash, tenant);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn delete_session(tx: &mut Technical, hash: &[u8; 32]) -> Result<(), Error> {
    sqlx::query!("delete from technical.session where session_hash = $1", hash).execute(tx.conn()).await?;
    Ok(())
}

pub(super) async fn name_session(tx: &mut Technical, hash: &[u8; 32], browser: &str) -> Result<(), Error> {
    let done =
        sqlx::query!("update technical.session set browser = $2 where session_hash = $1", hash, browser);
    done.execute(tx.conn()).await?;
    Ok(())
}

/// Open sessions of a person, the last seen first; `this` is told apart.
pub(super) async fn sessions_of(
    tx: &mut Technical,
    person: PersonId,
    this: &[u8; 32],
    now: DateTime<Utc>,
    silent_since: DateTime<Utc>,
) -> Result<Vec<Opened>, Error> {
    let sessions = sqlx::query_as!(
        Opened,
        r#"select session_id, browser, address, created_at as opened_at, seen_at,
                  session_hash = $2 as "is_this_one!"
           from technical.session where person_id = $1 and expires_at > $3 and seen_at > $4
           order by seen_at desc, session_id limit 100"#,
        person.0,
        this,
        now,
        silent_since
    );
    Ok(sessions.fetch_all(tx.conn()).await?)
}

pub(super) async fn close_session(
    tx: &mut Technical,
    person: PersonId,
    session: Uuid,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "delete from technical.session where person_id = $1 and session_id = $2",
        person.0,
        session
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) async fn close_other_sessions(
    tx: &mut Technical,
    person: PersonId,
    this: &[u8; 32],
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from technical.session where person_id = $1 and session_hash <> $2",
        person.0,
        this
    );
    Ok(done.execute(tx.conn()).await?.rows_affected())
}
