//! The background door: what a stop, a lost lease or a silent database does to the job that runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chartrier::access::Access;
use chartrier::clock::Clock;
use chartrier::db::{Db, jobs};
use chartrier::ingest::{Ingest, JOB_INGEST};
use chartrier::mail::Mail;
use chartrier::model::{Limits, TenantId};
use chartrier::preservation::{self, Preservation};
use chartrier::pronom::Pronom;
use chartrier::recovery::Recovery;
use chartrier::worker::{Turns, Worker};
use sqlx::{Connection, PgConnection};
use tokio::sync::watch;
use uuid::Uuid;

use crate::db::jobs::{db_with, event};
use crate::support::{database, vault};

/// A worker in a database of its own, with one job that waits for a table which the test holds.
async fn with_a_job_that_lasts(name: &str, lease: Duration) -> (Arc<Worker>, PgConnection) {
    let clock = Clock::system();
    let db: Db = db_with(name, &clock, &["a", "b"]).await;
    enqueue(&db, "a", 1).await;
    let mut owner = database::connect_as("chartrier_owner", name).await;
    sqlx::raw_sql("begin; lock table transfer").execute(&mut owner).await.unwrap();
    let ingest = Ingest::new(db.clone(), vault::storage(), clock.clone(), Limits::default(), 30);
    let preservation =
        Preservation::new(db.clone(), vault::storage(), clock.clone(), preservation::Settings::default());
    let grace = Duration::from_secs(1);
    let pronom = Pronom::new(db.clone(), vault::storage(), clock.clone(), ingest.signatures().clone());
    let recovery = Recovery::new(db.clone(), vault::storage(), clock.clone());
    let sealing = crate::support::sealing(&db, &vault::storage(), &clock, &std::env::temp_dir().join(name));
    let mail = Mail::new(db.clone(), clock.clone(), None, "http://chartrier.test", crate::support::at_rest())
        .unwrap();
    let turns = Turns::new(2);
    let drafting = crate::support::drafting(&db, &vault::storage(), &clock, &ingest);
    let access = Access::new(db.clone(), vault::storage(), clock.clone());
    let worker = Worker {
        db,
        access,
        ingest,
        drafting,
        preservation,
        pronom,
        recovery,
        sealing,
        mail,
        clock,
        turns,
        lease,
        grace,
    };
    (Arc::new(worker), owner)
}

async fn enqueue(db: &Db, code: &str, jobs: usize) {
    let mut tx = db.write(TenantId::of_member(code)).await.unwrap();
    for _ in 0..jobs {
        tx.enqueue(JOB_INGEST, Uuid::now_v7(), Clock::system().now()).await.unwrap();
    }
    tx.record(event());
    tx.commit().await.unwrap();
}

async fn running(db: &Db, code: &str) -> i64 {
    let mut tx = db.technical().await.unwrap();
    sqlx::query_scalar(
        "select count(*) from technical.job join member using (tenant_id) where code = $1 and state = 'running'",
    )
    .bind(code)
    .fetch_one(tx.conn())
    .await
    .unwrap()
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn one_member_leaves_lanes_to_whoever_comes_next() {
    let (worker, owner) = with_a_job_that_lasts("worker_shares", Duration::from_secs(30)).await;
    let db = worker.db.clone();
    enqueue(&db, "a", 5).await;
    let (stop, stopped) = watch::channel(false);
    let work = tokio::spawn(Worker::clone(&worker).run(4, stopped));
    until("its share runs", async || running(&db, "a").await == 2).await;
    // Twice as long as an idle lane takes to look.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(running(&db, "a").await, 2, "four lanes, two for one member");
    enqueue(&db, "b", 1).await;
    until("the newcomer has a lane", async || running(&db, "b").await == 1).await;
    sqlx::raw_sql("commit").execute(&mut { owner }).await.unwrap();
    until("all is done", async || {
        let counts = jobs::counts(&db, worker.clock.now()).await.unwrap();
        counts.due + counts.running + counts.later == 0
    })
    .await;
    stop.send(true).unwrap();
    work.await.unwrap();
}

#[tokio::test]
async fn a_stop_waits_its_grace_and_gives_the_job_back_untouched() {
    // The lease is extended several times within the grace.
    let (worker, owner) = with_a_job_that_lasts("worker_stop", Duration::from_millis(600)).await;
    let (told, mut stop) = watch::channel(false);
    told.send(true).unwrap();
    let began = Instant::now();
    assert!(worker.step(&mut stop).await.unwrap());
    let elapsed = began.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(5)).contains(&elapsed), "{elapsed:?}");
    let job = jobs::claim(&worker.db, worker.clock.now(), worker.lease).await.unwrap();
    assert_eq!(job.expect("anyone may take it now").attempts, 1);
    owner.close().await.unwrap();
}

