//! Letters: asked for with what they tell, sent once, kept back while the relay is away, given up and shown.

use chartrier::clock::Clock;
use chartrier::db::Db;
use chartrier::mail::{
    Letter, Mail, Manner, Settings, Subject, Tls, Troubles, choose, troubles, write_to_administrators,
    write_to_person,
};
use chartrier::model::{PersonId, TenantId};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::db::jobs::{db_with, event};
use crate::support::smtp::{Relay, Taken};

mod returns;

/// A member with two administrators who have an address, one who has none, and a depositor.
struct Post {
    db: Db,
    clock: Clock,
    mail: Mail,
    relay: Relay,
    depositor: PersonId,
    administrator: PersonId,
}

fn tenant() -> TenantId {
    TenantId::of_member("a")
}

fn settings(relay: &Relay) -> Settings {
    Settings {
        host: "127.0.0.1".into(),
        port: relay.port,
        tls: Tls::None,
        credentials: None,
        from: "Archives d’É <archives@example.fr>".into(),
    }
}

impl Post {
    async fn open(name: &str, change: impl FnOnce(Settings) -> Option<Settings>) -> Post {
        let clock = Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap());
        let db = db_with(name, &clock, &["a"]).await;
        let relay = Relay::open().await;
        let settings = change(settings(&relay));
        let mail = Mail::new(
            db.clone(),
            clock.clone(),
            settings.as_ref(),
            "https://a.example.fr",
            crate::support::at_rest(),
        )
        .unwrap();
        let mut tx = db.write(tenant()).await.unwrap();
        let mut people = Vec::new();
        for (login, email, role) in [
            ("maire", Some("maire@example.fr"), "member_admin"),
            ("dgs", Some("dgs@example.fr"), "member_admin"),
            ("muet", None, "member_admin"),
            ("secretaire", Some("secretaire@example.fr"), "depositor"),
        ] {
            let person = Uuid::now_v7();
            sqlx::query(
                "insert into platform.person (person_id, login, display_name, password_hash, created_at, email)
                 values ($1, $2, $2, '', now(), $3)",
            )
            .bind(person)
            .bind(login)
            .bind(email)
            .execute(tx.conn())
            .await
            .unwrap();
            sqlx::query("insert into assignment (person_id, role) values ($1, $2)")
                .bind(person)
                .bind(role)
                .execute(tx.conn())
                .await
                .unwrap();
            people.push(PersonId(person));
        }
        tx.record(event());
        tx.commit().await.unwrap();
        Post { db, clock, mail, relay, depositor: people[3], administrator: people[0] }
    }

    async fn tell_administrators(&self, topic: &str) {
        let letter = Letter::Incident { sites: vec!["nord".into()], copies: 3 };
        let mut tx = self.db.write(tenant()).await.unwrap();
        write_to_administrators(&mut tx, &self.clock, topic, &letter).await.unwrap();
        tx.record(event());
        tx.commit().await.unwrap();
    }

    async fn troubles(&self) -> Troubles {
        troubles(&mut self.db.technical().await.unwrap()).await.unwrap()
    }

    async fn send(&self) -> u64 {
        self.mail.send_due().await.unwrap()
    }

    fn recipients(&self) -> Vec<String> {
        let mut to: Vec<String> = self.relay.taken().into_iter().map(|taken| taken.to).collect();
        to.sort();
        to
    }
}

