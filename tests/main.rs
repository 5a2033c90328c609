//! Every test of the crate that needs more than one module: one binary, one PostgreSQL, one fresh tenant a test.

mod db;
mod storage;
mod support;
