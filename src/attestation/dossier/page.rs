//! What a judge reads first: what the file proves, how, and how to verify it without the service.
//!
//! Pure, and in French. It says what is not proved as plainly as what is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::super::Error;
use super::{Gathered, Given};
use crate::evidence::Recorded;
use crate::proof::attestation::Kind;
use crate::proof::dossier::{ATTESTATIONS, DIGESTS, INVENTORY, JOURNAL, PROOFS, TOOLS};
use crate::proof::sealed::Trusted;
use crate::report::words::{count, second};
use crate::report::{self, Block, Column, Fact, Report, Table, Tone};

/// Entries told one by one.
const TOLD_MAX: usize = 60;

pub(super) fn pdf(gathered: &Gathered) -> Result<Vec<u8>, Error> {
    let (member, archive) = (&gathered.member, &gathered.archive);
    let stamps = stamps(gathered);
    let mut blocks = vec![Block::Lead(lead().into()), Block::Facts(facts(gathered))];
    blocks.extend(states(gathered, &stamps));
    blocks.push(Block::Heading("Ce que ce dossier établit".into()));
    blocks.extend(establishes(gathered, !stamps.is_empty()).map(Block::Paragraph));
    if !stamps.is_empty() {
        blocks.push(Block::Heading("Dates certifiées par un tiers".into()));
        blocks.push(dated(&stamps));
    }
    blocks.push(Block::Heading("Ce qu’il n’établit pas".into()));
    blocks.push(Block::Paragraph(limits().into()));
    blocks.push(Block::Heading("Le vérifier sans le service".into()));
    blocks.extend(recipe(&stamps).into_iter().map(Block::Paragraph));
    blocks.push(Block::Heading("Ce que le journal dit de cette archive".into()));
    blocks.push(history(gathered));
    blocks.push(Block::Heading("Contenu du dossier".into()));
    blocks.push(contents());
    let host = gathered.public_url.split_once("://").map_or(gathered.public_url.as_str(), |(_, host)| host);
    let report = Report {
        issuer: "Service d’archivage électronique mutualisé".into(),
        issuer_note: host.to_owned(),
        title: "Dossier de preuve".into(),
        reference: format!("{} · {}", archive.cote, second(gathered.at)),
        subject: format!("Dossier de preuve de l’archive {}, {}", archive.cote, member.name),
        at: gathered.at,
        blocks,
        foot: "Cette page résume ; les pièces jointes prouvent. Les heures sont celles de Paris.".into(),
    };
    Ok(report::pdf(&report)?)
}

fn lead() -> &'static str {
    "Ce dossier réunit de quoi prouver, sans recourir au service qui l’a établi, que les fichiers d’une archive sont ceux qui \
     ont été reçus et pris en charge, et depuis quand."
}

fn facts(gathered: &Gathered) -> Vec<Fact> {
    let taken = gathered.attestations.iter().find(|given| given.statement.kind == Kind::PriseEnCharge);
    let of = |value: Option<String>| value.unwrap_or_default();
    let transfer = taken.map(|given| &given.statement.transfer);
    let declared = taken.and_then(|given| given.statement.archive.as_ref());
    let mut facts = vec![
        fact("Collectivité", format!("{} ({})", gathered.member.name, gathered.member.code)),
        fact("Cote", gathered.archive.cote.clone()),
        fact("Intitulé", gathered.archive.title.clone()),
        fact("Service versant", of(transfer.and_then(|transfer| transfer.transferring_agency.clone()))),
        fact("Service producteur", of(declared.and_then(|archive| archive.originating_agency.clone()))),
        fact("Reçue le", of(transfer.map(|transfer| told(&transfer.received_at)))),
        fact("Prise en charge le", second(gathered.taken_in_charge_at)),
        fact("Empreinte de l’inventaire (SHA-512)", gathered.archive.inventory_sha512.clone()),
    ];
    facts.retain(|fact| !fact.value.trim().is_empty());
    facts
}

/// A stamp over a seal that covers entries of the file.
struct Stamped {
    at: DateTime<Utc>,
    authority: String,
    demonstration: bool,
}

