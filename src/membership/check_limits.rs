//! Of a member's file: what an agreement allows in a time.

use super::faults::{Faults, one_of};
use super::read::WrittenAgreement;
use crate::model::{DepositLimit, Period};

/// What is written, sorted: one limit a time, each of something.
pub(super) fn check_limits(written: &WrittenAgreement, faults: &mut Faults) -> Vec<DepositLimit> {
    let mut limits: Vec<DepositLimit> = Vec::new();
    for one in &written.limit {
        one_of(&one.per, &Period::ALL.map(Period::word), faults);
        let Some(per) = Period::from_word(one.per.get_ref()) else { continue };
        let is_new = limits.iter().all(|known| known.per != per);
        faults.unless(is_new, &one.per, "cette durée a déjà ses limites");
        let mut most = |number: &Option<toml::Spanned<i64>>| {
            let number = number.as_ref()?;
            let positive = u64::try_from(*number.get_ref()).ok().filter(|number| *number > 0);
            faults.unless(positive.is_some(), number, "un nombre plus grand que zéro est attendu");
            positive
        };
        let limit = DepositLimit {
            per,
            transfers: most(&one.transfers),
            files: most(&one.files),
            bytes: most(&one.bytes),
        };
        let says = limit.transfers.or(limit.files).or(limit.bytes).is_some();
        faults.unless(says, &one.per, "une limite est attendue : transfers, files ou bytes");
        let is_several = per == Period::Transfer && limit.transfers.is_some();
        faults.unless(!is_several, &one.per, "un versement est un versement : files ou bytes est attendu");
        limits.push(limit);
    }
    limits.sort_unstable();
    limits
}
