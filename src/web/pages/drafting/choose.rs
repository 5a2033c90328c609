//! What is deposited: the agreements open to the person, the last used first, and what they had begun.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{address, by, shell};
use crate::registry::convention_queries;
use crate::web::callers::Depositor;
use crate::web::pages::shell::{Link, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// `GET /versements/nouveau`.
#[derive(Template)]
#[template(path = "drafting/choose.html")]
pub struct ChoosePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    /// Why nothing would be accepted today.
    pub closed: Option<String>,
    pub wrong: Option<&'static str>,
    pub begun: Vec<Begun>,
    pub flows: Vec<FlowView>,
}

/// A deposit begun.
pub struct Begun {
    pub address: String,
    pub title: String,
    pub flow: String,
    pub used: String,
    /// Its sending was cut.
    pub sending: bool,
}

/// A kind of deposit.
pub struct FlowView {
    pub agreement: String,
    pub name: String,
    pub notice: String,
    /// When the person last deposited so.
    pub last: Option<String>,
}

/// What the form of a kind says.
#[derive(Deserialize)]
pub struct Chosen {
    accord: String,
    /// « comme la dernière fois ».
    #[serde(default)]
    encore: bool,
}

const NOT_OPEN: &str = "Ce genre de versement ne vous est pas ouvert, ou vous en avez déjà commencé beaucoup : terminez-les, ou \
    abandonnez-les.";

/// `GET /versements/nouveau`.
pub async fn show(person: Depositor, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&page(&person, &state, None).await?))
}

/// `POST /versements/brouillons`.
pub async fn begin(
    person: Depositor,
    chosen: web::Form<Chosen>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    match state.drafting.begin(&by(&person), &chosen.accord, chosen.encore).await? {
        Some(id) => Ok(go_to(&address(id))),
        None => Ok(answer_to_correct(&page(&person, &state, Some(NOT_OPEN)).await?)),
    }
}

async fn page(person: &Depositor, state: &State, wrong: Option<&'static str>) -> Result<ChoosePage, Problem> {
    let standing = convention_queries::standing(&mut state.db.read(person.tenant).await?).await?;
    let by = by(person);
    let flows = state.drafting.flows(&by).await?;
    let begun = state.drafting.open_drafts(&by).await?;
    let name = |agreement: &str| {
        let flow = flows.iter().find(|flow| flow.agreement == agreement);
        flow.map_or_else(String::new, |flow| flow.name.clone())
    };
    let begun = begun.iter().map(|draft| Begun {
        address: address(draft.draft_id),
        title: draft.whole().values.get("titre").cloned().unwrap_or_else(|| "Versement sans titre".into()),
        flow: name(&draft.agreement),
        used: words::moment(draft.used_at).words,
        sending: !draft.is_open(),
    });
    Ok(ChoosePage {
        shell: shell(person, "Nouveau versement"),
        trail: vec![Link::new("Versements", "/versements")],
        csrf: person.csrf_token.clone(),
        closed: standing.closed_on(state.clock.today()).as_ref().map(words::closed),
        wrong,
        begun: begun.collect(),
        flows: flows
            .iter()
            .map(|flow| FlowView {
                agreement: flow.agreement.clone(),
                name: flow.name.clone(),
                notice: flow.notice.clone(),
                last: flow.last.map(|at| words::moment(at).words),
            })
            .collect(),
    })
}
