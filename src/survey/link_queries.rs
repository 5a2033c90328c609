//! Rows of the links by which producers answer: one statement a function.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical};

/// Whom a letter is for.
pub(super) struct Recipient {
    pub siren: String,
    pub name: String,
    pub email: String,
}

/// A link that was made.
pub(super) struct Made {
    pub hash: [u8; 32],
    pub siren: String,
    /// None: handed over.
    pub email: Option<String>,
}

/// Those with an address who have not answered; with `unwritten`, only those whom no letter was sent to there.
pub(super) async fn silent(tx: &mut Technical, id: Uuid, unwritten: bool) -> Result<Vec<Recipient>, Error> {
    let rows = sqlx::query_as!(
        Recipient,
        r#"select p.siren, p.name, p.email as "email!" from platform.survey_producer p
           where p.campaign_id = $1 and p.email is not null
             and not exists (select from platform.survey_answer a where a.campaign_id = $1 and a.siren = p.siren)
             and not ($2 and exists (select from platform.survey_link l
                                     where l.campaign_id = $1 and l.siren = p.siren and l.email = p.email))
           order by p.siren"#,
        id,
        unwritten
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Keeps links.
pub(super) async fn insert_links(
    tx: &mut Technical,
    id: Uuid,
    links: &[Made],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let hashes: Vec<Vec<u8>> = links.iter().map(|link| link.hash.to_vec()).collect();
    let sirens: Vec<String> = links.iter().map(|link| link.siren.clone()).collect();
    let emails: Vec<Option<String>> = links.iter().map(|link| link.email.clone()).collect();
    sqlx::query!(
        "insert into platform.survey_link (link_hash, campaign_id, siren, email, made_at)
         select l.hash, $1, l.siren, l.email, $2
         from unnest($3::bytea[], $4::text[], $5::text[]) as l (hash, siren, email)",
        id,
        now,
        &hashes,
        &sirens,
        &emails as &[Option<String>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whom a link is of: the campaign and the producer's number.
pub(super) async fn holder_of(tx: &mut Technical, hash: &[u8; 32]) -> Result<Option<(Uuid, String)>, Error> {
    let row = sqlx::query!("select campaign_id, siren from platform.survey_link where link_hash = $1", hash);
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.campaign_id, row.siren)))
}
