//! The service brought back: the catalogue from one site, the journal from its copy, rehearsals.

use std::io::{Cursor, Write};
use std::path::Path;

use bytes::Bytes;
use chartrier::clock::Clock;
use chartrier::db::{self, Db, Settings};
use chartrier::ingest::archivist::Decider;
use chartrier::ingest::queries as transfers;
use chartrier::ingest::{Depositor, Ingest, JOB_INGEST};
use chartrier::membership;
use chartrier::model::{Agent, Channel, Limits, MachineId, PersonId, TenantId, Transfer, TransferId};
use chartrier::recovery::tables::{Source, TABLES, Table};
use chartrier::recovery::{Asked, Purpose, Rebuilt, Recovery};
use chartrier::storage::{self, Storage};
use futures_util::stream;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::support::profile;
use crate::support::service::CONVENTION;
use crate::support::{database, sip::Sip};

mod attested;
mod journal;
#[cfg(feature = "failpoints")]
mod kill;
mod measure;
mod numbers;
mod rebuild;
mod rehearse;
mod sites;
mod tables;

/// One whole service, of a database of its own.
struct Instance {
    database: String,
    clock: Clock,
    db: Db,
    storage: Storage,
    ingest: Ingest,
    recovery: Recovery,
}

impl Instance {
    /// With these sites (name and folder) and this quarantine.
    async fn open(name: &str, sites: &[(&str, &Path)], quarantine: &Path) -> Instance {
        let database = format!("{name}_{}", Uuid::new_v4().simple());
        let settings = Settings::new(&database::own_database(&database).await, 4).unwrap();
        db::migrate(&settings).await.unwrap();
        let clock = Clock::system();
        let db = Db::connect(&settings, clock.clone()).await.unwrap();
        let sites = sites.iter().map(|(name, folder)| ((*name).to_owned(), folder.to_path_buf()));
        let storage = Storage::open(&storage::Settings::folders(sites, quarantine.into())).unwrap();
        let ingest = Ingest::new(db.clone(), storage.clone(), clock.clone(), Limits::default(), 30);
        let recovery = Recovery::new(db.clone(), storage.clone(), clock.clone());
        Instance { database, clock, db, storage, ingest, recovery }
    }

    /// With two sites and a quarantine under this folder.
    async fn in_folder(name: &str, folder: &Path) -> Instance {
        let (nord, sud) = (folder.join("nord"), folder.join("sud"));
        Instance::open(name, &[("nord", &nord), ("sud", &sud)], &folder.join("quarantine")).await
    }

    /// The members of these codes, each with its parties, agreements, profile and accounts.
    async fn apply(&self, codes: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        for code in codes {
            let folder = folder.path().join(code);
            std::fs::create_dir_all(folder.join("profils")).unwrap();
            let member = MEMBER.replace("CODE", code) + CONVENTION;
            std::fs::write(folder.join("member.toml"), member).unwrap();
            std::fs::write(folder.join("profils/delib.rng"), profile::grammar("2.1", TITLE)).unwrap();
        }
        membership::apply(&self.db, &self.storage, folder.path(), &self.clock, membership::Taking::Files)
            .await
            .unwrap();
    }

    async fn receive(&self, code: &str, bytes: Vec<u8>) -> TransferId {
        let tenant = TenantId::of_member(code);
        let mut tx = self.db.read(tenant).await.unwrap();
        let machine: Uuid =
            sqlx::query_scalar("select machine_id from machine").fetch_one(tx.conn()).await.unwrap();
        drop(tx);
        let agent = Agent::Machine(MachineId(machine));
        let from = Depositor { tenant, agent, channel: Channel::Api, copy: None, announced_bytes: None };
        let body = stream::iter([Ok(Bytes::from(bytes))]);
        self.ingest.receive(&from, "envoi du jour.zip", body).await.unwrap().transfer.transfer_id
    }

    async fn deposit(&self, code: &str, bytes: Vec<u8>) -> Transfer {
        let id = self.receive(code, bytes).await;
        self.ingest.advance(TenantId::of_member(code), id).await.unwrap();
        self.transfer(code, id).await
    }

    async fn approve(&self, code: &str, id: TransferId) {
        let by = PersonId(Uuid::new_v4());
        self.ingest
            .approve(TenantId::of_member(code), Decider::of_all(by), id)
            .await
            .unwrap()
            .expect("it was waiting");
        self.ingest.advance(TenantId::of_member(code), id).await.unwrap();
    }

    async fn transfer(&self, code: &str, id: TransferId) -> Transfer {
        let mut tx = self.db.read(TenantId::of_member(code)).await.unwrap();
        transfers::find_transfer(&mut tx, id).await.unwrap().expect("it is there")
    }

