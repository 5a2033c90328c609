//! What is given of a part of an archive: the units of a branch, what they say, the files they describe.

use uuid::Uuid;

use super::Unit;
use super::queries::{self, lines};
use super::rows;
use crate::catalog::Object;
use crate::db::{self, TenantRead};
use crate::model::{ObjectId, UnitId};

/// A unit of a branch, and those of the branch right above it.
#[derive(Clone, Debug)]
pub struct Below {
    pub unit_id: Uuid,
    pub ordinal: i32,
    pub parents: Vec<Uuid>,
}

/// A unit and all that is under it, at most `most`, in the manifest's order; a unit with several parents once.
pub async fn branch(tx: &mut TenantRead, id: UnitId, most: i64) -> Result<Vec<Below>, db::Error> {
    let rows = sqlx::query_as!(
        Below,
        r#"with recursive below (unit_id) as (
               select $1::uuid
               union
               select l.child_id from below join unit_link l on l.parent_id = below.unit_id
           ), bounded as (select unit_id from below limit $2)
           select u.unit_id, u.ordinal,
                  array(select l.parent_id from unit_link l where l.tenant_id = u.tenant_id and l.child_id = u.unit_id)
                      as "parents!"
           from bounded b join unit u on u.unit_id = b.unit_id
           order by u.ordinal"#,
        id.0,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// These units with what they say, in the order given.
pub async fn units(tx: &mut TenantRead, ids: &[Uuid]) -> Result<Vec<Unit>, db::Error> {
    let kept = sqlx::query!(
        "select u.seda_id, u.content
         from unnest($1::uuid[]) with ordinality as wanted (unit_id, place) join unit u using (unit_id)
         order by wanted.place",
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let lines = lines(tx, ids).await?;
    lines.into_iter().zip(kept).map(|(line, row)| rows::unit(line, row.seda_id, row.content)).collect()
}

/// A file of a branch, with every unit that describes it, whether of the branch or not.
#[derive(Clone, Debug)]
pub struct Described {
    pub object_id: ObjectId,
    pub size_bytes: u64,
    pub units: Vec<Uuid>,
}

/// The files that these units describe, at most `most`.
pub async fn described(tx: &mut TenantRead, units: &[Uuid], most: i64) -> Result<Vec<Described>, db::Error> {
    let rows = sqlx::query!(
        r#"select o.object_id, o.size_bytes,
                  array(select a.unit_id from unit_object a
                        where a.tenant_id = o.tenant_id and a.object_id = o.object_id limit 1000) as "units!"
           from (select distinct l.object_id
                 from unnest($1::uuid[]) as wanted (unit_id) join unit_object l on l.unit_id = wanted.unit_id
                 order by l.object_id limit $2) l
           join binary_object o on o.object_id = l.object_id
           order by o.object_id"#,
        units,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let described = rows.into_iter().map(|row| Described {
        object_id: ObjectId(row.object_id),
        size_bytes: row.size_bytes as u64,
        units: row.units,
    });
    Ok(described.collect())
}

/// A file whole.
pub async fn object(tx: &mut TenantRead, id: ObjectId) -> Result<Option<Object>, db::Error> {
    queries::find_object(tx, id).await
}

/// The archival agency of the agreement that an archive came under, by its identifier.
pub async fn archival_agency(tx: &mut TenantRead, archive: Uuid) -> Result<Option<String>, db::Error> {
    let agency = sqlx::query_scalar!(
        "select p.identifier
         from archive a
         join agreement g using (tenant_id, agreement_id)
         join party p on p.tenant_id = g.tenant_id and p.party_id = g.archival_agency
         where a.archive_id = $1",
        archive
    );
    Ok(agency.fetch_optional(tx.conn()).await?)
}
