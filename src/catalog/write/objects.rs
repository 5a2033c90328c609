//! Binary objects of an archive, and which units they are of.

use uuid::Uuid;

use super::BATCH;
use crate::db::{self, TenantTx};
use crate::model::NamedFormat;

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
