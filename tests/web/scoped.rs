//! A role held for some agreements and producing services: what is outside answers as what does not exist, everywhere.

use chartrier::db::TenantRead;
use chartrier::model::{Agent, Event, EventType, Facts, Outcome, Role, Scope, Transfer, TransferState, Way};
use uuid::Uuid;

use super::{Door, form, get, multipart, post};

/// A second producing service of the tenant, admitted by its agreements.
pub(super) async fn another_producer(door: &Door) -> String {
    let identifier = format!("{}-RH", door.tenant.code);
    let statement = format!(
        "with made as (insert into party (party_id, identifier, name, originating)
                       values (gen_random_uuid(), '{identifier}', 'Ressources humaines', true) returning party_id)
         insert into agreement_party (agreement_id, party_id, part)
         select agreement_id, party_id, 'originating' from agreement, made"
    );
    change(door, &statement).await;
    identifier
}

pub async fn change(door: &Door, statement: &str) {
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(tx.conn()).await.unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "assignment".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

async fn restrict(door: &Door, role: Role, agreements: Option<&str>, producers: Option<&str>) {
    let list = |of: Option<&str>| of.map_or("null".to_owned(), |name| format!("array['{name}']"));
    let statement = format!(
        "update assignment set agreements = {}, producers = {} where role = '{}'",
        list(agreements),
        list(producers),
        role.word()
    );
    change(door, &statement).await;
}

async fn deposit(door: &Door, name: &str, producer: Option<&str>) -> Transfer {
    let mut sip = door.sip(name);
    if let Some(producer) = producer {
        sip.originating_agency = producer.to_owned();
    }
    let taken = door.deposit(sip.zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    taken
}

/// Addresses of an archive's root unit, of its first file, and of its transfer.
async fn addresses(door: &Door, transfer: &Transfer) -> [String; 4] {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let archive = transfer.archive_id.unwrap().0;
    let one = async |tx: &mut TenantRead, text: &'static str| -> Uuid {
        sqlx::query_scalar(text).bind(archive).fetch_one(tx.conn()).await.unwrap()
    };
    let unit = one(&mut tx, "select unit_id from unit where archive_id = $1 and root").await;
    let object =
        one(&mut tx, "select object_id from binary_object where archive_id = $1 order by seda_id limit 1")
            .await;
    [
        format!("/archives/unites/{unit}"),
        format!("/archives/objets/{object}"),
        format!("/archives/objets/{object}/contenu"),
        format!("/versements/{}", transfer.transfer_id),
    ]
}

#[tokio::test]
async fn a_role_restricted_to_a_producer_or_an_agreement_meets_nothing_else() {
    let door = Door::open().await;
    let staff = another_producer(&door).await;
    let finance = deposit(&door, "FINANCES", None).await;
    let personnel = deposit(&door, "PERSONNEL", Some(&staff)).await;
    let (ours, theirs) = (addresses(&door, &finance).await, addresses(&door, &personnel).await);
    let producer = door.tenant.originating_agency.clone();
    for role in [Role::Archivist, Role::ControlAuthority, Role::MemberAdmin, Role::Producer, Role::Reader] {
        restrict(&door, role, None, Some(&producer)).await;
        let (cookie, csrf) = door.log_in(role).await;
        if role == Role::ControlAuthority {
            super::readings::open(&door, &cookie, &csrf).await;
        }
        let ask = async |address: &str| door.send(get(address).cookie(&cookie)).await;
        for list in ["/archives", "/archives?q=versement"] {
            let page = ask(list).await.text();
            assert!(page.contains("FINANCES") && !page.contains("PERSONNEL"), "{role:?} {list}");
        }
        for (mine, not) in ours.iter().zip(&theirs) {
            let (mine, not) = (ask(mine).await, ask(not).await);
            assert_eq!(not.status, if mine.status == 403 { 403 } else { 404 }, "{role:?}");
            assert!(!not.text().contains("PERSONNEL"));
        }
        assert_eq!(ask(&ours[0]).await.status, 200, "{role:?}");
        if matches!(role, Role::Archivist | Role::ControlAuthority | Role::MemberAdmin) {
            for list in ["/registre?annee=2027", "/registre.csv?annee=2027", "/versements", "/"] {
                let page = ask(list).await.text();
                assert!(!page.contains("PERSONNEL"), "{role:?} {list}");
                assert!(page.contains("FINANCES") || list == "/", "{role:?} {list}: {page}");
            }
        }
    }
    // By agreement; nothing came under that one.
    restrict(&door, Role::Reader, Some(&door.tenant.agreement_with_archivist), None).await;
    let (cookie, _) = door.log_in(Role::Reader).await;
    assert_eq!(door.send(get(&ours[0]).cookie(&cookie)).await.status, 404);
    assert!(!door.send(get("/archives").cookie(&cookie)).await.text().contains("FINANCES"));
    door.end().await;
}

#[tokio::test]
async fn two_control_authorities_of_one_member_see_each_their_own_ressort() {
    let door = Door::open().await;
    let other = another_producer(&door).await;
    let (first, second) =
        (deposit(&door, "RESSORT-UN", None).await, deposit(&door, "RESSORT-DEUX", Some(&other)).await);
    let (one, two) = (addresses(&door, &first).await, addresses(&door, &second).await);
    // The reader becomes the director of the other département.
    change(&door, "delete from assignment where role = 'reader'").await;
    let director = door.tenant.person(Role::Reader);
    change(
        &door,
        &format!(
            "insert into assignment (person_id, role, producers)
             values ('{director}', 'control_authority', array['{other}'])"
        ),
    )
    .await;
    change(
        &door,
        &format!(
            "update assignment set producers = array['{}'] where role = 'control_authority' and person_id <> '{director}'",
            door.tenant.originating_agency
        ),
    )
    .await;
    let (here, csrf) = door.log_in(Role::ControlAuthority).await;
    super::readings::open(&door, &here, &csrf).await;
    let (there, csrf) = door.log_in(Role::Reader).await;
    super::readings::open(&door, &there, &csrf).await;
    for (cookie, own, not, said) in [(&here, &one, &two, "RESSORT-DEUX"), (&there, &two, &one, "RESSORT-UN")]
    {
        assert_eq!(door.send(get(&own[0]).cookie(cookie)).await.status, 200);
        assert_eq!(door.send(get(&own[2]).cookie(cookie)).await.status, 200);
        for address in not {
            assert_eq!(door.send(get(address).cookie(cookie)).await.status, 404, "{address}");
        }
        for list in ["/archives", "/registre?annee=2027", "/versements"] {
            assert!(!door.send(get(list).cookie(cookie)).await.text().contains(said), "{list}");
        }
    }
    door.end().await;
}

#[tokio::test]
async fn whoever_deposits_for_one_agreement_is_refused_under_another() {
    let door = Door::open().await;
    restrict(&door, Role::Depositor, Some(&door.tenant.agreement_with_archivist), None).await;
    let (cookie, csrf) = door.log_in(Role::Depositor).await;
    let (body, kind) = multipart(&[("csrf", &csrf)], Some(("versement.zip", &door.sip("AILLEURS").zip())));
    let sent = door.send(post("/versements", body).header("content-type", kind).cookie(&cookie)).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let id = sent.header("location").rsplit('/').next().unwrap().parse().unwrap();
    let id = chartrier::model::TransferId(id);
    door.ingest.advance(door.tenant.tenant, id).await.unwrap();
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let refused = chartrier::ingest::queries::find_transfer(&mut tx, id).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(refused.state, TransferState::Refused);
    assert_eq!(refused.findings[0].kind.code, "header.agreement_unknown");
    door.end().await;
}

#[tokio::test]
async fn an_archivist_decides_of_what_they_reach_and_of_nothing_else() {
    let door = Door::open().await;
    let mut sip = door.sip("ATTENDU");
    sip.agreement = door.tenant.agreement_with_archivist.clone();
    let waiting = door.deposit(sip.zip()).await;
    assert_eq!(waiting.state, TransferState::Examined, "{:?}", waiting.findings);
    restrict(&door, Role::Archivist, Some(&door.tenant.agreement), None).await;
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    for act in ["acceptation", "refus"] {
        let address = format!("/versements/{}/{act}", waiting.transfer_id);
        let answer =
            door.send(form(&address, &format!("csrf={csrf}&raison=to_complete")).cookie(&cookie)).await;
        assert_eq!(answer.status, 404, "{act}");
    }
    assert!(!door.send(get("/").cookie(&cookie)).await.text().contains("ATTENDU"));
    door.end().await;
}

/// What the database says, by its function and, of what is no archive, by that of the version before too.
async fn by_rows(tx: &mut TenantRead, scope: &Scope, facts: Facts<'_>) -> bool {
    let depositor = facts.depositor.map(|id| id.0);
    let (now, before): (Option<bool>, Option<bool>) =
        sqlx::query_as("select reached($1, $2, $3, $4, $5), reached($1, $2, $3, $4)")
            .bind(scope.ways())
            .bind(facts.agreement)
            .bind(facts.producer)
            .bind(depositor)
            .bind(facts.archive)
            .fetch_one(tx.conn())
            .await
            .unwrap();
    let is_whole_archives = scope.archives().is_none();
    assert_eq!(before, if is_whole_archives { now } else { Some(false) }, "{scope:?} {facts:?}");
    now.unwrap()
}

#[tokio::test]
async fn the_rule_and_the_database_reach_the_same() {
    let door = Door::open().await;
    let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let me = chartrier::model::PersonId(Uuid::from_u128(7));
    let way = |agreements, producers, depositor: Option<Uuid>| Way {
        agreements,
        producers,
        depositor,
        archive: None,
    };
    let (this, that) = (Uuid::from_u128(8), Uuid::from_u128(9));
    let scopes = [
        Scope::by(vec![]),
        Scope::by(vec![way(list(&["A"]), None, None)]),
        Scope::by(vec![way(None, list(&["P", "Q"]), None)]),
        Scope::by(vec![way(list(&["A"]), list(&["P"]), None), way(None, None, Some(me.0))]),
        Scope::by(vec![way(list(&[]), None, None)]),
        Scope::by(vec![Way { archive: Some(this), ..way(None, list(&["P"]), None) }]),
    ];
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let mut reached = 0;
    for scope in &scopes {
        for agreement in [None, Some("A"), Some("B")] {
            for producer in [None, Some("P"), Some("Q"), Some("R")] {
                for depositor in [None, Some(me)] {
                    for archive in [None, Some(this), Some(that)] {
                        let facts = Facts { agreement, producer, depositor, archive };
                        let by_rule = scope.leads_to(facts);
                        assert_eq!(by_rows(&mut tx, scope, facts).await, by_rule, "{scope:?} {facts:?}");
                        reached += u32::from(by_rule);
                    }
                }
            }
        }
    }
    assert!(reached > 10);
    drop(tx);
    door.end().await;
}
