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

#[tokio::test]
async fn a_form_and_an_upload_that_bring_the_token_are_let_through_whole() {
    let door = Door::open().await;
    let (cookie, token) = door.log_in(Role::Depositor).await;
    let (sip, boundary) = (door.sip("NAVIGATEUR").zip(), "----frontiere");
    let part = |name: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name={name}\r\n\r\n");
    let mut body = format!("{}{token}\r\n", part("\"csrf\"")).into_bytes();
    body.extend(part("\"fichier\"; filename=\"v.zip\"").bytes());
    body.extend(&sip);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    let ask = post("/versements", body)
        .cookie(&cookie)
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .header("sec-fetch-site", "same-origin");
    let answer = door.send(ask).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let listed = door.json("/api/v1/transfers").await;
    assert!(listed["items"].as_array().unwrap().is_empty(), "a person's deposit is not the machine's yet");
    let place = answer.header("location").to_owned();
    assert_eq!(door.send(get(&place).cookie(&cookie).header("accept", "text/html")).await.status, 200);
    door.end().await;
}

#[tokio::test]
async fn a_browser_that_is_not_logged_in_is_led_to_the_log_in_and_back() {
    let door = Door::with(|settings| settings.public_url = "https://archives.test".into()).await;
    let asked =
        door.send(get("/archives?q=a b".replace(' ', "%20").as_str()).header("accept", "text/html")).await;
    assert_eq!(
        (asked.status, asked.header("location")),
        (303, "/connexion?retour=%2Farchives%3Fq%3Da%2520b")
    );
    let page = door.send(get("/connexion").header("accept", "text/html")).await;
    let visit = page.header("set-cookie").to_owned();
    for word in ["__Host-chartrier-visite=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(visit.contains(word), "{word}: {visit}");
    }
    let visit = visit.split(';').next().unwrap().to_owned();
    let token = visit.split_once('=').unwrap().1.to_owned();
    let body = |token: &str| {
        let login = door.tenant.login(Role::Depositor);
        let password = crate::support::PASSWORD.replace(' ', "+");
        format!("csrf={token}&identifiant={login}&mot_de_passe={password}")
    };
    let forged = door.send(form("/connexion", &body("autre")).header("cookie", visit.as_str())).await;
    assert_eq!(forged.status, 403);
    let without = door.send(form("/connexion", &body(&token))).await;
    assert_eq!(without.status, 403, "no visit, no log-in");
    let opened = door.send(form("/connexion", &body(&token)).header("cookie", visit.as_str())).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    let cookies: Vec<_> =
        opened.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    assert!(
        cookies.iter().any(|c| c.starts_with("__Host-chartrier=") && c.contains("Secure")),
        "{cookies:?}"
    );
    door.end().await;
}
