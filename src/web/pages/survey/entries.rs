//! What a survey found interested, carried into the way in: the two know nothing of one another, the door asks each in turn.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::{id_of, place};
use crate::onboarding::{self, Entry};
use crate::survey::answer_queries::{Interested, interested};
use crate::survey::campaign_queries::campaign;
use crate::web::callers::Pilot;
use crate::web::pages::shell::go_to;
use crate::web::{Problem, State, problems};

/// Those of a campaign who said to be interested and are not followed yet.
pub(super) async fn not_followed(state: &State, id: Uuid) -> Result<Vec<Interested>, Problem> {
    let mut tx = state.db.technical().await?;
    let followed = onboarding::queries::sirens(&mut tx).await?;
    let mut interested = interested(&mut tx, id).await?;
    interested.retain(|producer| !followed.contains(&producer.siren));
    Ok(interested)
}

/// `POST /pilotage/recensements/{id}/entrees`.
pub async fn carry(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let campaign = campaign(&mut state.db.technical().await?, id).await?.ok_or_else(problems::not_found)?;
    let entry = |producer: Interested| {
        let entry = Entry {
            id: state.clock.fresh_id(),
            siren: producer.siren,
            name: producer.name,
            kind: producer.kind.member_kind().to_owned(),
            population: producer.population,
        };
        (entry, producer.answered_on)
    };
    let entries: Vec<_> = not_followed(&state, id).await?.into_iter().map(entry).collect();
    let note = format!("A répondu au recensement « {} ».", campaign.name);
    let opened =
        onboarding::entries::open_interested(&state.db, &state.clock, person.person_id, &entries, &note)
            .await?;
    Ok(go_to(&format!("{}?fait=inscrit&ajouts={opened}", place(id))))
}
