//! `chartrier sip make` under the starter profiles: what they fix is filled in, what they ask is told by line and column.

use std::collections::BTreeMap;
use std::fs;

use super::{Ged, PARTIES};

/// Columns whose values the profiles fix, or that the transfer knows: no table of these tests has them.
const LEFT_OUT: [&str; 6] = [
    "PreventInheritance",
    "DescriptionLevel",
    "FinalAction",
    "OriginatingAgency",
    "Language",
    "DescriptionLanguage",
];

/// A folder and its table: path, then values by column.
pub type Described = (String, BTreeMap<String, String>);

fn example(profile: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
    fs::read_to_string(format!("{root}/{profile}/exemple.xml")).unwrap()
}

fn child<'a>(node: roxmltree::Node<'a, 'a>, name: &str) -> Option<roxmltree::Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name(name) || child.tag_name().name() == name)
}

fn text(node: roxmltree::Node<'_, '_>) -> String {
    node.descendants()
        .filter(|node| node.is_text())
        .filter_map(|node| node.text())
        .collect::<String>()
        .trim()
        .to_owned()
}

/// What the table's columns say of a unit of the example.
fn values(unit: roxmltree::Node<'_, '_>) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let of = |name| {
        child(unit, name).into_iter().flat_map(|node| node.children()).filter(roxmltree::Node::is_element)
    };
    for rule in of("Management") {
        let name = rule.tag_name().name();
        for part in rule.children().filter(|part| part.is_element()) {
            let column = match part.tag_name().name() {
                "Rule" => name.to_owned(),
                "StartDate" => format!("{}StartDate", name.trim_end_matches("Rule")),
                other => other.to_owned(),
            };
            let column = column
                .replace("AppraisalStartDate", "début de DUA")
                .replace("AccessStartDate", "début d'accès");
            values.insert(column, text(part));
        }
    }
    for element in of("Content") {
        let (column, value) = match element.tag_name().name() {
            "Keyword" => {
                let part = |name| child(element, name).map(text).unwrap_or_default();
                let [words, kind, reference] =
                    ["KeywordContent", "KeywordType", "KeywordReference"].map(part);
                ("Keyword".to_owned(), format!("{words} [{kind}:{reference}]"))
            }
            "Coverage" => {
                let part = element.first_element_child().unwrap();
                (part.tag_name().name().to_owned(), text(part))
            }
            name => (name.to_owned(), text(element)),
        };
        let before = values.get(&column).map(|before| format!("{before}|")).unwrap_or_default();
        values.insert(column, before + &value);
    }
    values.retain(|column, _| !LEFT_OUT.contains(&column.as_str()));
    values
}

/// Units as folders and files, in the example's order; a file's own units are left out: folders alone have some.
fn walk(
    unit: roxmltree::Node<'_, '_>,
    path: &str,
    files: &BTreeMap<String, String>,
    out: &mut Vec<Described>,
) {
    out.push((if path.is_empty() { ".".into() } else { path.to_owned() }, values(unit)));
    let units = unit.children().filter(|child| child.tag_name().name() == "ArchiveUnit");
    for (number, below) in units.enumerate() {
        let object = child(below, "DataObjectReference").map(text);
        // Out of the order of names, so that the table's is seen to hold.
        let own = match object.map(|object| &files[&object]) {
            Some(name) => format!("{}-{}", 9 - number, name),
            None => format!("dossier {}", 9 - number),
        };
        let path = if path.is_empty() { own } else { format!("{path}/{own}") };
        if child(below, "DataObjectReference").is_some() {
            out.push((path, values(below)));
        } else {
            walk(below, &path, files, out);
        }
    }
}

pub fn described(profile: &str) -> Vec<Described> {
    let manifest = example(profile);
    let document = roxmltree::Document::parse(&manifest).unwrap();
    let groups = document.descendants().filter(|node| node.tag_name().name() == "DataObjectGroup");
    let files = groups.map(|group| {
        let name = group.descendants().find(|node| node.tag_name().name() == "Filename").map(text).unwrap();
        (group.attribute("id").unwrap().to_owned(), name)
    });
    let files = files.collect();
    let root = document.descendants().find(|node| node.tag_name().name() == "ArchiveUnit").unwrap();
    let mut out = Vec::new();
    walk(root, "", &files, &mut out);
    out
}

