//! Authorities away for days: nothing else waits, they are asked less and less often, those who must know are told, and all
//! is stamped in the end.

use chartrier::sealing::Alert;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use uuid::Uuid;

use super::Stage;
use super::stamps::{ANYWHERE, start, tokens, with};
use crate::db::jobs::event;
use crate::support::database;

/// People of the two members: the same operator in both.
async fn people(stage: &Stage) {
    let people = [
        ("exploitante", Some("exploitante@example.fr"), &["operator"][..], &["a", "b"][..]),
        ("maire", Some("maire@example.fr"), &["member_admin"], &["a"]),
        ("muet", None, &["member_admin"], &["b"]),
        ("lectrice", Some("lectrice@example.fr"), &["reader"], &["b"]),
    ];
    for (login, email, roles, members) in people {
        let person = Uuid::now_v7();
        for (first, member) in members.iter().enumerate() {
            let mut tx = stage.db.write(chartrier::model::TenantId::of_member(member)).await.unwrap();
            if first == 0 {
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
            }
            for role in roles {
                let assignment = "insert into assignment (person_id, role) values ($1, $2)";
                sqlx::query(assignment).bind(person).bind(*role).execute(tx.conn()).await.unwrap();
            }
            tx.record(event());
            tx.commit().await.unwrap();
        }
    }
}

/// Recipient and topic of each letter about stamps, in order.
async fn letters(stage: &Stage) -> Vec<(String, String)> {
    let mut superuser = database::connect_as("chartrier_superuser", stage.name).await;
    let rows = sqlx::query("select recipient, topic, letter from technical.letter order by topic, recipient");
    let rows = rows.fetch_all(&mut superuser).await.unwrap();
    rows.iter()
        .map(|row| {
            assert!(row.get::<String, _>("letter").contains("connexion impossible"));
            (row.get("recipient"), row.get("topic"))
        })
        .collect()
}

#[tokio::test]
async fn an_authority_away_three_days_keeps_nothing_else_waiting_and_stamps_all_when_it_is_back() {
    let stage = Stage::new("stamps_away").await;
    people(&stage).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let (address, sealing) = (authority.address(), with(&stage, &[&authority], 0));
    sealing.seal_what_is_due().await.unwrap();
    sealing.stamp_what_waits().await.unwrap();
    drop(authority);
    stage.clock.advance(TimeDelta::days(1));
    let first_away = stage.clock.now();
    let (mut attempts, mut tried) = (0, None::<DateTime<Utc>>);
    // Turn after turn of five minutes, for three days.
    for turn in 0..3 * 288 {
        if turn % 288 == 0 {
            stage.happen(1).await;
            sealing.seal_what_is_due().await.unwrap();
        }
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
        let standing = sealing.standing().await.unwrap();
        let stamping = standing.stamping.unwrap();
        assert_eq!(stamping.waiting_since, Some(first_away));
        assert!(stamping.reason.unwrap().contains("demonstration"));
        if stamping.tried_at != tried {
            let since = tried.map_or(TimeDelta::zero(), |tried| stage.clock.now() - tried);
            assert!(
                since <= TimeDelta::minutes(65) && (attempts < 5 || since >= TimeDelta::minutes(30)),
                "{since}"
            );
            (attempts, tried) = (attempts + 1, stamping.tried_at);
        }
        let waits = stage.clock.now() - first_away;
        let unstamped =
            |alert: &Alert| matches!(alert, Alert::Unstamped { since, .. } if *since == first_away);
        assert_eq!(standing.alerts.iter().any(unstamped), waits > TimeDelta::hours(24), "after {waits}");
        assert_eq!(letters(&stage).await.is_empty(), waits <= TimeDelta::hours(24), "after {waits}");
        stage.clock.advance(TimeDelta::minutes(5));
    }
    assert_eq!(stage.seals().await.len(), 4, "sealed all the same");
    println!("{attempts} demandes en trois jours d'absence");
    assert!((72..160).contains(&attempts), "every half hour to every hour: {attempts}");
    // From 2027-03-05T03:00 on: each address once a day, by the calendar of Paris.
    let days = ["2027-03-03", "2027-03-04", "2027-03-05"];
    let told: Vec<_> = days
        .iter()
        .flat_map(|day| {
            ["exploitante", "maire"].map(|who| (format!("{who}@example.fr"), format!("horodatage:{day}")))
        })
        .collect();
    assert_eq!(letters(&stage).await, told);
    let _back = start(folder.path(), address, 3_650);
    stage.clock.advance(TimeDelta::hours(1));
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 3);
    for number in 1..=4 {
        assert_eq!(tokens(&stage, number).await.len(), 1);
    }
    let standing = sealing.standing().await.unwrap();
    let stamping = standing.stamping.unwrap();
    assert_eq!((stamping.waiting_since, stamping.reason, stamping.next_at), (None, None, None));
    assert_eq!((stamping.failures, standing.alerts), (0, Vec::new()));
    stage.clock.advance(TimeDelta::days(1));
    sealing.stamp_what_waits().await.unwrap();
    assert_eq!(letters(&stage).await, told, "nobody is told any more");
}

#[tokio::test]
async fn who_asks_for_a_seal_now_has_it_stamped_though_the_authority_was_away_a_minute_ago() {
    let stage = Stage::new("stamps_now").await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let (address, sealing) = (authority.address(), with(&stage, &[&authority], 0));
    drop(authority);
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
    let back = start(folder.path(), address, 3_650);
    stage.clock.advance(TimeDelta::minutes(1));
    assert_eq!((sealing.stamp_what_waits().await.unwrap(), back.answered()), (0, 0), "it is left alone");
    assert_eq!((sealing.stamp_now().await.unwrap(), back.answered()), (1, 1));
}
