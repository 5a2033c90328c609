//! What a signature signs: each `Reference` of its `SignedInfo`, its digest compared (XML-DSig, 4.4.3 and 3.2.1).

use std::io;

use bergshamra_xml::NodeSet;
use uppsala::NodeId;

use super::{DS, Tree, transform};
use crate::model::signature::Reason;
use crate::proof::signature::judge::Checked;
use crate::proof::signature::{Beside, Digest, Wanted};

const REFERENCES_MAX: usize = 64;
const MANIFEST: &str = "http://www.w3.org/2000/09/xmldsig#Manifest";

/// Where a reference leads.
enum Target {
    Document,
    Element(NodeId),
    /// Named as the signature names it.
    Beside(Option<String>),
    /// An identifier that no element bears, or several.
    Nowhere,
}

/// Checks the references; the elements that are signed whole.
pub(super) fn check(
    tree: &Tree<'_>,
    signature: NodeId,
    info: NodeId,
    checked: &mut Checked,
    beside: &mut dyn Beside,
) -> io::Result<Vec<NodeId>> {
    let mut signed = Vec::new();
    let references: Vec<NodeId> = tree.children(info, "Reference").collect();
    if references.is_empty() || references.len() > REFERENCES_MAX {
        checked.wrong(Reason::FormatFailure);
        return Ok(signed);
    }
    for reference in references {
        one(tree, (signature, reference), checked, beside, &mut signed)?;
    }
    if checked.signs.is_empty() {
        checked.remarks.push("elle ne signe aucun contenu".to_owned());
        checked.wrong(Reason::SigConstraintsFailure);
    }
    Ok(signed)
}

fn one(
    tree: &Tree<'_>,
    (signature, reference): (NodeId, NodeId),
    checked: &mut Checked,
    beside: &mut dyn Beside,
    signed: &mut Vec<NodeId>,
) -> io::Result<()> {
    let Wanted { digest, value } = match wanted(tree, reference) {
        Ok(wanted) => wanted,
        Err(reason) => {
            checked.wrong(reason);
            return Ok(());
        }
    };
    checked.rests_on(digest);
    let kind = tree.attribute(reference, "Type").unwrap_or_default();
    if kind == MANIFEST {
        checked
            .remarks
            .push("les fichiers que nomme son manifeste (ds:Manifest) ne sont pas vérifiés".to_owned());
    }
    let (target, with_comments) = target(tree, reference);
    let node = match target {
        Target::Beside(hint) => {
            return there(tree, reference, Wanted { digest, value }, hint.as_deref(), checked, beside);
        }
        Target::Nowhere => {
            checked.wrong(Reason::SignedDataNotFound);
            return Ok(());
        }
        Target::Document => tree.document.root(),
        Target::Element(node) => node,
    };
    checked.signs.extend(told(tree, signature, node));
    if !tree.spend(node) {
        checked.wrong(Reason::Unsupported);
        return Ok(());
    }
    let nodes = match with_comments {
        true => NodeSet::tree_with_comments(node, &tree.document),
        false => NodeSet::tree_without_comments(node, &tree.document),
    };
    match transform::digest(tree, (signature, reference), nodes, digest) {
        None => checked.wrong(Reason::Unsupported),
        Some(got) if got != value => checked.wrong(Reason::HashFailure),
        Some(_) => signed.extend(transform::is_plain(tree, reference).then_some(node)),
    }
    Ok(())
}

fn wanted(tree: &Tree<'_>, reference: NodeId) -> Result<Wanted, Reason> {
    let value = tree.child(reference, "DigestValue").and_then(|value| tree.bytes(value));
    let digest = tree.algorithm(reference, "DigestMethod").and_then(|uri| Digest::by_uri(&uri));
    Ok(Wanted { value: value.ok_or(Reason::FormatFailure)?, digest: digest.ok_or(Reason::Unsupported)? })
}

/// Where a URI leads, and whether comments count (4.4.3.3).
fn target(tree: &Tree<'_>, reference: NodeId) -> (Target, bool) {
    let Some(uri) = tree.attribute(reference, "URI") else { return (Target::Beside(None), false) };
    let Some(fragment) = uri.strip_prefix('#') else {
        return (if uri.is_empty() { Target::Document } else { Target::Beside(Some(uri)) }, false);
    };
    let element = |name: &str| tree.identified(name).map_or(Target::Nowhere, Target::Element);
    match fragment.strip_prefix("xpointer(") {
        None => (element(fragment), false),
        Some("/)") => (Target::Document, true),
        Some(pointer) => {
            let name = pointer.strip_prefix("id(").and_then(|name| name.strip_suffix("))"));
            let name = name.map(|name| name.trim_matches(['\'', '"']));
            (name.map_or(Target::Nowhere, element), true)
        }
    }
}

/// A file beside, by its digest; a transform of what is not in the document is not followed.
fn there(
    tree: &Tree<'_>,
    reference: NodeId,
    wanted: Wanted,
    hint: Option<&str>,
    checked: &mut Checked,
    beside: &mut dyn Beside,
) -> io::Result<()> {
    match beside.find(&wanted, hint)? {
        Some(file) => checked.signs.push(file),
        None if tree.child(reference, "Transforms").is_some() => checked.wrong(Reason::Unsupported),
        None => checked.wrong(Reason::SignedDataNotFound),
    }
    Ok(())
}

/// What people are told of an element signed; nothing of what is the signature's own but for the objects in it.
fn told(tree: &Tree<'_>, signature: NodeId, node: NodeId) -> Option<String> {
    if node == tree.document.root() || Some(node) == tree.document.document_element() {
        return Some("tout le document".to_owned());
    }
    if tree.is_in(node, signature) {
        let is_object = tree.is(node, DS, "Object");
        return is_object.then(|| "ce qu'elle contient".to_owned());
    }
    let identifier = ["Id", "ID", "id"].iter().find_map(|name| tree.attribute(node, name));
    let identifier: String = identifier.unwrap_or_default().chars().take(60).collect();
    Some(format!("l'élément {} « {identifier} »", tree.name(node)))
}
