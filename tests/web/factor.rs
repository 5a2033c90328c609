//! The second factor: asked of whom it must be, enrolled, shown, lost.

use chartrier::model::Role;
use chrono::TimeDelta;
use totp_rs::{Builder, Secret, Totp};

use super::{Answer, Door, form, get};

/// What stands between two texts of a page.
fn between<'page>(page: &'page str, before: &str, after: &str) -> &'page str {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split(after).next().unwrap()
}

/// A telephone that has read the page of an enrolment.
fn telephone(page: &str) -> Totp {
    let secret: String =
        between(page, "<code class=\"key\">", "</code>").chars().filter(|c| !c.is_whitespace()).collect();
    let builder = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).with_digits(6);
    builder.with_account_name("essai").with_issuer(Some("Chartrier")).build().unwrap()
}

fn code(door: &Door, telephone: &Totp) -> String {
    telephone.generate(door.tenant.clock.now().timestamp() as u64).to_string()
}

async fn strict() -> Door {
    Door::with(|settings| settings.second_factor = true).await
}

/// Enrols a telephone in this session; it, and the codes on paper.
async fn enrol(door: &Door, cookie: &str, csrf: &str) -> (Totp, Vec<String>) {
    let page = door.send(get("/connexion/telephone").cookie(cookie)).await.text();
    let phone = telephone(&page);
    let body = format!("csrf={csrf}&retour=%2F&code={}", code(door, &phone));
    let done = door.send(form("/connexion/telephone", &body).cookie(cookie)).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let page = done.text();
    let codes: Vec<String> = page
        .split("<li><code class=\"key\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{page}");
    (phone, codes)
}

async fn show(door: &Door, cookie: &str, csrf: &str, code: &str) -> Answer {
    let body = format!("csrf={csrf}&retour=%2Farchives&code={code}");
    door.send(form("/connexion/code", &body).cookie(cookie)).await
}

#[tokio::test]
async fn strong_roles_do_nothing_without_a_second_factor_and_an_administrator_deposits_without() {
    let door = strict().await;
    for role in [Role::Operator, Role::Pilot, Role::Archivist, Role::ControlAuthority] {
        let (cookie, csrf) = door.log_in(role).await;
        for address in ["/", "/archives", "/exploitation", "/pilotage", "/versements"] {
            let answer = door.send(get(address).cookie(&cookie).header("accept", "text/html")).await;
            // Whoever may not go there is told so first.
            assert!(matches!(answer.status, 303 | 403), "{role:?} {address}: {}", answer.status);
            if answer.status == 303 {
                assert!(answer.header("location").starts_with("/connexion/code?retour=%2F"), "{role:?}");
            }
        }
        let led = door.send(get("/connexion/code?retour=%2F").cookie(&cookie)).await;
        assert_eq!(led.header("location"), "/connexion/telephone?retour=%2F", "nothing enrolled yet");
        enrol(&door, &cookie, &csrf).await;
        assert_eq!(door.send(get("/").cookie(&cookie)).await.status, 200, "{role:?}");
    }
    for role in [Role::Depositor, Role::Producer, Role::Reader, Role::MemberAdmin] {
        let (cookie, _) = door.log_in(role).await;
        assert_eq!(door.send(get("/").cookie(&cookie)).await.status, 200, "{role:?}");
        assert_eq!(door.send(get("/archives").cookie(&cookie)).await.status, 200, "{role:?}");
    }
    let (cookie, csrf) = door.log_in(Role::MemberAdmin).await;
    let asked = get("/personnes").cookie(&cookie).header("accept", "text/html");
    assert_eq!(door.send(asked).await.header("location"), "/connexion/code?retour=%2Fpersonnes");
    let sent = form("/personnes", &format!("csrf={csrf}&nom=x")).cookie(&cookie);
    let sent =
        sent.header("accept", "text/html").header("referer", "http://chartrier.test/personnes/nouvelle");
    assert_eq!(door.send(sent).await.header("location"), "/connexion/code?retour=%2Fpersonnes%2Fnouvelle");
    enrol(&door, &cookie, &csrf).await;
    assert_eq!(door.send(get("/personnes").cookie(&cookie)).await.status, 200);
    door.end().await;
}

#[tokio::test]
async fn a_code_serves_once_a_code_on_paper_too_and_guesses_are_counted() {
    let door = strict().await;
    let (first, csrf) = door.log_in(Role::Archivist).await;
    let (phone, papers) = enrol(&door, &first, &csrf).await;
    let used = code(&door, &phone);
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let refused = show(&door, &cookie, &csrf, &used).await;
    assert_eq!(refused.status, 422, "the code that enrolled has served");
    assert!(refused.text().contains("a déjà servi"), "{}", refused.text());
    door.tenant.clock.advance(TimeDelta::seconds(30));
    let fresh = code(&door, &phone);
    let done = show(&door, &cookie, &csrf, &fresh).await;
    assert_eq!((done.status, done.header("location")), (303, "/archives"));
    assert_eq!(door.send(get("/archives").cookie(&cookie)).await.status, 200);

    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    assert_eq!(show(&door, &cookie, &csrf, &fresh).await.status, 422, "by another session neither");
    let typed = papers[3].to_uppercase().replace('-', "+");
    assert_eq!(show(&door, &cookie, &csrf, &typed).await.status, 303, "however it is typed");
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    assert_eq!(show(&door, &cookie, &csrf, &papers[3]).await.status, 422, "once");
    for _ in 0..4 {
        assert_eq!(show(&door, &cookie, &csrf, "000000").await.status, 422);
    }
    let locked = show(&door, &cookie, &csrf, &papers[4]).await;
    assert!(locked.text().contains("Trop d’essais"), "even the right one: {}", locked.text());
    assert_eq!(door.send(get("/archives").cookie(&cookie).header("accept", "text/html")).await.status, 303);
    // The journal has the enrolment and the paper, and no secret.
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let told: Vec<String> =
        sqlx::query_scalar("select entry from event where object like 'person:%' order by seq")
            .fetch_all(tx.conn())
            .await
            .unwrap();
    drop(tx);
    assert!(told.iter().any(|entry| entry.contains("second facteur enregistre")), "{told:?}");
    assert!(told.iter().any(|entry| entry.contains("code de secours employe")), "{told:?}");
    assert!(!told.iter().any(|entry| entry.contains(&papers[3])));
    // What is kept of the telephone is not its secret.
    let mut tx = door.tenant.db.technical().await.unwrap();
    let sealed: Vec<Vec<u8>> =
        sqlx::query_scalar("select totp_sealed from platform.person where totp_sealed is not null")
            .fetch_all(tx.conn())
            .await
            .unwrap();
    drop(tx);
    assert!(sealed.iter().all(|sealed| sealed.len() == 12 + 20 + 16));
    door.end().await;
}

