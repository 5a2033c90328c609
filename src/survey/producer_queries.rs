//! Rows of those who are asked: one statement a function.

use uuid::Uuid;

use super::campaign::{Asked, Filter};
use super::{Channel, Producer, ProducerKind};
use crate::db::{Error, Technical};

struct Row {
    siren: String,
    name: String,
    kind: String,
    population: Option<i32>,
    email: Option<String>,
    contact: String,
}

fn producer_of(row: Row) -> Result<Producer, Error> {
    Ok(Producer {
        kind: kind_of(&row.kind)?,
        siren: row.siren,
        name: row.name,
        population: row.population.map(i32::unsigned_abs),
        email: row.email,
        contact: row.contact,
    })
}

pub(super) fn kind_of(code: &str) -> Result<ProducerKind, Error> {
    ProducerKind::from_code(code).ok_or_else(|| Error::row("survey_producer", code))
}

/// Adds these or takes what is said of them now; of each that was added or changed, whether it is new.
pub(super) async fn put_producers(
    tx: &mut Technical,
    id: Uuid,
    producers: &[Producer],
) -> Result<Vec<bool>, Error> {
    let text = |of: fn(&Producer) -> &str| producers.iter().map(of).map(str::to_owned).collect::<Vec<_>>();
    let population: Vec<Option<i32>> =
        producers.iter().map(|of| of.population.and_then(|number| number.try_into().ok())).collect();
    let emails: Vec<Option<String>> = producers.iter().map(|of| of.email.clone()).collect();
    let rows = sqlx::query_scalar!(
        r#"insert into platform.survey_producer as p (campaign_id, siren, name, kind, population, email, contact)
           select $1, l.* from unnest($2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[]) l
           on conflict (campaign_id, siren) do update
           set name = excluded.name, kind = excluded.kind, population = excluded.population, email = excluded.email,
               contact = excluded.contact
           where (p.name, p.kind, p.population, p.email, p.contact) is distinct from
                 (excluded.name, excluded.kind, excluded.population, excluded.email, excluded.contact)
           returning (p.xmax = 0) as "is_new!""#,
        id,
        &text(|of| &of.siren),
        &text(|of| &of.name),
        &text(|of| of.kind.code()),
        &population as &[Option<i32>],
        &emails as &[Option<String>],
        &text(|of| &of.contact)
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// One who is asked.
pub async fn producer(tx: &mut Technical, id: Uuid, siren: &str) -> Result<Option<Producer>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select siren, name, kind, population, email, contact from platform.survey_producer
         where campaign_id = $1 and siren = $2",
        id,
        siren
    );
    row.fetch_optional(tx.conn()).await?.map(producer_of).transpose()
}

/// The numbers of all who are asked.
pub(super) async fn sirens(tx: &mut Technical, id: Uuid) -> Result<Vec<String>, Error> {
    let sirens = sqlx::query_scalar!("select siren from platform.survey_producer where campaign_id = $1", id);
    Ok(sirens.fetch_all(tx.conn()).await?)
}

/// How many of each kind are asked.
pub async fn kinds(tx: &mut Technical, id: Uuid) -> Result<Vec<(ProducerKind, u64)>, Error> {
    let rows = sqlx::query!(
        r#"select kind, count(*) as "count!" from platform.survey_producer where campaign_id = $1 group by kind"#,
        id
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| Ok((kind_of(&row.kind)?, row.count.unsigned_abs()))).collect()
}

/// Those asked after this number, at most so many.
pub async fn asked(
    tx: &mut Technical,
    id: Uuid,
    filter: &Filter,
    (after, most): (&str, i64),
) -> Result<Vec<Asked>, Error> {
    let rows = sqlx::query!(
        r#"select p.siren, p.name, p.kind, p.email, a.channel as "channel?"
           from platform.survey_producer p left join platform.survey_answer a using (campaign_id, siren)
           where p.campaign_id = $1 and p.siren > $2
             and ($3 = '' or p.siren = $3 or strpos(lower(p.name), lower($3)) > 0)
             and ($4::boolean is null or (a.siren is not null) = $4)
           order by p.siren limit $5"#,
        id,
        after,
        filter.words,
        filter.answered,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    let asked = rows.map(|row| {
        Ok(Asked {
            kind: kind_of(&row.kind)?,
            siren: row.siren,
            name: row.name,
            has_email: row.email.is_some(),
            channel: row.channel.as_deref().and_then(Channel::from_word),
        })
    });
    asked.collect()
}
