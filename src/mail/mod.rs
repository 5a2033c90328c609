//! The gate to people's mail: letters asked for in a tenant's transaction, sent by SMTP from the background.
//!
//! Never decides who is told what. A letter has no title and no content of an archive: it says that something is at the portal,
//! where it is read under the portal's rules. The one thing to know: without settings nothing is sent and nothing waits.

mod awaiting;
mod choice_queries;
mod digest;
mod glass;
mod letter;
mod outbox;
mod queries;
mod smtp;
mod subject;
mod survey;

use crate::at_rest::AtRest;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::PersonId;

pub use letter::Letter;
pub use outbox::{
    Troubles, keep_awaiting, troubles, write_each, write_link, write_to_addresses, write_to_administrators,
    write_to_operators, write_to_person, write_to_pilots,
};
pub use smtp::{Settings, Tls, is_address};
pub use subject::{Manner, Subject};
pub use survey::SurveyLetter;

/// What sends letters. Cheap to clone.
#[derive(Clone)]
pub struct Mail {
    db: Db,
    clock: Clock,
    /// `None`: the settings name no relay.
    relay: Option<smtp::Relay>,
    public_url: String,
    at_rest: AtRest,
}

/// A person's address, and how they want to be told of each subject: what is not there is told as
/// [`Subject::unless_chosen`] says.
pub async fn choices(
    db: &Db,
    person: PersonId,
) -> Result<(Option<String>, Vec<(Subject, Manner)>), db::Error> {
    choice_queries::choices(&mut db.technical().await?, person).await
}

/// Whether a person wants to be told of what awaits them.
pub async fn wants_what_awaits(db: &Db, person: PersonId) -> Result<bool, db::Error> {
    let (_, chosen) = choices(db, person).await?;
    Ok(!chosen.contains(&(Subject::Awaiting, Manner::None)))
}

/// How a person wants to be told, from now on.
pub async fn choose(db: &Db, person: PersonId, chosen: &[(Subject, Manner)]) -> Result<(), db::Error> {
    let mut tx = db.technical().await?;
    for of in chosen {
        choice_queries::choose(&mut tx, person, *of).await?;
    }
    tx.commit().await
}

/// Why letters could not be looked at; a letter that is not taken is no error of this kind.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Settings that make no relay; a sentence for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongSettings(String);

impl Mail {
    /// What sends letters by the relay of the settings; letters lead to the portal at this address.
    pub fn new(
        db: Db,
        clock: Clock,
        settings: Option<&Settings>,
        public_url: &str,
        at_rest: AtRest,
    ) -> Result<Self, WrongSettings> {
        let relay = settings.map(smtp::Relay::new).transpose()?;
        Ok(Self { db, clock, relay, public_url: public_url.to_owned(), at_rest })
    }
}
