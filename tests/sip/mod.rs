//! `chartrier sip make`: folders and tables that become SIPs, and those that do not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub mod profiles;

use crate::support::service::{Client, Place, Service};

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_chartrier")).args(["sip", "make"]).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// A folder of files, its table and where the SIP goes.
struct Ged {
    folder: tempfile::TempDir,
}

impl Ged {
    fn of(files: &[(&str, &str)], table: &[u8]) -> Ged {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join("ged").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        fs::create_dir_all(folder.path().join("ged")).unwrap();
        fs::write(folder.path().join("table.csv"), table).unwrap();
        Ged { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn make(&self, more: &[&str]) -> (Option<i32>, String) {
        let text = |name: &str| self.path(name).to_str().unwrap().to_owned();
        let (ged, table, out) = (text("ged"), text("table.csv"), text("sip.zip"));
        let mut arguments =
            vec!["--folder", &ged, "--csv", &table, "--out", &out, "--agreement", "ACCORD-TEST"];
        arguments.extend(more);
        run(&arguments)
    }
}

const PARTIES: [&str; 6] = [
    "--archival-agency",
    "ARCHIVES-TEST",
    "--transferring-agency",
    "VERSANT-TEST",
    "--originating-agency",
    "PRODUCTEUR-TEST",
];

const FILES: [(&str, &str); 3] = [
    ("séance/délibération.pdf", "%PDF-1.4\n% une délibération\n%%EOF\n"),
    ("séance/annexes/tarifs & barème.pdf", "%PDF-1.4\n% des tarifs\n%%EOF\n"),
    ("note.txt", "Une note.\n"),
];

const TABLE: &str = "chemin;titre;description;date de début;date de fin;DUA;sort final;code d'accès;début d'accès;mots-clés\n\
    .;Séance du 22 septembre;Conseil municipal;2026-09-22;2026-09-24;P1Y;conserver;AR038;2026-09-22;finances|tarifs\n\
    séance;La séance;;;;;;;;\n\
    séance/délibération.pdf;Délibération 2026-041;;2026-09-22;;;;;;\n\
    séance\\annexes\\tarifs & barème.pdf;Tarifs <2027>;;;;;;;;\n\
    note.txt;Note;;;;;;;;\n";

#[test]
fn a_folder_and_a_table_are_a_transfer_that_is_taken_in_charge() {
    let ged = Ged::of(&FILES, TABLE.as_bytes());
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    for version in ["2.1", "2.2", "2.3"] {
        let (code, said) = ged.make(&[&PARTIES[..], &["--seda", version, "--identifier", version]].concat());
        assert_eq!(code, Some(0), "{version}: {said}");
        let id = client.deposit(&fs::read(ged.path("sip.zip")).unwrap()).unwrap();
        let state = client.wait_for(&id, &["taken_in_charge", "refused"]).unwrap();
        let told = client.transfer(&id).unwrap();
        assert_eq!(state, "taken_in_charge", "{told:#}");
        assert_eq!((&told["title"], &told["object_count"]), (&"Séance du 22 septembre".into(), &3.into()));
        fs::remove_file(ged.path("sip.zip")).unwrap();
    }
    let titles = place.rows("select title from unit order by title");
    for title in ["Délibération 2026-041", "La séance", "Note", "Tarifs <2027>", "annexes"] {
        assert_eq!(titles.iter().filter(|known| *known == title).count(), 3, "{title}: {titles:?}");
    }
}

#[test]
fn the_agreement_of_a_member_s_file_names_who_takes_part_and_the_standard_holds() {
    let ged = Ged::of(&FILES, TABLE.as_bytes());
    let member = "[[agreement]]\nidentifier = \"ACCORD-TEST\"\narchival_agency = \"ARCHIVES-TEST\"\n\
        transferring = [\"VERSANT-TEST\"]\noriginating = [\"UN\", \"DEUX\"]\n";
    fs::write(ged.path("membre.toml"), member).unwrap();
    let file = ged.path("membre.toml").to_str().unwrap().to_owned();
    let (code, said) = ged.make(&["--member", &file]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("donnez --originating-agency"), "{said}");
    let (code, said) = ged.make(&["--member", &file, "--originating-agency", "DEUX", "--json"]);
    let told: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((code, &told["objects"]), (Some(0), &3.into()), "{said}");
    // Nothing is written over.
    assert_eq!(ged.make(&PARTIES).0, Some(2));
    if let Some(corpus) = crate::corpus_folder() {
        let corpus = corpus.canonicalize().unwrap();
        let mut zip = zip::ZipArchive::new(fs::File::open(ged.path("sip.zip")).unwrap()).unwrap();
        let manifest = ged.path("manifest.xml");
        let mut copy = fs::File::create(&manifest).unwrap();
        std::io::copy(&mut zip.by_name("manifest.xml").unwrap(), &mut copy).unwrap();
        let mut judge = Command::new("xmllint");
        judge.env("XML_CATALOG_FILES", corpus.join("seda-xsd/catalog.xml"));
        judge.args(["--nonet", "--noout", "--schema"]).arg(corpus.join("seda-xsd/2.1/seda-2.1-main.xsd"));
        let judged = judge.arg(manifest).output().unwrap();
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    }
}

#[test]
fn what_a_profile_asks_and_nobody_gave_leaves_nothing() {
    let ged = Ged::of(&FILES, TABLE.as_bytes());
    let (code, said) = ged.make(&[&PARTIES[..], &["--profile", "seance"]].concat());
    assert_eq!(code, Some(1), "{said}");
    for expected in [
        "ligne 2, « type de document » : le profil le demande (L'assemblée qui a siégé) ; attendu : « Conseil municipal »",
        "Rien n'est écrit",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let left: Vec<_> =
        fs::read_dir(ged.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("sip.zip")), "{left:?}");
    let (code, said) = ged.make(&[&PARTIES[..], &["--profile", "inconnu"]].concat());
    assert_eq!(code, Some(2), "{said}");
}

#[test]
fn a_profile_s_rules_are_met_by_the_table() {
    let ged = Ged::of(&FILES, TABLE.as_bytes());
    let grammar = crate::support::profile::grammar("2.1", "Séance du 22 septembre");
    // Its header is that of a message whose lists are empty: any content will do here.
    fs::write(ged.path("seances.rng"), anything_in_header(&grammar)).unwrap();
    let profile = ged.path("seances.rng").to_str().unwrap().to_owned();
    let (code, said) = ged.make(&[&PARTIES[..], &["--profile", &profile]].concat());
    assert_eq!(code, Some(0), "{said}");
    let mut zip = zip::ZipArchive::new(fs::File::open(ged.path("sip.zip")).unwrap()).unwrap();
    let manifest = std::io::read_to_string(zip.by_name("manifest.xml").unwrap()).unwrap();
    assert!(manifest.contains("<ArchivalProfile>seances</ArchivalProfile>"), "{manifest}");
}

fn anything_in_header(grammar: &[u8]) -> String {
    let text = String::from_utf8(grammar.to_vec()).unwrap();
    let header = text.replace(
        "<text/>\n    </element>\n  </define>\n  <define name=\"object\">",
        "<ref name=\"anything\"/>\n    </element>\n  </define>\n  <define name=\"object\">",
    );
    header.replace("<element name=\"BinaryDataObject\">", "<element name=\"DataObjectGroup\">")
}

#[test]
fn tables_and_folders_that_do_not_agree_are_told_line_by_line() {
    let cases: [(&str, &str); 5] = [
        (
            "chemin;titre\nséance/délibération.pdf;A\nabsent.pdf;B\n",
            "ligne 3 : « absent.pdf » n'est pas dans le dossier",
        ),
        ("chemin;titre\nséance/délibération.pdf;A\n", "« note.txt » est dans le dossier, et aucune ligne"),
        ("chemin;titre\nnote.txt;A\n./note.txt;B\n", "ligne 3 : « note.txt » est déjà décrit à la ligne 2"),
        ("chemin;tittre\nnote.txt;A\n", "la plus proche : « titre »"),
        ("titre\nA\n", "« chemin » manque"),
    ];
    for (table, expected) in cases {
        let ged = Ged::of(&FILES, table.as_bytes());
        let (code, said) = ged.make(&PARTIES);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!ged.path("sip.zip").exists());
    }
    let ged = Ged::of(&FILES, "chemin;titre\nnote.txt;A\n".as_bytes());
    assert_eq!(ged.make(&[&PARTIES[..], &["--all"]].concat()).0, Some(0));
    // A link that leads elsewhere, a date that is none, an empty folder.
    let ged = Ged::of(&FILES, TABLE.as_bytes());
    std::os::unix::fs::symlink("/etc/hostname", ged.path("ged/lien")).unwrap();
    let (code, said) = ged.make(&PARTIES);
    assert!(code == Some(1) && said.contains("« lien » : un lien"), "{said}");
    let ged = Ged::of(&FILES, TABLE.replace("2026-09-24", "demain").as_bytes());
    let (code, said) = ged.make(&PARTIES);
    assert!(code == Some(1) && said.contains("ligne 2, « date de fin » : « demain »"), "{said}");
    let ged = Ged::of(&[FILES[0], FILES[1], ("note.txt", "")], TABLE.as_bytes());
    let (code, said) = ged.make(&PARTIES);
    assert!(code == Some(1) && said.contains("« content/note.txt » est vide"), "{said}");
    // What another run is writing is left alone.
    let ged = Ged::of(&FILES, TABLE.as_bytes());
    fs::write(ged.path("sip.zip.part"), "d'un autre").unwrap();
    let (code, said) = ged.make(&PARTIES);
    assert!(code == Some(2) && said.contains("existe"), "{said}");
    assert_eq!(fs::read_to_string(ged.path("sip.zip.part")).unwrap(), "d'un autre");
    let ged = Ged::of(&[], TABLE.as_bytes());
    let (code, said) = ged.make(&PARTIES);
    assert!(code == Some(1) && said.contains("aucun fichier"), "{said}");
}

#[test]
fn five_thousand_files_are_one_transfer() {
    let folder = tempfile::tempdir().unwrap();
    let ged = folder.path().join("ged");
    let mut table = String::from("chemin;titre\n");
    for n in 0..5_000 {
        let name = format!("lot {}/pièce {n}.pdf", n / 100);
        let path = ged.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("%PDF-1.4\n% {n}\n%%EOF\n")).unwrap();
        table += &format!("{name};Pièce {n}\n");
    }
    fs::write(folder.path().join("table.csv"), table).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (ged, table, out) =
        (text(&ged), text(&folder.path().join("table.csv")), text(&folder.path().join("sip.zip")));
    let arguments =
        ["--folder", &ged, "--csv", &table, "--out", &out, "--agreement", "ACCORD-TEST", "--json"];
    let (code, said) = run(&[&arguments[..], &PARTIES[..]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("\"objects\":5000"), "{said}");
}
