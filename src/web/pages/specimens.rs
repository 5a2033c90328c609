//! Every page rendered with made-up values, checked for what each must have; test only.
//!
//! With `CHARTRIER_SPECIMENS` naming a folder, the pages are written there, to be looked at in a browser.

use chrono::{DateTime, Utc};

use super::access::object::*;
use super::access::search::*;
use super::access::unit::*;
use super::desk::{DeskPage, Holdings};
use super::identity::*;
use super::ingest::deposit::DepositPage;
use super::ingest::list::*;
use super::ingest::transfer::{self, DecisionForm, Seen, TransferPage};
use super::notices::*;
use super::shell::*;
use super::words;
use crate::model::findings::Kind;
use crate::model::{Finding, Severity, Transfer, TransferId, TransferState};
use crate::registry::Quota;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

fn shell(title: &str, section: Section, roles: &str) -> Shell {
    let account = Account {
        member: "Commune de Saint-Aubin-des-Landes".into(),
        may_change: roles == "archiviste",
        person: "Secrétariat de mairie".into(),
        roles: roles.into(),
        csrf: "jeton".into(),
        menu: vec![Section::Desk, Section::Transfers, Section::Archives],
    };
    Shell { title: title.into(), account: Some(account), section, top: true }
}

fn outside(title: &str) -> Shell {
    Shell { title: title.into(), account: None, section: Section::None, top: true }
}

const RECEIVED: Badge = Badge { label: "Reçu, contrôle en cours", tone: "moving", icon: "clock" };
const WAITING: Badge = Badge { label: "En attente de l’archiviste", tone: "waiting", icon: "person" };
const KEPT: Badge = Badge { label: "Pris en charge", tone: "kept", icon: "check" };
const REFUSED: Badge = Badge { label: "Refusé", tone: "refused", icon: "cross" };

fn line(title: &str, state: Badge, when: &str, size: u64, files: Option<u64>) -> TransferLine {
    TransferLine {
        address: "/versements/0".into(),
        title: title.into(),
        state,
        received: words::moment(at(when)),
        sender: files.map(|_| "Mairie de Saint-Aubin-des-Landes".into()),
        size: words::size(size),
        files: files.map(|files| words::count(files, "fichier", "fichiers")),
    }
}

fn lines() -> Vec<TransferLine> {
    vec![
        line("marches-2026-salle-des-fetes.zip", RECEIVED, "2026-11-20T16:02:00Z", 48_200_000, None),
        line(
            "Registre des délibérations, 3e trimestre 2026",
            WAITING,
            "2026-11-20T15:40:00Z",
            9_120_000,
            Some(14),
        ),
        line(
            "Marché public 2025-07 : réfection de la toiture de l’école Jean-Moulin",
            REFUSED,
            "2026-11-18T09:12:00Z",
            31_000_000,
            Some(27),
        ),
        line("Délibération 2026-042 : budget primitif", KEPT, "2026-11-12T08:30:00Z", 1_440_000, Some(3)),
        line("Flux comptable d’octobre 2026", KEPT, "2026-11-03T18:21:00Z", 212_000, Some(2)),
    ]
}

fn desk(depositor: bool) -> DeskPage {
    DeskPage {
        shell: shell("Accueil", Section::Desk, if depositor { "déposant, lecteur" } else { "archiviste" }),
        person: "Secrétariat de mairie".into(),
        can_deposit: depositor,
        can_read: true,
        sees_transfers: true,
        decides: !depositor,
        awaiting: lines().into_iter().skip(1).take(1).collect(),
        awaiting_count: "1 versement".into(),
        refused: if depositor { lines().into_iter().skip(2).take(1).collect() } else { Vec::new() },
        lately: lines(),
        moving: true,
        work: Vec::new(),
        holdings: (!depositor).then(|| {
            Holdings::of(&Quota { bytes_max: 2 << 30, bytes_held: 1_420_000_000, archives_held: 312 })
        }),
    }
}

fn account(roles: &str) -> Account {
    shell("", Section::Transfers, roles).account.unwrap()
}

fn transfer(state: TransferState, title: &str) -> Transfer {
    let closed = state.is_closed().then(|| at("2026-11-18T09:12:41Z"));
    Transfer {
        transfer_id: TransferId(uuid::Uuid::nil()),
        state,
        person_id: None,
        machine_id: None,
        file_name: "versement.zip".into(),
        size_bytes: 31_000_000,
        digest: vec![0; 64],
        received_at: at("2026-11-18T09:12:00Z"),
        attempt: 1,
        seda_version: Some("2.1".into()),
        message_identifier: Some("MP-2025-07-T1".into()),
        transferring_agency: Some("21350000700010".into()),
        agreement_identifier: Some("MARCHES".into()),
        title: Some(title.into()),
        unit_count: Some(35),
        object_count: Some(27),
        findings: Vec::new(),
        decided_at: closed,
        archive_id: None,
        closed_at: closed,
    }
}

