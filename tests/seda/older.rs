//! 0.2 and 1.0 transfers read into the same description as 2.x: units, objects, rules, texts (seda.md 4.2).

use std::ops::Deref;
use std::path::Path;

use chartrier::model::{
    BinaryObject, Finding, Findings, Heading, Limits, Reference, Rule, SedaVersion, Unit,
};
use chartrier::seda::{Manifest, Options, Scratch, consistency, contents, read_manifest};

use crate::corpus_folder;
use crate::support::sip::attachment;

const V0_2: &str = include_str!("../fixtures/seda/older/actes-0.2.xml");
const ACTES: &str = include_str!("../fixtures/seda/older/actes-1.0.xml");
const PES: &str = include_str!("../fixtures/seda/older/pes-1.0.xml");

/// A description, all of it in memory.
struct Whole {
    manifest: Manifest,
    heading: Heading,
    units: Vec<Whereabouts>,
    binary_objects: Vec<BinaryObject>,
    references: Vec<Reference>,
}

struct Whereabouts {
    unit: Unit,
    parents: Vec<usize>,
    object_refs: Vec<String>,
}

impl Deref for Whereabouts {
    type Target = Unit;

    fn deref(&self) -> &Unit {
        &self.unit
    }
}

impl From<Manifest> for Whole {
    fn from(manifest: Manifest) -> Self {
        let mut units: Vec<Whereabouts> = (0..)
            .zip(manifest.units())
            .map(|(number, unit)| Whereabouts {
                unit: unit.expect("a unit"),
                parents: manifest.tree.parents(number).map(|parent| parent as usize).collect(),
                object_refs: Vec::new(),
            })
            .collect();
        for edge in manifest.edges() {
            let reference = manifest.unit_reference(edge.expect("an edge")).expect("a reference");
            units[reference.unit as usize].object_refs.push(reference.target);
        }
        Whole {
            heading: manifest.heading.clone(),
            units,
            binary_objects: manifest.binary_objects().collect::<Result<_, _>>().expect("objects"),
            references: manifest.references().collect::<Result<_, _>>().expect("references"),
            manifest,
        }
    }
}

fn read(text: &str) -> (Whole, Vec<Finding>) {
    let reading = read_manifest(text.as_bytes(), &Limits::default(), &Scratch::memory(), Options::default());
    let manifest = reading.manifest.expect("a manifest");
    let mut found = Findings::new(1_000);
    found.extend(reading.findings);
    consistency::check(&manifest, &mut found).expect("memory");
    ((*manifest).into(), found.into_vec())
}

fn codes(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|finding| finding.kind.code).collect()
}

/// Title, level, and title of the unit above.
fn tree(whole: &Whole) -> Vec<(&str, &str, &str)> {
    let mut lines = Vec::new();
    for unit in &whole.units {
        let above = unit.parents.first().and_then(|&at| whole.units[at].unit.content.title.as_deref());
        lines.push((
            unit.unit.content.title.as_deref().unwrap_or_default(),
            unit.unit.content.description_level.as_deref().unwrap_or_default(),
            above.unwrap_or_default(),
        ));
    }
    lines
}

fn others<'a>(unit: &'a Unit, path: &str) -> Vec<&'a str> {
    let found = unit.content.others.iter().filter(|(known, _)| known == path);
    found.map(|(_, text)| text.as_str()).collect()
}

fn rule<'a>(unit: &'a Unit, category: &str) -> Option<&'a Rule> {
    unit.rules.rules.iter().find(|rule| rule.category == category)
}

fn objects_of<'a>(whole: &'a Whole, title: &str) -> Vec<&'a BinaryObject> {
    let unit = whole.units.iter().find(|unit| unit.content.title.as_deref() == Some(title));
    let refs = &unit.expect("a unit of this title").object_refs;
    whole.binary_objects.iter().filter(|object| refs.contains(&object.id)).collect()
}

fn transfer_1_0(archives: &str) -> String {
    format!(
        "<ArchiveTransfer xmlns=\"{}\"><Date>2026-11-24T10:00:00Z</Date><TransferIdentifier>T1</TransferIdentifier>\
         <ArchivalAgency><Identification>A</Identification></ArchivalAgency><TransferringAgency><Identification>V\
         </Identification></TransferringAgency>{archives}</ArchiveTransfer>",
        SedaVersion::V1_0.namespace()
    )
}

const ACCESS: &str =
    "<AccessRestrictionRule><Code>AR038</Code><StartDate>2026-01-01</StartDate></AccessRestrictionRule>";

