//! `/oauth2/token` and what its tokens open.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;

use super::{Answer, Door, form, get};
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

/// The machine of the tenant, as it stands in the rows.
async fn set_machine(door: &Door, column: &'static str, value: serde_json::Value) {
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    let statement = match column {
        "jwks" => "update machine set jwks = $1",
        _ => "update machine set certificates = array(select jsonb_array_elements_text($1))",
    };
    sqlx::query(statement).bind(value).execute(tx.conn()).await.unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "machine:essai".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

fn machine_keeper(door: &Door) -> chartrier::membership::machines::Keeper {
    chartrier::membership::machines::Keeper::Operator(door.tenant.tenant)
}

async fn asked(door: &Door, fields: &[(&str, &str)]) -> Answer {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    door.send(form("/oauth2/token", &body.join("&"))).await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one key, and each way to be wrong")]
async fn a_machine_signs_its_assertions_and_each_serves_once() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    let door = Door::open().await;
    // Made by the openssl program, as an operator of a tiers would.
    let key = openssl::ec::EcKey::generate(
        &openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap(),
    )
    .unwrap();
    let pem = openssl::pkey::PKey::from_ec_key(key.clone()).unwrap().private_key_to_pem_pkcs8().unwrap();
    let (mut x, mut y, mut context) = (
        openssl::bn::BigNum::new().unwrap(),
        openssl::bn::BigNum::new().unwrap(),
        openssl::bn::BigNumContext::new().unwrap(),
    );
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context).unwrap();
    let base64 = |number: &openssl::bn::BigNum| URL_SAFE_NO_PAD.encode(number.to_vec_padded(32).unwrap());
    let keys = serde_json::json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "un", "x": base64(&x), "y": base64(&y)}]});
    let client = door.tenant.client_id.clone();
    let now = door.tenant.clock.now().timestamp();
    let der = EncodingKey::from_ec_der(
        &openssl::pkey::PKey::private_key_from_pem(&pem).unwrap().private_key_to_pkcs8().unwrap(),
    );
    let sign = |claims: serde_json::Value| {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("un".into());
        encode(&header, &claims, &der).unwrap()
    };
    let claims = |jti: &str| serde_json::json!({"iss": client, "sub": client, "aud": "http://chartrier.test/oauth2/token", "exp": now + 120, "jti": jti});
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let ask = async |assertion: &str| {
        asked(
            &door,
            &[
                ("grant_type", "client_credentials"),
                ("client_assertion_type", kind),
                ("client_assertion", assertion),
            ],
        )
        .await
    };
    let good = sign(claims("a"));
    assert_eq!(ask(&good).await.status, 401, "no key is registered");
    let keeper = machine_keeper(&door);
    let machine = door.tenant.machine;
    use chartrier::membership::machines::{Unchanged, set_keys};
    let mut private = keys.clone();
    private["keys"][0]["d"] = "AAAA".into();
    let refused = set_keys(&door.tenant.db, keeper, machine, &private.to_string()).await.unwrap();
    assert!(matches!(refused, Err(Unchanged::Keys(reason)) if reason.contains("clé privée")), "{refused:?}");
    set_keys(&door.tenant.db, keeper, machine, &keys.to_string()).await.unwrap().unwrap();
    let given = ask(&good).await;
    assert_eq!(given.status, 200, "{}", given.text());
    let token = given.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(door.send(get("/api/v1/transfers").bearer(&token)).await.status, 200);
    assert_eq!(ask(&good).await.status, 401, "it has served");
    for (name, value) in [
        ("iss", serde_json::json!("autre")),
        ("sub", serde_json::json!("autre")),
        ("aud", serde_json::json!("http://autre.test/oauth2/token")),
        ("exp", serde_json::json!(now - 120)),
        ("exp", serde_json::json!(now + 3600)),
        ("nbf", serde_json::json!(now + 600)),
        ("jti", serde_json::json!("")),
    ] {
        let mut wrong = claims(&format!("b-{name}"));
        wrong[name] = value;
        assert_eq!(ask(&sign(wrong)).await.status, 401, "{name}");
    }
    let mut changed = sign(claims("c"));
    changed.replace_range(changed.len() - 4..changed.len() - 2, "AA");
    assert_eq!(ask(&changed).await.status, 401);
    // A secret of the public key is no secret, and « none » is no algorithm.
    let head = |alg: &str| {
        let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.", encode(format!("{{\"alg\":\"{alg}\"}}")), encode(claims("d").to_string()))
    };
    for assertion in [head("none"), head("HS256")] {
        assert_eq!(ask(&assertion).await.status, 401, "{assertion}");
    }
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let used: Option<String> =
        sqlx::query_scalar("select used_by from technical.machine_use").fetch_one(tx.conn()).await.unwrap();
    drop(tx);
    assert_eq!(used.as_deref(), Some("assertion"));
    set_machine(&door, "jwks", serde_json::Value::Null).await;
    door.end().await;
}

