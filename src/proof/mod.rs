//! Digests, canonical texts and chains: arithmetic on values already at hand.
//!
//! Never reads a clock, a disk or a database: what is proved here can be proved again by someone who holds
//! only the texts. One thing to know: the hash of a journal's entry is taken over its exact text.

pub mod attestation;
pub mod canonical;
pub mod checkpoint;
pub mod digest;
pub mod dossier;
pub mod journal;
pub mod journal_copy;
pub mod merkle;
pub mod note;
pub mod seal;
pub mod sealed;
pub mod signature;
pub mod tiles;
pub mod tlog_proof;
pub mod token;
pub mod witness;
