//! People and machines say who they are.

use std::net::IpAddr;

use chartrier::identity::{Identity, LogIn};
use chartrier::model::Role;
use chrono::Duration;

use crate::support::{FreshTenant, PASSWORD, database, fresh_tenant};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

fn identity(fresh: &FreshTenant) -> Identity {
    Identity::new(fresh.db.clone(), fresh.clock.clone(), crate::support::at_rest())
}

async fn cookie(fresh: &FreshTenant, role: Role) -> String {
    match identity(fresh).log_in(&fresh.login(role), PASSWORD, HERE).await.unwrap() {
        LogIn::Opened(cookie) => cookie,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_person_of_one_member_acts_for_it_at_once() {
    let fresh = fresh_tenant().await;
    let cookie = cookie(&fresh, Role::Archivist).await;
    let session = identity(&fresh).session(&cookie).await.unwrap().unwrap();
    assert_eq!(session.members.len(), 1);
    let caller = session.caller.unwrap();
    assert_eq!((caller.tenant, caller.member_code.as_str()), (fresh.tenant, fresh.code.as_str()));
    assert_eq!(
        (caller.person_id, caller.roles.as_slice()),
        (fresh.person(Role::Archivist), &[Role::Archivist][..])
    );
    assert!(
        caller.csrf_matches(&caller.csrf_token) && !caller.csrf_matches("") && caller.csrf_token != cookie
    );
    identity(&fresh).log_out(&cookie).await.unwrap();
    assert!(identity(&fresh).session(&cookie).await.unwrap().is_none());
    fresh.end().await;
}

#[tokio::test]
async fn whoever_serves_several_members_chooses_among_them_only() {
    let (one, other, foreign) = (fresh_tenant().await, fresh_tenant().await, fresh_tenant().await);
    let mut tx = other.db.write(other.tenant).await.unwrap();
    sqlx::query("insert into assignment (person_id, role) values ($1, 'reader')")
        .bind(one.person(Role::Archivist).0)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "member:x".into(),
        detail: vec![],
    });
    tx.commit().await.unwrap();
    let identity = identity(&one);
    let cookie = cookie(&one, Role::Archivist).await;
    let session = identity.session(&cookie).await.unwrap().unwrap();
    assert!(session.caller.is_none() && session.members.len() == 2);
    assert!(!identity.choose_member(&cookie, &foreign.code).await.unwrap());
    assert!(identity.choose_member(&cookie, &other.code).await.unwrap());
    let caller = identity.session(&cookie).await.unwrap().unwrap().caller.unwrap();
    assert_eq!((caller.tenant, caller.roles.as_slice()), (other.tenant, &[Role::Reader][..]));
    for fresh in [one, other, foreign] {
        fresh.end().await;
    }
}

#[tokio::test]
async fn guessing_makes_the_guesser_wait_and_no_colleague() {
    let fresh = fresh_tenant().await;
    let identity = identity(&fresh);
    let login = fresh.login(Role::Depositor);
    for _ in 0..5 {
        assert_eq!(identity.log_in(&login, "faux", THERE).await.unwrap(), LogIn::Refused);
    }
    let until = fresh.clock.now() + Duration::minutes(1);
    assert_eq!(identity.log_in(&login, PASSWORD, THERE).await.unwrap(), LogIn::LockedUntil(until));
    cookie(&fresh, Role::Depositor).await; // the colleague, from elsewhere
    fresh.clock.advance(Duration::minutes(1));
    assert!(matches!(identity.log_in(&login, PASSWORD, THERE).await.unwrap(), LogIn::Opened(_)));
    for _ in 0..4 {
        assert_eq!(identity.log_in(&login, "faux", THERE).await.unwrap(), LogIn::Refused);
    }
    fresh.end().await;
}

#[tokio::test]
async fn an_unknown_login_is_treated_like_a_known_one() {
    let fresh = fresh_tenant().await;
    let identity = identity(&fresh);
    let unknown = format!("inconnu@{}", fresh.code);
    for _ in 0..5 {
        assert_eq!(identity.log_in(&unknown, "faux", THERE).await.unwrap(), LogIn::Refused);
    }
    assert!(matches!(identity.log_in(&unknown, "faux", THERE).await.unwrap(), LogIn::LockedUntil(_)));
    for odd in ["", "a\0b", &"x".repeat(300)] {
        assert_eq!(identity.log_in(odd, "faux", HERE).await.unwrap(), LogIn::Refused);
    }
    fresh.end().await;
}

#[tokio::test]
async fn guesses_sent_at_once_are_counted_like_guesses_in_a_row() {
    let fresh = fresh_tenant().await;
    let guesses = (0..12).map(|_| {
        let (identity, login) = (identity(&fresh), fresh.login(Role::Reader));
        tokio::spawn(async move { identity.log_in(&login, "faux", THERE).await.unwrap() })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(guess.await.unwrap() == LogIn::Refused);
    }
    assert_eq!(looked_at, 5);
    fresh.end().await;
}

#[tokio::test]
async fn a_session_ends_by_silence_by_age_and_with_the_account() {
    let fresh = fresh_tenant().await;
    let identity = identity(&fresh);
    let silent = cookie(&fresh, Role::Archivist).await;
    fresh.clock.advance(Duration::hours(8));
    assert!(identity.session(&silent).await.unwrap().is_none());
    let old = cookie(&fresh, Role::Archivist).await;
    for hour in 1..=12 {
        fresh.clock.advance(Duration::hours(1));
        assert_eq!(identity.session(&old).await.unwrap().is_some(), hour < 12, "after {hour} hours");
    }
    let closed = cookie(&fresh, Role::Archivist).await;
    let mut owner = database::connect("chartrier_owner").await;
    sqlx::query("update platform.person set disabled_at = now() where person_id = $1")
        .bind(fresh.person(Role::Archivist).0)
        .execute(&mut owner)
        .await
        .unwrap();
    assert!(identity.session(&closed).await.unwrap().is_none());
    let refused = identity.log_in(&fresh.login(Role::Archivist), PASSWORD, HERE).await.unwrap();
    assert_eq!(refused, LogIn::Refused);
    fresh.end().await;
}

#[tokio::test]
async fn a_machine_gets_a_token_for_its_member_for_an_hour() {
    let fresh = fresh_tenant().await;
    let identity = identity(&fresh);
    assert!(identity.client_token(&fresh.client_id, "faux").await.unwrap().is_none());
    assert!(identity.client_token("inconnue", PASSWORD).await.unwrap().is_none());
    let given = identity.client_token(&fresh.client_id, PASSWORD).await.unwrap().unwrap();
    assert_eq!(given.expires_in_seconds, 3600);
    let caller = identity.bearer(&given.token, None).await.unwrap().unwrap();
    assert_eq!((caller.tenant, caller.machine_id), (fresh.tenant, fresh.machine));
    let mut agreements = [fresh.agreement.clone(), fresh.agreement_with_archivist.clone()];
    agreements.sort();
    assert_eq!(caller.agreements, agreements);
    assert!(identity.bearer("faux", None).await.unwrap().is_none());
    fresh.clock.advance(Duration::hours(1));
    assert!(identity.bearer(&given.token, None).await.unwrap().is_none());
    fresh.end().await;
}
