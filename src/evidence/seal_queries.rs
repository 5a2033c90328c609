//! Seals and the trees under them, row by row.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::TenantId;
use crate::proof::merkle::Hash;
use crate::proof::tiles::Full;

/// A seal as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSeal {
    pub number: i64,
    /// Canonical JSON.
    pub record: String,
    /// The checkpoint, signed.
    pub note: String,
}

fn hash(table: &'static str, bytes: Vec<u8>) -> Result<Hash, Error> {
    bytes.try_into().map_err(|_| Error::row(table, "empreinte"))
}

/// The member's last seal.
pub async fn last_seal(tx: &mut TenantRead) -> Result<Option<KeptSeal>, Error> {
    let seal =
        sqlx::query_as!(KeptSeal, "select number, record, note from seal order by number desc limit 1");
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// The member's last seal of that day.
pub async fn seal_of_day(tx: &mut TenantRead, day: NaiveDate) -> Result<Option<KeptSeal>, Error> {
    let seal = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from seal where day = $1 order by number desc limit 1",
        day
    );
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// The member's first seal of `size` entries or more.
pub async fn seal_over(tx: &mut TenantRead, size: i64) -> Result<Option<KeptSeal>, Error> {
    let seal = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from seal where size >= $1 order by number limit 1",
        size
    );
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// The member's last seal that covers no entry after the one numbered `size`.
pub async fn last_seal_within(tx: &mut TenantRead, size: i64) -> Result<Option<KeptSeal>, Error> {
    let seal = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from seal where size <= $1 order by number desc limit 1",
        size
    );
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// At most `most` seals of the member after the one numbered `after`, in order.
pub async fn seals_after(tx: &mut TenantRead, after: i64, most: i64) -> Result<Vec<KeptSeal>, Error> {
    let seals = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from seal where number > $1 order by number limit $2",
        after,
        most
    );
    Ok(seals.fetch_all(tx.conn()).await?)
}

