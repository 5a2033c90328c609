//! Containers: hostile, odd and good.

mod attacks;
mod kinds;
mod mutations;
