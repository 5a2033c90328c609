//! Whether a bucket keeps its objects from being removed: what its object lock says, asked of the bucket itself.
//!
//! It sets nothing: retention is the bucket's own setting. Only what speaks S3 can be asked.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{ClientOptions, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector};

use super::super::standing::Lock;
use super::open::Keys;
use super::wait::wait;

/// An answer is kept so long; a failure to ask, less.
const KNOWN_FOR: Duration = Duration::from_secs(3_600);
const ASKED_AGAIN: Duration = Duration::from_secs(60);
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Where to ask, and what was answered last.
#[derive(Debug)]
pub(super) struct Asked {
    address: String,
    region: String,
    keys: Keys,
    options: ClientOptions,
    known: Mutex<Option<(Instant, Lock)>>,
}

impl Asked {
    pub fn new(address: String, region: String, keys: Keys, options: ClientOptions) -> Self {
        Self { address, region, keys, options, known: Mutex::default() }
    }

    /// What the bucket says, or said a short while ago.
    pub fn lock(&self) -> Lock {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, lock)) = known.as_ref() {
            let until = if *lock == Lock::Unknown { ASKED_AGAIN } else { KNOWN_FOR };
            if since.elapsed() < until {
                return lock.clone();
            }
        }
        let lock = self.ask();
        *known = Some((Instant::now(), lock.clone()));
        lock
    }

    fn ask(&self) -> Lock {
        let Ok(uri) = format!("{}?object-lock", self.address).parse() else { return Lock::Unknown };
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.uri_mut() = uri;
        let credential =
            AwsCredential { key_id: self.keys.id.clone(), secret_key: self.keys.secret.clone(), token: None };
        if AwsAuthorizer::new(&credential, "s3", &self.region).try_authorize(&mut request, None).is_err() {
            return Lock::Unknown;
        }
        let Ok(client) = ReqwestConnector::default().connect(&self.options) else { return Lock::Unknown };
        let answered = wait(async move {
            let failed = |source| object_store::Error::Generic { store: "bucket", source };
            let answer = client.execute(request).await.map_err(|error| failed(Box::new(error)))?;
            let status = answer.status().as_u16();
            let body = answer.into_body().bytes().await.map_err(|error| failed(Box::new(error)))?;
            Ok((status, body))
        });
        match answered {
            Ok((200, body)) => said(&String::from_utf8_lossy(&body[..body.len().min(ANSWER_BYTES_MAX)])),
            // None on this bucket, or a server that has no such thing.
            Ok((400 | 404 | 405 | 501, _)) => Lock::None,
            _ => Lock::Unknown,
        }
    }
}

/// What an `ObjectLockConfiguration` says.
fn said(xml: &str) -> Lock {
    let value = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(value, _)| value.trim().to_string())
    };
    if value("ObjectLockEnabled").as_deref() != Some("Enabled") {
        return Lock::None;
    }
    let number = |name: &str| value(name).and_then(|value| value.parse::<u32>().ok());
    match (value("Mode"), number("Days"), number("Years")) {
        (Some(mode), Some(days), _) => Lock::Kept { mode, days },
        (Some(mode), None, Some(years)) => Lock::Kept { mode, days: years.saturating_mul(365) },
        _ => Lock::Unset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_s_own_words_are_understood() {
        let around = |rule: &str| {
            format!(
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
            )
        };
        let rule =
            "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>10</Years></DefaultRetention></Rule>";
        assert_eq!(said(&around(rule)), Lock::Kept { mode: "COMPLIANCE".into(), days: 3_650 });
        assert_eq!(said(&around("")), Lock::Unset);
        assert_eq!(said("<ObjectLockConfiguration/>"), Lock::None);
        assert_eq!(said("<a"), Lock::None);
    }
}
