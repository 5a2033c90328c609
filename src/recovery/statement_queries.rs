//! The statements of the shared bill, issued again as they were from the journal's entries, which hold them whole (`billing/closing.rs`).

use crate::db::{Error, TenantTx};

/// Every statement that the journal has and the table has not.
pub(super) async fn put_back(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!(
        "insert into statement (year, version, number, share_cents, owed_cents, content, sha512, issued_at)
         select (detail->>'exercice')::smallint, (detail->>'cloture')::smallint, detail->>'numero',
                (detail->>'part_centimes')::bigint, (detail->>'du_centimes')::bigint, detail->>'contenu',
                decode(detail->>'sha512', 'hex'), (detail->>'emis')::timestamptz
         from event e, lateral (select e.entry::jsonb->'detail' as detail) d
         where e.event_type = 'PARAMETRAGE' and e.object like 'statement:%' on conflict do nothing"
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
