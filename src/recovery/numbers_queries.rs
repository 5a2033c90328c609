//! How far the numbers go that were given.

use crate::db::{Error, TenantRead};
use crate::registry::numbering_queries::Known;

/// The last rank of a kind in a year.
pub(super) struct Last {
    pub kind: String,
    pub year: i32,
    pub rank: i64,
    /// Numbers given, those that no pattern reads included.
    pub count: i64,
    /// Whether there are such.
    pub unread: bool,
}

/// What the registers and the journal name, read by these patterns, the first that fits: with the year in which it was given (an entry
/// may follow midnight), since what one pattern wrote may be read by another.
pub(super) async fn last_given(tx: &mut TenantRead, code: &str, known: &[Known]) -> Result<Vec<Last>, Error> {
    let kinds: Vec<String> = known.iter().map(|known| known.kind.word().to_owned()).collect();
    let (expressions, year_first): (Vec<String>, Vec<bool>) =
        known.iter().map(|known| known.pattern.expression(code)).unzip();
    let rows = sqlx::query_as!(
        Last,
        r#"with named as (
               select 'cote' as kind, cote as number, grant_date as at, 0 as before from accession
               union all
               select 'cote', cote, seen_at, 100 from left_out where cote is not null
               union all
               select 'cote', entry::jsonb->'detail'->>'cote', at, 1 from event
               where event_type = 'CONTROLE' and entry like '%"cote":"%'
               union all
               select case when entry::jsonb->'detail'->>'genre' = 'reception' then 'accuse' else 'attestation' end,
                      substr(object, 13), at, 1
               from event where event_type = 'ATTESTATION' and outcome = 'OK' and object like 'attestation:%'
           ), dated as (
               select kind, number, before, extract(year from at at time zone 'Europe/Paris')::integer as year
               from named where number is not null
           ), given as (
               select kind, number, max(year - before) as least, min(year) as most from dated group by kind, number
           )
           select g.kind as "kind!", coalesce(r.year, g.most) as "year!",
                  coalesce(max(r.rank), 0) as "rank!", count(*) as "count!", bool_or(r.rank is null) as "unread!"
           from given g left join lateral (
               select m.year, m.rank
               from unnest($1::text[], $2::text[], $3::boolean[]) with ordinality
                        as p (kind, expression, year_first, place),
                    lateral (select regexp_match(g.number, '^' || p.expression || '$')) as f (found),
                    lateral (select (f.found[case when p.year_first then 1 else 2 end])::integer,
                                    (f.found[case when p.year_first then 2 else 1 end])::bigint) as m (year, rank)
               where p.kind = g.kind and m.year between g.least and g.most order by p.place limit 1
           ) r on true
           group by 1, 2"#,
        &kinds,
        &expressions,
        &year_first
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}
