//! People: log-in, session, choice of the member.
//!
//! One thing to know: an attempt is counted before the password is looked at and forgiven when it is right,
//! so that guesses sent all at once are counted like guesses sent one after the other.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::provider::Vouched;
use super::{Error, Identity, PersonCaller, Session, attempts, password, provider_queries, queries, secret};
use crate::db::Technical;
use crate::model::{Agent, Event, EventType, Outcome, Role};

/// Longest session, whatever is done with it.
pub const SESSION_SECONDS: i64 = 12 * 3600;
/// Longest silence within a session.
pub(super) const IDLE: TimeDelta = TimeDelta::hours(8);
/// A session in use is marked so at most this often.
const MARK_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long what is over is kept before the next one to come in sweeps it away.
pub(super) const KEPT_AFTER_END: TimeDelta = TimeDelta::days(1);
/// Longest login looked at.
const LOGIN_BYTES_MAX: usize = 254;

/// How a session was opened by a password.
const PASSWORD: &str = "password";

/// How a session is opened.
struct OpenedBy<'a> {
    how: &'a str,
    /// A second factor was seen.
    is_strong: bool,
}

/// What became of a log-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogIn {
    /// The cookie's value; nobody can tell it again.
    Opened(String),
    /// Unknown login, wrong password, closed account or no member: nobody learns which.
    Refused,
    /// Too many wrong passwords for this login from this address.
    LockedUntil(DateTime<Utc>),
}

impl Identity {
    /// Opens a session for whoever knows the password of `login`.
    pub async fn log_in(&self, login: &str, password: &str, address: IpAddr) -> Result<LogIn, Error> {
        let login = login.trim().to_lowercase();
        if login.is_empty() || login.len() > LOGIN_BYTES_MAX || login.contains('\0') {
            return Ok(LogIn::Refused);
        }
        let now = self.clock.now();
        let address = address.to_canonical().to_string();
        if let Some(until) = self.count_attempt(&login, &address, now).await? {
            return Ok(LogIn::LockedUntil(until));
        }
        let mut tx = self.db.technical().await?;
        let person = queries::find_person(&mut tx, &login).await?;
        drop(tx);
        let (person_id, hash) =
            person.map_or((None, None), |person| (Some(person.person_id), Some(person.password_hash)));
        let right = password::verify(password, hash).await?;
        let Some(person_id) = person_id.filter(|_| right) else { return Ok(LogIn::Refused) };
        let cookie = secret::fresh_secret()?;
        let mut tx = self.db.technical().await?;
        queries::forgive_attempts(&mut tx, &login, &address).await?;
        queries::clean(&mut tx, now - KEPT_AFTER_END).await?;
        let by = OpenedBy { how: PASSWORD, is_strong: false };
        let opened = open_session(&mut tx, person_id, &cookie, (address, by), now).await?;
        tx.commit().await?;
        Ok(if opened { LogIn::Opened(cookie) } else { LogIn::Refused })
    }

    /// Opens a session for whoever a provider vouches for: the account that it is linked to, else the one of its name, linked from now
    /// on.
    pub async fn log_in_vouched(&self, vouched: &Vouched, address: IpAddr) -> Result<LogIn, Error> {
        let (now, who) = (self.clock.now(), (vouched.issuer.as_str(), vouched.subject.as_str()));
        let linked = provider_queries::linked(&mut self.db.technical().await?, who).await?;
        let person_id = match (linked, &vouched.name) {
            (Some(person), _) => person,
            (None, Some(name)) => {
                let Some(reached) = self.reached(name).await? else { return Ok(LogIn::Refused) };
                let mut tx = self.db.write(reached.home).await?;
                provider_queries::link(&mut tx, who, reached.person_id, now).await?;
                tx.record(Event {
                    event_type: EventType::Parametrage,
                    outcome: Outcome::Ok,
                    agent: Agent::Person(reached.person_id, reached.role),
                    object: format!("person:{}", reached.person_id),
                    detail: vec![
                        ("action", "identite rattachee".to_owned()),
                        ("fournisseur", vouched.issuer.clone()),
                    ],
                });
                tx.commit().await?;
                reached.person_id
            }
            (None, None) => return Ok(LogIn::Refused),
        };
        let cookie = secret::fresh_secret()?;
        let mut tx = self.db.technical().await?;
        queries::clean(&mut tx, now - KEPT_AFTER_END).await?;
        let by = OpenedBy { how: &vouched.issuer, is_strong: vouched.is_strong };
        let address = address.to_canonical().to_string();
        let opened = open_session(&mut tx, person_id, &cookie, (address, by), now).await?;
        tx.commit().await?;
        Ok(if opened { LogIn::Opened(cookie) } else { LogIn::Refused })
    }

