//! Who calls, as the type of a handler's first parameter: a handler that asks for an `Archivist` is never
//! run for anyone else.
//!
//! Never takes a tenant from an address, a query or a body: it comes with a verified session or token. The
//! one thing to know: sessions count at the portal's addresses and bearer tokens at the machines', never the
//! other way round.
//! Whoever is recognised takes a place in their member's share ([`shares`]) before anything is done for them.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::problem::Problem;
use super::who::Factor;
use super::{State, Who, client, cookies, problems, shares};
use crate::identity::{FRESH, MachineCaller, PersonCaller, Session};
use crate::membership::calls::{Call, CallOutcome, What, note_call};
use crate::model::{ReplyForm, Role};

macro_rules! people {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(PersonCaller);

        impl $name {
            /// Under which of their roles the address is open to them.
            pub fn role(&self) -> Role {
                role_for(&self.0, Who::$name)
            }
        }

        impl Deref for $name {
            type Target = PersonCaller;

            fn deref(&self) -> &PersonCaller {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { person(&request, Who::$name).await.map(Self) })
            }
        }
    )*};
}

people! {
    /// Any person acting for a member.
    Person;
    /// Whoever deposits.
    Depositor;
    /// Whoever decides of a transfer.
    Archivist;
    /// Whoever follows transfers, their own or all.
    TransferReader;
    /// Whoever reads descriptions.
    Searcher;
    /// Whoever reads files.
    ContentReader;
    /// Whoever reads what the member asks of its transfers.
    ProfileReader;
    /// Whoever imports archive profiles and binds them to agreements.
    ProfileKeeper;
    /// Whoever looks after the formats of what is kept.
    FormatReader;
    /// Whoever says what risk there is in a format.
    FormatKeeper;
    /// Whoever reads the register of all that the member holds.
    RegisterReader;
    /// Whoever answers for the integrity of the member's archives.
    IntegrityReader;
    /// Whoever validates rules of retention.
    RuleValidator;
    /// Whoever reads a member's archives with a reason, for a while.
    Controller;
    /// Whoever sees what was read so.
    ReadingFollower;
    /// Whoever leads the shared service.
    Pilot;
    /// Whoever suspends an agreement, and opens it again.
    AgreementKeeper;
    /// Whoever says what each person may do in the member.
    PeopleKeeper;
    /// Whoever keeps the member's applications: secrets, keys, agreements.
    MachineKeeper;
    /// Whoever sees what the member holds of what it was promised.
    UsageReader;
    /// Whoever keeps the service running, for every member.
    Operator;
}

/// The first of the roles admitted that the person has: one of them was looked for before the address opened.
fn role_for(person: &PersonCaller, who: Who) -> Role {
    let admitted = who.roles().unwrap_or_default().iter().copied();
    let held = admitted.clone().find(|role| person.roles.contains(role));
    held.or(person.roles.first().copied()).unwrap_or(Role::Reader)
}

/// A person logged in, even when the member is not chosen yet.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    pub session: Session,
    /// The cookie's value, to choose the member or to log out.
    pub cookie: String,
}

/// A machine with its bearer token.
#[derive(Clone, Debug)]
pub struct Machine(MachineCaller);

impl Deref for Machine {
    type Target = MachineCaller;

    fn deref(&self) -> &MachineCaller {
        &self.0
    }
}

/// A machine with its user and password.
#[derive(Clone, Debug)]
pub struct Connector {
    machine: MachineCaller,
    /// In what form it is answered.
    pub replies: ReplyForm,
}

impl Deref for Connector {
    type Target = MachineCaller;

    fn deref(&self) -> &MachineCaller {
        &self.machine
    }
}

impl Connector {
    /// Notes what it asked and what became of it, for those who keep it; a failure to note is ours alone.
    pub async fn note(
        &self,
        state: &State,
        what: What,
        outcome: CallOutcome,
        identifier: Option<&str>,
        detail: &str,
    ) {
        let call = Call {
            tenant: self.tenant,
            machine: self.machine_id,
            what,
            outcome,
            message_identifier: identifier,
            detail,
        };
        if let Err(error) = note_call(&state.db, &state.clock, &call).await {
            tracing::error!(tenant.id = %self.tenant, %error, "a call of a machine was not noted");
        }
    }
}

/// The session of this request's cookie, looked for once.
#[derive(Clone)]
struct Looked(Option<Session>);

/// The session of a request, if its cookie has one.
pub async fn session_of(request: &HttpRequest) -> Result<Option<Session>, Problem> {
    if let Some(Looked(session)) = request.extensions().get::<Looked>() {
        return Ok(session.clone());
    }
    let state = state(request);
    let session = match cookies::session(state, request) {
        Some(cookie) => state.identity.session(&cookie).await?,
        None => None,
    };
    request.extensions_mut().insert(Looked(session.clone()));
    Ok(session)
}

/// The application's state; its absence is a fault of the assembly.
pub fn state(request: &HttpRequest) -> &State {
    request.app_data::<web::Data<State>>().expect("the application has its state")
}