#[tokio::test]
async fn a_secret_is_rotated_without_a_stop() {
    use chartrier::membership::machines::rotate;
    let door = Door::open().await;
    let (db, clock) = (&door.tenant.db, &door.tenant.clock);
    let client = door.tenant.client_id.clone();
    let can = async |secret: &str| door.identity.client_token(&client, secret).await.unwrap().is_some();
    let fresh = rotate(db, clock, machine_keeper(&door), door.tenant.machine, 1).await.unwrap().unwrap();
    assert!(can(&fresh).await && can(PASSWORD).await, "both serve");
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let known = chartrier::membership::machines::machines_of(&mut tx).await.unwrap();
    drop(tx);
    assert_eq!(
        known[0].used_by.as_deref(),
        Some("former secret"),
        "whoever looks sees that it is still used"
    );
    // No farther: sessions of the other tests, whose clocks stand, would be swept.
    clock.advance(TimeDelta::days(1));
    assert!(can(&fresh).await && !can(PASSWORD).await, "the former one is over");
    let nobody = chartrier::model::MachineId(uuid::Uuid::new_v4());
    assert!(rotate(db, clock, machine_keeper(&door), nobody, 1).await.unwrap().is_err());
    door.end().await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "three certificates, and each who shows them")]
async fn a_machine_is_known_by_its_certificate_and_its_token_serves_with_it_only() {
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str| {
        let (key, certificate) =
            (folder.path().join(format!("{name}.key")), folder.path().join(format!("{name}.pem")));
        let done = std::process::Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args([
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout",
            ])
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .output()
            .unwrap();
        assert!(done.status.success());
        (key, certificate)
    };
    let ((key, certificate), (own_key, own), (other_key, other)) =
        (made("service"), made("machine"), made("autre"));
    let asks_certificates = true;
    let tls = chartrier::web::TlsSettings { certificate: certificate.clone(), key, asks_certificates };
    let door = Door::with(|settings| settings.tls = Some(tls)).await;
    let digest = {
        let pem = std::fs::read(&own).unwrap();
        let der = openssl::x509::X509::from_pem(&pem).unwrap().to_der().unwrap();
        hex::encode(chartrier::proof::digest::sha256(&der))
    };
    let colons: Vec<String> = digest
        .to_uppercase()
        .as_bytes()
        .chunks(2)
        .map(|two| String::from_utf8(two.to_vec()).unwrap())
        .collect();
    use chartrier::membership::machines::{Unchanged, set_certificates};
    let (db, keeper, machine) = (&door.tenant.db, machine_keeper(&door), door.tenant.machine);
    assert_eq!(set_certificates(db, keeper, machine, "rien").await.unwrap(), Err(Unchanged::Certificate));
    set_certificates(db, keeper, machine, &colons.join(":")).await.unwrap().unwrap();
    let port = door.address.port();
    // By a client of everybody's.
    let curl = async |shown: Option<(&std::path::Path, &std::path::Path)>, arguments: &[&str]| {
        let mut command = tokio::process::Command::new("curl");
        command.args(["-sS", "--max-time", "20", "--cacert"]).arg(&certificate);
        if let Some((key, certificate)) = shown {
            command.arg("--key").arg(key).arg("--cert").arg(certificate);
        }
        let said = command.args(["-w", "\n%{http_code}"]).args(arguments).output().await.unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    };
    let token = format!("https://localhost:{port}/oauth2/token");
    let client = format!("client_id={}", door.tenant.client_id);
    let ask = ["-d", "grant_type=client_credentials", "-d", &client, &token];
    assert!(curl(None, &ask).await.ends_with("\n401"), "no certificate");
    assert!(curl(Some((&other_key, &other)), &ask).await.ends_with("\n401"), "another's");
    let given = curl(Some((&own_key, &own)), &ask).await;
    let (body, status) = given.rsplit_once('\n').unwrap();
    assert_eq!(status, "200", "{given}");
    let bearer: serde_json::Value = serde_json::from_str(body).unwrap();
    let bearer = format!("authorization: Bearer {}", bearer["access_token"].as_str().unwrap());
    let read = format!("https://localhost:{port}/api/v1/transfers");
    let read = ["-H", &bearer, &read];
    assert!(curl(Some((&own_key, &own)), &read).await.ends_with("\n200"));
    assert!(curl(None, &read).await.ends_with("\n401"), "a stolen token opens nothing");
    assert!(curl(Some((&other_key, &other)), &read).await.ends_with("\n401"));
    // People come by the same door, without a certificate.
    let page = format!("https://localhost:{port}/connexion");
    assert!(curl(None, &[&page]).await.ends_with("\n200"));
    door.end().await;
}

#[tokio::test]
async fn only_the_trusted_proxy_says_what_certificate_it_saw() {
    let door =
        Door::with(|settings| settings.trusted_proxy = Some(std::net::Ipv4Addr::LOCALHOST.into())).await;
    let seen = format!(":{}:", STANDARD.encode(b"un certificat"));
    let digest = hex::encode(chartrier::proof::digest::sha256(b"un certificat"));
    set_machine(&door, "certificates", serde_json::json!([digest])).await;
    let body = format!("grant_type=client_credentials&client_id={}", door.tenant.client_id);
    let given = door.send(form("/oauth2/token", &body).header("client-cert", seen.clone())).await;
    assert_eq!(given.status, 200, "{}", given.text());
    let twice =
        form("/oauth2/token", &body).header("client-cert", seen.clone()).header("client-cert", seen.clone());
    assert_eq!(door.send(twice).await.status, 401, "two words are none");
    door.end().await;
    let door = Door::open().await;
    set_machine(&door, "certificates", serde_json::json!([digest])).await;
    let body = format!("grant_type=client_credentials&client_id={}", door.tenant.client_id);
    assert_eq!(
        door.send(form("/oauth2/token", &body).header("client-cert", seen)).await.status,
        401,
        "nobody's proxy"
    );
    door.end().await;
}
