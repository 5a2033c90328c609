//! The survey pages.
