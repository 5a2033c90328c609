//! An identity provider that vouches for people (OpenID Connect: ProConnect, Keycloak): discovery, authorization code with PKCE,
//! checked tokens, a first or second factor.
//!
//! Never gives anybody a role: a provider says who somebody is, and the members' registers what they may do. The one thing to know: a
//! log-in under way is kept in the browser, sealed, and not by this service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthenticationContextClass, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse, http,
};
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;

use super::Identity;
use crate::at_rest;

/// How long the provider's description and keys are believed.
const BELIEVED: Duration = Duration::from_secs(3600);
/// How long a log-in may take at the provider.
const LASTS: TimeDelta = TimeDelta::minutes(10);
/// Longest wait for an answer of the provider, and its longest answer.
const TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// What a log-in under way is sealed for.
const PURPOSE: &str = "provider-login";

/// By what an account is found the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The address, once checked by the provider.
    Email,
    /// `preferred_username` is the login.
    Login,
}

/// What the operator says of the provider.
#[derive(Clone)]
pub struct ProviderSettings {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// Words of the button.
    pub label: String,
    pub scopes: Vec<String>,
    /// Asked for (`acr_values`).
    pub acr_values: Vec<String>,
    /// Values of `acr` that are a second factor.
    pub strong_acr: Vec<String>,
    pub account: Account,
    /// The provider gives no address that it did not check.
    pub email_is_checked: bool,
    /// What is told of the person comes signed.
    pub signed_userinfo: bool,
    /// Where the provider sends people back.
    pub redirect: String,
}

impl std::fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a provider did not vouch for anybody; for the log.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("identity provider: {0}")]
    Answer(String),
    #[error("the log-in under way is not this browser's, or too old")]
    NotUnderWay,
    #[error(transparent)]
    AtRest(#[from] at_rest::Error),
}

/// A log-in under way at the provider, as the browser keeps it.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    state: String,
    nonce: String,
    verifier: String,
    back: String,
    since: DateTime<Utc>,
}

/// Whom the provider vouches for.
#[derive(Clone, Debug)]
pub struct Vouched {
    pub issuer: String,
    pub subject: String,
    /// Login or checked address by which an account is found the first time.
    pub name: Option<String>,
    /// The provider saw a second factor.
    pub is_strong: bool,
    /// The page asked for before the log-in.
    pub back: String,
}

/// A provider. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: ProviderSettings,
    http: reqwest::Client,
    described: RwLock<Option<(Instant, CoreProviderMetadata)>>,
}

#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Reqwest(#[from] reqwest::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
    #[error("answer over {ANSWER_BYTES_MAX} bytes")]
    TooLong,
}

fn answer(error: impl std::error::Error) -> ProviderError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(deeper) = source {
        text = format!("{text}: {deeper}");
        source = deeper.source();
    }
    ProviderError::Answer(text)
}

