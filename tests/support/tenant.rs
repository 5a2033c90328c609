//! A member made for one test: its quota, parties, agreement, one person for each role, one machine.

use std::sync::OnceLock;

use argon2::{Argon2, PasswordHasher};
use chartrier::clock::Clock;
use chartrier::db::{self, Db, Settings};
use chartrier::model::{Agent, Event, EventType, MachineId, Outcome, PersonId, Role, TenantId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::database;

/// Everyone's password, and the machine's secret.
pub const PASSWORD: &str = "un mot de passe bien long";

/// A tenant of one test. End the test with [`FreshTenant::end`].
pub struct FreshTenant {
    pub db: Db,
    /// Stands at a fixed moment until the test moves it.
    pub clock: Clock,
    pub tenant: TenantId,
    pub code: String,
    /// SEDA identifiers of the parties: archival, transferring and originating agency.
    pub archival_agency: String,
    pub transferring_agency: String,
    pub originating_agency: String,
    /// Open, accepting by itself, one gibibyte a transfer.
    pub agreement: String,
    /// The same, where an archivist decides.
    pub agreement_with_archivist: String,
    pub machine: MachineId,
    pub client_id: String,
    people: Vec<(Role, PersonId)>,
    ended: bool,
}

impl FreshTenant {
    /// Login of the person who holds this role; the password is [`PASSWORD`].
    pub fn login(&self, role: Role) -> String {
        format!("{}@{}", role.word(), self.code)
    }

    /// What the member may hold from now on: `bytes_max = 1000`.
    pub async fn promise(&self, set: &str) {
        self.set("quota", set).await;
    }

    /// A row of the member is so from now on: `member`, `siren = '219600178'`.
    pub async fn set(&self, table: &str, set: &str) {
        let mut tx = self.db.write(self.tenant).await.unwrap();
        let statement = format!("update {table} set {set}");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(tx.conn()).await.unwrap();
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object: table.to_owned(),
            detail: vec![("quota", set.to_owned())],
        });
        tx.commit().await.unwrap();
    }

    /// The person who holds this role.
    pub fn person(&self, role: Role) -> PersonId {
        self.people.iter().find(|(held, _)| *held == role).unwrap().1
    }

    /// Verifies the tenant's journal: what every test owes when it ends.
    pub async fn end(mut self) {
        self.ended = true;
        let mut tx = self.db.read(self.tenant).await.unwrap();
        let verified = chartrier::evidence::verify_journal(&mut tx).await.unwrap();
        assert!(verified.entries >= 1, "a tenant's journal begins with its own making");
        drop(tx);
        self.db.close().await;
    }
}

impl Drop for FreshTenant {
    fn drop(&mut self) {
        assert!(self.ended || std::thread::panicking(), "end the test with `tenant.end().await`");
    }
}

/// A tenant that no other test knows.
pub async fn fresh_tenant() -> FreshTenant {
    tenant_of(&database::settings()).await
}

/// The same in a database of its own, for a test that moves its clock by days, then lets somebody in: whoever comes in has
/// the sessions and tokens that are over removed, and by that clock those of the tests beside it are.
pub async fn fresh_tenant_alone(database: &str) -> FreshTenant {
    let settings = Settings::new(&database::own_database(database).await, 4).unwrap();
    db::migrate(&settings).await.unwrap();
    tenant_of(&settings).await
}

async fn tenant_of(settings: &Settings) -> FreshTenant {
    let clock = Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap());
    let db = Db::connect(settings, clock.clone()).await.unwrap();
    let code = format!("t{}", &Uuid::new_v4().simple().to_string()[..12]);
    let mut fresh = FreshTenant {
        tenant: TenantId::of_member(&code),
        archival_agency: format!("{code}-SA"),
        transferring_agency: format!("{code}-SV"),
        originating_agency: format!("{code}-SP"),
        agreement: format!("{code}-AUTO"),
        agreement_with_archivist: format!("{code}-ARC"),
        machine: MachineId(Uuid::now_v7()),
        client_id: format!("machine-{code}"),
        people: Vec::new(),
        ended: false,
        db,
        clock,
        code,
    };
    make(&mut fresh).await;
    fresh
}

