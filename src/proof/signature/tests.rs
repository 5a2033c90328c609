//! Signatures made by other programs (`tests/fixtures/signatures/make_signatures.py`), whole, altered, and by strangers.

use std::io;

use chrono::{DateTime, Utc};

use super::{Anchors, Beside, Judging, Mark, Marks, Wanted, validate};
use crate::model::signature::{Form, Indication, Reason, Revocation, Signature};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures");

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// One file beside: the act.
struct Act(&'static str);

impl Beside for Act {
    fn find(&mut self, wanted: &Wanted, _: Option<&str>) -> io::Result<Option<String>> {
        let act = file("acte.txt");
        Ok((wanted.digest.of(&act).as_ref() == Some(&wanted.value) && !self.0.is_empty())
            .then(|| self.0.to_owned()))
    }
}

fn anchors(files: &[&str]) -> Anchors {
    let mut anchors = Anchors::default();
    files.iter().for_each(|name| assert_eq!(anchors.add(&file(name)), 1, "{name}"));
    anchors
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn mark_of(bytes: &[u8]) -> Option<Mark> {
    let mut marks = Marks::default();
    marks.feed(bytes);
    marks.finish()
}

fn checked(bytes: &[u8], anchors: &Anchors, act: &'static str) -> Vec<Signature> {
    let mark = mark_of(bytes).expect("a mark");
    let judging = Judging { anchors, now: at("2027-01-01T00:00:00Z") };
    validate(mark, ("f", bytes), judging, &mut Act(act)).unwrap()
}

fn of(name: &str) -> Vec<Signature> {
    checked(&file(name), &anchors(&["root.pem"]), "acte.txt")
}

fn class(signature: &Signature) -> (Form, Indication, Option<Reason>) {
    (signature.form, signature.indication, signature.reason)
}

#[test]
fn what_other_programs_sign_is_valid() {
    let passed = [
        ("xades-enveloped.xml", Form::XAdES, "tout le document"),
        ("xades-whole.xml", Form::XAdES, "tout le document"),
        ("xades-inclusive.xml", Form::XAdES, "tout le document"),
        ("xades-prefixes.xml", Form::XAdES, "l'élément PES_DepenseAller « BORD1 »"),
        ("xades-latin.xml", Form::XAdES, "tout le document"),
        ("xades-part.xml", Form::XAdES, "l'élément PES_DepenseAller « BORD1 »"),
        ("xades-inclusive11.xml", Form::XAdES, "tout le document"),
        ("xades-curve.xml", Form::XAdES, "tout le document"),
        ("xades-stamped.xml", Form::XAdES, "tout le document"),
        ("xades-detached.xml", Form::XAdES, "acte.txt"),
        ("xmldsig-plain.xml", Form::XmlDsig, "tout le document"),
        ("xmldsig-pss.xml", Form::XmlDsig, "tout le document"),
        ("xmldsig-enveloping.xml", Form::XmlDsig, "ce qu'elle contient"),
        ("cades-detached.p7s", Form::CAdES, "acte.txt"),
        ("cades-detached.pem.p7s", Form::CAdES, "acte.txt"),
        ("cades-attached.p7m", Form::CAdES, "ce qu'elle contient"),
        ("cms-streamed.p7m", Form::Cms, "ce qu'elle contient"),
        ("cms-curve.p7s", Form::Cms, "acte.txt"),
        ("cms-pss.p7s", Form::Cms, "acte.txt"),
        ("cms-bare.p7s", Form::Cms, "acte.txt"),
        ("pades.pdf", Form::PAdES, "le document PDF"),
        ("pades-stamped.pdf", Form::PAdES, "le document PDF"),
        ("pdf-adobe.pdf", Form::Pdf, "le document PDF"),
        ("pades-changed-after.pdf", Form::PAdES, "le document PDF"),
    ];
    for (name, form, signs) in passed {
        let signatures = of(name);
        let [one] = signatures.as_slice() else { panic!("{name}: {signatures:?}") };
        assert_eq!(class(one), (form, Indication::Passed, None), "{name}: {one:?}");
        assert_eq!(one.signs, [signs], "{name}");
        let signer = one.signer.as_ref().unwrap();
        assert_eq!(
            (signer.name.as_str(), signer.issuer.as_str()),
            ("Camille DUPONT", "Signature de démonstration")
        );
        assert_eq!(signer.organisation.as_deref(), Some("Commune de Saint-Exemple"));
        assert_eq!(signer.organisation_identifier.as_deref(), Some("0002 21150001300017"));
        assert_eq!(one.revocation, Revocation::NotChecked);
        let says_when = !name.starts_with("xmldsig") && name != "cms-bare.p7s";
        assert_eq!(one.claimed_at.is_some(), says_when, "{name}");
        assert_eq!(one.proven.is_some(), name.contains("stamped"), "{name}");
    }
    let [one] = of("xades-enveloped.xml").try_into().unwrap();
    assert_eq!(one.claimed_at, Some(at("2026-01-15T08:30:00Z")));
    assert_eq!(one.role.as_deref(), Some("Maire"));
    assert_eq!(one.policy.as_deref(), Some("urn:oid:1.2.250.1.131.1.5.18.21.1.4"));
    assert_eq!(one.algorithm.as_deref(), Some("RSA, SHA-256"));
    let [one] = of("pades-changed-after.pdf").try_into().unwrap();
    assert!(one.remarks[0].contains("ajouts après cette signature"), "{:?}", one.remarks);
}

#[test]
fn several_signatures_are_each_told() {
    let two = of("pades-two.pdf");
    assert!(two.iter().all(|one| one.indication == Indication::Passed), "{two:?}");
    assert_eq!(
        two.iter().map(|one| one.algorithm.as_deref().unwrap()).collect::<Vec<_>>(),
        ["RSA, SHA-256", "ECDSA, SHA-256"]
    );
    assert_eq!((two[0].remarks.len(), two[1].remarks.len()), (1, 0), "only the first was added to");
    assert_eq!(of("cms-two.p7s").len(), 2);
}

#[test]
fn an_ended_certificate_an_unknown_issuer_an_old_digest_leave_it_undetermined() {
    for (name, reason) in [
        ("xades-past.xml", Reason::OutOfBoundsNoPoe),
        ("xades-past-stamped.xml", Reason::OutOfBoundsNoPoe),
        ("cms-past.p7s", Reason::OutOfBoundsNoPoe),
        ("pades-past.pdf", Reason::OutOfBoundsNoPoe),
        ("xades-stranger.xml", Reason::NoCertificateChainFound),
        ("cms-stranger.p7s", Reason::NoCertificateChainFound),
        ("pades-stranger.pdf", Reason::NoCertificateChainFound),
        ("xades-sha1.xml", Reason::CryptoConstraintsFailure),
        ("cms-sha1.p7s", Reason::CryptoConstraintsFailure),
    ] {
        let signatures = of(name);
        let [one] = signatures.as_slice() else { panic!("{name}: {signatures:?}") };
        assert_eq!(
            (one.indication, one.reason),
            (Indication::Indeterminate, Some(reason)),
            "{name}: {one:?}"
        );
        assert!(one.signer.is_some(), "{name}");
    }
    // Nobody trusted: nobody known.
    let all = checked(&file("pades.pdf"), &Anchors::default(), "");
    assert_eq!(all[0].reason, Some(Reason::NoCertificateChainFound));
}

#[test]
fn a_stamp_made_while_the_certificate_lasted_keeps_the_signature_good() {
    // Seen long after its certificate has ended: the one that was stamped meanwhile stands, the other does not.
    let (anchors, long_after) = (anchors(&["root.pem"]), at("2130-01-01T00:00:00Z"));
    for (name, reason) in [
        ("xades-stamped.xml", None),
        ("pades-stamped.pdf", None),
        ("xades-enveloped.xml", Some(Reason::OutOfBoundsNoPoe)),
        ("pades.pdf", Some(Reason::OutOfBoundsNoPoe)),
    ] {
        let bytes = file(name);
        let judging = Judging { anchors: &anchors, now: long_after };
        let all = validate(mark_of(&bytes).unwrap(), ("f", &bytes), judging, &mut Act("")).unwrap();
        assert_eq!(all[0].reason, reason, "{name}: {:?}", all[0]);
    }
}

#[test]
fn a_list_at_hand_tells_the_revoked_from_the_others() {
    let anchors = anchors(&["root.pem", "sub.crl.pem"]);
    let revoked = checked(&file("xades-revoked.xml"), &anchors, "");
    assert_eq!((revoked[0].reason, revoked[0].revocation), (Some(Reason::RevokedNoPoe), Revocation::Revoked));
    let bytes = file("xades-revoked.xml");
    let before = Judging { anchors: &anchors, now: at("2022-01-01T00:00:00Z") };
    let all = validate(Mark::Xml, ("f", &bytes), before, &mut Act("")).unwrap();
    assert_eq!(all[0].indication, Indication::Passed, "not revoked yet");
}

/// The bytes with one changed, at the middle of the first place where `near` stands.
fn altered(bytes: &[u8], near: &[u8]) -> Vec<u8> {
    let place =
        memchr::memmem::find(bytes, near).unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(near)));
    let mut bytes = bytes.to_vec();
    let at = place + near.len() / 2;
    bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
    bytes
}

