//! What is read of the catalogue: one statement a function, nothing outside the scope given.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::{self, ArchiveRow, ObjectRow, UnitRow};
use super::{Archive, Copy, Object, Unit, UnitLine};
use crate::db::{self, TenantRead};
use crate::model::{ArchiveId, Content, ObjectId, Rules, Scope, TransferId, UnitId};

/// Units above a unit that are told, at most: a deeper one is cut at the top.
const ANCESTORS_MAX: i32 = 64;

/// The archive, if the scope reaches it.
pub async fn find_archive(
    tx: &mut TenantRead,
    scope: &Scope,
    id: ArchiveId,
) -> Result<Option<Archive>, db::Error> {
    let row = sqlx::query_as!(
        ArchiveRow,
        r#"select a.archive_id, a.cote, a.title, g.identifier as agreement, a.transferring_agency,
                  a.originating_agency, t.person_id as "depositor?", a.size_bytes, a.unit_count, a.object_count,
                  a.taken_in_charge_at
           from archive a join agreement g using (tenant_id, agreement_id)
           left join transfer t using (tenant_id, transfer_id)
           where a.archive_id = $1
             and ($2::jsonb is null or reached($2, g.identifier, a.originating_agency, t.person_id, a.archive_id))"#,
        id.0,
        scope.ways()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Archive::from))
}

/// What names an archive, for whoever proves it.
pub struct Identity {
    pub transfer_id: TransferId,
    pub cote: String,
    pub title: String,
    pub taken_in_charge_at: DateTime<Utc>,
    /// Of the inventory fixed at the taking in charge.
    pub inventory_sha512: Option<Vec<u8>>,
}

/// The archive's, if the tenant has it.
pub async fn identity_of(tx: &mut TenantRead, id: ArchiveId) -> Result<Option<Identity>, db::Error> {
    let row = sqlx::query!(
        "select transfer_id, cote, title, taken_in_charge_at, inventory_sha512 from archive where archive_id = $1",
        id.0
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| Identity {
        transfer_id: TransferId(row.transfer_id),
        cote: row.cote,
        title: row.title,
        taken_in_charge_at: row.taken_in_charge_at,
        inventory_sha512: row.inventory_sha512,
    }))
}

/// The transfer that the archive was.
pub async fn transfer_of(tx: &mut TenantRead, id: ArchiveId) -> Result<Option<TransferId>, db::Error> {
    let transfer = sqlx::query_scalar!("select transfer_id from archive where archive_id = $1", id.0);
    Ok(transfer.fetch_optional(tx.conn()).await?.map(TransferId))
}

/// Where the archive lies, site by site.
pub async fn copies_of(tx: &mut TenantRead, id: ArchiveId) -> Result<Vec<Copy>, db::Error> {
    let copies = sqlx::query_as!(
        Copy,
        "select site, location, verified_at from copy where archive_id = $1 order by site",
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(copies)
}

/// The archive of a cote.
pub async fn archive_of_cote(tx: &mut TenantRead, cote: &str) -> Result<Option<ArchiveId>, db::Error> {
    let found = sqlx::query_scalar!("select archive_id from archive where cote = $1", cote);
    Ok(found.fetch_optional(tx.conn()).await?.map(ArchiveId))
}

/// The first root of an archive: where its tree is entered.
pub async fn first_root(tx: &mut TenantRead, id: ArchiveId) -> Result<Option<UnitId>, db::Error> {
    let root = sqlx::query_scalar!(
        "select unit_id from unit where archive_id = $1 and root order by ordinal limit 1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(root.map(UnitId))
}

/// The unit with its description, if the tenant has it. Its archive tells whether the scope reaches it.
pub async fn find_unit(tx: &mut TenantRead, id: UnitId) -> Result<Option<Unit>, db::Error> {
    let Some(line) = lines(tx, &[id.0]).await?.pop() else { return Ok(None) };
    let row = sqlx::query!("select seda_id, content from unit where unit_id = $1", id.0)
        .fetch_one(tx.conn())
        .await?;
    rows::unit(line, row.seda_id, row.content).map(Some)
}

/// Lines of these units, in the order given; those that the tenant does not have are left out.
pub(super) async fn lines(tx: &mut TenantRead, ids: &[Uuid]) -> Result<Vec<UnitLine>, db::Error> {
    let rows = sqlx::query_as!(
        UnitRow,
        r#"select u.unit_id, u.archive_id, a.cote, a.originating_agency as archive_originating_agency,
                  a.taken_in_charge_at, u.ordinal, u.root, u.description_level, u.title, u.start_date, u.end_date,
                  u.content #>> '{content,originating_agency}' as originating_agency,
                  exists (select from unit_link l where l.tenant_id = u.tenant_id and l.parent_id = u.unit_id)
                      as "has_children!",
                  (select count(*) from unit_object o where o.tenant_id = u.tenant_id and o.unit_id = u.unit_id)
                      as "object_count!"
           from unnest($1::uuid[]) with ordinality as wanted (unit_id, place)
           join unit u using (unit_id)
           join archive a using (tenant_id, archive_id)
           order by wanted.place"#,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(UnitLine::from).collect())
}

/// The descriptions of these units, of those that the tenant has.
pub async fn contents_of(tx: &mut TenantRead, ids: &[UnitId]) -> Result<HashMap<UnitId, Content>, db::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select unit_id, content -> 'content' as "content!" from unit where unit_id = any($1)"#,
        &ids
    );
    let each = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let content = serde_json::from_value(row.content).map_err(|error| db::Error::row("unit", error))?;
        Ok((UnitId(row.unit_id), content))
    });
    each.collect()
}

