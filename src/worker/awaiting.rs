//! What awaits each archivist, counted over the members she serves and put in her digest of the day, for whoever wants to be told.
//!
//! Tells numbers alone: no title, no member, no content. Safe to run as often as one likes, in several processes: the letter of a day is
//! one, and its numbers are those of the last look before it leaves.

use crate::access::{self, Access};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::identity::{self, Serving};
use crate::ingest::Ingest;
use crate::ingest::awaiting::{MEMBERS_MAX, Served};
use crate::mail::{self, Letter};
use crate::membership;
use crate::model::{Role, Scope};

/// Why nobody was told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Access(#[from] access::Error),
}

/// Puts in each archivist's digest what awaits her, or takes out of it what no longer does; how many have something. One person's trouble
/// leaves the others to go on.
pub async fn tell(db: &Db, ingest: &Ingest, access: &Access, clock: &Clock) -> Result<u64, db::Error> {
    let mut told = 0;
    for person in identity::serving(db, Role::Archivist, clock.now()).await? {
        match tell_one(db, (ingest, access), clock, &person).await {
            Ok(something) => told += u64::from(something),
            Err(error) => {
                tracing::error!(person.id = %person.person_id, %error, "what awaits an archivist was not counted");
            }
        }
    }
    Ok(told)
}

async fn tell_one(
    db: &Db,
    (ingest, access): (&Ingest, &Access),
    clock: &Clock,
    person: &Serving,
) -> Result<bool, Error> {
    let wants = mail::wants_what_awaits(db, person.person_id).await?;
    let served: Vec<Served> = match wants {
        true => person.members.iter().take(MEMBERS_MAX).filter_map(served).collect(),
        false => Vec::new(),
    };
    let (mut transfers, mut derogations, mut agreements, mut members) = (0, 0, 0, 0);
    for of in &served {
        let awaiting = ingest.awaiting_in(of, 0).await?;
        let asked = access.derogations_within(of.tenant, &of.scope).await?;
        let prepared = membership::drafts::awaiting(db, of.tenant, person.person_id).await?;
        transfers += awaiting.count;
        derogations += asked;
        agreements += prepared;
        members += u64::from(awaiting.count + asked + prepared > 0);
    }
    let something = transfers + derogations + agreements > 0;
    let letter = something.then_some(Letter::Awaiting { transfers, derogations, agreements, members });
    // Put under the first member that she serves: it is about none in particular.
    if let Some(first) = person.members.first() {
        mail::keep_awaiting(db, clock, first.tenant, &person.email, letter.as_ref()).await?;
    }
    Ok(something)
}

fn served(member: &identity::Membership) -> Option<Served> {
    member
        .holdings
        .iter()
        .any(|held| held.role == Role::Archivist)
        .then(|| Served { tenant: member.tenant, scope: Scope::of(&member.holdings, &[Role::Archivist]) })
}
