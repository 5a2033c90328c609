//! Every address × every caller × another tenant's identifiers. What a caller may not do is 401 or 403 before
//! anything is looked for; what a caller may not see is 404, exactly like what does not exist.

use chartrier::model::Role;
use chartrier::web::routes::{Line, TABLE};
use chartrier::web::{Who, problems};
use uuid::Uuid;

use super::{Answer, Ask, Door, ask, form, multipart, post};
use crate::support::profile;

/// Jobs are numbered over all members, and only an operator names them: `operator.rs` tries theirs.
const NO_JOB: &str = "9223372036854775807";

/// One identifier of each kind, of one tenant.
struct Identifiers {
    transfer: String,
    unit: String,
    object: String,
    job: String,
    profile: String,
    agreement: String,
    /// As manifests name it.
    agreement_name: String,
    archive: String,
    attestation: String,
    person: String,
    machine: String,
    upload: String,
    derogation: String,
    reading: String,
}

/// A request of the reader for this unit.
async fn derogation(door: &Door, unit: &str) -> String {
    let (cookie, csrf) = door.log_in(Role::Reader).await;
    let asked = form(&format!("/archives/unites/{unit}/derogation"), "motif=essai");
    let answer = door.send(asked.cookie(&cookie).header("x-csrf-token", csrf.as_str())).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let asked: Uuid = sqlx::query_scalar("select derogation_request_id from derogation_request limit 1")
        .fetch_one(tx.conn())
        .await
        .unwrap();
    asked.to_string()
}

/// A reading of the control authority, open.
async fn reading(door: &Door) -> String {
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    super::readings::open(door, &cookie, &csrf).await;
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let id: Uuid = sqlx::query_scalar("select reading_id from control_reading limit 1")
        .fetch_one(tx.conn())
        .await
        .unwrap();
    id.to_string()
}

async fn identifiers(door: &Door, name: &str) -> Identifiers {
    let transfer = door.deposit(door.sip(name).zip()).await.transfer_id.to_string();
    let archive = door.json(&format!("/api/v1/transfers/{transfer}")).await["archive_id"].clone();
    let attestations = door.json(&format!("/api/v1/transfers/{transfer}/attestations")).await;
    let attestation = attestations["items"][0]["attestation_id"].as_str().unwrap().to_owned();
    let units = door.json("/api/v1/units").await;
    let unit = units["items"].as_array().unwrap().iter().find(|unit| unit["root"] == false).unwrap();
    let unit = unit["unit_id"].as_str().unwrap().to_owned();
    let object = door.json(&format!("/api/v1/units/{unit}")).await["objects"][0]["object_id"].clone();
    let profile = profile::imported(&door.tenant, name, profile::grammar("2.1", "Titre")).await.to_string();
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let agreement: Uuid =
        sqlx::query_scalar("select agreement_id from agreement limit 1").fetch_one(tx.conn()).await.unwrap();
    drop(tx);
    let (agreement, agreement_name) = (agreement.to_string(), door.tenant.agreement.clone());
    let (object, archive) = (object.as_str().unwrap().to_owned(), archive.as_str().unwrap().to_owned());
    let person = door.tenant.person(Role::Reader).to_string();
    let machine = door.tenant.machine.to_string();
    let token = door.token().await;
    let open = post("/api/v1/uploads", "").bearer(&token).header("tus-resumable", "1.0.0");
    let opened = door.send(open.header("upload-length", "1000")).await;
    let upload = opened.header("location").rsplit('/').next().unwrap().to_owned();
    let unit_asked = unit.clone();
    Identifiers {
        transfer,
        unit,
        object,
        job: NO_JOB.into(),
        profile,
        agreement,
        agreement_name,
        archive,
        attestation,
        person,
        machine,
        upload,
        derogation: derogation(door, &unit_asked).await,
        reading: reading(door).await,
    }
}