/// At most `most` units right below this one, in the manifest's order, after the one of this ordinal.
pub async fn children(
    tx: &mut TenantRead,
    id: UnitId,
    after: Option<u32>,
    most: u32,
) -> Result<Vec<UnitLine>, db::Error> {
    let ids = sqlx::query_scalar!(
        "select l.child_id
         from unit_link l
         where l.parent_id = $1 and l.ordinal > $2
         order by l.ordinal
         limit $3",
        id.0,
        after.map_or(-1, |ordinal| i32::try_from(ordinal).unwrap_or(i32::MAX)),
        i64::from(most)
    )
    .fetch_all(tx.conn())
    .await?;
    lines(tx, &ids).await
}

/// Units right above this one, in the manifest's order.
pub async fn parents(tx: &mut TenantRead, id: UnitId) -> Result<Vec<UnitLine>, db::Error> {
    let ids = sqlx::query_scalar!(
        "select u.unit_id
         from unit_link l join unit u on u.tenant_id = l.tenant_id and u.unit_id = l.parent_id
         where l.child_id = $1
         order by u.ordinal
         limit $2",
        id.0,
        UNITS_MAX as i64
    )
    .fetch_all(tx.conn())
    .await?;
    lines(tx, &ids).await
}

/// The way from a root down to right above this unit, by the first parent each time.
pub async fn ancestors(tx: &mut TenantRead, id: UnitId) -> Result<Vec<UnitLine>, db::Error> {
    let ids = sqlx::query_scalar!(
        r#"with recursive above (unit_id, height) as (
               select $1::uuid, 0
               union all
               select (select l.parent_id
                       from unit_link l join unit u on u.tenant_id = l.tenant_id and u.unit_id = l.parent_id
                       where l.child_id = above.unit_id
                       order by u.ordinal limit 1), height + 1
               from above
               where above.unit_id is not null and height < $2
           )
           select unit_id as "unit_id!" from above where height > 0 and unit_id is not null order by height desc"#,
        id.0,
        ANCESTORS_MAX
    )
    .fetch_all(tx.conn())
    .await?;
    lines(tx, &ids).await
}

/// What says when a unit opens.
#[derive(Clone, Debug)]
pub struct Ruled {
    pub unit_id: Uuid,
    pub parents: Vec<Uuid>,
    /// Lexical form.
    pub end_date: Option<String>,
    pub rules: Rules,
}

/// Rules for a whole archive; `None`: not kept.
pub async fn rules_of(tx: &mut TenantRead, id: ArchiveId) -> Result<Option<Rules>, db::Error> {
    let rules = sqlx::query_scalar!("select rules from archive where archive_id = $1", id.0)
        .fetch_optional(tx.conn())
        .await?;
    rules.flatten().map(|rules| read_rules("archive", rules)).transpose()
}

/// These units and all that is above them, at most `most`.
pub async fn ruled(tx: &mut TenantRead, ids: &[Uuid], most: i64) -> Result<Vec<Ruled>, db::Error> {
    let rows = sqlx::query!(
        r#"with recursive above (unit_id, parents) as (
               select w.unit_id, array(select l.parent_id from unit_link l where l.child_id = w.unit_id)
               from unnest($1::uuid[]) as w (unit_id)
               union
               select p.unit_id, array(select l.parent_id from unit_link l where l.child_id = p.unit_id)
               from (select distinct unnest(above.parents) as unit_id from above) as p
           )
           select u.unit_id, u.end_date, u.content -> 'rules' as rules, above.parents as "parents!"
           from (select * from above limit $2) above join unit u using (unit_id)"#,
        ids,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(|row| Ruled::read(row.unit_id, row.parents, row.end_date, row.rules)).collect()
}

