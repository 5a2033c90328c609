//! `chartrier`, a shared electronic archiving service (SAE mutualisé).
//!
//! The map, in reading order; each floor uses those above it in this list, never those below
//! (`tests/architecture.rs`). Read `ingest` first: it is the main job.

// Floor 0: words.
pub mod clock;
pub mod model;
pub mod telemetry;

// Floor 1: arithmetic.
pub mod at_rest;
pub mod costs;
pub mod formats;
pub mod package;
pub mod proof;
pub mod report;
pub mod seda;
pub mod table;

// Floor 2: the gates.
pub mod antivirus;
pub mod db;
pub mod identity;
pub mod keys;
pub mod mail;
pub mod storage;
pub mod timestamp;
pub mod trust;
pub mod witness;

// Floor 3: records.
pub mod catalog;
pub mod evidence;
pub mod registry;

// Floor 4: functions.
pub mod access;
pub mod annual;
pub mod attestation;
pub mod billing;
pub mod drafting;
pub mod ingest;
pub mod membership;
pub mod onboarding;
pub mod preservation;
pub mod pronom;
pub mod recovery;
pub mod sealing;
pub mod survey;
pub mod usage;

// Floor 5: doors.
pub mod cli;
pub mod web;
pub mod worker;

// Floor 6: the roof.
pub mod app;
pub mod config;