impl Identifiers {
    fn unknown() -> Identifiers {
        let unknown = || Uuid::now_v7().to_string();
        let [transfer, unit, object, profile, agreement, archive, attestation, person, machine, upload] =
            std::array::from_fn(|_| unknown());
        Identifiers {
            transfer,
            unit,
            object,
            job: NO_JOB.into(),
            profile,
            agreement,
            agreement_name: "INCONNU".into(),
            archive,
            attestation,
            person,
            machine,
            upload,
            derogation: unknown(),
            reading: unknown(),
        }
    }

    fn malformed() -> Identifiers {
        let [transfer, unit, object, job, profile] = ["x", "'", "0", "x", "profil"].map(str::to_owned);
        let (archive, attestation) = ("x".to_owned(), "%00".to_owned());
        let agreement = "accord".to_owned();
        let (person, machine) = ("personne".to_owned(), "application".to_owned());
        Identifiers {
            transfer,
            unit,
            object,
            job,
            profile,
            agreement,
            agreement_name: "%00".into(),
            archive,
            attestation,
            person,
            machine,
            upload: "envoi".into(),
            derogation: "x".into(),
            reading: "lecture".into(),
        }
    }

    /// The address with its parameter; a new kind of address must be given its identifier here.
    fn fill(&self, address: &str) -> String {
        let kinds = [("transfers/", &self.transfer), ("versements/", &self.transfer), ("units/", &self.unit)];
        let kinds = kinds.into_iter().chain([
            ("archives/{id}", &self.archive),
            ("/attestations/{id}", &self.attestation),
            ("unites/", &self.unit),
            ("derogations/", &self.derogation),
            ("lectures/", &self.reading),
            ("obj", &self.object),
            ("travaux/", &self.job),
            ("profils/", &self.profile),
            // A year of the bill, and a statement: `bill` tries them.
            ("couts/", &self.job),
            ("facture/", &self.job),
            // A member that the pilot would name: `pilot.rs` tries theirs.
            ("pilotage/", &self.job),
            ("/accords/{id}", &self.agreement),
            ("/agreements/{id}", &self.agreement_name),
            ("/personnes/{id}", &self.person),
            ("/applications/{id}", &self.machine),
            ("/uploads/{id}", &self.upload),
        ]);
        // Not identifiers of ours, but what a bus asks about: `restservices` tries those of others.
        let asked = "message:Acknowledgement/originMessageIdentifier:x";
        let address = &address.replace("{asked:.*}", asked).replace("{cote:.*}", "COTE-INCONNUE");
        if !address.contains('{') {
            return address.to_owned();
        }
        // A producer of no campaign that the pilot would name: `survey` tries theirs.
        let address = &address.replace("{siren}", "732829320").replace("{piece}", &"0".repeat(128));
        // A file of a draft: `drafting` tries those of others.
        let address = &address.replace("{file}", "0192f5a0-0000-7000-8000-000000000000");
        let kind = kinds.into_iter().find(|(kind, _)| address.contains(kind));
        let (_, id) = kind.unwrap_or_else(|| panic!("what does the parameter of {address} name?"));
        address.replace("{id}", id)
    }
}

/// A request that is right in all but, perhaps, its caller and its identifier.
fn request(line: &Line, identifiers: &Identifiers) -> Ask {
    let mut request = ask(line.method.as_str().parse().unwrap(), &identifiers.fill(line.address));
    if line.address.contains("/uploads") {
        request = request.header("tus-resumable", "1.0.0").header("upload-offset", "0");
        request.body = b"motif=essai".to_vec();
        return request.header("content-type", "application/offset+octet-stream");
    }
    if !line.method.is_safe() {
        request.body = b"motif=essai&raison=other&mots=essai".to_vec();
        let kind =
            if line.who == Who::Machine { "application/zip" } else { "application/x-www-form-urlencoded" };
        if line.address.ends_with("/versions") {
            let file = profile::grammar("2.1", "Un autre titre");
            let (body, kind) = multipart(&[], Some(("profil.rng", &file)));
            request.body = body;
            return request.header("content-type", kind);
        }
        request = request.header("content-type", kind);
    }
    request
}

fn lines() -> impl Iterator<Item = &'static Line> {
    TABLE.iter().filter(|line| line.who != Who::Anyone)
}

