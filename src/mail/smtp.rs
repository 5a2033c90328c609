//! The relay that takes letters, by SMTP (lettre).
//!
//! One letter a connection, each within a bounded time. A refusal for good is told from a failure that may pass.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as LettreTls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use uuid::Uuid;

use super::WrongSettings;

/// Longest talk with the relay for one letter.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where letters are handed over.
#[derive(Clone)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// Name and password, when the relay asks for them.
    pub credentials: Option<(String, String)>,
    /// `Service d'archives <archives@example.fr>`.
    pub from: String,
}

/// How the connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Begun in clear, then encrypted or given up.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// In clear: a relay on the same machine.
    None,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({}:{}, {:?}, {})", self.host, self.port, self.tls, self.from)
    }
}

/// The relay of the settings.
#[derive(Clone)]
pub(super) struct Relay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A letter ready to go.
pub(super) struct Outgoing<'a> {
    pub id: Uuid,
    pub to: &'a str,
    pub at: DateTime<Utc>,
    pub subject: String,
    pub body: String,
}

/// Why a letter was not taken.
#[derive(Clone, Debug)]
pub(super) struct NotTaken {
    pub reason: String,
    /// Trying again changes nothing.
    pub for_good: bool,
}

/// Whether a text is an address to write to, alone.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

impl Relay {
    pub(super) fn new(settings: &Settings) -> Result<Self, WrongSettings> {
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|_| WrongSettings("réglage mail.from : « Nom <adresse@domaine> » est attendu".into()))?;
        let parameters = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| WrongSettings(format!("réglage mail.tls : {error}")))
        };
        let tls = match settings.tls {
            Tls::Starttls => LettreTls::Required(parameters()?),
            Tls::Tls => LettreTls::Wrapper(parameters()?),
            Tls::None => LettreTls::None,
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .hello_name(hello);
        if let Some((user, password)) = settings.credentials.clone() {
            transport = transport.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: transport.build(), from })
    }

    /// Hands a letter over.
    pub(super) async fn send(&self, letter: &Outgoing<'_>) -> Result<(), NotTaken> {
        let for_good = |reason: String| NotTaken { reason, for_good: true };
        let to: Address =
            letter.to.parse().map_err(|_| for_good("adresse du destinataire mal formée".into()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            // The same however often it is sent: a reader sees one.
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .date(SystemTime::from(letter.at))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| for_good(error.to_string()))?;
        match tokio::time::timeout(TIMEOUT * 2, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(NotTaken { for_good: error.is_permanent(), reason: error.to_string() }),
            Err(_) => Err(NotTaken { reason: "le relais ne répond pas".into(), for_good: false }),
        }
    }
}
