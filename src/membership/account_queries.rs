//! The accounts of a member's people: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{Holding, PersonId};

/// Somebody who holds a role in the member.
#[derive(Clone, Debug)]
pub struct Known {
    pub person_id: PersonId,
    pub login: String,
    pub name: String,
    pub email: Option<String>,
    /// In the order of roles.
    pub holdings: Vec<Holding>,
    pub factor_since: Option<DateTime<Utc>>,
    pub is_closed: bool,
}

/// The people of the member, by name.
pub async fn people_of(tx: &mut TenantRead) -> Result<Vec<Known>, Error> {
    let rows = sqlx::query!(
        r#"select p.person_id, p.login, p.display_name, p.email, p.totp_since, p.disabled_at,
                  jsonb_agg(jsonb_build_object('role', a.role, 'agreements', a.agreements, 'producers', a.producers))
                      as "holdings!"
           from assignment a join platform.person p using (person_id)
           group by p.person_id order by p.display_name, p.login"#
    );
    let known = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let holdings: Result<Vec<Holding>, _> = serde_json::from_value(row.holdings);
        let mut holdings = holdings.map_err(|error| Error::row("assignment", error))?;
        holdings.sort_by_key(|held| held.role);
        Ok(Known {
            person_id: PersonId(row.person_id),
            login: row.login,
            name: row.display_name,
            email: row.email,
            holdings,
            factor_since: row.totp_since,
            is_closed: row.disabled_at.is_some(),
        })
    });
    known.collect()
}

/// Makes an account: login, name, address, hash of its password.
pub(super) async fn insert_person(
    tx: &mut TenantTx,
    id: Uuid,
    (login, name, email, hash): (&str, &str, Option<&str>, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.person (person_id, login, display_name, password_hash, created_at, email)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        login,
        name,
        hash,
        now,
        email
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn email_of(tx: &mut TenantRead, person: PersonId) -> Result<Option<String>, Error> {
    let email = sqlx::query_scalar!("select email from platform.person where person_id = $1", person.0);
    Ok(email.fetch_optional(tx.conn()).await?.flatten())
}

/// Makes those who change who may do what in the member wait for one another, until the transaction ends.
pub(super) async fn lock_assignments(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!("select from member for update").fetch_optional(tx.conn()).await?;
    Ok(())
}

pub(super) async fn administrators(tx: &mut TenantRead) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from assignment join platform.person p using (person_id)
           where role = 'member_admin' and p.disabled_at is null"#
    );
    Ok(count.fetch_one(tx.conn()).await?)
}

/// Whether the member has all of these agreements and of these producing services.
pub(super) async fn scope_known(
    tx: &mut TenantRead,
    agreements: &[String],
    producers: &[String],
) -> Result<bool, Error> {
    let known = sqlx::query_scalar!(
        r#"select not exists (select from unnest($1::text[]) as name
                              where name not in (select identifier from agreement))
              and not exists (select from unnest($2::text[]) as name
                              where name not in (select identifier from party where originating)) as "known!""#,
        agreements,
        producers
    );
    Ok(known.fetch_one(tx.conn()).await?)
}

pub(super) async fn has_link_since(
    tx: &mut TenantRead,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from platform.password_link where person_id = $1 and made_at > $2) as "has!""#,
        person.0,
        since
    );
    Ok(has.fetch_one(tx.conn()).await?)
}

/// The person has no second factor any more, nor codes on paper.
pub(super) async fn clear_factor(tx: &mut TenantTx, person: PersonId) -> Result<(), Error> {
    sqlx::query!(
        "update platform.person set totp_sealed = null, totp_since = null where person_id = $1",
        person.0
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from platform.recovery_code where person_id = $1", person.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
