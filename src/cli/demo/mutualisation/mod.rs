//! What the pilot of the demonstration has done before anybody looks: a year closed and one under way, a survey and its answers,
//! members on their way in, decisions of committees.
//!
//! By the operations that the pages call, as people of the demonstration; what a first run did is found by the second.

use chrono::{Datelike, Days, NaiveDate};

use super::members::Member;
use super::report::Report;
use crate::app::{App, at_rest};
use crate::billing::{self, options::Options, queries as bills};
use crate::cli::Failure;
use crate::membership::accounts::people_of;
use crate::model::PersonId;
use crate::onboarding::committees::{self, Committee, Decision, State};
use crate::onboarding::entries::{self, Making};
use crate::onboarding::stage::{Stage, When};
use crate::onboarding::{Entry, queries as ways_in};
use crate::proof::digest::sha512;
use crate::survey::answer_queries::interested;
use crate::survey::campaign::NotMade;
use crate::survey::{By, NotDone, Surveys};

const CLOSED: &str = include_str!("couts-clos.csv");
const UNDER_WAY: &str = include_str!("couts-en-cours.csv");
const PRODUCERS: &str = include_str!("producteurs.csv");
const ANSWERS: &str = include_str!("reponses.csv");

/// Who acts: the pilot, and another person who validates what the pilot prepared.
struct Hands {
    pilot: PersonId,
    other: PersonId,
    by: By,
    today: NaiveDate,
}

/// All of it, once.
pub async fn show(report: &Report, app: &App, members: &[Member]) -> Result<(), Failure> {
    let first = members.iter().find(|member| member.code == "haute-valmoure").unwrap_or(&members[0]);
    let people = people_of(&mut app.db.read(first.tenant()).await?).await?;
    let person = |login: &str| {
        let known = people.iter().find(|person| person.login == login).map(|person| person.person_id);
        known.ok_or_else(|| format!("{login} n'est pas dans {}", first.code))
    };
    let pilot = person("pilote")?;
    let hands = Hands {
        pilot,
        other: person("administration")?,
        by: By { tenant: first.tenant(), person: pilot },
        today: app.clock.today(),
    };
    report.good(&costs(app, &hands).await?);
    report.good(&survey(app, &hands).await?);
    report.good(&ways(app, &hands).await?);
    Ok(())
}

/// Last year closed by another person than who prepared it; this one, forecast.
async fn costs(app: &App, hands: &Hands) -> Result<String, Failure> {
    let this_year = hands.today.year();
    for (year, table) in [(this_year - 1, CLOSED), (this_year, UNDER_WAY)] {
        if bills::year(&mut app.db.technical().await?, year).await?.is_some() {
            continue;
        }
        let items = billing::import::items(table).map_err(|faults| faults.join(" ; "))?;
        let prepared = billing::Year {
            year,
            coefficients: [("departement".to_owned(), 20), ("epci".to_owned(), 50)].into(),
            prepared_by: hands.pilot,
            prepared_at: app.clock.now(),
            items,
            credits: Vec::new(),
            caps: Vec::new(),
            options: Options { table_sha512: hex::encode(sha512(table.as_bytes())), ..Options::default() },
        };
        billing::closing::prepare(&app.db, &prepared).await?;
    }
    if bills::closings(&mut app.db.technical().await?, this_year - 1).await?.is_empty() {
        let closed = billing::closing::close(&app.db, &app.clock, this_year - 1, hands.other, "").await?;
        closed.map_err(|why| why.to_string())?;
    }
    Ok(format!(
        "exercice {} clos, chaque collectivité a son état liquidatif ; {this_year} est préparé",
        this_year - 1
    ))
}

/// A campaign closed, with what came on paper.
async fn survey(app: &App, hands: &Hands) -> Result<String, Failure> {
    let at_rest = at_rest(app.keys.clone());
    let surveys = Surveys::new(app.db.clone(), app.clock.clone(), at_rest, false);
    let name = format!("Recensement de l’archivage électronique {}", hands.today.year());
    let id = match surveys.create(hands.by, &name, hands.today + Days::new(30)).await? {
        Ok(id) | Err(NotMade::Known(id)) => id,
        Err(why) => return Err(format!("le recensement n'est pas préparé : {why:?}").into()),
    };
    // A second run finds it done, further on.
    let not_now = |why: &NotDone| matches!(why, NotDone::Already | NotDone::NotNow(_));
    surveys.import_producers(hands.by, id, PRODUCERS.as_bytes(), false).await?.ok();
    match surveys.open(hands.by, id).await? {
        Err(why) if !not_now(&why) => return Err(why.to_string().into()),
        _ => {}
    }
    let answers = ANSWERS.replace("@JOUR@", &hands.today.to_string());
    surveys.import_papers(hands.by, id, answers.as_bytes(), false).await?.ok();
    match surveys.close(hands.by, id).await? {
        Err(why) if !not_now(&why) => return Err(why.to_string().into()),
        _ => {}
    }
    let interested = interested(&mut app.db.technical().await?, id).await?;
    let entry = |producer: &crate::survey::answer_queries::Interested| {
        let entry = Entry {
            id: app.clock.fresh_id(),
            siren: producer.siren.clone(),
            name: producer.name.clone(),
            kind: producer.kind.member_kind().into(),
            population: producer.population,
        };
        (entry, producer.answered_on)
    };
    // Half of them; the others wait for the pilot's act.
    let carried: Vec<_> = interested.iter().step_by(2).map(entry).collect();
    let note = format!("A répondu au recensement « {name} ».");
    entries::open_interested(&app.db, &app.clock, hands.pilot, &carried, &note).await?;
    Ok(format!(
        "recensement clos : {} réponses, {} intéressés",
        answers.lines().count() - 1,
        interested.len()
    ))
}

/// Two of them further on, what the year admits, what committees decided.
async fn ways(app: &App, hands: &Hands) -> Result<String, Failure> {
    let known = ways_in::entries(&mut app.db.technical().await?).await?;
    entries::admit(&app.db, i16::try_from(hands.today.year())?, 12).await?;
    let stages = [Stage::Deliberation, Stage::Signed, Stage::Installed, Stage::Trained];
    for (entry, reached) in known.iter().zip([4_usize, 2, 1]) {
        for stage in &stages[..reached] {
            let making = Making { stage: *stage, when: When::Day(hands.today), note: String::new() };
            // Refused when it was made by the run before.
            entries::enter(&app.db, &app.clock, hands.pilot, entry.id, &making).await?.ok();
        }
    }
    if committees::decisions(&mut app.db.technical().await?).await?.is_empty() {
        for (committee, decision, owner, days, state) in [
            (
                Committee::Steering,
                "Ouvrir le service aux syndicats du territoire",
                "Direction générale",
                60,
                State::UnderWay,
            ),
            (
                Committee::Technical,
                "Relire une copie de chaque archive sur le site sud",
                "Exploitation",
                20,
                State::ToDo,
            ),
            (
                Committee::Technical,
                "Recevoir les marchés publics par le bus",
                "Exploitation",
                90,
                State::Done,
            ),
        ] {
            let decision = Decision {
                id: app.clock.fresh_id(),
                committee,
                held_on: hands.today - Days::new(14),
                decision: decision.into(),
                owner: owner.into(),
                due_on: Some(hands.today + Days::new(days)),
                state,
            };
            committees::keep(&app.db, &app.clock, hands.pilot, &decision).await?;
        }
    }
    Ok(format!("{} collectivités sur le chemin de l'entrée, trois décisions de comité", known.len()))
}
