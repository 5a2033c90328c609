//! Who is asking: people by a log-in and a session, machines by client credentials and a bearer token.
//!
//! Never keeps a secret that could be used: passwords and client secrets as Argon2id, cookies and tokens as
//! SHA-256 of 254 random bits. The one thing to know: a tenant comes out of here, from a session or a token
//! that was verified, and from nowhere else at the doors.

mod assertion;
mod attempts;
mod basic;
mod factor;
mod factor_queries;
mod link;
mod link_queries;
mod machine;
mod machine_queries;
mod password;
mod person;
mod provider;
mod provider_queries;
mod queries;
mod secret;
mod sessions;

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use crate::at_rest::{self, AtRest};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{Holding, MachineId, PersonId, Role, Scope, TenantId, Transfer};

pub use assertion::{ASSERTION_TYPE, public_keys};
pub use basic::Connector;
pub use factor::{Code, Enrolled, Enrolment, FRESH, RECOVERY_CODES};
pub use link::{FIRST_ACCESS, FORGOTTEN, LinkHolder, PASSWORD_CHARS_MIN, Reached, SetPassword, make_link};
pub use machine::{AccessToken, Proof, TOKEN_SECONDS};
pub use machine_queries::TokenHolder;
pub use password::{PASSWORD_BYTES_MAX, hash_password, hash_passwords};
pub use person::{LogIn, SESSION_SECONDS};
pub use provider::{Account as ProviderAccount, Provider, ProviderError, ProviderSettings, Vouched};
pub use secret::{basic_password, fresh_secret, kept, machine_hashes};
pub use sessions::Opened;

/// Verifies who asks. Cloning it shares the database's connections.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    clock: Clock,
    at_rest: AtRest,
    remembered: basic::Remembered,
}

impl Identity {
    /// Over the people and machines that the database knows.
    pub fn new(db: Db, clock: Clock, at_rest: AtRest) -> Self {
        Self { db, clock, at_rest, remembered: basic::Remembered::new() }
    }
}

/// A member someone may act for, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub tenant: TenantId,
    pub code: String,
    pub name: String,
    /// Code of the member that follows it.
    pub successor: Option<String>,
    /// Each role, in their order, and how far it is held.
    pub holdings: Vec<Holding>,
}

impl Membership {
    /// Each role once, however many times it is held: a control authority holds its own again by each reading.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<Role> = self.holdings.iter().map(|held| held.role).collect();
        roles.dedup();
        roles
    }
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Session {
    pub person_id: PersonId,
    pub display_name: String,
    pub login: String,
    /// From where it was opened.
    pub address: String,
    /// Since when the person has a second factor.
    pub factor_since: Option<DateTime<Utc>>,
    /// When the second factor was last shown in this session.
    pub factor_at: Option<DateTime<Utc>>,
    /// Expected back with every form.
    pub csrf_token: String,
    /// Every member the person may act for, by name.
    pub members: Vec<Membership>,
    /// Who acts, once the member is chosen; at once when there is only one.
    pub caller: Option<PersonCaller>,
}

/// An account, as whoever forgets it must know it.
#[derive(Clone, Debug)]
pub struct Account {
    pub person_id: PersonId,
    pub email: Option<String>,
}

/// Somebody who holds a role somewhere and may be written to.
#[derive(Clone, Debug)]
pub struct Serving {
    pub person_id: PersonId,
    pub email: String,
    /// Every member they may act for, by name.
    pub members: Vec<Membership>,
}

/// Whoever holds this role in some member, has an address and an open account.
pub async fn serving(db: &Db, role: Role, now: DateTime<Utc>) -> Result<Vec<Serving>, db::Error> {
    let mut tx = db.technical().await?;
    let mut all = Vec::new();
    for (person_id, email) in queries::holders(&mut tx, role).await? {
        let members = queries::memberships(&mut tx, person_id, now).await?;
        all.push(Serving { person_id, email, members });
    }
    Ok(all)
}

/// The account with a login, closed or not.
pub async fn account_of(db: &Db, login: &str) -> Result<Option<Account>, db::Error> {
    queries::find_account(&mut db.technical().await?, login).await
}

/// Forgets an account: its name, login, address, sessions and letters; its identifier stays.
pub async fn forget(
    db: &Db,
    person: PersonId,
    login: &str,
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), db::Error> {
    let mut tx = db.technical().await?;
    queries::forget(&mut tx, person, login, email, now).await?;
    tx.commit().await
}

/// A person acting for one member.
#[derive(Clone, Debug)]
pub struct PersonCaller {
    pub tenant: TenantId,
    pub member_name: String,
    pub member_code: String,
    pub person_id: PersonId,
    pub display_name: String,
    pub roles: Vec<Role>,
    /// The same roles, and how far each is held.
    pub holdings: Vec<Holding>,
    /// Names of the members that this one has followed, and whose archives the person reads.
    pub follows: Vec<String>,
    /// The person may act for other members too.
    pub serves_several: bool,
    /// The person operates or leads the service, in whichever member.
    pub answers_for_all: bool,
    /// When the second factor was last shown in this session.
    pub factor_at: Option<DateTime<Utc>>,
    pub csrf_token: String,
}

/// A machine acting for its member.
#[derive(Clone, Debug)]
pub struct MachineCaller {
    pub tenant: TenantId,
    pub machine_id: MachineId,
    pub name: String,
    /// Identifiers of the agreements under which it may deposit.
    pub agreements: Vec<String>,
}

impl MachineCaller {
    /// Whether a transfer is its to follow: what it sent, and what came under its agreements.
    pub fn follows(&self, transfer: &Transfer) -> bool {
        transfer.machine_id == Some(self.machine_id)
            || transfer.agreement_identifier.as_ref().is_some_and(|named| self.agreements.contains(named))
    }
}

impl Session {
    /// Whether a form brought this session's token back; takes the same time whatever it brought.
    pub fn csrf_matches(&self, given: &str) -> bool {
        self.csrf_token.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl PersonCaller {
    /// Whether the person has this role in the member.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// How far the person reaches under these roles.
    pub fn scope(&self, roles: &[Role]) -> Scope {
        Scope::of(&self.holdings, roles)
    }

    /// As [`Session::csrf_matches`].
    pub fn csrf_matches(&self, given: &str) -> bool {
        self.csrf_token.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

#[cfg(test)]
impl PersonCaller {
    /// Somebody who holds this and nothing else.
    pub(crate) fn for_tests(holdings: Vec<Holding>) -> Self {
        Self {
            tenant: TenantId::of_member("essai"),
            member_name: "Commune d’Essai".into(),
            member_code: "essai".into(),
            person_id: PersonId(uuid::Uuid::from_u128(1)),
            display_name: "Dominique Essai".into(),
            roles: holdings.iter().map(|held| held.role).collect(),
            holdings,
            follows: Vec::new(),
            serves_several: false,
            factor_at: None,
            answers_for_all: false,
            csrf_token: String::new(),
        }
    }
}

/// Why nobody could be identified; a wrong password is no failure, see [`LogIn`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("trop de connexions à la fois : réessayez dans un instant")]
    Busy,
    #[error("mot de passe : {0}")]
    Password(argon2::password_hash::Error),
    #[error("le système ne donne pas de hasard : {0}")]
    Randomness(getrandom::Error),
    #[error(transparent)]
    AtRest(#[from] at_rest::Error),
    #[error("second facteur : {0}")]
    Factor(String),
}

impl Error {
    /// Whether trying again later may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Busy => true,
            Error::Password(_) | Error::Randomness(_) | Error::AtRest(_) | Error::Factor(_) => false,
        }
    }
}
