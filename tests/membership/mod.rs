//! Members as files: applied once, applied again, refused whole.

use std::path::Path;

use chartrier::clock::Clock;
use chartrier::db::{Db, Settings};
use chartrier::evidence::{last_events, verify_journal};
use chartrier::identity::{Identity, LogIn};
use chartrier::membership::{self, Error, Taking};
use chartrier::model::TenantId;
use chartrier::registry::queries::{agreements, find_agreement, find_parties, find_quota, members};
use chartrier::storage::Storage;

use crate::support::{database, vault};

mod calendar;
mod conventions;
mod export;
mod forget;
mod formats;
mod library;
mod limits;
mod many;
mod numbering;
mod profiles;
mod schedule;
mod sites;
mod tiers;
mod tolerances;
mod viruses;

/// Files taken whole, as `--take-file` does.
async fn apply(db: &Db, storage: &Storage, folder: &Path, clock: &Clock) -> Result<Vec<String>, Error> {
    membership::apply(db, storage, folder, clock, Taking::Files).await
}

async fn plan(db: &Db, storage: &Storage, folder: &Path, clock: &Clock) -> Result<Vec<String>, Error> {
    membership::plan(db, storage, folder, clock, Taking::Files).await
}

const MEMBER: &str = r#"code = "bourg"
name = "Commune du Bourg"
kind = "commune"
siren = "732829320"
department = "33"

[quota]
bytes = 1000

[[party]]
identifier = "SA"
name = "Archives"
parts = ["archival"]

[[party]]
identifier = "SV"
name = "Mairie"
siret = "73282932000074"
parts = ["transferring", "originating"]
valid_from = 2020-01-01

[[agreement]]
identifier = "ACTES"
name = "Actes"
acceptance = "automatic"
archival_agency = "SA"
transferring = ["SV"]
originating = ["SV"]
transfer_bytes_max = 500
state = "active"

[[person]]
login = "anne"
name = "Anne"
roles = ["archivist", "reader"]

[[machine]]
client_id = "bourg-bus"
name = "Bus"
agreements = ["ACTES"]
secret = "un secret assez long"
"#;

fn clock() -> Clock {
    Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap())
}

/// A database of the test's own: the members' codes are those of the files.
async fn own(name: &str) -> Db {
    let settings = Settings::new(&database::own_database(name).await, 4).unwrap();
    chartrier::db::migrate(&settings).await.unwrap();
    Db::connect(&settings, clock()).await.unwrap()
}

fn folder(members: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (code, text) in members {
        std::fs::create_dir(folder.path().join(code)).unwrap();
        std::fs::write(folder.path().join(code).join("member.toml"), text).unwrap();
    }
    folder
}

async fn entries(db: &Db, code: &str) -> i64 {
    let mut tx = db.read(TenantId::of_member(code)).await.unwrap();
    verify_journal(&mut tx).await.unwrap().entries
}

#[tokio::test]
async fn the_members_of_the_demonstration_are_applied_and_a_second_run_changes_nothing() {
    let db = own("membership_demonstration").await;
    let tenants = Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants");
    let planned = plan(&db, &vault::storage(), &tenants, &clock()).await.unwrap();
    let mut tx = db.technical().await.unwrap();
    assert!(members(&mut tx).await.unwrap().is_empty(), "a plan changes nothing");
    drop(tx);
    let applied = apply(&db, &vault::storage(), &tenants, &clock()).await.unwrap();
    assert_eq!(planned, applied);
    let mut tx = db.technical().await.unwrap();
    let members = members(&mut tx).await.unwrap();
    drop(tx);
    assert_eq!(members.len(), 7);
    let mut before = Vec::new();
    for member in &members {
        before.push(entries(&db, &member.code).await);
        let mut tx = db.read(member.tenant).await.unwrap();
        assert!(!agreements(&mut tx).await.unwrap().is_empty(), "{}", member.code);
    }
    assert!(before.iter().all(|entries| *entries > 5), "{before:?}");
    assert_eq!(apply(&db, &vault::storage(), &tenants, &clock()).await.unwrap(), Vec::<String>::new());
    for (member, before) in members.iter().zip(before) {
        assert_eq!(entries(&db, &member.code).await, before, "{}", member.code);
    }
    let opened = Identity::new(db.clone(), clock(), crate::support::at_rest())
        .log_in("archiviste", "demonstration-archiviste", [127, 0, 0, 1].into())
        .await
        .unwrap();
    assert!(matches!(opened, LogIn::Opened(_)));
}

