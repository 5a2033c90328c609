//! What each member held and received, measured day by day: exactly, once, whatever was missed.

mod year;

use chartrier::ingest::archivist::Decider;
use chartrier::ingest::{Error, Ingest};
use chartrier::model::{Agent, Event, EventType, Limits, Outcome, PersonId, TransferId, TransferState};
use chartrier::storage::{Settings, Storage};
use chartrier::usage::recount::{What, recount};
use chartrier::usage::{self, AgreementDay, Amount, DayTotal, queries};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::ingest::Desk;
use crate::support::sip::Sip;
use crate::support::{FreshTenant, fresh_tenant, vault};

/// Moves the desk's clock on to a moment.
fn at(desk: &Desk, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    desk.tenant.clock.advance(moment - desk.tenant.clock.now());
}

async fn measure(tenant: &FreshTenant) -> u32 {
    usage::measure(&tenant.db, &tenant.clock, tenant.tenant).await.unwrap()
}

async fn days(tenant: &FreshTenant) -> Vec<DayTotal> {
    let mut tx = tenant.db.read(tenant.tenant).await.unwrap();
    queries::days(&mut tx, day("2020-01-01"), day("2030-01-01")).await.unwrap()
}

async fn agreements_of(tenant: &FreshTenant, on: &str) -> Vec<AgreementDay> {
    let mut tx = tenant.db.read(tenant.tenant).await.unwrap();
    queries::agreement_days(&mut tx, day(on), day(on)).await.unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An archive as it was entered.
async fn amount(desk: &Desk, id: TransferId) -> Amount {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let (objects, bytes): (i32, i64) =
        sqlx::query_as("select object_count, size_bytes from archive where transfer_id = $1")
            .bind(id.0)
            .fetch_one(tx.conn())
            .await
            .unwrap();
    Amount { archives: 1, objects: objects.into(), bytes }
}

fn sum(amounts: &[Amount]) -> Amount {
    let mut sum = Amount::default();
    amounts.iter().for_each(|amount| sum += *amount);
    sum
}

async fn taken(desk: &Desk, sip: Sip) -> Amount {
    let transfer = desk.deposit(sip.zip()).await;
    if transfer.state == TransferState::Examined {
        let by = PersonId(Uuid::new_v4());
        desk.ingest
            .approve(desk.tenant.tenant, Decider::of_all(by), transfer.transfer_id)
            .await
            .unwrap()
            .unwrap();
        desk.ingest.advance(desk.tenant.tenant, transfer.transfer_id).await.unwrap();
    }
    let transfer = desk.transfer(transfer.transfer_id).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    amount(desk, transfer.transfer_id).await
}

async fn refused(desk: &Desk, sip: Sip) {
    assert_eq!(desk.deposit(sip.zip()).await.state, TransferState::Refused);
}

/// What came on the days of the test below.
struct Came {
    first: Amount,
    second: Amount,
    third: Amount,
    fourth: Amount,
    fifth: Amount,
}

/// Six days, of which three pass while the service is stopped; each measured as soon as it may be.
async fn six_days(desk: &Desk) -> Came {
    let (tenant, decided) = (&desk.tenant, &desk.tenant.agreement_with_archivist);
    assert_eq!(measure(tenant).await, 0, "nothing came yet");
    let first = taken(desk, desk.sip("UN")).await;
    refused(desk, Sip { first_digest: Some("0".repeat(128)), ..desk.sip("FAUX") }).await;
    refused(desk, desk.under("INCONNU", "ACCORD-QUI-N-EXISTE-PAS")).await;
    assert_eq!(measure(tenant).await, 0, "the day is not over");
    at(desk, "2027-03-01T23:02:00Z");
    assert_eq!(measure(tenant).await, 0, "what ended just before midnight may not be committed yet");
    at(desk, "2027-03-01T23:30:00Z");
    let parties = [&tenant.archival_agency, &tenant.transferring_agency, &tenant.originating_agency];
    let [archival, transferring, originating] = parties;
    let larger = Sip::with_files("DEUX", 5).between(&tenant.agreement, archival, transferring, originating);
    let second = taken(desk, larger).await;
    assert_eq!((measure(tenant).await, measure(tenant).await), (1, 0), "once");
    // The service is stopped until the fifth: three days are over, the last of them yesterday.
    let third = taken(desk, desk.under("TROIS", decided)).await;
    at(desk, "2027-03-05T08:00:00Z");
    assert_eq!(measure(tenant).await, 3);
    // A second to midnight in Paris, and midnight.
    at(desk, "2027-03-05T22:59:59Z");
    let fourth = taken(desk, desk.sip("QUATRE")).await;
    at(desk, "2027-03-05T23:00:00Z");
    let fifth = taken(desk, desk.under("CINQ", decided)).await;
    at(desk, "2027-03-07T07:00:00Z");
    assert_eq!(measure(tenant).await, 2);
    Came { first, second, third, fourth, fifth }
}

#[tokio::test]
async fn each_day_is_measured_once_and_a_missed_one_later() {
    let desk = Desk::open().await;
    let Came { first, second, third, fourth, fifth } = six_days(&desk).await;
    let nothing = Amount::default();
    let expected = [
        ("2027-03-01", false, vec![first], first, 2),
        ("2027-03-02", true, vec![first, second, third], sum(&[second, third]), 0),
        ("2027-03-03", true, vec![first, second, third], nothing, 0),
        ("2027-03-04", false, vec![first, second, third], nothing, 0),
        ("2027-03-05", true, vec![first, second, third, fourth], fourth, 0),
        ("2027-03-06", false, vec![first, second, third, fourth, fifth], fifth, 0),
    ];
    let measured = days(&desk.tenant).await;
    assert_eq!(measured.len(), expected.len());
    let sites = vault::storage().sites().count() as i64;
    assert!(sites >= 2);
    for (found, (on, late, held, came, refused)) in measured.iter().zip(expected) {
        let held = sum(&held);
        let expected = DayTotal { day: day(on), late, held, copies_bytes: held.bytes * sites, came, refused };
        assert_eq!(*found, expected, "{on}");
    }
    let told = "select count(*) from event where event_type = 'MESURE' and object like 'usage:2027-03-0_'";
    assert_eq!(desk.count(told).await, 6, "one entry a day");
    let late = "select count(*) from event where entry like '%\"apres_coup\":\"oui\"%'";
    assert_eq!(desk.count(late).await, 3);
    desk.end().await;
}

#[tokio::test]
async fn what_was_measured_is_found_again_in_the_journal_and_what_was_not_is_told() {
    let desk = Desk::open().await;
    let Came { fifth, .. } = six_days(&desk).await;
    let tenant = &desk.tenant;
    let found = recount(&tenant.db, tenant.tenant).await.unwrap();
    assert!(found.is_right(), "{:?}", found.differences);
    assert_eq!((found.days, found.unsaid, found.has_moved), (6, 0, false));
    assert!(found.figures > 30, "{}", found.figures);

    // An archive that the journal says, and no row.
    let mut tx = tenant.db.write(tenant.tenant).await.unwrap();
    let detail =
        vec![("nom_accord", tenant.agreement.clone()), ("fichiers", "1".into()), ("octets", "5".into())];
    let (event_type, outcome) = (EventType::PriseEnCharge, Outcome::Ok);
    tx.record(Event { event_type, outcome, agent: Agent::Service, object: "archive:x".into(), detail });
    tx.commit().await.unwrap();
    at(&desk, "2027-03-08T07:00:00Z");
    assert_eq!(measure(tenant).await, 1);
    let found = recount(&tenant.db, tenant.tenant).await.unwrap();
    let told: Vec<(NaiveDate, &What)> = found.differences.iter().map(|of| (of.day, &of.what)).collect();
    assert_eq!(told, [(day("2027-03-07"), &What::Held), (day("2027-03-07"), &What::Came)]);
    let gap = &found.differences[0];
    assert_eq!((gap.recounted.bytes - gap.measured.bytes, gap.measured.archives > 0), (5, true));
    assert!(fifth.bytes > 0 && !found.is_right());
    desk.end().await;
}

#[tokio::test]
async fn what_is_held_is_told_by_agreement_and_by_site() {
    let desk = Desk::open().await;
    let Came { first, second, third, fourth, fifth } = six_days(&desk).await;
    let (automatic, decided) = (&desk.tenant.agreement, &desk.tenant.agreement_with_archivist);
    let on_first = agreements_of(&desk.tenant, "2027-03-01").await;
    let names: Vec<&str> = on_first.iter().map(|of| of.agreement.as_str()).collect();
    assert_eq!(names, ["", automatic.as_str()]);
    assert_eq!((on_first[0].refused, on_first[0].held, on_first[0].sites.len()), (1, Amount::default(), 0));
    assert_eq!((on_first[1].held, on_first[1].came, on_first[1].refused), (first, first, 1));
    let on_sixth = agreements_of(&desk.tenant, "2027-03-06").await;
    let sites = vault::storage().sites().count();
    for (agreement, held, came) in
        [(automatic, vec![first, second, fourth], Amount::default()), (decided, vec![third, fifth], fifth)]
    {
        let of = on_sixth.iter().find(|of| of.agreement == *agreement).unwrap();
        assert_eq!((of.held, of.came), (sum(&held), came));
        assert_eq!(of.sites.len(), sites);
        assert!(of.sites.iter().all(|(_, copies)| *copies == sum(&held)), "{:?}", of.sites);
    }
    desk.end().await;
}

#[tokio::test]
async fn what_waits_for_a_site_is_of_the_day_on_which_it_is_taken_in_charge() {
    let folder = tempfile::tempdir().unwrap();
    let site = |name: &str| (name.to_owned(), folder.path().join(name));
    let settings = Settings::folders(vec![site("nord"), site("sud")], folder.path().join("quarantine"));
    let storage = Storage::open(&settings).unwrap();
    let tenant = fresh_tenant().await;
    let ingest = Ingest::new(tenant.db.clone(), storage, tenant.clock.clone(), Limits::default(), 30);
    let desk = Desk { tenant, ingest };
    let first = taken(&desk, desk.sip("UN")).await;
    let (sud, away) = (folder.path().join("sud"), folder.path().join("away"));
    std::fs::rename(&sud, &away).unwrap();
    std::fs::create_dir(&sud).unwrap();
    let waiting = desk.receive(desk.sip("DEUX").zip()).await.transfer.transfer_id;
    let told = desk.ingest.advance(desk.tenant.tenant, waiting).await;
    assert!(matches!(told, Err(Error::AwaitingReplication { .. })), "{told:?}");
    at(&desk, "2027-03-02T08:00:00Z");
    assert_eq!(measure(&desk.tenant).await, 1);
    std::fs::remove_dir_all(&sud).unwrap();
    std::fs::rename(&away, &sud).unwrap();
    desk.ingest.advance(desk.tenant.tenant, waiting).await.unwrap();
    let second = amount(&desk, waiting).await;
    at(&desk, "2027-03-03T08:00:00Z");
    assert_eq!(measure(&desk.tenant).await, 1);
    let found = days(&desk.tenant).await;
    assert_eq!((found[0].held, found[0].came, found[0].copies_bytes), (first, first, first.bytes * 2));
    let both = sum(&[first, second]);
    assert_eq!((found[1].held, found[1].came, found[1].copies_bytes), (both, second, both.bytes * 2));
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_measure_at_once_one_does_and_nobody_changes_it_nor_sees_another_s() {
    let (desk, other) = (Desk::open().await, Desk::open().await);
    let mine = taken(&desk, desk.sip("LE-MIEN")).await;
    let theirs = [taken(&other, other.sip("A")).await, taken(&other, other.sip("B")).await];
    for desk in [&desk, &other] {
        at(desk, "2027-03-04T08:00:00Z");
    }
    let measured = futures_util::future::join_all((0..4).map(|_| measure(&desk.tenant))).await;
    assert_eq!(measured.iter().sum::<u32>(), 3, "{measured:?}");
    assert_eq!(measure(&other.tenant).await, 3);
    assert!(days(&desk.tenant).await.iter().all(|day| day.held == mine));
    assert!(days(&other.tenant).await.iter().all(|day| day.held == sum(&theirs)));
    assert_eq!(desk.count("select count(*) from event where event_type = 'MESURE'").await, 3);
    for change in [
        "update usage_agreement set bytes = 0",
        "update usage_site set bytes = 0",
        "update usage_day set late = true",
        "delete from usage_agreement",
        "delete from usage_site",
        "delete from usage_day",
    ] {
        let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
        let refused = sqlx::query(change).execute(tx.conn()).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("permission denied")), "{change}");
    }
    desk.end().await;
    other.end().await;
}
