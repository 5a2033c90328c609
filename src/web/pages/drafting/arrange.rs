//! Files put into folders: those that are ticked, into the folder that is named.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::{Wrong, address, by, files, listed};
use crate::web::callers::Depositor;
use crate::web::pages::fields::{Fields, all, first};
use crate::web::pages::shell::{answer_to_correct, go_to};
use crate::web::{Problem, State, problems};

/// `POST /versements/brouillons/{id}/rangement`.
pub async fn receive(
    person: Depositor,
    id: web::Path<Uuid>,
    fields: Result<Fields, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    files::find(&state, &by, *id).await?;
    let fields = fields.map_err(|_| Problem::new(&problems::BAD_REQUEST))?;
    let ranks: Vec<u32> = all(&fields, "fichier").iter().filter_map(|rank| rank.parse().ok()).collect();
    if ranks.is_empty() {
        let sentence = "Cochez d’abord les fichiers à ranger.".into();
        let errors = vec![Wrong { field: "ranger".into(), sentence }];
        let mut page = listed::page(&person, &state, *id, errors).await?;
        page.arranging = true;
        return Ok(answer_to_correct(&page));
    }
    if state.drafting.arrange(&by, *id, &ranks, &first(&fields, "dossier")).await?.is_none() {
        return Err(problems::not_found());
    }
    Ok(go_to(&format!("{}?ranger=true#liste", address(*id))))
}
