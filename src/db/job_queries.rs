//! Jobs taken, given back, set aside, counted.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Error;
use super::jobs::{Counts, Job, SetAside};
use crate::model::TenantId;

/// Takes the first job due, in the background or not, of the tenant with the fewest running, some tenants left out. Candidates are looked up tenant by
/// tenant along an index, once (a plan that asks anew for each job is quadratic), then locked in order, those that another
/// worker is taking being passed over.
pub(super) async fn claim_job(
    conn: &mut PgConnection,
    (now, locked_until): (DateTime<Utc>, DateTime<Utc>),
    deaths_max: i32,
    background: bool,
    but_of: &[Uuid],
) -> Result<Option<Job>, Error> {
    let row = sqlx::query!(
        "with candidate as materialized (
             select first.job_id, load.running, first.run_at
             from (select m.tenant_id,
                          (select count(*) from technical.job r
                           where r.tenant_id = m.tenant_id and r.background = $4 and r.state = 'running'
                             and r.locked_until > $1) as running
                   from member m where m.tenant_id <> all($5)) load
             cross join lateral (
                 select j.job_id, j.run_at from technical.job j
                 where j.tenant_id = load.tenant_id and j.state <> 'set_aside' and j.run_at <= $1
                   and j.background = $4
                   and (j.state = 'ready' and j.deaths < $3 or j.locked_until <= $1 and j.deaths < $3 - 1)
                 order by j.run_at limit 16) first),
         taken as (
             select j.job_id
             from candidate c join technical.job j using (job_id)
             where j.state = 'ready' and j.deaths < $3
                or (j.state = 'running' and j.locked_until <= $1 and j.deaths < $3 - 1)
             order by c.running, c.run_at, c.job_id
             limit 1
             for update of j skip locked)
         update technical.job j
         set state = 'running', attempts = j.attempts + 1, fence = j.fence + 1, locked_until = $2,
             deaths = j.deaths + (j.state = 'running')::integer
         from taken where j.job_id = taken.job_id
         returning j.job_id, j.tenant_id, j.kind, j.subject, j.attempts, j.fence",
        now,
        locked_until,
        deaths_max,
        background,
        but_of
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Job {
        job_id: row.job_id,
        tenant: TenantId::from_row(row.tenant_id),
        kind: row.kind,
        subject: row.subject,
        attempts: row.attempts.unsigned_abs(),
        fence: row.fence,
    }))
}