impl Provider {
    /// A provider; nothing is asked of it yet.
    pub fn new(settings: ProviderSettings) -> Result<Self, reqwest::Error> {
        // The first to come installs it for all.
        rustls::crypto::ring::default_provider().install_default().ok();
        // Its addresses are its own: being sent elsewhere is refused.
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self(Arc::new(Inner { settings, http, described: RwLock::default() })))
    }

    /// Words of the button that leads there.
    pub fn label(&self) -> &str {
        &self.0.settings.label
    }

    /// Where to send a browser, and what it must keep until it is back.
    pub async fn begin(&self, identity: &Identity, back: &str) -> Result<(String, String), ProviderError> {
        let settings = &self.0.settings;
        let client = self.client(self.described(false).await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut asking = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in &settings.scopes {
            asking = asking.add_scope(Scope::new(scope.clone()));
        }
        for acr in &settings.acr_values {
            asking = asking.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        let (address, state, nonce) = asking.url();
        let under_way = UnderWay {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            back: back.to_owned(),
            since: identity.clock.now(),
        };
        let text = serde_json::to_vec(&under_way).map_err(answer)?;
        Ok((address.to_string(), hex::encode(identity.at_rest.seal(PURPOSE, &text)?)))
    }

    /// Whom the provider vouches for, for the browser that comes back with `kept`.
    pub async fn finish(
        &self,
        identity: &Identity,
        kept: &str,
        (code, state): (&str, &str),
    ) -> Result<Vouched, ProviderError> {
        let now = identity.clock.now();
        let sealed = hex::decode(kept).map_err(|_| ProviderError::NotUnderWay)?;
        let text = identity.at_rest.open(PURPOSE, &sealed).map_err(|_| ProviderError::NotUnderWay)?;
        let under_way: UnderWay = serde_json::from_slice(&text).map_err(|_| ProviderError::NotUnderWay)?;
        let same: bool = subtle::ConstantTimeEq::ct_eq(under_way.state.as_bytes(), state.as_bytes()).into();
        if !same || now - under_way.since > LASTS {
            return Err(ProviderError::NotUnderWay);
        }
        match self.vouched(&under_way, code, now, false).await {
            // Its keys may have changed since they were read; the code serves once, the keys do not.
            Err(Tried::Keys(token)) => {
                let described = self.described(true).await?;
                self.read(described, *token, &under_way, now).await.map_err(Tried::into_error)
            }
            tried => tried.map_err(Tried::into_error),
        }
    }

    async fn vouched(
        &self,
        under_way: &UnderWay,
        code: &str,
        now: DateTime<Utc>,
        again: bool,
    ) -> Result<Vouched, Tried> {
        let described = self.described(again).await?;
        let client = self.client(described.clone())?;
        let http = |request| self.0.call(request);
        let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(answer)?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(under_way.verifier.clone()));
        let token = exchange.request_async(&http).await.map_err(answer)?;
        self.read(described, token, under_way, now).await
    }

    async fn read(
        &self,
        described: CoreProviderMetadata,
        token: openidconnect::core::CoreTokenResponse,
        under_way: &UnderWay,
        now: DateTime<Utc>,
    ) -> Result<Vouched, Tried> {
        let settings = &self.0.settings;
        let client = self.client(described)?;
        let missing = |what: &str| ProviderError::Answer(format!("no {what}"));
        let id_token = token.id_token().ok_or_else(|| missing("ID token"))?;
        let verifier = client.id_token_verifier().set_time_fn(move || now);
        let claims = match id_token.claims(&verifier, &Nonce::new(under_way.nonce.clone())) {
            Ok(claims) => claims,
            Err(openidconnect::ClaimsVerificationError::SignatureVerification(_)) => {
                return Err(Tried::Keys(Box::new(token)));
            }
            Err(error) => return Err(answer(error).into()),
        };
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(answer)?;
            let key = id_token.signing_key(&verifier).map_err(answer)?;
            let given = AccessTokenHash::from_token(token.access_token(), algorithm, key).map_err(answer)?;
            if given != *expected {
                return Err(ProviderError::Answer("the access token is another's".into()).into());
            }
        }
        let acr = claims.auth_context_ref().map(|acr| acr.as_str());
        let is_strong = acr.is_some_and(|acr| settings.strong_acr.iter().any(|strong| strong == acr));
        let http = |request| self.0.call(request);
        let told: Option<CoreUserInfoClaims> =
            match client.user_info(token.access_token().clone(), Some(claims.subject().clone())) {
                Ok(asking) => {
                    let asking = asking.require_signed_response(settings.signed_userinfo);
                    Some(asking.request_async(&http).await.map_err(answer)?)
                }
                // It has no such address: the token says all.
                Err(_) => None,
            };
        let told = told.as_ref();
        let name = match settings.account {
            Account::Login => claims
                .preferred_username()
                .or_else(|| told?.preferred_username())
                .map(|name| name.as_str().to_lowercase()),
            Account::Email => {
                let email =
                    claims.email().or_else(|| told?.email()).map(|email| email.as_str().to_lowercase());
                let checked = claims.email_verified().or_else(|| told?.email_verified()).unwrap_or(false);
                email.filter(|_| checked || settings.email_is_checked)
            }
        };
        Ok(Vouched {
            issuer: settings.issuer.clone(),
            subject: claims.subject().as_str().to_owned(),
            name,
            is_strong,
            back: under_way.back.clone(),
        })
    }

    /// The provider's own description, read again when it is old, or `afresh`.
    async fn described(&self, afresh: bool) -> Result<CoreProviderMetadata, ProviderError> {
        if let Some((since, described)) = &*self.0.described.read().await
            && !afresh
            && since.elapsed() < BELIEVED
        {
            return Ok(described.clone());
        }
        let issuer = IssuerUrl::new(self.0.settings.issuer.clone()).map_err(answer)?;
        let http = |request| self.0.call(request);
        let described = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(answer)?;
        *self.0.described.write().await = Some((Instant::now(), described.clone()));
        Ok(described)
    }
}

/// What a try came to, when it vouched for nobody.
enum Tried {
    /// No key known signed the token.
    Keys(Box<openidconnect::core::CoreTokenResponse>),
    Failed(ProviderError),
}

impl Tried {
    fn into_error(self) -> ProviderError {
        match self {
            Tried::Keys(_) => ProviderError::Answer("no key of the provider's signed its token".into()),
            Tried::Failed(error) => error,
        }
    }
}

impl From<ProviderError> for Tried {
    fn from(error: ProviderError) -> Self {
        Tried::Failed(error)
    }
}

type Client = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

impl Provider {
    fn client(&self, described: CoreProviderMetadata) -> Result<Client, ProviderError> {
        let settings = &self.0.settings;
        let secret = Some(settings.client_secret.clone()).filter(|secret| !secret.is_empty());
        let redirect = RedirectUrl::new(settings.redirect.clone()).map_err(answer)?;
        let client = CoreClient::from_provider_metadata(
            described,
            ClientId::new(settings.client_id.clone()),
            secret.map(ClientSecret::new),
        );
        Ok(client.set_redirect_uri(redirect))
    }
}

impl Inner {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (parts, body) = request.into_parts();
        let asked = self.http.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
        let mut given = asked.send().await?;
        let mut answer = http::Response::builder().status(given.status());
        for (name, value) in given.headers() {
            answer = answer.header(name, value);
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = given.chunk().await? {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(CallError::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(answer.body(bytes)?)
    }
}
