//! Reading, checking and writing messages of the standard.

mod command;
mod corpus;
mod messages;
mod reading;
mod refused;
mod replies;
