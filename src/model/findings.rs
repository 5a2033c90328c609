//! Everything that can be found wrong with a transfer: the catalogue of codes, and one finding.
//!
//! Codes are stable and dotted, the first word telling the family (`container`, `xml`, `schema`,
//! `reference`, `object`, `header`, `rule`, `unit`, `quota`, `message`, `format`, `virus`, `profile`).
//! Each has a fixture; a test fails when one lacks it.

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Accepted all the same, and said in the reply.
    Warning,
    /// The transfer is refused.
    Error,
}

impl Severity {
    /// The word in answers and rows.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A kind of fault: one line of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable, dotted.
    pub code: &'static str,
    pub severity: Severity,
    /// De-facto SEDA reply code it leads to (seda.md §2.2): `101`, `207`…
    pub reply_code: &'static str,
    /// What is wrong in general, in French, for documents.
    pub title: &'static str,
    /// What the depositor can do about it, in French, one sentence.
    pub remedy: &'static str,
}

/// One thing found wrong, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: &'static Kind,
    /// Line in the manifest, from 1.
    pub line: Option<u64>,
    /// Element path in the manifest, or name in the container.
    pub path: Option<String>,
    /// What is wrong here, in French, with the values that show it.
    pub message: String,
}

impl Finding {
    /// A finding with its sentence; place it with [`Finding::at_line`] and [`Finding::in_path`].
    pub fn new(kind: &'static Kind, message: impl Into<String>) -> Self {
        Self { kind, line: None, path: None, message: message.into() }
    }

    /// At this line of the manifest.
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// At this element or file.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it refuses the transfer.
    pub fn is_error(&self) -> bool {
        self.kind.severity == Severity::Error
    }
}

macro_rules! catalogue {
    ($($name:ident = $code:literal, $severity:ident, $reply:literal, $title:literal, $remedy:literal;)*) => {
        $(#[doc = $title] pub static $name: Kind = Kind {
            code: $code, severity: Severity::$severity, reply_code: $reply, title: $title, remedy: $remedy,
        };)*
        /// Every kind, in the order of the catalogue.
        pub static CATALOGUE: &[&Kind] = &[$(&$name),*];
    };
}

/// The kind of a code, if the catalogue has it.
pub fn kind(code: &str) -> Option<&'static Kind> {
    CATALOGUE.iter().copied().find(|kind| kind.code == code)
}

catalogue! {
    CONTAINER_UNREADABLE = "container.unreadable", Error, "101",
        "Le fichier n'est pas une archive lisible",
        "Refaites l'archive (zip, tar, tar.gz ou tar.bz2) et déposez-la de nouveau.";
    HEADER_IDENTIFIER_EMPTY = "header.identifier_empty", Error, "101",
        "L'identifiant du versement est vide",
        "Donnez au versement un identifiant qui ne serve qu'une fois.";
    HEADER_AGREEMENT_MISSING = "header.agreement_missing", Error, "300",
        "Aucun accord de versement n'est nommé",
        "Indiquez l'accord de versement convenu avec le service d'archives.";
    HEADER_AGREEMENT_UNKNOWN = "header.agreement_unknown", Error, "300",
        "L'accord de versement n'existe pas ou ne vous est pas ouvert",
        "Vérifiez l'identifiant de l'accord, ou demandez à l'administrateur de la collectivité de vous l'ouvrir.";
    HEADER_AGREEMENT_CLOSED = "header.agreement_closed", Error, "312",
        "L'accord de versement est suspendu ou hors de ses dates",
        "Demandez à l'administrateur de la collectivité de rouvrir ou de prolonger l'accord.";
    HEADER_ARCHIVAL_AGENCY_UNKNOWN = "header.archival_agency_unknown", Error, "201",
        "Le service d'archives n'est pas connu",
        "Corrigez l'identifiant du service d'archives dans le bordereau.";
    HEADER_ARCHIVAL_AGENCY_NOT_IN_AGREEMENT = "header.archival_agency_not_in_agreement", Error, "304",
        "Le service d'archives n'est pas celui de l'accord",
        "Indiquez le service d'archives que nomme l'accord de versement.";
    HEADER_TRANSFERRING_AGENCY_UNKNOWN = "header.transferring_agency_unknown", Error, "202",
        "Le service versant n'est pas connu",
        "Corrigez l'identifiant du service versant, ou faites-le déclarer par l'administrateur de la collectivité.";
    HEADER_TRANSFERRING_AGENCY_NOT_IN_AGREEMENT = "header.transferring_agency_not_in_agreement", Error, "303",
        "Le service versant n'est pas admis par l'accord",
        "Choisissez un autre accord de versement, ou faites-y admettre ce service versant.";
    HEADER_ORIGINATING_AGENCY_UNKNOWN = "header.originating_agency_unknown", Error, "200",
        "Le service producteur n'est pas connu",
        "Corrigez l'identifiant du service producteur, ou faites-le déclarer par l'administrateur de la collectivité.";
    HEADER_ORIGINATING_AGENCY_NOT_IN_AGREEMENT = "header.originating_agency_not_in_agreement", Error, "302",
        "Le service producteur n'est pas admis par l'accord",
        "Choisissez un autre accord de versement, ou faites-y admettre ce service producteur.";
    MESSAGE_DUPLICATE = "message.duplicate", Error, "101",
        "L'identifiant du versement a déjà servi",
        "Si le contenu est le même, il est déjà archivé ; sinon, donnez un nouvel identifiant à ce versement.";
    MESSAGE_REFUSED_BY_ARCHIVIST = "message.refused_by_archivist", Error, "101",
        "L'archiviste a refusé le versement",
        "Lisez le motif de l'archiviste, corrigez le versement et déposez-le de nouveau.";
    QUOTA_EXCEEDED = "quota.exceeded", Error, "301",
        "Le quota de la collectivité est dépassé",
        "Demandez au pilote du service d'augmenter le quota de la collectivité, puis déposez de nouveau.";
    QUOTA_TRANSFER_SIZE = "quota.transfer_size", Error, "306",
        "Le versement est plus gros que ce que l'accord admet",
        "Partagez le versement en plusieurs, ou faites relever la limite de l'accord.";
}