#[test]
fn one_changed_letter_of_what_is_signed_is_told() {
    for (name, near) in [
        ("xades-enveloped.xml", &b"1250.00"[..]),
        ("xades-whole.xml", b"1250.00"),
        ("xades-inclusive.xml", b"NomFic"),
        ("xades-part.xml", b"1250.00"),
        ("xmldsig-plain.xml", b"1250.00"),
        ("cades-attached.p7m", b"conseil municipal"),
        ("cms-streamed.p7m", b"conseil municipal"),
        ("pades.pdf", b"de la circulation"),
        ("pdf-adobe.pdf", b"de la circulation"),
    ] {
        let bytes = altered(&file(name), near);
        let all = checked(&bytes, &anchors(&["root.pem"]), "");
        assert_eq!(
            (all[0].indication, all[0].reason),
            (Indication::Failed, Some(Reason::HashFailure)),
            "{name}: {:?}",
            all[0]
        );
    }
    // A part that is not signed may change.
    let bytes = altered(&file("xades-part.xml"), b"PES_21150001_1");
    assert_eq!(checked(&bytes, &anchors(&["root.pem"]), "")[0].indication, Indication::Passed);
    // Beside it, what was changed is another file.
    for name in ["cades-detached.p7s", "cms-bare.p7s", "cms-curve.p7s", "xades-detached.xml"] {
        let all = checked(&file(name), &anchors(&["root.pem"]), "");
        assert_eq!(all[0].reason, Some(Reason::SignedDataNotFound), "{name}");
    }
}

