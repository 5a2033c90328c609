//! Why another tool may answer otherwise, as far as it can be checked.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What PRONOM's files say of formats, read by another XML reader than the product's.
pub struct Reasons {
    /// PUIDs with a signature of bytes.
    by_bytes: HashSet<String>,
    /// PUIDs told by what a container holds.
    by_container: HashSet<String>,
    known: HashSet<String>,
    extensions: HashMap<String, Vec<String>>,
}

impl Reasons {
    pub fn read((signatures, containers): &(PathBuf, PathBuf)) -> Self {
        let mut reasons = Self {
            by_bytes: HashSet::new(),
            by_container: HashSet::new(),
            known: HashSet::new(),
            extensions: HashMap::new(),
        };
        let text = std::fs::read_to_string(signatures).unwrap();
        let tree = roxmltree::Document::parse(&text).unwrap();
        for format in tree.descendants().filter(|node| node.has_tag_name((NAMESPACE, "FileFormat"))) {
            let puid = format.attribute("PUID").unwrap().to_owned();
            let texts = |name: &'static str| {
                let children = format.children().filter(move |child| child.has_tag_name((NAMESPACE, name)));
                children.filter_map(|child| child.text()).map(str::to_lowercase).collect::<Vec<_>>()
            };
            if !texts("InternalSignatureID").is_empty() {
                reasons.by_bytes.insert(puid.clone());
            }
            reasons.extensions.insert(puid.clone(), texts("Extension"));
            reasons.known.insert(puid);
        }
        let text = std::fs::read_to_string(containers).unwrap();
        let tree = roxmltree::Document::parse(&text).unwrap();
        let mapped = tree.descendants().filter_map(|node| node.attribute("Puid").map(str::to_owned));
        reasons.by_container = mapped.collect();
        reasons
    }

    /// Siegfried 1.11 carries a later PRONOM than the corpus, and leaves out the signatures of bytes of the formats that have one
    /// of containers.
    pub fn of_siegfried(
        &self,
        path: &str,
        ours: &BTreeSet<String>,
        theirs: &BTreeSet<String>,
    ) -> Option<&'static str> {
        let told_here = |puid: &String| self.by_bytes.contains(puid) || self.by_container.contains(puid);
        let is_newer =
            |puid: &String| !self.known.contains(puid) || !told_here(puid) && !self.is_named(puid, path);
        if theirs.iter().any(is_newer) {
            return Some("ce format n'a de signature que dans leur PRONOM, plus récent");
        }
        let both = |puid: &String| self.by_bytes.contains(puid) && self.by_container.contains(puid);
        if !ours.is_empty() && ours.iter().all(both) {
            return Some("ils laissent de côté les octets d'un format que dit aussi son conteneur");
        }
        puid_of_skeleton(path)
            .filter(|puid| ours.len() == 1 && ours.contains(puid))
            .map(|_| "le squelette est bien de ce format")
    }

    /// Whether a file's extension is one of the format's.
    fn is_named(&self, puid: &str, path: &str) -> bool {
        let extension =
            Path::new(path).extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension
            .is_some_and(|extension| self.extensions.get(puid).is_some_and(|all| all.contains(&extension)))
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
