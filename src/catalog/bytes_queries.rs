//! The same bytes found again: the files kept that have these digests, of what a scope reaches.
//!
//! Never tells of what the scope does not reach, nor that there is such a thing.

use crate::db::{self, TenantRead};
use crate::model::{ObjectId, Scope};

/// A file that is kept, by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub sha512: Vec<u8>,
    pub object_id: ObjectId,
    /// Of its archive.
    pub cote: String,
    pub title: String,
}

/// Files of one digest that are looked at: what everybody sends with everything is kept a thousand times.
const LOOKED_AT: i64 = 20;

/// Of these digests, those of files that the scope reaches, each with the first one taken in charge.
pub async fn kept_with(
    tx: &mut TenantRead,
    scope: &Scope,
    digests: &[Vec<u8>],
) -> Result<Vec<Kept>, db::Error> {
    let rows = sqlx::query!(
        r#"select wanted.sha512 as "sha512!", kept.object_id, kept.cote, kept.title
           from unnest($1::bytea[]) as wanted (sha512)
           cross join lateral (
               select o.object_id, a.cote, a.title
               from (select b.tenant_id, b.object_id, b.archive_id from binary_object b
                     where b.sha512 = wanted.sha512 limit $3) o
               join archive a using (tenant_id, archive_id)
               join agreement g using (tenant_id, agreement_id)
               where $2::jsonb is null or reached($2, g.identifier, a.originating_agency,
                         (select t.person_id from transfer t where t.transfer_id = a.transfer_id))
               order by a.taken_in_charge_at, o.object_id
               limit 1) kept"#,
        digests,
        scope.ways(),
        LOOKED_AT
    );
    let kept = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Kept {
        sha512: row.sha512,
        object_id: ObjectId(row.object_id),
        cote: row.cote,
        title: row.title,
    });
    Ok(kept.collect())
}
