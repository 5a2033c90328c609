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
    /// It, and the root's, hold between these dates (`20230101000000Z`).
    Between(&'static str, &'static str),
}

pub fn openssl(arguments: &[&str], folder: &Path) -> Output {
    Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl")
}

/// A command of openssl, its arguments between spaces; a `+` stands for a space in an argument.
pub fn done(arguments: &str, folder: &Path) {
    let arguments: Vec<String> =
        arguments.split_whitespace().map(|argument| argument.replace('+', " ")).collect();
    let output = openssl(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), folder);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

const TSA: &str = "[tsa]\ndefault_tsa = own\n[own]\nserial = ./serial\ncrypto_device = builtin\nsigner_cert = ./tsa.pem\n\
     certs = ./root.pem\nsigner_key = ./tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
     other_policies = 1.2.3.4.5\ndigests = sha256, sha512\naccuracy = secs:1, millisecs:500\n\
     clock_precision_digits = 3\nordering = yes\ntsa_name = yes\ness_cert_id_chain = no\n";

const CA: &str = "[ca]\ndefault_ca = own\n[own]\ndatabase = ./index\nnew_certs_dir = .\nserial = ./ca.serial\n\
     default_md = sha256\npolicy = any\nunique_subject = no\n[any]\ncommonName = supplied\n";

impl Authority {
    pub fn new(certificate: Certificate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let usage = match certificate {
            Certificate::WithoutUsage => "extendedKeyUsage = critical, codeSigning",
            _ => "extendedKeyUsage = critical, timeStamping",
        };
        let at = folder.path();
        let write = |name: &str, text: &str| std::fs::write(at.join(name), text).unwrap();
        let own = format!("keyUsage = critical, digitalSignature\n{usage}\nbasicConstraints = CA:false\n");
        write("ext", &own);
        write("root.ext", "basicConstraints = critical, CA:true\nkeyUsage = critical, keyCertSign\n");
        write("tsa.conf", TSA);
        write("ca.conf", CA);
        write("index", "");
        write("ca.serial", "1000\n");
        write("serial", "01\n");
        let key = "-newkey rsa:2048 -nodes";
        done(&format!("req {key} -keyout tsa.key -out tsa.csr -subj /CN=Horodatage+des+essais"), at);
        let root = format!("req {key} -keyout root.key -subj /CN=Racine+des+essais");
        let signed =
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -extfile ext";
        match certificate {
            Certificate::Between(start, end) => {
                done(&format!("{root} -out root.csr"), at);
                let ca = format!("ca -batch -notext -config ca.conf -startdate {start} -enddate {end}");
                done(
                    &format!("{ca} -selfsign -keyfile root.key -in root.csr -out root.pem -extfile root.ext"),
                    at,
                );
                done(
                    &format!("{ca} -keyfile root.key -cert root.pem -in tsa.csr -out tsa.pem -extfile ext"),
                    at,
                );
            }
            Certificate::Days(days) => {
                done(&format!("{root} -x509 -out root.pem -days 3650"), at);
                done(&format!("{signed} -days {days}"), at);
            }
            Certificate::Good | Certificate::WithoutUsage => {
                done(&format!("{root} -x509 -out root.pem -days 3650"), at);
                done(&format!("{signed} -days 3650"), at);
            }
        }
        Self { folder }
    }

    pub fn root(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("root.pem")).unwrap()
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// The response to a request.
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        let at = self.folder.path();
        std::fs::write(at.join("request.tsq"), request).unwrap();
        done("ts -reply -config tsa.conf -queryfile request.tsq -out response.tsr", at);
        std::fs::read(at.join("response.tsr")).unwrap()
    }

    /// A token that says the same as `token`, signed by this authority as `options` of `openssl cms -sign` say, at another
    /// time (`20240601120000`) where one is given: what an authority that was there then, or whose clock is wrong, gives.
    pub fn says_again(&self, token: &[u8], time: Option<&str>, options: &str) -> Vec<u8> {
        let at = self.folder.path();
        std::fs::write(at.join("again.der"), token).unwrap();
        done("cms -verify -noverify -inform DER -in again.der -out info.der", at);
        let mut info = std::fs::read(at.join("info.der")).unwrap();
        if let Some(time) = time {
            // GeneralizedTime, whose fraction stays as it is.
            let place = info.windows(4).position(|four| four[0] == 0x18 && &four[2..] == b"20").unwrap() + 2;
            info[place..place + time.len()].copy_from_slice(time.as_bytes());
            std::fs::write(at.join("info.der"), info).unwrap();
        }
        done(
            &format!(
                "cms -sign {options} -binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 -in info.der \
                 -signer tsa.pem -inkey tsa.key -outform DER -out again.der"
            ),
            at,
        );
        std::fs::read(at.join("again.der")).unwrap()
    }

    /// Whether `openssl ts -verify` takes a token as the stamp of these bytes, today or at this time (seconds since 1970).
    pub fn openssl_accepts_at(&self, token: &[u8], bytes: &[u8], time: Option<i64>) -> bool {
        let at = self.folder.path();
        std::fs::write(at.join("token.der"), token).unwrap();
        std::fs::write(at.join("data"), bytes).unwrap();
        let time = time.map(|time| time.to_string());
        let mut arguments =
            vec!["ts", "-verify", "-data", "data", "-in", "token.der", "-token_in", "-CAfile", "root.pem"];
        arguments.extend(time.as_deref().map(|time| ["-attime", time]).into_iter().flatten());
        openssl(&arguments, at).status.success()
    }

    pub fn openssl_accepts(&self, token: &[u8], bytes: &[u8]) -> bool {
        self.openssl_accepts_at(token, bytes, None)
    }
}
