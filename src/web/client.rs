//! Where a caller is, and how fast their bytes must come.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::Version;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, http::header::HeaderMap};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{Stream, StreamExt, stream};

use super::callers;
use crate::proof::digest;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// Longest silence of a sender.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The caller's network address; the trusted proxy's word on it is believed, nobody else's.
pub fn address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    believed(peer, callers::state(request).settings.trusted_proxy, request.headers())
}

/// The last address in the list is the one that the proxy saw; those before are the caller's own words.
fn believed(peer: IpAddr, trusted_proxy: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    if trusted_proxy.map(|proxy| proxy.to_canonical()) != Some(peer.to_canonical()) {
        return peer;
    }
    let last = headers.get_all(X_FORWARDED_FOR).last().and_then(|value| value.to_str().ok());
    let last = last.and_then(|list| list.rsplit(',').next()).and_then(|address| address.trim().parse().ok());
    last.unwrap_or(peer)
}

/// SHA-256, in hexadecimal, of the certificate of this request's connection: shown to us, or to the trusted proxy, which says it in
/// `Client-Cert` (RFC 9440, 2.2).
pub fn certificate(request: &HttpRequest) -> Option<String> {
    if let Some(PeerCertificate(sha256)) = request.conn_data::<PeerCertificate>() {
        return Some(sha256.clone());
    }
    let proxy = callers::state(request).settings.trusted_proxy?;
    if request.peer_addr()?.ip().to_canonical() != proxy.to_canonical() {
        return None;
    }
    let mut values = request.headers().get_all(CLIENT_CERT);
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    let encoded = value.trim().strip_prefix(':')?.strip_suffix(':')?;
    Some(hex::encode(digest::sha256(&STANDARD.decode(encoded).ok()?)))
}

/// The certificate of a connection, by its SHA-256 in hexadecimal.
#[derive(Clone, Debug)]
pub struct PeerCertificate(pub String);

/// The bytes of `Content-Length`, when it is sent.
pub fn announced_bytes(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether a request says that it has no body; later versions of HTTP may bring one that nothing announces.
pub fn brings_nothing(request: &HttpRequest) -> bool {
    let is_announced = request.headers().contains_key(header::TRANSFER_ENCODING);
    let may_be_silent = request.version() > Version::HTTP_11;
    announced_bytes(request).map_or(!is_announced && !may_be_silent, |bytes| bytes == 0)
}

/// A body as it comes; a sender silent for too long is as if gone. It may be asked again once it has ended:
/// the reader of multipart bodies does.
pub fn paced(body: Payload) -> impl Stream<Item = io::Result<Bytes>> + Unpin {
    let chunks = stream::unfold(Some(body), |body| async {
        let mut body = body?;
        match tokio::time::timeout(SILENCE_MAX, body.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(body))),
            Ok(Some(Err(error))) => Some((Err(broken(error)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(io::Error::from(io::ErrorKind::TimedOut)), None)),
        }
    });
    Box::pin(chunks.fuse())
}

fn broken(error: PayloadError) -> io::Error {
    match error {
        PayloadError::Io(error) => error,
        PayloadError::Incomplete(_) => io::Error::from(io::ErrorKind::UnexpectedEof),
        error => io::Error::new(io::ErrorKind::ConnectionAborted, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn only_the_trusted_proxy_is_believed_and_only_its_last_word() {
        let (proxy, client) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([192, 0, 2, 7]));
        let mut headers = HeaderMap::new();
        assert_eq!(believed(proxy, Some(proxy), &headers), proxy);
        headers.append(X_FORWARDED_FOR, HeaderValue::from_static("203.0.113.9, 192.0.2.7"));
        assert_eq!(believed(proxy, Some(proxy), &headers), client);
        assert_eq!(believed(proxy, None, &headers), proxy);
        assert_eq!(believed(client, Some(proxy), &headers), client);
        headers.append(X_FORWARDED_FOR, HeaderValue::from_static("nonsense"));
        assert_eq!(believed(proxy, Some(proxy), &headers), proxy);
    }
}
