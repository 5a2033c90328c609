//! The second factor: a code of six digits that a telephone shows (TOTP, RFC 6238), and codes on paper that stand in for it.
//!
//! Never shows a secret once it is enrolled, nor accepts a code twice (RFC 6238, 5.2). The one thing to know: enrolling, and a code of
//! paper used, are changes of an account: each leaves its entry in the journal of the member for whom the person acts.

use chrono::{DateTime, TimeDelta, Utc};
use openssl::rand::rand_bytes;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::{Error, Identity, Session, factor_queries as queries, secret};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, Role, TenantId};
use crate::proof::digest::sha256;

/// How long a second factor just shown is fresh: what signatures and visas ask for.
pub const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Codes on paper.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of one, told in sixteen characters.
const RECOVERY_BYTES: usize = 10;
/// Wrong codes count wherever they come from: whoever tries them has the password already.
const EVERYWHERE: &str = "";
const ISSUER: &str = "Chartrier";
/// Random bytes of a secret (RFC 4226, 4: 160 bits are recommended).
const SECRET_BYTES: usize = 20;
/// Longest code looked at.
const CODE_BYTES_MAX: usize = 64;
/// Letters and digits that nobody takes for another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What a person puts into their telephone.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// In base32, to be typed.
    pub secret: String,
    /// `otpauth://…`, to be shown as a QR code.
    pub address: String,
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    Right,
    Wrong,
    LockedUntil(DateTime<Utc>),
}

/// What became of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// With the codes on paper, told this once.
    Done(Vec<String>),
    Wrong,
    LockedUntil(DateTime<Utc>),
}

impl Identity {
    /// The secret of an enrolment: the one already begun in this session, or a fresh one.
    pub async fn begin_enrolment(&self, cookie: &str, session: &Session) -> Result<Enrolment, Error> {
        let hash = secret::kept(cookie).unwrap_or_default();
        let purpose = purpose(session.person_id);
        let mut tx = self.db.technical().await?;
        let begun = queries::pending(&mut tx, &hash).await?;
        let bytes = match begun {
            Some(sealed) => self.at_rest.open(&purpose, &sealed)?,
            None => {
                let mut bytes = vec![0; SECRET_BYTES];
                rand_bytes(&mut bytes).map_err(crate::at_rest::Error::from)?;
                queries::set_pending(&mut tx, &hash, &self.at_rest.seal(&purpose, &bytes)?).await?;
                tx.commit().await?;
                bytes
            }
        };
        let totp = totp(&bytes, &session.login)?;
        let address = totp.to_url().map_err(|error| Error::Factor(error.to_string()))?;
        Ok(Enrolment { secret: Secret::from(bytes).to_base32(), address })
    }

    /// Enrols the secret begun, when a code of it is right: the former one serves no more, nor the former codes on paper.
    pub async fn enrol(&self, cookie: &str, session: &Session, code: &str) -> Result<Enrolled, Error> {
        let now = self.clock.now();
        let attempts = attempts_of(session.person_id);
        if let Some(until) = self.count_attempt(&attempts, EVERYWHERE, now).await? {
            return Ok(Enrolled::LockedUntil(until));
        }
        let hash = secret::kept(cookie).unwrap_or_default();
        let begun = queries::pending(&mut self.db.technical().await?, &hash).await?;
        let Some(sealed) = begun else { return Ok(Enrolled::Wrong) };
        let bytes = self.at_rest.open(&purpose(session.person_id), &sealed)?;
        let Some(step) = step_of(&bytes, &session.login, code, now)? else { return Ok(Enrolled::Wrong) };
        let codes = (0..RECOVERY_CODES).map(|_| fresh_code()).collect::<Result<Vec<_>, Error>>()?;
        // Somebody whose last role was taken meanwhile does nothing more.
        let Some(home) = home(session) else { return Ok(Enrolled::Wrong) };
        let mut tx = self.db.write(home).await?;
        queries::set_factor(&mut tx, session.person_id, (&sealed, step as i64), now).await?;
        let hashes: Vec<Vec<u8>> = codes.iter().map(|code| sha256(plain(code).as_bytes()).to_vec()).collect();
        queries::set_recovery_codes(&mut tx, session.person_id, &hashes).await?;
        tx.record(event(session, "second facteur enregistre"));
        tx.commit().await?;
        let mut tx = self.db.technical().await?;
        queries::show_factor(&mut tx, &hash, now).await?;
        super::queries::forgive_attempts(&mut tx, &attempts, EVERYWHERE).await?;
        tx.commit().await?;
        Ok(Enrolled::Done(codes))
    }