#[tokio::test]
async fn another_telephone_needs_the_first_one_and_makes_it_serve_no_more() {
    let door = strict().await;
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let (phone, papers) = enrol(&door, &cookie, &csrf).await;
    let (again, csrf) = door.log_in(Role::Archivist).await;
    let led = door.send(get("/connexion/telephone").cookie(&again)).await;
    assert!(
        led.header("location").starts_with("/connexion/code?retour="),
        "a password alone changes nothing"
    );
    let body = format!("csrf={csrf}&code={}", code(&door, &phone));
    let sent = door.send(form("/connexion/telephone", &body).cookie(&again)).await;
    assert_eq!(sent.header("location"), "/connexion/code?retour=%2Fconnexion%2Ftelephone");
    assert_eq!(show(&door, &again, &csrf, &papers[0]).await.status, 303);
    let (other, _) = enrol(&door, &again, &csrf).await;
    door.tenant.clock.advance(TimeDelta::minutes(1));
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    assert_eq!(show(&door, &cookie, &csrf, &code(&door, &phone)).await.status, 422);
    assert_eq!(show(&door, &cookie, &csrf, &papers[1]).await.status, 422, "the former papers neither");
    assert_eq!(show(&door, &cookie, &csrf, &code(&door, &other)).await.status, 303);
    door.end().await;
}

#[tokio::test]
async fn what_is_signed_asks_for_a_second_factor_just_shown() {
    let door = strict().await;
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    let (phone, _) = enrol(&door, &cookie, &csrf).await;
    let visa = async |csrf: &str| {
        let sent = form("/tableau/validation", &format!("csrf={csrf}&code=X")).cookie(&cookie);
        door.send(sent.header("accept", "text/html").header("referer", "http://chartrier.test/tableau")).await
    };
    assert_eq!(
        visa(&csrf).await.header("location"),
        "/tableau?fait=pareil",
        "no such rule, but the act is open"
    );
    door.tenant.clock.advance(TimeDelta::minutes(11));
    let asked = visa(&csrf).await;
    assert_eq!((asked.status, asked.header("location")), (303, "/connexion/code?retour=%2Ftableau"));
    assert_eq!(door.send(get("/tableau").cookie(&cookie)).await.status, 200, "reading goes on");
    assert_eq!(show(&door, &cookie, &csrf, &code(&door, &phone)).await.status, 303);
    assert_eq!(visa(&csrf).await.header("location"), "/tableau?fait=pareil");
    door.end().await;
}

#[tokio::test]
async fn an_operator_who_reads_a_member_exceptionally_shows_a_second_factor_there_too() {
    use chartrier::membership::glass::{Asked, ask, of_member, open};
    use chartrier::membership::profiles::By;
    let (door, other) = (strict().await, Door::open().await);
    let asked = Asked { request: "Lettre 12".into(), reason: "Fichier illisible".into(), hours: 1 };
    let (db, clock) = (&door.tenant.db, &door.tenant.clock);
    let (operator, tenant) = (door.tenant.person(Role::Operator), other.tenant.tenant);
    ask(db, clock, operator, tenant, asked).await.unwrap().unwrap();
    let glass = of_member(&mut db.read(tenant).await.unwrap()).await.unwrap();
    let by = |person| By { tenant, person, role: Role::Pilot };
    assert!(open(db, clock, by(operator), glass[0].glass_id).await.unwrap().is_err(), "not by who asked");
    open(db, clock, by(door.tenant.person(Role::Pilot)), glass[0].glass_id).await.unwrap().unwrap();
    let address = std::net::Ipv4Addr::LOCALHOST.into();
    let opened =
        door.identity.log_in(&door.tenant.login(Role::Operator), crate::support::PASSWORD, address).await;
    let chartrier::identity::LogIn::Opened(cookie) = opened.unwrap() else { panic!("not opened") };
    assert!(
        door.identity.choose_member(&cookie, &other.tenant.code).await.unwrap(),
        "the other member is theirs for a while"
    );
    let page = door.send(get("/archives").cookie(&cookie).header("accept", "text/html")).await;
    assert_eq!((page.status, page.header("location")), (303, "/connexion/code?retour=%2Farchives"));
    let session = door.identity.session(&cookie).await.unwrap().unwrap();
    enrol(&door, &cookie, &session.csrf_token).await;
    assert_eq!(door.send(get("/archives").cookie(&cookie)).await.status, 200);
    other.end().await;
    door.end().await;
}
