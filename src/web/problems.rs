//! Every kind of problem, and which one each failure of a lower floor is.
//!
//! Never shows a cause. The one thing to know: what the caller may not see is [`NOT_FOUND`], exactly like
//! what does not exist.

use actix_web::http::{StatusCode, header};

use super::problem::{Kind, Problem};
use crate::{
    access, attestation, db, drafting, identity, ingest, preservation, pronom, sealing, storage, survey,
};

macro_rules! kinds {
    ($($name:ident = $text:literal, $status:literal, $title:literal, $remedy:literal;)*) => {
        $(#[doc = $title] pub static $name: Kind =
            Kind { name: $text, status: $status, title: $title, remedy: $remedy };)*
        /// Every kind, for documents and tests.
        pub static KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    BAD_REQUEST = "bad-request", 400, "Demande incomprise",
        "Vérifiez l’adresse et les valeurs envoyées.";
    INTERRUPTED = "interrupted", 400, "Envoi interrompu",
        "Rien n’a été enregistré : envoyez de nouveau.";
    UNAUTHORIZED = "unauthorized", 401, "Authentification requise",
        "Connectez-vous, puis recommencez.";
    FORBIDDEN = "forbidden", 403, "Action non permise",
        "Votre rôle ne donne pas accès à cette page : adressez-vous à l’administrateur de votre collectivité.";
    MEMBER_NOT_CHOSEN = "member-not-chosen", 403, "Collectivité à choisir",
        "Choisissez la collectivité pour laquelle vous travaillez.";
    SECOND_FACTOR = "second-factor", 403, "Second facteur demandé",
        "Donnez le code que montre votre téléphone, puis recommencez.";
    STALE_FORM = "stale-form", 403, "Formulaire périmé",
        "Rien n’a été enregistré : revenez à la page précédente, rechargez-la et recommencez.";
    NOT_FOUND = "not-found", 404, "Introuvable",
        "L’adresse est peut-être incomplète, ou ce document n’est pas de ceux que vous pouvez consulter.";
    NOT_READY = "message-not-ready", 404, "Message pas encore établi",
        "Le traitement suit son cours : redemandez ce message un peu plus tard.";
    ALREADY_DEPOSITED = "already-deposited", 409, "Versement déjà reçu d’un autre",
        "Ces octets sont déjà un versement de votre collectivité, que cette application ne suit pas.";
    OTHER_CONTENT = "other-content", 409, "Identifiant déjà pris par un autre contenu",
        "Donnez au versement un identifiant qui n’a jamais servi.";
    OUT_OF_ORDER = "out-of-order", 409, "Morceau inattendu",
        "Envoyez les morceaux l’un après l’autre, ou recommencez le versement.";
    WRONG_OFFSET = "wrong-offset", 409, "Morceau mal placé",
        "Demandez où en est l’envoi (HEAD), puis reprenez de là.";
    UPLOAD_CLOSED = "upload-closed", 409, "Envoi terminé",
        "L’envoi est devenu un versement : il ne s’abandonne plus.";
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "Opération inconnue à cette adresse",
        "Revenez à l’accueil et recommencez.";
    TIMEOUT = "timeout", 408, "Envoi trop lent",
        "Vérifiez votre connexion, puis envoyez de nouveau : rien n’a été enregistré.";
    PRECONDITION_FAILED = "precondition-failed", 412, "Condition non remplie",
        "Redemandez le document sans condition.";
    TOO_LARGE = "too-large", 413, "Envoi trop volumineux",
        "Répartissez le versement en plusieurs, ou demandez à votre service d’archives de relever la limite.";
    DELIVERY_TOO_LARGE = "delivery-too-large", 413, "Trop à télécharger en une fois",
        "Descendez dans l’arbre et téléchargez une branche à la fois, ou choisissez les fichiers un à un.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "Type de contenu non admis",
        "Envoyez une archive zip, tar, tar.gz ou tar.bz2.";
    RANGE_NOT_SATISFIABLE = "range-not-satisfiable", 416, "Intervalle hors du fichier",
        "Redemandez le fichier sans intervalle.";
    UPLOAD_BUSY = "upload-busy", 423, "Envoi déjà en cours",
        "Une autre demande écrit dans cet envoi : attendez-la, puis demandez où il en est (HEAD).";
    WRONG_CHECKSUM = "wrong-checksum", 460, "Empreinte différente",
        "Le morceau est arrivé changé, et n’a pas été retenu : envoyez-le de nouveau.";
    TOO_MANY_REQUESTS = "too-many-requests", 429, "Trop de demandes",
        "Patientez avant de recommencer.";
    INTERNAL = "internal", 500, "Erreur du service",
        "Réessayez ; si l’erreur persiste, transmettez le numéro de l’incident à l’exploitant.";
    WAITING = "sites-awaited", 503, "Trop de versements attendent un site",
        "Vos archives déjà reçues sont en sûreté ; déposez de nouveau quand le site aura répondu.";
    NO_ROOM = "no-room", 507, "Place insuffisante",
        "Déposez de nouveau plus tard : l’exploitant du service est prévenu.";
    UNAVAILABLE = "unavailable", 503, "Service momentanément indisponible",
        "Réessayez dans quelques instants.";
}

macro_rules! failures {
    ($($error:path),* $(,)?) => {$(
        impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                failure(&error, error.is_transient())
            }
        }
    )*};
}

