//! What a machine reads of its agreements, its profiles and its usage, and what it is told of its share.

use chartrier::model::TransferState;
use chartrier::usage;
use chartrier::web::shares::Share;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Answer, Door, get};
use crate::support::profile;

impl Door {
    /// Asks again for what it has.
    async fn again(&self, path: &str, tag: &str) -> Answer {
        let token = self.token().await;
        self.send(get(path).bearer(&token).header("if-none-match", tag)).await
    }

    /// Every line of a list, page after page.
    async fn all(&self, first: &str) -> Vec<Value> {
        let (mut path, mut lines) = (first.to_owned(), Vec::new());
        loop {
            let page = self.json(&path).await;
            lines.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => path = next.to_owned(),
                None => return lines,
            }
        }
    }
}

#[tokio::test]
async fn a_machine_reads_its_agreements_page_by_page_and_each_by_its_name() {
    let door = Door::open().await;
    let lines = door.all("/api/v1/agreements?limit=1").await;
    let names: Vec<&str> = lines.iter().map(|line| line["identifier"].as_str().unwrap()).collect();
    assert_eq!(names, [door.tenant.agreement_with_archivist.as_str(), door.tenant.agreement.as_str()]);
    assert_eq!(
        (&lines[0]["acceptance"], &lines[1]["acceptance"]),
        (&json!("archivist"), &json!("automatic"))
    );
    for line in &lines {
        assert_eq!(&door.json(line["links"]["self"].as_str().unwrap()).await, line);
        assert_eq!((&line["open"], &line["state"]), (&json!(true), &json!("active")));
        assert_eq!(line["archival_agency"], door.tenant.archival_agency.as_str());
    }
    for wrong in ["/api/v1/agreements?limit=0", "/api/v1/agreements?after=x", "/api/v1/agreements?autre=1"] {
        assert_eq!(door.get(wrong).await.status, 400, "{wrong}");
    }
    door.end().await;
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let door = Door::open().await;
    let profile = profile::imported(&door.tenant, "ETAG", profile::grammar("2.1", "Titre")).await;
    profile::bound(&door.tenant, profile, true, false).await;
    for path in ["/api/v1/agreements", "/api/v1/profiles", "/api/v1/openapi.json"] {
        let first = door.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(first.status == 200 && tag.starts_with("W/\""), "{path}: {first:?}");
        let again = door.again(path, &tag).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()), "{path}");
        assert_eq!(door.again(path, "\"autre\"").await.status, 200, "{path}");
    }
    let before = door.get("/api/v1/agreements").await.header("etag").to_owned();
    profile::bound(&door.tenant, profile, true, true).await;
    assert_eq!(door.again("/api/v1/agreements", &before).await.status, 200, "its terms have changed");
    door.end().await;
}

#[tokio::test]
async fn a_machine_sees_what_was_measured_of_its_agreements_and_what_is_left() {
    let door = Door::alone("web_usage_of_a_machine").await;
    let before = door.json("/api/v1/usage").await;
    assert_eq!((&before["measured_until"], &before["items"]), (&Value::Null, &json!([])));
    let room = before["quota_left"]["bytes"].as_u64().unwrap();
    assert_eq!(door.deposit(door.sip("USAGE").zip()).await.state, TransferState::TakenInCharge);
    door.tenant.clock.advance(TimeDelta::days(3));
    let tenant = &door.tenant;
    usage::measure(&tenant.db, &tenant.clock, tenant.tenant).await.unwrap();
    let told = door.json("/api/v1/usage").await;
    assert!(told["quota_left"]["bytes"].as_u64().unwrap() < room, "{told:#}");
    let lines = door.all("/api/v1/usage?limit=1").await;
    assert_eq!(&lines, told["items"].as_array().unwrap(), "the same, page by page");
    assert_eq!((lines[0]["day"].as_str(), lines.len()), (Some("2027-03-01"), 3), "{told:#}");
    assert_eq!(lines[0]["archival_agreement"], tenant.agreement.as_str());
    assert_eq!(
        (&lines[0]["received"]["deposits"], &lines[1]["received"]["deposits"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(lines[1]["held"]["deposits"], 1);
    for wrong in ["first=2027-3-1", "last=0001-01-01", "first=2027-03-02&last=2027-03-01", "first=2020-01-01"]
    {
        assert_eq!(door.get(&format!("/api/v1/usage?{wrong}")).await.status, 400, "{wrong}");
    }
    door.end().await;
}

#[tokio::test]
async fn every_answer_to_a_machine_tells_what_its_member_has_left() {
    let few = Share { per_second: 1, burst: 3, at_once: 100 };
    let door = Door::with(|settings| settings.shares.requests = few).await;
    let token = door.token().await;
    let told = async |path: &str| {
        let answer = door.send(get(path).bearer(&token)).await;
        let headers = ["ratelimit-policy", "ratelimit"].map(|name| answer.header(name).to_owned());
        (answer.status, headers)
    };
    let policy = "\"requests\";q=3;w=3".to_owned();
    for (path, status, left) in [
        ("/api/v1/transfers", 200, "\"requests\";r=2;t=1"),
        ("/api/v1/units?limit=0", 400, "\"requests\";r=1;t=2"),
        ("/api/v1/transfers/01900000-0000-7000-8000-000000000000", 404, "\"requests\";r=0;t=3"),
        ("/api/v1/transfers", 429, "\"requests\";r=0;t=3"),
    ] {
        assert_eq!(told(path).await, (status, [policy.clone(), left.to_owned()]), "{path}");
    }
    let nobody = door.send(get("/api/v1/transfers").bearer("x")).await;
    assert_eq!((nobody.status, nobody.header("ratelimit")), (401, ""), "no member, no share");
    door.end().await;
}

#[tokio::test]
async fn anyone_reads_the_page_of_the_api_which_needs_nothing_else() {
    let door = Door::open().await;
    let page = door.send(get("/documentation/api").header("accept", "text/html")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "{page:?}");
    let text = page.text();
    for said in ["/api/v1/checks", "Essayer un paquet", "too-many-requests", "forme-Agreement", "curl"] {
        assert!(text.contains(said), "{said}");
    }
    door.end().await;
}
