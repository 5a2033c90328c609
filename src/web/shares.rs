//! What one member may ask of a web process, in a second and at once, so that no other member waits for it.
//!
//! Never learns a member from what is asked: [`super::callers`] takes a share for whoever it has recognised, before the
//! handler runs and before a body is read. The one thing to know: uploads are counted apart from the rest, so that a
//! member whose machines fill their share of uploads still opens its pages.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};

use super::problem::{Problem, is_of_the_portal};
use super::rate_limit::Left;
use super::{callers, problems};
use crate::model::TenantId;
use crate::telemetry;

/// Where deposits come in, or are tried: one costs what the other does.
pub const UPLOADS: [&str; 5] =
    ["/versements", "/api/v1/transfers", "/api/v1/checks", "/api/v1/uploads", "/restservices/sedaMessages"];

/// When to come back for what is limited at once: nobody knows when another answer ends.
const AT_ONCE_SECONDS: u32 = 2;

/// Time between two looks at whether a waiting client's turn has come, and the longest wait.
const TURN: Duration = Duration::from_millis(50);
const TURN_MAX: Duration = Duration::from_secs(30);

/// The share of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Pages and the API.
    pub requests: Share,
    /// Deposits on their way in.
    pub uploads: Share,
}

/// How much of one thing a member may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub per_second: u32,
    /// After a quiet moment.
    pub burst: u32,
    pub at_once: u32,
}

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Requests,
    Uploads,
}

/// What each member has of its shares at this moment, in this process.
#[derive(Clone)]
pub struct Shares {
    settings: Settings,
    taken: Arc<Mutex<HashMap<(TenantId, Kind), Taken>>>,
}

/// One member's share of one thing; a full one is as if it were not there.
#[derive(Clone, Copy, Debug)]
struct Taken {
    /// Whole and begun: what is left to take without waiting.
    left: f64,
    at: DateTime<Utc>,
    running: u32,
}

/// Why a member waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Past {
    Rate { retry_after_seconds: u32 },
    AtOnce,
}

/// A place among those that a member has at once; free again when dropped.
pub struct Held {
    of: (TenantId, Kind),
    taken: Arc<Mutex<HashMap<(TenantId, Kind), Taken>>>,
}

impl Shares {
    /// Nothing taken yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, taken: Arc::default() }
    }

    fn take(&self, tenant: TenantId, kind: Kind, now: DateTime<Utc>) -> Result<Held, Past> {
        let share = self.share(kind);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        // Only members that exist come here, each with an entry a kind.
        let mine = taken.entry((tenant, kind)).or_insert_with(|| Taken::nothing(share, now));
        mine.take(share, now)?;
        Ok(Held { of: (tenant, kind), taken: self.taken.clone() })
    }

    fn share(&self, kind: Kind) -> Share {
        match kind {
            Kind::Requests => self.settings.requests,
            Kind::Uploads => self.settings.uploads,
        }
    }

    /// What was left when the member last took.
    fn left(&self, tenant: TenantId, kind: Kind) -> Left {
        let share = self.share(kind);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let left = taken.get(&(tenant, kind)).map_or(f64::from(share.burst), |mine| mine.left);
        Left { name: kind.word(), burst: share.burst, per_second: share.per_second, left }
    }
}

impl Kind {
    /// The name of its policy.
    fn word(self) -> &'static str {
        match self {
            Kind::Requests => "requests",
            Kind::Uploads => "uploads",
        }
    }
}

impl Taken {
    fn nothing(share: Share, now: DateTime<Utc>) -> Self {
        Self { left: f64::from(share.burst), at: now, running: 0 }
    }

    /// Takes one, or says when to come back; a refusal takes nothing.
    fn take(&mut self, share: Share, now: DateTime<Utc>) -> Result<(), Past> {
        // A clock put back gives nothing, and takes nothing back.
        let milliseconds = (now - self.at).num_milliseconds().clamp(0, 3_600_000) as f64;
        let refilled = self.left + milliseconds / 1e3 * f64::from(share.per_second);
        (self.left, self.at) = (refilled.min(f64::from(share.burst)), now);
        if self.running >= share.at_once {
            return Err(Past::AtOnce);
        }
        if self.left < 1.0 {
            let seconds = (1.0 - self.left) / f64::from(share.per_second.max(1));
            return Err(Past::Rate { retry_after_seconds: seconds.ceil() as u32 });
        }
        self.left -= 1.0;
        self.running += 1;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = taken.get_mut(&self.of) {
            mine.running = mine.running.saturating_sub(1);
        }
    }
}

/// Notes whose request this is and takes its place in the member's share, once for a request.
pub fn enter(request: &HttpRequest, tenant: TenantId) -> Result<(), Problem> {
    place(request, tenant).map_err(|(past, kind)| refused(past, kind))
}

fn refused(past: Past, kind: Kind) -> Problem {
    telemetry::limited(past.word(kind));
    past.problem(kind)
}

fn place(request: &HttpRequest, tenant: TenantId) -> Result<(), (Past, Kind)> {
    request.extensions_mut().insert(tenant);
    if request.extensions().contains::<Held>() {
        return Ok(());
    }
    let kind = kind(request.method(), request.match_pattern().as_deref().unwrap_or_default());
    let state = callers::state(request);
    let taken = state.shares.take(tenant, kind, state.clock.now());
    request.extensions_mut().insert(state.shares.left(tenant, kind));
    request.extensions_mut().insert(taken.map_err(|past| (past, kind))?);
    Ok(())
}

