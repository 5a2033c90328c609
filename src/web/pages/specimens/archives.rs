//! Made-up units and files.

use super::frame::{at, shell};
use crate::catalog::question::Understood;
use crate::catalog::question::marks::{Marks, Why};
use crate::catalog::register_queries::Total;
use crate::identity::Opened;
use crate::mail::{Manner, Subject};
use crate::model::{Content, Role};
use crate::web::pages::access::closed::{Closed, ToldLine};
use crate::web::pages::access::derogation::{self, DerogationsPage};
use crate::web::pages::access::facets::{self, Facet};
use crate::web::pages::access::object::*;
use crate::web::pages::access::preview::{Preview, Sheet, XmlLine};
use crate::web::pages::access::register::{self, Line, RegisterPage};
use crate::web::pages::access::search::*;
use crate::web::pages::access::unit::*;
use crate::web::pages::account::{self, AccountPage};
use crate::web::pages::mails;
use crate::web::pages::shell::*;
use crate::web::pages::words;

pub fn unit_line(title: &str, level: &str, details: &str) -> FoundLine {
    FoundLine {
        address: "/archives/unites/0".into(),
        title: why(title, "").title,
        extract: match level {
            "Series" => why("", "Par rue ; avec les pièces de la toiture lorsqu’elle a changé").extract,
            _ => None,
        }
        .unwrap_or_default(),
        icon: words::level_icon(Some(level), false),
        level: Some(words::level(level).into()),
        details: details.into(),
        closed: (level == "Series").then(|| "Communicable à compter du 1er janvier 2070".into()),
    }
}

/// Why a unit that says so answers « toiture ».
fn why(title: &str, said: &str) -> Why {
    let content = Content { descriptions: vec![said.to_owned()], ..Content::default() };
    Marks::of(&Understood::read("toiture")).why(title, &content)
}

/// What the answers to a search are.
pub fn facets() -> Vec<Facet> {
    let facet = |title, name, values: &[(&str, &str)]| Facet {
        title,
        name,
        values: values
            .iter()
            .map(|(label, count)| facets::Value {
                label: (*label).into(),
                count: (*count).into(),
                address: "/archives?q=toiture".into(),
                chosen: name == "annee",
            })
            .collect(),
    };
    vec![
        facet(
            "Service producteur",
            "service",
            &[("Direction des bâtiments et de l’énergie", "287 +"), ("Mairie", "4")],
        ),
        facet("Accord de versement", "flux", &[("Marchés publics", "285 +"), ("Actes", "16")]),
        facet("Année", "annee", &[("2025", "301 +")]),
        facet(
            "Communicabilité",
            "communicable",
            &[("Communicable à tous", "287 +"), ("Pas encore communicable", "4")],
        ),
        facet(
            "Format",
            "format",
            &[("Acrobat PDF 1.4 - Portable Document Format 1.4", "3"), ("Non reconnu", "1")],
        ),
    ]
}

fn files() -> Vec<ObjectLine> {
    ["acte-engagement.pdf", "annexe-financiere.pdf"]
        .map(|name| ObjectLine {
            id: name.into(),
            address: "/archives/objets/0".into(),
            download: Some("#".into()),
            name: name.into(),
            icon: "file",
            details: "Document PDF · 842 Ko".into(),
        })
        .into()
}

fn closed() -> Closed {
    Closed {
            why: "Communicable à compter du 1er janvier 2070. Avant cette date, vous pouvez demander une dérogation.".into(),
            say_why: None,
            ask: Some("/archives/unites/0/derogation".into()),
            csrf: "jeton".into(),
            notice: None,
            errors: Vec::new(),
            reason_chars_max: 2_000,
        }
}

