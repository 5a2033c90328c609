//! Help: the field's words, each in a sentence or two, where forms lead from a small « ? ».
//!
//! Never shows anything of a member: the public reads it. A word that a form leads to is one of these; a test looks.

use actix_web::HttpResponse;
use askama::Template;

use super::shell::{Section, Shell, answer};

/// `GET /aide`.
#[derive(Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    pub shell: Shell,
    pub parts: Vec<Part>,
}

/// Words of one matter.
pub struct Part {
    pub id: &'static str,
    pub title: &'static str,
    pub words: &'static [Word],
}

/// A word.
pub struct Word {
    /// Where a form leads: `/aide#cote`.
    pub slug: &'static str,
    pub word: &'static str,
    pub meaning: &'static str,
}

const fn word(slug: &'static str, word: &'static str, meaning: &'static str) -> Word {
    Word { slug, word, meaning }
}

const WHO: &[Word] = &[
    word(
        "collectivite-adherente",
        "Collectivité adhérente",
        "Commune, intercommunalité ou établissement qui partage le service, et dont les archives sont gardées à part de celles des autres.",
    ),
    word("service-versant", "Service versant", "Celui qui remet les documents au service d’archives."),
    word(
        "service-producteur",
        "Service producteur",
        "Celui qui a produit ou reçu les documents dans son activité : un CCAS, un service de l’urbanisme, une ancienne commune. Une collectivité en a plusieurs.",
    ),
    word(
        "service-d-archives",
        "Service d’archives",
        "Celui qui répond des archives une fois prises en charge.",
    ),
    word(
        "archiviste",
        "Archiviste",
        "La personne du service d’archives qui lit un versement et l’accepte, ou le refuse en disant pourquoi. Ce n’est jamais celle qui l’a déposé.",
    ),
    word(
        "controle",
        "Contrôle scientifique et technique",
        "Regard de l’État sur les archives publiques, exercé par la direction des Archives départementales dans son ressort.",
    ),
    word(
        "pilote",
        "Pilote du service mutualisé",
        "Mène le service pour toutes les collectivités : conventions, quotas, coûts. Ne voit le titre d’aucun document.",
    ),
    word(
        "operateur",
        "Opérateur",
        "Fait fonctionner le service. N’ouvre aucune archive, sauf demande écrite de la collectivité, pour quelques heures, et sous trace.",
    ),
    word(
        "application-cliente",
        "Application, connecteur",
        "Un logiciel de la collectivité, ou de son tiers de télétransmission, qui verse de lui-même sous les accords qu’on lui a confiés.",
    ),
];

const DEPOSIT: &[Word] = &[
    word(
        "accord-de-versement",
        "Accord de versement",
        "Dit qui peut verser quels documents, à quel service d’archives, sous quelles conditions, et si un archiviste doit accepter chaque versement.",
    ),
    word(
        "versement",
        "Versement",
        "Ce qui est remis au service d’archives en une fois : des fichiers, et le bordereau qui les décrit.",
    ),
    word(
        "bordereau",
        "Bordereau de versement",
        "La description de ce que contient l’envoi, dossier par dossier, fichier par fichier. Votre logiciel le prépare.",
    ),
    word(
        "profil",
        "Profil d’archivage",
        "La forme que doit avoir un versement d’un genre donné : quels dossiers, quels fichiers, quels renseignements. Un accord peut l’exiger.",
    ),
    word(
        "accuse-de-reception",
        "Accusé de réception",
        "Dit que l’envoi est arrivé entier. Il ne dit pas encore qu’il est accepté.",
    ),
    word(
        "quarantaine",
        "Sas, quarantaine",
        "Là où les fichiers reçus attendent, à part des archives, d’être contrôlés et acceptés.",
    ),
    word(
        "analyse-antivirale",
        "Analyse antivirale",
        "Chaque fichier est montré à l’antivirus. Ce qu’il a vu, et par quelles signatures, est gardé.",
    ),
    word(
        "signature-electronique",
        "Validation de signature",
        "Ce que vaut, le jour de l’entrée, une signature électronique portée par un fichier. Aucune ne fait refuser un versement.",
    ),
    word(
        "refus-motive",
        "Refus motivé",
        "Le versement n’est pas pris en charge, et la réponse dit pourquoi, avec ce qu’il faut faire. « À compléter » veut dire que seul l’ajout de ce qui manque est demandé.",
    ),
    word(
        "remarque",
        "Remarque",
        "Ce que le contrôle a relevé sans que cela empêche la prise en charge, ou les mots que l’archiviste joint à son acceptation.",
    ),
    word(
        "prise-en-charge",
        "Prise en charge",
        "Le moment où le service d’archives répond des documents : toutes les copies sont écrites et ont été relues.",
    ),
];

