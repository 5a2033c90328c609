//! The table that every member starts with, from the national instructions (norms §7). What they leave open is *à valider*.

use std::sync::LazyLock;

use super::import::read;
use crate::model::RetentionRule;

static BASE: LazyLock<Vec<RetentionRule>> =
    LazyLock::new(|| read(include_bytes!("base.csv")).expect("its test reads it"));

/// Its rules, in the order of the file.
pub fn base() -> &'static [RetentionRule] {
    &BASE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fate, Utility};

    #[test]
    fn the_base_table_is_a_file_like_another() {
        let of = |code: &str| base().iter().find(|rule| rule.code == code).expect(code);
        assert!(base().len() > 50);
        let acts = of("DELIBERATIONS");
        assert_eq!((acts.utility.word(), acts.fate, acts.is_validated), ("P1Y", Fate::Keep, true));
        assert!(!of("PES").is_validated, "a rule whose source is doubtful is to be validated");
        assert_eq!(of("ELIMINATIONS").utility, Utility::Unlimited);
        assert_eq!(of("LISTES-ELECTORALES").utility, Utility::Unknown);
    }
}
