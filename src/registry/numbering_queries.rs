//! What a member's numbers look like, and how far they go, read.

use crate::db::{Error, TenantRead};
use crate::model::{NumberKind, Pattern};

/// A pattern that the member has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub kind: NumberKind,
    /// As written.
    pub written: String,
    pub pattern: Pattern,
}

/// The patterns that were ever set, the last of each kind last.
async fn set(tx: &mut TenantRead) -> Result<Vec<Known>, Error> {
    let rows = sqlx::query!("select kind, pattern from numbering_pattern order by kind, version");
    let known = rows.fetch_all(tx.conn()).await?.into_iter().map(|row| {
        let wrong = |what: &str| Error::row("numbering_pattern", what);
        let kind = NumberKind::from_word(&row.kind).ok_or_else(|| wrong(&row.kind))?;
        let pattern = Pattern::read(kind, &row.pattern).map_err(|reason| wrong(&reason))?;
        Ok(Known { kind, written: row.pattern, pattern })
    });
    known.collect()
}

/// Every pattern by which a number of the member may have been given: those set, and the default ones.
pub async fn patterns(tx: &mut TenantRead) -> Result<Vec<Known>, Error> {
    let mut known = set(tx).await?;
    for kind in NumberKind::ALL {
        let written = kind.default_pattern().to_owned();
        if !known.iter().any(|one| one.kind == kind && one.written == written) {
            known.push(Known { kind, written, pattern: Pattern::default_of(kind) });
        }
    }
    Ok(known)
}

/// The pattern in force of each kind, and whether the member ever set one.
pub async fn in_force(tx: &mut TenantRead) -> Result<Vec<(Known, bool)>, Error> {
    let set = set(tx).await?;
    let of = |kind: NumberKind| match set.iter().rev().find(|known| known.kind == kind) {
        Some(known) => (known.clone(), true),
        None => {
            let written = kind.default_pattern().to_owned();
            (Known { kind, written, pattern: Pattern::default_of(kind) }, false)
        }
    };
    Ok(NumberKind::ALL.map(of).into())
}

/// The last rank given of each kind in a year.
pub async fn last_ranks(tx: &mut TenantRead, year: i32) -> Result<Vec<(NumberKind, i64)>, Error> {
    let rows = sqlx::query!("select kind, last from numbering where year = $1", year);
    let rows = rows.fetch_all(tx.conn()).await?.into_iter();
    Ok(rows.filter_map(|row| Some((NumberKind::from_word(&row.kind)?, row.last))).collect())
}
