//! The formats that a member holds: how many files, how many bytes, which risk, and naming them again.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::model::format::is_puid;
use crate::model::{Agent, FormatRisk};
use crate::pronom::{Held, Holdings, Run};
use crate::web::callers::{FormatKeeper, FormatReader};
use crate::web::pages::shell::{Account, Badge, Fact, Section, Shell, answer, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, Who, problems};

/// `GET /formats`.
#[derive(Template)]
#[template(path = "formats/held.html")]
pub struct HeldPage {
    pub shell: Shell,
    pub csrf: String,
    /// What the act just done came to.
    pub notice: Option<&'static str>,
    pub facts: Vec<Fact>,
    pub lines: Vec<FormatLine>,
    pub is_cut: bool,
    /// May give risks, and have files named again.
    pub keeps: bool,
    pub run: Option<RunWords>,
    /// How many files other signatures have named.
    pub otherwise: Option<String>,
}

impl HeldPage {
    fn is_going(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.going)
    }
}

/// One format.
pub struct FormatLine {
    pub title: String,
    /// None for what has no name.
    pub puid: Option<String>,
    pub mime: String,
    pub files: String,
    pub size: String,
    pub risk: Option<Badge>,
    pub choices: Vec<Choice>,
}

/// A risk that may be given.
pub struct Choice {
    pub word: &'static str,
    pub label: &'static str,
    pub chosen: bool,
}

/// The last time that files were named again, in words.
pub struct RunWords {
    pub words: String,
    pub going: bool,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

/// What was done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Risque,
    Demande,
    Encours,
}

/// The risk of one format.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskForm {
    puid: String,
    risque: String,
    #[serde(rename = "csrf")]
    _csrf: String,
}

const SAFE: Badge = Badge { label: "Sûr", tone: "kept", icon: "check" };
const WATCH: Badge = Badge { label: "À surveiller", tone: "waiting", icon: "clock" };
const CONVERT: Badge = Badge { label: "À convertir", tone: "refused", icon: "alert" };

/// A risk in words and colour.
pub fn badge(risk: FormatRisk) -> Badge {
    match risk {
        FormatRisk::Safe => SAFE,
        FormatRisk::Watch => WATCH,
        FormatRisk::Convert => CONVERT,
    }
}

/// `GET /formats`.
pub async fn show(
    person: FormatReader,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let holdings = state.pronom.holdings(person.tenant).await?;
    let run = state.pronom.last_run(person.tenant).await?;
    let keeps = Who::FormatKeeper.admits(&person.roles);
    Ok(answer(&page(Account::of(&person), &holdings, run.as_ref(), keeps, said.fait)))
}

/// `POST /formats/risque`.
pub async fn set_risk(
    person: FormatKeeper,
    form: web::Form<RiskForm>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let risk = FormatRisk::from_word(&form.risque).ok_or(Problem::new(&problems::BAD_REQUEST))?;
    if !is_puid(&form.puid)
        || !state.pronom.set_risk(person.tenant, (person.person_id, person.role()), &form.puid, risk).await?
    {
        return Err(problems::not_found());
    }
    Ok(go_to("/formats?fait=risque"))
}

/// `POST /formats/identification`.
pub async fn name_again(person: FormatKeeper, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let asked =
        state.pronom.name_again(person.tenant, Agent::Person(person.person_id, person.role())).await?;
    Ok(go_to(if asked { "/formats?fait=demande" } else { "/formats?fait=encours" }))
}

/// The page of these formats.
pub fn page(
    account: Account,
    holdings: &Holdings,
    run: Option<&Run>,
    keeps: bool,
    done: Option<Done>,
) -> HeldPage {
    let otherwise: u64 = holdings.formats.iter().map(|held| held.otherwise).sum();
    HeldPage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: "Formats des fichiers".into(),
            account: Some(account),
            section: Section::Formats,
            top: true,
        },
        notice: done.map(|done| match done {
            Done::Risque => "Le risque est enregistré.",
            Done::Demande => "La nouvelle identification est demandée : elle se fait en arrière-plan.",
            Done::Encours => "Une nouvelle identification est déjà en cours.",
        }),
        facts: facts(holdings),
        lines: holdings.formats.iter().map(line).collect(),
        is_cut: holdings.is_cut,
        keeps,
        run: run.map(run_words),
        otherwise: (otherwise > 0)
            .then(|| words::count(otherwise, "fichier a été identifié", "fichiers ont été identifiés")),
    }
}

fn facts(holdings: &Holdings) -> Vec<Fact> {
    let of = |risk: FormatRisk| {
        let files: u64 =
            holdings.formats.iter().filter(|held| held.risk() == Some(risk)).map(|held| held.objects).sum();
        words::count(files, "fichier", "fichiers")
    };
    let all: u64 = holdings.formats.iter().map(|held| held.objects).sum();
    let bytes = holdings.formats.iter().map(|held| held.size_bytes).sum();
    let signatures = match holdings.signatures.as_str() {
        "intégrée" => "Table intégrée".to_owned(),
        version => format!("PRONOM {version}"),
    };
    let mut facts = vec![Fact::new(
        "En tout",
        format!("{}, {}", words::count(all, "fichier", "fichiers"), words::size(bytes)),
    )];
    facts.extend(FormatRisk::ALL.map(|risk| Fact::new(badge(risk).label, of(risk))));
    facts.push(Fact::new("Signatures en service", signatures));
    facts
}

fn line(held: &Held) -> FormatLine {
    let risk = held.risk();
    let title = match &held.format {
        Some(format) => format.title(),
        None if held.is_looked_at => "Format non reconnu".into(),
        None => "Pas encore identifiés".into(),
    };
    let choice = |choice: FormatRisk| Choice {
        word: choice.word(),
        label: badge(choice).label,
        chosen: risk == Some(choice),
    };
    FormatLine {
        title,
        puid: held.format.as_ref().map(|format| format.puid.clone()),
        mime: held.format.as_ref().map(|format| format.mime.clone()).unwrap_or_default(),
        files: words::number(held.objects),
        size: words::size(held.size_bytes),
        risk: risk.map(badge),
        choices: FormatRisk::ALL.map(choice).into(),
    }
}

fn run_words(run: &Run) -> RunWords {
    let looked = words::count(run.looked_at, "fichier relu", "fichiers relus");
    let changed = words::count(run.changed, "changé", "changés");
    let unreadable = match run.unreadable {
        0 => String::new(),
        count => format!(", {}", words::count(count, "illisible", "illisibles")),
    };
    let words = match run.ended_at {
        Some(at) => format!(
            "Dernière identification terminée le {} : {looked}, {changed}{unreadable}.",
            words::moment(at).words
        ),
        None => format!(
            "Identification en cours depuis le {} : {looked}, {changed}{unreadable}.",
            words::moment(run.started_at).words
        ),
    };
    RunWords { words, going: run.ended_at.is_none() }
}
