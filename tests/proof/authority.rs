//! Time-stamping authorities of the tests: made and run by the `openssl` program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// An authority: a root, a certificate under it, a key.
pub struct Authority {
    folder: TempDir,
}

/// How the certificate is not what it should be.
#[derive(Clone, Copy, PartialEq)]
pub enum Certificate {
    Good,
    /// Its extended usage is not time stamping.
    WithoutUsage,
    /// It ends after so many days.
    Days(u32),
}

pub fn openssl(arguments: &[&str], folder: &Path) -> Output {
    Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl")
}

fn done(arguments: &[&str], folder: &Path) {
    let output = openssl(arguments, folder);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Authority {
    #[expect(clippy::too_many_lines, reason = "commands of openssl, one after the other")]
    pub fn new(certificate: Certificate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let usage = match certificate {
            Certificate::WithoutUsage => "extendedKeyUsage = critical, codeSigning",
            _ => "extendedKeyUsage = critical, timeStamping",
        };
        let days = match certificate {
            Certificate::Days(days) => days.to_string(),
            _ => "3650".into(),
        };
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "ext",
            &format!("keyUsage = critical, digitalSignature\n{usage}\nbasicConstraints = CA:false\n"),
        );
        write(
            "tsa.conf",
            "[tsa]\ndefault_tsa = own\n[own]\nserial = ./serial\ncrypto_device = builtin\nsigner_cert = ./tsa.pem\n\
             certs = ./root.pem\nsigner_key = ./tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
             other_policies = 1.2.3.4.5\ndigests = sha256, sha512\naccuracy = secs:1, millisecs:500\n\
             clock_precision_digits = 3\nordering = yes\ntsa_name = yes\ness_cert_id_chain = no\n",
        );
        write("serial", "01\n");
        let at = folder.path();
        let root = "/CN=Racine des essais";
        done(
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "root.key",
                "-out",
                "root.pem",
                "-days",
                "3650",
                "-subj",
                root,
            ],
            at,
        );
        done(
            &[
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "tsa.key",
                "-out",
                "tsa.csr",
                "-subj",
                "/CN=Horodatage des essais",
            ],
            at,
        );
        done(
            &[
                "x509",
                "-req",
                "-in",
                "tsa.csr",
                "-CA",
                "root.pem",
                "-CAkey",
                "root.key",
                "-CAcreateserial",
                "-out",
                "tsa.pem",
                "-days",
                &days,
                "-extfile",
                "ext",
            ],
            at,
        );
        Self { folder }
    }

    pub fn root(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("root.pem")).unwrap()
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// The response to a request. OpenSSL refuses to stamp without the right usage: then a good certificate of the same
    /// key signs, and the bad one is put in its place.
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        let at = self.folder.path();
        std::fs::write(at.join("request.tsq"), request).unwrap();
        done(
            &["ts", "-reply", "-config", "tsa.conf", "-queryfile", "request.tsq", "-out", "response.tsr"],
            at,
        );
        std::fs::read(at.join("response.tsr")).unwrap()
    }

    /// Whether `openssl ts -verify` takes a token as the stamp of these bytes.
    pub fn openssl_accepts(&self, token: &[u8], bytes: &[u8]) -> bool {
        let at = self.folder.path();
        std::fs::write(at.join("token.der"), token).unwrap();
        std::fs::write(at.join("data"), bytes).unwrap();
        let arguments =
            ["ts", "-verify", "-data", "data", "-in", "token.der", "-token_in", "-CAfile", "root.pem"];
        openssl(&arguments, at).status.success()
    }
}
