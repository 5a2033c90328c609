//! The last entries of the journal that people are told of: one statement a function.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::lately::{Happened, LOOKED_AT, Told};
use crate::db::{Error, Technical, TenantRead};
use crate::model::{PersonId, TenantId};

/// At most `most` of the last entries, the newest first.
pub async fn happened(tx: &mut TenantRead, told: &Told, most: i64) -> Result<Vec<Happened>, Error> {
    let types: Vec<String> = told.types.iter().map(|word| (*word).to_owned()).collect();
    let about: Vec<String> = told.about.iter().map(|word| (*word).to_owned()).collect();
    let rows = sqlx::query_as!(
        Happened,
        r#"select e.seq as "seq!", e.at as "at!", e.event_type as "event_type!", e.outcome = 'OK' as "is_right!",
                  e.about as "about!", e.named as "object!", e.entry #>> '{detail,action}' as action,
                  e.entry #>> '{detail,state}' as state, e.entry ->> 'role' as role, e.entry ->> 'agent' as agent,
                  came.transfer_id as "transfer_id?", g.agreement_id as "agreement_id?",
                  case e.about
                      when 'agreement' then g.name
                      when 'person' then (select p.display_name from platform.person p where p.person_id::text = e.named)
                      when 'machine' then (select m.name from machine m where m.machine_id::text = e.named)
                      when 'profile' then (select p.name from profile p where p.identifier = e.named)
                      when 'unit' then came.unit_title
                      else came.title
                  end as name
           from unnest($1::text[]) as kind,
                lateral (select v.seq, v.at, v.event_type, v.outcome, v.entry::jsonb as entry,
                                split_part(v.object, ':', 1) as about,
                                substr(v.object, strpos(v.object, ':') + 1) as named
                         from event v
                         where v.event_type = kind
                           and v.event_type in ('REJET', 'PRISE_EN_CHARGE', 'COMMUNICATION', 'PARAMETRAGE', 'INCIDENT',
                                                'REPARATION', 'RECONSTRUCTION')
                         order by v.seq desc limit $2) e
           left join agreement g on e.about = 'agreement' and g.identifier = e.named
           left join lateral (
               select t.transfer_id, coalesce(nullif(trim(t.title), ''), t.file_name) as title, null as unit_title,
                      t.agreement_identifier, t.originating_agency, t.person_id, t.archive_id
               from transfer t
               where e.about = 'transfer' and t.transfer_id = case when e.about = 'transfer' then e.named::uuid end
               union all
               select a.transfer_id, a.title, null, h.identifier, a.originating_agency, t.person_id, a.archive_id
               from archive a join agreement h using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
               where e.about = 'archive' and a.archive_id = case when e.about = 'archive' then e.named::uuid end
               union all
               select a.transfer_id, a.title, u.title, h.identifier, a.originating_agency, t.person_id, a.archive_id
               from unit u join archive a using (tenant_id, archive_id)
               join agreement h using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
               where e.about = 'unit' and u.unit_id = case when e.about = 'unit' then e.named::uuid end
           ) came on $3
           where e.about = any ($4)
              or ($3 and came.transfer_id is not null
                  and ($5::jsonb is null or reached($5, came.agreement_identifier, came.originating_agency, came.person_id,
                                                    came.archive_id)))
           order by e.seq desc limit $6"#,
        &types,
        LOOKED_AT,
        told.scope.is_some(),
        &about,
        told.scope.as_ref().and_then(|scope| scope.ways()),
        most
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Whose the last entries are that are told so, at most `most` of each type and of each thing; and the moment since which no other member
/// has any, or none at all.
pub async fn members_told(
    tx: &mut Technical,
    told: &Told,
    most: i32,
) -> Result<(HashSet<TenantId>, Option<DateTime<Utc>>), Error> {
    let (types, about): (Vec<String>, Vec<String>) =
        told.kinds().map(|(kind, about)| (kind.to_owned(), about.to_owned())).unzip();
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant_id!", told_since from members_told($1, $2, $3)"#,
        &types,
        &about,
        most
    );
    let rows = rows.fetch_all(tx.conn()).await?;
    let since = rows.iter().filter_map(|row| row.told_since).max();
    Ok((rows.into_iter().map(|row| TenantId::from_row(row.tenant_id)).collect(), since))
}

/// What happened to the last transfers that a person deposited, the newest first.
pub async fn of_depositor(tx: &mut TenantRead, person: PersonId, most: i64) -> Result<Vec<Happened>, Error> {
    let rows = sqlx::query_as!(
        Happened,
        r#"select e.seq as "seq!", e.at as "at!", e.event_type as "event_type!", e.outcome = 'OK' as "is_right!",
                  split_part(e.object, ':', 1) as "about!", sent.transfer_id::text as "object!",
                  e.entry::jsonb #>> '{detail,action}' as action, null as state, e.entry::jsonb ->> 'role' as role,
                  e.entry::jsonb ->> 'agent' as agent, sent.transfer_id as "transfer_id?", null::uuid as agreement_id,
                  sent.title as name
           from (select t.transfer_id, t.archive_id, coalesce(nullif(trim(t.title), ''), t.file_name) as title
                 from transfer t where t.person_id = $1
                 order by t.received_at desc, t.transfer_id desc limit $2) sent,
                lateral (select v.seq, v.at, v.event_type, v.outcome, v.object, v.entry from event v
                         where v.object in ('transfer:' || sent.transfer_id, 'archive:' || sent.archive_id)
                           and v.event_type in ('RECEPTION', 'REJET', 'PRISE_EN_CHARGE')
                         order by v.seq desc limit $3) e
           order by e.seq desc limit $3"#,
        person.0,
        OWN_LOOKED_AT,
        most
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Transfers of a depositor that are looked at.
const OWN_LOOKED_AT: i64 = 25;
