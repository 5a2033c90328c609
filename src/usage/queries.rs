//! What was measured, read.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{AgreementDay, Amount, DayTotal};
use crate::db::{Error, TenantRead};

/// The days measured from `first` to `last`, in their order.
pub async fn days(tx: &mut TenantRead, first: NaiveDate, last: NaiveDate) -> Result<Vec<DayTotal>, Error> {
    let rows = sqlx::query!(
        r#"select d.day, d.late,
                  coalesce(sum(a.archives), 0)::bigint as "archives!", coalesce(sum(a.objects), 0)::bigint as "objects!",
                  coalesce(sum(a.bytes), 0)::bigint as "bytes!", coalesce(sum(a.came), 0)::bigint as "came!",
                  coalesce(sum(a.came_objects), 0)::bigint as "came_objects!",
                  coalesce(sum(a.came_bytes), 0)::bigint as "came_bytes!",
                  coalesce(sum(a.refused), 0)::bigint as "refused!",
                  coalesce((select sum(s.bytes) from usage_site s
                            where s.tenant_id = d.tenant_id and s.day = d.day), 0)::bigint as "copies_bytes!"
           from usage_day d left join usage_agreement a on a.tenant_id = d.tenant_id and a.day = d.day
           where d.day between $1 and $2 group by d.tenant_id, d.day, d.late order by d.day"#,
        first,
        last
    );
    let days = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| DayTotal {
        day: row.day,
        late: row.late,
        held: Amount { archives: row.archives, objects: row.objects, bytes: row.bytes },
        copies_bytes: row.copies_bytes,
        came: Amount { archives: row.came, objects: row.came_objects, bytes: row.came_bytes },
        refused: row.refused,
    });
    Ok(days.collect())
}

/// Every day measured, in order.
pub(super) async fn measured_days(tx: &mut TenantRead) -> Result<Vec<NaiveDate>, Error> {
    Ok(sqlx::query_scalar!("select day from usage_day order by day").fetch_all(tx.conn()).await?)
}

/// The last day measured.
pub async fn last_day(tx: &mut TenantRead) -> Result<Option<NaiveDate>, Error> {
    let last = sqlx::query_scalar!("select max(day) from usage_day");
    Ok(last.fetch_one(tx.conn()).await?)
}

/// Of these agreements, one line a day and agreement without the copies of each site, in that order, from what follows
/// `after` on; so many at most.
pub async fn days_under(
    tx: &mut TenantRead,
    agreements: &[String],
    (first, last): (NaiveDate, NaiveDate),
    after: Option<(NaiveDate, &str)>,
    most: u32,
) -> Result<Vec<AgreementDay>, Error> {
    let (after_day, after_agreement) = after.unzip();
    let rows = sqlx::query!(
        "select day, agreement, archives, objects, bytes, came, came_objects, came_bytes, refused
         from usage_agreement
         where day between $1 and $2 and agreement = any($3)
           and ($4::date is null or (day, agreement) > ($4, $5::text))
         order by day, agreement limit $6",
        first,
        last,
        agreements,
        after_day,
        after_agreement,
        i64::from(most)
    );
    let days = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| AgreementDay {
        sites: Vec::new(),
        day: row.day,
        agreement: row.agreement,
        held: Amount { archives: row.archives, objects: row.objects, bytes: row.bytes },
        came: Amount { archives: row.came, objects: row.came_objects, bytes: row.came_bytes },
        refused: row.refused,
    });
    Ok(days.collect())
}

/// Agreement by agreement, with the copies of each site; by day, then by agreement.
pub async fn agreement_days(
    tx: &mut TenantRead,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<AgreementDay>, Error> {
    let sites = sqlx::query!(
        "select day, agreement, site, copies, objects, bytes from usage_site where day between $1 and $2 order by site",
        first,
        last
    );
    let mut of: BTreeMap<(NaiveDate, String), Vec<(String, Amount)>> = BTreeMap::new();
    for row in sites.fetch_all(tx.conn()).await? {
        let amount = Amount { archives: row.copies, objects: row.objects, bytes: row.bytes };
        of.entry((row.day, row.agreement)).or_default().push((row.site, amount));
    }
    let rows = sqlx::query!(
        "select day, agreement, archives, objects, bytes, came, came_objects, came_bytes, refused
         from usage_agreement where day between $1 and $2 order by day, agreement",
        first,
        last
    );
    let days = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| AgreementDay {
        sites: of.remove(&(row.day, row.agreement.clone())).unwrap_or_default(),
        day: row.day,
        agreement: row.agreement,
        held: Amount { archives: row.archives, objects: row.objects, bytes: row.bytes },
        came: Amount { archives: row.came, objects: row.came_objects, bytes: row.came_bytes },
        refused: row.refused,
    });
    Ok(days.collect())
}
