//! XML-DSig (W3C, 1.1) and XAdES (ETSI EN 319 132-1) in an XML document: around, inside or beside what they sign.
//!
//! The document is held as a tree, without DTD nor entities. Canonical forms are a library's; which elements are signed,
//! by which key, and what the signer says are read here. The two things to know: an identifier that two elements bear
//! designates nothing (a signed element could be moved and another put in its place), and only transforms whose effect
//! is known are followed.

mod encoding;
mod properties;
mod reference;
mod transform;

use std::collections::HashMap;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use openssl::pkey::{PKey, Public};
use openssl::x509::X509;
use uppsala::{Document, NodeId, NodeKind};

use super::algorithm::Algorithm;
use super::judge::Checked;
use super::{Beside, SIGNATURES_MAX};
use crate::model::signature::{Form, Reason};
use properties::Properties;

pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const DEPTH_MAX: u32 = 256;
/// Certificates read of one signature, at most.
const CERTIFICATES_MAX: usize = 16;
/// Bytes made canonical for one file, at most: a signature may name the whole document many times over.
const WORK_BYTES_MAX: u64 = 256 << 20;
/// Attributes of one element, at most: they are compared with one another.
const ATTRIBUTES_MAX: usize = 1_000;
/// Tags of a document, at most: each element is held with what is around it.
const TAGS_MAX: usize = 1_500_000;

/// A document, and where its identifiers are.
pub(super) struct Tree<'a> {
    pub document: Document<'a>,
    /// `None` when several elements bear it.
    identifiers: HashMap<String, Option<NodeId>>,
    /// Work left.
    budget: std::cell::Cell<u64>,
}

/// Every signature of a document.
pub(super) fn check(bytes: &[u8], beside: &mut dyn Beside) -> io::Result<Vec<Checked>> {
    let Some(text) = encoding::decoded(bytes) else { return Ok(vec![unread("son encodage n'est pas lu")]) };
    if !encoding::is_sober(&text) {
        return Ok(vec![unread("il a trop d'éléments, ou un élément trop d'attributs")]);
    }
    let parser = uppsala::parser::Parser::new().with_max_depth(DEPTH_MAX).with_forbid_dtd(true);
    let Ok(document) = parser.parse(&text) else {
        return Ok(vec![unread("le document n'est pas un XML bien formé, ou contient une DTD")]);
    };
    let tree = Tree::of(document);
    let mut checked = Vec::new();
    for signature in tree.all(DS, "Signature").into_iter().take(SIGNATURES_MAX) {
        checked.push(one(&tree, signature, beside)?);
    }
    Ok(checked)
}

/// What bears the name of a signature and cannot be read.
fn unread(why: &str) -> Checked {
    let mut checked = Checked::of(Form::XmlDsig);
    checked.wrong(Reason::Unsupported);
    checked.remarks.push(why.to_owned());
    checked
}

fn one(tree: &Tree<'_>, signature: NodeId, beside: &mut dyn Beside) -> io::Result<Checked> {
    let properties = Properties::of(tree, signature);
    let mut checked = Checked::of(if properties.is_some() { Form::XAdES } else { Form::XmlDsig });
    let (Some(info), Some(value)) =
        (tree.child(signature, "SignedInfo"), tree.child(signature, "SignatureValue"))
    else {
        checked.wrong(Reason::FormatFailure);
        return Ok(checked);
    };
    let certificates = certificates(tree, signature);
    checked.beside.clone_from(&certificates);
    let algorithm = tree.algorithm(info, "SignatureMethod").and_then(|uri| Algorithm::by_uri(&uri));
    checked.algorithm = algorithm;
    match algorithm {
        None => checked.wrong(Reason::Unsupported),
        Some(algorithm) => {
            checked.rests_on(algorithm.digest);
            let named = properties.as_ref().and_then(|properties| properties.certificate.as_ref());
            signed_by(tree, &mut checked, (info, value), algorithm, (&certificates, named));
        }
    }
    let signed = reference::check(tree, signature, info, &mut checked, beside)?;
    if let Some(properties) = properties {
        properties.tell(tree, signature, &signed, &mut checked);
    }
    Ok(checked)
}

/// The certificate whose key made the value.
fn signed_by(
    tree: &Tree<'_>,
    checked: &mut Checked,
    (info, value): (NodeId, NodeId),
    algorithm: Algorithm,
    (certificates, named): (&[X509], Option<&(super::Digest, Vec<u8>)>),
) {
    let Some(canonical) = tree.canonical_info(info) else { return checked.wrong(Reason::Unsupported) };
    let value = tree.bytes(value).and_then(|value| algorithm.value_in_xml(&value));
    let Some(value) = value else { return checked.wrong(Reason::FormatFailure) };
    let is_named = |certificate: &&X509| {
        named.is_some_and(|(digest, wanted)| {
            certificate.digest(digest.openssl()).is_ok_and(|got| got.as_ref() == wanted.as_slice())
        })
    };
    let holds = |certificate: &&X509| {
        certificate.public_key().is_ok_and(|key: PKey<Public>| algorithm.holds(&key, &canonical, &value))
    };
    let named = certificates.iter().find(is_named);
    let signing = named.filter(holds).or_else(|| certificates.iter().find(holds));
    if signing.is_none() && !certificates.is_empty() {
        checked.wrong(Reason::SigCryptoFailure);
    }
    checked.certificate = signing.or(named).or(certificates.first()).cloned();
}