fn seen(transfer: &Transfer) -> Seen<'_> {
    Seen {
        transfer,
        archive: None,
        sender: Some("Mairie de Saint-Aubin-des-Landes".into()),
        agreement: Some("Marchés publics".into()),
        acknowledged: true,
        replied: transfer.state.is_closed(),
        can_deposit: true,
        decision: None,
    }
}

static DIGEST: Kind = Kind {
    code: "object.digest",
    severity: Severity::Error,
    reply_code: "207",
    title: "Un fichier n’est pas celui que le bordereau annonce",
    remedy: "Refaites le versement avec votre logiciel : le fichier a changé après sa préparation, ou l’envoi l’a abîmé.",
};
static MISSING: Kind = Kind {
    code: "object.missing",
    severity: Severity::Error,
    reply_code: "206",
    title: "Des fichiers annoncés ne sont pas dans l’envoi",
    remedy: "Ajoutez les fichiers manquants, ou retirez-les du bordereau, puis déposez de nouveau.",
};
static UNTITLED: Kind = Kind {
    code: "unit.untitled",
    severity: Severity::Warning,
    reply_code: "001",
    title: "Un dossier n’a pas de titre",
    remedy: "Donnez un titre à chaque dossier : c’est par lui qu’on le retrouvera.",
};

fn refused() -> TransferPage {
    let mut transfer = transfer(
        TransferState::Refused,
        "Marché public 2025-07 : réfection de la toiture de l’école Jean-Moulin",
    );
    let missing = ["coupe-a", "coupe-b", "facade-nord", "facade-sud", "masse", "situation", "toiture"];
    transfer.findings.push(
        Finding::new(&DIGEST, "« pv-reception.pdf » : l’empreinte calculée diffère de celle du bordereau.")
            .at_line(214)
            .in_path("content/pv-reception.pdf"),
    );
    for name in missing {
        let message = format!("« plans/{name}.tif » est absent.");
        transfer.findings.push(Finding::new(&MISSING, message).in_path(format!("plans/{name}.tif")));
    }
    transfer.findings.push(Finding::new(&UNTITLED, "Le troisième dossier sera nommé « Sans titre »."));
    transfer::page(account("déposant"), seen(&transfer))
}

fn kept() -> TransferPage {
    let transfer = transfer(TransferState::TakenInCharge, "Délibération 2026-042 : budget primitif");
    let archive = Some(("SAL-2026-00042".into(), "/archives/unites/0".into(), 2));
    transfer::page(account("déposant"), Seen { archive, ..seen(&transfer) })
}

fn received() -> TransferPage {
    let mut transfer = transfer(TransferState::Received, "");
    (transfer.title, transfer.unit_count, transfer.object_count) = (None, None, None);
    (transfer.message_identifier, transfer.file_name) = (None, "marches-2026-salle-des-fetes.zip".into());
    transfer::page(account("déposant"), Seen { sender: None, agreement: None, ..seen(&transfer) })
}

fn examined() -> TransferPage {
    let transfer = transfer(TransferState::Examined, "Registre des délibérations, 3e trimestre 2026");
    let decision = Some(DecisionForm {
        csrf: "jeton".into(),
        reason: String::new(),
        errors: vec![FieldError {
            field: "motif",
            sentence: "Dites pourquoi vous refusez ce versement.".into(),
        }],
    });
    transfer::page(account("archiviste"), Seen { decision, can_deposit: false, ..seen(&transfer) })
}

fn unit_line(title: &str, level: &str, details: &str) -> FoundLine {
    FoundLine {
        address: "/archives/unites/0".into(),
        title: title.into(),
        icon: words::level_icon(Some(level), false),
        level: Some(words::level(level).into()),
        details: details.into(),
    }
}

fn unit() -> UnitPage {
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
        objects: vec![ObjectLine {
            address: "/archives/objets/0".into(),
            download: Some("#".into()),
            name: "acte-engagement.pdf".into(),
            icon: "file",
            details: "Document PDF · 842 Ko".into(),
        }],
    }
}

fn object() -> ObjectPage {
    ObjectPage {
        shell: Shell { top: false, ..shell("acte-engagement.txt", Section::Archives, "lecteur") },
        trail: vec![Link::new("Archives", "/archives"), Link::new("Marché 2025-07 : toiture de l’école Jean-Moulin", "/archives/unites/0")],
        download: Some("#".into()),
        size: words::size(842_000),
        preview: Preview::Text { text: "ACTE D’ENGAGEMENT\n\nArticle 1 – Objet du marché\nRéfection de la toiture de l’école Jean-Moulin.\n".into(), cut: true },
        facts: vec![Fact::new("Nature", "Texte"), Fact::new("Taille", "842 Ko (842 113 octets)"), Fact::new("Usage", "Exemplaire de conservation")],
        digest: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e".into(),
    }
}

