//! Numbers given: the next rank of a kind in a year, written as the member's pattern says, and never one that was given.

use super::{Error, TenantRead, TenantTx};
use crate::model::{NumberKind, Numbered, Pattern};

/// Most numbers passed over because they were given under another pattern.
const PASSED_MAX: u32 = 10_000;

/// The next number of a kind in a year; its rank stays locked until the transaction ends, so that one that is not committed is
/// not lost. A rank whose number was given under a former pattern, or is another kind's, is passed over.
pub async fn next_number(
    tx: &mut TenantTx,
    kind: NumberKind,
    year: i32,
    agreement: Option<&str>,
) -> Result<String, Error> {
    for _ in 0..PASSED_MAX {
        let (rank, code, pattern) = take(tx, kind, year).await?;
        let own = pattern.as_deref().map(|written| Pattern::read(kind, written)).transpose();
        let own = own.map_err(|reason| Error::row("numbering_pattern", reason))?;
        let never_set = own.is_none();
        let pattern = own.unwrap_or_else(|| Pattern::default_of(kind));
        let number = pattern.write(&Numbered { code: &code, year, rank, agreement });
        // One pattern never gives a number twice: where it is the only one that ever was, nothing is looked for.
        if never_set || !is_given(tx, kind, &number).await? {
            return Ok(number);
        }
    }
    Err(Error::row("numbering", format!("{PASSED_MAX} numbers of {year} were given already")))
}

/// The next rank, the member's code, its pattern in force when one was ever set.
async fn take(
    tx: &mut TenantTx,
    kind: NumberKind,
    year: i32,
) -> Result<(i64, String, Option<String>), Error> {
    let row = sqlx::query!(
        r#"with taken as (
               insert into numbering (kind, year, last) values ($1, $2, 1)
               on conflict (tenant_id, kind, year) do update set last = numbering.last + 1
               returning last
           )
           select taken.last as "last!", (select code from member) as "code!",
                  (select pattern from numbering_pattern where kind = $1 order by version desc limit 1) as pattern
           from taken"#,
        kind.word(),
        year
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.last, row.code, row.pattern))
}

/// Whether a number was given: in the registers, or, once its row is lost, by the journal or an object left out of a rebuild.
async fn is_given(tx: &mut TenantRead, kind: NumberKind, number: &str) -> Result<bool, Error> {
    let found = match kind {
        NumberKind::Cote => {
            sqlx::query_scalar!(
                r#"select exists (select from accession where cote = $1)
                       or exists (select from left_out where cote = $1) as "given!""#,
                number
            )
            .fetch_one(tx.conn())
            .await?
        }
        NumberKind::Accuse | NumberKind::Attestation => {
            sqlx::query_scalar!(
                r#"select exists (select from attestation where number = $1)
                       or exists (select from event where object = 'attestation:' || $1) as "given!""#,
                number
            )
            .fetch_one(tx.conn())
            .await?
        }
        // No register of these yet: the ranks alone.
        NumberKind::Bordereau => false,
    };
    Ok(found)
}
