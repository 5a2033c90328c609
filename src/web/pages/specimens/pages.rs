//! The pages, each by a name.

use super::archives::{account_page, derogations, facets, flow, object, register, unit, unit_line};
use super::desks;
use super::frame::{outside, shell};
use super::operations::operations;
use super::transfers::{
    awaiting_replication, awaiting_scanner, declined, examined, kept, lines, received, refused,
};
use super::{entries, formats};
use super::{integrity, people, piloting, profiles, proofs, readings, surveying};
use crate::web::pages::access::search::SearchPage;
use crate::web::pages::identity::*;
use crate::web::pages::ingest::deposit::DepositPage;
use crate::web::pages::ingest::list::ListPage;
use crate::web::pages::notices::*;
use crate::web::pages::shell::*;
use crate::web::pages::words;

#[expect(clippy::too_many_lines, reason = "one example a page, one after the other")]
/// Each page by its name, and what a browser is given.
pub fn pages() -> Vec<(&'static str, String)> {
    let log_in = LogInPage {
        shell: outside("Connexion"),
        csrf: "jeton".into(),
        back: String::new(),
        login: "secretariat".into(),
        notice: None,
        provider: Some("Se connecter avec ProConnect".into()),
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
        begun: Some("2\u{a0}versements commencés".into()),
        lines: lines(),
        first: true,
        next: Some("/versements?apres=x".into()),
        moving: true,
    };
    let deposit = DepositPage {
        shell: Shell {
            top: false, ..shell("Déposer un dossier préparé", Section::Transfers, "déposant")
        },
        trail: vec![Link::new("Versements", "/versements")],
        csrf: "jeton".into(),
        size_max: words::size(20 << 30),
        closed: None,
        errors: vec![FieldError { field: "fichier", sentence: "Choisissez d’abord un fichier.".into() }],
    };
    let search = SearchPage {
        shell: shell("Recherche « toiture »", Section::Archives, "lecteur"),
        question: "toiture".into(),
        kept: vec![("annee", "2025".into())],
        facets: facets(),
        count: Some("3 réponses".into()),
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
        register: false,
        follows: vec!["Commune de Fontvernoille".into()],
    };
    let problem = ProblemPage {
        shell: Shell { top: false, ..shell("Page introuvable", Section::None, "lecteur") },
        status: 404,
        what: Some("L’adresse est fausse, ou ce qu’elle montre n’est pas à votre collectivité.".into()),
        remedy: "Vérifiez l’adresse, ou repartez de l’accueil.".into(),
    };
    let accessibility = AccessibilityPage { shell: shell("Accessibilité", Section::None, "lecteur") };
    let mut pages = vec![
        ("connexion", render(&log_in)),
        ("collectivite", render(&choose)),
        ("accueil-deposant", render(&desks::depositor())),
        ("accueil-archiviste", render(&desks::archivist())),
        ("accueil-administrateur", render(&desks::administrator())),
        ("accueil-controle", render(&desks::control())),
        ("accueil-pilote", render(&desks::pilot())),
        ("accueil-operateur", render(&desks::operator())),
        ("decisions", render(&desks::decisions())),
        ("versements", render(&list)),
        ("verifier", render(&proofs::verified())),
        ("confiance", render(&proofs::trust())),
        ("api", render(&crate::web::pages::api::page())),
        ("scellements", render(&proofs::sealed())),
        ("registre", render(&register())),
        ("compte", render(&account_page())),
        ("depot", render(&deposit)),
        ("versement-recu", render(&received())),
        ("versement-attend-l-antivirus", render(&awaiting_scanner())),
        ("versement-attend-un-site", render(&awaiting_replication())),
        ("versement-refuse", render(&refused())),
        ("versement-decline", render(&declined())),
        ("versement-pris-en-charge", render(&kept())),
        ("versement-a-decider", render(&examined())),
        ("archives", render(&search)),
        ("unite", render(&unit())),
        ("objet", render(&object())),
        ("objet-flux", render(&flow())),
        ("derogations", render(&derogations())),
        ("controle-lire", render(&readings::open())),
        ("controle-lectures", render(&readings::list())),
        ("controle-lecture", render(&readings::one())),
        ("integrite", render(&integrity::integrity())),
        ("integrite-saine", render(&integrity::whole())),
        ("pilotage", render(&piloting::pilot())),
        ("pilotage-collectivite", render(&piloting::piloted())),
        ("rapport", render(&piloting::annual_report())),
        ("simulations", render(&piloting::simulations())),
        ("simulation", render(&piloting::simulation())),
        ("entrees", render(&entries::steering())),
        ("entree", render(&entries::entry_page())),
        ("comites", render(&entries::committees())),
        ("couts", render(&piloting::bill_years(false))),
        ("couts-a-reprendre", render(&piloting::bill_years(true))),
        ("couts-exercice", render(&piloting::bill_year(true))),
        ("couts-exercice-prepare", render(&piloting::bill_year(false))),
        ("facture", render(&piloting::bill_mine())),
        ("facture-repartition", render(&piloting::bill_summary())),
        ("consommation", render(&piloting::usage())),
        ("profils", render(&profiles::list())),
        ("profils-accords", render(&profiles::agreements())),
        ("profils-accord", render(&profiles::one_agreement())),
        ("profils-numerotation", render(&profiles::numbering())),
        ("profils-tableau", render(&profiles::schedule())),
        ("profil-import", render(&profiles::import())),
        ("profil", render(&profiles::show())),
        ("profil-explication", render(&profiles::explanation())),
        ("formats", render(&formats::held())),
        ("exploitation-formats", render(&formats::signatures())),
        ("exploitation", render(&operations())),
        ("erreur", render(&problem)),
        ("accessibilite", render(&accessibility)),
        ("composants", render(&crate::web::pages::styleguide::page())),
        ("aide", render(&crate::web::pages::help::page())),
    ];
    pages.extend(super::depositing::pages());
    pages.extend(people::pages());
    pages.extend(surveying::pages());
    pages.extend(profiles::models().iter().map(|(name, page)| (*name, render(page))));
    pages
}