fn archive(head: &str, description: &str, below: &str) -> String {
    format!(
        "<Archive>{head}<DescriptionLanguage>fra</DescriptionLanguage><Name>Archive</Name><ContentDescription>\
         <DescriptionLevel>file</DescriptionLevel><Language>fra</Language>{description}</ContentDescription>{ACCESS}\
         {below}</Archive>"
    )
}

fn document(attachment: &str, rest: &str) -> String {
    format!("<Document>{attachment}{rest}<Type>CDO</Type></Document>")
}

#[test]
fn an_act_in_0_2_is_read_with_its_digests_from_the_header() {
    let (manifest, found) = read(V0_2);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(
        (manifest.heading.version, manifest.heading.message_identifier.as_str()),
        (SedaVersion::V0_2, "ACTES_2024_0001")
    );
    assert_eq!(manifest.heading.archival_agreement.as_deref(), Some("AV_ACTES_01"));
    assert_eq!(manifest.heading.archival_profile.as_deref(), Some("ACTES-v1"));
    assert_eq!(manifest.heading.archival_agency.as_deref(), Some("FRAD034"));
    assert_eq!(manifest.heading.transferring_agency.as_deref(), Some("213400172"));
    assert_eq!(manifest.heading.originating_agency.as_deref(), Some("213400172"));
    let title = "Contrôle de légalité : Délibération du 15/01/2024";
    assert_eq!(
        tree(&manifest),
        [
            (title, "File", ""),
            ("Acte", "Item", title),
            ("Acte", "Item", "Acte"),
            ("Annexe 1", "Item", "Acte"),
            ("ARActes", "Item", title),
            ("Accusé de réception", "Item", "ARActes"),
        ]
    );
    let annex = objects_of(&manifest, "Annexe 1");
    assert_eq!(annex.len(), 1);
    assert_eq!(annex[0].uri.as_deref(), Some("034-210340172-20240115-DEL2024_01-DE-1-1_2.pdf"));
    assert!(annex[0].digest.as_deref().is_some_and(|digest| digest.starts_with("f82414e9")));
    assert_eq!(annex[0].digest_algorithm.as_deref(), Some("http://www.w3.org/2001/04/xmlenc#sha256"));
    assert_eq!(annex[0].format_id.as_deref(), Some("fmt/18"));
    let root = &manifest.units[0];
    assert_eq!(others(root, "Language"), ["fr"]);
    assert_eq!(root.content.keywords, ["CONTROLE DE LEGALITE"]);
    assert_eq!(others(root, "CustodialHistory/CustodialHistoryItem").len(), 1);
    let appraisal = rule(root, "AppraisalRule").expect("an appraisal rule");
    assert_eq!(appraisal.terms, [("P1Y".to_owned(), Some("2024-01-16".to_owned()))]);
    assert_eq!(appraisal.final_action.as_deref(), Some("Keep"));
}

#[test]
fn an_act_in_1_0_is_read_with_its_texts_and_rules() {
    let (manifest, found) = read(ACTES);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(manifest.units.len(), 8);
    assert_eq!(manifest.binary_objects.len(), 3);
    let root = &manifest.units[0];
    assert_eq!(root.content.start_date.as_deref(), Some("2024-01-15"));
    assert_eq!(root.content.end_date.as_deref(), Some("2024-01-16"));
    assert_eq!(root.content.originating_agency.as_deref(), Some("213400172"));
    assert_eq!(root.content.descriptions.len(), 1);
    assert_eq!(others(root, "DescriptionLanguage"), ["fr"]);
    assert_eq!(others(root, "ServiceLevel"), ["standard"]);
    assert_eq!(others(root, "Keyword/KeywordReference"), ["T3-41"]);
    assert_eq!(others(root, "CustodialHistory/CustodialHistoryItem/when"), ["2024-01-16"]);
    let access = rule(root, "AccessRule").expect("an access rule");
    assert_eq!(access.terms, [("AR038".to_owned(), Some("2024-01-16".to_owned()))]);
    assert!(!access.prevent_inheritance);
    let act = &manifest.units[1];
    assert_eq!(
        others(act, "TransferringAgencyArchiveUnitIdentifier"),
        ["034-210340172-20240115-DEL2024_01-DE"]
    );
    let signed = manifest.units.iter().find(|unit| unit.content.title.as_deref() == Some("Acte signé"));
    let signed = signed.expect("the document's unit");
    assert_eq!(others(signed, "Type"), ["CDO"]);
    assert_eq!(others(signed, "Control"), ["signature"]);
    assert_eq!(others(signed, "CreatedDate"), ["2024-01-15T10:00:00Z"]);
    assert_eq!(objects_of(&manifest, "Acte signé")[0].size_bytes, Some(13));
}

