//! Reading, checking and writing messages of the standard.

mod amplified;
mod command;
mod corpus;
mod datatypes;
mod documented;
mod lineage;
mod messages;
mod older;
mod reading;
mod refused;
mod relaxng;
mod replies;
mod spilled;
mod wellformed;
