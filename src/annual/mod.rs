//! The annual report of the convention (norms §3): each indicator that the service knows, from facts; those that it cannot know yet,
//! said to be so.
//!
//! ```text
//! facts of each member, and of the service (facts) → sections, the same for the page and the paper (told) → PDF (paper)
//! ```
//!
//! Beside it a member's récolement (`stocktaking`). Shows no title and no archive. The one thing to know: deposits are counted from the register's rows, and the journal says them a
//! second time; what is held is what was measured at the end of the year's last day.

pub mod facts;
pub mod paper;
mod queries;
pub mod stocktaking;
pub mod told;

pub use facts::{Facts, MemberFacts, of_year};
