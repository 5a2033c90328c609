//! A year of many members, some coming in it and some leaving, its deposits entered as rows and entries: what each night measured is what
//! the journals say, figure by figure.

use std::time::Instant;

use chartrier::billing::Year;
use chartrier::billing::measures::of_year;
use chartrier::billing::options::Options;
use chartrier::clock::Clock;
use chartrier::db::{self, Db, Settings};
use chartrier::model::{Agent, Event, EventType, Outcome, PersonId, TenantId};
use chartrier::usage::{measure_what_is_due, recount::recount};
use chrono::{Days, NaiveDate, TimeDelta};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::day;
use crate::support::database;

const SITES: [&str; 2] = ["nord", "sud"];

/// A member's year: what it sends, from when, until when.
struct Sender {
    tenant: TenantId,
    number: u64,
}

impl Sender {
    fn of(number: u64) -> Self {
        Self { tenant: TenantId::of_member(&format!("y{number:03}")), number }
    }

    /// Each third comes in the year, each fifth leaves in it.
    fn is_here(&self, day: NaiveDate) -> bool {
        let from = if self.number.is_multiple_of(3) { 40 + self.number % 200 } else { 0 };
        let until = if self.number.is_multiple_of(5) { 250 + self.number % 100 } else { 400 };
        (from..until).contains(&u64::from(chrono::Datelike::ordinal0(&day)))
    }

    /// The deposits of a day: agreement, files, bytes. About one in twelve days has some.
    fn sends(&self, day: NaiveDate) -> Vec<(String, i64, i64)> {
        let seed = self.number * 7 + u64::from(chrono::Datelike::ordinal0(&day)) * 5;
        if !self.is_here(day) || !seed.is_multiple_of(12) {
            return Vec::new();
        }
        let one = |n: u64| {
            let bytes = 10_000_019 * (1 + (seed + n) % 977);
            (format!("FLUX-{}", (seed + n) % 3), 1 + (seed % 40) as i64, bytes as i64)
        };
        (0..=seed % 2).map(one).collect()
    }
}

/// One taken in charge at noon of the clock's day: its rows, and the entries that the taking in charge leaves.
async fn take(db: &Db, clock: &Clock, sender: &Sender, (agreement, files, bytes): (String, i64, i64)) {
    let id = clock.fresh_id();
    let now = clock.now();
    let mut tx = db.write(sender.tenant).await.unwrap();
    let mut statements = vec![
        format!(
            "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at, closed_at, agreement_identifier)
             values ('{id}', 'taken_in_charge', 'api', 'x', 1, sha512('{id}'), '{now}', '{now}', '{agreement}')"
        ),
        format!(
            "insert into archive (archive_id, transfer_id, cote, title, agreement_id, transferring_agency, size_bytes,
                                  unit_count, object_count, taken_in_charge_at, inventory_sha512)
             select '{id}', '{id}', 'COTE-{id}', 't', agreement_id, 'v', {bytes}, 1, {files}, '{now}', sha512('i')
             from agreement where identifier = '{agreement}'"
        ),
    ];
    let copy = |site| {
        format!(
            "insert into copy (archive_id, site, location, verified_at) values ('{id}', '{site}', 'l', '{now}')"
        )
    };
    statements.extend(SITES.map(copy));
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement)).execute(tx.conn()).await.unwrap();
    }
    let mut record = |event_type, detail| {
        let (object, agent) = (format!("archive:{id}"), Agent::Service);
        tx.record(Event { event_type, outcome: Outcome::Ok, agent, object, detail });
    };
    record(EventType::Replication, vec![("sites", SITES.join(" "))]);
    record(
        EventType::PriseEnCharge,
        vec![("nom_accord", agreement), ("fichiers", files.to_string()), ("octets", bytes.to_string())],
    );
    tx.commit().await.unwrap();
}

