//! Units of an archive, the links between them, and the text by which they are found.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{BATCH, LARGE, plan_again};
use crate::catalog::question::Indexed;
use crate::db::{self, TenantTx};

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

/// Enters a batch of units, in their order from `first`, with the text by which they are found.
pub async fn insert_units(
    tx: &mut TenantTx,
    archive_id: Uuid,
    sorted_at: DateTime<Utc>,
    stretch: i32,
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
    insert_texts(tx, archive_id, sorted_at, stretch, &of).await
}

/// What the units are found by: their words, and lexemes of what they are and came under (`catalog::question`).
async fn insert_texts(
    tx: &mut TenantTx,
    archive_id: Uuid,
    sorted_at: DateTime<Utc>,
    stretch: i32,
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
                  (select array['=i:' || a.archive_id, '=a:' || g.identifier, '=p:' || coalesce(a.originating_agency, ''),
                                '=e:' || $8::int]
                   from archive a join agreement g using (tenant_id, agreement_id)
                   where a.archive_id = $7) as came (under)",
        &of.ids,
        &of.indexed_titles,
        &of.rests,
        &of.lexemes,
        &of.keys,
        sorted_at,
        archive_id,
        stretch
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Units of a stretch from which the next one begins (`migrations/0062_search_stretches.sql`).
const STRETCH: i64 = 16_384;

/// The stretch that the units of an archive are entered in: the last one while it has room.
pub async fn stretch(tx: &mut TenantTx) -> Result<i32, db::Error> {
    let last = sqlx::query!("select number, units from search_stretch order by number desc limit 1")
        .fetch_optional(tx.conn())
        .await?;
    Ok(last.map_or(0, |last| if last.units < STRETCH { last.number } else { last.number + 1 }))
}

/// Counts an archive's units in their stretch. After them all: whoever enters another archive waits for this row.
pub async fn count_in_stretch(
    tx: &mut TenantTx,
    stretch: i32,
    units: u32,
    sorted_at: DateTime<Utc>,
) -> Result<(), db::Error> {
    sqlx::query!(
        "insert into search_stretch (number, units, oldest_at, newest_at) values ($1, $2, $3, $3)
         on conflict (tenant_id, number) do update
         set units = search_stretch.units + excluded.units,
             oldest_at = least(search_stretch.oldest_at, excluded.oldest_at),
             newest_at = greatest(search_stretch.newest_at, excluded.newest_at)",
        stretch,
        i64::from(units),
        sorted_at
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
