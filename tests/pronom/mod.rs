//! Signature files put in force by the real program, and objects named again by its background work.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

/// PRONOM's writing, for one format that is ours: what begins with `ESSAI`.
const SIGNATURES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<FFSignatureFile xmlns="http://www.nationalarchives.gov.uk/pronom/SignatureFile" Version="7">
  <InternalSignatureCollection>
    <InternalSignature ID="1"><ByteSequence Reference="BOFoffset"><SubSequence Position="1" SubSeqMinOffset="0" SubSeqMaxOffset="0">
      <Sequence>4553534149</Sequence></SubSequence></ByteSequence></InternalSignature>
  </InternalSignatureCollection>
  <FileFormatCollection>
    <FileFormat ID="1" PUID="fmt/900001" Name="Format d'essai" Version="2" MIMEType="application/x-essai">
      <InternalSignatureID>1</InternalSignatureID><Extension>ess</Extension></FileFormat>
  </FileFormatCollection>
</FFSignatureFile>"#;

fn formats(place: &Place, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chartrier"))
        .arg("formats")
        .args(arguments)
        .envs(place.variables())
        .current_dir(place.folder())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Format, basis and signatures of the file of this name.
fn named(client: &Client, file_name: &str) -> (String, String, String) {
    let json = |path: &str| serde_json::from_str::<Value>(&client.text(path).unwrap()).unwrap();
    for unit in json("/api/v1/units")["items"].as_array().unwrap() {
        let unit = json(&format!("/api/v1/units/{}", unit["unit_id"].as_str().unwrap()));
        for object in unit["objects"].as_array().unwrap() {
            if object["file_name"] == file_name {
                let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
                let puid = text(&object["format"]["puid"]);
                return (puid, text(&object["format_basis"]), text(&object["format_signatures"]));
            }
        }
    }
    panic!("no file {file_name}");
}

fn of(puid: &str, basis: &str, signatures: &str) -> (String, String, String) {
    (puid.to_owned(), basis.to_owned(), signatures.to_owned())
}

fn deposit(client: &Client, identifier: &str, file: &str) {
    let mut sip = Sip::with_files(identifier, 1);
    sip.files.push((format!("content/{file}"), b"ESSAI\0\x01\x02\xff".to_vec()));
    let transfer = client.deposit(&sip.zip()).unwrap();
    let state = client.wait_for(&transfer, &["taken_in_charge", "refused"]).unwrap();
    assert_eq!(state, "taken_in_charge", "{}", client.transfer(&transfer).unwrap());
}

#[test]
fn files_are_put_in_force_for_what_comes_and_what_is_kept_is_named_again_when_asked() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    deposit(&client, "AVANT", "avant.ess");
    assert_eq!(named(&client, "avant.ess"), of("-", "none", "intégrée"));

    let file = place.folder().join("signatures.xml");
    std::fs::write(&file, SIGNATURES).unwrap();
    let path = file.to_str().unwrap();
    let imported = formats(&place, &["import", path]);
    assert!(imported.status.success(), "{}", said(&imported));
    assert!(said(&imported).contains("En service : PRONOM 7, 1 formats"), "{}", said(&imported));
    let again = formats(&place, &["import", path]);
    assert!(again.status.success() && said(&again).contains("Rien à changer"), "{}", said(&again));
    let list = said(&formats(&place, &["list"]));
    assert_eq!(list.lines().filter(|line| line.contains("PRONOM 7")).count(), 1, "{list}");

    // The service believes for a few seconds that nothing has changed.
    std::thread::sleep(Duration::from_secs(6));
    deposit(&client, "APRES", "apres.ess");
    assert_eq!(named(&client, "apres.ess"), of("fmt/900001", "signature", "7"));
    assert_eq!(named(&client, "avant.ess"), of("-", "none", "intégrée"), "nobody asked");

    let unknown = formats(&place, &["again", "--tenant", "ailleurs"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", said(&unknown));
    let asked = formats(&place, &["again", "--tenant", "essai"]);
    assert!(asked.status.success() && said(&asked).contains("essai : demandé"), "{}", said(&asked));
    let began = Instant::now();
    while named(&client, "avant.ess") != of("fmt/900001", "signature", "7") {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", place.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    // PDFs were known, and are none of the formats in force.
    assert_eq!(named(&client, "piece-1.pdf").0, "-");
    let journal = place.journal_of("formats:%");
    let types: Vec<&str> = journal.iter().map(|(event, _)| event.as_str()).collect();
    assert_eq!(types, ["PARAMETRAGE", "CONTROLE"], "one event for what was asked, one for the batch");
    for told in ["inconnu > fmt/900001 : 1", "fmt/18 > inconnu : 1", "\"changes\"", "\"fin\""] {
        assert!(journal[1].1.contains(told), "{told}: {}", journal[1].1);
    }
}

#[test]
fn a_file_that_cannot_serve_is_refused_with_the_reason_and_changes_nothing() {
    let place = Place::fresh();
    let file = place.folder().join("autre.xml");
    for (bytes, why) in [
        (&b"<a/>"[..], "FFSignatureFile"),
        (&SIGNATURES.as_bytes()[..SIGNATURES.len() / 2], "mal formé"),
        (b"<FFSignatureFile Version=\"1\"></FFSignatureFile>", "FFSignatureFile"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let refused = formats(&place, &["import", file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains(why), "{why}: {}", said(&refused));
    }
    assert!(said(&formats(&place, &["list"])).contains("Aucun fichier de signatures"));
    assert_eq!(formats(&place, &["import", "absent.xml"]).status.code(), Some(2));
}