    /// The session of a cookie, while it lasts: 8 hours of silence, 12 hours in all.
    pub async fn session(&self, cookie: &str) -> Result<Option<Session>, Error> {
        let Some(hash) = secret::kept(cookie) else { return Ok(None) };
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        let Some(row) = queries::find_session(&mut tx, &hash, now, now - IDLE).await? else {
            return Ok(None);
        };
        let members = queries::memberships(&mut tx, row.person_id, now).await?;
        if row.seen_at < now - MARK_EVERY {
            queries::mark_session(&mut tx, &hash, now).await?;
            tx.commit().await?;
        }
        let chosen = members.iter().find(|member| Some(member.tenant.as_uuid()) == row.tenant_id);
        let caller = chosen.map(|member| PersonCaller {
            tenant: member.tenant,
            member_name: member.name.clone(),
            member_code: member.code.clone(),
            person_id: row.person_id,
            display_name: row.display_name.clone(),
            roles: member.roles(),
            holdings: member.holdings.clone(),
            follows: members
                .iter()
                .filter(|before| before.successor.as_ref() == Some(&member.code))
                .map(|before| before.name.clone())
                .collect(),
            serves_several: members.len() > 1,
            factor_at: row.factor_at,
            answers_for_all: members
                .iter()
                .flat_map(|member| &member.holdings)
                .any(|held| matches!(held.role, Role::Operator | Role::Pilot)),
            csrf_token: row.csrf_token.clone(),
        });
        Ok(Some(Session {
            person_id: row.person_id,
            display_name: row.display_name,
            login: row.login,
            address: row.address,
            factor_since: row.factor_since,
            factor_at: row.factor_at,
            csrf_token: row.csrf_token,
            members,
            caller,
        }))
    }

    /// From now on the session acts for the member of this code. `false`: no such session, or the person
    /// has no role there.
    pub async fn choose_member(&self, cookie: &str, code: &str) -> Result<bool, Error> {
        let Some(session) = self.session(cookie).await? else { return Ok(false) };
        let Some(member) = session.members.iter().find(|member| member.code == code) else {
            return Ok(false);
        };
        let Some(hash) = secret::kept(cookie) else { return Ok(false) };
        let mut tx = self.db.technical().await?;
        let chosen = queries::choose_member(&mut tx, &hash, member.tenant).await?;
        tx.commit().await?;
        Ok(chosen)
    }

    /// The session is over.
    pub async fn log_out(&self, cookie: &str) -> Result<(), Error> {
        let Some(hash) = secret::kept(cookie) else { return Ok(()) };
        let mut tx = self.db.technical().await?;
        queries::delete_session(&mut tx, &hash).await?;
        Ok(tx.commit().await?)
    }

    /// Counts one more attempt as if it failed; gives the end of the wait when one must wait, and then the
    /// attempt counts for nothing.
    pub(super) async fn count_attempt(
        &self,
        login: &str,
        address: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.db.technical().await?;
        let before = queries::lock_attempts(&mut tx, login, address, now).await?;
        if let Some(until) = before.locked_until.filter(|until| *until > now) {
            return Ok(Some(until));
        }
        let forgotten = before.last_at < now - attempts::FORGOTTEN_AFTER;
        let failures = if forgotten { 1 } else { before.failures.saturating_add(1) };
        let until = attempts::locked_until(failures, now);
        queries::set_attempts(&mut tx, login, address, failures, now, until).await?;
        tx.commit().await?;
        Ok(None)
    }
}

/// `false` when the person may act for nobody. The only member is chosen at once.
async fn open_session(
    tx: &mut Technical,
    person_id: crate::model::PersonId,
    cookie: &str,
    (address, by): (String, OpenedBy<'_>),
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let members = queries::memberships(tx, person_id, now).await?;
    let Some(hash) = secret::kept(cookie) else { return Ok(false) };
    let only: Option<Uuid> = match members.as_slice() {
        [] => return Ok(false),
        [only] => Some(only.tenant.as_uuid()),
        _ => None,
    };
    let expires_at = now + TimeDelta::seconds(SESSION_SECONDS);
    let session = queries::NewSession {
        hash,
        person_id,
        tenant: only,
        address,
        csrf_token: secret::fresh_secret()?,
        now,
        expires_at,
        opened_by: by.how.to_owned(),
        factor_at: by.is_strong.then_some(now),
    };
    queries::insert_session(tx, &session).await?;
    Ok(true)
}
