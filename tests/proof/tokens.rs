//! Time stamps of authorities made by the `openssl` program: what it takes we take, and what is wrong is named.

use chartrier::proof::token::{
    Algorithm, Error, certificates, read, request, token_of, verify, verify_answer,
};

use super::authority::{Authority, Certificate};

const BYTES: &[u8] = b"archives.example.fr/plateforme\n3\nAAAA\n";
const NONCE: u64 = 0xdead_beef_0000_0001;

fn stamped(authority: &Authority, algorithm: Algorithm, policy: Option<&str>) -> Vec<u8> {
    token_of(&authority.answer(&request(BYTES, algorithm, NONCE, policy).unwrap())).unwrap()
}

#[test]
fn a_good_token_is_taken_by_us_and_by_openssl_and_says_when_and_by_whom() {
    let authority = Authority::new(Certificate::Good);
    let roots = certificates(&authority.root()).unwrap();
    for (algorithm, policy) in
        [(Algorithm::Sha256, None), (Algorithm::Sha512, None), (Algorithm::Sha256, Some("1.2.3.4.5"))]
    {
        let token = stamped(&authority, algorithm, policy);
        let stamp = verify_answer(&token, BYTES, NONCE, policy, &roots).unwrap();
        assert!(authority.openssl_accepts(&token, BYTES));
        assert_eq!(stamp.algorithm, algorithm);
        assert_eq!(stamp.policy, policy.unwrap_or("1.2.3.4.1"));
        assert_eq!(stamp.authority, "Horodatage des essais");
        // The authority tells milliseconds.
        let age = chrono::Utc::now() - stamp.at;
        assert!(age < chrono::TimeDelta::minutes(1) && age > chrono::TimeDelta::seconds(-2), "{age}");
        assert!((stamp.certificate_ends - stamp.at).num_days() > 3_600);
    }
}

#[test]
fn a_token_of_other_bytes_another_request_policy_or_authority_is_refused() {
    let authority = Authority::new(Certificate::Good);
    let roots = certificates(&authority.root()).unwrap();
    let token = stamped(&authority, Algorithm::Sha256, None);
    assert_eq!(verify(&token, b"autre", &roots), Err(Error::OtherBytes));
    assert!(!authority.openssl_accepts(&token, b"autre"));
    assert_eq!(verify_answer(&token, BYTES, NONCE + 1, None, &roots), Err(Error::OtherRequest));
    let policy = verify_answer(&token, BYTES, NONCE, Some("1.2.3.4.5"), &roots);
    assert!(matches!(policy, Err(Error::OtherPolicy { .. })), "{policy:?}");
    let other = certificates(&Authority::new(Certificate::Good).root()).unwrap();
    assert!(matches!(verify(&token, BYTES, &other), Err(Error::Untrusted(_))));
    assert!(matches!(verify(&token, BYTES, &[]), Err(Error::Untrusted(_))));
}

#[test]
fn no_bit_of_a_token_can_be_changed() {
    let authority = Authority::new(Certificate::Good);
    let roots = certificates(&authority.root()).unwrap();
    let token = stamped(&authority, Algorithm::Sha256, None);
    let good = verify(&token, BYTES, &roots).unwrap();
    let mut taken = Vec::new();
    for at in 0..token.len() {
        let mut changed = token.clone();
        changed[at] ^= 1;
        // Certificates that are carried and serve nothing, and unsigned parts, may change: what is said may not.
        taken.extend(verify(&changed, BYTES, &roots).ok().map(|stamp| (at, stamp)));
        assert!(read(&token[..at]).is_err());
    }
    for (at, stamp) in &taken {
        assert_eq!((stamp.at, &stamp.imprint, &stamp.nonce), (good.at, &good.imprint, &good.nonce), "{at}");
    }
    println!("{} octets sur {} changent sans rien changer de ce qui est signé", taken.len(), token.len());
    assert!(taken.len() < token.len() / 2);
}

#[test]
fn a_certificate_that_does_not_stamp_or_was_over_is_refused() {
    // OpenSSL does not stamp with a certificate of another usage: an ordinary CMS stands in for it.
    let authority = Authority::new(Certificate::WithoutUsage);
    let at = authority.folder();
    let good = Authority::new(Certificate::Good);
    let token = stamped(&good, Algorithm::Sha256, None);
    std::fs::write(at.join("token.der"), &token).unwrap();
    let info = super::authority::openssl(
        &["cms", "-verify", "-noverify", "-inform", "DER", "-in", "token.der", "-out", "info.der"],
        &at,
    );
    assert!(info.status.success());
    let signed = super::authority::openssl(
        &[
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-econtent_type",
            "1.2.840.113549.1.9.16.1.4",
            "-in",
            "info.der",
            "-signer",
            "tsa.pem",
            "-inkey",
            "tsa.key",
            "-outform",
            "DER",
            "-out",
            "forged.der",
        ],
        &at,
    );
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let forged = std::fs::read(at.join("forged.der")).unwrap();
    let roots = certificates(&authority.root()).unwrap();
    let refused = verify(&forged, BYTES, &roots);
    assert!(matches!(&refused, Err(Error::Untrusted(reason)) if reason.contains("purpose")), "{refused:?}");
    // The same by a certificate that stamps is taken: it is the usage that was missing.
    let short = Authority::new(Certificate::Days(1));
    let token = stamped(&short, Algorithm::Sha256, None);
    let stamp = verify(&token, BYTES, &certificates(&short.root()).unwrap()).unwrap();
    assert!((stamp.certificate_ends - stamp.at).num_hours() <= 24);
}

#[test]
fn a_refusal_is_told_in_the_authoritys_words() {
    let authority = Authority::new(Certificate::Good);
    let answer = authority.answer(&request(BYTES, Algorithm::Sha256, NONCE, Some("1.2.3.9")).unwrap());
    let refused = token_of(&answer);
    assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("policy")), "{refused:?}");
    assert!(matches!(token_of(b"<html>"), Err(Error::Unreadable(_))));
}