failures!(
    db::Error,
    identity::Error,
    access::Error,
    preservation::Error,
    pronom::Error,
    attestation::Error,
    survey::Error,
    sealing::Error
);

/// How long to wait for what is transient.
const PAUSE_SECONDS: u32 = 10;
/// Before a disk has room again, or a site answers.
const WAIT_SECONDS: u32 = 300;

/// What the caller may not see, and what does not exist.
pub fn not_found() -> Problem {
    Problem::new(&NOT_FOUND)
}

impl From<ingest::Error> for Problem {
    fn from(error: ingest::Error) -> Self {
        match &error {
            ingest::Error::Storage(storage::Error::TooLarge { bytes_max }) => too_large(*bytes_max),
            ingest::Error::Storage(storage::Error::Interrupted(cause)) => match cause.kind() {
                std::io::ErrorKind::TimedOut => Problem::new(&TIMEOUT),
                _ => Problem::new(&INTERRUPTED),
            },
            ingest::Error::Storage(full) if full.is_full() => Problem::new(&NO_ROOM)
                .detail("Les disques du service n’ont plus la place de garder ce versement : rien n’en a été retenu.")
                .retry_after_seconds(WAIT_SECONDS)
                .because(&error),
            ingest::Error::TooManyWaiting { waiting } => Problem::new(&WAITING)
                .detail(format!(
                    "{waiting} versements de cette collectivité attendent déjà un site de conservation."
                ))
                .retry_after_seconds(WAIT_SECONDS)
                .because(&error),
            _ => failure(&error, error.is_transient()),
        }
    }
}

impl From<drafting::Error> for Problem {
    fn from(error: drafting::Error) -> Self {
        match &error {
            drafting::Error::Storage(storage::Error::Interrupted(cause)) => match cause.kind() {
                std::io::ErrorKind::TimedOut => Problem::new(&TIMEOUT),
                _ => Problem::new(&INTERRUPTED),
            },
            drafting::Error::Storage(full) if full.is_full() => Problem::new(&NO_ROOM)
                .detail("Les disques du service n’ont plus la place de garder ce fichier.")
                .retry_after_seconds(WAIT_SECONDS)
                .because(&error),
            _ => failure(&error, error.is_transient()),
        }
    }
}

/// More than one deposit may hold.
pub fn too_large(bytes_max: u64) -> Problem {
    Problem::new(&TOO_LARGE).detail(format!("Un versement fait au plus {bytes_max} octets."))
}

/// A failure of ours: transient ones say when to come back.
pub fn failure(cause: &dyn std::error::Error, transient: bool) -> Problem {
    if transient {
        Problem::new(&UNAVAILABLE).retry_after_seconds(PAUSE_SECONDS).because(cause)
    } else {
        Problem::new(&INTERNAL).because(cause)
    }
}

/// The problem behind an answer of the framework that bears no form yet.
pub fn of_bare_status(status: StatusCode, headers: &header::HeaderMap) -> Option<Problem> {
    if !status.is_client_error() && !status.is_server_error() || headers.contains_key(header::CONTENT_TYPE) {
        return None;
    }
    let kind = KINDS.iter().find(|kind| kind.status == status.as_u16()).copied();
    Some(Problem::new(kind.unwrap_or(if status.is_server_error() { &INTERNAL } else { &BAD_REQUEST })))
}
