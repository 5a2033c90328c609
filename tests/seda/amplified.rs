//! Messages a few kilobytes long, once compressed, that repeat in memory what they write once.

use chartrier::model::{Limits, Manifest};
use chartrier::seda::spill::Scratch;
use chartrier::seda::{Options, Reading, read_manifest};

fn read(units: &str, limits: &Limits) -> Reading {
    let text = format!(
        "<ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\"><Date>2026-11-24T10:00:00</Date>\
         <MessageIdentifier>X</MessageIdentifier><ArchivalAgreement>A</ArchivalAgreement><CodeListVersions/>\
         <DataObjectPackage><DescriptiveMetadata>{units}</DescriptiveMetadata><ManagementMetadata>\
         <OriginatingAgencyIdentifier>O</OriginatingAgencyIdentifier></ManagementMetadata></DataObjectPackage>\
         <ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>T</Identifier>\
         </TransferringAgency></ArchiveTransfer>"
    );
    read_manifest(text.as_bytes(), limits, &Scratch::memory(), Options::default())
}

fn codes(reading: &Reading) -> Vec<&'static str> {
    reading.findings.iter().map(|finding| finding.kind.code).collect()
}

fn unit(id: &str, inside: &str) -> String {
    let content = "<Content><DescriptionLevel>Item</DescriptionLevel><Title>t</Title></Content>";
    format!("<ArchiveUnit id=\"{id}\">{content}{inside}</ArchiveUnit>")
}

#[test]
fn a_long_identifier_is_not_repeated_by_what_is_under_it() {
    let children: String = (0..200).map(|n| unit(&format!("A{n}"), "")).collect();
    let reading = read(&unit(&"P".repeat(900_000), &children), &Limits::default());
    assert_eq!(codes(&reading), ["xml.text_length"]);
    let manifest: Manifest = reading.manifest.unwrap();
    let bytes: usize = manifest.units.iter().flat_map(|unit| &unit.parents).map(String::len).sum();
    assert!(manifest.units.len() == 201 && bytes < 300_000, "{bytes}");
}

#[test]
fn a_long_name_is_no_name() {
    let name = "n".repeat(300);
    for inside in [format!("<{name}/>"), format!("<n xmlns=\"urn:{name}{name}{name}{name}\"/>")] {
        let reading = read(&unit("A", &inside), &Limits::default());
        assert_eq!(codes(&reading), ["xml.text_length"]);
        assert!(reading.manifest.is_none());
    }
}

#[test]
fn elements_are_counted_however_short() {
    let limits = Limits { xml_elements_max: 100, ..Limits::default() };
    let within = codes(&read(&unit("A", &"<a/>".repeat(10)), &limits));
    let over = codes(&read(&unit("A", &"<a/>".repeat(99)), &limits));
    assert!(!within.contains(&"xml.size") && over.contains(&"xml.size"), "{within:?} {over:?}");
}
