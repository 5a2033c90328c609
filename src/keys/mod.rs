//! The service's own signing keys: Ed25519, one in use, those before it kept to be verified by.
//!
//! Never shows a private key, nor keeps one in memory longer than a signature's work. A key is two files of `data/keys/`: a PKCS#8
//! PEM encrypted with the operator's passphrase, which the `openssl` program opens, and the public key in the form of C2SP
//! notes. The one thing to know: files are only ever added; the newest pair of a name is the one in use.

mod files;
mod sealed;

use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use openssl::pkey::{PKey, Private};
use openssl::sign;

use crate::proof::digest::sha256;
use crate::proof::note::{self, Kind, Signer, Verifier};
use sealed::Passphrase;

/// Characters of a passphrase, at least: no stretching saves a short one.
const PASSPHRASE_MIN: usize = 24;
/// The passphrase that is made when the operator gives none.
const OWN_PASSPHRASE: &str = "passphrase";
const PRIVATE: &str = ".key.pem";
const PUBLIC: &str = ".vkey";
/// What secrets of the database are encrypted with; it signs nothing.
const AT_REST: &str = "at-rest.key.pem";

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path} : {source}", path = path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path} peut être lu par d'autres que son propriétaire : chmod go= {path}", path = path.display())]
    Readable { path: PathBuf },
    #[error("la phrase secrète de {path} a moins de {PASSPHRASE_MIN} caractères", path = path.display())]
    Short { path: PathBuf },
    #[error("{path} ne s'ouvre pas avec la phrase secrète donnée (keys.passphrase_file)", path = path.display())]
    Locked { path: PathBuf },
    #[error("{path} n'est pas une clé de ce service : {reason}", path = path.display())]
    Foreign { path: PathBuf, reason: String },
    #[error("OpenSSL n'a pas pu faire une clé")]
    OpenSsl(#[from] openssl::error::ErrorStack),
    #[error(transparent)]
    Note(#[from] note::Error),
}

impl Error {
    /// Whether trying again later may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Io { .. })
    }
}

/// Where the keys are, and under which name they sign.
#[derive(Clone, Debug)]
pub struct Keys {
    folder: PathBuf,
    passphrase_file: Option<PathBuf>,
    name: String,
}

/// A key that signs, opened for a while.
pub struct SigningKey {
    name: String,
    key: PKey<Private>,
    public: [u8; 32],
}

/// A public key of the service's, in use or not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub verifier: Verifier,
    pub since: DateTime<Utc>,
    /// When another took its place.
    pub until: Option<DateTime<Utc>>,
}

impl Keys {
    /// Keys of `folder`, which is made when it is not there. `passphrase_file` is the operator's; without it, one is made
    /// beside the keys: whoever reads the folder then has them.
    pub fn new(folder: &Path, passphrase_file: Option<&Path>, name: &str) -> Self {
        let passphrase_file = passphrase_file.map(Path::to_path_buf);
        Self { folder: folder.to_path_buf(), passphrase_file, name: name.to_string() }
    }

    /// The name that is signed under, and that logs of the service begin with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the passphrase lies beside the keys it protects.
    pub fn has_own_passphrase(&self) -> bool {
        self.passphrase_file.is_none()
    }

    /// The key in use; made when there is none of that name. Two processes may make one each: both are known, the later
    /// is in use.
    pub fn in_use(&self, now: DateTime<Utc>) -> Result<SigningKey, Error> {
        match self.newest()? {
            Some(stem) => self.open(&stem),
            None => self.make(now),
        }
    }

    /// Makes another key, which is in use from now on.
    pub fn rotate(&self, now: DateTime<Utc>) -> Result<SigningKey, Error> {
        self.make(now)
    }

