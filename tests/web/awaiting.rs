//! What awaits an archivist, told once a day by mail: numbers and the address of her desk, nothing else.

use chartrier::access::Access;
use chartrier::mail::{Mail, Settings, Tls};
use chartrier::model::Role;
use chartrier::worker::awaiting;
use chrono::TimeDelta;

use super::scoped::change;
use super::{Door, form, get};
use crate::mail::text;
use crate::support::smtp::Relay;
use crate::support::{at_rest, vault};

const ADDRESS: &str = "archiviste@example.fr";

/// A door whose archivist has an address, with the relay that her letters leave by.
struct Post {
    door: Door,
    relay: Relay,
    mail: Mail,
}

impl Post {
    async fn open(database: &str) -> Post {
        let (door, relay) = (Door::alone(database).await, Relay::open().await);
        let settings = Settings {
            host: "127.0.0.1".into(),
            port: relay.port,
            tls: Tls::None,
            credentials: None,
            from: "Archives <archives@example.fr>".into(),
        };
        let (db, clock) = (door.tenant.db.clone(), door.tenant.clock.clone());
        let mail = Mail::new(db, clock, Some(&settings), "https://a.example.fr", at_rest()).unwrap();
        let mut tx = door.tenant.db.technical().await.unwrap();
        sqlx::query("update platform.person set email = $2 where person_id = $1")
            .bind(door.tenant.person(Role::Archivist).0)
            .bind(ADDRESS)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Post { door, relay, mail }
    }

    /// A turn of the housekeeping: for how many something awaits.
    async fn look(&self) -> u64 {
        let t = &self.door.tenant;
        let access = Access::new(t.db.clone(), vault::storage(), t.clock.clone());
        awaiting::tell(&t.db, &self.door.ingest, &access, &t.clock).await.unwrap()
    }

    /// The letters that leave now, as they are read.
    async fn sent(&self) -> Vec<String> {
        let before = self.relay.taken().len();
        self.mail.send_due().await.unwrap();
        let taken = self.relay.taken();
        assert!(taken.iter().all(|one| one.to.contains(ADDRESS)), "nobody else is told");
        taken[before..].iter().map(text).collect()
    }

    async fn deposit(&self, identifier: &str) -> chartrier::model::Transfer {
        let mut sip = self.door.sip(identifier);
        sip.agreement = self.door.tenant.agreement_with_archivist.clone();
        self.door.deposit(sip.zip()).await
    }

    fn hours(&self, hours: i64) {
        self.door.tenant.clock.advance(TimeDelta::hours(hours));
    }
}

#[tokio::test]
async fn an_archivist_is_told_once_a_day_what_awaits_her_in_numbers_alone() {
    let post = Post::open("awaiting").await;
    assert_eq!(post.look().await, 0, "nothing awaits");
    let one = post.deposit("INTITULE-UN").await;
    assert_eq!(post.look().await, 1);
    assert!(post.sent().await.is_empty(), "not before seven");
    // The numbers are those of the last look, not of the first.
    post.deposit("INTITULE-DEUX").await;
    change(&post.door, "update agreement set state = 'draft' where identifier like '%-AUTO'").await;
    post.look().await;
    post.look().await;
    post.hours(22);
    let sent = post.sent().await;
    assert_eq!(sent.len(), 1);
    for said in
        ["2 versements à décider, 1 accord à valider, dans une collectivité", "https://a.example.fr/\n"]
    {
        assert!(sent[0].contains(said), "{said}: {}", sent[0]);
    }
    let named = [post.door.tenant.code.as_str(), "INTITULE", "Commune", "/versements/"];
    assert!(!named.iter().any(|name| sent[0].contains(name)), "{}", sent[0]);
    // Later the same day, whatever comes: nothing before the next.
    post.deposit("INTITULE-TROIS").await;
    post.look().await;
    post.hours(20);
    assert!(post.sent().await.is_empty());
    accept(&post.door, &one).await;
    post.look().await;
    post.hours(4);
    let sent = post.sent().await;
    assert!(sent.len() == 1 && sent[0].contains("2 versements à décider"), "{sent:?}");
    post.door.end().await;
}

async fn accept(door: &Door, of: &chartrier::model::Transfer) {
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let address = format!("/versements/{}/acceptation", of.transfer_id);
    let done = door.send(form(&address, &format!("csrf={csrf}")).cookie(&cookie)).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

#[tokio::test]
async fn whoever_wants_no_mail_has_none_and_what_awaits_no_more_is_not_told() {
    let post = Post::open("awaiting_none").await;
    let one = post.deposit("ATTENTE").await;
    assert_eq!(post.look().await, 1);
    accept(&post.door, &one).await;
    assert_eq!(post.look().await, 0);
    post.hours(23);
    assert!(post.sent().await.is_empty(), "it was decided meanwhile");

    post.deposit("ENCORE").await;
    assert_eq!(post.look().await, 1);
    let (cookie, csrf) = post.door.log_in(Role::Archivist).await;
    let choose = async |manner: &str| {
        let body = format!("csrf={csrf}&awaiting={manner}");
        let done = post.door.send(form("/compte/courriels", &body).cookie(&cookie)).await;
        assert_eq!(done.status, 303);
        post.door.send(get("/compte").cookie(&cookie)).await.text()
    };
    assert!(choose("now").await.contains("attendent votre décision"), "once a day, or not at all");
    assert_eq!(post.look().await, 1, "what cannot be chosen changes nothing");
    choose("none").await;
    assert_eq!(post.look().await, 0);
    post.hours(24);
    assert!(post.sent().await.is_empty());
    post.door.end().await;
}