async fn members(name: &str, senders: &[Sender]) {
    let tenants: Vec<Uuid> = senders.iter().map(|sender| sender.tenant.as_uuid()).collect();
    let codes: Vec<String> = senders.iter().map(|sender| format!("y{:03}", sender.number)).collect();
    let mut superuser = database::connect_as("chartrier_superuser", name).await;
    sqlx::query("set session_replication_role = replica").execute(&mut superuser).await.unwrap();
    for statement in [
        "insert into member (tenant_id, code, name, kind, siren, department, created_at, population)
         select t, c, c, 'commune', '219600178', '96', now(), 1000 from unnest($1::uuid[], $2::text[]) as m(t, c)",
        "insert into journal_head (tenant_id, seq, hash, at)
         select t, 0, decode(repeat('00', 32), 'hex'), '2020-01-01' from unnest($1::uuid[], $2::text[]) as m(t, c)",
        "insert into convention (tenant_id, convention_id, identifier, regime, state, notice_months, details)
         select t, gen_random_uuid(), 'C', 'mutualisation_definitive', 'active', 6, '{}' from unnest($1::uuid[], $2::text[]) as m(t, c)",
        "insert into agreement (tenant_id, agreement_id, identifier, name, state, archival_agency, acceptance, transfer_bytes_max)
         select t, gen_random_uuid(), 'FLUX-' || n, 'Flux', 'active', gen_random_uuid(), 'automatic', 1
         from unnest($1::uuid[], $2::text[]) as m(t, c), generate_series(0, 2) n",
    ] {
        sqlx::query(statement).bind(&tenants).bind(&codes).execute(&mut superuser).await.unwrap();
    }
}

/// Lives the year, then looks at every figure by both paths.
async fn lived(name: &str, count: u64) {
    let settings = Settings::new(&database::own_database(name).await, 4).unwrap();
    db::migrate(&settings).await.unwrap();
    let clock = Clock::standing_at("2027-01-01T11:00:00Z".parse().unwrap());
    let db = Db::connect(&settings, clock.clone()).await.unwrap();
    let senders: Vec<Sender> = (0..count).map(Sender::of).collect();
    members(name, &senders).await;
    let began = Instant::now();
    let (mut deposits, mut bytes, mut measured) = (0_u64, vec![0_u128; senders.len()], 0);
    for today in day("2027-01-01").iter_days().take(365) {
        for (sender, sum) in senders.iter().zip(&mut bytes) {
            for deposit in sender.sends(today) {
                *sum += deposit.2 as u128;
                take(&db, &clock, sender, deposit).await;
                deposits += 1;
            }
        }
        clock.advance(TimeDelta::days(1));
        // Each month: what was not measured on its day is, later.
        if (today + Days::new(1)).format("%d").to_string() == "01" {
            measured += measure_what_is_due(&db, &clock).await.unwrap();
        }
    }
    let lived = began.elapsed();
    let began = Instant::now();
    let (mut figures, mut entries) = (0, 0);
    for sender in &senders {
        let found = recount(&db, sender.tenant).await.unwrap();
        assert!(found.is_right() && !found.has_moved, "{}: {:?}", sender.number, found.differences.first());
        figures += found.figures;
        entries += found.entries;
    }
    println!(
        "{count} membres, {deposits} versements, {measured} journées mesurées en {lived:?} ; {figures} chiffres retrouvés dans \
         {entries} entrées en {:?}",
        began.elapsed()
    );
    assert!(figures > deposits * 2);
    let year = Year {
        year: 2027,
        coefficients: [].into(),
        prepared_by: PersonId(Uuid::nil()),
        prepared_at: clock.now(),
        items: Vec::new(),
        credits: Vec::new(),
        caps: Vec::new(),
        options: Options::default(),
    };
    let deposited: Vec<u128> =
        of_year(&db, &year).await.unwrap().iter().map(|of| of.measure.deposited).collect();
    assert_eq!(deposited, bytes, "what the bill weighs is what was sent");
}

#[tokio::test]
async fn a_year_measured_is_the_year_that_the_journals_say() {
    lived("usage_year", 5).await;
}

#[tokio::test]
#[ignore = "some minutes: a département's whole year, by hand"]
async fn a_year_of_three_hundred_members_is_the_year_that_the_journals_say() {
    lived("usage_year_whole", 300).await;
}
