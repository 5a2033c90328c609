//! Deposits expected by the calendar: missed once, told once, over when one comes; and what a file says of connectors.

use chartrier::membership::Error;
use chartrier::membership::expected::{look, open_alerts, set};
use chartrier::membership::export::export;
use chartrier::membership::profiles::By;
use chartrier::model::expected::{Every, Expected};
use chartrier::model::{AgreementId, Role, TransferState};

use super::{MEMBER, apply, clock, folder, own, plan};
use crate::ingest::Desk;
use crate::support::sip::Sip;
use crate::support::vault;

fn at(desk: &Desk, moment: &str) {
    let moment: chrono::DateTime<chrono::Utc> = moment.parse().unwrap();
    desk.tenant.clock.advance(moment - desk.tenant.clock.now());
}

async fn raised(desk: &Desk) -> u64 {
    look(&desk.tenant.db, &desk.tenant.clock, desk.tenant.tenant).await.unwrap()
}

async fn open(desk: &Desk) -> Vec<String> {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    open_alerts(&mut tx).await.unwrap().into_iter().map(|alert| alert.from.to_string()).collect()
}

#[tokio::test]
async fn a_period_in_which_nothing_came_is_told_once_until_something_comes() {
    let desk = Desk::open().await;
    let t = &desk.tenant;
    let by = By { tenant: t.tenant, person: t.person(Role::MemberAdmin), role: Role::MemberAdmin };
    let mut tx = t.db.write(t.tenant).await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select agreement_id from agreement where identifier = $1")
        .bind(&t.agreement)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    sqlx::query("update platform.person set email = $2 where person_id = $1")
        .bind(by.person.0)
        .bind(format!("{}@exemple.fr", t.code))
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "person".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let monthly = Expected { every: Every::Month, within_days: 5, since: "2027-03-01".parse().unwrap() };
    set(&t.db, by, AgreementId(id), Some(monthly)).await.unwrap().unwrap();
    // A refused transfer has not come.
    let refused = desk.deposit(Sip { first_digest: Some("0".repeat(128)), ..desk.sip("FAUX") }.zip()).await;
    assert_eq!(refused.state, TransferState::Refused);
    // The fifth of April ends in Paris two hours before it does in UTC.
    at(&desk, "2027-04-05T21:59:00Z");
    assert_eq!(raised(&desk).await, 0, "still the fifth");
    at(&desk, "2027-04-05T22:00:00Z");
    assert_eq!((raised(&desk).await, raised(&desk).await), (1, 0), "once");
    assert_eq!(open(&desk).await, ["2027-03-01"]);
    let topic = format!("select count(*) from technical.letter where topic = 'missed:{id}:2027-03-01'");
    let mut tx = t.db.technical().await.unwrap();
    let letters: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(topic)).fetch_one(tx.conn()).await.unwrap();
    drop(tx);
    assert_eq!(letters, 1);
    let taken = desk.deposit(desk.sip("ENFIN").zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    assert_eq!(raised(&desk).await, 0);
    assert!(open(&desk).await.is_empty(), "one came");
    at(&desk, "2027-05-06T08:00:00Z");
    assert_eq!(raised(&desk).await, 0, "April had its own");
    // Nothing is expected of what is suspended, nor of what has no calendar.
    at(&desk, "2027-06-06T08:00:00Z");
    assert_eq!(raised(&desk).await, 1, "May");
    set(&t.db, by, AgreementId(id), None).await.unwrap().unwrap();
    raised(&desk).await;
    assert!(open(&desk).await.is_empty());
    let told = "select count(*) from event where object like 'agreement:%' and entry like '%\"periode\":%'";
    assert_eq!(desk.count(told).await, 4, "two raised, two over");
    desk.end().await;
}

#[tokio::test]
async fn a_file_says_what_is_expected_and_how_a_machine_is_answered() {
    let db = own("membership_calendar").await;
    let calendar =
        "expected = { every = \"quarter\", within_days = 10, since = 2027-01-01 }\nstate = \"active\"";
    let text = MEMBER.replace("state = \"active\"", calendar) + "replies = \"strict\"\n";
    let given = folder(&[("bourg", &text)]);
    apply(&db, &vault::storage(), given.path(), &clock()).await.unwrap();
    assert!(plan(&db, &vault::storage(), given.path(), &clock()).await.unwrap().is_empty());
    let mut tx = db.read(chartrier::model::TenantId::of_member("bourg")).await.unwrap();
    let (form, basic): (String, Option<String>) =
        sqlx::query_as("select reply_form, basic_hash from machine").fetch_one(tx.conn()).await.unwrap();
    drop(tx);
    assert!(form == "strict" && basic.is_some_and(|hash| hash.starts_with("$argon2id$")));
    let exported = tempfile::tempdir().unwrap();
    export(&db, &exported.path().join("rendu"), None).await.unwrap();
    let written = std::fs::read_to_string(exported.path().join("rendu/bourg/member.toml")).unwrap();
    assert!(written.contains("every = \"quarter\"") && written.contains("replies = \"strict\""), "{written}");
    let said = plan(&db, &vault::storage(), &exported.path().join("rendu"), &clock()).await.unwrap();
    assert_eq!(said, Vec::<String>::new());
    // What a file no longer says of a machine's answers is left; the agreement's calendar goes.
    let done = apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    assert!(done.len() == 1 && done[0].contains("expected"), "{done:?}");
    for (wrong, told) in [
        (calendar.replace("quarter", "fortnight"), "attendu day, week"),
        (calendar.replace("10,", "400,"), "de 0 à 366"),
        (calendar.replace("2027-01-01", "1901-01-01"), "un jour du 2000-01-01"),
        (calendar.replace("every", "each"), "clé inconnue : each"),
    ] {
        let text = MEMBER.replace("state = \"active\"", &wrong);
        let refused = plan(&db, &vault::storage(), folder(&[("bourg", &text)]).path(), &clock()).await;
        let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
        assert!(faults.iter().any(|fault| fault.reason.contains(told) && fault.line > 0), "{faults:?}");
    }
}
