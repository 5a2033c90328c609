//! Accounts in the hands of a member's administrator: people invited, what each may do, links by which passwords are set; and, of the
//! pilot, a second factor taken away from whoever lost it, once their identity was checked.
//!
//! Never knows a password. The one thing to know: an administrator gives the roles of their member, and none that answers for the whole
//! service or controls it ([`GIVEN`]).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;

use super::check_people::apart;
use super::people::said;
use super::profiles::By;
use super::{account_queries, people_queries};
use crate::at_rest::AtRest;
use crate::clock::Clock;
use crate::db::{self, Db, TenantTx};
use crate::identity::{self, FIRST_ACCESS, FORGOTTEN, Identity, hash_password, make_link};
use crate::mail::{self, Letter};
use crate::model::{Agent, Event, EventType, Holding, Outcome, PersonId, Role, TenantId};

pub use super::account_queries::{Known, people_of};

/// Roles that a member's administrator gives and takes.
pub const GIVEN: [Role; 5] =
    [Role::Archivist, Role::MemberAdmin, Role::Depositor, Role::Producer, Role::Reader];
/// Longest name, and longest login.
const NAME_CHARS_MAX: usize = 200;
const LOGIN_CHARS_MAX: usize = 254;
/// Longest account of how an identity was checked.
const CHECKED_CHARS_MAX: usize = 500;

/// Somebody to invite.
#[derive(Clone, Debug)]
pub struct Invited {
    pub name: String,
    pub login: String,
    pub email: String,
    pub holding: Holding,
}

/// Why nothing was changed; an answer for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    NotFound,
    NameMissing,
    LoginWrong,
    EmailWrong,
    /// Somebody has that login, under another address: whose they are is not told.
    LoginTaken,
    /// The account holds a role in this member already.
    AlreadyThere,
    /// Two roles that nobody holds together.
    Apart(Role, Role),
    /// A role that is not the administrator's to give or take.
    NotTheirs,
    /// An agreement or a producing service that the member has not.
    ScopeUnknown,
    /// Without it the member would have no administrator.
    LastAdministrator,
    /// How the identity was checked is not said.
    CheckMissing,
}

/// A link that was made: where it was sent, or itself, to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Sent(String),
    /// Nobody is written to, or the person has no address.
    ToHandOver(String),
}

/// The accounts, as those who keep them work on them.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: Clock,
    at_rest: AtRest,
    /// Letters leave.
    writes: bool,
}

impl Accounts {
    /// Over these gates; `writes` when there is a relay for letters.
    pub fn new(db: Db, clock: Clock, at_rest: AtRest, writes: bool) -> Self {
        Self { db, clock, at_rest, writes }
    }

    /// Invites somebody, whose account is made unless there is one of that login; they choose their password by a link.
    pub async fn invite(&self, by: By, invited: Invited) -> Result<Result<Link, Unchanged>, identity::Error> {
        let name: String = invited.name.trim().chars().take(NAME_CHARS_MAX).collect();
        let (login, email) = (invited.login.trim().to_lowercase(), invited.email.trim().to_lowercase());
        if name.is_empty() {
            return Ok(Err(Unchanged::NameMissing));
        }
        if !is_login(&login) {
            return Ok(Err(Unchanged::LoginWrong));
        }
        if !email.is_empty() && !mail::is_address(&email) {
            return Ok(Err(Unchanged::EmailWrong));
        }
        // Nobody knows it: the link gives another.
        let hash = hash_password(&identity::fresh_secret()?).await?;
        let mut tx = self.db.write(by.tenant).await?;
        if let Err(unchanged) = gives(&mut tx, &invited.holding).await? {
            return Ok(Err(unchanged));
        }
        let found = people_queries::find_person(&mut tx, &login).await?;
        let is_new = found.is_none();
        let (id, email) = match found {
            // Whoever knows the address too may make them serve another member; nobody learns a name by trying logins.
            Some(known) => match known.email.filter(|known| known.to_lowercase() == email) {
                Some(known_email) => (known.person_id, Some(known_email)),
                None => return Ok(Err(Unchanged::LoginTaken)),
            },
            None => {
                let id = people_queries::former_account(&mut tx, "person", &login).await?;
                let id = id.unwrap_or_else(|| self.clock.fresh_id());
                let email = Some(email).filter(|email| !email.is_empty());
                let made = (login.as_str(), name.as_str(), email.as_deref(), hash.as_str());
                account_queries::insert_person(&mut tx, id, made, self.clock.now()).await?;
                (id, email)
            }
        };
        let person = PersonId(id);
        if !people_queries::holdings_of(&mut tx, id).await?.is_empty() {
            return Ok(Err(Unchanged::AlreadyThere));
        }
        people_queries::set_holdings(&mut tx, id, std::slice::from_ref(&invited.holding)).await?;
        let detail = vec![("action", "invitation".to_owned()), ("roles", said(&[invited.holding]).join(" "))];
        tx.record(event(by, person, detail));
        // Somebody who has a password elsewhere keeps it.
        let link = match is_new {
            true => self.link(&mut tx, person, email.as_deref(), FIRST_ACCESS).await?,
            false => Link::Sent(email.unwrap_or_default()),
        };
        tx.commit().await?;
        Ok(Ok(link))
    }