#[test]
fn a_flow_of_accounts_in_1_0_is_read() {
    let (manifest, found) = read(PES);
    assert!(found.is_empty(), "{found:?}");
    let titles: Vec<&str> = tree(&manifest).into_iter().map(|(title, _, _)| title).collect();
    assert_eq!(titles[1..], ["PES_Aller", "Flux PES_Aller signé", "PES_Retour (ACK)", "Acquit"],);
    assert_eq!(manifest.units[0].content.description_level.as_deref(), Some("RecordGrp"));
    let appraisal = rule(&manifest.units[0], "AppraisalRule").expect("an appraisal rule");
    assert_eq!(appraisal.terms[0].0, "P10Y");
    assert_eq!(appraisal.final_action.as_deref(), Some("Destroy"));
    let flow = objects_of(&manifest, "Flux PES_Aller signé")[0];
    assert_eq!(flow.file_name.as_deref(), Some("PESALR2_21340017200015_240115.xml"));
    assert_eq!((flow.mime_type.as_deref(), flow.size_bytes), (Some("application/xml"), Some(12)));
}

#[test]
fn a_document_alone_in_its_level_is_its_object_unless_it_is_described() {
    let file = |name: &str| format!("<Attachment filename=\"{name}\"/>");
    let below = |documents: &str| {
        let object = format!("<ArchiveObject><Name>Objet</Name>{documents}</ArchiveObject>");
        read(&transfer_1_0(&archive("", "", &object))).0
    };
    let alone = below(&document(
        &file("dossier/a.pdf"),
        "<Copy>false</Copy><Creation>2026-01-02T03:04:05Z</Creation>",
    ));
    assert_eq!(alone.units.len(), 2);
    assert_eq!(objects_of(&alone, "Objet")[0].file_name.as_deref(), Some("a.pdf"));
    assert_eq!(others(&alone.units[1], "CreatedDate"), ["2026-01-02T03:04:05Z"]);

    let two = below(&(document(&file("a.pdf"), "") + &document(&file("b.pdf"), "")));
    assert_eq!(tree(&two)[2..], [("a.pdf", "Item", "Objet"), ("b.pdf", "Item", "Objet")]);
    assert!(two.units[1].object_refs.is_empty());

    let level = "<ArchiveObject><Name>Sous-objet</Name></ArchiveObject>";
    let beside = below(&format!("{level}{}", document(&file("a.pdf"), "")));
    assert_eq!(tree(&beside)[2..], [("Sous-objet", "", "Objet"), ("a.pdf", "Item", "Objet")]);

    let described = below(&document(&file("a.pdf"), "<Description>Un acte</Description>"));
    assert_eq!(tree(&described)[2..], [("Un acte", "Item", "Objet")]);
    assert!(described.units[1].object_refs.is_empty());
}

#[test]
fn the_nearest_rule_wins_so_it_prevents_inheritance() {
    let rules = |fate: &str| {
        format!(
            "<AppraisalRule><Code>{fate}</Code><Duration>P10Y</Duration><StartDate>2026-01-01</StartDate>\
             </AppraisalRule>"
        )
    };
    let inner = format!("<ArchiveObject><Name>C</Name>{ACCESS}{}</ArchiveObject>", rules("conserver"));
    let middle = format!("<ArchiveObject><Name>B</Name>{inner}</ArchiveObject>");
    let sibling = format!("<ArchiveObject><Name>D</Name>{}</ArchiveObject>", rules("detruire"));
    let (manifest, _) = read(&transfer_1_0(&archive("", "", &(middle + &sibling))));
    let prevents = |title: &str, category: &str| {
        let unit = manifest.units.iter().find(|unit| unit.content.title.as_deref() == Some(title));
        rule(unit.expect("a unit"), category).map(|rule| rule.prevent_inheritance)
    };
    assert_eq!(prevents("Archive", "AccessRule"), Some(false));
    assert_eq!(prevents("B", "AccessRule"), None);
    assert_eq!(prevents("C", "AccessRule"), Some(true));
    // Nothing above C or D declares a fate.
    assert_eq!((prevents("C", "AppraisalRule"), prevents("D", "AppraisalRule")), (Some(false), Some(false)));
}

