//! `docs/findings.md` is what the catalogue says, family by family; written again by this test when
//! `CHARTRIER_WRITE_DOCS` is set.

use std::fmt::Write as _;
use std::path::Path;

use chartrier::model::Severity;
use chartrier::model::findings::{CATALOGUE, Kind};

/// A family of checks: its title, the codes it holds (a prefix ends with a dot), what is said beside them.
type Family = (&'static str, &'static [&'static str], &'static str);

/// The families, in the order of the standard's reading: the container first, other messages last.
const FAMILIES: &[Family] = &[
    (
        "Le conteneur",
        &["container."],
        "Un bordereau à la racine, des fichiers sous des noms sûrs, rien d'autre.",
    ),
    ("L'écriture XML", &["xml."], "Lue au fil de l'eau, dans des limites fixes ; jamais le réseau."),
    (
        "La version, le schéma, le profil d'archivage",
        &[
            "message.unsupported_version",
            "message.unknown",
            "message.wrong_type",
            "message.more_findings",
            "schema.",
            "profile.",
        ],
        "La version se lit dans l'espace de noms de la racine, et là seulement. Les codes `profile.unreadable` à \
         `profile.too_complex` sont ceux de l'import d'un profil.",
    ),
    (
        "Les virus",
        &["virus."],
        "Chaque fichier est montré à l'antivirus du service, le bordereau et les contenus qu'il porte compris, selon l'accord \
         (`virus`, `virus_large`). Pendant que l'antivirus ne répond pas, les versements attendent. Un versement infecté est \
         refusé, et ses octets mis à part jusqu'à leur effacement. `chartrier check` n'analyse rien.",
    ),
    (
        "L'identifiant du versement",
        &["header.identifier_empty", "message.duplicate"],
        "Les mêmes octets déposés deux fois sont le même versement, sans anomalie.",
    ),
    (
        "La collectivité et sa convention",
        &["header.convention_missing", "header.member_"],
        "La lecture, l'export et la restitution ne s'arrêtent jamais : seuls les versements attendent.",
    ),
    (
        "L'accord de versement",
        &[
            "header.agreement_",
            "quota.",
            "message.refused_by_archivist",
            "header.signature_missing",
            "header.signature_refused",
            "object.digest_not_admitted",
            "rule.definitive",
            "header.service_level",
            "header.copy_",
        ],
        "Ce que demande chaque accord est dit avec lui : âge (`age`), empreintes (`digests`), signatures \
         (`message_signature`, `document_signatures`), limites (`limit`), sites (`sites`), copies fiables (`reliable_copy`).",
    ),
    (
        "Les services nommés",
        &[
            "header.archival_agency_",
            "header.transferring_agency_",
            "header.originating_agency_",
            "header.submission_agency_unknown",
        ],
        "Les services que nomme la description d'une unité (Content) sont descriptifs : ils ne sont pas cherchés au registre.",
    ),
    ("Le profil d'archivage déclaré", &["header.profile_"], ""),
    (
        "Les dates et références de l'en-tête",
        &["header.date_future", "header.package"],
        "Les versions de listes de codes (CodeListVersions) ne sont pas confrontées à un référentiel, et les références à \
         d'autres messages (RelatedTransferReference, TransferRequestReplyIdentifier) ne sont pas suivies : elles viendront \
         avec les demandes de transfert et les tableaux de gestion.",
    ),
    (
        "Les signatures électroniques",
        &["header.signature_unverified", "signature."],
        "XAdES et XML-DSig, PAdES, CAdES, sur les fichiers et sur le bordereau : trouvées, vérifiées et classées comme ETSI EN \
         319 102-1 les classe (TOTAL-PASSED, INDETERMINATE, TOTAL-FAILED), le rapport gardé avec l'archive, jamais signé de \
         nouveau. Aucune ne refuse le versement, sauf si son accord les exige (`document_signatures`) ; une signature indéterminée n'est pas une anomalie, le rapport seul la dit. \
         Celle d'un bordereau trop long pour être tenu en mémoire (48 Mio) n'est pas vérifiée.",
    ),
    (
        "Les identifiants",
        &["reference.duplicate_id"],
        "Unités, objets et groupes partagent un même espace d'identifiants.",
    ),
    (
        "Les références",
        &["reference.unknown", "reference.wrong_kind", "reference.link", "reference.signed_document"],
        "Relationship, SignedObjectId, DataObjectReferenceId désignent un objet ; SignedDocumentReferenceId, une unité.",
    ),
    (
        "Les objets et leurs groupes",
        &[
            "reference.orphan_object",
            "reference.orphan_group",
            "reference.empty_group",
            "reference.two_groups",
            "reference.grouped_object",
        ],
        "",
    ),
    (
        "Le fichier et l'empreinte de chaque objet",
        &[
            "object.no_content",
            "object.inline",
            "object.no_digest",
            "object.digest_not_sent",
            "object.digest_unmatched",
            "object.digest_form",
            "object.digest_algorithm",
            "object.weak_digest",
            "object.digest",
            "object.size",
            "object.no_size",
            "object.too_many",
        ],
        "SHA-512 est toujours calculé. Une empreinte s'écrit en hexadécimal ou en base64 ; un algorithme, sous toutes ses \
         graphies courantes (`SHA-512`, `sha512`, `http://www.w3.org/2001/04/xmlenc#sha512`). Une taille fausse avec la bonne \
         empreinte est un avertissement.",
    ),
    (
        "Un objet, un fichier",
        &["object.uri", "object.duplicate_uri", "object.missing_file", "object.undeclared_file"],
        "En 0.2 et en 1.0, le fichier est cherché par son chemin, puis sans le dossier commun à toute l'archive, puis par son nom seul.",
    ),
    (
        "Les usages",
        &["object.duplicate_usage", "object.usage_kind", "object.usage_form", "object.physical_id"],
        "Les noms d'usage sont libres dans le standard ; la liste qu'un accord imposerait viendra avec les accords complets.",
    ),
    (
        "Les formats",
        &["format."],
        "Chaque fichier est nommé d'après ses octets, ce que contient son conteneur, ou son nom à défaut, par les signatures de PRONOM en service ; le type (MimeType) et le format (FormatId) déclarés lui sont comparés. L'accord dit quels formats il accepte (`formats`), et si un format non reconnu (`format_unknown`) ou différent (`format_differs`) est un avertissement ou un refus. Hors ligne, `chartrier check` n'a que la petite table intégrée : il peut ne pas reconnaître ce que le service reconnaîtra.",
    ),
    ("La compression d'un objet", &["object.compression"], ""),
    (
        "L'arbre des unités",
        &[
            "reference.self",
            "reference.cycle",
            "reference.double_parent",
            "unit.none",
            "unit.too_many",
            "unit.several_roots",
        ],
        "Une unité peut avoir plusieurs parents. Un renvoi à ce qui n'existe pas est de la famille des références.",
    ),
    ("L'intitulé et le niveau", &["unit.no_title", "unit.no_level", "unit.level_order"], ""),
    (
        "Les dates",
        &["unit.dates", "unit.dates_outside", "unit.year", "unit.date_no_year"],
        "Une année ou un mois seuls sont lus au plus large. La forme d'une date est du schéma.",
    ),
    ("Un objet par unité", &["reference.several_objects"], ""),
    (
        "Les textes",
        &["unit.profile", "unit.markup", "unit.language", "unit.persistent_"],
        "Les champs inconnus sont du schéma, les textes trop longs du XML (`xml.text_length`).",
    ),
    (
        "Le rattachement à une archive existante",
        &["unit.attachment"],
        "N'est lu que si l'accord tolère `update_operation`.",
    ),
    (
        "Les règles nommées, écartées, empêchées",
        &["rule.not_inherited", "rule.duration"],
        "Les règles s'ajoutent en descendant, par tous les parents, depuis celles de tout le versement ; `PreventInheritance` et \
         `RefNonRuleId` les arrêtent, et le schéma les dit exclusifs (`schema.unexpected_element`). Les identifiants de règles \
         seront confrontés aux tableaux de gestion avec eux.",
    ),
    (
        "Les échéances et les gels",
        &["rule.no_start_date", "rule.hold_dates", "rule.hold_end_date", "rule.reassessing_date"],
        "Une échéance n'est calculée que pour une règle écrite comme une durée (`P10Y`).",
    ),
    (
        "Le sort final",
        &["rule.no_appraisal", "rule.final_actions", "rule.due_before", "rule.less_protective"],
        "Le tableau de gestion est celui que nomme l'accord (`typology`) : base commune, département, collectivité.",
    ),
    (
        "Le secret de la défense nationale",
        &["rule.classified", "rule.classified_refused"],
        "`chartrier check`, qui ne sait pas à qui le versement est destiné, avertit ; le service, qui n'est habilité à aucun niveau, refuse.",
    ),
    (
        "La communicabilité, les langues, les types de documents",
        &["rule.no_access", "rule.access_code"],
        "En 0.2 et en 1.0, codes de communicabilité, langues et types de documents sont des listes fermées du schéma \
         (`schema.invalid_value`) ; le code de langue de 2.x est de la famille des textes.",
    ),
    (
        "Les unités que désignent les autres messages",
        &[],
        "Le schéma et les identifiants de tout message sont contrôlés. Ce que ses identifiants désignent le sera avec la \
         communication, l'élimination et la restitution.",
    ),
    (
        "Les réponses et l'ordre des échanges",
        &["header.agreement_several"],
        "L'ordre des échanges viendra avec eux. Un versement n'a qu'un accord.",
    ),
    ("L'élimination", &[], "Viendra avec elle : gel, échéance, autorisations."),
];

#[test]
fn the_document_says_what_the_catalogue_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    let text = document();
    if std::env::var_os("CHARTRIER_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("docs/findings.md");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/findings.md is not up to date: run this test with CHARTRIER_WRITE_DOCS=1");
}

