//! Values that a database would choke on: whatever a manifest or a container holds, the transfer ends refused or
//! taken in charge, never in a failure that comes back for ever.

use std::io::{Cursor, Write};

use chartrier::model::{Transfer, TransferState};

use super::{Desk, codes};
use crate::support::sip::Sip;

/// A text that no compression shortens, of plain letters.
fn noise(chars: usize) -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + (state % 26) as u8)
    };
    (0..chars).map(letter).collect()
}

fn zipped(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Deposits the transfer, its manifest changed.
async fn changed(desk: &Desk, sip: &Sip, change: impl Fn(String) -> String) -> Transfer {
    let mut entries = vec![("manifest.xml", change(sip.manifest()).into_bytes())];
    entries.extend(sip.files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    desk.deposit(zipped(&entries)).await
}

#[tokio::test]
async fn names_too_long_for_the_register_are_refused_in_words() {
    let desk = Desk::open().await;
    let long = noise(20_000);
    for (sip, name) in [
        (desk.sip("IDENTIFIANT-LONG"), "IDENTIFIANT-LONG".to_owned()),
        (desk.sip("OBJET"), "BDO1".to_owned()),
        (desk.sip("UNITE"), "AU1".to_owned()),
        (desk.sip("NOM"), "piece-1.pdf</Filename>".to_owned()),
    ] {
        let rest = &name[name.find('<').unwrap_or(name.len())..];
        let transfer = changed(&desk, &sip, |text| text.replace(&name, &format!("A{long}{rest}"))).await;
        assert_eq!(transfer.state, TransferState::Refused, "{name}");
        assert!(codes(&transfer).contains(&"xml.text_length"), "{name}: {:?}", codes(&transfer));
    }
    let sip = desk.sip("AGENCE");
    let transfer = changed(&desk, &sip, |text| text.replace(&sip.transferring_agency, &long)).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(codes(&transfer), ["header.transferring_agency_unknown"]);
    desk.end().await;
}

#[tokio::test]
async fn a_unit_described_at_endless_length_is_refused_in_words() {
    let desk = Desk::open().await;
    let text = format!("<Description>{}</Description>", "é".repeat(200_000)).repeat(12);
    let transfer = changed(&desk, &desk.sip("SANS-FIN"), |manifest| {
        manifest.replace("<Description>Séance ordinaire du conseil</Description>", &text)
    })
    .await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["xml.text_length"]));
    desk.end().await;
}

#[tokio::test]
async fn a_long_title_is_whole_in_the_description_and_cut_in_lists() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("TITRE");
    sip.title = noise(500_000);
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert!(transfer.title.unwrap().len() < 2_000);
    assert_eq!(desk.count("select max(length(title))::bigint from unit").await, 1_001);
    let whole = "select max(length(content #>> '{content,title}'))::bigint from unit";
    assert_eq!(desk.count(whole).await, 500_000);
    desk.end().await;
}

#[tokio::test]
async fn a_name_with_a_control_character_is_refused_in_words() {
    let desk = Desk::open().await;
    let sip = desk.sip("NUL");
    let mut entries = vec![("manifest.xml", sip.manifest().into_bytes())];
    entries.extend(sip.files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    entries.push(("content/a\0b.pdf", b"x".to_vec()));
    let transfer = desk.deposit(zipped(&entries)).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["container.name"]));
    let transfer = changed(&desk, &sip, |text| text.replace("<Title>Pièce 1", "<Title>&#0;Pièce 1")).await;
    assert_eq!(transfer.state, TransferState::Refused);
    desk.end().await;
}

#[tokio::test]
async fn a_text_of_any_words_is_indexed() {
    let desk = Desk::open().await;
    // A compound word is indexed whole and in parts: more bytes than the text has.
    let letters: Vec<char> = ('\u{20000}'..'\u{2a000}').collect();
    let letter = |n: usize| letters[n % letters.len()];
    let part = |n: usize| [letter(n), letter(n * 7_919 + n / 100), if n % 100 == 99 { ' ' } else { '-' }];
    let compounds: String = (0..80_000).flat_map(part).collect();
    for (name, text) in [("MOTS", compounds.replace('-', " ")), ("COMPOSES", compounds)] {
        let transfer = changed(&desk, &desk.sip(name), |manifest| {
            manifest.replace("Séance ordinaire du conseil", &text)
        })
        .await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{name}: {:?}", transfer.findings);
    }
    desk.end().await;
}

#[tokio::test]
async fn many_long_faults_are_told_shortly() {
    let desk = Desk::open().await;
    let long = noise(100_000);
    let refer = |n| format!("<DataObjectReferenceId>X{n}{long}</DataObjectReferenceId>");
    let references: String =
        (0..200).map(|n| format!("<DataObjectReference>{}</DataObjectReference>", refer(n))).collect();
    let transfer = changed(&desk, &desk.sip("FAUTES"), |text| {
        text.replacen("</Content>\n", &format!("</Content>{references}\n"), 1)
    })
    .await;
    assert!(codes(&transfer).contains(&"reference.unknown"), "{:?}", codes(&transfer));
    let size_bytes: usize = transfer.findings.iter().map(|finding| finding.message.len()).sum();
    assert!(size_bytes < 1_000_000, "{size_bytes}");
    desk.end().await;
}