    /// Every public key of the service, oldest first, those of former names too.
    pub fn known(&self) -> Result<Vec<Known>, Error> {
        let mut known: Vec<Known> = Vec::new();
        for stem in self.stems()? {
            let path = self.folder.join(format!("{stem}{PUBLIC}"));
            let foreign = |reason: &str| Error::Foreign { path: path.clone(), reason: reason.into() };
            let text = files::read(&path, 4_096)?;
            let verifier = Verifier::parse(text.trim_end())?;
            let since = DateTime::parse_from_str(&format!("{}+0000", date_of(&stem)), "%Y%m%dT%H%M%S%.fZ%z")
                .map_err(|_| foreign("son nom ne dit pas quand elle a été faite"))?
                .to_utc();
            for before in known.iter_mut().filter(|before| before.until.is_none()) {
                if before.verifier.name() == verifier.name() {
                    before.until = Some(since);
                }
            }
            known.push(Known { verifier, since, until: None });
        }
        Ok(known)
    }

    /// The key by which secrets are kept encrypted; made, and sealed as the others are, when there is none.
    pub fn at_rest(&self) -> Result<[u8; 32], Error> {
        files::make_folder(&self.folder)?;
        let path = self.folder.join(AT_REST);
        let passphrase = self.passphrase()?;
        if !path.exists() {
            let whose = if self.has_own_passphrase() { Passphrase::Own } else { Passphrase::Persons };
            let pem = sealed::seal(&PKey::generate_ed25519()?, &passphrase, whose)?;
            let made = files::create(&self.folder, AT_REST, &pem);
            // Another start made it before.
            if let Err(Error::Io { source, .. }) = &made
                && source.kind() != std::io::ErrorKind::AlreadyExists
            {
                made?;
            }
        }
        let key = PKey::private_key_from_pem_passphrase(files::read_secret(&path)?.as_bytes(), &passphrase);
        let key = key.map_err(|_| Error::Locked { path })?;
        Ok(sha256(&key.raw_private_key()?))
    }

    fn make(&self, now: DateTime<Utc>) -> Result<SigningKey, Error> {
        files::make_folder(&self.folder)?;
        let key = PKey::generate_ed25519()?;
        let signing = SigningKey::new(&self.name, key)?;
        let verifier = signing.verifier(Kind::Ed25519)?;
        let stem = format!("{}-{}", stamp(now), hex::encode(verifier.id()));
        let whose = if self.has_own_passphrase() { Passphrase::Own } else { Passphrase::Persons };
        let pem = sealed::seal(&signing.key, &self.passphrase()?, whose)?;
        files::create(&self.folder, &format!("{stem}{PRIVATE}"), &pem)?;
        // A key counts once its public half stands.
        files::create(&self.folder, &format!("{stem}{PUBLIC}"), format!("{verifier}\n").as_bytes())?;
        Ok(signing)
    }

    fn open(&self, stem: &str) -> Result<SigningKey, Error> {
        let path = self.folder.join(format!("{stem}{PRIVATE}"));
        let pem = files::read_secret(&path)?;
        let key = PKey::private_key_from_pem_passphrase(pem.as_bytes(), &self.passphrase()?)
            .map_err(|_| Error::Locked { path: path.clone() })?;
        let signing = SigningKey::new(&self.name, key)?;
        let public = self.folder.join(format!("{stem}{PUBLIC}"));
        let verifier = Verifier::parse(files::read(&public, 4_096)?.trim_end())?;
        if *verifier.key() != signing.public {
            let reason = "sa moitié publique est celle d'une autre".to_string();
            return Err(Error::Foreign { path, reason });
        }
        Ok(signing)
    }

    /// The newest pair under the name.
    fn newest(&self) -> Result<Option<String>, Error> {
        for stem in self.stems()?.into_iter().rev() {
            let text = files::read(&self.folder.join(format!("{stem}{PUBLIC}")), 4_096)?;
            if Verifier::parse(text.trim_end())?.name() == self.name {
                return Ok(Some(stem));
            }
        }
        Ok(None)
    }

