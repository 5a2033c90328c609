//! Links by which a person sets their password: at the first access, and when it is forgotten.
//!
//! Never tells who has an account. The one thing to know: a link serves once and for a while, and once a password is set every session
//! and every other link of the person is over.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, Identity, hash_password, link_queries as queries, secret};
use crate::db::{self, TenantTx};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, Role, TenantId};

/// How long the link of a first access serves.
pub const FIRST_ACCESS: TimeDelta = TimeDelta::days(2);
/// How long the link of a password forgotten serves.
pub const FORGOTTEN: TimeDelta = TimeDelta::hours(2);
/// Characters of a password, at least.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Different characters of a password, at least.
const PASSWORD_DIFFERENT_MIN: usize = 6;

/// Who may set their password by a link.
#[derive(Clone, Debug)]
pub struct LinkHolder {
    pub person_id: PersonId,
    pub login: String,
    pub display_name: String,
}

/// What became of a password that was to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetPassword {
    Done,
    /// The link was used, is too old, or never was.
    Gone,
    TooShort,
    /// Few different characters, or the login.
    TooPlain,
}

/// Whom a login or an address leads to, as whoever writes them a link must know.
#[derive(Clone, Debug)]
pub struct Reached {
    pub person_id: PersonId,
    pub home: TenantId,
    pub role: Role,
}

/// Makes a link for a person; nobody can tell it again. Those made before serve no more.
pub async fn make_link(
    tx: &mut TenantTx,
    person: PersonId,
    now: DateTime<Utc>,
    serves: TimeDelta,
) -> Result<String, Error> {
    let link = secret::fresh_secret()?;
    let hash = secret::kept(&link).unwrap_or_default();
    queries::delete_links(tx, person).await?;
    queries::insert_link(tx, &hash, person, now, now + serves).await?;
    Ok(link)
}

impl Identity {
    /// Whoever may set their password by this link, while it serves.
    pub async fn link_holder(&self, link: &str) -> Result<Option<LinkHolder>, Error> {
        let Some(hash) = secret::kept(link) else { return Ok(None) };
        Ok(queries::holder_of(&mut self.db.technical().await?, &hash, self.clock.now()).await?)
    }

    /// The members that a person acts for.
    pub async fn members_of(&self, person: PersonId) -> Result<Vec<super::Membership>, Error> {
        let mut tx = self.db.technical().await?;
        Ok(super::queries::memberships(&mut tx, person, self.clock.now()).await?)
    }

    /// The account of this login or address, with the member whose journal speaks of it; none when it is closed, acts for nobody, or
    /// when several have the address.
    pub async fn reached(&self, name: &str) -> Result<Option<Reached>, Error> {
        let name = name.trim().to_lowercase();
        let mut tx = self.db.technical().await?;
        let Some(person_id) = queries::person_named(&mut tx, &name).await? else { return Ok(None) };
        let members = super::queries::memberships(&mut tx, person_id, self.clock.now()).await?;
        let home = members.first().and_then(|member| Some((member.tenant, member.holdings.first()?.role)));
        Ok(home.map(|(home, role)| Reached { person_id, home, role }))
    }

    /// Sets the password of the link's person.
    pub async fn set_password(&self, link: &str, password: &str) -> Result<SetPassword, Error> {
        let Some(holder) = self.link_holder(link).await? else { return Ok(SetPassword::Gone) };
        if let Some(wrong) = refused(password, &holder.login) {
            return Ok(wrong);
        }
        let Some(reached) = self.reached(&holder.login).await? else { return Ok(SetPassword::Gone) };
        let hash = hash_password(password).await?;
        let mut tx = self.db.write(reached.home).await?;
        let link_hash = secret::kept(link).unwrap_or_default();
        // Of two who follow the link at once, one sets the password.
        if !queries::take_link(&mut tx, &link_hash, self.clock.now()).await? {
            return Ok(SetPassword::Gone);
        }
        queries::set_password(&mut tx, holder.person_id, &hash).await?;
        queries::delete_links(&mut tx, holder.person_id).await?;
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Person(holder.person_id, reached.role),
            object: format!("person:{}", holder.person_id),
            detail: vec![("action", "mot de passe choisi".to_owned())],
        });
        tx.commit().await?;
        self.close_sessions(holder.person_id).await?;
        let mut tx = self.db.technical().await?;
        super::queries::forgive_everywhere(&mut tx, &holder.login).await?;
        tx.commit().await?;
        Ok(SetPassword::Done)
    }

    /// Closes every session of a person.
    pub async fn close_sessions(&self, person: PersonId) -> Result<(), db::Error> {
        let mut tx = self.db.technical().await?;
        super::queries::close_other_sessions(&mut tx, person, &[0; 32]).await?;
        tx.commit().await
    }
}

/// Why a password is not taken.
fn refused(password: &str, login: &str) -> Option<SetPassword> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > super::PASSWORD_BYTES_MAX {
        return Some(SetPassword::TooShort);
    }
    let folded = password.to_lowercase();
    let different: std::collections::BTreeSet<char> = folded.chars().collect();
    let plain = different.len() < PASSWORD_DIFFERENT_MIN || folded.contains(login);
    plain.then_some(SetPassword::TooPlain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_the_login() {
        for (password, said) in [
            ("court", Some(SetPassword::TooShort)),
            ("onze lettre", Some(SetPassword::TooShort)),
            ("aaaaaaaaaaaaaaa", Some(SetPassword::TooPlain)),
            ("MARIE.durand@mairie1", Some(SetPassword::TooPlain)),
            ("le chat dort sur la table", None),
            ("éàéàéù12éàé!", None),
        ] {
            assert_eq!(refused(password, "marie.durand@mairie"), said, "{password}");
        }
        assert_eq!(
            refused(&"abcdefgh".repeat(200), "x"),
            Some(SetPassword::TooShort),
            "longer than is looked at"
        );
    }
}
