//! The elements of the standard in French words, for whoever reads a profile without its dictionary.

/// What an element or attribute is, when it is one of those people meet.
pub fn label(name: &str) -> Option<&'static str> {
    LABELS.binary_search_by_key(&name, |(known, _)| known).ok().map(|at| LABELS[at].1)
}

/// Sorted by name.
const LABELS: &[(&str, &str)] = &[
    ("@filename", "nom du fichier"),
    ("@format", "format du fichier"),
    ("@id", "identifiant interne au bordereau"),
    ("@mimeCode", "type du fichier"),
    ("@when", "date du fait"),
    ("AccessRestrictionRule", "communicabilité"),
    ("AccessRule", "communicabilité"),
    ("Acquisition", "acquisition"),
    ("AppraisalRule", "durée d’utilité administrative et sort final"),
    ("ArchivalAgency", "service d’archives"),
    ("ArchivalAgreement", "accord de versement"),
    ("ArchivalProfile", "profil d’archivage"),
    ("Archive", "archive"),
    ("ArchiveObject", "objet d’archives"),
    ("ArchiveTransfer", "versement"),
    ("ArchiveUnit", "unité d’archives"),
    ("ArchiveUnitProfile", "profil de l’unité"),
    ("Attachment", "fichier joint"),
    ("BinaryDataObject", "fichier"),
    ("ClassificationRule", "classification"),
    ("Code", "code"),
    ("CodeListVersions", "versions des listes de codes"),
    ("Comment", "commentaire"),
    ("Content", "description"),
    ("ContentDescription", "description"),
    ("CustodialHistory", "historique de conservation"),
    ("CustodialHistoryItem", "fait de cet historique"),
    ("DataObjectGroup", "groupe de fichiers d’un même contenu"),
    ("DataObjectGroupReferenceId", "renvoi à un groupe de fichiers"),
    ("DataObjectPackage", "paquet versé"),
    ("DataObjectReference", "renvoi à des fichiers"),
    ("DataObjectReferenceId", "renvoi à un fichier"),
    ("DataObjectVersion", "usage du fichier"),
    ("Date", "date du versement"),
    ("Description", "présentation du contenu"),
    ("DescriptionLanguage", "langue de la description"),
    ("DescriptionLevel", "niveau de description"),
    ("DescriptiveMetadata", "description des archives"),
    ("DisseminationRule", "diffusion"),
    ("Document", "document"),
    ("DocumentType", "type de document"),
    ("Duration", "durée"),
    ("EndDate", "date de fin"),
    ("FileInfo", "précisions sur le fichier"),
    ("FileSize", "taille"),
    ("Filename", "nom d’origine du fichier"),
    ("FinalAction", "sort final"),
    ("FormatId", "format (PRONOM)"),
    ("FormatIdentification", "format du fichier"),
    ("FormatLitteral", "format en toutes lettres"),
    ("HoldRule", "gel"),
    ("Identification", "identifiant"),
    ("Identifier", "identifiant"),
    ("Integrity", "empreinte"),
    ("Keyword", "mot-clé"),
    ("KeywordContent", "mot-clé"),
    ("KeywordReference", "référence du mot-clé"),
    ("KeywordType", "nature du mot-clé"),
    ("Language", "langue"),
    ("LatestDate", "date de fin"),
    ("LegalStatus", "statut juridique"),
    ("Management", "règles de gestion"),
    ("ManagementMetadata", "gestion du versement"),
    ("MessageDigest", "empreinte"),
    ("MessageIdentifier", "identifiant du versement"),
    ("MimeType", "type du fichier"),
    ("Name", "intitulé"),
    ("OldestDate", "date de début"),
    ("OrganizationDescriptiveMetadata", "description du service"),
    ("OriginatingAgency", "service producteur"),
    ("OriginatingAgencyIdentifier", "service producteur"),
    ("OtherMetadata", "autres métadonnées"),
    ("PhysicalDataObject", "objet physique"),
    ("ReuseRule", "réutilisation"),
    ("Rule", "règle"),
    ("ServiceLevel", "niveau de service"),
    ("Size", "taille"),
    ("StartDate", "date de début"),
    ("StorageRule", "durée d’utilité courante"),
    ("SubmissionAgencyIdentifier", "opérateur de versement"),
    ("Title", "intitulé"),
    ("TransactedDate", "date de la transaction"),
    ("TransferIdentifier", "identifiant du versement"),
    ("TransferringAgency", "service versant"),
    ("TransferringAgencyArchiveUnitIdentifier", "référence du service versant"),
    ("Type", "type"),
    ("Uri", "chemin du fichier"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_since_they_are_sorted() {
        assert!(LABELS.is_sorted_by(|one, other| one.0 < other.0));
        assert_eq!(label("Title"), Some("intitulé"));
        assert_eq!(label("Inconnu"), None);
    }
}
