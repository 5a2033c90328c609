//! Reading, checking and writing messages of the standard.

mod corpus;
mod messages;
mod refused;
mod replies;