/// What must be the same for what does not exist and what is somebody else's; the length says nothing more.
fn shown(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text())
}

#[tokio::test]
async fn nobody_and_the_wrong_kind_of_caller_get_nowhere() {
    let door = Door::open().await;
    let own = identifiers(&door, "COUVERTURE-1").await;
    let token = door.token().await;
    let (cookie, _) = door.log_in(Role::Archivist).await;
    for line in lines() {
        let place = format!("{} {}", line.method, line.address);
        assert_eq!(door.send(request(line, &own)).await.status, 401, "{place}: nobody");
        let garbage = request(line, &own).bearer("x").cookie("x");
        assert_eq!(door.send(garbage).await.status, 401, "{place}: an invented credential");
        let wrong = if line.who == Who::Machine {
            request(line, &own).cookie(&cookie)
        } else {
            request(line, &own).bearer(&token)
        };
        assert_eq!(door.send(wrong).await.status, 401, "{place}: the other kind of caller");
    }
    door.end().await;
}

#[tokio::test]
async fn a_role_that_is_not_admitted_is_told_so_whatever_it_names() {
    let (door, other) = (Door::open().await, Door::open().await);
    let own = identifiers(&door, "COUVERTURE-2").await;
    let foreign = identifiers(&other, "COUVERTURE-2").await;
    for role in Role::ALL {
        let (cookie, csrf) = door.log_in(role).await;
        for line in lines().filter(|line| line.who != Who::Machine && !line.who.admits(&[role])) {
            for identifiers in [&own, &foreign, &Identifiers::unknown()] {
                let ask = request(line, identifiers).cookie(&cookie).header("x-csrf-token", csrf.as_str());
                let answer = door.send(ask).await;
                assert_eq!(
                    (answer.status, answer.problem().as_str()),
                    (403, "forbidden"),
                    "{role:?} {}",
                    line.address
                );
            }
        }
    }
    door.end().await;
    other.end().await;
}

#[tokio::test]
async fn another_tenant_s_identifiers_name_nothing() {
    let (door, other) = (Door::open().await, Door::open().await);
    let own = identifiers(&door, "COUVERTURE-3").await;
    let foreign = identifiers(&other, "COUVERTURE-3").await;
    let token = door.token().await;
    let mut callers = vec![(None, token, String::new())];
    for role in Role::ALL {
        let (cookie, csrf) = door.log_in(role).await;
        callers.push((Some(role), cookie, csrf));
    }
    // What an operator or the pilot names is no member's.
    let of_a_member =
        |line: &&Line| line.address.contains("{id}") && ![Who::Operator, Who::Pilot].contains(&line.who);
    for line in lines().filter(of_a_member) {
        for (role, credential, csrf) in &callers {
            let as_caller = |identifiers: &Identifiers| match role {
                None => request(line, identifiers).bearer(credential),
                Some(_) => {
                    request(line, identifiers).cookie(credential).header("x-csrf-token", csrf.as_str())
                }
            };
            let calls = match role {
                None => line.who == Who::Machine,
                Some(role) => line.who != Who::Machine && line.who.admits(&[*role]),
            };
            if !calls {
                continue;
            }
            let place = format!("{role:?} {} {}", line.method, line.address);
            let unknown = door.send(as_caller(&Identifiers::unknown())).await;
            assert_eq!(
                (unknown.status, unknown.problem().as_str()),
                (404, problems::NOT_FOUND.name),
                "{place}"
            );
            let of_another = door.send(as_caller(&foreign)).await;
            assert_eq!(shown(&of_another), shown(&unknown), "{place}: another tenant's");
            let malformed = door.send(as_caller(&Identifiers::malformed())).await;
            assert_eq!(shown(&malformed), shown(&unknown), "{place}: no identifier at all");
            if *role == Some(Role::Archivist) || role.is_none() {
                let answer = door.send(as_caller(&own)).await;
                assert!(answer.status < 400, "{place}: one's own: {answer:?}");
            }
        }
    }
    assert_eq!(other.consultations().await, 0);
    door.end().await;
    other.end().await;
}