    /// What a person holds in the member: this role, as far as it says, beside the others.
    pub async fn give(
        &self,
        by: By,
        person: PersonId,
        holding: Holding,
    ) -> Result<Result<(), Unchanged>, db::Error> {
        let mut tx = self.db.write(by.tenant).await?;
        account_queries::lock_assignments(&mut tx).await?;
        if let Err(unchanged) = gives(&mut tx, &holding).await? {
            return Ok(Err(unchanged));
        }
        let mut held = people_queries::holdings_of(&mut tx, person.0).await?;
        if held.is_empty() {
            return Ok(Err(Unchanged::NotFound));
        }
        held.retain(|one| one.role != holding.role);
        held.push(holding);
        held.sort_by_key(|one| one.role);
        if let Some((one, other)) = apart(&held).first() {
            return Ok(Err(Unchanged::Apart(*one, *other)));
        }
        self.hold(tx, by, person, &held).await
    }

    /// Takes a role away; with the last one, the person does nothing more in the member.
    pub async fn take(
        &self,
        by: By,
        person: PersonId,
        role: Role,
    ) -> Result<Result<(), Unchanged>, db::Error> {
        if !GIVEN.contains(&role) {
            return Ok(Err(Unchanged::NotTheirs));
        }
        let mut tx = self.db.write(by.tenant).await?;
        account_queries::lock_assignments(&mut tx).await?;
        let mut held = people_queries::holdings_of(&mut tx, person.0).await?;
        let before = held.len();
        held.retain(|one| one.role != role);
        if held.len() == before {
            return Ok(Err(Unchanged::NotFound));
        }
        if role == Role::MemberAdmin && account_queries::administrators(&mut tx).await? == 1 {
            return Ok(Err(Unchanged::LastAdministrator));
        }
        self.hold(tx, by, person, &held).await
    }

