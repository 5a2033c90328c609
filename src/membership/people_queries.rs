//! People and machines of a member, found by the names that its file gives them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::file::Person;
use crate::db::{Error, TenantRead, TenantTx};
use crate::model::{Holding, ReplyForm, Role};

/// Those of `logins` that have an account.
pub(super) async fn known_logins(tx: &mut TenantRead, logins: &[String]) -> Result<Vec<String>, Error> {
    let known = sqlx::query_scalar!("select login from platform.person where login = any($1)", logins);
    Ok(known.fetch_all(tx.conn()).await?)
}

pub(super) async fn known_clients(tx: &mut TenantRead) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!("select client_id from machine").fetch_all(tx.conn()).await?)
}

/// An account as it is.
pub(super) struct Known {
    pub person_id: Uuid,
    pub name: String,
    pub email: Option<String>,
}

/// The account with this login.
pub(super) async fn find_person(tx: &mut TenantRead, login: &str) -> Result<Option<Known>, Error> {
    let known = sqlx::query_as!(
        Known,
        "select person_id, display_name as name, email from platform.person where login = $1",
        login
    );
    Ok(known.fetch_optional(tx.conn()).await?)
}

/// Identifier that an account of this name had before the rows were lost.
pub(super) async fn former_account(
    tx: &mut TenantRead,
    kind: &str,
    name: &str,
) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!(
        "select account_id from former_account where kind = $1 and name = $2",
        kind,
        name
    );
    Ok(id.fetch_optional(tx.conn()).await?)
}

/// Forgets the identifier kept for an account of this name; whether there was one.
pub(super) async fn forget_former(tx: &mut TenantTx, login: &str) -> Result<bool, Error> {
    let done = sqlx::query!("delete from former_account where kind = 'person' and name = $1", login);
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

pub(super) async fn insert_person(
    tx: &mut TenantTx,
    id: Uuid,
    person: &Person,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.person (person_id, login, display_name, password_hash, created_at, email)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        person.login,
        person.name,
        password_hash,
        now,
        person.email
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn rename_person(tx: &mut TenantTx, id: Uuid, name: &str) -> Result<(), Error> {
    sqlx::query!("update platform.person set display_name = $2 where person_id = $1", id, name)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_email(tx: &mut TenantTx, person: Uuid, email: &str) -> Result<(), Error> {
    sqlx::query!("update platform.person set email = $2 where person_id = $1", person, email)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What the person holds in the member, in the order of roles.
pub(super) async fn holdings_of(tx: &mut TenantRead, person: Uuid) -> Result<Vec<Holding>, Error> {
    let rows =
        sqlx::query!("select role, agreements, producers from assignment where person_id = $1", person)
            .fetch_all(tx.conn())
            .await?;
    let holding = rows.into_iter().map(|row| {
        let role = Role::from_word(&row.role).ok_or_else(|| Error::row("assignment", row.role))?;
        Ok(Holding { agreements: row.agreements, producers: row.producers, ..Holding::whole(role) })
    });
    let mut holdings = holding.collect::<Result<Vec<_>, Error>>()?;
    holdings.sort_by_key(|held| held.role);
    Ok(holdings)
}

/// What the person holds in the member becomes this, no more and no less.
pub(super) async fn set_holdings(tx: &mut TenantTx, person: Uuid, holdings: &[Holding]) -> Result<(), Error> {
    let roles: Vec<String> = holdings.iter().map(|held| held.role.word().to_owned()).collect();
    sqlx::query!("delete from assignment where person_id = $1 and role <> all($2)", person, &roles)
        .execute(tx.conn())
        .await?;
    for held in holdings {
        sqlx::query!(
            "insert into assignment (person_id, role, agreements, producers) values ($1, $2, $3, $4)
             on conflict (tenant_id, person_id, role) do update
             set agreements = excluded.agreements, producers = excluded.producers",
            person,
            held.role.word(),
            held.agreements.as_deref(),
            held.producers.as_deref()
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Identifier, name and form of answers of the machine with this client identifier.
pub(super) async fn find_machine(
    tx: &mut TenantRead,
    client_id: &str,
) -> Result<Option<(Uuid, String, ReplyForm)>, Error> {
    let row =
        sqlx::query!("select machine_id, name, reply_form from machine where client_id = $1", client_id);
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let replies =
        ReplyForm::from_word(&row.reply_form).ok_or_else(|| Error::row("machine", row.reply_form))?;
    Ok(Some((row.machine_id, row.name, replies)))
}

pub(super) async fn change_machine(
    tx: &mut TenantTx,
    id: Uuid,
    name: &str,
    replies: ReplyForm,
) -> Result<(), Error> {
    sqlx::query!(
        "update machine set name = $2, reply_form = $3 where machine_id = $1",
        id,
        name,
        replies.word()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn agreements_of(tx: &mut TenantRead, machine: Uuid) -> Result<Vec<String>, Error> {
    let identifiers = sqlx::query_scalar!(
        r#"select a.identifier from machine_agreement ma join agreement a using (tenant_id, agreement_id)
           where ma.machine_id = $1 order by a.identifier collate "C""#,
        machine
    );
    Ok(identifiers.fetch_all(tx.conn()).await?)
}

/// The machine's agreements become those named, no more and no less.
pub(super) async fn set_machine_agreements(
    tx: &mut TenantTx,
    machine: Uuid,
    identifiers: &[String],
) -> Result<(), Error> {
    sqlx::query!(
        "delete from machine_agreement where machine_id = $1
           and agreement_id not in (select agreement_id from agreement where identifier = any($2))",
        machine,
        identifiers
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into machine_agreement (machine_id, agreement_id)
         select $1, agreement_id from agreement where identifier = any($2)
         on conflict do nothing",
        machine,
        identifiers
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
