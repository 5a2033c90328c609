//! Campaigns through the rows: what is imported and until when, what is kept of papers, notes and orders.

use chartrier::proof::digest::sha512;
use chartrier::survey::campaign::NotMade;
use chartrier::survey::campaign_queries::{imports, progress, steps};
use chartrier::survey::exports::{answers_table, figures};
use chartrier::survey::imports::{NotTaken, Taken};
use chartrier::survey::note_queries::{notes, priorities};
use chartrier::survey::notes::NotKept;
use chartrier::survey::priority::Weights;
use chartrier::survey::{NotDone, Part, Stage};
use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::service::{HEAD, Service, already, day, three};
use super::siren;

#[tokio::test]
async fn nothing_is_asked_before_a_table_is_right_and_the_campaign_open() {
    let service = Service::open("survey_draft").await;
    let (surveys, by) = (&service.surveys, service.by);
    for (name, until, why) in
        [(" ", "2027-04-30", NotMade::NameWrong), ("Hier", "2027-02-28", NotMade::DatePassed)]
    {
        assert_eq!(surveys.create(by, name, day(until)).await.unwrap(), Err(why), "{name}");
    }
    let id = service.made().await;
    let again = surveys.create(by, "Recensement", day("2027-05-01")).await.unwrap();
    assert_eq!(again, Err(NotMade::Known(id)), "sent twice, made once");
    assert_eq!(surveys.open(by, id).await.unwrap(), Err(NotDone::NoProducer));

    let wrong = format!("{HEAD}{};A;COM;;;\n123456789;B;COM;;;\n{};C;VILLE;;;\n", siren(1), siren(2));
    let refused = surveys.import_producers(by, id, wrong.as_bytes(), false).await.unwrap();
    let Err(NotTaken::Lines(faults)) = refused else { panic!("{refused:?}") };
    assert!(faults.len() == 2 && faults[0].starts_with("ligne 3 : « 123456789 »"), "{faults:?}");
    let latin = b"siren;nom;type\n300000016;Commune d'\xC9;COM\n";
    let refused = surveys.import_producers(by, id, latin, false).await.unwrap();
    let Err(NotTaken::Lines(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults, ["ligne 2 : le fichier n’est pas en UTF-8"]);

    let all = Taken { added: 3, ..Taken::default() };
    let tried = surveys.import_producers(by, id, three().as_bytes(), true).await.unwrap().unwrap();
    assert_eq!(tried, all);
    let mut tx = service.db.technical().await.unwrap();
    assert_eq!(progress(&mut tx, id).await.unwrap().invited, 0, "a try keeps nothing");
    drop(tx);
    assert_eq!(service.import(id, &three()).await, all);
    assert_eq!(service.import(id, &three()).await, Taken { same: 3, ..Taken::default() });
    let mut tx = service.db.technical().await.unwrap();
    let kept = imports(&mut tx, id).await.unwrap();
    assert_eq!((kept.len(), kept[0].lines), (1, 3), "the same file is noted once");
    assert_eq!(kept[0].sha512, sha512(three().as_bytes()), "as it came");
    drop(tx);

    let early = surveys.enter_paper(by, (id, &siren(1)), &already("Actes"), day("2027-03-01")).await.unwrap();
    assert_eq!(early, Err(NotDone::NotNow(Stage::Draft)));
    let early = surveys.link_to_hand_over(id, &siren(1)).await.unwrap();
    assert_eq!(early, Err(NotDone::NotNow(Stage::Draft)));
    assert_eq!(surveys.remind(by, id, 0).await.unwrap(), Err(NotDone::NotNow(Stage::Draft)));
    assert_eq!(surveys.close(by, id).await.unwrap(), Err(NotDone::NotNow(Stage::Draft)));
    assert_eq!(service.letters().await, []);
}

#[tokio::test]
async fn papers_are_taken_with_that_mention_until_the_closing_and_the_later_date_counts() {
    let service = Service::open("survey_papers").await;
    let (surveys, by) = (&service.surveys, service.by);
    let id = service.made().await;
    service.import(id, &three()).await;
    surveys.open(by, id).await.unwrap().unwrap();
    service.clock.advance(TimeDelta::days(2));
    let today = service.clock.today();
    let one = siren(1);
    let enter = async |date: NaiveDate| {
        surveys.enter_paper(by, (id, &one), &already("Finances"), date).await.unwrap()
    };
    assert_eq!(enter(today + TimeDelta::days(1)).await, Err(NotDone::Future));
    assert_eq!(enter(day("2027-03-02")).await, Ok(()));
    assert_eq!(enter(day("2027-03-01")).await, Err(NotDone::Older(day("2027-03-02"))));
    let nobody = surveys.enter_paper(by, (id, &siren(9)), &already("Actes"), today).await.unwrap();
    assert_eq!(nobody, Err(NotDone::Unknown));

    let lines = format!("{one};non;;;non;;;papier;01/03/2027\n{};non;;;non;;;papier;2027-03-01\n", siren(2));
    let Err(NotTaken::Lines(faults)) = service.papers(id, &lines).await else {
        panic!("older than what is there")
    };
    assert!(
        faults.len() == 1 && faults[0].starts_with(&format!("{one} : une réponse plus récente")),
        "{faults:?}"
    );
    let lines =
        format!("{one};non;;;oui;Routes;;papier;2027-03-03\n{};non;;;non;;;papier;2027-03-01\n", siren(2));
    assert_eq!(service.papers(id, &lines).await.unwrap(), Taken { added: 1, changed: 1, ..Taken::default() });
    assert_eq!(service.papers(id, &lines).await.unwrap(), Taken { same: 2, ..Taken::default() });
    let mut tx = service.db.technical().await.unwrap();
    let table = answers_table(&mut tx, id).await.unwrap();
    assert!(
        table.contains(&format!("{one};Commune A;COM;non;;;oui;Routes;;;papier;2027-03-03;1\n")),
        "{table}"
    );
    drop(tx);

    let link = surveys.link_to_hand_over(id, &siren(3)).await.unwrap().unwrap();
    assert_eq!(surveys.close(by, id).await.unwrap(), Ok(()));
    assert_eq!(surveys.close(by, id).await.unwrap(), Err(NotDone::Already));
    let closed = NotDone::NotNow(Stage::Closed);
    assert_eq!(surveys.answer(&link, &already("Actes")).await.unwrap(), Err(closed));
    assert_eq!(enter(today).await, Err(closed));
    assert!(matches!(service.papers(id, &lines).await, Err(NotTaken::Campaign(why)) if why == closed));
    let late = surveys.import_producers(by, id, three().as_bytes(), true).await.unwrap();
    assert!(matches!(late, Err(NotTaken::Campaign(why)) if why == closed));
    assert_eq!(surveys.link_to_hand_over(id, &siren(3)).await.unwrap(), Err(closed));
    assert_eq!(surveys.give_back(by, id).await.unwrap(), Err(closed), "not analysed yet");
    assert_eq!(surveys.take_as_analysed(by, id).await.unwrap(), Ok(()));
    assert_eq!(surveys.take_as_analysed(by, id).await.unwrap(), Err(NotDone::Already));
    assert_eq!(surveys.give_back(by, id).await.unwrap(), Ok(()));
    assert_eq!(service.campaign(id).await.stage, Stage::GivenBack);
    let mut tx = service.db.technical().await.unwrap();
    let taken: Vec<Stage> = steps(&mut tx, id).await.unwrap().into_iter().map(|step| step.stage).collect();
    assert_eq!(taken, [Stage::Draft, Stage::Open, Stage::Closed, Stage::Analysed, Stage::GivenBack]);
    let figures = figures(&mut tx, id).await.unwrap();
    assert_eq!(figures.whole.answered, Some(Part { count: 2, of: 3 }));
    assert_eq!(figures.by_kind.len(), 3);
}

#[tokio::test]
async fn a_frozen_order_keeps_what_it_was_made_of_and_a_note_is_kept_once() {
    let service = Service::open("survey_notes").await;
    let (surveys, by) = (&service.surveys, service.by);
    let id = service.made().await;
    service.import(id, &three()).await;
    let (note, freeze) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let weights = Weights { a: 2, b: 5, law: [("Santé".to_owned(), 3)].into() };
    let early = surveys.freeze(by, id, freeze, weights.clone()).await.unwrap();
    assert_eq!(early, Err(NotDone::NotNow(Stage::Draft)));
    surveys.open(by, id).await.unwrap().unwrap();
    let today = service.clock.today();
    surveys.enter_paper(by, (id, &siren(1)), &already("Routes"), today).await.unwrap().unwrap();
    for _ in 0..2 {
        assert_eq!(surveys.freeze(by, id, freeze, weights.clone()).await.unwrap(), Ok(()));
    }
    surveys.enter_paper(by, (id, &siren(2)), &already("Routes"), today).await.unwrap().unwrap();
    service.clock.advance(TimeDelta::minutes(1));
    assert_eq!(surveys.freeze(by, id, Uuid::from_u128(9), weights).await.unwrap(), Ok(()));
    let at = (id, siren(1));
    let at = (at.0, at.1.as_str());
    for (theme, body, why) in [("Météo", "x", NotKept::Theme), ("Freins", " ", NotKept::Body)] {
        assert_eq!(surveys.note(by, at, note, (theme, body)).await.unwrap(), Err(why));
    }
    let nobody = surveys.note(by, (id, "300000099"), note, ("Freins", "x")).await.unwrap();
    assert_eq!(nobody, Err(NotKept::Producer(NotDone::Unknown)));
    for _ in 0..2 {
        assert_eq!(surveys.note(by, at, note, ("Freins", "Pas de budget.")).await.unwrap(), Ok(()));
    }
    let mut tx = service.db.technical().await.unwrap();
    let frozen = priorities(&mut tx, id).await.unwrap();
    let first: Vec<(&str, u64)> =
        frozen.iter().map(|of| (of.order.ranked[0].domain.as_str(), of.order.ranked[0].score)).collect();
    assert_eq!(first, [("Routes", 4), ("Santé", 3)], "the last first; the other as it was");
    assert!(!frozen[0].order.is_final && frozen[1].order.answers == 1);
    assert_eq!(notes(&mut tx, id, &siren(1)).await.unwrap().len(), 1);
    assert!(!answers_table(&mut tx, id).await.unwrap().contains("budget"), "a note is in no table");
}

#[tokio::test]
async fn an_answer_sent_while_the_campaign_is_being_closed_waits_and_is_refused() {
    let service = Service::open("survey_closing").await;
    let (surveys, by) = (service.surveys.clone(), service.by);
    let id = service.made().await;
    service.import(id, &three()).await;
    surveys.open(by, id).await.unwrap().unwrap();
    let link = service.letters().await.remove(0).1;
    let mut closing = service.db.technical().await.unwrap();
    sqlx::query("update platform.survey_campaign set stage = 'closed', closed_at = now()")
        .execute(closing.conn())
        .await
        .unwrap();
    let sent = tokio::spawn({
        let link = link.clone();
        async move { surveys.answer(&link, &already("Actes")).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!sent.is_finished(), "it waits for what becomes of the closing");
    closing.commit().await.unwrap();
    assert_eq!(sent.await.unwrap().unwrap(), Err(NotDone::NotNow(Stage::Closed)));
    assert_eq!(service.surveys.holder(&link).await.unwrap().unwrap().answer, None);
}
