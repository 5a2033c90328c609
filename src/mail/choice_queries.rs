//! How each person wants to be told: one statement a function.

use super::subject::{Manner, Subject};
use crate::db::{Error, Technical};
use crate::model::PersonId;

/// A person's address, and what they chose.
pub(super) async fn choices(
    tx: &mut Technical,
    person: PersonId,
) -> Result<(Option<String>, Vec<(Subject, Manner)>), Error> {
    let email = sqlx::query_scalar!("select email from platform.person where person_id = $1", person.0)
        .fetch_optional(tx.conn())
        .await?;
    let rows =
        sqlx::query!("select subject, manner from platform.notification where person_id = $1", person.0)
            .fetch_all(tx.conn())
            .await?;
    let read = |(subject, manner): (String, String)| {
        Some((Subject::from_word(&subject)?, Manner::from_word(&manner)?))
    };
    let chosen = rows.into_iter().filter_map(|row| read((row.subject, row.manner))).collect();
    Ok((email.flatten(), chosen))
}

/// A choice; that which stands without one is not kept.
pub(super) async fn choose(
    tx: &mut Technical,
    person: PersonId,
    (subject, manner): (Subject, Manner),
) -> Result<(), Error> {
    if manner == subject.unless_chosen() {
        let done = sqlx::query!(
            "delete from platform.notification where person_id = $1 and subject = $2",
            person.0,
            subject.word()
        );
        done.execute(tx.conn()).await?;
        return Ok(());
    }
    sqlx::query!(
        "insert into platform.notification (person_id, subject, manner) values ($1, $2, $3)
         on conflict (person_id, subject) do update set manner = excluded.manner",
        person.0,
        subject.word(),
        manner.word()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