const KEPT: &[Word] = &[
    word(
        "archive",
        "Archive",
        "Ce qu’un versement accepté est devenu : ses fichiers, sa description, ses preuves, gardés ensemble sur chaque site.",
    ),
    word("cote", "Cote", "Le numéro par lequel on demande une archive. Donné une fois, jamais repris."),
    word(
        "registre-des-entrees",
        "Registre des entrées",
        "La liste, dans l’ordre, de tout ce qui a été pris en charge : une ligne par archive.",
    ),
    word(
        "attestation",
        "Attestation",
        "Ce que le service déclare et signe : une prise en charge, l’intégrité d’une archive. Chacun peut la vérifier sans compte.",
    ),
    word(
        "journal",
        "Journal",
        "L’écriture de tout ce qui a été fait, chaque ligne liée à la précédente : rien ne s’y efface ni ne s’y change.",
    ),
    word(
        "controle-d-integrite",
        "Contrôle d’intégrité",
        "Chaque copie est relue octet par octet, au fil de l’année, et comparée à ce qui a été pris en charge.",
    ),
    word(
        "incident",
        "Incident",
        "Une copie trouvée fausse ou absente. Il reste ouvert jusqu’à ce qu’une relecture la trouve juste.",
    ),
    word(
        "objet-temoin",
        "Objet témoin",
        "Un fichier du service, abîmé exprès, pour mesurer en combien de temps une copie fausse est trouvée.",
    ),
    word("site", "Site", "Un lieu qui garde une copie entière de chaque archive. Il y en a au moins deux."),
];

const RULES: &[Word] = &[
    word(
        "tableau-de-gestion",
        "Tableau de gestion",
        "Dit, pour chaque genre de documents, combien de temps on les garde et ce qu’ils deviennent ensuite.",
    ),
    word(
        "dua",
        "Durée d’utilité administrative (DUA)",
        "Le temps pendant lequel les documents doivent être gardés pour l’administration.",
    ),
    word(
        "sort-final",
        "Sort final",
        "Ce que deviennent les documents au terme de leur utilité : conserver, éliminer, ou trier.",
    ),
    word(
        "communicabilite",
        "Délai de communicabilité",
        "Le jour à partir duquel chacun peut lire un document. Avant, seuls le lisent ceux qui y ont droit.",
    ),
    word("gel", "Gel", "Rien ne peut être éliminé pendant ce temps : un procès, une enquête."),
    word(
        "convention",
        "Convention de mutualisation",
        "Le contrat entre la collectivité et le service : sans convention en vigueur, un versement est refusé.",
    ),
    word("quota", "Quota", "La place promise à la collectivité par sa convention."),
    word(
        "etat-liquidatif",
        "État liquidatif",
        "Ce que la collectivité doit pour une année, ligne par ligne, avec le calcul de sa part.",
    ),
];

/// The matters, in their order.
pub fn parts() -> Vec<Part> {
    let part = |id, title, words| Part { id, title, words };
    vec![
        part("aide-qui", "Qui fait quoi", WHO),
        part("aide-verser", "Verser", DEPOSIT),
        part("aide-garder", "Garder et prouver", KEPT),
        part("aide-regles", "Règles et contrat", RULES),
    ]
}

/// The page.
pub fn page() -> HelpPage {
    let shell =
        Shell { title: "Aide et glossaire".into(), account: None, section: Section::None, top: false };
    HelpPage { shell, parts: parts() }
}

/// `GET /aide`.
pub async fn show() -> HttpResponse {
    answer(&page())
}