/// A letter's text, with quoted-printable undone.
pub fn text(taken: &Taken) -> String {
    let (_, body) = taken.data.split_once("\n\n").expect("headers, then a body");
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let coded =
            after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (byte, coded) {
            (b'=', Some(decoded)) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[tokio::test]
async fn each_is_told_once_on_a_topic() {
    let post = Post::open("mail_once", Some).await;
    post.tell_administrators("incident:2027-03-01").await;
    post.tell_administrators("incident:2027-03-01").await;
    assert_eq!(post.send().await, 2);
    assert_eq!(post.send().await, 0);
    assert_eq!(post.recipients(), ["RCPT TO:<dgs@example.fr>", "RCPT TO:<maire@example.fr>"]);
    post.tell_administrators("incident:2027-03-01").await;
    assert_eq!(post.send().await, 0, "that it was sent is remembered");
    post.tell_administrators("incident:2027-03-02").await;
    assert_eq!(post.send().await, 2);
    let taken = post.relay.taken();
    assert!(taken[0].from.starts_with("MAIL FROM:<archives@example.fr>"), "{}", taken[0].from);
    let text = text(&taken[0]);
    for said in ["3 copies d’archives en défaut (site : nord)", "https://a.example.fr/integrite", "Membre a"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(
        taken[0].data.contains("@example.fr>\n") && taken[0].data.contains("Message-ID: <"),
        "{}",
        taken[0].data
    );
    assert_eq!(post.troubles().await, Troubles::default());
}

#[tokio::test]
async fn what_is_rolled_back_is_not_told_and_a_person_without_address_reads_the_portal() {
    let post = Post::open("mail_rollback", Some).await;
    let number = "a-ATT-2027-000001".to_owned();
    let letter = Letter::Completed { title: "Attestation".into(), number, transfer_id: Uuid::nil() };
    let mut tx = post.db.write(tenant()).await.unwrap();
    write_to_person(&mut tx, &post.clock, post.depositor, "attestation:1", &letter).await.unwrap();
    drop(tx);
    assert_eq!(post.send().await, 0);
    let mut tx = post.db.write(tenant()).await.unwrap();
    for person in [post.depositor, PersonId(Uuid::now_v7())] {
        write_to_person(&mut tx, &post.clock, person, "attestation:1", &letter).await.unwrap();
    }
    tx.record(event());
    tx.commit().await.unwrap();
    assert_eq!(post.send().await, 1);
    assert_eq!(post.recipients(), ["RCPT TO:<secretaire@example.fr>"]);
    assert!(text(&post.relay.taken()[0]).contains("/versements/00000000-0000-0000-0000-000000000000"));
}

#[tokio::test]
async fn a_relay_that_is_away_makes_letters_wait_and_one_that_refuses_makes_them_given_up() {
    let post = Post::open("mail_away", Some).await;
    post.relay.answer("451 later");
    post.tell_administrators("incident:1").await;
    assert_eq!(post.send().await, 0);
    let waiting = post.troubles().await;
    assert_eq!((waiting.delayed, waiting.given_up), (2, 0));
    assert!(waiting.last_error.unwrap().contains("later"));
    post.relay.answer("250 ok");
    assert_eq!(post.send().await, 0, "not before its time");
    post.clock.advance(TimeDelta::minutes(2));
    assert_eq!(post.send().await, 2);
    assert_eq!(post.troubles().await, Troubles::default());

    post.relay.answer("550 no such person");
    post.tell_administrators("incident:2").await;
    assert_eq!(post.send().await, 0);
    let refused = post.troubles().await;
    assert_eq!((refused.delayed, refused.given_up), (0, 2));
    post.clock.advance(TimeDelta::hours(5));
    post.relay.answer("250 ok");
    assert_eq!(post.send().await, 0, "given up");
    post.clock.advance(TimeDelta::days(31));
    assert_eq!(post.send().await, 0);
    assert_eq!(post.troubles().await, Troubles::default(), "forgotten in the end");
}

#[tokio::test]
async fn a_letter_is_tried_so_often_and_for_so_long() {
    let post = Post::open("mail_long", Some).await;
    post.relay.answer("451 later");
    post.tell_administrators("incident:1").await;
    let mut turns = 0;
    while post.troubles().await.given_up == 0 {
        post.send().await;
        post.clock.advance(TimeDelta::hours(1));
        turns += 1;
        assert!(turns <= 20, "{:?}", post.troubles().await);
    }
    assert_eq!(turns, 16);
    assert_eq!(post.troubles().await.delayed, 0);
}

#[tokio::test]
async fn without_settings_nothing_waits_and_without_its_encryption_nothing_leaves() {
    let none = Post::open("mail_none", |_| None).await;
    none.tell_administrators("incident:1").await;
    assert_eq!(none.send().await, 0);
    let mut tx = none.db.technical().await.unwrap();
    let left: i64 =
        sqlx::query_scalar("select count(*) from technical.letter").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(left, 0);
    drop(tx);
    for (name, tls) in [("mail_starttls", Tls::Starttls), ("mail_tls", Tls::Tls)] {
        let post = Post::open(name, |settings| Some(Settings { tls, ..settings })).await;
        post.tell_administrators("incident:1").await;
        assert_eq!(post.send().await, 0, "{tls:?}");
        assert!(post.relay.taken().is_empty(), "{tls:?}: the relay speaks in clear alone");
        let troubles = post.troubles().await;
        assert_eq!(troubles.delayed + troubles.given_up, 2, "{tls:?}");
    }
}

#[tokio::test]
async fn each_is_told_as_they_chose_and_what_safety_imposes_is_told_at_once() {
    let post = Post::open("mail_chosen", Some).await;
    let quota = Letter::Quota { percent: 80, held: 8, promised: 10 };
    let missed = Letter::Missed {
        agreement: "ACTES".into(),
        from: "2027-02-01".parse().unwrap(),
        until: "2027-02-28".parse().unwrap(),
        due: "2027-03-01".parse().unwrap(),
    };
    let digest = [(Subject::Quota, Manner::Digest), (Subject::Missed, Manner::Digest)];
    choose(&post.db, post.administrator, &digest).await.unwrap();
    let tell = async |topic: &str, letter: &Letter| {
        let mut tx = post.db.write(tenant()).await.unwrap();
        write_to_administrators(&mut tx, &post.clock, topic, letter).await.unwrap();
        tx.record(event());
        tx.commit().await.unwrap();
    };
    tell("quota:80", &quota).await;
    tell("missed:1", &missed).await;
    assert_eq!(post.send().await, 2, "of the other administrator");
    assert!(post.recipients().iter().all(|to| to.contains("dgs@")), "{:?}", post.recipients());
    // What is imposed does not wait.
    post.tell_administrators("incident:1").await;
    assert_eq!(post.send().await, 2);
    // At seven the next day, both in one message.
    post.clock.advance(TimeDelta::hours(23));
    assert_eq!(post.send().await, 2);
    let last = post.relay.taken().pop().unwrap();
    assert!(last.to.contains("maire@"), "{}", last.to);
    let said = text(&last);
    for part in [
        "Place occupée : 80 % du quota",
        "Versement attendu, et pas reçu",
        "https://a.example.fr/applications",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(post.send().await, 0, "once");
    // Nothing at all, then at once again.
    choose(&post.db, post.administrator, &[(Subject::Quota, Manner::None)]).await.unwrap();
    tell("quota:95", &quota).await;
    assert_eq!(post.send().await, 1);
    choose(&post.db, post.administrator, &[(Subject::Quota, Manner::Now)]).await.unwrap();
    tell("quota:96", &quota).await;
    assert_eq!(post.send().await, 2);
}
