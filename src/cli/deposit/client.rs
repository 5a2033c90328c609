//! The service as a client sees it: a token kept fresh, requests tried again while the service is away.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Certificate, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::Failure;

/// A token refused so soon after it was given will not be taken better if asked for again.
const FRESH: Duration = Duration::from_secs(5);
/// Time to reach the service, and longest silence of it.
const CONNECT_MAX: Duration = Duration::from_secs(20);
const SILENCE_MAX: Duration = Duration::from_secs(120);
/// First pause before a request is tried again, and the longest.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// What the client shows.
pub(super) enum Credentials {
    Token(String),
    Secret { client_id: String, secret: String },
}

/// A service, and who asks it.
pub(super) struct Client {
    http: reqwest::Client,
    /// The same for what takes as long as the line is slow: the connection's own watch ends it if the service is gone.
    sending: reqwest::Client,
    base: String,
    credentials: Credentials,
    token: Mutex<Option<(String, Instant)>>,
    patience: Duration,
}

/// A pause that grows, until patience is over.
pub(super) struct Patience {
    began: Instant,
    pause: Duration,
    whole: Duration,
}

impl Patience {
    pub fn new(whole: Duration) -> Self {
        Self { began: Instant::now(), pause: PAUSE, whole }
    }

    /// Waits, as long as the service asks for when it does; `false`: no longer.
    pub async fn wait(&mut self, asked: Option<Duration>) -> bool {
        if self.began.elapsed() >= self.whole {
            return false;
        }
        tokio::time::sleep(asked.unwrap_or(self.pause).min(PAUSE_MAX)).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        true
    }

    /// Something went on: the next pause is a short one.
    pub fn renew(&mut self) {
        *self = Self::new(self.whole);
    }
}

impl Client {
    pub fn new(
        url: &str,
        credentials: Credentials,
        ca: Option<&Path>,
        patience: Duration,
    ) -> Result<Self, Failure> {
        let base = url.trim_end_matches('/').to_owned();
        if !base.starts_with("https://") && !base.starts_with("http://") {
            return Err("--url : une adresse http:// ou https:// est attendue".into());
        }
        // Another may have been installed: any will do.
        rustls::crypto::ring::default_provider().install_default().ok();
        let certificates = match ca {
            Some(ca) => {
                let pem = std::fs::read(ca).map_err(|error| format!("{} : {error}", ca.display()))?;
                Certificate::from_pem_bundle(&pem)?
            }
            None => Vec::new(),
        };
        let builder = || {
            let builder = reqwest::Client::builder().connect_timeout(CONNECT_MAX);
            let builder = builder.redirect(reqwest::redirect::Policy::none());
            certificates.iter().cloned().fold(builder, reqwest::ClientBuilder::add_root_certificate)
        };
        let (http, sending) = (builder().read_timeout(SILENCE_MAX).build()?, builder().build()?);
        Ok(Self { http, sending, base, credentials, token: Mutex::default(), patience })
    }

    pub fn patience(&self) -> Duration {
        self.patience
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request of this client, with its token.
    pub async fn ask(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        Ok(self.http.request(method, format!("{}{path}", self.base)).bearer_auth(self.token().await?))
    }

    /// The same, for a request with a body that may be long.
    pub async fn send(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        Ok(self.sending.request(method, format!("{}{path}", self.base)).bearer_auth(self.token().await?))
    }

    async fn token(&self) -> Result<String, Failure> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match (&self.credentials, kept) {
            (Credentials::Token(token), _) => Ok(token.clone()),
            (_, Some((token, _))) => Ok(token),
            (Credentials::Secret { client_id, secret }, None) => {
                let token = self.fresh_token(client_id, secret).await?;
                *self.token.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((token.clone(), Instant::now()));
                Ok(token)
            }
        }
    }