pub fn content(path: &str) -> Vec<u8> {
    match path.rsplit('.').next().unwrap() {
        "pdf" => format!("%PDF-1.4\n% {path}\n%%EOF\n").into_bytes(),
        "xml" => b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Essai/>\n".to_vec(),
        "jpg" => b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9".to_vec(),
        "mp3" => b"ID3\x03\0\0\0\0\0\0".to_vec(),
        "p7s" => b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n".to_vec(),
        "ods" => [
            &b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0"[..],
            b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        ]
        .concat(),
        other => panic!("{other}"),
    }
}

/// The table of some descriptions, as a spreadsheet writes it.
fn table(described: &[Described]) -> String {
    let mut columns: Vec<&String> = described.iter().flat_map(|(_, values)| values.keys()).collect();
    columns.sort_unstable();
    columns.dedup();
    let quoted = |value: &str| format!("\"{}\"", value.replace('"', "\"\""));
    let heads = columns.iter().map(|column| quoted(column));
    let mut table = ["chemin".to_owned()].into_iter().chain(heads).collect::<Vec<_>>().join(";") + "\r\n";
    for (path, values) in described {
        let cells = columns.iter().map(|column| quoted(values.get(*column).map_or("", String::as_str)));
        table += &([quoted(path)].into_iter().chain(cells).collect::<Vec<_>>().join(";") + "\r\n");
    }
    table
}

fn ged(described: &[Described]) -> Ged {
    let ged = Ged::of(&[], table(described).as_bytes());
    let is_file = |path: &&Described| path.0.rsplit('/').next().unwrap().contains('.') && path.0 != ".";
    for (path, _) in described.iter().filter(is_file) {
        let file = ged.path("ged").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content(path)).unwrap();
    }
    ged
}

fn manifest(ged: &Ged) -> String {
    let mut zip = zip::ZipArchive::new(fs::File::open(ged.path("sip.zip")).unwrap()).unwrap();
    std::io::read_to_string(zip.by_name("manifest.xml").unwrap()).unwrap()
}

fn with<'a>(profile: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&PARTIES[..], &["--profile", profile], more].concat()
}

#[test]
fn under_each_starter_profile_a_folder_and_its_table_are_a_transfer() {
    for profile in ["actes", "pes", "marches", "agents", "seance", "bulletin", "permis"] {
        let described = described(profile);
        let ged = ged(&described);
        let (code, said) = ged.make(&with(profile, &["--profile-identifier", "PROFIL"]));
        assert_eq!(code, Some(0), "{profile}: {said}\n{}", table(&described));
        let manifest = manifest(&ged);
        for expected in [
            "<ArchivalProfile>PROFIL<",
            "<LegalStatus>Public Archive<",
            "<FinalAction>",
            "<OriginatingAgency>",
        ] {
            assert!(manifest.contains(expected), "{profile}, {expected}: {manifest}");
        }
    }
}

/// The lines of a description changed by column, then what is said of them.
fn said_of(profile: &str, change: impl Fn(usize, &mut BTreeMap<String, String>)) -> String {
    let mut described = described(profile);
    described.iter_mut().enumerate().for_each(|(at, (_, values))| change(at, values));
    let ged = ged(&described);
    let (code, said) = ged.make(&with(profile, &[]));
    assert_eq!(code, Some(1), "{said}");
    assert!(!ged.path("sip.zip").exists() && !ged.path("sip.zip.part").exists());
    said
}