#[expect(clippy::too_many_lines, reason = "one example a page, one after the other")]
fn pages() -> Vec<(&'static str, String)> {
    let log_in = LogInPage {
        shell: outside("Connexion"),
        csrf: "jeton".into(),
        back: String::new(),
        login: "secretariat".into(),
        errors: vec![FieldError {
            field: "mot-de-passe",
            sentence: "Identifiant ou mot de passe inconnu.".into(),
        }],
    };
    let choose = ChooseMemberPage {
        shell: outside("Choix de la collectivité"),
        csrf: "jeton".into(),
        choices: [
            "Département des Landes d’Armor",
            "Commune de Saint-Aubin-des-Landes",
            "Communauté de communes du Val d’Ille",
        ]
        .map(|name| MemberChoice { code: "x".into(), name: name.into(), roles: "archiviste".into() })
        .into(),
    };
    let list = ListPage {
        shell: shell("Versements", Section::Transfers, "déposant, lecteur"),
        here: "/versements".into(),
        can_deposit: true,
        lines: lines(),
        first: true,
        next: Some("/versements?apres=x".into()),
        moving: true,
    };
    let deposit = DepositPage {
        shell: Shell { top: false, ..shell("Déposer un versement", Section::Transfers, "déposant") },
        trail: vec![Link::new("Versements", "/versements")],
        csrf: "jeton".into(),
        size_max: words::size(20 << 30),
        errors: vec![FieldError { field: "fichier", sentence: "Choisissez d’abord un fichier.".into() }],
    };
    let search = SearchPage {
        shell: shell("Recherche « toiture »", Section::Archives, "lecteur"),
        question: "toiture".into(),
        lines: vec![
            unit_line(
                "Marché 2025-07 : toiture de l’école Jean-Moulin",
                "File",
                "SAL-2026-00037 · 12 mars 2025 – 4 février 2026",
            ),
            unit_line(
                "Délibération 2025-018 : toiture de l’école, choix de l’attributaire",
                "Item",
                "SAL-2026-00012 · 2 juin 2025",
            ),
            unit_line("Permis de construire, 2014-2019", "Series", "SAL-2026-00004 · 2014 – 2019"),
        ],
        next: None,
    };
    let problem = ProblemPage {
        shell: Shell { top: false, ..shell("Page introuvable", Section::None, "lecteur") },
        status: 404,
        what: "L’adresse est fausse, ou ce qu’elle montre n’est pas à votre collectivité.".into(),
        remedy: "Vérifiez l’adresse, ou repartez de l’accueil.".into(),
    };
    let accessibility = AccessibilityPage { shell: shell("Accessibilité", Section::None, "lecteur") };
    vec![
        ("connexion", render(&log_in)),
        ("collectivite", render(&choose)),
        ("accueil-deposant", render(&desk(true))),
        ("accueil-archiviste", render(&desk(false))),
        ("versements", render(&list)),
        ("depot", render(&deposit)),
        ("versement-recu", render(&received())),
        ("versement-refuse", render(&refused())),
        ("versement-pris-en-charge", render(&kept())),
        ("versement-a-decider", render(&examined())),
        ("archives", render(&search)),
        ("unite", render(&unit())),
        ("objet", render(&object())),
        ("erreur", render(&problem)),
        ("accessibilite", render(&accessibility)),
    ]
}

/// Values of an attribute in a page of ours, which always writes `name="value"`.
fn values<'page>(page: &'page str, attribute: &str) -> Vec<&'page str> {
    let opening = format!(" {attribute}=\"");
    page.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_has_one_heading_its_own_title_and_only_whole_references() {
    let pages = pages();
    let mut titles = std::collections::BTreeSet::new();
    for (name, page) in &pages {
        assert!(page.starts_with("<!doctype html>\n<html lang=\"fr\">"), "{name}: no doctype or language");
        assert_eq!(page.matches("<h1").count(), 1, "{name}: one first heading");
        assert_eq!(page.matches("<main ").count(), 1, "{name}: one main part");
        let title =
            page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
        titles.insert((title.to_owned(), name.starts_with("accueil")));
        let ids = values(page, "id");
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: an identifier stands twice");
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for target in values(page, attribute).iter().flat_map(|value| value.split_whitespace()) {
                assert!(ids.contains(&target), "{name}: {attribute} names {target}, which is absent");
            }
        }
    }
    assert_eq!(titles.len(), pages.len() - 1, "only the two desks share a title");
}

#[test]
fn no_page_carries_script_or_style_of_its_own() {
    for (name, page) in pages() {
        assert!(!page.contains("<style") && values(&page, "style").is_empty(), "{name}: style in the page");
        assert_eq!(page.matches("<script").count(), 1, "{name}: only the portal's own script");
        assert!(
            !page.contains(" onclick=") && !page.contains("javascript:"),
            "{name}: script in an attribute"
        );
        assert!(!page.contains("http://") && !page.contains("https://"), "{name}: an outside address");
    }
}

#[test]
fn a_depositor_s_page_shows_none_of_the_trade_s_words() {
    for (name, page) in pages() {
        for word in ["SEDA", "XML", "PUID", "tenant", "AR03", "transfert"] {
            assert!(!page.contains(word), "{name} says {word}");
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a designer's variable, not a setting")]
fn pages_are_written_where_asked() {
    let Some(folder) = std::env::var_os("CHARTRIER_SPECIMENS").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for (name, page) in pages() {
        std::fs::write(folder.join(name).with_extension("html"), page).unwrap();
    }
}