    /// Names of the pairs, oldest first.
    fn stems(&self) -> Result<Vec<String>, Error> {
        let names = files::names(&self.folder)?;
        let mut stems: Vec<String> =
            names.iter().filter_map(|name| name.strip_suffix(PUBLIC)).map(str::to_string).collect();
        stems.sort();
        Ok(stems)
    }

    fn passphrase(&self) -> Result<Vec<u8>, Error> {
        let path = match &self.passphrase_file {
            Some(path) => path.clone(),
            None => {
                let mut bytes = [0; 32];
                openssl::rand::rand_bytes(&mut bytes)?;
                let made = files::create(&self.folder, OWN_PASSPHRASE, hex::encode(bytes).as_bytes());
                // Another start made it before.
                if let Err(Error::Io { source, .. }) = &made
                    && source.kind() != std::io::ErrorKind::AlreadyExists
                {
                    made?;
                }
                self.folder.join(OWN_PASSPHRASE)
            }
        };
        let text = files::read_secret(&path)?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.chars().count() < PASSPHRASE_MIN {
            return Err(Error::Short { path });
        }
        Ok(text.as_bytes().to_vec())
    }
}

/// `20270301T080000.000000Z`: sorts as time goes.
fn stamp(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Micros, true).replace(['-', ':'], "")
}

fn date_of(stem: &str) -> &str {
    stem.split_once('-').map_or(stem, |(date, _)| date)
}

impl SigningKey {
    fn new(name: &str, key: PKey<Private>) -> Result<Self, Error> {
        let public = key.raw_public_key()?.try_into();
        let public = public.map_err(|_| Error::Note(note::Error::Key("la clé n'a pas 32 octets")))?;
        Ok(Self { name: name.to_string(), key, public })
    }
}

