//! The operator's page: what was set aside, seen and relaunched, without a word of the archives.

use chartrier::db::jobs;
use chartrier::model::Role;

use super::{Door, form, get};
use crate::support::database;

const REASON: &str = "storage: no room left while writing <sites/nord>";

/// Sets the tenant's jobs aside, as a worker does; the number of the only one.
async fn set_aside(door: &Door) -> i64 {
    let mut owner = database::connect("chartrier_owner").await;
    sqlx::query_scalar(
        "update technical.job set state = 'set_aside', attempts = 12, last_error = $2
         where tenant_id = $1::uuid returning job_id",
    )
    .bind(door.tenant.tenant.to_string())
    .bind(REASON)
    .fetch_one(&mut owner)
    .await
    .unwrap()
}

async fn state(job: i64) -> (String, i32) {
    let mut owner = database::connect("chartrier_owner").await;
    sqlx::query_as("select state, attempts from technical.job where job_id = $1")
        .bind(job)
        .fetch_one(&mut owner)
        .await
        .unwrap()
}

async fn events(door: &Door) -> i64 {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    sqlx::query_scalar("select count(*) from event").fetch_one(tx.conn()).await.unwrap()
}

#[tokio::test]
async fn an_operator_sees_a_job_set_aside_and_relaunches_it() {
    let door = Door::open().await;
    let mut sip = door.sip("SECRET-1");
    sip.title = "Mesure disciplinaire".into();
    assert_eq!(door.post(sip.zip()).await.status, 202);
    let (job, before) = (set_aside(&door).await, events(&door).await);
    let (cookie, token) = door.log_in(Role::Operator).await;
    let page = door.send(get("/exploitation").cookie(&cookie)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let member = format!("Commune de {}", door.tenant.code);
    for shown in [
        member.as_str(),
        "Contrôle et prise en charge d’un versement",
        "12\u{a0}essais",
        "no room left while writing",
        "<h3>nord</h3>",
        "<h3>sud</h3>",
        "Dossier d’un disque",
        "Non offert par un dossier",
        "Aucune déclarée",
        "Quarantaine",
        "Base de données",
        "Sauvegardes et répétitions",
        "même disque",
    ] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    for hidden in ["SECRET-1", "disciplinaire", "<sites/nord>"] {
        assert!(!text.contains(hidden), "{hidden}\n{text}");
    }

    let address = format!("/exploitation/travaux/{job}/relance");
    assert!(text.contains(&address));
    assert_eq!(door.send(form(&address, "csrf=faux").cookie(&cookie)).await.problem(), "stale-form");
    assert_eq!(state(job).await.0, "set_aside");
    let relaunch = || form(&address, &format!("csrf={token}")).cookie(&cookie);
    let done = door.send(relaunch()).await;
    assert_eq!((done.status, done.header("location")), (303, "/exploitation?relance=faite"));
    assert_eq!(state(job).await, ("ready".into(), 0));
    let after = door.send(get("/exploitation?relance=faite").cookie(&cookie)).await.text();
    assert!(after.contains("Le travail est relancé") && !after.contains(&address), "{after}");
    let again = door.send(relaunch()).await;
    assert_eq!((again.status, again.header("location")), (303, "/exploitation?relance=inutile"));
    assert_eq!(events(&door).await, before, "relaunching is no event of the archive");
    door.end().await;
}

#[tokio::test]
async fn a_job_that_was_never_there_is_told_like_one_that_is_done() {
    let door = Door::open().await;
    let (cookie, token) = door.log_in(Role::Operator).await;
    let relaunch = |id: &str| {
        form(&format!("/exploitation/travaux/{id}/relance"), &format!("csrf={token}")).cookie(&cookie)
    };
    let absent = door.send(relaunch("9223372036854775807")).await;
    assert_eq!((absent.status, absent.header("location")), (303, "/exploitation?relance=inutile"));
    let told = door.send(get("/exploitation?relance=inutile").cookie(&cookie)).await.text();
    assert!(told.contains("n’est plus mis de côté"), "{told}");
    for no_number in ["x", "9223372036854775808", "1%20"] {
        assert_eq!(door.send(relaunch(no_number)).await.problem(), "not-found", "{no_number}");
    }
    assert_eq!(door.send(get("/exploitation?relance=autre").cookie(&cookie)).await.status, 400);
    door.end().await;
}

#[tokio::test]
async fn only_an_operator_is_led_to_the_page_and_let_in() {
    let door = Door::open().await;
    assert_eq!(door.post(door.sip("AUTRES").zip()).await.status, 202);
    let job = set_aside(&door).await;
    for role in Role::ALL {
        let (cookie, token) = door.log_in(role).await;
        let desk = door.send(get("/").cookie(&cookie)).await.text();
        let led = desk.contains("<a href=\"/exploitation\">Exploitation</a>");
        assert_eq!(led, role == Role::Operator, "{role:?}");
        if role != Role::Operator {
            assert_eq!(door.send(get("/exploitation").cookie(&cookie)).await.status, 403, "{role:?}");
            let address = format!("/exploitation/travaux/{job}/relance");
            let refused = door.send(form(&address, &format!("csrf={token}")).cookie(&cookie)).await;
            assert_eq!(refused.problem(), "forbidden", "{role:?}");
        }
    }
    assert_eq!(state(job).await.0, "set_aside");
    assert!(jobs::resume(&door.tenant.db, job, door.tenant.clock.now()).await.unwrap());
    door.end().await;
}