#[test]
fn what_a_profile_asks_is_told_by_line_and_column_all_at_once() {
    let said = said_of("seance", |at, values| match at {
        0 => drop(values.remove("début d'accès")),
        3 => drop(values.insert("DocumentType".into(), "Feuile de présence".into())),
        4 => drop(values.remove("DocumentType")),
        _ => {}
    });
    for expected in [
        "ligne 2, « début d'accès » : le profil le demande (Date de la séance) ; attendu : une date",
        "ligne 5, « type de document » : le profil n'admet pas « Feuile de présence » ; attendu : ",
        "« Feuille de présence »",
        "ligne 6, « type de document » : le profil le demande",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
    // A unit that the profile wants and no line is; a column that the table has not.
    let said = said_of("seance", |at, values| {
        values.remove("TransactedDate");
        if at == 7 {
            values.insert("DocumentType".into(), "Annexe".into());
        }
    });
    for expected in [
        "le profil veut ici une pièce ou un dossier (Le procès-verbal arrêté et signé), de type « Procès-verbal »",
        "ligne 2, « date de l'opération » : le profil le demande (La date de la séance)",
        "ajoutez la colonne « date de l'opération »",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // Of two ways to be right, the one that asks for the least is told: this flow is not of the other domain.
    let said = said_of("pes", |at, values| {
        if at == 0 {
            values.remove("AccessRule");
        }
    });
    assert!(said.contains("ligne 2, « code d'accès » : le profil le demande"), "{said}");
    assert!(said.contains("« AR038 » ou « AR048 »") && !said.contains("PES recette"), "{said}");
    let said = said_of("permis", |at, values| {
        if at == 0 {
            values.insert("Spatial".into(), String::new());
            values.insert("TransferringAgencyArchiveUnitIdentifier".into(), "PC 12".into());
        }
    });
    assert!(said.contains("ligne 2, « lieu » : le profil le demande (L'adresse du terrain"), "{said}");
    assert!(said.contains("ligne 2, « numéro » : le profil n'admet pas « PC 12 »"), "{said}");
}

#[test]
fn lines_in_any_order_go_where_the_profile_has_them() {
    let mut described = described("seance");
    described[1..].reverse();
    let ged = ged(&described);
    let (code, said) = ged.make(&with("seance", &[]));
    assert_eq!(code, Some(0), "{said}");
    let manifest = manifest(&ged);
    let places = ["Convocation<", "Feuille de présence<", "Procès-verbal<", "Enregistrement<"];
    let places: Vec<usize> = places.iter().map(|place| manifest.find(place).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_profile_of_another_version_says_so_and_gives_its_own() {
    let ged = ged(&described("bulletin"));
    let (code, said) = ged.make(&with("bulletin", &["--seda", "2.2"]));
    assert!(code == Some(2) && said.contains("le profil est de SEDA 2.1, et --seda demande 2.2"), "{said}");
    let own =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/bulletin/profil.rng")).unwrap();
    let of = |version: &str| {
        let path = ged.path("bulletin.rng");
        fs::write(&path, own.replace("seda:v2.1", version)).unwrap();
        ged.make(&with(path.to_str().unwrap(), &[]))
    };
    let (code, said) = of("seda:v2.3");
    assert_eq!(code, Some(0), "{said}");
    assert!(manifest(&ged).contains("seda:v2.3\""));
    fs::remove_file(ged.path("sip.zip")).unwrap();
    let (code, said) = of("seda:v1.0");
    assert!(code == Some(2) && said.contains("sip make écrit 2.1, 2.2 ou 2.3"), "{said}");
}

/// Each column, and a value as people write it.
const COLUMNS: [(&str, &str); 35] = [
    ("DUA", "10 ans"),
    ("début de DUA", "01/02/2026"),
    ("sort final", "Éliminer"),
    ("code d'accès", "AR048"),
    ("début d'accès", "2026-02-01"),
    ("niveau", "Dossier"),
    ("titre", "Dossier de l'été"),
    ("plan de classement", "1.2.3"),
    ("identifiant d'origine", "GED-1"),
    ("cote", "12 W 4"),
    ("référence", "AG-1"),
    ("numéro", "2026-1"),
    ("description", "Une description"),
    ("historique", "Un service|Un autre"),
    ("type de document", "Dossier"),
    ("langue", "fr|oc"),
    ("langue de description", "fr"),
    ("statut", "validé"),
    ("version", "2"),
    ("étiquettes", "a|b"),
    ("mots-clés", "Martin, Jean [personne:AG-1]|voirie"),
    ("lieu", "La Loine|Saint-Aubrac"),
    ("période", "2026"),
    ("ressort", "Département"),
    ("service producteur", "PRODUCTEUR-TEST"),
    ("service versant", "VERSANT-TEST"),
    ("source", "Papier"),
    ("date de création", "2026"),
    ("date de l'opération", "02/2026"),
    ("date de numérisation", "2026-02-03"),
    ("date d'envoi", "2026-02-04T10:00:00+01:00"),
    ("date de réception", "2026-02-05"),
    ("date d'enregistrement", "2026-02-06"),
    ("date de début", "2026-01-01"),
    ("date de fin", "2026-12-31"),
];

#[test]
fn every_column_has_its_place_in_every_version() {
    let heads: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = COLUMNS.iter().map(|(_, value)| *value).collect();
    let table = format!(
        "chemin;{}\r\n.;{}\r\na.txt;{}\r\n",
        heads.join(";"),
        values.join(";"),
        ";".repeat(heads.len() - 1)
    );
    for version in ["2.1", "2.2", "2.3"] {
        let ged = Ged::of(&[("a.txt", "Une note.\n")], table.as_bytes());
        let (code, said) = ged.make(&[&PARTIES[..], &["--seda", version]].concat());
        assert_eq!(code, Some(0), "{version}: {said}");
        let manifest = manifest(&ged);
        for expected in [
            "<Rule>P10Y</Rule>",
            "<StartDate>2026-02-01</StartDate>",
            "<FinalAction>Destroy</FinalAction>",
            "<DescriptionLevel>File</DescriptionLevel>",
            "<Language>oc</Language>",
            "<KeywordReference>AG-1</KeywordReference>",
            "<TransactedDate>2026-02</TransactedDate>",
        ] {
            assert!(manifest.contains(expected), "{version}, {expected}: {manifest}");
        }
        let coverage = manifest.split("<Coverage>").nth(1).unwrap().split("</Coverage>").next().unwrap();
        assert_eq!(coverage.matches("<Spatial>").count(), 2, "{coverage}");
        assert!(
            coverage.contains("<Temporal>2026</Temporal>") && coverage.contains("<Juridictional>"),
            "{coverage}"
        );
    }
}

#[test]
fn names_as_other_systems_write_them_and_the_longest_are_found() {
    // A name in decomposed letters on the disk, composed in the table; 250 bytes; a folder with spaces and marks.
    let long = format!("{}.txt", "é".repeat(123));
    let decomposed = "e\u{301}te\u{301}/pie\u{300}ce n° 1.txt";
    let files = [
        (decomposed, "Une note.\n"),
        (long.as_str(), "Une longue.\n"),
        ("a & b/<c> 'd'.txt", "Des marques.\n"),
    ];
    let table =
        format!("chemin;titre\r\nété/pièce n° 1.txt;L'été\r\n{long};Longue\r\na & b/<c> 'd'.txt;Marques\r\n");
    let ged = Ged::of(&files, table.as_bytes());
    let (code, said) = ged.make(&PARTIES);
    assert_eq!(code, Some(0), "{said}");
    let manifest = manifest(&ged);
    for expected in ["L'été", "Longue", "Marques"] {
        assert!(manifest.contains(&format!("<Title>{expected}</Title>")), "{expected}: {manifest}");
    }
    let mut zip = zip::ZipArchive::new(fs::File::open(ged.path("sip.zip")).unwrap()).unwrap();
    assert_eq!(zip.len(), 4);
    assert_eq!(
        std::io::read_to_string(zip.by_name(&format!("content/{long}")).unwrap()).unwrap(),
        "Une longue.\n"
    );
}

#[test]
fn the_user_guide_s_example_is_a_transfer() {
    let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/deposant.md")).unwrap();
    let start = guide.find("chemin;titre;type de document").unwrap();
    let table = guide[start..].split("```").next().unwrap();
    let pdf = "%PDF-1.4\n%%EOF\n";
    let ged = Ged::of(&[("convocation.pdf", pdf), ("pv.pdf", pdf)], table.as_bytes());
    let (code, said) = ged.make(&with("seance", &[]));
    assert_eq!(code, Some(0), "{said}");
}

/// Real profiles ask for what they like: whatever it is, it is told or it is met, and soon.
#[test]
fn under_any_profile_of_the_corpus_what_is_asked_is_told_or_met() {
    let Some(corpus) = crate::corpus_folder() else { return };
    let mut profiles = 0;
    for version in ["seda-2.1", "seda-2.2", "seda-2.3"] {
        let Ok(entries) = fs::read_dir(corpus.join("profiles").join(version)) else { continue };
        for path in
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension() == Some("rng".as_ref()))
        {
            let ged = Ged::of(
                &[("a.pdf", "%PDF-1.4\n%%EOF\n")],
                "chemin;titre\n.;L'ensemble\na.pdf;A\n".as_bytes(),
            );
            let (code, said) = ged.make(&with(path.to_str().unwrap(), &[]));
            // A grammar that is no profile, or of another version, cannot be applied.
            let is_told = match code {
                Some(0) => ged.path("sip.zip").exists(),
                Some(1) => said.lines().count() > 1 && said.contains("Rien n'est écrit"),
                _ => said.contains("ce profil ne peut pas être appliqué") || said.contains("sip make écrit"),
            };
            assert!(is_told, "{}: {code:?} {said}", path.display());
            profiles += 1;
        }
    }
    assert!(profiles > 20, "{profiles}");
}
