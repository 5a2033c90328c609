//! The days that were measured, entered again from the journal's entries, which hold every line of them (`usage/measure.rs`).

use crate::db::{Error, TenantTx};

/// Every measure that the journal has and the tables have not.
pub(super) async fn put_back(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!(
        "insert into usage_day (day, late)
         select (detail->>'jour')::date, detail ? 'apres_coup'
         from event e, lateral (select e.entry::jsonb->'detail' as detail) d
         where e.event_type = 'MESURE' order by e.seq on conflict do nothing"
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into usage_agreement (day, agreement, archives, objects, bytes, came, came_objects, came_bytes, refused)
         select (detail->>'jour')::date, l->>0, (l->>1)::bigint, (l->>2)::bigint, (l->>3)::bigint, (l->>4)::bigint,
                (l->>5)::bigint, (l->>6)::bigint, (l->>7)::bigint
         from event e, lateral (select e.entry::jsonb->'detail' as detail) d,
              lateral jsonb_array_elements((detail->>'par_accord')::jsonb) l
         where e.event_type = 'MESURE' on conflict do nothing"
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into usage_site (day, site, agreement, copies, objects, bytes)
         select (detail->>'jour')::date, l->>0, l->>1, (l->>2)::bigint, (l->>3)::bigint, (l->>4)::bigint
         from event e, lateral (select e.entry::jsonb->'detail' as detail) d,
              lateral jsonb_array_elements((detail->>'par_site')::jsonb) l
         where e.event_type = 'MESURE' on conflict do nothing"
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