/// Jobs that have ended their worker `deaths_max` times in a row would end it again.
pub(super) async fn set_aside_deadly(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    deaths_max: i32,
) -> Result<(), Error> {
    sqlx::query!(
        "update technical.job
         set state = 'set_aside', locked_until = null,
             last_error = coalesce(last_error, 'le travail n''a jamais été rendu par celui qui l''exécutait')
         where (state = 'running' and locked_until <= $1 and deaths >= $2 - 1) or (state = 'ready' and deaths >= $2)",
        now,
        deaths_max
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete_job(conn: &mut PgConnection, job_id: i64, fence: i64) -> Result<bool, Error> {
    let done = sqlx::query!("delete from technical.job where job_id = $1 and fence = $2", job_id, fence);
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

pub(super) async fn extend_job(
    conn: &mut PgConnection,
    job_id: i64,
    fence: i64,
    locked_until: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.job set locked_until = $3 where job_id = $1 and fence = $2 and state = 'running'",
        job_id,
        fence,
        locked_until
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

/// Back among those that wait, with `attempts` counted so far.
pub(super) async fn put_back_job(
    conn: &mut PgConnection,
    job: (i64, i64),
    run_at: DateTime<Utc>,
    attempts: i32,
    (last_error, waits_for): (Option<&str>, Option<&str>),
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.job
         set state = 'ready', locked_until = null, run_at = $3, attempts = $4, last_error = $5, deaths = 0,
             waits_for = $6
         where job_id = $1 and fence = $2 and state = 'running'",
        job.0,
        job.1,
        run_at,
        attempts,
        last_error,
        waits_for
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

pub(super) async fn set_job_aside(
    conn: &mut PgConnection,
    job_id: i64,
    fence: i64,
    last_error: &str,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.job set state = 'set_aside', locked_until = null, last_error = $3
         where job_id = $1 and fence = $2 and state = 'running'",
        job_id,
        fence,
        last_error
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

pub(super) async fn release_running_jobs(conn: &mut PgConnection) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update technical.job
         set state = 'ready', locked_until = null, fence = fence + 1, deaths = deaths + 1
         where state = 'running'"
    );
    Ok(done.execute(conn).await?.rows_affected())
}

pub(super) async fn resume_job(
    conn: &mut PgConnection,
    job_id: i64,
    now: DateTime<Utc>,
    attempts_max: i32,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update technical.job set state = 'ready', attempts = 0, deaths = 0, run_at = $2
         where job_id = $1 and (state = 'set_aside' or (state = 'ready' and attempts >= $3))",
        job_id,
        now,
        attempts_max
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

pub(super) async fn jobs_set_aside(
    conn: &mut PgConnection,
    attempts_max: i32,
    most: i64,
) -> Result<Vec<SetAside>, Error> {
    let rows = sqlx::query!(
        r#"select j.job_id, j.kind, j.subject, j.attempts, j.created_at, m.name as member_name,
                  coalesce(j.last_error, '')
                      || case when j.state = 'ready' then ' (repris de lui-même chaque heure)' else '' end
                      as "last_error!"
           from technical.job j join member m using (tenant_id)
           where j.state = 'set_aside' or (j.state = 'ready' and j.attempts >= $1 and j.waits_for is null)
           order by j.job_id limit $2"#,
        attempts_max,
        most
    )
    .fetch_all(conn)
    .await?;
    let set_aside = rows.into_iter().map(|row| SetAside {
        job_id: row.job_id,
        member_name: row.member_name,
        kind: row.kind,
        subject: row.subject,
        attempts: row.attempts.unsigned_abs(),
        last_error: row.last_error,
        created_at: row.created_at,
    });
    Ok(set_aside.collect())
}

pub(super) async fn hasten_waiting(
    conn: &mut PgConnection,
    waits_for: &str,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update technical.job set run_at = $2 where state = 'ready' and run_at > $2 and waits_for = $1",
        waits_for,
        now
    );
    Ok(done.execute(conn).await?.rows_affected())
}

pub(super) async fn jobs_waiting(conn: &mut PgConnection) -> Result<Vec<(String, u64)>, Error> {
    let rows = sqlx::query!(
        r#"select waits_for as "waits_for!", count(*) as "jobs!" from technical.job
           where waits_for is not null group by waits_for order by waits_for limit 100"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.waits_for, row.jobs.unsigned_abs())).collect())
}

pub(super) async fn cause_of(
    conn: &mut PgConnection,
    tenant: Uuid,
    kind: &str,
    subject: Uuid,
) -> Result<Option<String>, Error> {
    let cause = sqlx::query_scalar!(
        "select waits_for from technical.job where tenant_id = $1 and kind = $2 and subject = $3",
        tenant,
        kind,
        subject
    );
    Ok(cause.fetch_optional(conn).await?.flatten())
}

pub(super) async fn count_jobs(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    attempts_max: i32,
) -> Result<Counts, Error> {
    let row = sqlx::query!(
        r#"select count(*) filter (where not background and state = 'ready' and run_at <= $1) as "due!",
                  count(*) filter (where not background and state = 'ready' and run_at > $1
                                   and (attempts < $2 or waits_for is not null)) as "later!",
                  count(*) filter (where not background and state = 'running') as "running!",
                  count(*) filter (where state = 'set_aside'
                                   or (state = 'ready' and run_at > $1 and attempts >= $2 and waits_for is null))
                      as "set_aside!",
                  count(*) filter (where background and (state = 'running' or (state = 'ready' and run_at <= $1)))
                      as "background!",
                  min(run_at) filter (where not background and state = 'ready' and run_at <= $1) as due_since
           from technical.job"#,
        now,
        attempts_max
    )
    .fetch_one(conn)
    .await?;
    Ok(Counts {
        due: row.due.unsigned_abs(),
        later: row.later.unsigned_abs(),
        running: row.running.unsigned_abs(),
        set_aside: row.set_aside.unsigned_abs(),
        background: row.background.unsigned_abs(),
        due_since: row.due_since,
    })
}

/// Whether a job that cannot wait is due.
pub(super) async fn is_foreground_due(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<bool, Error> {
    let due = sqlx::query_scalar!(
        r#"select exists (select from technical.job where not background and state = 'ready' and run_at <= $1)
           as "due!""#,
        now
    );
    Ok(due.fetch_one(conn).await?)
}