#[tokio::test]
async fn a_member_becomes_what_its_file_says_and_each_change_is_recorded() {
    let db = own("membership_changes").await;
    let tenant = TenantId::of_member("bourg");
    let made = apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    assert_eq!(made[0], "bourg : collectivité créée : Commune du Bourg");
    let password =
        made.iter().find(|sentence| sentence.contains("anne")).unwrap().rsplit(' ').next().unwrap();
    let identity = Identity::new(db.clone(), clock(), crate::support::at_rest());
    let LogIn::Opened(cookie) = identity.log_in("anne", password, [127, 0, 0, 1].into()).await.unwrap()
    else {
        panic!("the first password opens")
    };
    let token = identity.client_token("bourg-bus", "un secret assez long").await.unwrap().unwrap();
    assert_eq!(identity.bearer(&token.token, None).await.unwrap().unwrap().agreements, ["ACTES"]);
    let before = entries(&db, "bourg").await;

    let changed = MEMBER
        .replace("bytes = 1000", "bytes = 2000")
        .replace("Commune du Bourg", "Le Bourg")
        .replace("state = \"active\"", "state = \"suspended\"\nvalid_until = 2028-12-31")
        .replace("roles = [\"archivist\", \"reader\"]", "roles = [\"depositor\"]")
        .replace("originating = [\"SV\"]", "originating = []")
        .replace("agreements = [\"ACTES\"]", "agreements = []");
    let sentences =
        apply(&db, &vault::storage(), folder(&[("bourg", &changed)]).path(), &clock()).await.unwrap();
    assert_eq!(
        sentences,
        [
            "bourg : collectivité modifiée : name (Commune du Bourg → Le Bourg), quota_bytes (1000 → 2000)",
            "bourg : accord ACTES modifié : originating (SV → –), state (active → suspended), \
             valid_until (– → 2028-12-31)",
            "bourg : compte anne : roles (archivist reader → depositor)",
            "bourg : application bourg-bus : agreements (ACTES → –)",
        ]
    );
    assert_eq!(entries(&db, "bourg").await, before + 4);
    let mut tx = db.read(tenant).await.unwrap();
    let agreement = find_agreement(&mut tx, "ACTES").await.unwrap().unwrap();
    assert!(
        !agreement.active && agreement.originating_agencies.is_empty() && agreement.archival_agency == "SA"
    );
    assert!(find_agreement(&mut tx, "AUTRE").await.unwrap().is_none());
    assert!(find_parties(&mut tx, &["SV".to_owned()]).await.unwrap()[0].transferring);
    assert_eq!(find_quota(&mut tx).await.unwrap().unwrap().bytes_max, 2000);
    for event in last_events(&mut tx, 100).await.unwrap() {
        assert!(!event.entry.contains("Anne") && !event.entry.contains(password), "{}", event.entry);
    }
    drop(tx);
    let roles = identity.session(&cookie).await.unwrap().unwrap().caller.unwrap().roles;
    assert_eq!(roles, [chartrier::model::Role::Depositor]);
}

