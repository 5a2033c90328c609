//! Slow hashes, a few at a time, never on a thread that serves requests.

use std::num::NonZeroUsize;
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

/// Argon2id of one, as [`hash_passwords`].
pub async fn hash_password(password: &str) -> Result<String, Error> {
    Ok(hash_passwords(vec![password.to_owned()]).await?.pop().unwrap_or_default())
}

/// Argon2id of each, in order, as PHC strings with a salt of their own. Each processor hashes its part on one thread: with a
/// thread a hash, the allocator keeps twice as much memory.
pub async fn hash_passwords(passwords: Vec<String>) -> Result<Vec<String>, Error> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = passwords.len().div_ceil(threads).max(1);
    let parts = passwords.chunks(part).map(<[String]>::to_vec).map(|part| async move {
        let _turn = turn().await?;
        let hashes = tokio::task::spawn_blocking(move || {
            let hash = |password: &String| Argon2::default().hash_password(password.as_bytes());
            part.iter().map(|password| Ok(hash(password)?.to_string())).collect()
        });
        let hashes: Result<Vec<String>, _> = hashes.await.map_err(|_| Error::Busy)?;
        hashes.map_err(Error::Password)
    });
    Ok(futures_util::future::try_join_all(parts).await?.concat())
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
    async fn many_are_hashed_in_their_order_each_with_its_salt() {
        let passwords: Vec<String> = ["un", "deux", "trois", "deux", "cinq"].map(str::to_owned).into();
        let hashes = hash_passwords(passwords.clone()).await.unwrap();
        assert_ne!(hashes[1], hashes[3]);
        for (password, hash) in passwords.iter().zip(&hashes) {
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
            assert!(verify(password, Some(hash.clone())).await.unwrap(), "{password}");
        }
        assert_eq!(hashes.len(), passwords.len());
        assert!(hash_passwords(Vec::new()).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn only_the_right_password_of_someone_known_matches() {
        let hash = hash_passwords(vec!["sésame".to_owned()]).await.unwrap().remove(0);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("sésame", Some(hash.clone())).await.unwrap());
        assert!(!verify("sesame", Some(hash.clone())).await.unwrap());
        assert!(!verify("sésame", None).await.unwrap());
        let long = "é".repeat(PASSWORD_BYTES_MAX);
        assert!(!verify(&long, Some(hash)).await.unwrap());
    }
}
