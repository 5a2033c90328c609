//! The bill's rows: one statement a function.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::vouchers::Voucher;
use super::{Closing, Credit, CreditKind, Prepared, Statement, Year, import, voucher_queries};
use crate::costs::{Category, Cents};
use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::{PersonId, TenantId};

/// A member, whatever the year.
pub(super) struct MemberRow {
    pub tenant: TenantId,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub siren: String,
    pub population: u64,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

/// Every member, by code; not that of the canaries.
pub(super) async fn members(tx: &mut Technical) -> Result<Vec<MemberRow>, Error> {
    let rows = sqlx::query!(
        "select tenant_id, code, name, kind, siren, population, valid_from, valid_until from member
         where kind <> 'temoins' order by code"
    );
    let members = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| MemberRow {
        tenant: TenantId::from_row(row.tenant_id),
        code: row.code,
        name: row.name,
        kind: row.kind,
        siren: row.siren,
        population: row.population.unwrap_or_default().unsigned_abs().into(),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    });
    Ok(members.collect())
}

/// What a member held and received.
pub(super) struct Used {
    pub byte_days: u128,
    pub deposited_bytes: u128,
    pub flow_months: u64,
    pub measured_to: Option<NaiveDate>,
}

/// From `first` to `last`, as it was measured each day.
pub(super) async fn used(tx: &mut TenantRead, first: NaiveDate, last: NaiveDate) -> Result<Used, Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(bytes), 0)::text as "byte_days!", coalesce(sum(came_bytes), 0)::text as "deposited!",
                  count(distinct (agreement, date_trunc('month', day))) filter (where came > 0) as "flow_months!",
                  (select max(day) from usage_day where day between $1 and $2) as measured_to
           from usage_agreement where day between $1 and $2"#,
        first,
        last
    )
    .fetch_one(tx.conn())
    .await?;
    let number = |text: &str| text.parse::<u128>().map_err(|error| Error::row("usage_agreement", error));
    Ok(Used {
        byte_days: number(&row.byte_days)?,
        deposited_bytes: number(&row.deposited)?,
        flow_months: row.flow_months.unsigned_abs(),
        measured_to: row.measured_to,
    })
}

/// The years prepared, the last first.
pub async fn years(tx: &mut Technical) -> Result<Vec<i32>, Error> {
    let years = sqlx::query_scalar!("select year from platform.bill_year order by year desc");
    Ok(years.fetch_all(tx.conn()).await?.into_iter().map(i32::from).collect())
}

/// A year as it is prepared; `None`: nobody began.
pub async fn year(tx: &mut Technical, year: i32) -> Result<Option<Year>, Error> {
    let Ok(of) = i16::try_from(year) else { return Ok(None) };
    let head = sqlx::query!(
        "select coefficients, caps, options, prepared_by, prepared_at from platform.bill_year where year = $1",
        of
    );
    let Some(head) = head.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let rows = sqlx::query!(
        "select item, label, category, forecast_cents, actual_cents, parts, justification
         from platform.bill_item where year = $1 order by place",
        of
    );
    let rows = rows.fetch_all(tx.conn()).await?;
    let mut vouchers: BTreeMap<String, Vec<Voucher>> = BTreeMap::new();
    for (item, voucher) in voucher_queries::of_year(tx, of).await? {
        vouchers.entry(item).or_default().push(voucher);
    }
    let wrong = |what: String| Error::row("bill_item", what);
    let mut items = Vec::new();
    for row in rows {
        items.push(Prepared {
            vouchers: vouchers.remove(&row.item).unwrap_or_default(),
            category: Category::from_word(&row.category).ok_or_else(|| wrong(row.category.clone()))?,
            parts: import::parts(&row.parts).map_err(wrong)?,
            item: row.item,
            label: row.label,
            forecast: row.forecast_cents,
            actual: row.actual_cents,
            justification: row.justification,
        });
    }
    let credits = credits(tx, of).await?;
    let coefficients: BTreeMap<String, u64> =
        serde_json::from_value(head.coefficients).map_err(|error| Error::row("bill_year", error))?;
    Ok(Some(Year {
        year,
        coefficients,
        prepared_by: PersonId(head.prepared_by),
        prepared_at: head.prepared_at,
        items,
        credits,
        caps: serde_json::from_value(head.caps).map_err(|error| Error::row("bill_year", error))?,
        options: serde_json::from_value(head.options).map_err(|error| Error::row("bill_year", error))?,
    }))
}

async fn credits(tx: &mut Technical, year: i16) -> Result<Vec<Credit>, Error> {
    let rows = sqlx::query!(
        "select member, kind, cents, label from platform.bill_credit where year = $1 order by place",
        year
    );
    let credit = |kind: &str| CreditKind::from_word(kind).ok_or_else(|| Error::row("bill_credit", kind));
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    rows.map(|row| {
        Ok(Credit { kind: credit(&row.kind)?, member: row.member, cents: row.cents, label: row.label })
    })
    .collect()
}