fn certificates(tree: &Tree<'_>, signature: NodeId) -> Vec<X509> {
    let Some(info) = tree.child(signature, "KeyInfo") else { return Vec::new() };
    let data = tree.children(info, "X509Data");
    let written = data.flat_map(|data| tree.children(data, "X509Certificate").collect::<Vec<_>>());
    written.take(CERTIFICATES_MAX).filter_map(|node| X509::from_der(&tree.bytes(node)?).ok()).collect()
}

impl<'a> Tree<'a> {
    fn of(document: Document<'a>) -> Self {
        let mut identifiers: HashMap<String, Option<NodeId>> = HashMap::new();
        for id in document.descendants(document.root()) {
            let Some(element) = document.element(id) else { continue };
            for attribute in &element.attributes {
                let is_plain =
                    attribute.name.namespace_uri.is_none() && is_identifier(&attribute.name.local_name);
                let is_xml =
                    attribute.name.prefix.as_deref() == Some("xml") && attribute.name.local_name == "id";
                if is_plain || is_xml {
                    let place = identifiers.entry(attribute.value.to_string());
                    place.and_modify(|node| *node = node.filter(|node| *node == id)).or_insert(Some(id));
                }
            }
        }
        Self { document, identifiers, budget: std::cell::Cell::new(WORK_BYTES_MAX) }
    }

    /// The only element that bears this identifier.
    pub fn identified(&self, identifier: &str) -> Option<NodeId> {
        self.identifiers.get(identifier).copied().flatten()
    }

    /// Elements of a name, in the document's order.
    pub fn all(&self, namespace: &str, name: &str) -> Vec<NodeId> {
        let is = |id: &NodeId| {
            self.document.element(*id).is_some_and(|element| element.matches_name_ns(namespace, name))
        };
        self.document.descendants(self.document.root()).into_iter().filter(is).collect()
    }

    /// Children of a name of XML-DSig.
    pub fn children(&self, of: NodeId, name: &'static str) -> impl Iterator<Item = NodeId> + '_ {
        self.document.children_iter(of).filter(move |id| self.is(*id, DS, name))
    }

    /// The first of them.
    pub fn child(&self, of: NodeId, name: &'static str) -> Option<NodeId> {
        self.children(of, name).next()
    }

    pub fn is(&self, id: NodeId, namespace: &str, name: &str) -> bool {
        self.document.element(id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    /// The `Algorithm` of a child.
    pub fn algorithm(&self, of: NodeId, name: &'static str) -> Option<String> {
        self.attribute(self.child(of, name)?, "Algorithm")
    }

    pub fn attribute(&self, id: NodeId, name: &str) -> Option<String> {
        self.document.get_attribute(id, name).map(str::to_owned)
    }

    /// What an element writes in base 64.
    pub fn bytes(&self, id: NodeId) -> Option<Vec<u8>> {
        let text: String =
            self.document.text_content_deep(id).chars().filter(|c| !c.is_ascii_whitespace()).collect();
        BASE64.decode(text).ok()
    }

    /// The element and all that is in it.
    pub fn within(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let inside = self.document.descendants(id);
        std::iter::once(id).chain(inside)
    }

    /// Whether a node is this one, or in it.
    pub fn is_in(&self, node: NodeId, outer: NodeId) -> bool {
        node == outer || self.document.ancestors(node).contains(&outer)
    }

    /// Takes as much of the work that is allowed as a node is long, the whole document for its root; whether there was.
    pub fn spend(&self, on: NodeId) -> bool {
        let range = self.document.node_range(on).filter(|_| on != self.document.root());
        let length = range.map_or(self.document.input_text().len(), |range| range.len());
        let left = self.budget.get().checked_sub(length as u64);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    fn canonical_info(&self, info: NodeId) -> Option<Vec<u8>> {
        let method = self.child(info, "CanonicalizationMethod")?;
        let mode = C14nMode::from_uri(&self.attribute(method, "Algorithm")?)?;
        self.canonical(info, mode, &transform::prefixes(self, method))
    }

    /// An element's canonical form.
    pub fn canonical(&self, of: NodeId, mode: C14nMode, prefixes: &[String]) -> Option<Vec<u8>> {
        let nodes = NodeSet::tree_with_comments(of, &self.document);
        self.spend(of).then(|| canonicalize_doc(&self.document, mode, Some(&nodes), prefixes).ok()).flatten()
    }

    /// How people are told of an element.
    pub fn name(&self, id: NodeId) -> String {
        match self.document.node_kind(id) {
            Some(NodeKind::Element(element)) => element.name.local_name.chars().take(60).collect(),
            _ => String::new(),
        }
    }
}

fn is_identifier(name: &str) -> bool {
    matches!(name, "Id" | "ID" | "id")
}