#[test]
fn a_changed_value_or_a_changed_date_is_told() {
    let crypto = Some(Reason::SigCryptoFailure);
    let changed = altered(&file("xades-enveloped.xml"), b"rsa-sha256");
    assert_eq!(
        checked(&changed, &anchors(&["root.pem"]), "")[0].indication,
        Indication::Indeterminate,
        "another algorithm"
    );
    let text = String::from_utf8(file("xades-enveloped.xml")).unwrap();
    let place = text.find("<ds:SignatureValue>").unwrap() + 40;
    let mut bytes = text.clone().into_bytes();
    bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
    assert_eq!(checked(&bytes, &anchors(&["root.pem"]), "")[0].reason, crypto);
    let later = text.replace("2026-01-15T09:30:00", "2024-01-15T09:30:00");
    let all = checked(later.as_bytes(), &anchors(&["root.pem"]), "");
    assert_eq!(
        (all[0].reason, all[0].claimed_at),
        (Some(Reason::HashFailure), None),
        "a date that was not signed is not told"
    );
    let mut cms = file("cades-detached.p7s");
    *cms.last_mut().unwrap() ^= 1;
    assert_eq!(checked(&cms, &anchors(&["root.pem"]), "acte.txt")[0].reason, crypto);
}

#[test]
fn a_signed_element_moved_aside_signs_nothing_of_what_took_its_place() {
    // The signed order is kept in a corner, another with its identifier where it stood.
    let text = String::from_utf8(file("xades-part.xml")).unwrap();
    let (before, rest) = text.split_once("<PES_DepenseAller").unwrap();
    let (inside, after) = rest.split_once("</PES_DepenseAller>").unwrap();
    let own = format!("<PES_DepenseAller{inside}</PES_DepenseAller>");
    let forged = own.replace("1250.00", "9250.00");
    for wrapped in
        [format!("{before}{forged}<coin>{own}</coin>{after}"), format!("{before}{own}{forged}{after}")]
    {
        let all = checked(wrapped.as_bytes(), &anchors(&["root.pem"]), "");
        assert_eq!(all[0].reason, Some(Reason::SignedDataNotFound), "{:?}", all[0]);
    }
}

#[test]
fn a_pdf_whose_hole_is_not_its_signature_is_refused() {
    let bytes = file("pades.pdf");
    let at = memchr::memmem::find(&bytes, b"/ByteRange").unwrap();
    let end = at + bytes[at..].iter().position(|byte| *byte == b']').unwrap();
    let numbers: Vec<usize> = String::from_utf8_lossy(&bytes[at..end])
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|n| n.parse().ok())
        .collect();
    let with = |numbers: [usize; 4]| {
        let text = format!("/ByteRange [{} {} {} {}", numbers[0], numbers[1], numbers[2], numbers[3]);
        let mut changed = bytes.clone();
        changed.splice(at..end, format!("{text:<width$}", width = end - at).into_bytes());
        changed
    };
    let [start, first, second, length] = numbers.try_into().unwrap();
    for wrong in [
        [start, first - 20, second, length],
        [start, first, second + 20, length - 20],
        [10, first - 10, second, length],
        [start, first, second, length + 1],
        [start, second, first, length],
    ] {
        let all = checked(&with(wrong), &anchors(&["root.pem"]), "");
        assert_eq!(all[0].indication, Indication::Failed, "{wrong:?}: {:?}", all[0]);
    }
    let all = checked(&with([start, first, second, length - 2]), &anchors(&["root.pem"]), "");
    assert_eq!(all[0].reason, Some(Reason::HashFailure));
}

