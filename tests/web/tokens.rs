//! `/oauth2/token` and what its tokens open.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;

use super::{Door, form, get};
use crate::support::PASSWORD;

#[tokio::test]
async fn a_client_gets_a_token_by_header_or_by_form_and_the_token_ends() {
    let door = Door::open().await;
    let client = &door.tenant.client_id;
    let by_form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={}",
        PASSWORD.replace(' ', "+")
    );
    let answer = door.send(form("/oauth2/token", &by_form)).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
    assert_eq!(answer.json()["token_type"], "Bearer");

    let basic = STANDARD.encode(format!("{client}:{}", PASSWORD.replace(' ', "%20")));
    let ask = form("/oauth2/token", "grant_type=client_credentials")
        .header("authorization", format!("Basic {basic}"));
    let answer = door.send(ask).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(door.send(get("/api/v1/transfers").bearer(&token)).await.status, 200);

    door.tenant.clock.advance(TimeDelta::hours(2));
    let answer = door.send(get("/api/v1/transfers").bearer(&token)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (401, "unauthorized"));
    assert!(answer.header("www-authenticate").contains("invalid_token"), "{answer:?}");
    door.end().await;
}

#[tokio::test]
async fn refusals_are_those_of_rfc_6749() {
    let door = Door::open().await;
    let client = &door.tenant.client_id;
    let cases = [
        (
            format!("grant_type=client_credentials&client_id={client}&client_secret=faux"),
            401,
            "invalid_client",
        ),
        ("grant_type=client_credentials&client_id=personne&client_secret=faux".into(), 401, "invalid_client"),
        ("grant_type=client_credentials".into(), 401, "invalid_client"),
        (format!("grant_type=password&client_id={client}"), 400, "unsupported_grant_type"),
        ("client_id=x".into(), 400, "invalid_request"),
        ("grant_type=client_credentials&scope=tout".into(), 400, "invalid_scope"),
    ];
    for (body, status, error) in cases {
        let answer = door.send(form("/oauth2/token", &body)).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(error)), "{body}");
        assert_eq!(status == 401, !answer.header("www-authenticate").is_empty());
    }
    let json = super::post("/oauth2/token", "{}").header("content-type", "application/json");
    assert_eq!(door.send(json).await.json()["error"], "invalid_request");
    let long = format!("grant_type={}", "x".repeat(100_000));
    assert_eq!(door.send(form("/oauth2/token", &long)).await.status, 413);
    door.end().await;
}
