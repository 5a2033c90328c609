//! Jobs: asked for with the change that needs them, shared fairly, leased, given back, set aside.

use std::time::Duration;

use chartrier::clock::Clock;
use chartrier::db::jobs::{self, Again, Failed, Job};
use chartrier::db::{Db, Settings};
use chartrier::model::{Agent, Event, EventType, Outcome, TenantId};
use uuid::Uuid;

use crate::support::database;

const LEASE: Duration = Duration::from_secs(30);

/// A database of the test's own, since jobs are claimed over all tenants; with so many members.
pub async fn db_with(name: &str, clock: &Clock, members: &[&str]) -> Db {
    let settings = Settings::new(&database::own_database(name).await, 4).unwrap();
    chartrier::db::migrate(&settings).await.unwrap();
    let db = Db::connect(&settings, clock.clone()).await.unwrap();
    for code in members {
        let mut tx = db.write(TenantId::of_member(code)).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "insert into member (code, name, kind, siren, department, created_at)
             values ('{code}', 'Membre {code}', 'commune', '213300635', '33', now());
             insert into journal_head (seq, hash, at) values (0, decode(repeat('00', 32), 'hex'), '2027-01-01')"
        )))
        .execute(tx.conn())
        .await
        .unwrap();
        tx.record(event());
        tx.commit().await.unwrap();
    }
    db
}

pub fn event() -> Event {
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "member:x".into(),
        detail: vec![],
    }
}

fn clock() -> Clock {
    Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap())
}

async fn enqueue(db: &Db, clock: &Clock, code: &str, count: usize) {
    let mut tx = db.write(TenantId::of_member(code)).await.unwrap();
    for _ in 0..count {
        tx.enqueue("examine", Uuid::now_v7(), clock.now()).await.unwrap();
    }
    tx.record(event());
    tx.commit().await.unwrap();
}

async fn claim(db: &Db, clock: &Clock) -> Option<Job> {
    jobs::claim(db, clock.now(), LEASE).await.unwrap()
}

#[tokio::test]
async fn a_job_exists_only_if_its_transaction_was_committed_and_once() {
    let clock = clock();
    let db = db_with("jobs_committed", &clock, &["a"]).await;
    let subject = Uuid::now_v7();
    let mut tx = db.write(TenantId::of_member("a")).await.unwrap();
    tx.enqueue("examine", subject, clock.now()).await.unwrap();
    drop(tx);
    assert!(claim(&db, &clock).await.is_none());
    for _ in 0..2 {
        let mut tx = db.write(TenantId::of_member("a")).await.unwrap();
        tx.enqueue("examine", subject, clock.now()).await.unwrap();
        tx.record(event());
        tx.commit().await.unwrap();
    }
    let job = claim(&db, &clock).await.unwrap();
    assert_eq!((job.tenant, job.kind.as_str(), job.subject), (TenantId::of_member("a"), "examine", subject));
    assert!(claim(&db, &clock).await.is_none());
    assert!(jobs::finish(&db, &job).await.unwrap());
    assert_eq!(jobs::counts(&db, clock.now()).await.unwrap(), jobs::Counts::default());
}

#[tokio::test]
async fn the_tenant_with_the_fewest_running_is_served_first() {
    let clock = clock();
    let db = db_with("jobs_fair", &clock, &["big", "small", "late"]).await;
    enqueue(&db, &clock, "big", 40).await;
    clock.advance(chrono::Duration::seconds(1));
    enqueue(&db, &clock, "small", 2).await;
    enqueue(&db, &clock, "late", 1).await;
    let mut served = Vec::new();
    for _ in 0..6 {
        served.push(claim(&db, &clock).await.unwrap().tenant);
    }
    let [big, small, late] = ["big", "small", "late"].map(TenantId::of_member);
    assert_eq!(served.iter().filter(|tenant| **tenant == late).count(), 1);
    assert_eq!(served.iter().filter(|tenant| **tenant == small).count(), 2);
    assert_eq!(served[0], big, "the oldest, while nobody runs");
    assert!(served[1..3].contains(&small) && served[1..3].contains(&late), "{served:?}");
}

#[tokio::test]
async fn many_workers_never_take_the_same_job() {
    let clock = clock();
    let db = db_with("jobs_many", &clock, &["a", "b"]).await;
    enqueue(&db, &clock, "a", 30).await;
    enqueue(&db, &clock, "b", 30).await;
    let workers = (0..8).map(|_| {
        let (db, clock) = (db.clone(), clock.clone());
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(job) = claim(&db, &clock).await {
                taken.push(job.subject);
                assert!(jobs::finish(&db, &job).await.unwrap());
            }
            taken
        })
    });
    let mut taken = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        taken.extend(worker.await.unwrap());
    }
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 60);
    assert_eq!(jobs::counts(&db, clock.now()).await.unwrap(), jobs::Counts::default());
}

#[tokio::test]
async fn a_late_worker_changes_nothing() {
    let clock = clock();
    let db = db_with("jobs_late", &clock, &["a"]).await;
    enqueue(&db, &clock, "a", 1).await;
    let late = claim(&db, &clock).await.unwrap();
    clock.advance(chrono::Duration::seconds(20));
    assert!(jobs::extend(&db, &late, clock.now(), LEASE).await.unwrap());
    clock.advance(chrono::Duration::seconds(20));
    assert!(claim(&db, &clock).await.is_none(), "extended");
    clock.advance(chrono::Duration::seconds(11));
    let next = claim(&db, &clock).await.unwrap();
    assert_eq!(next.attempts, 2);
    assert!(!jobs::finish(&db, &late).await.unwrap());
    assert!(!jobs::extend(&db, &late, clock.now(), LEASE).await.unwrap());
    assert_eq!(jobs::fail(&db, &late, clock.now(), "tard", Again::Always, None).await.unwrap(), Failed::Lost);
    assert!(jobs::finish(&db, &next).await.unwrap());
}

