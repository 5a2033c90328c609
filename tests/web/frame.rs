//! What wraps every request: headers, problems in two forms, the proof that a form is ours.

use chartrier::model::Role;
use ureq::http::Method;

use super::{Door, ask, form, get, post};

#[tokio::test]
async fn every_answer_bears_the_headers_that_bind_a_browser() {
    let door = Door::with(|settings| settings.public_url = "https://archives.test".into()).await;
    for path in ["/accessibilite", "/nulle-part", "/api/v1/units", "/health/live", "/static/style.css"] {
        let answer = door.send(get(path)).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert!(answer.header("strict-transport-security").contains("max-age="), "{path}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_problem_has_a_form_for_machines_and_one_for_people() {
    let door = Door::open().await;
    let machine = door.send(get("/nulle-part")).await;
    assert_eq!((machine.status, machine.problem().as_str()), (404, "not-found"));
    let page = door.send(get("/nulle-part").header("accept", "text/html,*/*")).await;
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text().contains("<h1>Introuvable</h1>"), "{}", page.text());
    let api = door.send(get("/api/v1/nulle-part").header("accept", "text/html")).await;
    assert_eq!(api.problem(), "not-found");
    let method = door.send(ask(Method::PUT, "/api/v1/transfers")).await;
    assert_eq!((method.status, method.header("allow")), (405, "GET, HEAD, POST"));
    assert_eq!(method.problem(), "method-not-allowed");
    assert!(door.send(get("/static/absent.css")).await.problem() == "not-found");
    door.end().await;
}

#[tokio::test]
async fn static_files_are_compressed_and_kept_and_answers_about_people_are_not() {
    let door = Door::open().await;
    let style = door.send(get("/static/style.css").header("accept-encoding", "gzip")).await;
    assert!(style.header("cache-control").contains("immutable"), "{:?}", style.headers);
    let page = door.send(get("/accessibilite").header("accept-encoding", "gzip")).await;
    assert_eq!((page.header("content-encoding"), page.header("cache-control")), ("", "no-store"));
    door.end().await;
}

/// An address of the portal that changes something and that any role may call.
const FORM: &str = "/deconnexion";

#[tokio::test]
async fn a_form_that_does_not_prove_its_origin_changes_nothing() {
    let door = Door::open().await;
    let (cookie, token) = door.log_in(Role::Depositor).await;
    let right = format!("csrf={token}");
    let stale = [
        form(FORM, "").cookie(&cookie),
        form(FORM, "csrf=faux").cookie(&cookie),
        form(FORM, &right).cookie(&cookie).header("sec-fetch-site", "cross-site"),
        form(FORM, &right).cookie(&cookie).header("sec-fetch-site", "same-site"),
        form(FORM, &right).cookie(&cookie).header("origin", "https://ailleurs.test"),
        form(FORM, &right).cookie(&cookie).header("origin", "null"),
        post(FORM, right.clone()).cookie(&cookie).header("content-type", "text/plain"),
        post(FORM, "--x\r\nContent-Disposition: form-data; name=\"fichier\"\r\n\r\na\r\n--x--")
            .cookie(&cookie)
            .header("content-type", "multipart/form-data; boundary=x"),
    ];
    for ask in stale {
        let answer = door.send(ask).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "stale-form"), "{answer:?}");
    }
    assert!(door.identity.session(&cookie).await.unwrap().is_some());
    let nobody = door.send(form(FORM, "")).await;
    assert_eq!(nobody.status, 401, "{nobody:?}");
    let ours = form(FORM, &right)
        .cookie(&cookie)
        .header("sec-fetch-site", "same-origin")
        .header("origin", "http://chartrier.test");
    assert!(door.send(ours).await.status < 400);
    assert!(door.identity.session(&cookie).await.unwrap().is_none());
    door.end().await;
}