    /// Looks at a code of the telephone or of the paper; from now on the session has shown a second factor.
    pub async fn show_factor(&self, cookie: &str, session: &Session, code: &str) -> Result<Code, Error> {
        let now = self.clock.now();
        let attempts = attempts_of(session.person_id);
        if let Some(until) = self.count_attempt(&attempts, EVERYWHERE, now).await? {
            return Ok(Code::LockedUntil(until));
        }
        let right =
            self.is_of_telephone(session, code, now).await? || self.is_of_paper(session, code, now).await?;
        if !right {
            return Ok(Code::Wrong);
        }
        let hash = secret::kept(cookie).unwrap_or_default();
        let mut tx = self.db.technical().await?;
        queries::show_factor(&mut tx, &hash, now).await?;
        super::queries::forgive_attempts(&mut tx, &attempts, EVERYWHERE).await?;
        tx.commit().await?;
        Ok(Code::Right)
    }

    /// Codes on paper that a person has left.
    pub async fn recovery_codes_left(&self, person: PersonId) -> Result<i64, Error> {
        Ok(queries::recovery_codes_left(&mut self.db.technical().await?, person).await?)
    }

    async fn is_of_telephone(
        &self,
        session: &Session,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut tx = self.db.technical().await?;
        let Some(sealed) = queries::factor_of(&mut tx, session.person_id).await? else { return Ok(false) };
        let bytes = self.at_rest.open(&purpose(session.person_id), &sealed)?;
        let Some(step) = step_of(&bytes, &session.login, code, now)? else { return Ok(false) };
        let first = queries::take_step(&mut tx, session.person_id, step as i64).await?;
        tx.commit().await?;
        Ok(first)
    }

    async fn is_of_paper(&self, session: &Session, code: &str, now: DateTime<Utc>) -> Result<bool, Error> {
        let code = plain(code);
        if code.is_empty() || code.len() > CODE_BYTES_MAX || session.factor_since.is_none() {
            return Ok(false);
        }
        let Some(home) = home(session) else { return Ok(false) };
        let mut tx = self.db.write(home).await?;
        let used =
            queries::use_recovery_code(&mut tx, session.person_id, &sha256(code.as_bytes()), now).await?;
        if used {
            tx.record(event(session, "code de secours employe"));
            tx.commit().await?;
        }
        Ok(used)
    }
}

/// The member in whose journal a change of the person's account stands.
fn home(session: &Session) -> Option<TenantId> {
    let first = || session.members.first().map(|member| member.tenant);
    session.caller.as_ref().map(|caller| caller.tenant).or_else(first)
}

fn event(session: &Session, action: &str) -> Event {
    let role = session.caller.as_ref().and_then(|caller| caller.roles.first().copied());
    let role = role.or_else(|| session.members.first()?.holdings.first().map(|held| held.role));
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(session.person_id, role.unwrap_or(Role::Reader)),
        object: format!("person:{}", session.person_id),
        detail: vec![("action", action.to_owned())],
    }
}

fn purpose(person: PersonId) -> String {
    format!("totp:{person}")
}

/// Under which wrong codes are counted: no login has a colon and a space.
fn attempts_of(person: PersonId) -> String {
    format!("code: {person}")
}

fn totp(secret: &[u8], login: &str) -> Result<Totp, Error> {
    // A colon separates the issuer from the account.
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::from(secret.to_vec()))
        .with_account_name(login.replace(':', "-"))
        .with_issuer(Some(ISSUER))
        .build();
    built.map_err(|error| Error::Factor(error.to_string()))
}

/// The step whose code this is, of the one before, this one and the one after.
fn step_of(secret: &[u8], login: &str, code: &str, now: DateTime<Utc>) -> Result<Option<u64>, Error> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).take(CODE_BYTES_MAX).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    Ok(totp(secret, login)?.check(&code, now.timestamp().unsigned_abs()))
}

/// `abcd-efgh-jkmn-pqrs`: eighty random bits.
fn fresh_code() -> Result<String, Error> {
    let mut bytes = [0_u8; RECOVERY_BYTES];
    rand_bytes(&mut bytes).map_err(crate::at_rest::Error::from)?;
    let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letters = (0..16).map(|n| char::from(ALPHABET[(bits >> (5 * n) & 31) as usize]));
    let letters: Vec<char> = letters.collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// A code as it is digested: however it was typed.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238_within_a_step_and_of_six_digits() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap();
        // RFC 6238, appendix B, the last six of eight digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let step = seconds as u64 / 30;
            assert_eq!(step_of(secret, "a", code, at(seconds)).unwrap(), Some(step), "{code}");
            assert_eq!(step_of(secret, "a", &format!(" {code} "), at(seconds + 30)).unwrap(), Some(step));
            assert_eq!(step_of(secret, "a", code, at(seconds + 61)).unwrap(), None, "too late");
        }
        for wrong in ["28708", "2870822", "28708a", "", "287083"] {
            assert_eq!(step_of(secret, "a", wrong, at(59)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn codes_on_paper_are_long_and_read_however_they_are_typed() {
        let (one, other) = (fresh_code().unwrap(), fresh_code().unwrap());
        assert_ne!(one, other);
        assert_eq!((one.len(), plain(&one).len()), (19, 16));
        assert_eq!(plain(&format!(" {} ", one.to_uppercase().replace('-', " "))), plain(&one));
    }
}