#[test]
fn a_keyword_keeps_its_own_access_rule() {
    let keyword =
        |word: &str, rule: &str| format!("<Keyword><KeywordContent>{word}</KeywordContent>{rule}</Keyword>");
    let words = keyword("un", "") + &keyword("deux", ACCESS);
    let (manifest, _) = read(&transfer_1_0(&archive("", &words, "")));
    let root = &manifest.units[0];
    assert_eq!(root.content.keywords, ["un", "deux"]);
    assert_eq!(others(root, "Keyword[2]/AccessRule/Rule"), ["AR038"]);
    assert_eq!(others(root, "Keyword[2]/AccessRule/StartDate"), ["2026-01-01"]);
    assert!(others(root, "Keyword[1]/AccessRule/Rule").is_empty());

    // 0.2 writes the rule first.
    let older = V0_2.replacen(
        "<ContentDescriptive>",
        "<ContentDescriptive><AccessRestriction><Code>AR048</Code><StartDate>2026-01-01</StartDate></AccessRestriction>",
        1,
    );
    let (manifest, _) = read(&older);
    assert_eq!(others(&manifest.units[0], "Keyword[1]/AccessRule/Rule"), ["AR048"]);
}

#[test]
fn sizes_are_compared_in_bytes_alone() {
    let sized = |size: &str| document("<Attachment filename=\"a\"/>", size);
    for (written, expected) in [
        ("<Size>12</Size>", Some(12)),
        ("<Size unitCode=\"AD\">12.0</Size>", Some(12)),
        ("<Size unitCode=\"2P\">3</Size>", None),
        ("<Size unitCode=\"4L\">3</Size>", None),
    ] {
        let (manifest, _) = read(&transfer_1_0(&archive("", "", &sized(written))));
        assert_eq!(manifest.binary_objects[0].size_bytes, expected, "{written}");
    }
    let (manifest, _) = read(&transfer_1_0(&archive("", "", &sized("<Size unitCode=\"2P\">3</Size>"))));
    assert_eq!(others(&manifest.units[0], "Size"), ["3 2P"]);
}

#[test]
fn an_attachment_travels_as_a_file_or_in_the_message() {
    let read = |attachment: &str| read(&transfer_1_0(&archive("", "", &document(attachment, "")))).1;
    let codes_of = |attachment: &str| {
        let found = read(attachment);
        codes(&found)
            .into_iter()
            .filter(|code| *code != "rule.no_appraisal")
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes_of("<Attachment filename=\"a.pdf\"/>"), ["object.digest_not_sent"]);
    assert_eq!(
        codes_of("<Attachment filename=\"a.pdf\">YQ==</Attachment>"),
        ["object.inline", "object.digest_not_sent"]
    );
    assert_eq!(codes_of("<Attachment filename=\"a.pdf\"> \n </Attachment>"), ["object.digest_not_sent"]);
    assert_eq!(codes_of("<Attachment/>"), ["object.no_content"]);
}

#[test]
fn a_content_of_1_0_is_decoded_whatever_its_length() {
    let content: Vec<u8> = (0..3_u32 << 20).map(|n| (n % 251) as u8).collect();
    let text = attachment("envoi/a.pdf", &content);
    let (manifest, found) = read(&transfer_1_0(&archive("", "", &document(&text, ""))));
    assert!(!found.iter().any(Finding::is_error), "{found:?}");
    let object = &manifest.binary_objects[0];
    assert_eq!((object.uri.as_deref(), object.file_name.as_deref()), (None, Some("a.pdf")));
    let mut bytes = Vec::new();
    let inline = object.inline.expect("a content");
    std::io::Read::read_to_end(&mut manifest.manifest.inline(inline), &mut bytes).expect("memory");
    assert!(bytes == content, "{} bytes", bytes.len());
    let garbled = text.replacen("\n", "\n*", 1);
    let (_, found) = read(&transfer_1_0(&archive("", "", &document(&garbled, ""))));
    assert!(codes(&found).contains(&"schema.invalid_value"), "{found:?}");
}

