//! `chartrier audit`: the integrity of every copy, now.