/// The year is prepared so from now on, its items by another statement.
pub(super) async fn put_year(tx: &mut Technical, year: &Year) -> Result<(), Error> {
    let coefficients = serde_json::json!(year.coefficients);
    sqlx::query!(
        "insert into platform.bill_year (year, coefficients, caps, options, prepared_by, prepared_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (year) do update
         set coefficients = $2, caps = $3, options = $4, prepared_by = $5, prepared_at = $6",
        year.year as i16,
        coefficients,
        serde_json::json!(year.caps),
        serde_json::json!(year.options),
        year.prepared_by.0,
        year.prepared_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes the items of a year away.
pub(super) async fn drop_items(tx: &mut Technical, year: i32) -> Result<(), Error> {
    sqlx::query!("delete from platform.bill_item where year = $1", year as i16).execute(tx.conn()).await?;
    Ok(())
}

/// Takes the credits of a year away.
pub(super) async fn drop_credits(tx: &mut Technical, year: i32) -> Result<(), Error> {
    sqlx::query!("delete from platform.bill_credit where year = $1", year as i16).execute(tx.conn()).await?;
    Ok(())
}

/// Puts the credits in their places.
pub(super) async fn insert_credits(tx: &mut Technical, year: &Year) -> Result<(), Error> {
    let text = |of: fn(&Credit) -> &str| year.credits.iter().map(of).map(str::to_owned).collect::<Vec<_>>();
    let cents: Vec<i64> = year.credits.iter().map(|credit| credit.cents).collect();
    sqlx::query!(
        "insert into platform.bill_credit (year, place, member, kind, cents, label)
         select $1, l.place, l.member, l.kind, l.cents, l.label
         from unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) with ordinality
              as l (member, kind, cents, label, place)",
        year.year as i16,
        &text(|credit| &credit.member),
        &text(|credit| credit.kind.word()),
        &cents,
        &text(|credit| &credit.label)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts the items in their places.
pub(super) async fn insert_items(tx: &mut Technical, year: &Year) -> Result<(), Error> {
    let text = |of: fn(&Prepared) -> &str| year.items.iter().map(of).map(str::to_owned).collect::<Vec<_>>();
    let cents = |of: fn(&Prepared) -> Option<Cents>| year.items.iter().map(of).collect::<Vec<_>>();
    let parts: Vec<String> = year.items.iter().map(|item| import::parts_words(&item.parts)).collect();
    sqlx::query!(
        "insert into platform.bill_item (year, place, item, label, category, forecast_cents, actual_cents, parts,
                                         justification)
         select $1, l.place, l.item, l.label, l.category, l.forecast, l.actual, l.parts, l.justification
         from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[]) with ordinality
              as l (item, label, category, forecast, actual, parts, justification, place)",
        year.year as i16,
        &text(|item| &item.item),
        &text(|item| &item.label),
        &text(|item| item.category.word()),
        &cents(|item| item.forecast) as &[Option<i64>],
        &cents(|item| item.actual) as &[Option<i64>],
        &parts,
        &text(|item| &item.justification)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The closings of a year, the last first.
pub async fn closings(tx: &mut Technical, year: i32) -> Result<Vec<Closing>, Error> {
    let rows = sqlx::query!(
        "select year, version, prepared_by, validated_by, closed_at, reason, sha512
         from platform.bill_closing where year = $1 order by version desc",
        year as i16
    );
    let closings = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Closing {
        year: row.year.into(),
        version: row.version.unsigned_abs().into(),
        prepared_by: PersonId(row.prepared_by),
        validated_by: PersonId(row.validated_by),
        closed_at: row.closed_at,
        reason: row.reason,
        sha512: row.sha512,
    });
    Ok(closings.collect())
}

/// Every closing that is known, by year and version.
pub async fn closings_known(tx: &mut Technical) -> Result<Vec<(i32, u32)>, Error> {
    let rows = sqlx::query!("select year, version from platform.bill_closing order by year, version");
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.year.into(), row.version.unsigned_abs().into())).collect())
}

/// What a closing kept.
pub async fn snapshot(tx: &mut Technical, year: i32, version: u32) -> Result<Option<String>, Error> {
    let Ok(version) = i16::try_from(version) else { return Ok(None) };
    let snapshot = sqlx::query_scalar!(
        "select snapshot from platform.bill_closing where year = $1 and version = $2",
        year as i16,
        version
    );
    Ok(snapshot.fetch_optional(tx.conn()).await?)
}

/// Closings of which a statement may still be to issue: year and version.
pub(super) async fn closings_due(tx: &mut Technical) -> Result<Vec<(i32, u32)>, Error> {
    let rows = sqlx::query!(
        "select year, version from platform.bill_closing c
         where not exists (select from platform.bill_issued i where i.year = c.year and i.version = c.version)
         order by year, version"
    );
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.map(|row| (row.year.into(), row.version.unsigned_abs().into())).collect())
}

/// Every statement of a closing is issued.
pub(super) async fn set_issued(
    tx: &mut Technical,
    (year, version): (i32, u32),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into platform.bill_issued (year, version, issued_at) values ($1, $2, $3) on conflict do nothing",
        year as i16,
        version as i16,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps a closing; `false`: another took its number.
pub(super) async fn insert_closing(
    tx: &mut Technical,
    closing: &Closing,
    snapshot: &str,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into platform.bill_closing (year, version, snapshot, sha512, prepared_by, validated_by, closed_at, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        closing.year as i16,
        closing.version as i16,
        snapshot,
        closing.sha512,
        closing.prepared_by.0,
        closing.validated_by.0,
        closing.closed_at,
        closing.reason
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Issues a statement; `false`: it was.
pub(super) async fn insert_statement(tx: &mut TenantTx, statement: &Statement) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into statement (year, version, number, share_cents, owed_cents, content, sha512, issued_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        statement.year as i16,
        statement.version as i16,
        statement.number,
        statement.share,
        statement.owed,
        statement.content,
        statement.sha512,
        statement.issued_at
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// A member's statements, the last year and version first.
pub async fn statements(tx: &mut TenantRead) -> Result<Vec<Statement>, Error> {
    let rows = sqlx::query!(
        "select year, version, number, share_cents, owed_cents, content, sha512, issued_at from statement order by year desc, version desc"
    );
    let statements = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Statement {
        year: row.year.into(),
        version: row.version.unsigned_abs().into(),
        number: row.number,
        share: row.share_cents,
        owed: row.owed_cents,
        content: row.content,
        sha512: row.sha512,
        issued_at: row.issued_at,
    });
    Ok(statements.collect())
}