/// What the proofs' stamps say, each once, oldest first. A proof that does not hold here has none: it is for whoever
/// verifies to see.
fn stamps(gathered: &Gathered) -> Vec<Stamped> {
    let (mut seen, mut stamps) = (BTreeSet::new(), Vec::new());
    for (seq, proof) in &gathered.proofs {
        let hash = gathered.entries.iter().find(|entry| entry.seq == *seq).map(|entry| entry.hash.as_slice());
        let hash = hash.and_then(|hash| hash.try_into().ok());
        let shown = hash.map(|hash| proof.verify(&hash, *seq, &gathered.member.code, &Trusted::default()));
        let Some(Ok(shown)) = shown else { continue };
        let of_platform = shown.stamps.into_iter().zip(&proof.tokens);
        for (stamp, token) in of_platform.chain(shown.log_stamps.into_iter().zip(&proof.log_tokens)) {
            if seen.insert((stamp.at, stamp.authority.clone())) {
                let demonstration = token.demonstration;
                stamps.push(Stamped { at: stamp.at, authority: stamp.authority, demonstration });
            }
        }
    }
    stamps.sort_by_key(|stamp| stamp.at);
    stamps
}

/// How complete it is.
fn states(gathered: &Gathered, stamps: &[Stamped]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let waiting = gathered.entries.len() - gathered.proofs.len();
    if waiting > 0 {
        let entries = count(waiting as u64, "entrée du journal attend", "entrées du journal attendent");
        let words = format!(
            "{entries} son prochain scellement : redemandez ce dossier le lendemain pour en avoir la preuve."
        );
        blocks.push(Block::Notice(Tone::Waiting, words));
    } else if stamps.iter().any(|stamp| !stamp.demonstration) {
        let words =
            "Toutes les entrées du journal sont scellées, et les sceaux horodatés par un tiers.".into();
        blocks.push(Block::Notice(Tone::Good, words));
    }
    if stamps.iter().any(|stamp| stamp.demonstration) {
        let words =
            "L’horodatage de ce dossier vient d’une autorité de démonstration : il n’a aucune valeur.".into();
        blocks.push(Block::Notice(Tone::Bad, words));
    }
    if !gathered.complete {
        let words = "Le journal a plus d’entrées sur cette archive que ce dossier n’en peut contenir : les plus récentes n’y sont pas.";
        blocks.push(Block::Notice(Tone::Waiting, words.into()));
    }
    blocks
}

fn establishes(gathered: &Gathered, stamped: bool) -> impl Iterator<Item = String> {
    let bound =
        gathered.attestations.iter().find(|given: &&Given| given.statement.kind == Kind::PriseEnCharge);
    let declared = match bound {
        Some(given) => format!(
            "2. L’inventaire est celui que le service a déclaré à la prise en charge, dans l’attestation {}.",
            given.number
        ),
        None => "2. Aucune attestation de prise en charge n’est au registre : rien dans ce dossier ne lie l’inventaire au \
                 journal."
            .into(),
    };
    [
        format!(
            "1. Un fichier présenté est celui de l’archive si son empreinte SHA-512 est dans {DIGESTS}, qui redit l’inventaire \
             ({INVENTORY}). Deux fichiers différents n’ont pas la même empreinte."
        ),
        declared,
        format!(
            "3. Cette déclaration, comme chaque acte du service, est une entrée de son journal ({JOURNAL}). Chaque entrée porte \
             l’empreinte de la précédente : aucune ne peut être changée, retirée ou ajoutée après coup sans que cela se voie."
        ),
        format!(
            "4. Le journal est scellé chaque jour : le sceau, signé par le service, engage toutes les entrées à la fois. Les \
             preuves ({PROOFS}) montrent que chaque entrée de ce dossier était dans le journal scellé."
        ),
        if stamped {
            "5. Le sceau est horodaté par une autorité tierce (RFC 3161) : le service ne peut l’avoir fait après cette date. Un \
             horodatage qualifié est présumé exact (règlement eIDAS, article 41)."
        } else {
            "5. Aucun sceau de ce dossier n’est horodaté par un tiers : sa date est celle que dit le service."
        }
        .into(),
    ]
    .into_iter()
}

fn dated(stamps: &[Stamped]) -> Block {
    let row = |stamp: &Stamped| {
        let value = if stamp.demonstration { "démonstration, sans valeur" } else { "" };
        vec![second(stamp.at), stamp.authority.clone(), value.to_owned()]
    };
    Block::Table(Table {
        caption:
            "À ces dates au plus tard, les entrées de ce dossier étaient écrites comme elles le sont ici."
                .into(),
        columns: vec![column("Date", 2.0), column("Autorité", 3.0), column("Observation", 1.6)],
        rows: stamps.iter().take(TOLD_MAX).map(row).collect(),
        lines_max: 3,
    })
}