#[tokio::test]
async fn a_job_goes_on_while_the_queue_does_not_answer() {
    let (worker, mut owner) = with_a_job_that_lasts("worker_silence", Duration::from_millis(300)).await;
    let (_told, mut stop) = watch::channel(false);
    let step = tokio::spawn({
        let worker = worker.clone();
        async move { worker.step(&mut stop).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    // Nobody may extend a lease.
    let revoke = "revoke update on technical.job from chartrier_technical";
    let grant = "grant update on technical.job to chartrier_technical";
    let mut other = database::connect_as("chartrier_owner", "worker_silence").await;
    sqlx::raw_sql(revoke).execute(&mut other).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    sqlx::raw_sql(grant).execute(&mut other).await.unwrap();
    assert!(!step.is_finished(), "the job was left to itself");
    sqlx::raw_sql("commit").execute(&mut owner).await.unwrap();
    assert!(step.await.unwrap().unwrap());
    let counts = jobs::counts(&worker.db, worker.clock.now()).await.unwrap();
    assert_eq!(counts, jobs::Counts::default(), "it is done");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a worker has many parts")]
async fn what_may_wait_has_one_lane_and_keeps_no_transfer_waiting() {
    let clock = Clock::system();
    let db: Db = db_with("worker_background", &clock, &["a"]).await;
    let tenant = TenantId::of_member("a");
    let mut tx = db.write(tenant).await.unwrap();
    for _ in 0..4 {
        tx.enqueue_background(preservation::JOB_MIGRATE, Uuid::now_v7(), clock.now()).await.unwrap();
    }
    tx.record(event());
    tx.commit().await.unwrap();
    // Each of them lasts as long as the test wants.
    let mut owner = database::connect_as("chartrier_owner", "worker_background").await;
    sqlx::raw_sql("begin; lock table media_migration").execute(&mut owner).await.unwrap();
    let ingest = Ingest::new(db.clone(), vault::storage(), clock.clone(), Limits::default(), 30);
    let settings = preservation::Settings { canaries: 0, ..preservation::Settings::default() };
    let preservation = Preservation::new(db.clone(), vault::storage(), clock.clone(), settings);
    let (lease, grace) = (Duration::from_secs(30), Duration::from_secs(1));
    let recovery = Recovery::new(db.clone(), vault::storage(), clock.clone());
    let mail = Mail::new(db.clone(), clock.clone(), None, "http://chartrier.test", crate::support::at_rest())
        .unwrap();
    let pronom = Pronom::new(db.clone(), vault::storage(), clock.clone(), ingest.signatures().clone());
    let keys = tempfile::tempdir().unwrap();
    let sealing = crate::support::sealing(&db, &vault::storage(), &clock, keys.path());
    let worker = Worker {
        db: db.clone(),
        access: Access::new(db.clone(), vault::storage(), clock.clone()),
        drafting: crate::support::drafting(&db, &vault::storage(), &clock, &ingest),
        ingest,
        preservation,
        recovery,
        sealing,
        mail,
        pronom,
        clock: clock.clone(),
        turns: Turns::new(8),
        lease,
        grace,
    };
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(worker.run(2, stopped));
    tokio::time::sleep(Duration::from_millis(700)).await;
    for _ in 0..5 {
        let mut tx = db.write(tenant).await.unwrap();
        tx.enqueue(JOB_INGEST, Uuid::now_v7(), clock.now()).await.unwrap();
        tx.record(event());
        tx.commit().await.unwrap();
    }
    let began = Instant::now();
    loop {
        let counts = jobs::counts(&db, clock.now()).await.unwrap();
        if counts.due + counts.running + counts.later == 0 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "transfers wait: {counts:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut tx = db.technical().await.unwrap();
    let lanes: i64 =
        sqlx::query_scalar("select count(*) from technical.job where background and state = 'running'")
            .fetch_one(tx.conn())
            .await
            .unwrap();
    drop(tx);
    assert_eq!(lanes, 1, "one lane, however many wait");
    sqlx::raw_sql("commit").execute(&mut owner).await.unwrap();
    stop.send(true).unwrap();
    running.await.unwrap();
}
