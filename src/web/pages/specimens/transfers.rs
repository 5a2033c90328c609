//! Made-up transfers, in each state.

use super::frame::{at, shell};
use crate::ingest::places::{Node, Places};
use crate::model::findings::Kind;
use crate::model::signature::{Form, Proven, Reason, Revocation, Signature, Signer};
use crate::model::{
    DecisionSaid, Engine, Finding, Indication, NotScanned, RefusalReason, Severity, Signatures, Transfer,
    TransferId, TransferState, VirusCoverage,
};
use crate::web::pages::attestations::{Card, Line};
use crate::web::pages::ingest::decision::DecisionForm;
use crate::web::pages::ingest::list::*;
use crate::web::pages::ingest::transfer::{self, Again, Seen, TransferPage};
use crate::web::pages::shell::*;
use crate::web::pages::words;

const RECEIVED: Badge = Badge { label: "Reçu, contrôle en cours", tone: "moving", icon: "clock" };
const WAITING: Badge = Badge { label: "En attente de l’archiviste", tone: "waiting", icon: "person" };
const KEPT: Badge = Badge { label: "Pris en charge", tone: "kept", icon: "check" };
const REFUSED: Badge = Badge { label: "Refusé", tone: "refused", icon: "cross" };

pub fn line(title: &str, state: Badge, when: &str, size: u64, files: Option<u64>) -> TransferLine {
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

pub fn lines() -> Vec<TransferLine> {
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

pub fn account(roles: &str) -> Account {
    shell("", Section::Transfers, roles).account.unwrap()
}

pub fn transfer(state: TransferState, title: &str) -> Transfer {
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
        originating_agency: None,
        copy: None,
        archival_profile: None,
        profile_version: None,
        title: Some(title.into()),
        unit_count: Some(35),
        object_count: Some(27),
        findings: Vec::new(),
        decided_at: closed,
        archive_id: None,
        closed_at: closed,
        virus: coverage(state),
    }
}

/// All but one, too large; nothing before the check.
fn coverage(state: TransferState) -> Option<VirusCoverage> {
    let engine = Engine {
        name: "ClamAV 1.4.3".into(),
        signatures: Some("27811".into()),
        signatures_date: "2026-11-17".parse().ok(),
    };
    let not_scanned = vec![(NotScanned::TooLarge, 1)];
    let coverage =
        VirusCoverage { engine: Some(engine), scanned: 27, not_scanned, ..VirusCoverage::default() };
    (state != TransferState::Received).then_some(coverage)
}

pub fn seen(transfer: &Transfer) -> Seen<'_> {
    Seen {
        awaited: None,
        transfer,
        archive: None,
        sender: Some("Mairie de Saint-Aubin-des-Landes".into()),
        agreement: Some("Marchés publics".into()),
        profile: Some("Dossier de marché public, version 3".into()),
        acknowledged: true,
        replied: transfer.state.is_closed(),
        attestations: Some(attestations()),
        signatures: None,
        can_deposit: true,
        said: DecisionSaid::default(),
        places: Places::default(),
        again: Again::default(),
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

pub fn refused() -> TransferPage {
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
    transfer::page(account("déposant"), Seen { places: places(), ..seen(&transfer) })
}

/// Where those findings are.
fn places() -> Places {
    let node = |depth, name: &str, is_file, findings: &[u32], quiet| Node {
        depth,
        name: name.into(),
        is_file,
        findings: findings.to_vec(),
        quiet,
    };
    Places {
        nodes: vec![
            node(0, "Marché public 2025-07 : réfection de la toiture de l’école Jean-Moulin", false, &[], 4),
            node(1, "Exécution", false, &[], 11),
            node(2, "Procès-verbal de réception", false, &[], 0),
            node(3, "pv-reception.pdf", true, &[0], 0),
            node(1, "Plans", false, &[], 0),
            node(2, "coupe-a.tif", true, &[1], 0),
            node(2, "coupe-b.tif", true, &[2], 0),
            node(1, "Sans titre", false, &[8], 0),
        ],
        left_out: 5,
        is_whole: false,
    }
}

/// By an archivist, for what can be added.
pub fn declined() -> TransferPage {
    let transfer = transfer(TransferState::Refused, "Marché public 2025-11 : fourniture de repas");
    let words = "Le procès-verbal d’ouverture des plis manque, et les annexes 2 et 3 sont vides.";
    let said = DecisionSaid {
        reasons: vec![RefusalReason::ToComplete, RefusalReason::FilesMissing],
        words: Some(words.into()),
    };
    transfer::page(account("déposant"), Seen { said, ..seen(&transfer) })
}

pub fn kept() -> TransferPage {
    let transfer = transfer(TransferState::TakenInCharge, "Délibération 2026-042 : budget primitif");
    let archive = Some(("SAL-2026-00042".into(), "/archives/unites/0".into(), 2));
    let signatures = Some(signatures());
    let remark = Some("Pensez à joindre l’arrêté de délégation la prochaine fois.".into());
    let said = DecisionSaid { words: remark, ..DecisionSaid::default() };
    transfer::page(account("déposant"), Seen { archive, signatures, said, ..seen(&transfer) })
}

/// One valid and stamped, one whose authority nobody knows, one of a document changed since.
fn signatures() -> Signatures {
    let signer = |name: &str, issuer: &str| Signer {
        name: name.into(),
        organisation: Some("Commune de Saint-Aubin-des-Landes".into()),
        issuer: issuer.into(),
        ..Signer::default()
    };
    let one = |file: &str, form, reason: Option<Reason>, signer| Signature {
        file: file.into(),
        form,
        indication: reason.map_or(Indication::Passed, Reason::indication),
        reason,
        signs: Vec::new(),
        signer: Some(signer),
        claimed_at: Some(at("2026-03-27T18:40:00Z")),
        proven: None,
        algorithm: Some("RSA, SHA-256".into()),
        role: None,
        policy: None,
        revocation: Revocation::NotChecked,
        remarks: Vec::new(),
    };
    let mut found = Signatures { anchors: 212, ..Signatures::default() };
    let stamp = Proven { at: at("2026-03-27T18:41:12Z"), authority: "Horodatage qualifié".into() };
    found.push(Signature {
        proven: Some(stamp),
        role: Some("Maire".into()),
        revocation: Revocation::NotRevoked,
        ..one("deliberation-2026-042.pdf", Form::PAdES, None, signer("Camille Dupont", "Autorité des élus"))
    });
    found.push(Signature {
        signs: vec!["annexes/budget.pdf".into()],
        ..one(
            "annexes/budget.pdf.p7s",
            Form::CAdES,
            Some(Reason::NoCertificateChainFound),
            signer("Claude Martin", "AC interne"),
        )
    });
    let changed = Some(Reason::HashFailure);
    let by = signer("Camille Dupont", "Autorité des élus");
    found.push(one("annexes/bordereau-de-mandats-depenses.xml", Form::XAdES, changed, by));
    found
}

pub fn received() -> TransferPage {
    let mut transfer = transfer(TransferState::Received, "");
    (transfer.title, transfer.unit_count, transfer.object_count) = (None, None, None);
    (transfer.message_identifier, transfer.file_name) = (None, "marches-2026-salle-des-fetes.zip".into());
    transfer::page(account("déposant"), Seen { sender: None, agreement: None, ..seen(&transfer) })
}

pub fn awaiting_scanner() -> TransferPage {
    let mut transfer = transfer(TransferState::Received, "");
    (transfer.title, transfer.unit_count, transfer.object_count) = (None, None, None);
    transfer::page(account("déposant"), Seen { awaited: Some(transfer::Awaited::Scanner), ..seen(&transfer) })
}

pub fn awaiting_replication() -> TransferPage {
    let transfer = transfer(TransferState::AwaitingReplication, "Registre des arrêtés, juin 2026");
    transfer::page(account("déposant"), seen(&transfer))
}

pub fn examined() -> TransferPage {
    let transfer = transfer(TransferState::Examined, "Registre des délibérations, 3e trimestre 2026");
    let error = FieldError { field: "raison", sentence: "Choisissez au moins une raison du refus.".into() };
    let decision = Some(DecisionForm::filled("jeton", &[], vec![error]));
    let node = |depth, name: &str, is_file, quiet| Node {
        depth,
        name: name.into(),
        is_file,
        findings: Vec::new(),
        quiet,
    };
    let places = Places {
        nodes: vec![
            node(0, "Registre des délibérations, 3e trimestre 2026", false, 0),
            node(1, "Séance du 10 juillet 2026", false, 0),
            node(2, "Délibération 2026-041 : tarifs de la cantine", false, 0),
            node(3, "2026-041.pdf", true, 0),
            node(2, "Délibération 2026-042 : voirie communale", false, 0),
            node(3, "2026-042.pdf", true, 0),
            node(1, "Séance du 18 septembre 2026", false, 11),
        ],
        left_out: 0,
        is_whole: true,
    };
    let refused = self::transfer(TransferState::Refused, "Registre des délibérations");
    let again = Again { follows: Some(refused), ..Again::default() };
    let seen = Seen { decision, places, can_deposit: false, again, ..seen(&transfer) };
    transfer::page(account("archiviste"), seen)
}

/// One sealed, one that waits, a demand that came to nothing.
pub fn attestations() -> Card {
    let line = |title, number: &str, state| Line {
        title,
        number: number.into(),
        at: words::moment(at("2026-11-18T09:12:41Z")),
        state,
        page: "/attestations/0/pdf".into(),
        file: "/attestations/0/json".into(),
    };
    let kept = Badge { label: "Scellée", tone: "kept", icon: "seal" };
    let waiting = Badge { label: "En attente de scellement", tone: "waiting", icon: "clock" };
    Card {
        lines: vec![
            line("Accusé de réception", "saint-aubin-ACC-2026-000041", kept),
            line("Attestation de prise en charge", "saint-aubin-ATT-2026-000037", waiting),
        ],
        ask: Some("/archives/0/attestation".into()),
        dossier: Some("/archives/0/dossier".into()),
        csrf: String::new(),
        request: Some(
            "Demandée le 18 novembre 2026 à 10 h 20, non délivrée. La copie du site sud manque.".into(),
        ),
    }
}
