//! Archive profiles and their versions, read.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Profile, ProfileVersion};
use crate::db::{Error, TenantRead};
use crate::model::ProfileId;

struct ProfileRow {
    profile_id: Uuid,
    identifier: String,
    name: String,
    notice: String,
    state: String,
    version: i32,
    file_name: String,
    size_bytes: i32,
    sha512: Vec<u8>,
    seda_version: Option<String>,
    imported_at: DateTime<Utc>,
    imported_by: Option<String>,
    agreements: Vec<String>,
}

impl From<ProfileRow> for Profile {
    fn from(row: ProfileRow) -> Self {
        Profile {
            profile_id: ProfileId(row.profile_id),
            identifier: row.identifier,
            name: row.name,
            notice: row.notice,
            active: row.state == "active",
            in_force: ProfileVersion {
                version: row.version.unsigned_abs(),
                file_name: row.file_name,
                size_bytes: row.size_bytes.unsigned_abs().into(),
                sha512: row.sha512,
                seda_version: row.seda_version,
                imported_at: row.imported_at,
                imported_by: row.imported_by,
            },
            agreements: row.agreements,
        }
    }
}

/// Every profile of the member, by name.
pub async fn profiles(tx: &mut TenantRead) -> Result<Vec<Profile>, Error> {
    select_profiles(tx, None, None).await
}

/// The profile, if this tenant has it.
pub async fn find_profile(tx: &mut TenantRead, id: ProfileId) -> Result<Option<Profile>, Error> {
    Ok(select_profiles(tx, Some(id), None).await?.pop())
}

/// The profile that manifests declare so, in use or not.
pub async fn find_profile_named(tx: &mut TenantRead, identifier: &str) -> Result<Option<Profile>, Error> {
    Ok(select_profiles(tx, None, Some(identifier)).await?.pop())
}

async fn select_profiles(
    tx: &mut TenantRead,
    id: Option<ProfileId>,
    identifier: Option<&str>,
) -> Result<Vec<Profile>, Error> {
    let rows = sqlx::query_as!(
        ProfileRow,
        r#"select p.profile_id, p.identifier, p.name, p.notice, p.state, p.version, v.file_name, v.size_bytes, v.sha512,
                  v.seda_version, v.imported_at, w.display_name as "imported_by?",
                  array(select a.identifier from agreement_profile ap join agreement a using (tenant_id, agreement_id)
                        where ap.tenant_id = p.tenant_id and ap.profile_id = p.profile_id
                        order by a.identifier) as "agreements!"
           from profile p join profile_version v using (tenant_id, profile_id, version)
           left join platform.person w on w.person_id = v.imported_by
           where ($1::uuid is null or p.profile_id = $1) and ($2::text is null or p.identifier = $2)
           order by p.name, p.identifier"#,
        id.map(|id| id.0),
        identifier
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(Profile::from).collect())
}

/// The versions of a profile, newest first.
pub async fn profile_versions(tx: &mut TenantRead, id: ProfileId) -> Result<Vec<ProfileVersion>, Error> {
    let rows = sqlx::query!(
        r#"select v.version, v.file_name, v.size_bytes, v.sha512, v.seda_version, v.imported_at,
                  w.display_name as "imported_by?"
           from profile_version v left join platform.person w on w.person_id = v.imported_by
           where v.profile_id = $1 order by v.version desc"#,
        id.0
    );
    let versions = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| ProfileVersion {
        version: row.version.unsigned_abs(),
        file_name: row.file_name,
        size_bytes: row.size_bytes.unsigned_abs().into(),
        sha512: row.sha512,
        seda_version: row.seda_version,
        imported_at: row.imported_at,
        imported_by: row.imported_by,
    });
    Ok(versions.collect())
}

/// The file of one version.
pub async fn find_rng(tx: &mut TenantRead, id: ProfileId, version: u32) -> Result<Option<Vec<u8>>, Error> {
    let rng = sqlx::query_scalar!(
        "select rng from profile_version where profile_id = $1 and version = $2",
        id.0,
        i32::try_from(version).unwrap_or(0)
    );
    Ok(rng.fetch_optional(tx.conn()).await?)
}