impl Signer for SigningKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn public_key(&self) -> [u8; 32] {
        self.public
    }

    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], note::Error> {
        let signed = || sign::Signer::new_without_digest(&self.key)?.sign_oneshot_to_vec(bytes);
        signed().ok().and_then(|signature| signature.try_into().ok()).ok_or(note::Error::Signing)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::*;
    use crate::proof::note::Note;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_key_is_made_once_and_those_before_it_still_verify() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new(&folder.path().join("keys"), None, "archives.example.fr");
        let first = keys.in_use(at("2027-01-01T00:00:00Z")).unwrap();
        let note = Note::sign("un\n".into(), &first).unwrap();
        let again = keys.in_use(at("2027-02-01T00:00:00Z")).unwrap();
        assert_eq!(again.public_key(), first.public_key());
        let second = keys.rotate(at("2027-03-01T00:00:00Z")).unwrap();
        assert_ne!(second.public_key(), first.public_key());
        assert_eq!(keys.in_use(at("2027-04-01T00:00:00Z")).unwrap().public_key(), second.public_key());
        let known = keys.known().unwrap();
        assert_eq!(known.len(), 2);
        assert_eq!((known[0].until, known[1].until), (Some(at("2027-03-01T00:00:00Z")), None));
        assert!(note.signed_by(&known[0].verifier).is_some() && note.signed_by(&known[1].verifier).is_none());
        // Another name has keys of its own; the former are known still.
        let other = Keys::new(&folder.path().join("keys"), None, "autre.example.fr");
        other.in_use(at("2027-05-01T00:00:00Z")).unwrap();
        assert_eq!(other.known().unwrap().iter().filter(|known| known.until.is_none()).count(), 2);
        for entry in std::fs::read_dir(folder.path().join("keys")).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[test]
    fn the_private_half_is_what_openssl_opens_and_nobody_without_the_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        files::create(folder.path(), "secret", b"une phrase que seul l'operateur sait\n").unwrap();
        let keys = Keys::new(&folder.path().join("keys"), Some(&secret), "archives.example.fr");
        let signing = keys.in_use(at("2027-01-01T00:00:00Z")).unwrap();
        let pem = folder.path().join("keys").join(format!("{}{PRIVATE}", keys.stems().unwrap()[0]));
        assert!(std::fs::read_to_string(&pem).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        let opened = |passphrase: &str| {
            let mut openssl = Command::new("openssl");
            openssl.args(["pkey", "-pubout", "-outform", "DER", "-passin", passphrase, "-in"]).arg(&pem);
            openssl.output().unwrap()
        };
        let public = opened("pass:une phrase que seul l'operateur sait");
        assert!(public.status.success() && public.stdout.ends_with(&signing.public_key()));
        assert!(!opened("pass:une autre").status.success());
        let asn1 = Command::new("openssl").args(["asn1parse", "-in"]).arg(&pem).output().unwrap();
        let asn1 = String::from_utf8(asn1.stdout).unwrap();
        assert!(asn1.contains("PBES2") && asn1.contains(":scrypt"), "{asn1}");
        let other = folder.path().join("other");
        files::create(folder.path(), "other", b"une phrase que personne ne sait\n").unwrap();
        let locked = Keys::new(&folder.path().join("keys"), Some(&other), "archives.example.fr");
        assert!(matches!(locked.in_use(at("2027-01-01T00:00:00Z")), Err(Error::Locked { .. })));
        std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(locked.in_use(at("2027-01-01T00:00:00Z")), Err(Error::Readable { .. })));
        files::create(folder.path(), "short", b"court\n").unwrap();
        let short =
            Keys::new(&folder.path().join("keys"), Some(&folder.path().join("short")), "archives.example.fr");
        assert!(matches!(short.in_use(at("2027-01-01T00:00:00Z")), Err(Error::Short { .. })));
    }

    #[test]
    fn a_key_sealed_as_former_versions_did_still_opens() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        let passphrase = "une phrase que seul l'operateur sait";
        files::create(folder.path(), "secret", passphrase.as_bytes()).unwrap();
        let keys = Keys::new(&folder.path().join("keys"), Some(&secret), "archives.example.fr");
        let signing = keys.in_use(at("2027-01-01T00:00:00Z")).unwrap();
        let pem = folder.path().join("keys").join(format!("{}{PRIVATE}", keys.stems().unwrap()[0]));
        let former = signing
            .key
            .private_key_to_pem_pkcs8_passphrase(openssl::symm::Cipher::aes_256_cbc(), passphrase.as_bytes());
        std::fs::write(&pem, former.unwrap()).unwrap();
        assert_eq!(keys.in_use(at("2027-01-02T00:00:00Z")).unwrap().public_key(), signing.public_key());
    }

    #[test]
    fn the_key_of_secrets_is_made_once_sealed_and_no_signing_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new(&folder.path().join("keys"), None, "archives.example.fr");
        let key = keys.at_rest().unwrap();
        assert_eq!(keys.at_rest().unwrap(), key);
        assert!(keys.known().unwrap().is_empty());
        let pem = std::fs::read_to_string(folder.path().join("keys").join(AT_REST)).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        std::fs::write(
            folder.path().join("keys").join(OWN_PASSPHRASE),
            "une autre phrase secrete, assez longue",
        )
        .unwrap();
        assert!(matches!(keys.at_rest(), Err(Error::Locked { .. })));
    }

    #[test]
    fn threads_that_start_together_make_whole_keys() {
        for _ in 0..8 {
            let folder = tempfile::tempdir().unwrap();
            let keys = Keys::new(&folder.path().join("keys"), None, "archives.example.fr");
            std::thread::scope(|scope| {
                let started = (0..16).map(|_| {
                    scope.spawn(|| keys.in_use(at("2027-01-01T00:00:00Z")).map(|key| key.public_key()))
                });
                for thread in started.collect::<Vec<_>>() {
                    thread.join().unwrap().unwrap();
                }
            });
            // Each opens, with the one passphrase.
            for stem in keys.stems().unwrap() {
                keys.open(&stem).unwrap();
            }
            let names = std::fs::read_dir(folder.path().join("keys")).unwrap();
            let drafts =
                names.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
            assert_eq!(drafts.count(), 0);
        }
    }
}