impl Ruled {
    /// As the catalogue has it; a unit without rules of its own may have none written.
    pub(super) fn read(
        unit_id: Uuid,
        parents: Vec<Uuid>,
        end_date: Option<String>,
        rules: Option<serde_json::Value>,
    ) -> Result<Self, db::Error> {
        let rules = rules.map_or_else(|| Ok(Rules::default()), |rules| read_rules("unit", rules))?;
        Ok(Self { unit_id, parents, end_date, rules })
    }
}

/// Rules as a row has them.
pub(super) fn read_rules(table: &'static str, json: serde_json::Value) -> Result<Rules, db::Error> {
    serde_json::from_value(json).map_err(|error| db::Error::Row { table, reason: error.to_string() })
}

/// What is right above each of these units.
pub(super) async fn parents_of_each(
    tx: &mut TenantRead,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>, db::Error> {
    let rows = sqlx::query!("select child_id, parent_id from unit_link where child_id = any($1)", ids)
        .fetch_all(tx.conn())
        .await?;
    let mut each: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    rows.into_iter().for_each(|row| each.entry(row.child_id).or_default().push(row.parent_id));
    Ok(each)
}

/// Formats of the files of each of these units, by PUID and name; an empty PUID: not recognised.
pub(super) async fn formats_of_each(
    tx: &mut TenantRead,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(String, String)>>, db::Error> {
    let held = sqlx::query!("select unit_id, object_id from unit_object where unit_id = any($1)", ids)
        .fetch_all(tx.conn())
        .await?;
    let objects: Vec<Uuid> = held.iter().map(|row| row.object_id).collect();
    let rows = sqlx::query!(
        r#"select object_id, coalesce(puid, '') as "puid!",
                  coalesce(nullif(concat_ws(' ', format_name, nullif(format_version, '')), ''), '') as "name!"
           from binary_object where object_id = any($1)"#,
        &objects
    )
    .fetch_all(tx.conn())
    .await?;
    let named: HashMap<Uuid, (String, String)> =
        rows.into_iter().map(|row| (row.object_id, (row.puid, row.name))).collect();
    let mut each: HashMap<Uuid, Vec<(String, String)>> = HashMap::new();
    for row in held {
        let (of, Some(format)) = (each.entry(row.unit_id).or_default(), named.get(&row.object_id)) else {
            continue;
        };
        if !of.contains(format) {
            of.push(format.clone());
        }
    }
    Ok(each)
}

/// At most `most` files of this unit, by name, after the one named.
pub async fn objects_of(
    tx: &mut TenantRead,
    id: UnitId,
    after: Option<(&str, ObjectId)>,
    most: u32,
) -> Result<Vec<Object>, db::Error> {
    let rows = sqlx::query_as!(
        ObjectRow,
        "select o.object_id, o.archive_id, o.seda_id, o.usage, o.file_name, o.content_path, o.size_bytes, o.sha512,
                o.media_type, o.format_id, o.puid, o.format_name, o.format_version, o.format_mime, o.format_basis,
                o.format_signatures
         from unit_object l join binary_object o using (tenant_id, object_id)
         where l.unit_id = $1 and ($2::text is null or (o.file_name, o.object_id) > ($2, $3))
         order by o.file_name, o.object_id
         limit $4",
        id.0,
        after.map(|(name, _)| name),
        after.map(|(_, id)| id.0),
        i64::from(most)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Object::from).collect())
}

/// The file, if the tenant has it. Its archive tells whether the scope reaches it.
pub async fn find_object(tx: &mut TenantRead, id: ObjectId) -> Result<Option<Object>, db::Error> {
    let row = sqlx::query_as!(
        ObjectRow,
        "select object_id, archive_id, seda_id, usage, file_name, content_path, size_bytes, sha512, media_type,
                format_id, puid, format_name, format_version, format_mime, format_basis, format_signatures
         from binary_object where object_id = $1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Object::from))
}

/// Units told of a file, at most.
pub const UNITS_MAX: usize = 100;

/// Units described by this file, in the manifest's order.
pub async fn units_of(tx: &mut TenantRead, id: ObjectId) -> Result<Vec<UnitLine>, db::Error> {
    let ids = sqlx::query_scalar!(
        "select u.unit_id
         from unit_object l join unit u using (tenant_id, unit_id)
         where l.object_id = $1
         order by u.ordinal
         limit 100",
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    lines(tx, &ids).await
}

/// The digest of each object of an archive, in no order.
pub async fn object_digests(tx: &mut TenantRead, archive: ArchiveId) -> Result<Vec<Vec<u8>>, db::Error> {
    let digests = sqlx::query_scalar!("select sha512 from binary_object where archive_id = $1", archive.0);
    Ok(digests.fetch_all(tx.conn()).await?)
}