    async fn fresh_token(&self, client_id: &str, secret: &str) -> Result<String, Failure> {
        let encoded = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            encoded(client_id),
            encoded(secret)
        );
        let mut patience = Patience::new(self.patience);
        loop {
            let request = self.http.post(format!("{}/oauth2/token", self.base)).body(body.clone());
            let request = request.header("Content-Type", "application/x-www-form-urlencoded");
            match request.send().await {
                Ok(answer) if answer.status().is_success() => {
                    let told: Value = serde_json::from_slice(&answer.bytes().await?)?;
                    return told["access_token"]
                        .as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| "pas de jeton".into());
                }
                Ok(answer)
                    if answer.status().is_client_error()
                        && answer.status() != StatusCode::TOO_MANY_REQUESTS =>
                {
                    return Err("l'identifiant ou le secret de l'application n'est pas reconnu".into());
                }
                other => {
                    if !patience.wait(None).await {
                        return Err(match other {
                            Err(error) => unreachable(&error),
                            Ok(answer) => format!("le service répond {}", answer.status()).into(),
                        });
                    }
                }
            }
        }
    }

    /// The token served its time: the next request asks for another. `false`: another would be no better.
    pub fn forget_token(&self) -> bool {
        let forgotten = self.token.lock().unwrap_or_else(PoisonError::into_inner).take();
        forgotten.is_some_and(|(_, given)| given.elapsed() > FRESH)
    }

    /// Asks until the service answers something else than that it is away; the answer.
    pub async fn answered(&self, method: &Method, path: &str) -> Result<Response, Failure> {
        let mut patience = Patience::new(self.patience);
        loop {
            let (asked, why): (Option<Duration>, Failure) =
                match self.ask(method.clone(), path).await?.send().await {
                    Err(error) => (None, unreachable(&error)),
                    Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED && self.forget_token() => {
                        continue;
                    }
                    Ok(answer) if is_away(answer.status()) => (retry_after(&answer), refusal(answer).await),
                    Ok(answer) => return Ok(answer),
                };
            if !patience.wait(asked).await {
                return Err(why);
            }
        }
    }

    /// A page of the API.
    pub async fn json(&self, path: &str) -> Result<Value, Failure> {
        Ok(serde_json::from_str(&self.text(path).await?)?)
    }

    /// The body of an address.
    pub async fn text(&self, path: &str) -> Result<String, Failure> {
        let answer = self.answered(&Method::GET, path).await?;
        if !answer.status().is_success() {
            return Err(refusal(answer).await);
        }
        Ok(answer.text().await?)
    }

    /// Every check of a package, and nothing kept.
    pub async fn trial(&self, path: &Path, copy: Option<&str>) -> Result<Value, Failure> {
        let file = tokio::fs::File::open(path).await?;
        let size = file.metadata().await?.len();
        let address =
            copy.map_or_else(|| "/api/v1/checks".to_owned(), |copy| format!("/api/v1/checks?copy={copy}"));
        let request =
            self.send(Method::POST, &address).await?.header("Content-Type", "application/octet-stream");
        let request = request
            .header("Content-Length", size)
            .body(reqwest::Body::wrap_stream(super::upload::chunks(file, size, |_| ())));
        let answer = request.send().await.map_err(|error| unreachable(&error))?;
        if !answer.status().is_success() {
            return Err(refusal(answer).await);
        }
        Ok(serde_json::from_str(&answer.text().await?)?)
    }
}

/// Whether the same may do later.
pub(super) fn is_away(status: StatusCode) -> bool {
    status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
        || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT, StatusCode::LOCKED].contains(&status)
}

/// What `Retry-After` asks for, in seconds.
pub(super) fn retry_after(answer: &Response) -> Option<Duration> {
    answer.headers().get("retry-after")?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// What a problem says, in words.
pub(super) async fn refusal(answer: Response) -> Failure {
    let status = answer.status();
    let problem: Value =
        answer.text().await.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let said = problem["detail"].as_str().or(problem["title"].as_str()).unwrap_or("réponse inattendue");
    format!("{said} ({})", status.as_u16()).into()
}

pub(super) fn unreachable(error: &reqwest::Error) -> Failure {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    format!("le service ne répond pas : {deepest}").into()
}
