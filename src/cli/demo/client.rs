//! The demonstration's hands: what any machine of a member does, over HTTP, with its own credentials.
//!
//! Nothing of the program's inside is used here: a deposit goes in, and an answer comes out, as for a partner.
//! Calls block (run them with `spawn_blocking`); each has a time limit.

use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use super::sources::Sip;

/// Most bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 4 << 20;
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A machine with its token.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    service: String,
    token: String,
}

/// Why the service did not answer as it should; a sentence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{address} : {reason}")]
    Unreachable { address: String, reason: String },
    #[error("{address} a répondu {status} : {body}")]
    Unexpected { address: String, status: StatusCode, body: String },
    #[error("{0} n'a pas abouti en une minute")]
    TooLong(String),
}

type Answer = Response<ureq::Body>;

impl Client {
    /// Asks `/oauth2/token` for a token.
    pub fn connect(service: &str, client_id: &str, secret: &str) -> Result<Client, Error> {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        let mut client = Client { agent, service: service.to_owned(), token: String::new() };
        let address = client.address("/oauth2/token");
        let form =
            [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", secret)];
        let answer = client.agent.post(&address).send_form(form);
        let token = json(&address, expect(&address, answer, StatusCode::OK)?)?;
        client.token = word(&token, "access_token").to_owned();
        Ok(client)
    }

    /// Sends the package and returns the address of the transfer, on this service.
    pub fn deposit(&self, sip: &Sip) -> Result<String, Error> {
        let address = self.address("/api/v1/transfers");
        let answer = self
            .agent
            .post(&address)
            .header("Authorization", &self.bearer())
            .header("Content-Type", "application/octet-stream")
            .header("Content-Disposition", &format!("attachment; filename=\"{}\"", sip.file_name))
            .send(sip.bytes.as_slice());
        let answer = expect(&address, answer, StatusCode::ACCEPTED)?;
        let place =
            answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(place.strip_prefix(&self.service).unwrap_or(place).to_owned())
    }

    /// The transfer once nothing more will happen to it by itself.
    pub fn outcome(&self, transfer: &str) -> Result<Value, Error> {
        let start = Instant::now();
        loop {
            let answer = self.json(transfer)?;
            if matches!(word(&answer, "state"), "taken_in_charge" | "refused" | "examined") {
                return Ok(answer);
            }
            if start.elapsed() > WAIT_MAX {
                return Err(Error::TooLong(self.address(transfer)));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The body at a path that must answer 200.
    pub fn text(&self, path: &str) -> Result<String, Error> {
        let address = self.address(path);
        read(&address, expect(&address, self.get(path), StatusCode::OK)?)
    }

    /// The bytes at a path that must answer 200.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, Error> {
        let address = self.address(path);
        let mut answer = expect(&address, self.get(path), StatusCode::OK)?;
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        body.map_err(|error| unreachable(&address, &error))
    }

    /// The JSON at a path that must answer 200.
    pub fn json(&self, path: &str) -> Result<Value, Error> {
        let address = self.address(path);
        json(&address, expect(&address, self.get(path), StatusCode::OK)?)
    }

    /// The status at a path, whatever it is.
    pub fn status(&self, path: &str) -> Result<StatusCode, Error> {
        let address = self.address(path);
        self.get(path).map(|answer| answer.status()).map_err(|error| unreachable(&address, &error))
    }

    fn get(&self, path: &str) -> Result<Answer, ureq::Error> {
        self.agent.get(&self.address(path)).header("Authorization", &self.bearer()).call()
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.service)
    }
}

/// A text field, empty when absent.
pub fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn expect(address: &str, answer: Result<Answer, ureq::Error>, wanted: StatusCode) -> Result<Answer, Error> {
    let answer = answer.map_err(|error| unreachable(address, &error))?;
    if answer.status() == wanted {
        return Ok(answer);
    }
    let status = answer.status();
    Err(Error::Unexpected { address: address.to_owned(), status, body: read(address, answer)? })
}

fn read(address: &str, mut answer: Answer) -> Result<String, Error> {
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
    body.map_err(|error| unreachable(address, &error))
}

fn json(address: &str, answer: Answer) -> Result<Value, Error> {
    let body = read(address, answer)?;
    serde_json::from_str(&body)
        .map_err(|error| Error::Unreachable { address: address.to_owned(), reason: error.to_string() })
}

fn unreachable(address: &str, error: &ureq::Error) -> Error {
    Error::Unreachable { address: address.to_owned(), reason: error.to_string() }
}
