//! Under each of the starter profiles a draft, described by its answers alone, is taken in charge.

use std::collections::BTreeMap;

use chartrier::drafting::draft::Form;
use chartrier::drafting::files::Coming;
use chartrier::drafting::questions::Place;
use chartrier::drafting::review::{Review, Seen};
use chartrier::drafting::{Answer, By, Drafting, Sending};
use chartrier::ingest::Depositor;
use chartrier::membership::library;
use chartrier::model::{Agent, Channel, Role, Transfer};
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

/// Answers what is asked, again until nothing new is.
async fn answered(
    drafting: &Drafting,
    by: &By,
    draft: Uuid,
    whole: &BTreeMap<String, String>,
    files: &BTreeMap<Uuid, (BTreeMap<String, String>, String)>,
) {
    let nothing = BTreeMap::new();
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
        drafting.answer(by, draft, &answers, None).await.unwrap();
        if review(drafting, by, draft).await.is_ready() {
            break;
        }
    }
}

/// A deposit under a starter profile: its files are there, nothing is answered.
struct Begun {
    drafting: Drafting,
    by: By,
    draft: Uuid,
    /// What the example says of the whole, then of each file with the kind that it is.
    whole: BTreeMap<String, String>,
    files: BTreeMap<Uuid, (BTreeMap<String, String>, String)>,
}

impl Begun {
    async fn of(door: &Door, name: &str) -> Begun {
        let (drafting, by) = (drafting(door), by(door, door.tenant.person(Role::Depositor)));
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
        Begun { drafting, by, draft, whole: example[0].1.clone(), files }
    }

    /// What is asked of the whole before anything is sent, which no earlier deposit answered: the labels.
    async fn first_asked(&self) -> Vec<String> {
        let seen = review(&self.drafting, &self.by, self.draft).await;
        let asked = seen.asked[&Place::Unit(String::new())].iter();
        let first = asked.filter(|one| !one.optional && !seen.proposed.contains_key(one.name()));
        first.map(|one| one.label.clone()).collect()
    }

    async fn answered(&self) {
        answered(&self.drafting, &self.by, self.draft, &self.whole, &self.files).await;
        let seen = review(&self.drafting, &self.by, self.draft).await;
        assert!(seen.is_ready(), "{:?}\n{:?}", seen.problems, seen.asked);
        // What the whole was asked, no folder is asked again.
        let whole = &seen.asked[&Place::Unit(String::new())];
        let folders =
            seen.asked.iter().filter(|(place, _)| matches!(place, Place::Unit(path) if !path.is_empty()));
        for question in folders.flat_map(|(_, asked)| asked) {
            assert!(whole.iter().all(|one| one.label != question.label), "{question:?}");
        }
    }

    async fn sent(&self, door: &Door) -> Transfer {
        let Begun { drafting, by, draft, .. } = self;
        let Sending::Ready(ready) = drafting.send(by, *draft).await.unwrap() else { panic!("not ready") };
        let from = Depositor {
            tenant: by.tenant,
            agent: Agent::Person(by.person, Role::Depositor),
            channel: Channel::Portal,
            copy: ready.copy,
            announced_bytes: None,
        };
        let reception = door.ingest.receive(&from, &ready.file_name, ready.package.stream()).await.unwrap();
        let id = reception.transfer.transfer_id;
        drafting.sent(by, *draft, id).await.unwrap();
        door.ingest.advance(by.tenant, id).await.unwrap();
        let mut tx = door.tenant.db.read(by.tenant).await.unwrap();
        chartrier::ingest::queries::find_transfer(&mut tx, id).await.unwrap().unwrap()
    }
}

async fn under(name: &str) -> Door {
    let door = Door::open().await;
    let model = library::find(name).unwrap();
    let id = profile::imported(&door.tenant, "PROFIL", model.rng().bytes).await;
    profile::bound(&door.tenant, id, true, true).await;
    door
}

#[tokio::test]
async fn an_answer_that_does_not_suit_is_refused_with_what_its_author_wants() {
    let door = under("actes").await;
    let begun = Begun::of(&door, "actes").await;
    begun.answered().await;
    let wrong = Answer {
        place: Place::Unit(String::new()),
        field: "numéro".to_owned(),
        value: "le douzième".to_owned(),
    };
    begun.drafting.answer(&begun.by, begun.draft, &[wrong], None).await.unwrap();
    let problems = review(&begun.drafting, &begun.by, begun.draft).await.problems;
    let said = "« le douzième » ne convient pas. Il faut : Département, SIREN, date, numéro";
    assert!(problems.iter().any(|problem| problem.sentence.contains(said)), "{problems:?}");
    door.end().await;
}

#[tokio::test]
async fn under_each_starter_profile_a_draft_with_its_answers_is_taken_in_charge() {
    for (name, first_max, next_max) in [
        ("actes", 9, 7),
        ("pes", 7, 7),
        ("marches", 9, 7),
        ("agents", 7, 7),
        ("seance", 5, 4),
        ("bulletin", 5, 4),
        ("permis", 11, 8),
    ] {
        let door = under(name).await;
        let begun = Begun::of(&door, name).await;
        let first = begun.first_asked().await;
        begun.answered().await;
        let transfer = begun.sent(&door).await;
        assert_eq!(transfer.state.word(), "taken_in_charge", "{name}: {:#?}", transfer.findings);
        assert_eq!(transfer.archival_profile.as_deref(), Some("PROFIL"), "{name}");
        // The next one of the kind, begun afresh: what never changes is there already.
        let next = Begun::of(&door, name).await.first_asked().await;
        assert!(first.len() <= first_max && next.len() <= next_max, "{name}: {first:#?} {next:#?}");
        door.end().await;
    }
}
