//! What a manifest is read into: units as a graph, groups in both writings, whatever the encoding and prefixes.

use chartrier::model::{BinaryObject, Findings, Limits, ObjectGroup, SedaVersion, Unit};
use chartrier::seda::{Manifest, Options, Reading, Scratch, consistency, read_manifest};

fn read(text: impl AsRef<[u8]>) -> Reading {
    read_manifest(text.as_ref(), &Limits::default(), &Scratch::memory(), Options::default())
}

fn transfer(objects: &str, units: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\">\
         <Date>2026-11-24T10:00:00</Date><MessageIdentifier>ESSAI</MessageIdentifier><ArchivalAgreement>AV</ArchivalAgreement>\
         <CodeListVersions/><DataObjectPackage>{objects}<DescriptiveMetadata>{units}</DescriptiveMetadata>\
         <ManagementMetadata><OriginatingAgencyIdentifier>P</OriginatingAgencyIdentifier></ManagementMetadata>\
         </DataObjectPackage><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency>\
         <TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>"
    )
}

fn manifest(reading: Reading) -> Manifest {
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    *reading.manifest.expect("a manifest")
}

fn units_of(manifest: &Manifest) -> Vec<Unit> {
    manifest.units().collect::<Result<_, _>>().expect("units")
}

fn unit(id: &str, title: &str, below: &str) -> String {
    format!("<ArchiveUnit id=\"{id}\"><Content><Title>{title}</Title></Content>{below}</ArchiveUnit>")
}

#[test]
fn the_header_and_the_tree_are_read() {
    let link = "<ArchiveUnit id=\"L\"><ArchiveUnitRefId>C</ArchiveUnitRefId></ArchiveUnit>";
    let units = unit("A", "Fonds &amp; série", &unit("B", "<![CDATA[a<b]]>", ""))
        + &unit("C", "c", "")
        + &unit("D", "d", link);
    let manifest = manifest(read(transfer("", &units)));
    assert_eq!(
        (manifest.heading.version, manifest.heading.message_identifier.as_str()),
        (SedaVersion::V2_1, "ESSAI")
    );
    assert_eq!(manifest.heading.archival_agency.as_deref(), Some("A"));
    assert_eq!(manifest.heading.transferring_agency.as_deref(), Some("T"));
    assert_eq!(manifest.heading.originating_agency.as_deref(), Some("P"));
    let units = units_of(&manifest);
    let read: Vec<(&str, Vec<u32>, Option<&str>)> = (0..)
        .zip(&units)
        .map(|(number, unit)| {
            let parents = manifest.tree.parents(number).collect();
            (unit.id.as_str(), parents, unit.content.title.as_deref())
        })
        .collect();
    assert_eq!(
        read,
        [
            ("A", vec![], Some("Fonds & série")),
            ("B", vec![0], Some("a<b")),
            ("C", vec![3], Some("c")),
            ("D", vec![], Some("d")),
        ]
    );
    assert_eq!(manifest.tree.roots().collect::<Vec<_>>(), [0, 3]);
}

#[test]
fn groups_are_read_in_both_writings() {
    let digest =
        "<Uri>{}</Uri><MessageDigest algorithm=\"MD5\">00000000000000000000000000000000</MessageDigest>";
    let binary = |id: &str, head: &str| {
        format!("<BinaryDataObject id=\"{id}\">{head}{}</BinaryDataObject>", digest.replace("{}", id))
    };
    let old = binary("B1", "<DataObjectGroupId>G1</DataObjectGroupId>")
        + &binary("B2", "<DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId>");
    let new = format!("<DataObjectGroup id=\"G2\">{}</DataObjectGroup>", binary("B3", ""));
    let manifest = manifest(read(transfer(&(old + &new), &unit("A", "a", ""))));
    let objects: Vec<BinaryObject> = manifest.binary_objects().collect::<Result<_, _>>().expect("objects");
    let groups: Vec<Option<&str>> = objects.iter().map(|object| object.group.as_deref()).collect();
    assert_eq!(groups, [Some("G1"), Some("G1"), Some("G2")]);
    let groups: Vec<ObjectGroup> = manifest.object_groups().collect::<Result<_, _>>().expect("groups");
    let groups: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
    assert_eq!(groups, ["G1", "G2"]);
}

