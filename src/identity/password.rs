//! Slow hashes, a few at a time, never on a thread that serves requests.

use std::sync::OnceLock;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Error;

/// Longest password looked at; a longer one is wrong.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// Each takes 19 MiB and some 20 ms of a core (Argon2id, m = 19 MiB, t = 2, p = 1).
static HASHING: Semaphore = Semaphore::const_new(4);

/// Longest wait for one's turn.
const TURN_MAX: Duration = Duration::from_secs(10);

/// Argon2id as a PHC string, with a salt of its own.
pub async fn hash_password(password: &str) -> Result<String, Error> {
    let password = password.to_string();
    let _turn = turn().await?;
    let hash =
        tokio::task::spawn_blocking(move || Argon2::default().hash_password(password.as_bytes())).await;
    let hash = hash.map_err(|_| Error::Busy)?.map_err(Error::Password)?;
    Ok(hash.to_string())
}

/// Whether the password is the one of `hash`. Without a hash (nobody of that name) it takes as long and says no.
pub(super) async fn verify(password: &str, hash: Option<String>) -> Result<bool, Error> {
    let known = hash.is_some() && password.len() <= PASSWORD_BYTES_MAX;
    let password = password.get(..PASSWORD_BYTES_MAX).unwrap_or(password).to_string();
    let _turn = turn().await?;
    let matches = tokio::task::spawn_blocking(move || {
        let hash = hash.unwrap_or_else(|| nobody().to_string());
        let hash = PasswordHash::new(&hash)?;
        match Argon2::default().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    });
    let matches = matches.await.map_err(|_| Error::Busy)?.map_err(Error::Password)?;
    Ok(known && matches)
}

async fn turn() -> Result<SemaphorePermit<'static>, Error> {
    let turn = tokio::time::timeout(TURN_MAX, HASHING.acquire()).await;
    turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
}

/// The hash of a password nobody has.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| {
        let mut unknown = [0_u8; 32];
        getrandom::fill(&mut unknown).expect("salts need randomness too");
        Argon2::default().hash_password(&unknown).expect("fixed parameters").to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_someone_known_matches() {
        let hash = hash_password("sésame").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("sésame", Some(hash.clone())).await.unwrap());
        assert!(!verify("sesame", Some(hash.clone())).await.unwrap());
        assert!(!verify("sésame", None).await.unwrap());
        let long = "é".repeat(PASSWORD_BYTES_MAX);
        assert!(!verify(&long, Some(hash)).await.unwrap());
    }
}