#[test]
fn each_code_is_of_one_family() {
    let families = |kind: &Kind| FAMILIES.iter().filter(|family| holds(family, kind)).count();
    let wrong: Vec<&str> =
        CATALOGUE.iter().filter(|kind| families(kind) != 1).map(|kind| kind.code).collect();
    assert!(wrong.is_empty(), "of no family or of several: {wrong:?}");
    assert_eq!(FAMILIES.len(), 33);
}

/// An exact code wins over a prefix of another family.
fn holds(family: &Family, kind: &Kind) -> bool {
    let is_exact = |family: &Family| family.1.contains(&kind.code);
    let is_prefix = |prefix: &&str| prefix.ends_with(['.', '_']) && kind.code.starts_with(prefix);
    is_exact(family) || (family.1.iter().any(is_prefix) && !FAMILIES.iter().any(is_exact))
}

fn document() -> String {
    let mut text = String::from(
        "# Les anomalies\n\nCe que le service contrôle d'un versement, famille par famille, et ce que chaque anomalie demande. \
         Toutes sont dites ensemble, chacune avec sa place : ligne et élément du bordereau, ou fichier. Une **erreur** refuse le \
         versement ; un *avertissement* est dit dans la réponse, et n'empêche rien. Un code ne change plus une fois publié. Le \
         « code de réponse » est celui de la réponse SEDA (`ReplyCode`) quand l'anomalie est la première qui refuse.\n\n\
         `chartrier check` dit hors ligne ce qui ne dépend ni des accords ni des registres. Chaque code a son exemple dans \
         `tests/fixtures/seda/refused/`, et dans `tests/fixtures/seda/nearly/` le fichier qui le manque de peu.\n\n\
         Produit d'après le catalogue (`src/model/catalogue.rs`) par `tests/seda/documented.rs` : ne pas modifier à la main.\n",
    );
    for (number, family) in (1..).zip(FAMILIES) {
        let (title, _, note) = family;
        let _ = write!(text, "\n## {number}. {title}\n");
        if !note.is_empty() {
            let _ = write!(text, "\n{note}\n");
        }
        let kinds: Vec<&&Kind> = CATALOGUE.iter().filter(|kind| holds(family, kind)).collect();
        if !kinds.is_empty() {
            text.push_str(
                "\n| Code | Gravité | Réponse | Ce qui ne va pas | Que faire |\n|---|---|---|---|---|\n",
            );
        }
        for kind in kinds {
            let severity = match kind.severity {
                Severity::Error => "**erreur**",
                Severity::Warning => "*avertissement*",
            };
            let cell = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|");
            let _ = writeln!(
                text,
                "| `{}` | {severity} | {} | {} | {} |",
                kind.code,
                kind.reply_code,
                cell(kind.title),
                cell(kind.remedy)
            );
        }
    }
    text
}
