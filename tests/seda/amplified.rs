//! Messages a few kilobytes long, once compressed, that repeat in memory what they write once.

use chartrier::model::{Findings, Limits};
use chartrier::seda::{Manifest, Options, Reading, Scratch, consistency, read_manifest};

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
    let manifest: Box<Manifest> = reading.manifest.unwrap();
    let bytes: usize = manifest.units().map(|unit| unit.unwrap().id.len()).sum();
    assert!(manifest.unit_count() == 201 && bytes < 300_000, "{bytes}");
}

#[test]
fn what_is_said_of_one_unit_is_kept_to_a_bound() {
    let long = format!("<Description>{}</Description>", "d".repeat(500_000)).repeat(20);
    let many = "<Tag>t</Tag>".repeat(150_000);
    let ruled =
        format!("<Management><AccessRule>{}</AccessRule></Management>", "<Rule>R</Rule>".repeat(150_000));
    for inside in [long, many, ruled] {
        let (rules, content) =
            if inside.starts_with("<M") { (inside, String::new()) } else { (String::new(), inside) };
        let unit = format!(
            "<ArchiveUnit id=\"A\">{rules}<Content><DescriptionLevel>File</DescriptionLevel>\
             <Title>t</Title>{content}</Content></ArchiveUnit>"
        );
        let manifest = read(&unit, &Limits::default()).manifest.unwrap();
        let mut found = Findings::new(10);
        consistency::check(&manifest, &mut found).unwrap();
        let codes: Vec<&str> = found.kept().iter().map(|finding| finding.kind.code).collect();
        assert_eq!(codes, ["xml.text_length"], "{:?}", found.kept());
        let unit = manifest.unit(0).unwrap();
        let bytes: usize = unit.content.descriptions.iter().map(String::len).sum();
        let texts =
            unit.content.others.len() + unit.rules.rules.iter().map(|rule| rule.terms.len()).sum::<usize>();
        assert!(bytes <= 4 << 20 && texts <= 100_000, "{bytes} {texts}");
    }
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
