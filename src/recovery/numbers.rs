//! Numbers that were given, told from what is left of them: ranks go on after the last.
//!
//! A number is read by the patterns that the member has or had, the last one first. One that none of them writes (the register is
//! lost, and its patterns with it) counts for one rank: what is given next is looked for before it is given.

use std::ops::RangeInclusive;

use super::{Error, entry_queries, numbers_queries, queries};
use crate::db::TenantTx;
use crate::model::NumberKind;
use crate::registry::numbering_queries::{Known, patterns};

/// The patterns in the order in which they are tried.
async fn tried(tx: &mut TenantTx) -> Result<(String, Vec<Known>), Error> {
    let code = queries::member_code(tx).await?.unwrap_or_default();
    let mut known = patterns(tx).await?;
    // Those set come in the order of their versions, and before the default ones.
    let set = known.iter().rposition(|known| known.written != known.kind.default_pattern());
    known[..set.map_or(0, |last| last + 1)].reverse();
    Ok((code, known))
}

/// References go on after this one, given in one of these years: what one pattern wrote may be read by another.
pub(super) async fn go_on_after_cote(
    tx: &mut TenantTx,
    cote: &str,
    years: RangeInclusive<i32>,
) -> Result<(), Error> {
    let (code, known) = tried(tx).await?;
    let cotes = known.iter().filter(|known| known.kind == NumberKind::Cote);
    let read = |known: &Known| known.pattern.find(&code, cote).filter(|(year, _)| years.contains(year));
    if let Some((year, rank)) = { cotes }.find_map(read) {
        entry_queries::number_after(tx, NumberKind::Cote.word(), year, rank).await?;
    }
    Ok(())
}

/// Every kind goes on after what the registers and the journal name: some were given to transfers of which nothing else is left.
pub(super) async fn go_on_after_all(tx: &mut TenantTx) -> Result<(), Error> {
    let (code, known) = tried(tx).await?;
    for last in numbers_queries::last_given(tx, &code, &known).await? {
        let after = if last.unread { last.rank.max(last.count) } else { last.rank };
        entry_queries::number_after(tx, &last.kind, last.year, after).await?;
    }
    Ok(())
}

/// What may be the member's code in a reference: whoever asks knows the right one when it is there.
pub(super) fn codes_in(cote: &str) -> impl Iterator<Item = &str> {
    let is_end = |at: usize| at == cote.len() || "-_./".contains(&cote[at..=at]);
    let starts = (0..cote.len()).filter(move |at| *at == 0 || is_end(*at - 1));
    let ends = move |start: usize| (start + 1..=cote.len()).rev().filter(move |end| is_end(*end));
    // References are plain characters; anything else is no reference of ours.
    let starts = starts.take(if cote.is_ascii() { usize::MAX } else { 0 });
    starts.flat_map(move |start| ends(start).map(move |end| &cote[start..end]))
}

#[cfg(test)]
mod tests {
    use super::codes_in;

    #[test]
    fn a_reference_tells_what_may_be_its_member() {
        for cote in ["haute-valmoure-2027-000012", "2027/haute-valmoure/12", "haute-valmoure.2027.1"] {
            assert!(codes_in(cote).any(|code| code == "haute-valmoure"), "{cote}");
        }
        assert_eq!(codes_in("a-1").collect::<Vec<_>>(), ["a-1", "a", "1"]);
        assert_eq!((codes_in("").count(), codes_in("é-2027-1").count()), (0, 0));
    }
}