#[tokio::test]
async fn a_wrong_file_is_refused_whole_with_its_lines() {
    let db = own("membership_refused").await;
    let other =
        MEMBER.replace("\"bourg\"", "\"ville\"").replace("siren = \"732829320\"", "siren = \"732829321\"");
    for (wrong, expected) in [
        (MEMBER.replace("[quota]\nbytes", "[quota]\nbits"), "bourg/member.toml:8 : clé inconnue : bits"),
        (MEMBER.replace("kind = \"commune\"\n", ""), "il manque la clé kind"),
        (MEMBER.replace("bytes = 1000", "bytes = \"x\""), "bourg/member.toml:8 : mauvais type"),
        (MEMBER.replace("commune\"", "hameau\""), "bourg/member.toml:3 : « hameau »"),
        (MEMBER.replace("73282932000074", "73282932000075"), "bourg/member.toml:18 : SIRET"),
        (MEMBER.replace("2020-01-01", "2020-01-01T10:00:00"), "bourg/member.toml:20 : une date sans heure"),
        (MEMBER.replace("archival_agency = \"SA\"", "archival_agency = \"SV\""), "n'a pas le rôle archival"),
        (MEMBER.replace("transferring = [\"SV\"]", "transferring = [\"XX\"]"), "aucune partie « XX »"),
        (
            MEMBER.replace("\"reader\"]", "\"control_authority\"]"),
            "nul n'est à la fois archiviste et contrôle",
        ),
        (MEMBER.replace("agreements = [\"ACTES\"]", "agreements = [\"PES\"]"), "aucun accord « PES »"),
        (MEMBER.replace("un secret assez long", "court"), "trop court"),
        (MEMBER.replace("identifier = \"SV\"", "identifier = \"SA\""), "« SA » est écrit deux fois"),
        (format!("{MEMBER}\n[["), "bourg/member.toml:43 : TOML mal écrit"),
        (MEMBER.replace("code = \"bourg\"", "code = \"../bourg\""), "le code doit être le nom du dossier"),
    ] {
        let error =
            apply(&db, &vault::storage(), folder(&[("bourg", &wrong), ("ville", &other)]).path(), &clock())
                .await
                .unwrap_err();
        let Error::Files(faults) = &error else { panic!("{error}") };
        assert!(error.to_string().contains(expected), "{expected}\n{error}");
        assert!(
            faults.iter().any(|fault| fault.path.ends_with("ville/member.toml") && fault.line == 4),
            "{error}"
        );
    }
    let twice =
        MEMBER.replace("code = \"bourg\"", "code = \"ville\"").replace("name = \"Anne\"", "name = \"Annie\"");
    let error =
        apply(&db, &vault::storage(), folder(&[("bourg", MEMBER), ("ville", &twice)]).path(), &clock())
            .await
            .unwrap_err();
    assert!(error.to_string().contains("« anne » a un autre nom"), "{error}");
    assert!(error.to_string().contains("« bourg-bus » est aussi dans"), "{error}");
    let mut tx = db.technical().await.unwrap();
    assert!(members(&mut tx).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_client_of_another_member_is_refused_in_words() {
    let db = own("membership_client").await;
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let other = MEMBER.replace("\"bourg\"", "\"ville\"");
    let error =
        apply(&db, &vault::storage(), folder(&[("ville", &other)]).path(), &clock()).await.unwrap_err();
    assert!(matches!(&error, Error::ClientTaken { client_id, .. } if client_id == "bourg-bus"), "{error}");
    let mut tx = db.technical().await.unwrap();
    assert_eq!(members(&mut tx).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_member_that_holds_archives_does_not_go_with_its_file() {
    let db = own("removed").await;
    let ville = MEMBER
        .replace("code = \"bourg\"", "code = \"ville\"")
        .replace("anne", "bruno")
        .replace("bourg-bus", "ville-bus");
    let both = folder(&[("bourg", MEMBER), ("ville", &ville)]);
    apply(&db, &vault::storage(), both.path(), &clock()).await.unwrap();
    let alone = folder(&[("bourg", MEMBER)]);
    assert_eq!(
        apply(&db, &vault::storage(), alone.path(), &clock()).await.unwrap(),
        Vec::<String>::new(),
        "nothing held"
    );
    let tenant = TenantId::of_member("ville");
    let mut tx = db.write(tenant).await.unwrap();
    sqlx::query("update quota set archives_held = 12").execute(tx.conn()).await.unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "quota".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    for refused in [
        plan(&db, &vault::storage(), alone.path(), &clock()).await,
        apply(&db, &vault::storage(), alone.path(), &clock()).await,
    ] {
        let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
        assert!(faults.len() == 1 && faults[0].path.ends_with("ville/member.toml"), "{faults:?}");
        assert!(
            faults[0].reason.contains("conserve 12 archive(s)") && faults[0].reason.contains("valid_until")
        );
    }
    assert_eq!(apply(&db, &vault::storage(), both.path(), &clock()).await.unwrap(), Vec::<String>::new());
}
