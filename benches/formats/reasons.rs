//! Why another tool may answer otherwise, as far as it can be checked.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

/// What PRONOM's files say of formats, read by another XML reader than the product's.
pub struct Reasons {
    /// PUIDs with a signature of bytes.
    by_bytes: HashSet<String>,
    /// PUIDs told by what a container holds.
    by_container: HashSet<String>,
}

impl Reasons {
    pub fn read((signatures, containers): &(PathBuf, PathBuf)) -> Self {
        let mut by_bytes = HashSet::new();
        let text = std::fs::read_to_string(signatures).unwrap();
        let tree = roxmltree::Document::parse(&text).unwrap();
        for format in tree.descendants().filter(|node| node.has_tag_name((NAMESPACE, "FileFormat"))) {
            if format.children().any(|child| child.has_tag_name((NAMESPACE, "InternalSignatureID"))) {
                by_bytes.insert(format.attribute("PUID").unwrap().to_owned());
            }
        }
        let text = std::fs::read_to_string(containers).unwrap();
        let tree = roxmltree::Document::parse(&text).unwrap();
        let mappings = tree.descendants().filter(|node| node.has_tag_name("FileFormatMapping"));
        let mapped = mappings.filter_map(|node| node.attribute("Puid").map(str::to_owned));
        Self { by_bytes, by_container: mapped.collect() }
    }

    /// Siegfried 1.11 carries a later PRONOM than the corpus, and leaves out the signatures of bytes of the formats that have one
    /// of containers.
    pub fn of_siegfried(
        &self,
        path: &str,
        ours: &BTreeSet<String>,
        theirs: &BTreeSet<String>,
    ) -> Option<&'static str> {
        let both = |puid: &String| self.by_bytes.contains(puid) && self.by_container.contains(puid);
        if !ours.is_empty() && ours.iter().all(both) {
            return Some("ils laissent de côté les octets d'un format que dit aussi son conteneur");
        }
        let told_here = |puid: &String| self.by_bytes.contains(puid) || self.by_container.contains(puid);
        if !ours.is_empty() && !theirs.is_empty() && !theirs.iter().any(told_here) {
            return Some("ce format n'a de signature que dans leur PRONOM, plus récent");
        }
        puid_of_skeleton(path)
            .filter(|puid| ours.len() == 1 && ours.contains(puid))
            .map(|_| "le squelette est bien de ce format")
    }
}

const NAMESPACE: &str = "http://www.nationalarchives.gov.uk/pronom/SignatureFile";

/// What fido does otherwise, by the shape of the difference.
pub fn of_fido(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> &'static str {
    if theirs.is_empty() && ours.contains("x-fmt/111") {
        "fido ne lit pas les caractères d'un texte"
    } else if ours.is_empty() {
        "fido nomme par l'extension seule un format que ses octets démentent, ou plusieurs"
    } else if ours.is_subset(theirs) {
        "fido donne aussi des formats moins précis, ou tous ceux de l'extension"
    } else if theirs.iter().any(|puid| puid.starts_with("fido-")) {
        "un identifiant de fido, et non de PRONOM"
    } else if ["x-fmt/263", "fmt/111", "fmt/189"].iter().any(|puid| theirs.contains(*puid)) {
        "fido n'a pas lu dans le conteneur"
    } else {
        "fido lit moins loin, ou moins de préférences"
    }
}

/// The PUID that a skeleton's name begins with.
pub fn puid_of_skeleton(path: &str) -> Option<String> {
    let name = path.contains("/pronom-skeletons/").then(|| path.rsplit('/').next()).flatten()?;
    let (kind, rest) = match name.strip_prefix("x-fmt-") {
        Some(rest) => ("x-fmt", rest),
        None => ("fmt", name.strip_prefix("fmt-")?),
    };
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{kind}/{number}"))
}