/// As [`enter`], for clients that take any answer but 200 for a failure: they wait for their turn, so long, before it is one.
pub async fn enter_in_turn(request: &HttpRequest, tenant: TenantId) -> Result<(), Problem> {
    let mut waited = Duration::ZERO;
    loop {
        match place(request, tenant) {
            Ok(()) => return Ok(()),
            Err((past, kind)) if waited >= TURN_MAX => return Err(refused(past, kind)),
            Err(_) => tokio::time::sleep(TURN).await,
        }
        waited += TURN;
    }
}

fn kind(method: &Method, address: &str) -> Kind {
    if method == Method::POST && UPLOADS.contains(&address) { Kind::Uploads } else { Kind::Requests }
}

impl Past {
    fn word(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Past::Rate { .. }, Kind::Requests) => "requests_rate",
            (Past::AtOnce, Kind::Requests) => "requests_at_once",
            (Past::Rate { .. }, Kind::Uploads) => "uploads_rate",
            (Past::AtOnce, Kind::Uploads) => "uploads_at_once",
        }
    }

    /// The same for every member: it says nothing of what was asked, nor of who else is there.
    fn problem(self, kind: Kind) -> Problem {
        let seconds = match self {
            Past::Rate { retry_after_seconds } => retry_after_seconds,
            Past::AtOnce => AT_ONCE_SECONDS,
        };
        let sentence = match kind {
            Kind::Requests => {
                "Votre collectivité demande beaucoup au service en ce moment ; chacune a sa part, pour \
                 qu’aucune n’attende les autres."
            }
            Kind::Uploads => {
                "Votre collectivité envoie déjà autant de versements que sa part le permet : celui-ci n’a pas \
                 été reçu, rien n’en a été enregistré."
            }
        };
        Problem::new(&problems::TOO_MANY_REQUESTS).detail(sentence).retry_after_seconds(seconds)
    }
}

/// Keeps the place of a request until the last byte of its answer is gone; tells machines what their member has left.
pub async fn hold(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let left = answer.request().extensions().get::<Left>().copied();
    if let Some(left) = left.filter(|_| !is_of_the_portal(answer.request().path())) {
        left.tell(answer.headers_mut());
    }
    let held = answer.request().extensions_mut().remove::<Held>();
    Ok(match held {
        None => answer,
        Some(held) => answer.map_body(|_, body| BoxBody::new(Holding { body, _held: held })),
    })
}

/// A body, and the place that its request has.
struct Holding {
    body: BoxBody,
    _held: Held,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        let Self { body, _held } = self;
        body.try_into_bytes().map_err(|body| Self { body, _held })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const SHARE: Share = Share { per_second: 2, burst: 3, at_once: 10 };

    fn now() -> DateTime<Utc> {
        "2027-03-01T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_burst_is_taken_at_once_and_then_two_each_second() {
        let mut taken = Taken::nothing(SHARE, now());
        for _ in 0..3 {
            taken.take(SHARE, now()).unwrap();
        }
        assert_eq!(taken.take(SHARE, now()), Err(Past::Rate { retry_after_seconds: 1 }));
        let later = now() + TimeDelta::milliseconds(500);
        taken.take(SHARE, later).unwrap();
        assert!(taken.take(SHARE, later).is_err());
        // A clock put back: nothing is given, nothing is lost.
        assert!(taken.take(SHARE, now()).is_err());
        taken.take(SHARE, now() + TimeDelta::milliseconds(500)).unwrap();
        // A long silence gives no more than the burst.
        let tomorrow = now() + TimeDelta::days(1);
        assert_eq!((0..9).filter(|_| taken.take(SHARE, tomorrow).is_ok()).count(), 3);
    }

    #[test]
    fn a_place_is_free_again_once_dropped_and_belongs_to_one_member_and_one_kind() {
        let share = Share { per_second: 100, burst: 100, at_once: 2 };
        let shares = Shares::new(Settings { requests: share, uploads: share });
        let (one, other) = (TenantId::of_member("un"), TenantId::of_member("autre"));
        let take = |tenant, kind| shares.take(tenant, kind, now());
        let first = take(one, Kind::Uploads).ok().unwrap();
        let _second = take(one, Kind::Uploads).ok().unwrap();
        assert_eq!(take(one, Kind::Uploads).err(), Some(Past::AtOnce));
        assert!(take(other, Kind::Uploads).is_ok() && take(one, Kind::Requests).is_ok());
        drop(first);
        assert!(take(one, Kind::Uploads).is_ok());
    }

    #[test]
    fn uploads_are_where_deposits_come_in() {
        use crate::web::{Who, routes};
        for address in UPLOADS {
            let who = routes::who(&Method::POST, address).expect("an address of the table");
            assert!(matches!(who, Who::Depositor | Who::Machine | Who::Connector), "{address}");
            assert_eq!(kind(&Method::POST, address), Kind::Uploads);
            assert_eq!(kind(&Method::GET, address), Kind::Requests);
        }
    }
}
