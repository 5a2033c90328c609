//! What is held at the end of a day, counted from the archives and their copies: one statement a function.

use chrono::{DateTime, Utc};

use crate::db::{self, TenantRead};
use crate::model::Scope;

/// What is held under an agreement, of the year in which it was taken in charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub agreement: String,
    pub name: String,
    /// Of Paris.
    pub year: i32,
    pub archives: i64,
    pub objects: i64,
    pub bytes: i64,
}

/// The copies of these on a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnSite {
    pub site: String,
    pub copies: i64,
    pub bytes: i64,
    /// The reading that is the oldest.
    pub verified_from: DateTime<Utc>,
    /// Those of which an incident is open.
    pub wrong: i64,
}

/// What the scope reaches of the archives taken in charge before a moment, by agreement and year.
pub async fn held(tx: &mut TenantRead, scope: &Scope, until: DateTime<Utc>) -> Result<Vec<Held>, db::Error> {
    let held = sqlx::query_as!(
        Held,
        r#"select g.identifier as agreement, g.name,
                  extract(year from a.taken_in_charge_at at time zone 'Europe/Paris')::integer as "year!",
                  count(*) as "archives!", sum(a.object_count)::bigint as "objects!", sum(a.size_bytes)::bigint as "bytes!"
           from archive a join agreement g using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
           where a.taken_in_charge_at < $1
             and ($2::jsonb is null or reached($2, g.identifier, a.originating_agency, t.person_id, a.archive_id))
           group by 1, 2, 3 order by 2, 1, 3"#,
        until,
        scope.ways()
    );
    Ok(held.fetch_all(tx.conn()).await?)
}

/// The copies of the same archives, site by site.
pub async fn on_sites(
    tx: &mut TenantRead,
    scope: &Scope,
    until: DateTime<Utc>,
) -> Result<Vec<OnSite>, db::Error> {
    let sites = sqlx::query_as!(
        OnSite,
        r#"select c.site, count(*) as "copies!", sum(a.size_bytes)::bigint as "bytes!",
                  min(c.verified_at) as "verified_from!",
                  count(*) filter (where exists (
                      select from incident i where i.tenant_id = c.tenant_id and i.archive_id = c.archive_id
                        and i.site = c.site and i.state in ('open', 'no_good_copy') and not i.withdrawn)) as "wrong!"
           from copy c join archive a using (tenant_id, archive_id)
           join agreement g using (tenant_id, agreement_id) join transfer t using (tenant_id, transfer_id)
           where a.taken_in_charge_at < $1
             and ($2::jsonb is null or reached($2, g.identifier, a.originating_agency, t.person_id, a.archive_id))
           group by c.site order by c.site"#,
        until,
        scope.ways()
    );
    Ok(sites.fetch_all(tx.conn()).await?)
}

/// The member's name and SIREN.
pub async fn member(tx: &mut TenantRead) -> Result<Option<(String, String)>, db::Error> {
    let row = sqlx::query!("select name, siren from member");
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.name, row.siren)))
}
