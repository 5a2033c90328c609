//! The links by which producers answer: one each, in a letter, for those who are silent.

use chartrier::survey::NotDone;
use chartrier::survey::campaign_queries::progress;
use chartrier::survey::imports::{NotTaken, Taken};
use chrono::TimeDelta;

use super::service::{HEAD, Service, already, three};
use super::siren;

#[tokio::test]
async fn a_producer_answers_by_its_link_and_only_the_silent_are_reminded() {
    let service = Service::open("survey_links").await;
    let (surveys, by) = (&service.surveys, service.by);
    let id = service.made().await;
    service.import(id, &three()).await;
    assert_eq!(surveys.open(by, id).await.unwrap(), Ok(2), "one has no address");
    assert_eq!(surveys.open(by, id).await.unwrap(), Err(NotDone::Already));
    let letters = service.letters().await;
    assert_eq!(letters.len(), 2);
    assert_ne!(letters[0].1, letters[1].1, "two at one address have each their link");
    let (first, second) = (letters[0].1.as_str(), letters[1].1.as_str());
    let holder = surveys.holder(first).await.unwrap().unwrap();
    assert_eq!((holder.producer.name.as_str(), holder.answer), ("Commune A", None));
    let mut tx = service.db.technical().await.unwrap();
    let kept: Vec<Vec<u8>> =
        sqlx::query_scalar("select link_hash from platform.survey_link").fetch_all(tx.conn()).await.unwrap();
    drop(tx);
    assert!(kept.iter().all(|hash| hash.len() == 32 && hash != first.as_bytes()), "digests alone are kept");

    assert!(surveys.holder("inconnu").await.unwrap().is_none());
    assert_eq!(surveys.answer("inconnu", &already("Actes")).await.unwrap(), Err(NotDone::Unknown));
    assert_eq!(surveys.answer(first, &already("Actes")).await.unwrap(), Ok(()));
    assert_eq!(surveys.answer(first, &already("Actes")).await.unwrap(), Ok(()));
    assert_eq!(service.changes(first).await, 0, "sent twice, nothing changed");
    assert_eq!(surveys.answer(first, &already("Santé")).await.unwrap(), Ok(()));
    assert_eq!(service.changes(first).await, 1);

    service.clock.advance(TimeDelta::days(1));
    assert_eq!(surveys.remind(by, id, 0).await.unwrap(), Ok(1));
    assert_eq!(surveys.remind(by, id, 0).await.unwrap(), Err(NotDone::Already), "the form was sent twice");
    let letters = service.letters().await;
    assert_eq!(letters.len(), 3);
    let reminded = surveys.holder(&letters[2].1).await.unwrap().unwrap();
    assert_eq!(reminded.producer.name, "CCAS de A");
    assert_ne!(letters[2].1, second, "a fresh link");
    assert_eq!(surveys.answer(second, &already("Social")).await.unwrap(), Ok(()), "the older one serves");
    assert_eq!(service.changes(&letters[2].1).await, 0, "one answer a producer");

    // A name corrected and an answer kept; one who is new is written to at once, one whose address was missing too.
    let more = format!(
        "{HEAD}{};Commune d’A;COM;900;a@example.fr;\n{};Syndicat;SYNDICAT;;s@example.fr;\n{};Commune B;COM;;b@example.fr;\n",
        siren(1),
        siren(3),
        siren(4)
    );
    assert_eq!(service.import(id, &more).await, Taken { added: 1, changed: 2, same: 0, letters: 2 });
    let to: Vec<String> = service.letters().await.into_iter().skip(3).map(|(to, _)| to).collect();
    assert_eq!(to, ["s@example.fr", "b@example.fr"]);
    let holder = surveys.holder(first).await.unwrap().unwrap();
    assert_eq!(
        (holder.producer.name.as_str(), holder.answer.unwrap().reply),
        ("Commune d’A", already("Santé"))
    );
    let mut tx = service.db.technical().await.unwrap();
    let progress = progress(&mut tx, id).await.unwrap();
    assert_eq!((progress.invited, progress.answered, progress.without_email), (4, 2, 0));
}

#[tokio::test]
async fn as_many_as_a_table_may_have_are_asked_at_once() {
    let service = Service::open("survey_many").await;
    let id = service.made().await;
    let line = |number: usize| format!("{};Commune {number};COM;900;c{number}@example.fr;\n", siren(number));
    let table = |count: usize| HEAD.to_owned() + &(1..=count).map(line).collect::<String>();
    let more =
        service.surveys.import_producers(service.by, id, table(5_001).as_bytes(), false).await.unwrap();
    let Err(NotTaken::Lines(faults)) = more else { panic!("{more:?}") };
    assert_eq!(faults, ["5000 lignes au plus, et chacune juste"]);
    assert_eq!(service.import(id, &table(5_000)).await.added, 5_000);
    assert_eq!(service.surveys.open(service.by, id).await.unwrap(), Ok(5_000));
    let links: std::collections::BTreeSet<String> =
        service.letters().await.into_iter().map(|(_, link)| link).collect();
    assert_eq!(links.len(), 5_000, "each its own");
}
