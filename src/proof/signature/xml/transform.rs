//! From what a reference designates to the bytes that are digested: the transforms of XML-DSig (6.6) whose effect is
//! known, each as the standard defines it.
//!
//! Never evaluates an expression or a style sheet that a document brings: of XPath, only the ones by which signatures
//! leave themselves out are known, by their form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bergshamra_c14n::{C14nMode, C14nSink, canonicalize_doc_to};
use bergshamra_xml::NodeSet;
use openssl::hash::Hasher;
use uppsala::NodeId;

use super::{DS, Tree};
use crate::proof::signature::Digest;

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const BASE_64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const FILTER: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const TRANSFORMS_MAX: usize = 8;

/// What was signed, so far.
enum Held {
    Nodes(NodeSet),
    /// Made canonical by the last transform: digested as it comes.
    Canonical(NodeSet, C14nMode, Vec<String>),
    Bytes(Vec<u8>),
}

/// The digest of nodes after the transforms of their reference; `None` when one is not known here.
pub(super) fn digest(
    tree: &Tree<'_>,
    (signature, reference): (NodeId, NodeId),
    designated: NodeSet,
    digest: Digest,
) -> Option<Vec<u8>> {
    let mut held = Held::Nodes(designated);
    let transforms = tree.child(reference, "Transforms");
    let each: Vec<NodeId> =
        transforms.map(|all| tree.children(all, "Transform").collect()).unwrap_or_default();
    if each.len() > TRANSFORMS_MAX {
        return None;
    }
    for transform in each {
        held = apply(tree, signature, transform, held)?;
    }
    let (nodes, mode, prefixes) = match held {
        Held::Bytes(bytes) => return digest.of(&bytes),
        Held::Canonical(nodes, mode, prefixes) => (nodes, mode, prefixes),
        Held::Nodes(nodes) => (nodes, C14nMode::Inclusive, Vec::new()),
    };
    let mut sink = Sink(digest.hasher()?, true);
    canonicalize_doc_to(&tree.document, mode, Some(&nodes), &prefixes, &mut sink).ok()?;
    let Sink(mut hasher, is_whole) = sink;
    is_whole.then(|| hasher.finish().ok().map(|digest| digest.to_vec())).flatten()
}

/// Whether the transforms of a reference change only how it is written.
pub(super) fn is_plain(tree: &Tree<'_>, reference: NodeId) -> bool {
    let Some(transforms) = tree.child(reference, "Transforms") else { return true };
    let mut each = tree.children(transforms, "Transform");
    each.all(|one| tree.attribute(one, "Algorithm").is_some_and(|uri| C14nMode::from_uri(&uri).is_some()))
}

fn apply(tree: &Tree<'_>, signature: NodeId, transform: NodeId, held: Held) -> Option<Held> {
    let uri = tree.attribute(transform, "Algorithm")?;
    // What is canonical and goes on is read as XML again: only to be left as it is, or made so again.
    let mut nodes = match (held, C14nMode::from_uri(&uri)) {
        (Held::Nodes(nodes), _) | (Held::Canonical(nodes, ..), Some(_)) => nodes,
        _ => return None,
    };
    if let Some(mode) = C14nMode::from_uri(&uri) {
        return Some(Held::Canonical(nodes, mode, prefixes(tree, transform)));
    }
    let on = if uri == ENVELOPED { signature } else { tree.document.root() };
    if !tree.spend(on) {
        return None;
    }
    match uri.as_str() {
        ENVELOPED => without(tree, &mut nodes, signature),
        XPATH => match expression(tree, transform, DS)?.as_str() {
            "not(ancestor-or-self::ds:Signature)" => {
                tree.all(DS, "Signature").into_iter().for_each(|one| without(tree, &mut nodes, one));
            }
            _ => return None,
        },
        FILTER => match (expression(tree, transform, FILTER)?.as_str(), filter(tree, transform)?.as_str()) {
            ("/descendant::ds:Signature" | "//ds:Signature", "subtract") => {
                tree.all(DS, "Signature").into_iter().for_each(|one| without(tree, &mut nodes, one));
            }
            ("here()/ancestor::ds:Signature[1]", "subtract") => without(tree, &mut nodes, signature),
            _ => return None,
        },
        BASE_64 => {
            let mut text = String::new();
            for node in tree.document.descendants(tree.document.root()) {
                if nodes.contains_id(node) {
                    text.push_str(tree.document.text_content(node).unwrap_or_default());
                }
            }
            text.retain(|c| !c.is_ascii_whitespace());
            return BASE64.decode(text).ok().map(Held::Bytes);
        }
        _ => return None,
    }
    Some(Held::Nodes(nodes))
}

fn without(tree: &Tree<'_>, nodes: &mut NodeSet, out: NodeId) {
    tree.within(out).for_each(|node| nodes.remove_id(node));
}

/// The `XPath` of a transform, its prefix for XML-DSig written `ds` and its spaces left out.
fn expression(tree: &Tree<'_>, transform: NodeId, namespace: &str) -> Option<String> {
    let node = tree.document.children_iter(transform).find(|id| tree.is(*id, namespace, "XPath"))?;
    let text: String = tree.document.text_content_deep(node).split_whitespace().collect();
    let (before, _) = text.split_once(":Signature")?;
    let prefix = before.rsplit([':', '/']).next()?.to_owned();
    // The nearest declaration is the one that holds.
    let mut chain = std::iter::once(node).chain(tree.document.ancestors(node));
    let uri = chain.find_map(|id| {
        let declared = &tree.document.element(id)?.namespace_declarations;
        declared.iter().find(|(name, _)| *name == prefix).map(|(_, uri)| uri.clone())
    })?;
    (uri == DS).then(|| text.replace(&format!("{prefix}:Signature"), "ds:Signature"))
}

fn filter(tree: &Tree<'_>, transform: NodeId) -> Option<String> {
    let mut all = tree.document.children_iter(transform).filter(|id| tree.is(*id, FILTER, "XPath"));
    let only = all.next()?;
    if all.next().is_some() { None } else { tree.attribute(only, "Filter") }
}

/// `InclusiveNamespaces` of an exclusive canonical form.
pub(super) fn prefixes(tree: &Tree<'_>, method: NodeId) -> Vec<String> {
    let mut inclusive =
        tree.document.children_iter(method).filter(|id| tree.is(*id, EXCLUSIVE, "InclusiveNamespaces"));
    let list = inclusive.next().and_then(|id| tree.attribute(id, "PrefixList")).unwrap_or_default();
    list.split_whitespace().map(str::to_owned).collect()
}

/// Digests what is written.
struct Sink(Hasher, bool);

impl C14nSink for Sink {
    fn write(&mut self, bytes: &[u8]) {
        self.1 &= self.0.update(bytes).is_ok();
    }
}
