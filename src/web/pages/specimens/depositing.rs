//! A deposit without the standard, step by step, with made-up values.

use uuid::Uuid;

use super::frame::shell;
use crate::web::pages::drafting::choose::{Begun, ChoosePage, FlowView};
use crate::web::pages::drafting::describe::{DescribePage, GroupView};
use crate::web::pages::drafting::fields::FieldView;
use crate::web::pages::drafting::listed::{FileView, FilesPage, FolderView};
use crate::web::pages::drafting::review::{ReviewPage, TreeLine};
use crate::web::pages::drafting::same::SameView;
use crate::web::pages::drafting::{Step, Wrong, steps};
use crate::web::pages::shell::{Fact, Link, Section, Shell, render};

const FLOW: &str = "Dossiers de séance du conseil";

fn frame(title: &str) -> Shell {
    Shell { top: false, ..shell(title, Section::Transfers, "déposant") }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Versements", "/versements"), Link::new("Nouveau versement", "/versements/nouveau")]
}

fn way(now: usize) -> Vec<Step> {
    steps(Uuid::nil(), now)
}

/// Its pages, each by a name.
pub fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("versement-quoi", render(&choose())),
        ("versement-fichiers", render(&files())),
        ("versement-questions", render(&describe())),
        ("versement-relire", render(&review())),
    ]
}

fn choose() -> ChoosePage {
    let flow = |name: &str, notice: &str, last: Option<&str>| FlowView {
        agreement: "A".into(),
        name: name.into(),
        notice: notice.into(),
        last: last.map(str::to_owned),
    };
    ChoosePage {
        shell: frame("Nouveau versement"),
        trail: vec![Link::new("Versements", "/versements")],
        csrf: "jeton".into(),
        closed: None,
        wrong: None,
        begun: vec![Begun {
            address: "/versements/brouillons/x".into(),
            title: "Conseil municipal, séance du 22 septembre 2026".into(),
            flow: FLOW.into(),
            used: "27 novembre 2026 à 17 h 05".into(),
            sending: false,
        }],
        flows: vec![
            flow(
                FLOW,
                "Pour le secrétariat : un versement par séance du conseil, de la commission permanente, du comité ou du conseil d’administration.",
                Some("3 avril 2026 à 16 h 40"),
            ),
            flow(
                "Bulletins et magazines",
                "Pour le secrétariat ou la communication : un versement par an, ou pour quelques mois.",
                None,
            ),
            flow("Autres dossiers", "", None),
        ],
    }
}

fn files() -> FilesPage {
    let file = |name: &str, size: &str, format: Option<&str>, same: Option<SameView>| FileView {
        id: name.len().to_string(),
        rank: 1,
        name: name.into(),
        size: size.into(),
        format: format.map(str::to_owned),
        icon: "file",
        same,
    };
    let here = SameView { words: "Le même fichier que « pv.pdf »".into(), archive: None };
    let kept = SameView {
        words: "Déjà conservé dans".into(),
        archive: Some(Link::new(
            "« Conseil municipal, séance du 3 avril 2026 » (96004-2026-12)",
            "/archives/objets/x",
        )),
    };
    FilesPage {
        shell: frame("Les fichiers du versement"),
        trail: trail(),
        csrf: "jeton".into(),
        here: "/versements/brouillons/x".into(),
        flow: FLOW.into(),
        steps: way(0),
        size_max: "20\u{a0}Go".into(),
        count_max: 2_000,
        sending: false,
        errors: vec![Wrong {
            field: "fichiers".into(),
            sentence: "« vide.txt » est vide : remplacez-le.".into(),
        }],
        files_lost: false,
        copy: "original",
        folders: vec![
            FolderView {
                name: String::new(),
                files: vec![
                    file("Convocation du 15 septembre.pdf", "51\u{a0}Ko", Some("Document PDF"), None),
                    file("Règlement intérieur.pdf", "84\u{a0}Ko", Some("Document PDF"), Some(kept)),
                ],
            },
            FolderView {
                name: "Séance".into(),
                files: vec![file("débats.mp3", "12\u{a0}Mo sur 60\u{a0}Mo", None, None)],
            },
            FolderView {
                name: "Séance › Signés".into(),
                files: vec![file("Procès-verbal.pdf", "310\u{a0}Ko", Some("Document PDF"), Some(here))],
            },
        ],
        total: "4\u{a0}fichiers, 60\u{a0}Mo".into(),
        arranging: true,
        known_folders: vec!["Séance".into(), "Séance/Signés".into()],
    }
}

fn field(id: &str, label: &str, form: &'static str, value: &str) -> FieldView {
    FieldView {
        id: id.into(),
        name: id.into(),
        label: label.into(),
        hint: String::new(),
        form,
        value: value.into(),
        choices: Vec::new(),
        suggestions: Vec::new(),
        wrong: None,
        can_wait: false,
    }
}