pub fn unit() -> UnitPage {
    let child = |title: &str, level: &str, details: &str, opens| TreeLine {
        address: "/archives/unites/0".into(),
        title: title.into(),
        icon: words::level_icon(Some(level), false),
        details: details.into(),
        opens,
    };
    let description = Fact {
        label: "Présentation du contenu".into(),
        value: "Dossier complet de la consultation : publicité, candidatures, offres, analyse, notification, réception des travaux de réfection de la toiture et de l’isolation des combles.".into(),
        whole: true,
    };
    UnitPage {
        shell: Shell {
            top: false,
            ..shell("Marché 2025-07 : toiture de l’école Jean-Moulin", Section::Archives, "lecteur")
        },
        trail: vec![
            Link::new("Archives", "/archives"),
            Link::new("Marchés publics 2025", "/archives/unites/0"),
        ],
        here: "/archives/unites/0".into(),
        level: Some("Dossier".into()),
        facts: vec![
            description,
            Fact::new("Cote", "SAL-2026-00037"),
            Fact::new("Dates", "12 mars 2025 – 4 février 2026"),
            Fact::new("Service producteur", "Mairie de Saint-Aubin-des-Landes"),
            Fact::new("Prise en charge", "3 novembre 2026 à 19 h 21"),
        ],
        others: vec![Fact::new("Gps/GpsLatitude", "48.12")],
        children: vec![
            child("Publicité et dossier de consultation", "File", "mars 2025", true),
            child("Candidatures et offres", "File", "avril 2025", true),
            child("Rapport d’analyse des offres", "Item", "12 mai 2025", false),
            child("Notification", "File", "2 juin 2025", true),
            child("Procès-verbal de réception", "Item", "4 février 2026", false),
        ],
        first: true,
        next: Some("/archives/unites/0?apres=5".into()),
        objects: files(),
        attestations: Some(super::transfers::attestations()),
        closed: Some(closed()),
        told: [("Consulté", "archiviste"), ("Pris en charge", "le service"), ("Reçu", "le service")]
            .map(|(what, who)| ToldLine {
                at: words::moment(at("2026-11-24T09:12:00Z")),
                what: what.into(),
                who: who.into(),
            })
            .into(),
        delivery: Some("/archives/unites/0/communication".into()),
        copies: super::integrity::copies(),
        reading: None,
    }
}

/// A flow of accounts.
pub fn flow() -> ObjectPage {
    let line = |depth, name: &str, value: &str| XmlLine {
        depth,
        name: name.into(),
        attributes: if value.is_empty() { Vec::new() } else { vec![("V".into(), value.into())] },
        text: String::new(),
    };
    let row = |cells: [&str; 4]| cells.map(str::to_owned).into();
    let mut page = object();
    page.shell.title = "PESALR2_21960023600026_260630_8".into();
    page.preview = Preview::Xml {
        sheet: Some(Sheet {
            title: "Titres de recettes".into(),
            facts: vec![
                Fact::new("Budget", "RÉGIE DE L’EAU"),
                Fact::new("Bordereau", "8"),
                Fact::new("Exercice", "2026"),
            ],
            head: vec!["Pièce", "Objet", "Tiers", "Montant HT"],
            rows: vec![
                row(["112", "Eau, premier semestre", "Mme Kervella", "84,20 €"]),
                row(["113", "Eau, premier semestre", "École Jean-Moulin", "1 204,00 €"]),
            ],
            cut: false,
        }),
        lines: vec![
            line(0, "PES_Aller", ""),
            line(1, "EnTetePES", ""),
            line(2, "DteStr", "2026-06-30"),
            line(2, "LibelleColBud", "RÉGIE DE L’EAU"),
        ],
        cut: true,
    };
    page
}

pub fn derogations() -> DerogationsPage {
    let line = |title: &str, state, see: Option<&str>| {
        derogation::Line {
        unit: "/archives/unites/0".into(),
        title: title.into(),
        cote: "SAL-2026-00041".into(),
        person: "Anne Kervella".into(),
        reason: "Recherche sur les familles accueillies dans la commune entre 1939 et 1945, pour un mémoire de master.\nJe ne publierai aucun nom.".into(),
        opens: Some("1er janvier 2041".into()),
        asked: words::moment(at("2026-11-24T09:12:00Z")),
        state,
        see: see.map(str::to_owned),
    }
    };
    let [waits, seen] = [("Déposée", "waiting", "clock"), ("Vue", "kept", "check")]
        .map(|(label, tone, icon)| Badge { label, tone, icon });
    DerogationsPage {
        shell: Shell { top: false, ..shell("Demandes de dérogation", Section::Archives, "archiviste") },
        trail: vec![Link::new("Archives", "/archives")],
        csrf: "jeton".into(),
        waiting: "1 demande attend d’être vue".into(),
        lines: vec![
            line("Dossiers d’aide sociale, 1939-1945", waits, Some("/derogations/0/vue")),
            line("Registre des naissances, 1932-1942", seen, None),
        ],
        next: None,
    }
}

