//! Retention schedules (tableaux de gestion): the base table, files imported, one rule held against another, what a
//! transfer says held against the rule that its agreement names, the day on which a unit's time is over.
//!
//! Never decides a destruction: a rule that is over makes something proposable, no more. The one thing to know: of two
//! answers the one that keeps more, or longer, is the one that applies (norms §10).

mod base;
mod compare;
mod due;
mod import;

pub use base::base;
pub use compare::{in_force, is_as_protective, weaknesses};
pub use due::{Due, Said, due, in_effect};
pub use import::{FILE_BYTES_MAX, HEADER, LineFault, RULES_MAX, read, written};

pub use super::lineage::{Appraisal, Appraisals};