#[test]
fn encodings_and_prefixes_change_nothing() {
    let text = transfer("", &unit("A", "délibération", ""));
    let latin1: Vec<u8> = text
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("a character of Latin-1"))
        .collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let prefixed =
        text.replace("</", "</s:").replace('<', "<s:").replace("<s:/s:", "</s:").replace("<s:?", "<?");
    let prefixed = prefixed.replace("xmlns=", "xmlns:s=").into_bytes();
    for bytes in [latin1, marked, prefixed] {
        let manifest = manifest(read(bytes));
        assert_eq!(units_of(&manifest)[0].content.title.as_deref(), Some("délibération"));
    }
}

#[test]
fn the_header_survives_a_broken_end() {
    let whole = transfer("", &unit("A", "a", ""));
    let reading = read(&whole[..whole.len() - 200]);
    assert!(reading.manifest.is_none());
    assert_eq!(reading.header.message_identifier.as_deref(), Some("ESSAI"));
    assert_eq!(reading.header.archival_agreement.as_deref(), Some("AV"));
    assert_eq!(reading.message, Some((SedaVersion::V2_1, "ArchiveTransfer".into())));
}

#[test]
fn lines_are_those_of_the_start_tags() {
    let units = format!("\n\n{}", unit("A", "a", "\n<DataObjectReference>\n<Autre/></DataObjectReference>"));
    let reading = read(transfer("", &units));
    let finding = &reading.findings[0];
    assert_eq!((finding.kind.code, finding.line), ("schema.unexpected_element", Some(6)));
    assert!(
        finding.path.as_deref().is_some_and(|path| path.ends_with("ArchiveUnit/DataObjectReference/Autre"))
    );
}

#[test]
fn ten_thousand_links_are_no_burden() {
    let mut units = String::new();
    for n in 0..10_000 {
        let link =
            format!("<ArchiveUnit id=\"L{n}\"><ArchiveUnitRefId>U{}</ArchiveUnitRefId></ArchiveUnit>", n + 1);
        units += &unit(&format!("U{n}"), "t", &link);
    }
    units += &unit("U10000", "t", "");
    let started = std::time::Instant::now();
    let manifest = manifest(read(transfer("", &units)));
    let mut found = Findings::new(10);
    consistency::check(&manifest, &mut found).expect("memory");
    assert!(!found.has_errors(), "{:?}", found.kept());
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn a_content_written_in_the_message_is_decoded() {
    let object = "<BinaryDataObject id=\"B\"><Attachment filename=\"a.txt\">Qm9u\n am91cg==</Attachment><MessageDigest \
                  algorithm=\"MD5\">00000000000000000000000000000000</MessageDigest></BinaryDataObject>";
    let manifest = manifest(read(transfer(object, &unit("A", "a", ""))));
    let mut found = Findings::new(10);
    consistency::check(&manifest, &mut found).expect("memory");
    assert!(found.kept().iter().any(|finding| finding.kind.code == "object.inline" && !finding.is_error()));
    let object = manifest.binary_object(0).expect("an object");
    let mut content = String::new();
    let inline = object.inline.expect("a content");
    std::io::Read::read_to_string(&mut manifest.inline(inline), &mut content).expect("memory");
    assert_eq!(
        (content.as_str(), inline.size_bytes, object.file_name.as_deref()),
        ("Bonjour", 7, Some("a.txt"))
    );
}

#[test]
fn contents_written_in_the_message_are_bounded_together_and_other_texts_each() {
    let codes = |object: &str, limits: &Limits| -> Vec<&str> {
        let text = transfer(object, &unit("A", "a", ""));
        let reading = read_manifest(text.as_bytes(), limits, &Scratch::memory(), Options::default());
        reading.findings.iter().map(|finding| finding.kind.code).collect()
    };
    let object = |content: &str, digest: &str| {
        format!(
            "<BinaryDataObject id=\"B\"><Attachment>{content}</Attachment><MessageDigest algorithm=\"MD5\">{digest}\
             </MessageDigest></BinaryDataObject>"
        )
    };
    let limits = Limits { expanded_bytes_max: 300_000, xml_text_bytes_max: 1_000, ..Limits::default() };
    assert_eq!(codes(&object(&"QUJD".repeat(100_000), "00"), &limits), Vec::<&str>::new());
    assert_eq!(codes(&object(&"QUJD".repeat(100_001), "00"), &limits), ["container.expanded_size"]);
    assert_eq!(codes(&object("QUJD", &"00".repeat(501)), &limits), ["xml.text_length"]);
    assert_eq!(codes(&object("QUJ", "00"), &limits), ["schema.invalid_value"]);
}