#[test]
fn related_data_hang_with_their_document() {
    let related = "<RelatedData><Data filename=\"a.p7s\"/><Relation>signature</Relation><RelatedData><Data \
                   filename=\"a.tst\"/><Relation>horodatage</Relation></RelatedData></RelatedData>";
    let document =
        format!("<Document Id=\"DOC\"><Attachment filename=\"a.pdf\"/><Type>CDO</Type>{related}</Document>");
    let (manifest, found) = read(&transfer_1_0(&archive("", "", &document)));
    assert!(!found.iter().any(Finding::is_error), "{found:?}");
    let files: Vec<&str> =
        manifest.binary_objects.iter().filter_map(|object| object.uri.as_deref()).collect();
    assert_eq!(files, ["a.pdf", "a.p7s", "a.tst"]);
    assert_eq!(objects_of(&manifest, "a.pdf").len(), 3);
    assert_eq!(
        manifest.references.iter().map(|reference| reference.target.as_str()).collect::<Vec<_>>(),
        ["DOC"; 2]
    );
    assert_eq!(others(&manifest.units[1], "RelatedData/Relation"), ["signature", "horodatage"]);
}

#[test]
fn digests_of_the_header_are_joined_by_name() {
    let digest = |name: &str, algorithm: &str, value: &str| {
        format!(
            "<Integrity><Contains algorithme=\"{algorithm}\">{value}</Contains><UnitIdentifier>{name}\
             </UnitIdentifier></Integrity>"
        )
    };
    let message = |header: &str| {
        let start = V0_2.find("<Integrity>").expect("digests");
        let end = V0_2.rfind("</Integrity>").expect("digests") + "</Integrity>".len();
        format!("{}{header}{}", &V0_2[..start], &V0_2[end..])
    };
    let file = "034-210340172-20240115-DEL2024_01-DE-1-1_1.pdf";
    let found = |header: &str| {
        let (manifest, found) = read(&message(header));
        let object = manifest.binary_objects.iter().find(|object| object.uri.as_deref() == Some(file));
        let digest = object.expect("the act").digest.clone();
        (digest, codes(&found).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let none = ["object.digest_not_sent"; 3].map(str::to_owned);
    assert_eq!(found(""), (None, none.to_vec()));
    // In a folder of the sender's; the best of two; a name that two files share is no one's.
    assert_eq!(found(&digest(&format!("envoi/{file}"), "SHA-256", "aa")).0.as_deref(), Some("aa"));
    let two = digest(file, "SHA-256", "aa") + &digest(file, "MD5", "bb");
    assert_eq!(found(&two).0.as_deref(), Some("aa"));
    let shared =
        digest(&format!("a/{file}"), "SHA-256", "aa") + &digest(&format!("b/{file}"), "SHA-256", "bb");
    let (joined, codes) = found(&shared);
    assert_eq!(joined, None);
    assert_eq!(codes.iter().filter(|code| *code == "object.digest_unmatched").count(), 2, "{codes:?}");
}

#[test]
fn several_archives_stand_side_by_side_under_one_agreement() {
    let agreement = |name: &str| format!("<ArchivalAgreement>{name}</ArchivalAgreement>");
    let two =
        |first: &str, second: &str| read(&transfer_1_0(&(archive(first, "", "") + &archive(second, "", ""))));
    let (manifest, found) = two(&agreement("AV1"), &agreement("AV1"));
    assert_eq!((manifest.units.len(), codes(&found)), (2, vec!["unit.several_roots"]), "{found:?}");
    assert!(manifest.units.iter().all(|unit| unit.parents.is_empty()));
    assert_eq!(codes(&two(&agreement("AV1"), "").1), ["unit.several_roots"]);
    let (manifest, found) = two(&agreement("AV1"), &agreement("AV2"));
    assert_eq!(manifest.heading.archival_agreement.as_deref(), Some("AV1"));
    assert_eq!(codes(&found), ["header.agreement_several", "unit.several_roots"]);
}

#[test]
fn identifiers_of_the_message_are_kept_and_the_others_never_collide() {
    let below = "<ArchiveObject Id=\"a1\"><Name>Un</Name></ArchiveObject><ArchiveObject><Name>Deux</Name></ArchiveObject>\
                 <ArchiveObject Id=\"a1\"><Name>Trois</Name></ArchiveObject>";
    let (manifest, found) = read(&transfer_1_0(&archive("", "", below)));
    assert_eq!(manifest.units[1].id, "a1");
    assert!(manifest.units[2].id.starts_with(|c: char| c.is_ascii_digit()));
    assert_eq!(codes(&found), ["reference.duplicate_id"]);
}

#[test]
fn a_message_without_archive_transfers_nothing() {
    let (_, found) = read(&transfer_1_0(""));
    assert!(codes(&found).contains(&"header.package"), "{found:?}");
}

#[test]
fn limits_hold_for_documents_as_for_levels() {
    let many: String = (0..20).map(|n| document(&format!("<Attachment filename=\"{n}\"/>"), "")).collect();
    let text = transfer_1_0(&archive("", "", &many));
    for limits in
        [Limits { units_max: 5, ..Limits::default() }, Limits { objects_max: 5, ..Limits::default() }]
    {
        let reading = read_manifest(text.as_bytes(), &limits, &Scratch::memory(), Options::default());
        let found = codes(&reading.findings);
        assert_eq!(found.iter().filter(|code| code.ends_with("too_many")).count(), 1, "{found:?}");
        let manifest = reading.manifest.expect("a manifest");
        assert!(manifest.unit_count() <= limits.units_max);
        assert!(manifest.binary_object_count() <= limits.objects_max);
    }
}

/// Messages of the wild: read whole, nothing beyond what the schema says stands against them.
#[test]
fn messages_of_real_senders_are_read() {
    let Some(corpus) = corpus_folder() else { return };
    let mut read_count = 0;
    for folder in [
        "messages/seda-0.2/ArchiveTransfer",
        "messages/seda-1.0/ArchiveTransfer",
        "flows/actes",
        "flows/helios",
        "flows/marches",
    ] {
        for entry in std::fs::read_dir(corpus.join(folder)).expect("the corpus").flatten() {
            read_count += usize::from(is_read(&entry.path()));
        }
    }
    assert!(read_count >= 12, "{read_count}");
}

fn is_read(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("a file");
    let reading = read_manifest(bytes.as_slice(), &Limits::default(), &Scratch::memory(), Options::default());
    let is_older = reading.message.as_ref().is_some_and(|(version, _)| *version < SedaVersion::V2_0);
    let Some(manifest) = reading.manifest.filter(|_| is_older) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    let count = |mark: &str| text.matches(mark).count();
    let documents = count("<Document>") + count("<Document ") + count("<RelatedData>");
    assert_eq!(manifest.binary_object_count(), documents, "{}", path.display());
    assert!(manifest.unit_count() > 1, "{}", path.display());
    assert!(!manifest.heading.message_identifier.is_empty(), "{}", path.display());
    true
}

fn matched(whole: &Whole, names: &[&str]) -> (Vec<(String, usize)>, Vec<&'static str>) {
    let mut found = Findings::new(100);
    let matches = contents::check(&whole.manifest, names, false, &mut found).expect("memory");
    let path = |number: u32| whole.binary_objects[number as usize].uri.clone().unwrap_or_default();
    let mut matches: Vec<(String, usize)> =
        matches.iter().map(|matched| (path(matched.object), matched.entry)).collect();
    matches.sort();
    (matches, found.into_vec().iter().map(|finding| finding.kind.code).collect())
}

#[test]
fn files_of_the_older_versions_are_found_where_their_senders_put_them() {
    let documents = |names: &[&str]| {
        let below: String =
            names.iter().map(|name| document(&format!("<Attachment filename=\"{name}\"/>"), "")).collect();
        read(&transfer_1_0(&archive("", "", &below))).0
    };
    let manifest = documents(&["a/x.pdf", "y.xml"]);
    let both = vec![("a/x.pdf".to_owned(), 0), ("y.xml".to_owned(), 1)];
    for names in
        [["a/x.pdf", "y.xml"], ["envoi/a/x.pdf", "envoi/y.xml"], ["x.pdf", "y.xml"], ["b/x.pdf", "c/y.xml"]]
    {
        assert_eq!(matched(&manifest, &names), (both.clone(), vec![]), "{names:?}");
    }
    // A name two files share is no one's; nor is a file that another object has by its own path.
    let (matches, found) = matched(&manifest, &["b/x.pdf", "c/x.pdf", "y.xml"]);
    assert_eq!(matches.len(), 1);
    assert_eq!(found, ["object.missing_file", "object.undeclared_file", "object.undeclared_file"]);
    let (matches, found) = matched(&documents(&["a/x.pdf", "b/x.pdf"]), &["b/x.pdf"]);
    assert_eq!((matches, found), (vec![("b/x.pdf".to_owned(), 0)], vec!["object.missing_file"]));

    let mut newer = manifest;
    newer.manifest.heading.version = SedaVersion::V2_1;
    assert_eq!(matched(&newer, &["envoi/a/x.pdf", "envoi/y.xml"]).0, []);
}
