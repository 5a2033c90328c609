//! The portal: French pages, rendered here and useful without JavaScript.
//!
//! Never holds a rule of archiving: a handler parses, calls a function of a lower floor, fills the page's
//! struct with plain values and renders it. Each part has its file here and its templates under
//! `templates/<part>/`; what every page shares stands in [`shell`].

pub mod access;
pub mod account;
pub mod agreements;
pub mod annual;
pub mod api;
pub mod assets;
pub mod attestations;
mod bars;
pub mod bill;
pub mod calendar;
mod connector_settings;
mod connector_words;
pub mod connectors;
pub mod csv;
pub mod desk;
pub mod drafting;
pub mod drafts;
pub mod entries;
pub mod factor;
pub mod fields;
mod form;
pub mod formats;
pub mod glass;
pub mod help;
pub mod identity;
pub mod ingest;
pub mod machine_view;
pub mod machines;
pub mod mails;
pub mod notices;
pub mod numbering;
pub mod operations;
pub mod password;
pub mod people;
pub mod pilot;
pub mod places;
pub mod preservation;
pub mod profiles;
pub mod provider;
pub mod readings;
pub mod safety;
pub mod schedule;
pub mod seals;
pub mod shell;
pub mod signatures;
pub mod simulations;
pub mod statement;
pub mod styleguide;
pub mod survey;
pub mod tiers;
pub mod trust;
mod typography;
pub mod upload;
pub mod usage;
pub mod verdict;
pub mod verify;
pub mod viruses;
pub mod words;

#[cfg(any(test, feature = "failpoints"))]
#[expect(clippy::unwrap_used, reason = "written as tests are")]
#[cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "written as tests are"))]
pub mod specimens;