fn choices(all: &[&str], chosen: &str) -> Vec<(String, String, bool)> {
    all.iter().map(|one| ((*one).to_owned(), (*one).to_owned(), *one == chosen)).collect()
}

fn may_wait() -> Vec<FieldView> {
    let open = "Tout le monde, tout de suite";
    vec![
        FieldView {
            choices: choices(&[open, "Tout le monde, dans 50\u{a0}ans"], open),
            ..field("acces", "Qui peut les lire, et quand ?", "radio", open)
        },
        FieldView {
            hint: "À défaut, ce sera le titre.".into(),
            ..field("description", "En quelques mots, de quoi s’agit-il ?", "text", "")
        },
    ]
}

fn describe() -> DescribePage {
    let assemblies =
        ["Conseil municipal", "Conseil communautaire", "Commission permanente", "Comité syndical"];
    let kinds = ["Convocation", "Feuille de présence", "Délibération", "Procès-verbal"];
    let document = |at: usize, name: &str, kind: &str| GroupView {
        id: format!("document-{at}"),
        name: name.into(),
        about: "Document PDF, 310\u{a0}Ko".into(),
        fields: vec![
            field(&format!("titre-{at}"), "Titre", "text", name.trim_end_matches(".pdf")),
            FieldView {
                choices: choices(&kinds, kind),
                ..field(&format!("nature-{at}"), "C’est", "choice", kind)
            },
        ],
    };
    DescribePage {
        shell: frame("Quelques questions"),
        trail: trail(),
        csrf: "jeton".into(),
        here: "/versements/brouillons/x/questions".into(),
        flow: FLOW.into(),
        steps: way(1),
        move_address: "/versements/brouillons/x/dates".into(),
        errors: vec![Wrong { field: "seance".into(), sentence: "Répondez à « La date de la séance ».".into() }],
        whole: vec![
            FieldView {
                hint: "Celui sous lequel on le cherchera : « Conseil municipal, séance du 22\u{a0}septembre 2026 ».".into(),
                suggestions: vec!["Conseil municipal, séance du 3 avril 2026".into()],
                ..field("titre", "Titre du versement", "text", "")
            },
            FieldView {
                choices: choices(&assemblies, "Conseil municipal"),
                ..field("assemblee", "L’assemblée qui a siégé", "choice", "Conseil municipal")
            },
            FieldView {
                wrong: Some("Répondez à « La date de la séance ».".into()),
                ..field("seance", "La date de la séance", "date", "")
            },
            field("premiere", "Date de la première pièce : la convocation", "date", "2026-09-15"),
        ],
        more: may_wait(),
        folders: Vec::new(),
        documents: vec![
            document(1, "Convocation du 15 septembre.pdf", "Convocation"),
            document(2, "Procès-verbal.pdf", "Procès-verbal"),
        ],
        page: 1,
        pages: 2,
        as_before: true,
    }
}

fn review() -> ReviewPage {
    let line = |depth, title: &str, kind: Option<&str>, file: Option<&str>| TreeLine {
        depth,
        title: title.into(),
        kind: kind.map(str::to_owned),
        dates: file.map(|_| "22 septembre 2026".into()),
        icon: if file.is_some() { "file" } else { "folder" },
        file: file.map(str::to_owned),
    };
    ReviewPage {
        shell: frame("Relire et envoyer"),
        trail: trail(),
        csrf: "jeton".into(),
        here: "/versements/brouillons/x".into(),
        flow: FLOW.into(),
        steps: way(2),
        problems: Vec::new(),
        findings: Vec::new(),
        can_send: true,
        sending: false,
        trial: "Tout est en règle : ce versement serait pris en charge.",
        title: "Conseil municipal, séance du 22 septembre 2026".into(),
        facts: vec![
            Fact::new("Ce qui est versé", FLOW),
            Fact::new("De quoi il s’agit", "Conseil municipal"),
            Fact::new("Dates", "15 septembre 2026 – 29 septembre 2026"),
            Fact::new("Fichiers", "3\u{a0}fichiers, 60\u{a0}Mo"),
            Fact::new("Versé par", "Mairie de Saint-Aubin-des-Landes"),
            Fact::new("Utile pendant", "1\u{a0}an"),
            Fact::new("Consultable", "Par tout le monde, tout de suite"),
        ],
        lines: vec![
            line(1, "Convocation du 15 septembre", Some("Convocation"), Some("convocation.pdf (51\u{a0}Ko)")),
            line(1, "Signés", None, None),
            line(2, "Procès-verbal de la séance", Some("Procès-verbal"), Some("pv.pdf (310\u{a0}Ko)")),
        ],
        more: 0,
        as_before: true,
    }
}