/// Keeps a seal of the member's; refused (`seal_pkey`) when another process made the same one.
pub async fn insert_seal(tx: &mut TenantTx, seal: &KeptSeal, day: NaiveDate, size: i64) -> Result<(), Error> {
    let (number, record, note) = (seal.number, &seal.record, &seal.note);
    sqlx::query!(
        "insert into seal (number, day, size, record, note) values ($1, $2, $3, $4, $5)",
        number,
        day,
        size,
        record,
        note
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Hashes of the member's entries numbered `from + 1` and on, `count` at most.
pub(super) async fn entry_hashes(tx: &mut TenantRead, from: i64, count: i64) -> Result<Vec<Hash>, Error> {
    let rows = sqlx::query_scalar!(
        "select hash from event where seq > $1 and seq <= $1 + $2 order by seq",
        from,
        count
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(|bytes| hash("event", bytes)).collect()
}

/// Roots of the member's full tiles of a level, from the index `from`, `count` at most.
pub(super) async fn tile_roots(
    tx: &mut TenantRead,
    level: i16,
    from: i64,
    count: i64,
) -> Result<Vec<Hash>, Error> {
    let rows = sqlx::query_scalar!(
        "select root from log_tile where level = $1 and index >= $2 and index < $2 + $3 order by index",
        level,
        from,
        count
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(|bytes| hash("log_tile", bytes)).collect()
}

/// Columns of tiles to insert.
pub(super) struct Columns {
    level: Vec<i16>,
    index: Vec<i64>,
    root: Vec<Vec<u8>>,
}

impl Columns {
    fn of(tiles: &[Full]) -> Self {
        Self {
            level: tiles.iter().map(|tile| i16::from(tile.level)).collect(),
            index: tiles.iter().map(|tile| tile.index.cast_signed()).collect(),
            root: tiles.iter().map(|tile| tile.root.to_vec()).collect(),
        }
    }
}

/// Keeps the roots of tiles that are full from now on.
pub async fn insert_tiles(tx: &mut TenantTx, tiles: &[Full]) -> Result<(), Error> {
    let Columns { level, index, root } = Columns::of(tiles);
    sqlx::query!(
        "insert into log_tile (level, index, root)
         select * from unnest($1::smallint[], $2::bigint[], $3::bytea[]) on conflict do nothing",
        &level,
        &index,
        &root
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

// The platform's log.

/// The last seal of each member that the platform's log has: number by tenant.
pub async fn gathered(tx: &mut Technical) -> Result<Vec<(TenantId, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select tenant_id, max(number) as "number!" from platform.seal_leaf group by tenant_id"#
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (TenantId::from_row(row.tenant_id), row.number)).collect())
}

/// Adds a leaf at the end of the platform's log; refused when another process added one meanwhile.
pub async fn insert_leaf(
    tx: &mut Technical,
    tenant: TenantId,
    number: i64,
    data: &Hash,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.seal_leaf (position, tenant_id, number, data)
         select coalesce(max(position) + 1, 0), $1, $2, $3 from platform.seal_leaf",
        tenant.as_uuid(),
        number,
        data.as_slice()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Where a member's seal stands in the platform's log.
pub async fn position(tx: &mut Technical, tenant: TenantId, number: i64) -> Result<Option<i64>, Error> {
    let position = sqlx::query_scalar!(
        "select position from platform.seal_leaf where tenant_id = $1 and number = $2",
        tenant.as_uuid(),
        number
    );
    Ok(position.fetch_optional(tx.conn()).await?)
}

/// Data of the platform's leaves from `from`, `count` at most.
pub async fn leaves(tx: &mut Technical, from: i64, count: i64) -> Result<Vec<Hash>, Error> {
    let rows = sqlx::query_scalar!(
        "select data from platform.seal_leaf where position >= $1 and position < $1 + $2 order by position",
        from,
        count
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(|bytes| hash("seal_leaf", bytes)).collect()
}

pub(super) async fn platform_tile_roots(
    tx: &mut Technical,
    level: i16,
    from: i64,
    count: i64,
) -> Result<Vec<Hash>, Error> {
    let rows = sqlx::query_scalar!(
        "select root from platform.log_tile where level = $1 and index >= $2 and index < $2 + $3 order by index",
        level,
        from,
        count
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(|bytes| hash("log_tile", bytes)).collect()
}

/// As [`insert_tiles`], of the platform's log.
pub async fn insert_platform_tiles(tx: &mut Technical, tiles: &[Full]) -> Result<(), Error> {
    let Columns { level, index, root } = Columns::of(tiles);
    sqlx::query!(
        "insert into platform.log_tile (level, index, root)
         select * from unnest($1::smallint[], $2::bigint[], $3::bytea[]) on conflict do nothing",
        &level,
        &index,
        &root
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The platform's last seal.
pub async fn last_platform_seal(tx: &mut Technical) -> Result<Option<KeptSeal>, Error> {
    let seal = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from platform.seal order by number desc limit 1"
    );
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// The platform's last seal of that day.
pub async fn platform_seal_of_day(tx: &mut Technical, day: NaiveDate) -> Result<Option<KeptSeal>, Error> {
    let seal = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from platform.seal where day = $1 order by number desc limit 1",
        day
    );
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// The platform's first seal of `size` leaves or more.
pub async fn platform_seal_over(tx: &mut Technical, size: i64) -> Result<Option<KeptSeal>, Error> {
    let seal = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from platform.seal where size >= $1 order by number limit 1",
        size
    );
    Ok(seal.fetch_optional(tx.conn()).await?)
}

/// At most `most` seals of the platform after the one numbered `after`, in order.
pub async fn platform_seals_after(tx: &mut Technical, after: i64, most: i64) -> Result<Vec<KeptSeal>, Error> {
    let seals = sqlx::query_as!(
        KeptSeal,
        "select number, record, note from platform.seal where number > $1 order by number limit $2",
        after,
        most
    );
    Ok(seals.fetch_all(tx.conn()).await?)
}

/// Keeps a seal of the platform's; refused (`seal_pkey`) when another process made the same one.
pub async fn insert_platform_seal(
    tx: &mut Technical,
    seal: &KeptSeal,
    at: DateTime<Utc>,
    size: i64,
) -> Result<(), Error> {
    let (number, record, note) = (seal.number, &seal.record, &seal.note);
    sqlx::query!(
        "insert into platform.seal (number, day, at, size, record, note) values ($1, $2, $3, $4, $5, $6)",
        number,
        at.date_naive(),
        at,
        size,
        record,
        note
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How the sealing of a log stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealState {
    pub tenant: TenantId,
    pub number: i64,
    pub sealed_at: Option<DateTime<Utc>>,
    pub trouble: Option<String>,
    pub trouble_since: Option<DateTime<Utc>>,
}

/// How the sealing of every log stands.
pub async fn seal_states(tx: &mut Technical) -> Result<Vec<SealState>, Error> {
    let rows = sqlx::query!(
        "select tenant_id, number, sealed_at, trouble, trouble_since from platform.seal_state order by tenant_id"
    );
    let states = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| SealState {
        tenant: TenantId::from_row(row.tenant_id),
        number: row.number,
        sealed_at: row.sealed_at,
        trouble: row.trouble,
        trouble_since: row.trouble_since,
    });
    Ok(states.collect())
}

/// Says that a log was sealed.
pub async fn note_sealed(
    tx: &mut Technical,
    tenant: TenantId,
    number: i64,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.seal_state as s (tenant_id, number, sealed_at) values ($1, $2, $3)
         on conflict (tenant_id) do update set number = $2, sealed_at = $3, trouble = null, trouble_since = null
         where s.number <= $2",
        tenant.as_uuid(),
        number,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Says why a log was not sealed; whether that is new.
pub async fn note_trouble(
    tx: &mut Technical,
    tenant: TenantId,
    trouble: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let since = sqlx::query_scalar!(
        r#"insert into platform.seal_state as s (tenant_id, number, trouble, trouble_since) values ($1, 0, $2, $3)
           on conflict (tenant_id) do update set trouble = $2, trouble_since = coalesce(s.trouble_since, $3)
           returning trouble_since as "since!""#,
        tenant.as_uuid(),
        trouble,
        at
    );
    Ok(since.fetch_one(tx.conn()).await? == at)
}

/// How far each log is published on each site: tenant, site, number, when.
pub async fn seal_copies(tx: &mut Technical) -> Result<Vec<(TenantId, String, i64, DateTime<Utc>)>, Error> {
    let rows =
        sqlx::query!("select tenant_id, site, number, published_at from platform.seal_copy order by site");
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (TenantId::from_row(row.tenant_id), row.site, row.number, row.published_at)).collect())
}

/// Says how far a log is published on a site.
pub async fn note_published(
    tx: &mut Technical,
    tenant: Uuid,
    site: &str,
    number: i64,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.seal_copy (tenant_id, site, number, published_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, site) do update set number = $3, published_at = $4",
        tenant,
        site,
        number,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