    async fn hold(
        &self,
        mut tx: TenantTx,
        by: By,
        person: PersonId,
        held: &[Holding],
    ) -> Result<Result<(), Unchanged>, db::Error> {
        people_queries::set_holdings(&mut tx, person.0, held).await?;
        let detail = vec![("action", "roles".to_owned()), ("roles", said(held).join(" "))];
        tx.record(event(by, person, detail));
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Makes a person of the member a link by which to choose a password.
    pub async fn send_link(
        &self,
        identity: &Identity,
        by: By,
        person: PersonId,
    ) -> Result<Result<Link, Unchanged>, identity::Error> {
        let members = identity.members_of(person).await?;
        let mut tx = self.db.write(by.tenant).await?;
        if people_queries::holdings_of(&mut tx, person.0).await?.is_empty() {
            return Ok(Err(Unchanged::NotFound));
        }
        let email = account_queries::email_of(&mut tx, person).await?;
        // Whoever has the link has the account: in hand, only of somebody that this administrator makes what they are.
        let own = members.iter().all(|member| {
            member.tenant == by.tenant && member.holdings.iter().all(|held| GIVEN.contains(&held.role))
        });
        if !own && (email.is_none() || !self.writes) {
            return Ok(Err(Unchanged::NotTheirs));
        }
        let link = self.link(&mut tx, person, email.as_deref(), FIRST_ACCESS).await?;
        tx.record(event(by, person, vec![("action", "lien de mot de passe".to_owned())]));
        tx.commit().await?;
        Ok(Ok(link))
    }

    /// Writes to whoever has forgotten their password, if somebody has this login or address; nobody is told whether.
    pub async fn forgotten(&self, identity: &Identity, name: &str) -> Result<(), identity::Error> {
        let Some(reached) = identity.reached(name).await? else { return Ok(()) };
        let mut tx = self.db.write(reached.home).await?;
        let Some(email) =
            account_queries::email_of(&mut tx, reached.person_id).await?.filter(|_| self.writes)
        else {
            return Ok(());
        };
        // One letter in so long: nobody's box is filled by others.
        let since = self.clock.now() - TimeDelta::minutes(5);
        if account_queries::has_link_since(&mut tx, reached.person_id, since).await? {
            return Ok(());
        }
        self.link(&mut tx, reached.person_id, Some(&email), FORGOTTEN).await?;
        let by = By { tenant: reached.home, person: reached.person_id, role: reached.role };
        tx.record(event(by, reached.person_id, vec![("action", "mot de passe oublie".to_owned())]));
        Ok(tx.commit().await?)
    }

    /// Takes the second factor away from somebody who lost it, after their identity was checked: they enrol another at the next log-in.
    pub async fn take_factor(
        &self,
        identity: &Identity,
        by: By,
        login: &str,
        checked: &str,
    ) -> Result<Result<(), Unchanged>, identity::Error> {
        let checked: String =
            checked.trim().chars().filter(|c| !c.is_control()).take(CHECKED_CHARS_MAX).collect();
        if checked.is_empty() {
            return Ok(Err(Unchanged::CheckMissing));
        }
        let mut tx = self.db.write(by.tenant).await?;
        let found = people_queries::find_person(&mut tx, &login.trim().to_lowercase()).await?;
        let Some(person) = found.map(|known| PersonId(known.person_id)) else {
            return Ok(Err(Unchanged::NotFound));
        };
        if people_queries::holdings_of(&mut tx, person.0).await?.is_empty() || person == by.person {
            return Ok(Err(Unchanged::NotFound));
        }
        account_queries::clear_factor(&mut tx, person).await?;
        let detail = vec![("action", "second facteur retire".to_owned()), ("identite_verifiee", checked)];
        tx.record(event(by, person, detail));
        tx.commit().await?;
        identity.close_sessions(person).await?;
        Ok(Ok(()))
    }

    async fn link(
        &self,
        tx: &mut TenantTx,
        person: PersonId,
        email: Option<&str>,
        serves: TimeDelta,
    ) -> Result<Link, identity::Error> {
        let link = make_link(tx, person, self.clock.now(), serves).await?;
        let Some(email) = email.filter(|_| self.writes) else { return Ok(Link::ToHandOver(link)) };
        let sealed = STANDARD.encode(self.at_rest.seal(Letter::LINK, link.as_bytes())?);
        let letter = Letter::PasswordLink { sealed, first: serves == FIRST_ACCESS };
        mail::write_link(tx, &self.clock, email, &letter).await?;
        Ok(Link::Sent(email.to_owned()))
    }
}

/// Whether an administrator gives this, of agreements and producing services that the member has.
async fn gives(tx: &mut TenantTx, holding: &Holding) -> Result<Result<(), Unchanged>, db::Error> {
    if !GIVEN.contains(&holding.role) {
        return Ok(Err(Unchanged::NotTheirs));
    }
    let agreements = holding.agreements.as_deref().unwrap_or_default();
    let producers = holding.producers.as_deref().unwrap_or_default();
    let known = account_queries::scope_known(tx, agreements, producers).await?;
    Ok(if known { Ok(()) } else { Err(Unchanged::ScopeUnknown) })
}

fn is_login(login: &str) -> bool {
    (3..=LOGIN_CHARS_MAX).contains(&login.chars().count())
        && login.chars().all(|c| c.is_alphanumeric() || "@.-_+".contains(c))
}

fn event(by: By, person: PersonId, detail: Vec<(&'static str, String)>) -> Event {
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(by.person, by.role),
        object: format!("person:{person}"),
        detail,
    }
}

/// The people of a member, for whoever keeps them.
pub async fn people(db: &Db, tenant: TenantId) -> Result<Vec<Known>, db::Error> {
    people_of(&mut db.read(tenant).await?).await
}