async fn make(fresh: &mut FreshTenant) {
    let now = fresh.clock.now();
    let mut tx = fresh.db.write(fresh.tenant).await.unwrap();
    let conn = tx.conn();
    let code = fresh.code.as_str();
    sqlx::query(
        "insert into member (code, name, kind, siren, department, created_at)
         values ($1, 'Commune de ' || $1, 'commune', '213300635', '33', $2)",
    )
    .bind(code)
    .bind(now)
    .execute(&mut *conn)
    .await
    .unwrap();
    sqlx::query("insert into quota (bytes_max) values (10 * 1024::bigint ^ 3)")
        .execute(&mut *conn)
        .await
        .unwrap();
    make_convention(conn).await;
    sqlx::query("insert into journal_head (seq, hash, at) values (0, $1, $2)")
        .bind(vec![0_u8; 32])
        .bind(now)
        .execute(&mut *conn)
        .await
        .unwrap();
    make_agreements(conn, fresh).await;
    make_people(conn, fresh, now).await;
    sqlx::query(
        "insert into machine (machine_id, client_id, name, secret_hash, basic_hash, created_at)
         values ($1, $2, 'Application de test', $3, $4, $5)",
    )
    .bind(fresh.machine.0)
    .bind(&fresh.client_id)
    .bind(hash_of_password())
    .bind(hash_of_basic())
    .bind(now)
    .execute(&mut *conn)
    .await
    .unwrap();
    sqlx::query(
        "insert into machine_agreement (machine_id, agreement_id) select $1, agreement_id from agreement",
    )
    .bind(fresh.machine.0)
    .execute(&mut *conn)
    .await
    .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("member:{}", fresh.code),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

/// Active, and without dates.
async fn make_convention(conn: &mut sqlx::PgConnection) {
    sqlx::query(
        "insert into convention (convention_id, identifier, regime, state, notice_months, details)
         values ($1, 'CONVENTION-TEST', 'mutualisation_definitive', 'active', 6, '{}')",
    )
    .bind(Uuid::now_v7())
    .execute(conn)
    .await
    .unwrap();
}

async fn make_agreements(conn: &mut sqlx::PgConnection, fresh: &FreshTenant) {
    let [archival, transferring, originating] = [(); 3].map(|()| Uuid::now_v7());
    for (id, identifier, part) in [
        (archival, &fresh.archival_agency, "archival"),
        (transferring, &fresh.transferring_agency, "transferring"),
        (originating, &fresh.originating_agency, "originating"),
    ] {
        sqlx::query(
            "insert into party (party_id, identifier, name, archival, transferring, originating)
             values ($1, $2, $2, $3 = 'archival', $3 = 'transferring', $3 = 'originating')",
        )
        .bind(id)
        .bind(identifier)
        .bind(part)
        .execute(&mut *conn)
        .await
        .unwrap();
    }
    for (identifier, acceptance) in
        [(&fresh.agreement, "automatic"), (&fresh.agreement_with_archivist, "archivist")]
    {
        let agreement = Uuid::now_v7();
        sqlx::query(
            "insert into agreement (agreement_id, identifier, name, state, archival_agency, acceptance,
                                    transfer_bytes_max)
             values ($1, $2, $2, 'active', $3, $4, 1024 ^ 3)",
        )
        .bind(agreement)
        .bind(identifier)
        .bind(archival)
        .bind(acceptance)
        .execute(&mut *conn)
        .await
        .unwrap();
        for (party, part) in [(transferring, "transferring"), (originating, "originating")] {
            sqlx::query("insert into agreement_party (agreement_id, party_id, part) values ($1, $2, $3)")
                .bind(agreement)
                .bind(party)
                .bind(part)
                .execute(&mut *conn)
                .await
                .unwrap();
        }
    }
}

async fn make_people(conn: &mut sqlx::PgConnection, fresh: &mut FreshTenant, now: DateTime<Utc>) {
    for role in Role::ALL {
        let person = Uuid::now_v7();
        sqlx::query(
            "insert into platform.person (person_id, login, display_name, password_hash, created_at)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(person)
        .bind(fresh.login(role))
        .bind(role.label())
        .bind(hash_of_password())
        .bind(now)
        .execute(&mut *conn)
        .await
        .unwrap();
        sqlx::query("insert into assignment (person_id, role) values ($1, $2)")
            .bind(person)
            .bind(role.word())
            .execute(&mut *conn)
            .await
            .unwrap();
        fresh.people.push((role, PersonId(person)));
    }
}

/// Of what the clients of the As@lae door send: the secret's SHA-256 in hexadecimal.
fn hash_of_basic() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    let shown = hex::encode(chartrier::proof::digest::sha256(PASSWORD.as_bytes()));
    HASH.get_or_init(|| Argon2::default().hash_password(shown.as_bytes()).unwrap().to_string())
}

/// Slow to make, hence once.
fn hash_of_password() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| Argon2::default().hash_password(PASSWORD.as_bytes()).unwrap().to_string())
}