#[tokio::test]
async fn a_job_that_keeps_failing_is_set_aside_and_shown() {
    let clock = clock();
    let db = db_with("jobs_aside", &clock, &["a"]).await;
    enqueue(&db, &clock, "a", 1).await;
    let mut attempts = 0;
    loop {
        let job = claim(&db, &clock).await.unwrap();
        attempts += 1;
        match jobs::fail(&db, &job, clock.now(), "disque plein\0", Again::AFewTimes, None).await.unwrap() {
            Failed::Later(at) => {
                assert!(claim(&db, &clock).await.is_none(), "not before its delay");
                clock.advance(at - clock.now());
            }
            outcome => {
                assert_eq!(outcome, Failed::SetAside);
                break;
            }
        }
    }
    assert_eq!(attempts, jobs::ATTEMPTS_MAX);
    clock.advance(chrono::Duration::days(1));
    assert!(claim(&db, &clock).await.is_none());
    let shown = jobs::set_aside(&db, 10).await.unwrap();
    assert_eq!(
        (shown.len(), shown[0].last_error.as_str(), shown[0].member_name.as_str()),
        (1, "disque plein", "Membre a")
    );
    assert_eq!(jobs::counts(&db, clock.now()).await.unwrap().set_aside, 1);
    assert!(jobs::resume(&db, shown[0].job_id, clock.now()).await.unwrap());
    let job = claim(&db, &clock).await.unwrap();
    assert_eq!(
        jobs::fail(&db, &job, clock.now(), "impossible", Again::Never, None).await.unwrap(),
        Failed::SetAside
    );
}

#[tokio::test]
async fn a_job_whose_cause_passes_is_tried_for_days_and_shown_meanwhile() {
    let clock = clock();
    let db = db_with("jobs_waiting", &clock, &["a"]).await;
    enqueue(&db, &clock, "a", 1).await;
    let began = clock.now();
    while clock.now() - began < chrono::Duration::days(2) {
        let job = claim(&db, &clock).await.expect("it is tried again");
        let Failed::Later(at) =
            jobs::fail(&db, &job, clock.now(), "site absent", Again::Always, None).await.unwrap()
        else {
            panic!("set aside")
        };
        assert!(at - clock.now() <= chrono::Duration::hours(1));
        if job.attempts < jobs::ATTEMPTS_MAX {
            assert_eq!(jobs::counts(&db, clock.now()).await.unwrap().set_aside, 0);
            assert!(jobs::set_aside(&db, 10).await.unwrap().is_empty());
        } else {
            assert_eq!(jobs::counts(&db, clock.now()).await.unwrap().set_aside, 1);
            let shown = jobs::set_aside(&db, 10).await.unwrap();
            assert_eq!(shown[0].last_error, "site absent (repris de lui-même chaque heure)");
        }
        clock.advance(at - clock.now());
    }
    // Its worker killed once, after all those failures, is no reason to set it aside.
    assert!(claim(&db, &clock).await.is_some());
    clock.advance(chrono::Duration::seconds(31));
    let job = claim(&db, &clock).await.unwrap();
    jobs::fail(&db, &job, clock.now(), "site absent", Again::Always, None).await.unwrap();
    let shown = jobs::set_aside(&db, 10).await.unwrap();
    assert!(jobs::resume(&db, shown[0].job_id, clock.now()).await.unwrap(), "an operator need not wait");
    assert_eq!(claim(&db, &clock).await.unwrap().attempts, 1);
}

#[tokio::test]
async fn a_job_that_ends_its_worker_each_time_is_set_aside() {
    // The death is found by the end of the lease, or by the next start of a program that was alone.
    for (name, alone) in [("jobs_deadly", false), ("jobs_deadly_alone", true)] {
        let clock = clock();
        let db = db_with(name, &clock, &["a"]).await;
        enqueue(&db, &clock, "a", 1).await;
        for _ in 0..jobs::DEATHS_MAX {
            assert!(claim(&db, &clock).await.is_some());
            match alone {
                true => drop(jobs::release_all_since_no_other_worker_lives(&db).await.unwrap()),
                false => clock.advance(chrono::Duration::seconds(31)),
            }
        }
        assert!(claim(&db, &clock).await.is_none());
        assert_eq!(jobs::set_aside(&db, 10).await.unwrap()[0].attempts, jobs::DEATHS_MAX);
    }
}

#[tokio::test]
async fn a_job_given_back_is_taken_again_at_once() {
    let clock = clock();
    let db = db_with("jobs_released", &clock, &["a"]).await;
    enqueue(&db, &clock, "a", 1).await;
    let job = claim(&db, &clock).await.unwrap();
    assert!(jobs::release(&db, &job, clock.now()).await.unwrap());
    let job = claim(&db, &clock).await.unwrap();
    assert_eq!(job.attempts, 1);
    assert_eq!(jobs::release_all_since_no_other_worker_lives(&db).await.unwrap(), 1);
    assert!(!jobs::finish(&db, &job).await.unwrap(), "the fence has moved");
    let job = claim(&db, &clock).await.unwrap();
    let later = clock.now() + chrono::Duration::hours(1);
    assert!(jobs::put_back(&db, &job, later).await.unwrap());
    assert!(claim(&db, &clock).await.is_none());
    clock.advance(chrono::Duration::hours(1));
    assert_eq!(claim(&db, &clock).await.unwrap().attempts, 1);
}
