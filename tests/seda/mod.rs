//! Reading, checking and writing messages of the standard.

mod command;
mod corpus;
mod messages;
mod refused;
mod replies;
