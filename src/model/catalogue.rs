//! The catalogue: every code, how grave, the SEDA reply code it leads to, its title and what the depositor can do.
//!
//! A code is stable once published. Each has a fixture (`tests/fixtures/seda/refused/`, or a test of ingest when only a
//! member's registers can show it); a test fails when one lacks it.

use super::findings::{Kind, Severity};

macro_rules! catalogue {
    ($($name:ident = $code:literal, $severity:ident, $reply:literal, $title:literal, $remedy:literal;)*) => {
        $(#[doc = $title] pub static $name: Kind = Kind {
            code: $code, severity: Severity::$severity, reply_code: $reply, title: $title, remedy: $remedy,
        };)*
        /// Every kind, in the order of the catalogue.
        pub static CATALOGUE: &[&Kind] = &[$(&$name),*];
    };
}

catalogue! {
    CONTAINER_UNREADABLE = "container.unreadable", Error, "101",
        "Le fichier n'est pas une archive lisible",
        "Refaites l'archive (zip, tar, tar.gz ou tar.bz2) et déposez-la de nouveau.";
    HEADER_IDENTIFIER_EMPTY = "header.identifier_empty", Error, "101",
        "L'identifiant du versement est vide",
        "Donnez au versement un identifiant qui ne serve qu'une fois.";
    HEADER_DATE_FUTURE = "header.date_future", Warning, "001",
        "La date du bordereau est dans l'avenir",
        "Faites vérifier l'horloge de l'application versante.";
    HEADER_CONVENTION_MISSING = "header.convention_missing", Error, "300",
        "La collectivité n'a pas de convention en vigueur",
        "Voyez avec le pilote du service : les versements reprendront avec la convention, et celui-ci pourra être renvoyé tel quel.";
    HEADER_MEMBER_SUSPENDED = "header.member_suspended", Error, "312",
        "Les versements de la collectivité sont suspendus",
        "Voyez avec le pilote du service ; à la reprise, renvoyez ce versement tel quel. Ce qui est conservé reste lisible.";
    HEADER_MEMBER_CLOSED = "header.member_closed", Error, "312",
        "La collectivité n'existe plus, ou pas encore",
        "Versez au nom de la collectivité qui lui succède.";
    HEADER_SERVICE_LEVEL = "header.service_level", Error, "300",
        "La collectivité n'est plus gardée sur tous les sites que l'accord demande",
        "Voyez avec l'exploitant du service : une fois les sites rétablis, renvoyez ce versement tel quel.";
    HEADER_COPY_NOT_RELIABLE = "header.copy_not_reliable", Error, "300",
        "L'accord demande des copies fiables, et ces numérisations sont des copies simples",
        "Numérisez selon votre procédure de copie fiable, ou versez sous un autre accord.";
    HEADER_COPY_SIMPLE = "header.copy_simple", Warning, "001",
        "Ces numérisations sont des copies simples",
        "Conservez l'original papier.";
    HEADER_AGREEMENT_MISSING = "header.agreement_missing", Error, "300",
        "Aucun accord de versement n'est nommé",
        "Indiquez l'accord de versement convenu avec le service d'archives.";
    HEADER_AGREEMENT_UNKNOWN = "header.agreement_unknown", Error, "300",
        "L'accord de versement n'existe pas ou ne vous est pas ouvert",
        "Vérifiez l'identifiant de l'accord, ou demandez à l'administrateur de la collectivité de vous l'ouvrir.";
    HEADER_AGREEMENT_SEVERAL = "header.agreement_several", Error, "300",
        "Le versement nomme plusieurs accords",
        "Faites un versement par accord : un bordereau peut tenir plusieurs archives, mais sous un même accord.";
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
    HEADER_SUBMISSION_AGENCY_UNKNOWN = "header.submission_agency_unknown", Warning, "001",
        "L'opérateur de versement n'est pas connu",
        "Corrigez son identifiant, ou faites-le déclarer par l'administrateur de la collectivité.";
    HEADER_PROFILE_MISSING = "header.profile_missing", Error, "203",
        "Le bordereau ne nomme pas le profil d'archivage que l'accord exige",
        "Faites indiquer dans le bordereau l'un des profils d'archivage de l'accord de versement.";
    HEADER_PROFILE_UNKNOWN = "header.profile_unknown", Error, "203",
        "Le profil d'archivage nommé n'existe pas ou n'est plus en service",
        "Vérifiez le nom du profil d'archivage dans le bordereau, ou demandez au service d'archives de l'importer.";
    HEADER_PROFILE_NOT_IN_AGREEMENT = "header.profile_not_in_agreement", Error, "203",
        "Le profil d'archivage nommé n'est pas de ceux que l'accord admet",
        "Choisissez un autre accord de versement, ou faites-y admettre ce profil d'archivage.";
    PROFILE_VERSION = "profile.version", Error, "203",
        "Le profil d'archivage est écrit pour une autre version du bordereau",
        "Faites produire le bordereau dans la version du profil, ou choisissez un autre profil d'archivage.";
    PROFILE_UNREADABLE = "profile.unreadable", Error, "101",
        "Le profil d'archivage n'est pas un fichier lisible",
        "Enregistrez le profil de nouveau, en UTF-8, depuis l'outil qui l'a produit, et importez-le.";
    PROFILE_SYNTAX = "profile.syntax", Error, "101",
        "Le profil d'archivage n'est pas écrit en RELAX NG",
        "Exportez de nouveau le profil (RELAX NG, syntaxe XML) avec l'outil qui l'a produit, ou corrigez la ligne indiquée.";
    PROFILE_REFERENCE = "profile.reference", Error, "101",
        "Le profil d'archivage renvoie à ce qui n'existe pas, ou à lui-même",
        "Joignez les fichiers que le profil inclut, et donnez une définition à chaque nom auquel il renvoie.";
    PROFILE_DATATYPE = "profile.datatype", Error, "101",
        "Le profil d'archivage emploie un type de données inconnu ou mal paramétré",
        "Employez les types de XML Schema et leurs facettes.";
    PROFILE_RESTRICTION = "profile.restriction", Error, "101",
        "Le profil d'archivage demande ce que RELAX NG ne permet pas",
        "Corrigez l'élément indiqué : attribut demandé deux fois, valeur mêlée à des éléments, mélange ambigu.";
    PROFILE_TOO_COMPLEX = "profile.too_complex", Error, "306",
        "Le profil d'archivage est trop volumineux ou trop complexe",
        "Allégez le profil, ou partagez-le en plusieurs profils.";
    MESSAGE_DUPLICATE = "message.duplicate", Error, "101",
        "L'identifiant du versement a déjà servi",
        "Si le contenu est le même, il est déjà archivé ; sinon, donnez un nouvel identifiant à ce versement.";
    MESSAGE_REFUSED_BY_ARCHIVIST = "message.refused_by_archivist", Error, "101",
        "L'archiviste a refusé le versement",
        "Lisez le motif de l'archiviste, corrigez le versement et déposez-le de nouveau.";
    QUOTA_EXCEEDED = "quota.exceeded", Error, "301",
        "Le quota de la collectivité est dépassé",
        "Demandez au pilote du service d'augmenter le quota de la collectivité, puis déposez de nouveau.";
    QUOTA_SOFT = "quota.soft", Warning, "001",
        "La place promise à la collectivité se remplit",
        "Rien à faire pour ce versement ; prévenez le pilote du service que le quota sera bientôt atteint.";
    QUOTA_PERIOD = "quota.period", Error, "301",
        "L'accord de versement n'admet plus autant de versements dans cette durée",
        "Attendez la prochaine période, ou demandez au service d'archives de relever la limite de l'accord.";
    QUOTA_TRANSFER_SIZE = "quota.transfer_size", Error, "306",
        "Le versement est plus gros que ce que l'accord admet",
        "Partagez le versement en plusieurs, ou faites relever la limite de l'accord.";
    CONTAINER_TRUNCATED = "container.truncated", Error, "101",
        "L'archive est incomplète",
        "Le fichier a été coupé pendant sa fabrication ou son envoi : envoyez-le de nouveau en entier.";
    CONTAINER_EMPTY = "container.empty", Error, "101",
        "L'archive ne contient aucun fichier",
        "Ajoutez le bordereau et les fichiers, puis refaites l'archive.";
    CONTAINER_ENCRYPTED = "container.encrypted", Error, "101",
        "L'archive est protégée par un mot de passe",
        "Refaites l'archive sans chiffrement ni mot de passe.";
    CONTAINER_METHOD = "container.method", Error, "101",
        "Un fichier est compressé d'une façon qui n'est pas admise",
        "Refaites l'archive avec la compression ordinaire du zip (deflate).";
    CONTAINER_TRAVERSAL = "container.traversal", Error, "101",
        "Un nom de fichier sort de l'archive (« .. »)",
        "Refaites l'archive en vous plaçant dans le dossier à verser ; aucun nom ne doit contenir « .. ».";
    CONTAINER_ABSOLUTE = "container.absolute", Error, "101",
        "Un nom de fichier est un chemin absolu ou porte une lettre de lecteur",
        "Refaites l'archive avec des chemins relatifs.";
    CONTAINER_NAME = "container.name", Error, "101",
        "Un nom de fichier contient des caractères interdits",
        "Renommez le fichier sans barre oblique inverse, point isolé ni caractère de contrôle.";
    CONTAINER_NAME_EMPTY = "container.name_empty", Error, "101",
        "Un fichier de l'archive n'a pas de nom",
        "Refaites l'archive avec un outil courant.";
    CONTAINER_NAME_LENGTH = "container.name_length", Error, "101",
        "Un nom de fichier est trop long ou trop profond",
        "Raccourcissez le nom (255 octets par dossier ou fichier) ou le nombre de dossiers.";
    CONTAINER_DUPLICATE = "container.duplicate", Error, "101",
        "Deux fichiers de l'archive portent le même nom",
        "Ne gardez qu'un fichier sous ce nom.";
    CONTAINER_COLLISION = "container.collision", Error, "101",
        "Deux noms ne diffèrent que par la casse ou l'écriture des accents",
        "Renommez l'un des deux fichiers.";
    CONTAINER_FILE_AND_FOLDER = "container.file_and_folder", Error, "101",
        "Un même nom désigne un fichier et un dossier",
        "Renommez le fichier ou le dossier.";
    CONTAINER_LINK = "container.link", Error, "101",
        "L'archive contient un lien",
        "Remplacez le lien par le fichier qu'il désigne.";
    CONTAINER_SPECIAL_FILE = "container.special_file", Error, "101",
        "L'archive contient autre chose que des fichiers et des dossiers",
        "Retirez les périphériques, tubes et fichiers creux.";
    CONTAINER_OVERLAP = "container.overlap", Error, "101",
        "Des fichiers de l'archive partagent les mêmes octets",
        "Refaites l'archive avec un outil courant.";
    CONTAINER_HEADERS = "container.headers", Error, "101",
        "Les deux tables de l'archive se contredisent",
        "Refaites l'archive avec un outil courant.";
    CONTAINER_SIZE = "container.size", Error, "101",
        "La taille annoncée d'un fichier n'est pas celle de son contenu",
        "Refaites l'archive : celle-ci est endommagée.";
    CONTAINER_CORRUPT = "container.corrupt", Error, "101",
        "Le contenu d'un fichier de l'archive est endommagé",
        "Refaites l'archive : celle-ci est endommagée.";
    CONTAINER_FOREIGN_BYTES = "container.foreign_bytes", Error, "101",
        "Le fichier contient des octets étrangers à l'archive",
        "Refaites l'archive, sans rien ajouter avant ni après.";
    CONTAINER_PADDING = "container.padding", Warning, "001",
        "L'archive est suivie d'octets nuls",
        "Sans conséquence ; l'outil qui fabrique l'archive peut être corrigé.";
    CONTAINER_ENTRIES = "container.entries", Error, "306",
        "L'archive contient trop de fichiers",
        "Répartissez les fichiers en plusieurs versements.";
    CONTAINER_EXPANDED_SIZE = "container.expanded_size", Error, "306",
        "Le contenu de l'archive est trop volumineux une fois décompressé",
        "Répartissez les fichiers en plusieurs versements.";
    CONTAINER_RATIO = "container.ratio", Error, "306",
        "L'archive se décompresse démesurément",
        "Vérifiez les fichiers : leur taille est sans rapport avec celle de l'archive.";
    CONTAINER_TIME = "container.time", Error, "306",
        "Le contenu de l'archive est trop long à lire",
        "Répartissez les fichiers en plusieurs versements.";
    CONTAINER_NO_MANIFEST = "container.no_manifest", Error, "101",
        "L'archive n'a pas de bordereau à sa racine",
        "Placez à la racine de l'archive un fichier nommé manifest.xml ou bordereau.xml.";
    CONTAINER_SEVERAL_MANIFESTS = "container.several_manifests", Error, "101",
        "L'archive a plusieurs bordereaux à sa racine",
        "Ne laissez qu'un bordereau à la racine.";
    CONTAINER_SECOND_CONTENT = "container.second_content", Error, "101",
        "L'archive a un second dossier de contenu",
        "Ne laissez que le dossier auquel le bordereau se réfère.";
    XML_MALFORMED = "xml.malformed", Error, "101",
        "Le bordereau n'est pas bien formé",
        "Corrigez le bordereau à la ligne indiquée ou faites-le produire de nouveau.";
    XML_UNCLOSED = "xml.unclosed", Error, "101",
        "Le bordereau s'arrête avant sa fin",
        "Le fichier a été coupé : faites-le produire de nouveau.";
    XML_DOCTYPE = "xml.doctype", Error, "101",
        "Le bordereau contient une déclaration interdite",
        "Faites retirer la déclaration DOCTYPE par l'éditeur de votre logiciel.";
    XML_ENTITY = "xml.entity", Error, "101",
        "Le bordereau se réfère à une entité inconnue",
        "N'utilisez que &amp; &lt; &gt; &quot; &apos; et les références numériques.";
    XML_ENCODING = "xml.encoding", Error, "101",
        "L'encodage du bordereau n'est pas admis",
        "Faites produire le bordereau dans l'encodage UTF-8.";
    XML_CHARACTER = "xml.character", Error, "101",
        "Le bordereau contient un caractère interdit",
        "Retirez les caractères de contrôle.";
    XML_DUPLICATE_ATTRIBUTE = "xml.duplicate_attribute", Error, "101",
        "Un élément porte deux fois le même attribut",
        "Retirez l'un des deux attributs.";
    XML_NAMESPACE = "xml.namespace", Error, "101",
        "Un préfixe n'est lié à aucun espace de noms",
        "Déclarez l'espace de noms du préfixe ou retirez le préfixe.";
    XML_SEVERAL_ROOTS = "xml.several_roots", Error, "101",
        "Le bordereau a plusieurs éléments racines",
        "Un fichier ne contient qu'un message.";
    XML_XINCLUDE = "xml.xinclude", Error, "101",
        "Le bordereau demande d'inclure un autre fichier",
        "Placez tout le message dans le bordereau.";
    XML_DEPTH = "xml.depth", Error, "101",
        "Les éléments du bordereau sont trop imbriqués",
        "Réduisez la profondeur du plan de classement.";
    XML_ATTRIBUTES = "xml.attributes", Error, "101",
        "Un élément porte trop d'attributs",
        "Retirez les attributs superflus.";
    XML_NAMES = "xml.names", Error, "101",
        "Le bordereau emploie trop de noms différents",
        "Réduisez le nombre de noms d'éléments et d'attributs, et d'espaces de noms.";
    XML_TEXT_LENGTH = "xml.text_length", Error, "101",
        "Un texte du bordereau est trop long",
        "Placez ce contenu dans un fichier joint.";
    XML_SIZE = "xml.size", Error, "306",
        "Le bordereau est trop volumineux",
        "Répartissez le versement en plusieurs versements.";
    MESSAGE_UNSUPPORTED_VERSION = "message.unsupported_version", Error, "101",
        "La version du bordereau n'est pas prise en charge",
        "Faites produire le bordereau dans une version prise en charge.";
    MESSAGE_UNKNOWN = "message.unknown", Error, "101",
        "Le document n'est pas un bordereau de versement",
        "Déposez un versement dont le bordereau est un transfert d'archives.";
    MESSAGE_WRONG_TYPE = "message.wrong_type", Error, "101",
        "Le message n'est pas un transfert",
        "Déposez un versement, et non la réponse ou l'accusé d'un autre.";
    MESSAGE_MORE_FINDINGS = "message.more_findings", Warning, "001",
        "D'autres anomalies n'ont pas été détaillées",
        "Corrigez celles qui sont listées, puis contrôlez de nouveau.";
    SCHEMA_UNEXPECTED_ELEMENT = "schema.unexpected_element", Error, "101",
        "Un élément du bordereau n'est pas prévu à cet endroit",
        "Retirez l'élément ou placez-le dans l'ordre du schéma.";
    SCHEMA_MISSING_ELEMENT = "schema.missing_element", Error, "101",
        "Un élément obligatoire manque",
        "Ajoutez l'élément attendu.";
    SCHEMA_UNEXPECTED_TEXT = "schema.unexpected_text", Error, "101",
        "Un élément contient du texte là où le schéma n'en admet pas",
        "Retirez le texte.";
    SCHEMA_ATTRIBUTE = "schema.attribute", Error, "101",
        "Un attribut obligatoire manque ou n'est pas prévu",
        "Ajoutez l'attribut attendu ou retirez celui qui n'est pas prévu.";
    SCHEMA_INVALID_VALUE = "schema.invalid_value", Error, "101",
        "Une valeur n'a pas la forme prévue par le schéma",
        "Corrigez la valeur.";
    SCHEMA_ABSTRACT = "schema.abstract", Error, "101",
        "Un élément demande un type qui n'est pas précisé",
        "Ajoutez xsi:type ou retirez l'élément.";
    SCHEMA_TOLERATED = "schema.tolerated", Warning, "001",
        "Le bordereau emploie une extension d'un autre système",
        "Sans conséquence : l'accord de versement l'admet.";
    PROFILE_UNEXPECTED_ELEMENT = "profile.unexpected_element", Error, "203",
        "Un élément du bordereau n'est pas prévu par le profil d'archivage",
        "Retirez l'élément, ou faites adapter le profil par le service d'archives.";
    PROFILE_MISSING_ELEMENT = "profile.missing_element", Error, "203",
        "Un élément que le profil d'archivage demande manque",
        "Ajoutez l'élément attendu.";
    PROFILE_UNEXPECTED_TEXT = "profile.unexpected_text", Error, "203",
        "Un élément contient du texte là où le profil d'archivage n'en admet pas",
        "Retirez le texte.";
    PROFILE_ATTRIBUTE = "profile.attribute", Error, "203",
        "Un attribut que le profil d'archivage demande manque, ou n'y est pas prévu",
        "Ajoutez l'attribut attendu ou retirez celui qui n'est pas prévu.";
    PROFILE_INVALID_VALUE = "profile.invalid_value", Error, "203",
        "Une valeur n'est pas celle que demande le profil d'archivage",
        "Corrigez la valeur.";
    HEADER_PACKAGE = "header.package", Error, "101",
        "Le transfert ne contient pas de paquet",
        "Ajoutez au bordereau au moins une unité d'archives.";
    HEADER_SIGNATURE_UNVERIFIED = "header.signature_unverified", Warning, "001",
        "La signature du message n'a pas été vérifiée",
        "Sans conséquence ici : la signature est conservée avec le bordereau, tel qu'il a été reçu.";
    VIRUS_FOUND = "virus.found", Error, "101",
        "Un fichier contient un virus",
        "N'ouvrez pas ce fichier : faites examiner le poste d'où il vient, remplacez-le par un exemplaire sain et refaites le versement. Si c'est une fausse alerte, renvoyez le même versement une fois l'antivirus mis à jour.";
    VIRUS_TOO_LARGE = "virus.too_large", Error, "306",
        "Un fichier ne peut pas être analysé par l'antivirus",
        "L'accord n'admet que des fichiers analysés en entier : partagez le fichier, ou demandez au service d'archives une autre règle.";
    VIRUS_NOT_SCANNED = "virus.not_scanned", Warning, "001",
        "Un fichier n'a pas été analysé par l'antivirus",
        "Sans conséquence pour ce versement : l'accord l'admet. Si vous le pouvez, analysez ce fichier de votre côté.";
    VIRUS_UNAVAILABLE = "virus.unavailable", Error, "102",
        "L'analyse antivirale est exigée et le service n'a pas d'antivirus",
        "Prévenez le service d'archives, puis renvoyez le même versement une fois l'antivirus en place.";
    SIGNATURE_FAILED = "signature.failed", Warning, "001",
        "Une signature électronique n'est pas valide",
        "Le fichier est conservé tel quel, avec le rapport. S'il devait être signé, vérifiez auprès du signataire que c'est le bon.";
    FORMAT_MISMATCH = "format.mismatch", Warning, "205",
        "Un fichier n'est pas du type ou du format déclaré",
        "Corrigez le type ou le format déclaré (MimeType, FormatId), ou vérifiez que c'est le bon fichier.";
    FORMAT_UNIDENTIFIED = "format.unidentified", Warning, "204",
        "Le format d'un fichier n'est pas reconnu",
        "Vérifiez que le fichier s'ouvre et qu'il est entier ; si vous le pouvez, versez-le aussi dans un format courant (PDF/A, ODT, CSV).";
    FORMAT_REFUSED = "format.refused", Error, "307",
        "Un fichier est d'un format que l'accord n'accepte pas",
        "Convertissez le fichier dans un format accepté par l'accord, corrigez le format déclaré, ou demandez au service d'archives d'accepter ce format.";
    REFERENCE_DUPLICATE_ID = "reference.duplicate_id", Error, "101",
        "Deux éléments portent le même identifiant",
        "Donnez à chaque unité, objet et groupe un identifiant unique dans le message.";
    REFERENCE_UNKNOWN = "reference.unknown", Error, "101",
        "Une référence ne désigne rien",
        "Corrigez la référence ou ajoutez l'élément désigné.";
    REFERENCE_WRONG_KIND = "reference.wrong_kind", Error, "101",
        "Une référence désigne un élément d'une autre nature",
        "Désignez une unité, un objet ou un groupe selon l'élément qui porte la référence.";
    REFERENCE_LINK = "reference.link", Warning, "001",
        "Une référence désigne un lien et non une unité",
        "Désignez l'unité elle-même.";
    REFERENCE_SELF = "reference.self", Error, "101",
        "Une unité se contient elle-même",
        "Retirez la référence.";
    REFERENCE_CYCLE = "reference.cycle", Error, "101",
        "Des unités se contiennent les unes les autres",
        "Retirez l'une des références du cycle.";
    REFERENCE_DOUBLE_PARENT = "reference.double_parent", Warning, "001",
        "Une unité est rattachée deux fois au même parent",
        "Sans conséquence ; l'une des deux références est inutile.";
    REFERENCE_ORPHAN_OBJECT = "reference.orphan_object", Error, "101",
        "Un objet n'est rattaché à aucune unité",
        "Rattachez l'objet à une unité d'archives ou retirez-le.";
    REFERENCE_ORPHAN_GROUP = "reference.orphan_group", Error, "101",
        "Un groupe d'objets n'est rattaché à aucune unité",
        "Rattachez le groupe à une unité d'archives ou retirez-le.";
    REFERENCE_EMPTY_GROUP = "reference.empty_group", Error, "101",
        "Un groupe d'objets est vide",
        "Retirez le groupe ou ajoutez-y ses objets.";
    REFERENCE_TWO_GROUPS = "reference.two_groups", Error, "101",
        "Un objet appartient à deux groupes",
        "Ne gardez qu'un groupe.";
    REFERENCE_GROUPED_OBJECT = "reference.grouped_object", Warning, "001",
        "Une unité désigne un objet au lieu de son groupe",
        "Faites désigner le groupe d'objets plutôt que l'objet.";
    REFERENCE_SEVERAL_OBJECTS = "reference.several_objects", Warning, "001",
        "Une unité désigne plusieurs objets ou groupes",
        "Rassemblez les objets dans un groupe, ou créez une unité par objet.";
    REFERENCE_SIGNED_DOCUMENT = "reference.signed_document", Warning, "001",
        "Une signature désigne une unité qui ne se dit pas document signé",
        "Donnez à l'unité du document signé le rôle SignedDocument, ou corrigez la référence.";
    OBJECT_NO_CONTENT = "object.no_content", Error, "211",
        "Un objet numérique n'a pas de fichier",
        "Indiquez dans le bordereau le chemin du fichier dans l'archive.";
    OBJECT_INLINE = "object.inline", Warning, "001",
        "Le contenu d'un objet est placé dans le bordereau lui-même",
        "Sans conséquence : le contenu est conservé comme un fichier joint.";
    OBJECT_URI = "object.uri", Error, "101",
        "Le chemin d'un fichier n'est pas admis",
        "Donnez un chemin relatif dans l'archive, sans « .. ».";
    OBJECT_DUPLICATE_URI = "object.duplicate_uri", Error, "101",
        "Deux objets désignent le même fichier",
        "Déclarez un seul objet par fichier.";
    OBJECT_MISSING_FILE = "object.missing_file", Error, "211",
        "Un fichier déclaré manque dans l'archive",
        "Ajoutez le fichier à l'archive ou corrigez son chemin.";
    OBJECT_UNDECLARED_FILE = "object.undeclared_file", Error, "101",
        "Un fichier de l'archive n'est pas déclaré dans le bordereau",
        "Déclarez le fichier ou retirez-le de l'archive.";
    OBJECT_NO_DIGEST = "object.no_digest", Error, "308",
        "L'empreinte d'un objet manque",
        "Indiquez dans le bordereau l'empreinte de chaque fichier.";
    OBJECT_DIGEST_NOT_SENT = "object.digest_not_sent", Warning, "001",
        "L'empreinte d'un fichier n'a pas été transmise",
        "Les versions anciennes du bordereau ne l'exigent pas : une empreinte a été calculée à la réception. Demandez à l'éditeur de l'application versante de la joindre.";
    OBJECT_DIGEST_UNMATCHED = "object.digest_unmatched", Warning, "001",
        "Une empreinte nomme un fichier qu'aucun document ne désigne",
        "Vérifiez les noms de fichiers donnés avec les empreintes au début du bordereau.";
    OBJECT_DIGEST_FORM = "object.digest_form", Error, "207",
        "L'empreinte d'un objet est mal écrite",
        "Écrivez l'empreinte en hexadécimal, avec la longueur de son algorithme.";
    OBJECT_DIGEST_ALGORITHM = "object.digest_algorithm", Error, "207",
        "L'algorithme d'empreinte n'est pas admis",
        "Utilisez SHA-512 (ou SHA-384, SHA-256 ; MD5 et SHA-1 sont tolérés).";
    OBJECT_WEAK_DIGEST = "object.weak_digest", Warning, "001",
        "L'algorithme d'empreinte est ancien",
        "Préférez SHA-512.";
    OBJECT_DIGEST = "object.digest", Error, "207",
        "L'empreinte d'un fichier n'est pas celle déclarée",
        "Le fichier a changé depuis la production du bordereau : produisez-le de nouveau.";
    OBJECT_SIZE = "object.size", Warning, "001",
        "La taille déclarée d'un fichier n'est pas la bonne",
        "Corrigez Size ; l'empreinte, elle, est juste.";
    OBJECT_NO_SIZE = "object.no_size", Warning, "001",
        "La taille d'un fichier n'est pas indiquée",
        "Renseignez Size : le standard la demande pour tout fichier transmis. Elle a été mesurée à la réception.";
    OBJECT_COMPRESSION = "object.compression", Warning, "001",
        "Ce qui est dit de la compression d'un fichier se contredit",
        "Corrigez Compressed, son algorithme ou sa taille une fois décompressé.";
    OBJECT_DUPLICATE_USAGE = "object.duplicate_usage", Error, "101",
        "Un groupe contient deux objets du même usage",
        "Donnez à chaque objet du groupe un usage ou un numéro de version différent.";
    OBJECT_USAGE_KIND = "object.usage_kind", Error, "101",
        "L'usage d'un objet contredit sa nature",
        "Réservez l'exemplaire sur papier aux objets physiques, les autres exemplaires aux fichiers.";
    OBJECT_USAGE_FORM = "object.usage_form", Warning, "001",
        "L'usage d'un objet est mal écrit",
        "Écrivez un nom d'usage, seul ou suivi de « _ » et d'un numéro : BinaryMaster, BinaryMaster_1.";
    OBJECT_PHYSICAL_ID = "object.physical_id", Error, "101",
        "L'identifiant d'un objet physique est vide",
        "Indiquez la cote de l'objet physique.";
    OBJECT_TOO_MANY = "object.too_many", Error, "306",
        "Le bordereau déclare trop d'objets",
        "Répartissez le versement en plusieurs versements.";
    UNIT_NONE = "unit.none", Error, "101",
        "Le transfert ne contient aucune unité d'archives",
        "Décrivez au moins une unité d'archives.";
    UNIT_TOO_MANY = "unit.too_many", Error, "306",
        "Le bordereau décrit trop d'unités d'archives",
        "Répartissez le versement en plusieurs versements.";
    UNIT_NO_TITLE = "unit.no_title", Warning, "001",
        "Une unité d'archives n'a pas d'intitulé",
        "Renseignez Title : c'est sous ce nom que l'unité sera trouvée.";
    UNIT_NO_LEVEL = "unit.no_level", Warning, "001",
        "Une unité d'archives n'a pas de niveau de description",
        "Renseignez DescriptionLevel : fonds, série, dossier (File), pièce (Item)…";
    UNIT_LEVEL_ORDER = "unit.level_order", Warning, "001",
        "Un niveau de description est placé sous un niveau plus petit",
        "Revoyez le plan : pas de fonds sous une série, rien que des pièces sous une pièce.";
    UNIT_SEVERAL_ROOTS = "unit.several_roots", Warning, "001",
        "Le versement a plusieurs unités d'archives au premier niveau",
        "Sans conséquence ici ; certaines applications versantes n'en attendent qu'une dans la réponse. Réunissez-les sous une seule si c'est le cas de la vôtre.";
    UNIT_DATES = "unit.dates", Error, "101",
        "La date de fin d'une unité précède sa date de début",
        "Corrigez la date de début ou la date de fin.";
    UNIT_DATES_OUTSIDE = "unit.dates_outside", Warning, "001",
        "Les dates d'une unité sortent de celles du niveau qui la contient",
        "Corrigez les dates de l'une ou de l'autre.";
    UNIT_YEAR = "unit.year", Warning, "001",
        "Une date est peu vraisemblable",
        "Vérifiez l'année.";
    UNIT_DATE_NO_YEAR = "unit.date_no_year", Warning, "001",
        "Une date n'a pas d'année",
        "Ajoutez l'année : sans elle, l'unité ne peut être trouvée par date ni son délai calculé.";
    UNIT_MARKUP = "unit.markup", Warning, "001",
        "Un texte contient des balises de page web",
        "Retirez les balises : elles sont conservées et montrées telles quelles, comme du texte.";
    UNIT_LANGUAGE = "unit.language", Warning, "001",
        "Un code de langue n'existe pas",
        "Écrivez la langue par son code de deux ou trois lettres : fr ou fra.";
    UNIT_PERSISTENT_IDENTIFIER = "unit.persistent_identifier", Warning, "001",
        "Un identifiant pérenne n'a pas la forme de son type",
        "Écrivez un ARK « ark:/12345/nom », un DOI « 10.1234/nom ».";
    UNIT_PERSISTENT_TWICE = "unit.persistent_twice", Warning, "001",
        "Deux unités portent le même identifiant pérenne",
        "Donnez à chaque unité son propre identifiant pérenne.";
    UNIT_PROFILE = "unit.profile", Warning, "001",
        "Une unité nomme un profil d'unité d'archives",
        "Ces profils ne sont pas encore contrôlés : l'unité est prise telle qu'elle est décrite.";
    UNIT_ATTACHMENT = "unit.attachment", Warning, "001",
        "Une unité demande à rejoindre une archive déjà versée",
        "Le rattachement n'est pas encore pris en charge : l'unité est archivée à part. Attendez pour la verser si elle ne doit pas l'être.";
    RULE_NO_ACCESS = "rule.no_access", Warning, "001",
        "Une archive n'a pas de règle de communicabilité",
        "Donnez à chaque archive un code de communicabilité et sa date de départ.";
    RULE_HOLD_DATES = "rule.hold_dates", Error, "101",
        "La fin d'un gel précède son début",
        "Corrigez le début ou la fin du gel.";
    RULE_HOLD_END_DATE = "rule.hold_end_date", Warning, "001",
        "Un gel qui a une durée reçoit aussi une date de fin",
        "Donnez au gel une durée ou une date de fin, non les deux.";
    RULE_REASSESSING_DATE = "rule.reassessing_date", Warning, "001",
        "Un gel est à réexaminer avant son début",
        "Corrigez la date de réexamen ou le début du gel.";
    RULE_DURATION = "rule.duration", Warning, "001",
        "La durée d'une règle est mal écrite",
        "Écrivez une durée en années, mois ou jours (P10Y pour dix ans), ou l'identifiant d'une règle.";
    RULE_ACCESS_CODE = "rule.access_code", Warning, "001",
        "Un code de communicabilité n'existe pas",
        "Choisissez l'un des codes AR038 à AR062, ou l'identifiant d'une règle.";
    RULE_NO_START_DATE = "rule.no_start_date", Warning, "001",
        "Une DUA n'a pas de date de départ",
        "Indiquez la date de départ du délai : sans elle, l'échéance n'arrive jamais.";
    RULE_NO_APPRAISAL = "rule.no_appraisal", Warning, "001",
        "Des unités n'ont ni DUA ni sort final",
        "Indiquez sur l'unité, sur un niveau qui la contient ou pour tout le versement la durée de conservation et le sort final.";
    RULE_NOT_INHERITED = "rule.not_inherited", Warning, "001",
        "Une unité écarte une règle dont elle n'hérite pas",
        "Sans conséquence ; vérifiez l'identifiant de la règle et sa catégorie.";
    RULE_FINAL_ACTIONS = "rule.final_actions", Warning, "001",
        "Une unité est à la fois à conserver et à détruire",
        "Choisissez un seul sort final, ou empêchez l'héritage. Dans le doute, rien ne sera détruit sans décision d'une personne.";
    RULE_DUE_BEFORE = "rule.due_before", Warning, "001",
        "Un niveau à détruire arrive à échéance avant ce qu'il contient",
        "Allongez la DUA du niveau, ou raccourcissez celle de ce qu'il contient.";
    HEADER_SIGNATURE_MISSING = "header.signature_missing", Error, "309",
        "Le bordereau n'est pas signé",
        "L'accord demande un bordereau signé : faites-le signer par l'application versante avant de l'envoyer.";
    HEADER_SIGNATURE_REFUSED = "header.signature_refused", Error, "206",
        "La signature du bordereau n'est pas valide",
        "Signez de nouveau le bordereau, avec un certificat en cours de validité d'une autorité que le service reconnaît.";
    OBJECT_DIGEST_NOT_ADMITTED = "object.digest_not_admitted", Error, "308",
        "L'empreinte d'un fichier n'est pas de celles que l'accord admet",
        "Faites calculer les empreintes par l'un des algorithmes de l'accord, et joignez-les à chaque fichier.";
    SIGNATURE_MISSING = "signature.missing", Error, "305",
        "Aucun document n'est signé",
        "L'accord demande des documents signés : versez les fichiers signés, ou leurs signatures à côté d'eux.";
    SIGNATURE_REFUSED = "signature.refused", Error, "310",
        "La signature d'un document n'est pas valide",
        "Le fichier a changé depuis sa signature, ou elle est mal faite : faites-le signer de nouveau.";
    SIGNATURE_UNVERIFIED = "signature.unverified", Error, "311",
        "La signature d'un document n'a pas pu être vérifiée",
        "Signez avec un certificat d'une autorité que le service reconnaît, ou demandez au service d'archives de la reconnaître.";
    RULE_LESS_PROTECTIVE = "rule.less_protective", Warning, "001",
        "Le bordereau protège moins que le tableau de gestion",
        "Rien n'est perdu : la règle du tableau de gestion s'applique. Faites corriger la DUA ou le sort final dans l'application versante.";
    RULE_DEFINITIVE = "rule.definitive", Error, "300",
        "Un sort final « éliminer » dans un versement d'archives définitives",
        "Indiquez « conserver » comme sort final, ou déposez sous un accord d'archives intermédiaires.";
    RULE_CLASSIFIED = "rule.classified", Warning, "001",
        "Une unité est protégée par le secret de la défense nationale",
        "Un service d'archivage qui n'est pas homologué à ce niveau la refusera : ne la transmettez pas par ce canal.";
    RULE_CLASSIFIED_REFUSED = "rule.classified_refused", Error, "101",
        "Le service n'est pas habilité à recevoir ce qui relève du secret de la défense nationale",
        "Ne déposez pas ces documents ici : voyez avec votre officier de sécurité et le service d'archives compétent.";
}
