//! Containers: hostile, odd and good.

mod attacks;
