//! Of a member's file: what an agreement asks of the formats of its transfers.

use super::faults::{Faults, one_of, sorted};
use super::read::{Text, WrittenAgreement};
use crate::model::format::is_puid_or_family;
use crate::model::{FormatPolicy, WhenAmiss};

/// What is written, or what nobody decided: every format is accepted, and what is amiss is said.
pub(super) fn check_formats(written: &WrittenAgreement, faults: &mut Faults) -> FormatPolicy {
    for format in &written.formats {
        let reason = "un identifiant PRONOM est attendu (fmt/18), ou le début de plusieurs (fmt/*)";
        faults.unless(is_puid_or_family(format.get_ref()), format, reason);
    }
    let mut known = |word: &Option<Text>| {
        word.iter().for_each(|word| one_of(word, &WhenAmiss::ALL.map(WhenAmiss::word), faults));
        word.as_ref().and_then(|word| WhenAmiss::from_word(word.get_ref())).unwrap_or_default()
    };
    let (unknown, differs) = (known(&written.format_unknown), known(&written.format_differs));
    FormatPolicy { accepted: sorted(&written.formats), unknown, differs }
}