fn limits() -> &'static str {
    "Le dossier ne contient pas les fichiers de l’archive : il permet de reconnaître ceux qui sont présentés. Il ne dit pas que \
     leur contenu est exact, ni qui les a signés, sauf ce que le rapport des contrôles en a constaté à l’entrée. Une date \
     d’horodatage est une date au plus tard : ce qui est écrit l’était déjà. Avant elle, la date est celle que dit le service."
}

fn recipe(stamps: &[Stamped]) -> Vec<String> {
    let mut steps = vec![
        "Tout d’un coup : chartrier verify --key CLÉ --root RACINES ce-dossier.zip (logiciel libre, hors ligne). Prenez la clé \
         et les racines ailleurs que dans ce dossier : sur la page « Clés et certificats » du service, ou dans une copie \
         que vous en avez."
            .to_owned(),
        format!("Les fichiers, depuis le dossier de l’archive : sha512sum --check {DIGESTS}"),
        format!("L’inventaire : sha512sum {INVENTORY} donne l’empreinte ci-dessus, et celle que dit l’attestation."),
    ];
    if !stamps.is_empty() {
        steps.push(format!(
            "L’horodatage, par exemple : openssl ts -verify -token_in -in {TOOLS}plateforme-N.1.tsr -data \
             {TOOLS}plateforme-N.1.donnees -CAfile racines.pem, où N est le nombre qui figure dans le nom."
        ));
    }
    steps
}

fn history(gathered: &Gathered) -> Block {
    let proved: BTreeSet<i64> = gathered.proofs.iter().map(|(seq, _)| *seq).collect();
    let row = |entry: &Recorded| {
        let sealed = if proved.contains(&entry.seq) { "scellée" } else { "en attente" };
        vec![entry.seq.to_string(), second(entry.at), act(entry), sealed.to_owned()]
    };
    let left = gathered.entries.len().saturating_sub(TOLD_MAX);
    let caption = match left {
        0 => "Numéro et heure sont ceux de l’entrée.".to_owned(),
        left => format!("Les premières ; {} dans {JOURNAL}.", count(left as u64, "autre est", "autres sont")),
    };
    Block::Table(Table {
        caption,
        columns: vec![column("N°", 0.6), column("Heure", 2.0), column("Acte", 2.6), column("Preuve", 0.8)],
        rows: gathered.entries.iter().take(TOLD_MAX).map(row).collect(),
        lines_max: 2,
    })
}

/// An act in words.
fn act(entry: &Recorded) -> String {
    let act = match entry.event_type.as_str() {
        "RECEPTION" => "réception",
        "CONTROLE" => "contrôle",
        "REJET" => "refus",
        "PRISE_EN_CHARGE" => "prise en charge",
        "REPLICATION" => "écriture des copies",
        "CONTROLE_INTEGRITE" => "contrôle d’intégrité",
        "MIGRATION_SUPPORT" => "changement de site",
        "CONSULTATION" => "consultation",
        "ATTESTATION" => "attestation délivrée",
        "INCIDENT" => "incident sur une copie",
        "REPARATION" => "réparation d’une copie",
        "RECONSTRUCTION" => "reconstruction du catalogue",
        other => other,
    };
    if entry.outcome == "OK" { act.to_owned() } else { format!("{act} : en échec") }
}

fn contents() -> Block {
    let rows = [
        (DIGESTS, "empreintes de chaque fichier de l’archive"),
        (INVENTORY, "inventaire OCFL fixé à la prise en charge"),
        (JOURNAL, "entrées du journal sur cette archive, telles qu’elles ont été scellées"),
        (PROOFS, "preuve de chaque entrée : place dans le journal, sceaux, jetons, clés et certificats"),
        (ATTESTATIONS, "attestations délivrées, à lire (PDF) et à vérifier (JSON)"),
        (TOOLS, "sceaux, jetons, clés et certificats dans la forme que lisent les outils publics"),
    ];
    Block::Table(Table {
        caption: "Toutes les pièces, avec leur empreinte, sont dans dossier.json.".into(),
        columns: vec![column("Pièce", 1.6), column("Ce que c’est", 4.0)],
        rows: rows.iter().map(|(name, what)| vec![(*name).to_owned(), (*what).to_owned()]).collect(),
        lines_max: 2,
    })
}

fn column(name: &str, share: f32) -> Column {
    Column { name: name.into(), share }
}

fn fact(name: &str, value: String) -> Fact {
    Fact { name: name.into(), value }
}

fn told(written: &str) -> String {
    DateTime::parse_from_rfc3339(written).map_or_else(|_| written.to_owned(), |at| second(at.to_utc()))
}