pub fn object() -> ObjectPage {
    ObjectPage {
        shell: Shell { top: false, ..shell("acte-engagement.txt", Section::Archives, "lecteur") },
        trail: vec![Link::new("Archives", "/archives"), Link::new("Marché 2025-07 : toiture de l’école Jean-Moulin", "/archives/unites/0")],
        download: Some("#".into()),
        size: words::size(842_000),
        preview: Preview::Text { text: "ACTE D’ENGAGEMENT\n\nArticle 1 – Objet du marché\nRéfection de la toiture de l’école Jean-Moulin.\n".into(), cut: true },
        facts: vec![Fact::new("Nature", "Texte"), Fact::new("Taille", "842 Ko (842 113 octets)"), Fact::new("Usage", "Exemplaire de conservation"), Fact::new("Format", "Plain Text File — x-fmt/111, d’après ses octets")],
        digest: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e".into(),
        reading: Some("Vous lisez au titre du contrôle scientifique et technique, jusqu’au 20 novembre 2026 à 20 h 00. Chaque fichier ouvert est inscrit au journal de la collectivité ; les délais de communicabilité ne vous sont pas opposés.".into()),
    }
}

pub fn register() -> RegisterPage {
    let line =
        |cote: &str, title: &str, sender: &str, producer: Option<&str>, at_: &str, content: &str| Line {
            cote: cote.into(),
            address: Some("/archives/unites/0".into()),
            title: title.into(),
            at: words::moment(at(at_)),
            sender: sender.into(),
            producer: producer.map(str::to_owned),
            agreement: "Délibérations et arrêtés".into(),
            content: content.into(),
        };
    let lines = vec![
        line(
            "SAL-2026-000041",
            "Conseil municipal du 27 mars 2026 : dossier de séance",
            "Mairie de Saint-Aubin-des-Landes",
            None,
            "2026-04-02T09:12:00Z",
            "27 fichiers, 31 Mo",
        ),
        line(
            "SAL-2026-000042",
            "Marché 2025-07 : réfection de la toiture de l’école Jean-Moulin",
            "Mairie de Saint-Aubin-des-Landes",
            Some("Caisse des écoles"),
            "2026-04-17T14:03:00Z",
            "214 fichiers, 1,2 Go",
        ),
    ];
    let total = |year, entries| Total { year, entries, objects: 241, bytes: 1_320_000_000 };
    let account = shell("", Section::Archives, "archiviste").account.unwrap();
    register::page(account, 2026, &[total(2026, 2), total(2025, 38), total(2024, 12)], lines, None)
}

pub fn account_page() -> AccountPage {
    let opened = |browser: &str, from: &str, opened: &str, seen: &str, is_this_one| Opened {
        session_id: uuid::Uuid::nil(),
        browser: browser.into(),
        address: from.into(),
        opened_at: at(opened),
        seen_at: at(seen),
        is_this_one,
    };
    let sessions = [
        opened("Firefox sur Windows", "192.0.2.14", "2026-11-27T07:58:00Z", "2026-11-27T09:12:00Z", true),
        opened("Safari sur iPhone", "198.51.100.7", "2026-11-26T16:40:00Z", "2026-11-26T17:02:00Z", false),
    ];
    let account = shell("", Section::None, "archiviste").account;
    let roles = [Role::Depositor, Role::MemberAdmin];
    let chosen = [(Subject::Quota, Manner::Digest)];
    let mails = mails::card(Some("mairie@saint-aubin.example.fr".into()), &roles, &chosen);
    account::page(account, ("Secrétariat de mairie".into(), "jeton".into()), &sessions, mails)
}