    async fn rebuild(&self, code: &str, site: &str) -> Rebuilt {
        self.recovery.rebuild(&asked(site), TenantId::of_member(code), &mut |_| ()).await.unwrap()
    }

    async fn verify_journal(&self, code: &str) -> i64 {
        let mut tx = self.db.read(TenantId::of_member(code)).await.unwrap();
        chartrier::evidence::verify_journal(&mut tx).await.unwrap().entries
    }

    async fn superuser(&self) -> PgConnection {
        database::connect_as("chartrier_superuser", &self.database).await
    }

    async fn count(&self, query: &str) -> i64 {
        let mut superuser = self.superuser().await;
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&mut superuser).await.unwrap()
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        let mut superuser = self.superuser().await;
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_all(&mut superuser).await.unwrap()
    }

    /// Every row of a table that a rebuild makes again, as text, columns excepted apart.
    async fn rows(&self, table: &Table, member: &str) -> Vec<String> {
        let but: Vec<String> = table.but.iter().map(|(column, _)| format!("- '{column}'")).collect();
        let tenant = TenantId::of_member(member).as_uuid();
        let only = if table.only.is_empty() { "true" } else { table.only };
        let query = format!(
            "select (to_jsonb(t) {})::text as row from {} t where t.tenant_id = '{tenant}' and {only} order by row",
            but.join(" "),
            table.name,
        );
        self.texts(&query).await
    }
}

fn asked(site: &str) -> Asked {
    asked_with(site, false)
}

fn asked_with(site: &str, keep_journal: bool) -> Asked {
    let purpose = Purpose::Recovery { keep_journal, resume_job: JOB_INGEST };
    Asked { site: site.into(), whole: true, purpose }
}

/// Tables whose rows come back from the site itself.
fn rebuilt() -> impl Iterator<Item = &'static Table> {
    let sources = [Source::Objects, Source::Register, Source::Journal];
    TABLES.iter().filter(move |table| sources.contains(&table.source))
}

/// Compares two instances table by table, row by row; how many rows were the same.
async fn compare(one: &Instance, other: &Instance, member: &str) -> usize {
    let mut same = 0;
    for table in rebuilt() {
        let (before, after) = (one.rows(table, member).await, other.rows(table, member).await);
        let missing: Vec<_> = before.iter().filter(|row| !after.contains(row)).take(3).collect();
        let added: Vec<_> = after.iter().filter(|row| !before.contains(row)).take(3).collect();
        assert!(missing.is_empty() && added.is_empty(), "{} : {missing:#?} became {added:#?}", table.name);
        assert_eq!(before.len(), after.len(), "{}", table.name);
        println!("  {member}, {} : {} lignes", table.name, before.len());
        same += before.len();
    }
    same
}

const TITLE: &str = "Délibérations du conseil";

const MEMBER: &str = r#"
code = "CODE"
name = "Commune de CODE"
kind = "commune"
siren = "219600004"
department = "96"
[quota]
bytes = 100000000000
[[party]]
identifier = "ARCHIVES-TEST"
name = "Archives"
parts = ["archival"]
[[party]]
identifier = "VERSANT-TEST"
name = "Versant"
parts = ["transferring"]
[[party]]
identifier = "PRODUCTEUR-TEST"
name = "Producteur"
parts = ["originating"]
[[profile]]
identifier = "DELIB"
name = "Délibérations"
file = "profils/delib.rng"
[[agreement]]
identifier = "ACCORD-TEST"
name = "Automatique"
acceptance = "automatic"
archival_agency = "ARCHIVES-TEST"
transferring = ["VERSANT-TEST"]
originating = ["PRODUCTEUR-TEST"]
transfer_bytes_max = 100000000000
profiles = ["DELIB"]
state = "active"
[[agreement]]
identifier = "ACCORD-ARCHIVISTE"
name = "Avec archiviste"
acceptance = "archivist"
archival_agency = "ARCHIVES-TEST"
transferring = ["VERSANT-TEST"]
originating = ["PRODUCTEUR-TEST"]
transfer_bytes_max = 100000000000
state = "active"
[[person]]
login = "archiviste"
name = "Paul Archiviste"
roles = ["archivist"]
password = "mot-de-passe-d-essai"
[[machine]]
client_id = "machine-CODE"
name = "Machine d'essai"
agreements = ["ACCORD-TEST", "ACCORD-ARCHIVISTE"]
secret = "secret-d-essai-assez-long"
"#;

/// A transfer of this member in a container, its manifest as written.
fn zipped(manifest: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("manifest.xml", manifest.as_bytes())].iter().chain(files) {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The same transfer in SEDA 2.2.
fn in_2_2(sip: &Sip) -> Vec<u8> {
    let manifest = sip.manifest().replace("seda:v2.1", "seda:v2.2");
    let files: Vec<(&str, &[u8])> =
        sip.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zipped(&manifest, &files)
}
