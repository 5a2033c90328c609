//! A person's own sessions: seen, and closed.

use chartrier::model::Role;

use super::{Door, form, get};

/// Identifiers of the sessions that the page offers to close.
fn offered(page: &str) -> Vec<String> {
    let values = page.split("name=\"session\" value=\"").skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_session_closed_ends_at_once_and_the_others_go_on() {
    let door = Door::open().await;
    let (here, token) = door.log_in(Role::Archivist).await;
    let (there, _) = door.log_in(Role::Archivist).await;
    let (elsewhere, _) = door.log_in(Role::Archivist).await;
    let (other, other_token) = door.log_in(Role::Depositor).await;
    let page = door.send(get("/compte").cookie(&here)).await.text();
    assert!(page.contains("Où vous êtes connecté") && page.contains("Celle-ci"), "{page}");
    let sessions = offered(&page);
    assert_eq!(sessions.len(), 2, "the two others: {page}");

    // Somebody else's identifier closes nothing.
    let body = format!("csrf={other_token}&session={}", sessions[0]);
    assert_eq!(door.send(form("/compte/sessions", &body).cookie(&other)).await.status, 303);
    for cookie in [&here, &there, &elsewhere] {
        assert_eq!(door.send(get("/archives").cookie(cookie)).await.status, 200);
    }
    let body = format!("csrf={token}&session={}", sessions[0]);
    let done = door.send(form("/compte/sessions", &body).cookie(&here)).await;
    assert_eq!((done.status, done.header("location")), (303, "/compte?fait=fermee"));
    let mut open = 0;
    for cookie in [&there, &elsewhere] {
        open += i32::from(door.send(get("/archives").cookie(cookie)).await.status == 200);
    }
    assert_eq!(open, 1, "one of the two ended at once");
    let body = format!("csrf={token}");
    let done = door.send(form("/compte/sessions", &body).cookie(&here)).await;
    assert_eq!(done.header("location"), "/compte?fait=fermees");
    for cookie in [&there, &elsewhere] {
        assert_ne!(door.send(get("/archives").cookie(cookie)).await.status, 200);
    }
    assert_eq!(door.send(get("/archives").cookie(&here)).await.status, 200);
    assert_eq!(door.send(get("/archives").cookie(&other)).await.status, 200, "another person's");
    let page = door.send(get("/compte?fait=fermees").cookie(&here)).await.text();
    assert!(page.contains("Toutes vos autres sessions sont fermées") && offered(&page).is_empty(), "{page}");
    assert_eq!(door.send(form("/compte/sessions", "session=x").cookie(&here)).await.status, 403, "no token");
    door.end().await;
}
