//! Entering an archive in the catalogue: rows in batches, one statement a batch, inside the caller's transaction.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::question::Indexed;
use crate::db::{self, TenantTx};
use crate::model::{NamedFormat, Rules};

/// Rows of one statement: large enough to forget the round trip, small enough to stay in memory.
pub const BATCH: usize = 2_000;

/// An archive taken in charge.
pub struct NewArchive<'a> {
    pub archive_id: Uuid,
    pub transfer_id: Uuid,
    pub cote: &'a str,
    pub title: &'a str,
    pub agreement_id: Uuid,
    pub transferring_agency: &'a str,
    pub originating_agency: Option<&'a str>,
    pub size_bytes: u64,
    pub unit_count: u32,
    pub object_count: u32,
    pub taken_in_charge_at: DateTime<Utc>,
    /// Those that the message sets for all its units.
    pub rules: &'a Rules,
    /// Of the inventory that every copy must hold from now on (`migrations/0013_integrity.sql`).
    pub inventory_sha512: &'a [u8; 64],
}

/// Enters the archive itself.
pub async fn insert_archive(tx: &mut TenantTx, new: &NewArchive<'_>) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into archive (archive_id, transfer_id, cote, title, agreement_id, transferring_agency,
                              originating_agency, size_bytes, unit_count, object_count, taken_in_charge_at,
                              inventory_sha512, rules)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        new.archive_id,
        new.transfer_id,
        new.cote,
        new.title,
        new.agreement_id,
        new.transferring_agency,
        new.originating_agency,
        new.size_bytes as i64,
        new.unit_count as i32,
        new.object_count as i32,
        new.taken_in_charge_at,
        new.inventory_sha512.as_slice(),
        serde_json::to_value(new.rules).expect("strings")
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Copies written and read again: the site and the place of each.
pub async fn insert_copies(
    tx: &mut TenantTx,
    archive_id: Uuid,
    copies: impl IntoIterator<Item = (&str, &str)>,
    verified_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    let (sites, locations): (Vec<String>, Vec<String>) =
        copies.into_iter().map(|(site, location)| (site.to_owned(), location.to_owned())).unzip();
    sqlx::query!(
        "insert into copy (archive_id, site, location, verified_at)
         select $1, c.site, c.location, $4 from unnest($2::text[], $3::text[]) as c (site, location)",
        archive_id,
        &sites,
        &locations,
        verified_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An archive unit.
pub struct NewUnit {
    pub unit_id: Uuid,
    pub seda_id: String,
    pub root: bool,
    pub description_level: Option<String>,
    pub title: String,
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub content: Value,
    /// By which it is found.
    pub indexed: Indexed,
}

/// Rows from which an archive is large: the plans of the references to them are made again.
pub const LARGE: usize = 500;

/// Has the plans of this connection made again. References are checked by plans made once, when the table may have been
/// nearly empty, and each way to its rows as good as another: a large archive would read the table whole for each of its
/// rows (12 s for 10 000 units).
pub async fn plan_again(tx: &mut TenantTx) -> Result<(), db::Error> {
    sqlx::query!("discard plans").execute(tx.conn()).await?;
    Ok(())
}

/// Enters a batch of units, in their order from `first`, with the text by which they are found.
pub async fn insert_units(
    tx: &mut TenantTx,
    archive_id: Uuid,
    sorted_at: DateTime<Utc>,
    first: i32,
    units: Vec<NewUnit>,
) -> Result<(), db::Error> {
    let ordinals: Vec<i32> = (first..).take(units.len()).collect();
    let mut of = UnitColumns::default();
    units.into_iter().for_each(|unit| of.push(unit));
    sqlx::query!(
        "insert into unit (unit_id, archive_id, ordinal, seda_id, root, description_level, title, start_date,
                               end_date, content)
             select u.unit_id, $2, u.ordinal, u.seda_id, u.root, u.level, u.title, u.start_date, u.end_date, u.content
             from unnest($1::uuid[], $3::int[], $4::text[], $5::bool[], $6::text[], $7::text[], $8::text[],
                         $9::text[], $10::jsonb[])
                  as u (unit_id, ordinal, seda_id, root, level, title, start_date, end_date, content)",
        &of.ids,
        archive_id,
        &ordinals,
        &of.seda_ids,
        &of.roots,
        &of.levels as &[Option<String>],
        &of.titles,
        &of.starts as &[Option<String>],
        &of.ends as &[Option<String>],
        &of.contents
    )
    .execute(tx.conn())
    .await?;
    if first == 0 && of.ids.len() >= LARGE {
        plan_again(tx).await?;
    }
    insert_texts(tx, archive_id, sorted_at, &of).await
}

/// What the units are found by: their words, and lexemes of what they are and came under (`catalog::question`).
async fn insert_texts(
    tx: &mut TenantTx,
    archive_id: Uuid,
    sorted_at: DateTime<Utc>,
    of: &UnitColumns,
) -> Result<(), db::Error> {
    sqlx::query!(
        r"insert into unit_search (unit_id, sorted_at, text, title_key)
             select s.unit_id, $6,
                    setweight(to_tsvector('french_unaccented', s.title), 'A')
                        || to_tsvector('french_unaccented', s.rest)
                        || array_to_tsvector(string_to_array(s.lexemes, E'\n') || came.under),
                    s.key
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
                      as s (unit_id, title, rest, lexemes, key),
                  (select array['=i:' || a.archive_id, '=a:' || g.identifier, '=p:' || coalesce(a.originating_agency, '')]
                   from archive a join agreement g using (tenant_id, agreement_id)
                   where a.archive_id = $7) as came (under)",
        &of.ids,
        &of.indexed_titles,
        &of.rests,
        &of.lexemes,
        &of.keys,
        sorted_at,
        archive_id
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Units, value by value, as an insertion takes them.
#[derive(Default)]
struct UnitColumns {
    ids: Vec<Uuid>,
    seda_ids: Vec<String>,
    roots: Vec<bool>,
    levels: Vec<Option<String>>,
    titles: Vec<String>,
    starts: Vec<Option<String>>,
    ends: Vec<Option<String>>,
    contents: Vec<Value>,
    indexed_titles: Vec<String>,
    rests: Vec<String>,
    /// Of each, a line a lexeme.
    lexemes: Vec<String>,
    keys: Vec<String>,
}

impl UnitColumns {
    fn push(&mut self, unit: NewUnit) {
        self.ids.push(unit.unit_id);
        self.seda_ids.push(unit.seda_id);
        self.roots.push(unit.root);
        self.levels.push(unit.description_level);
        self.titles.push(unit.title);
        self.starts.push(unit.start_date);
        self.ends.push(unit.end_date);
        self.contents.push(unit.content);
        self.indexed_titles.push(unit.indexed.title);
        self.rests.push(unit.indexed.rest);
        self.lexemes.push(unit.indexed.lexemes.join("\n"));
        self.keys.push(unit.indexed.title_key);
    }
}

/// A unit right below another.
pub struct NewLink {
    pub parent_id: Uuid,
    pub child_id: Uuid,
    /// Of the child, in the manifest.
    pub ordinal: i32,
}

/// Links parents to children.
pub async fn insert_unit_links(
    tx: &mut TenantTx,
    mut links: impl Iterator<Item = NewLink> + Send,
) -> Result<(), db::Error> {
    loop {
        let (mut parents, mut children, mut ordinals) = (Vec::new(), Vec::new(), Vec::new());
        for link in links.by_ref().take(BATCH) {
            parents.push(link.parent_id);
            children.push(link.child_id);
            ordinals.push(link.ordinal);
        }
        if parents.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into unit_link (parent_id, child_id, ordinal)
             select * from unnest($1::uuid[], $2::uuid[], $3::int[])",
            &parents,
            &children,
            &ordinals
        )
        .execute(tx.conn())
        .await?;
    }
}

/// A binary object as stored.
pub struct NewObject {
    pub object_id: Uuid,
    pub seda_id: String,
    pub usage: Option<String>,
    pub file_name: String,
    pub content_path: String,
    pub size_bytes: u64,
    pub sha512: Vec<u8>,
    pub media_type: String,
    pub format_id: Option<String>,
    /// As it was found, what that rests on, by which signatures.
    pub format: Option<NamedFormat>,
    pub format_basis: Option<String>,
    pub format_signatures: Option<String>,
}

/// Enters the binary objects.
pub async fn insert_objects(
    tx: &mut TenantTx,
    archive_id: Uuid,
    objects: &[NewObject],
) -> Result<(), db::Error> {
    for objects in objects.chunks(BATCH) {
        let mut of = ObjectColumns::default();
        objects.iter().for_each(|object| of.push(object));
        sqlx::query!(
            "insert into binary_object (object_id, archive_id, seda_id, usage, file_name, content_path, size_bytes,
                                        sha512, media_type, format_id, puid, format_name, format_version,
                                        format_mime, format_basis, format_signatures)
             select o.object_id, $2, o.seda_id, o.usage, o.name, o.path, o.size, o.sha512, o.media_type, o.format_id,
                    o.puid, o.format_name, o.format_version, o.format_mime, o.basis, o.signatures
             from unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bytea[],
                         $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                         $16::text[])
                  as o (object_id, seda_id, usage, name, path, size, sha512, media_type, format_id, puid,
                        format_name, format_version, format_mime, basis, signatures)",
            &of.ids,
            archive_id,
            &of.seda_ids as &[&str],
            &of.usages as &[Option<&str>],
            &of.names as &[&str],
            &of.paths as &[&str],
            &of.sizes,
            &of.digests as &[&[u8]],
            &of.types as &[&str],
            &of.declared as &[Option<&str>],
            &of.puids as &[Option<&str>],
            &of.format_names as &[Option<&str>],
            &of.versions as &[Option<&str>],
            &of.mimes as &[Option<&str>],
            &of.bases as &[Option<&str>],
            &of.signatures as &[Option<&str>]
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Objects, value by value, as an insertion takes them.
#[derive(Default)]
struct ObjectColumns<'a> {
    ids: Vec<Uuid>,
    seda_ids: Vec<&'a str>,
    usages: Vec<Option<&'a str>>,
    names: Vec<&'a str>,
    paths: Vec<&'a str>,
    sizes: Vec<i64>,
    digests: Vec<&'a [u8]>,
    types: Vec<&'a str>,
    declared: Vec<Option<&'a str>>,
    puids: Vec<Option<&'a str>>,
    format_names: Vec<Option<&'a str>>,
    versions: Vec<Option<&'a str>>,
    mimes: Vec<Option<&'a str>>,
    bases: Vec<Option<&'a str>>,
    signatures: Vec<Option<&'a str>>,
}

impl<'a> ObjectColumns<'a> {
    fn push(&mut self, object: &'a NewObject) {
        self.ids.push(object.object_id);
        self.seda_ids.push(&object.seda_id);
        self.usages.push(object.usage.as_deref());
        self.names.push(&object.file_name);
        self.paths.push(&object.content_path);
        self.sizes.push(object.size_bytes as i64);
        self.digests.push(&object.sha512);
        self.types.push(&object.media_type);
        self.declared.push(object.format_id.as_deref());
        let format = object.format.as_ref();
        self.puids.push(format.map(|format| format.puid.as_str()));
        self.format_names.push(format.map(|format| format.name.as_str()));
        self.versions.push(format.map(|format| format.version.as_str()));
        self.mimes.push(format.map(|format| format.mime.as_str()));
        self.bases.push(object.format_basis.as_deref());
        self.signatures.push(object.format_signatures.as_deref());
    }
}

/// Links units to their objects.
pub async fn insert_unit_objects(tx: &mut TenantTx, links: &[(Uuid, Uuid)]) -> Result<(), db::Error> {
    for links in links.chunks(BATCH) {
        let (units, objects): (Vec<Uuid>, Vec<Uuid>) = links.iter().copied().unzip();
        sqlx::query!(
            "insert into unit_object (unit_id, object_id) select * from unnest($1::uuid[], $2::uuid[])",
            &units,
            &objects
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}
