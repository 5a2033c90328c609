//! Under each of the starter profiles a draft, described by its answers alone, is taken in charge.

use std::collections::BTreeMap;

use chartrier::drafting::draft::Form;
use chartrier::drafting::files::Coming;
use chartrier::drafting::questions::Place;
use chartrier::drafting::review::{Review, Seen};
use chartrier::drafting::{Answer, By, Drafting, Sending};
use chartrier::ingest::Depositor;
use chartrier::membership::library;
use chartrier::model::{Agent, Channel, Role};
use chartrier::seda::write::columns::Column;
use futures_util::stream;
use uuid::Uuid;

use super::{by, drafting};
use crate::sip::profiles::{Described, content, described};
use crate::support::profile;
use crate::web::Door;

/// Of a path of the example, the kinds of the folders above it, and its own when it is a file.
fn kinds(all: &[Described], path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let kind = |path: String| {
        let found = all.iter().find(|(known, _)| *known == path);
        found.and_then(|(_, values)| values.get("DocumentType").cloned())
    };
    let named = (1..=parts.len()).filter_map(|depth| kind(parts[..depth].join("/")));
    named.collect::<Vec<_>>().join(" › ")
}

async fn review(drafting: &Drafting, by: &By, draft: Uuid) -> Box<Review> {
    match drafting.review(by, draft).await.unwrap() {
        Seen::Open(review) => review,
        Seen::Closed(_) => panic!("closed"),
        Seen::Nothing => panic!("no draft"),
    }
}

/// The answer to a question of this field, from what the example says there.
fn answer(values: &BTreeMap<String, String>, field: &str) -> Option<String> {
    let (column, part) = field.split_once('.').unwrap_or((field, ""));
    let column = Column::named(column).ok()?;
    let (_, value) = values.iter().find(|(name, _)| Column::named(name) == Ok(column))?;
    if column.name() != "mots-clés" {
        return Some(value.clone());
    }
    let first = value.split('|').next()?;
    let (words, kind) = first.strip_suffix(']')?.rsplit_once(" [")?;
    let (kind, reference) = kind.split_once(':')?;
    Some(match part {
        "reference" => reference.to_owned(),
        "nature" => kind.to_owned(),
        _ => words.to_owned(),
    })
}

/// Answers what is asked, again until nothing new is; how many questions of the whole there were.
async fn answered(
    drafting: &Drafting,
    by: &By,
    draft: Uuid,
    whole: &BTreeMap<String, String>,
    files: &BTreeMap<Uuid, (BTreeMap<String, String>, String)>,
) -> usize {
    let (mut count, nothing) = (0, BTreeMap::new());
    for _ in 0..5 {
        let seen = review(drafting, by, draft).await;
        let mut answers = Vec::new();
        for (place, asked) in &seen.asked {
            let values = match place {
                Place::File(id) => &files[id].0,
                Place::Unit(path) if path.is_empty() => whole,
                Place::Unit(_) => &nothing,
            };
            for question in asked {
                assert!(!question.label.contains("AR0") && !question.hint.contains("AR0"), "{question:?}");
                let value = question.fields.iter().find_map(|field| answer(values, field));
                let value = value.unwrap_or_else(|| match &question.form {
                    Form::Date => "2026-09-22".into(),
                    Form::Choice(choices) => choices[0].0.clone(),
                    Form::Text => "P10Y".into(),
                });
                answers.push(Answer { place: place.clone(), field: question.name().to_owned(), value });
            }
        }
        for (id, (_, kind)) in files {
            let place = Place::File(*id);
            answers.push(Answer { place, field: "@nature".into(), value: kind.clone() });
        }
        count = seen.asked[&Place::Unit(String::new())].len();
        drafting.answer(by, draft, &answers, None).await.unwrap();
        if review(drafting, by, draft).await.is_ready() {
            break;
        }
    }
    count
}

#[tokio::test]
async fn under_each_starter_profile_a_draft_with_its_answers_is_taken_in_charge() {
    for (name, questions_max) in [
        ("actes", 12),
        ("pes", 9),
        ("marches", 13),
        ("agents", 9),
        ("seance", 6),
        ("bulletin", 6),
        ("permis", 12),
    ] {
        let door = Door::open().await;
        let model = library::find(name).unwrap();
        let id = profile::imported(&door.tenant, "PROFIL", model.rng().bytes).await;
        profile::bound(&door.tenant, id, true, true).await;
        let (drafting, by) = (drafting(&door), by(&door, door.tenant.person(Role::Depositor)));
        let draft = drafting.begin(&by, &door.tenant.agreement, false).await.unwrap().expect("it is open");
        let example = described(name);
        let mut files = BTreeMap::new();
        for (path, values) in example.iter().filter(|(path, _)| path.contains('.') && path != ".") {
            let bytes = content(path);
            let own = path.rsplit('/').next().unwrap();
            let coming = Coming { path: own, size_bytes: Some(bytes.len() as u64), modified_ms: None };
            let file = drafting.open_file(&by, draft, coming).await.unwrap().unwrap();
            let body = stream::iter([Ok(bytes::Bytes::from(bytes))]);
            drafting.add(&by, (draft, file.file_id), 0, body).await.unwrap().unwrap();
            files.insert(file.file_id, (values.clone(), kinds(&example, path)));
        }
        let count = answered(&drafting, &by, draft, &example[0].1, &files).await;
        let seen = review(&drafting, &by, draft).await;
        assert!(seen.is_ready(), "{name}: {:?}\n{:?}", seen.problems, seen.asked);
        assert!(count <= questions_max, "{name}: {count} questions: {:#?}", seen.asked.values().next());
        let Sending::Ready(ready) = drafting.send(&by, draft).await.unwrap() else { panic!("{name}") };
        let from = Depositor {
            tenant: by.tenant,
            agent: Agent::Person(by.person, Role::Depositor),
            channel: Channel::Portal,
            copy: ready.copy,
            announced_bytes: None,
        };
        let reception = door.ingest.receive(&from, &ready.file_name, ready.package.stream()).await.unwrap();
        let id = reception.transfer.transfer_id;
        drafting.sent(&by, draft, id).await.unwrap();
        door.ingest.advance(by.tenant, id).await.unwrap();
        let mut tx = door.tenant.db.read(by.tenant).await.unwrap();
        let transfer = chartrier::ingest::queries::find_transfer(&mut tx, id).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(transfer.state.word(), "taken_in_charge", "{name}: {:#?}", transfer.findings);
        assert_eq!(transfer.archival_profile.as_deref(), Some("PROFIL"), "{name}");
        door.end().await;
    }
}
