//! Random secrets, and what is kept of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Error;
use super::password::hash_passwords;
use crate::proof::digest;

/// Longest secret looked at: ours have 43 characters.
const SECRET_BYTES_MAX: usize = 128;

/// 254 random bits, in 43 letters and digits: they need no escape anywhere, a double click takes them whole, none is taken for
/// an option of a command, and no mail program ends a link before them.
pub fn fresh_secret() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    // One of four is such.
    loop {
        getrandom::fill(&mut bytes).map_err(Error::Randomness)?;
        let secret = URL_SAFE_NO_PAD.encode(bytes);
        if secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(secret);
        }
    }
}

/// What a client that speaks HTTP Basic at the As@lae door sends for this secret: its SHA-256 in lowercase hexadecimal.
pub fn basic_password(secret: &str) -> String {
    hex::encode(digest::sha256(secret.as_bytes()))
}

/// What is kept of a machine's secret: the slow hash of the secret itself, and that of its [`basic_password`].
pub async fn machine_hashes(secret: &str) -> Result<(String, String), Error> {
    let both = hash_passwords(vec![secret.to_owned(), basic_password(secret)]).await?;
    let mut both = both.into_iter();
    Ok((both.next().unwrap_or_default(), both.next().unwrap_or_default()))
}

/// What is kept of a cookie, token or link: 254 random bits need no slow hash. None when it cannot be ours.
pub fn kept(secret: &str) -> Option<[u8; 32]> {
    let plausible = !secret.is_empty() && secret.len() <= SECRET_BYTES_MAX;
    plausible.then(|| digest::sha256(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_fresh_and_not_kept_as_they_are() {
        let (one, other) = (fresh_secret().unwrap(), fresh_secret().unwrap());
        assert_ne!(one, other);
        for _ in 0..200 {
            let secret = fresh_secret().unwrap();
            assert!(secret.len() == 43 && secret.chars().all(|c| c.is_ascii_alphanumeric()), "{secret}");
        }
        assert_ne!(kept(&one).unwrap().as_slice(), one.as_bytes());
        assert!(kept(&"x".repeat(129)).is_none() && kept("").is_none());
    }
}