async fn person(request: &HttpRequest, who: Who) -> Result<PersonCaller, Problem> {
    let session = session_of(request).await?.ok_or_else(|| Problem::new(&problems::UNAUTHORIZED))?;
    let caller = session.caller.ok_or_else(|| Problem::new(&problems::MEMBER_NOT_CHOSEN))?;
    shares::enter(request, caller.tenant)?;
    if !who.admits(&caller.roles) {
        return Err(Problem::new(&problems::FORBIDDEN));
    }
    // Whoever reads a member exceptionally has no strong role in it.
    let asked = match who.factor(&caller.roles) {
        Factor::None if caller.answers_for_all => Factor::Shown,
        asked => asked,
    };
    if has_shown(state(request), asked, caller.factor_at) {
        Ok(caller)
    } else {
        Err(Problem::new(&problems::SECOND_FACTOR))
    }
}

/// Whether what was shown is what is asked for.
fn has_shown(state: &State, asked: Factor, at: Option<DateTime<Utc>>) -> bool {
    match asked {
        _ if !state.settings.second_factor => true,
        Factor::None => true,
        Factor::Shown => at.is_some(),
        Factor::Fresh => at.is_some_and(|at| state.clock.now() - at <= FRESH),
    }
}

impl FromRequest for LoggedIn {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let session = session_of(&request).await?;
            if let Some(caller) = session.as_ref().and_then(|session| session.caller.as_ref()) {
                shares::enter(&request, caller.tenant)?;
            }
            let cookie = cookies::session(state(&request), &request);
            match (session, cookie) {
                (Some(session), Some(cookie)) => Ok(Self { session, cookie }),
                _ => Err(Problem::new(&problems::UNAUTHORIZED)),
            }
        })
    }
}

impl FromRequest for Machine {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let unknown = |challenge: &str| {
                Problem::new(&problems::UNAUTHORIZED).header(header::WWW_AUTHENTICATE, challenge)
            };
            let token = bearer(&request).ok_or_else(|| unknown("Bearer realm=\"chartrier\""))?;
            let identity = &state(&request).identity;
            let holder = identity.holder(token, client::certificate(&request).as_deref()).await?;
            let holder =
                holder.ok_or_else(|| unknown("Bearer realm=\"chartrier\", error=\"invalid_token\""))?;
            shares::enter(&request, holder.tenant)?;
            Ok(Self(identity.machine(holder).await?))
        })
    }
}

impl FromRequest for Connector {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let unknown = |sentence: &str| {
                Problem::new(&problems::UNAUTHORIZED)
                    .detail(sentence)
                    .header(header::WWW_AUTHENTICATE, "Basic realm=\"webservices\", charset=\"UTF-8\"")
            };
            let (user, password) = basic(&request).ok_or_else(|| unknown(NO_CREDENTIALS))?;
            let identity = &state(&request).identity;
            let found = identity.connector(&user, &password).await?;
            let found = found.ok_or_else(|| unknown(WRONG_CREDENTIALS))?;
            shares::enter_in_turn(&request, found.holder.tenant).await?;
            Ok(Self { machine: identity.machine(found.holder).await?, replies: found.replies })
        })
    }
}

const NO_CREDENTIALS: &str = "Identifiant et mot de passe demandés : réglez-les dans le connecteur.";
const WRONG_CREDENTIALS: &str = "Identifiant ou mot de passe inconnu : vérifiez le réglage du connecteur (le mot de passe se \
     transmet par son empreinte SHA-256).";

/// User and password of `Authorization: Basic …` (RFC 7617), in either alphabet of base64, padded or not: clients differ.
fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let encoded = encoded.trim().trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(encoded).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let joined = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    let (user, password) = joined.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The token of `Authorization: Bearer …` (RFC 6750, 2.1; the scheme's name in any case).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The log-in page that leads back to what was asked for.
pub fn log_in_address(request: &HttpRequest) -> String {
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    if asked == "/" {
        return "/connexion".into();
    }
    format!("/connexion?retour={}", utf8_percent_encode(asked, NON_ALPHANUMERIC))
}

/// The page of the second factor, which leads back to what was asked for, or to the page of the form that was sent.
pub fn factor_address(request: &HttpRequest) -> String {
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str()).to_owned();
    let back = if request.method().is_safe() { Some(asked) } else { referer(request) };
    let back = back.filter(|back| is_page_of_ours(back)).unwrap_or_else(|| "/".into());
    format!("/connexion/code?retour={}", utf8_percent_encode(&back, NON_ALPHANUMERIC))
}

/// Path of the page that a form was sent from, when it says so.
fn referer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::REFERER)?.to_str().ok()?;
    let path = value.split_once("://")?.1.split_once('/')?.1;
    Some(format!("/{path}"))
}

/// Whether `address`, given by a caller, is a page of ours to go to: a path, of no other machine.
pub fn is_page_of_ours(address: &str) -> bool {
    let mut bytes = address.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_is_a_page_of_ours() {
        for ours in ["/", "/versements?apres=x", "/archives/unites/1"] {
            assert!(is_page_of_ours(ours), "{ours}");
        }
        for other in
            ["", "//autre.example", "/\\autre.example", "https://autre.example", "/a\r\nb", "versements"]
        {
            assert!(!is_page_of_ours(other), "{other}");
        }
    }
}