#[test]
fn what_only_looks_like_a_signature_is_said_or_left() {
    let none = anchors(&[]);
    let read = |text: &str| checked(text.as_bytes(), &none, "");
    let ds = "xmlns:ds='http://www.w3.org/2000/09/xmldsig#'";
    assert_eq!(read(&format!("<a {ds}/>")), []);
    assert_eq!(read("%PDF-1.7\n(le mot /ByteRange dans un texte)"), []);
    assert_eq!(read(&format!("<a {ds}><ds:Signature/></a>"))[0].reason, Some(Reason::FormatFailure));
    assert_eq!(
        read(&format!("<!DOCTYPE a [<!ENTITY b 'c'>]><a {ds}><ds:Signature/></a>"))[0].reason,
        Some(Reason::Unsupported)
    );
    let deep = format!("<a {ds}>{}{}</a>", "<b>".repeat(100_000), "</b>".repeat(100_000));
    assert_eq!(read(&deep)[0].reason, Some(Reason::Unsupported));
    let cms = file("cades-detached.p7s");
    for length in 70..cms.len() {
        let all = checked(&cms[..length], &none, "");
        assert_eq!(all[0].reason, Some(Reason::FormatFailure), "{length}");
    }
}

#[test]
fn a_report_comes_back_as_it_was_written() {
    for name in ["xades-stamped.xml", "xades-past.xml", "pades-changed-after.pdf"] {
        let all = of(name);
        let text = serde_json::to_string(&all).unwrap();
        assert!(text.contains("TOTAL-PASSED") || text.contains("OUT_OF_BOUNDS_NO_POE"), "{text}");
        assert_eq!(serde_json::from_str::<Vec<Signature>>(&text).unwrap(), all);
    }
}

/// Numbers that are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

#[test]
fn damaged_documents_are_read_without_a_panic_and_a_changed_act_is_never_valid() {
    let (anchors, mut numbers) = (anchors(&["root.pem"]), Numbers(88_172_645_463_325_252));
    let names: Vec<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| [".xml", ".pdf", ".p7s", ".p7m"].iter().any(|end| name.ends_with(end)))
        .collect();
    assert!(names.len() > 30);
    let mut read = 0;
    for name in names {
        let whole = file(&name);
        let mark = mark_of(&whole).unwrap();
        for _ in 0..150 {
            let mut bytes = whole.clone();
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(bytes.len());
                match numbers.below(4) {
                    0 => bytes[at] ^= 1 << numbers.below(8),
                    1 => bytes.truncate(at.max(1)),
                    2 => {
                        let end = (at + numbers.below(200)).min(bytes.len());
                        let piece = bytes[at..end].to_vec();
                        bytes.splice(at..at, piece);
                    }
                    _ => {
                        let end = (at + numbers.below(50)).min(bytes.len());
                        bytes.drain(at..end);
                    }
                }
            }
            let judging = Judging { anchors: &anchors, now: at("2027-01-01T00:00:00Z") };
            read += validate(mark, ("f", &bytes), judging, &mut Act("")).unwrap().len();
        }
    }
    assert!(read > 1_000, "most still say that they are signed: {read}");
    // Each letter of the act in turn.
    let whole = file("cades-attached.p7m");
    let act = file("acte.txt");
    let begins = memchr::memmem::find(&whole, &act).unwrap();
    for at in begins..begins + act.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        assert_eq!(checked(&bytes, &anchors, "")[0].reason, Some(Reason::HashFailure), "{at}");
    }
}

#[test]
fn an_authority_may_be_believed_without_the_one_above_it() {
    let signed = super::cms::read(&file("cades-detached.p7s")).unwrap();
    let issuer =
        signed.certificates.iter().find(|one| super::trust::signer(one).issuer.starts_with("Racine"));
    let mut anchors = Anchors::default();
    assert_eq!(anchors.add(&issuer.unwrap().to_der().unwrap()), 1);
    let all = checked(&file("cades-detached.p7s"), &anchors, "acte.txt");
    assert_eq!(all[0].indication, Indication::Passed, "{all:?}");
    // The stamp's own authority is under the root, which is not believed here.
    let all = checked(&file("xades-stamped.xml"), &anchors, "");
    assert_eq!((all[0].indication, all[0].proven.is_some()), (Indication::Passed, false), "{all:?}");
    assert!(all[0].remarks[0].contains("horodatage ne prouve rien"), "{all:?}");
}
