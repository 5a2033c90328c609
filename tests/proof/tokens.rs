//! Time stamps of authorities made by the `openssl` program: what it takes we take, and what is wrong is named.

use chartrier::proof::token::{
    Algorithm, Error, certificates, read, request, token_of, verify, verify_alone, verify_answer,
};

use super::authority::{Authority, Certificate, done, openssl};

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
fn a_certificate_that_does_not_stamp_is_refused() {
    // OpenSSL does not stamp with a certificate of another usage: an ordinary CMS stands in for it.
    let authority = Authority::new(Certificate::WithoutUsage);
    let token = stamped(&Authority::new(Certificate::Good), Algorithm::Sha256, None);
    let forged = authority.says_again(&token, None, "-cades");
    let roots = certificates(&authority.root()).unwrap();
    let refused = verify(&forged, BYTES, &roots);
    assert!(matches!(&refused, Err(Error::Untrusted(reason)) if reason.contains("purpose")), "{refused:?}");
    assert!(!authority.openssl_accepts(&forged, BYTES));
    // The same by a certificate that stamps is taken: it is the usage that was missing.
    let short = Authority::new(Certificate::Days(1));
    let token = short.says_again(&stamped(&short, Algorithm::Sha256, None), None, "-cades");
    let stamp = verify(&token, BYTES, &certificates(&short.root()).unwrap()).unwrap();
    assert!(short.openssl_accepts(&token, BYTES));
    assert!((stamp.certificate_ends - stamp.at).num_hours() <= 24);
}

#[test]
fn a_token_that_does_not_name_its_signers_certificate_is_refused_as_openssl_refuses_it() {
    let authority = Authority::new(Certificate::Good);
    let roots = certificates(&authority.root()).unwrap();
    let token = stamped(&authority, Algorithm::Sha256, None);
    let named = authority.says_again(&token, None, "-cades");
    let by_sha512 = authority.says_again(&token, None, "-cades -md sha512");
    for good in [&token, &named, &by_sha512] {
        verify(good, BYTES, &roots).unwrap();
        assert!(authority.openssl_accepts(good, BYTES));
    }
    let unnamed = authority.says_again(&token, None, "");
    assert_eq!(verify(&unnamed, BYTES, &roots), Err(Error::OtherSigner("l'attribut manque")));
    assert!(!authority.openssl_accepts(&unnamed, BYTES));
    // Another certificate of the same key, name and number, that lasts longer, put in the place of the signer's.
    let at = authority.folder();
    let der = |name: &str| -> Vec<u8> {
        done(&format!("x509 -in {name} -outform DER -out one.der"), &at);
        std::fs::read(at.join("one.der")).unwrap()
    };
    let own = der("tsa.pem");
    let serial = openssl(&["x509", "-in", "tsa.pem", "-noout", "-serial"], &at).stdout;
    let serial = String::from_utf8(serial).unwrap().trim().replace("serial=", "0x");
    done(
        &format!(
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial {serial} -out other.pem -days 3651 -extfile ext"
        ),
        &at,
    );
    let other = der("other.pem");
    assert!(own != other && own.len() == other.len());
    for good in [token, named, by_sha512] {
        let place =
            good.windows(own.len()).position(|window| window == own).expect("it brings its certificate");
        let mut swapped = good.clone();
        swapped[place..place + other.len()].copy_from_slice(&other);
        assert_eq!(verify(&swapped, BYTES, &roots), Err(Error::OtherSigner("c'en est un autre")));
        assert_eq!(verify_alone(&swapped, BYTES), Err(Error::OtherSigner("c'en est un autre")));
        assert!(!authority.openssl_accepts(&swapped, BYTES));
    }
}

#[test]
fn a_token_outlives_its_certificate() {
    let gone = Authority::new(Certificate::Between("20230101000000Z", "20250101000000Z"));
    let roots = certificates(&gone.root()).unwrap();
    let fresh = stamped(&Authority::new(Certificate::Good), Algorithm::Sha256, None);
    let token = gone.says_again(&fresh, Some("20240601120000"), "-cades");
    let stamp = verify(&token, BYTES, &roots).unwrap();
    assert!(stamp.at.to_rfc3339().starts_with("2024-06-01T12:00:00"));
    assert_eq!(stamp.certificate_ends.to_rfc3339(), "2025-01-01T00:00:00+00:00");
    // The recipe: as of the token's own time, for today the certificate is over.
    assert!(gone.openssl_accepts_at(&token, BYTES, Some(stamp.at.timestamp())));
    assert!(!gone.openssl_accepts(&token, BYTES));
    // One that tells a time after the certificate's end is refused, by both and at any time.
    let late = gone.says_again(&fresh, Some("20250601120000"), "-cades");
    let refused = verify(&late, BYTES, &roots);
    assert!(matches!(&refused, Err(Error::Untrusted(reason)) if reason.contains("expired")), "{refused:?}");
    assert!(!gone.openssl_accepts_at(&late, BYTES, Some(1_748_779_200)));
    let early = gone.says_again(&fresh, Some("20220601120000"), "-cades");
    assert!(matches!(verify(&early, BYTES, &roots), Err(Error::Untrusted(_))));
}

#[test]
fn a_refusal_is_told_in_the_authoritys_words() {
    let authority = Authority::new(Certificate::Good);
    let answer = authority.answer(&request(BYTES, Algorithm::Sha256, NONCE, Some("1.2.3.9")).unwrap());
    let refused = token_of(&answer);
    assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("policy")), "{refused:?}");
    assert!(matches!(token_of(b"<html>"), Err(Error::Unreadable(_))));
}
