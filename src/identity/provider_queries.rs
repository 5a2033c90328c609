//! Whom an identity provider knows as whom: one statement a function.

use chrono::{DateTime, Utc};

use crate::db::{Error, Technical, TenantTx};
use crate::model::PersonId;

/// The open account that a provider's subject is linked to.
pub(super) async fn linked(
    tx: &mut Technical,
    (issuer, subject): (&str, &str),
) -> Result<Option<PersonId>, Error> {
    let linked = sqlx::query_scalar!(
        "select f.person_id from platform.federated_identity f join platform.person p using (person_id)
         where f.issuer = $1 and f.subject = $2 and p.disabled_at is null",
        issuer,
        subject
    );
    Ok(linked.fetch_optional(tx.conn()).await?.map(PersonId))
}

pub(super) async fn link(
    tx: &mut TenantTx,
    (issuer, subject): (&str, &str),
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.federated_identity (issuer, subject, person_id, linked_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        issuer,
        subject,
        person.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
