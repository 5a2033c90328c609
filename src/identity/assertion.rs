//! A client that proves itself by an assertion it signs (RFC 7523, `private_key_jwt`).
//!
//! Never takes the algorithm from the assertion alone: it must be one that the key's kind has. The one thing to know: who the client
//! is stands unproved in the assertion until its signature is checked with the keys that the client registered.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous, decode, decode_header};
use serde::Deserialize;

/// `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest assertion looked at.
const ASSERTION_BYTES_MAX: usize = 8 << 10;
/// Farthest end of an assertion.
const LASTS_MAX: TimeDelta = TimeDelta::minutes(10);
/// How far the client's clock may be from ours.
const CLOCKS: TimeDelta = TimeDelta::seconds(60);
/// Keys of a client, at most; and the longest identifier of an assertion.
pub(super) const KEYS_MAX: usize = 8;
const JTI_BYTES_MAX: usize = 128;

/// Algorithms taken: signatures by a key pair.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
];

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
struct Named {
    sub: String,
}

/// What a client proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proved {
    /// Serves once, until then.
    pub jti: String,
    pub expires_at: DateTime<Utc>,
}

/// The client that an assertion names; nothing is proved.
pub(super) fn named(assertion: &str) -> Option<String> {
    if assertion.len() > ASSERTION_BYTES_MAX {
        return None;
    }
    Some(dangerous::insecure_decode::<Named>(assertion).ok()?.claims.sub)
}

/// What the assertion proves of this client, by one of its keys, for one of these audiences.
pub(super) fn proved(
    assertion: &str,
    client_id: &str,
    keys: &JwkSet,
    audiences: &[String],
    now: DateTime<Utc>,
) -> Option<Proved> {
    let header = decode_header(assertion).ok().filter(|header| ALGORITHMS.contains(&header.alg))?;
    let is_named = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let claims = keys.keys.iter().filter(is_named).take(KEYS_MAX).find_map(|key| {
        let mut validation = Validation::new(header.alg);
        validation.set_audience(audiences);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // By our clock, below.
        validation.validate_exp = false;
        decode::<Claims>(assertion, &DecodingKey::from_jwk(key).ok()?, &validation).ok()
    })?;
    let claims = claims.claims;
    let (end, begins) = (
        DateTime::from_timestamp(claims.exp, 0)?,
        claims.nbf.map_or(Some(now), |at| DateTime::from_timestamp(at, 0))?,
    );
    let in_time = end > now - CLOCKS && end <= now + LASTS_MAX + CLOCKS && begins <= now + CLOCKS;
    let own = claims.iss == client_id && claims.sub == client_id;
    let once = !claims.jti.is_empty() && claims.jti.len() <= JTI_BYTES_MAX && !claims.jti.contains('\0');
    (own && in_time && once).then_some(Proved { jti: claims.jti, expires_at: end + CLOCKS })
}

/// The public keys of a JWK set, as they are kept: no private part, no secret, a kind that signs. A sentence when it is not one.
pub fn public_keys(text: &str) -> Result<serde_json::Value, &'static str> {
    if text.len() > 32 << 10 {
        return Err("trop long");
    }
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|_| "un jeu de clés JWK (RFC 7517) est attendu")?;
    let listed = value.get("keys").and_then(|keys| keys.as_array()).ok_or("« keys » est attendu")?;
    if listed.is_empty() || listed.len() > KEYS_MAX {
        return Err("une à huit clés sont attendues");
    }
    for key in listed {
        if ["d", "p", "q", "dp", "dq", "qi", "k", "oth"].iter().any(|private| key.get(private).is_some()) {
            return Err("une clé privée ne se donne pas : gardez-la, et donnez la clé publique");
        }
        let of = |name: &str| key.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let long_enough = of("n").len() >= 342;
        match (of("kty"), of("crv")) {
            ("EC", "P-256" | "P-384") | ("OKP", "Ed25519") => {}
            ("RSA", _) if long_enough => {}
            ("RSA", _) => return Err("une clé RSA a 2 048 bits au moins"),
            _ => return Err("une clé EC (P-256, P-384), Ed25519 ou RSA est attendue"),
        }
    }
    let set: JwkSet =
        serde_json::from_value(value.clone()).map_err(|_| "un jeu de clés JWK (RFC 7517) est attendu")?;
    if set.keys.iter().any(|key| DecodingKey::from_jwk(key).is_err()) {
        return Err("une clé ne se lit pas");
    }
    Ok(value)
}
