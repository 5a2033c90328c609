//! What a XAdES signature says beside its signature: when, with which certificate, as what, under which policy, and the
//! time stamp over it (ETSI EN 319 132-1, 5.2 and 5.3).
//!
//! What it says counts only when it is signed; the time stamp is judged by itself.

use bergshamra_c14n::C14nMode;
use chrono::{DateTime, NaiveDateTime, Utc};
use uppsala::NodeId;

use super::{Tree, transform};
use crate::model::signature::Reason;
use crate::proof::signature::Digest;
use crate::proof::signature::judge::{Checked, Stamp};

/// Of every version: 1.1.1, 1.2.2, 1.3.2, 1.4.1.
const XADES: &str = "http://uri.etsi.org/01903/";
const TEXT_MAX: usize = 200;

pub(super) struct Properties {
    signed: Option<NodeId>,
    /// The signing certificate named: its digest.
    pub certificate: Option<(Digest, Vec<u8>)>,
    at: Option<DateTime<Utc>>,
    role: Option<String>,
    policy: Option<String>,
    stamp: Option<NodeId>,
}

impl Properties {
    /// Those of a signature; `None`: it has none, and is no XAdES.
    pub fn of(tree: &Tree<'_>, signature: NodeId) -> Option<Self> {
        let objects = tree.children(signature, "Object");
        let qualifying = objects.flat_map(|object| child(tree, object, "QualifyingProperties")).next()?;
        let signed = child(tree, qualifying, "SignedProperties");
        let of_signature = signed.and_then(|signed| child(tree, signed, "SignedSignatureProperties"));
        let named =
            |names: &[&str]| of_signature.and_then(|of| names.iter().find_map(|name| child(tree, of, name)));
        let first = |node: Option<NodeId>, path: &[&str]| {
            path.iter().try_fold(node?, |node, name| child(tree, node, name))
        };
        let text = |node: NodeId| {
            let text = tree.document.text_content_deep(node);
            Some(text.trim().chars().take(TEXT_MAX).collect::<String>()).filter(|text| !text.is_empty())
        };
        let certificate = named(&["SigningCertificateV2", "SigningCertificate"]);
        let role = named(&["SignerRoleV2", "SignerRole"]);
        let policy = named(&["SignaturePolicyIdentifier"]);
        let unsigned = first(
            child(tree, qualifying, "UnsignedProperties"),
            &["UnsignedSignatureProperties", "SignatureTimeStamp"],
        );
        Some(Self {
            signed,
            certificate: first(certificate, &["Cert", "CertDigest"]).and_then(|digest| {
                let algorithm = Digest::by_uri(&tree.algorithm(digest, "DigestMethod")?)?;
                Some((algorithm, tree.bytes(tree.child(digest, "DigestValue")?)?))
            }),
            at: named(&["SigningTime"]).and_then(text).as_deref().and_then(moment),
            role: first(role, &["ClaimedRoles", "ClaimedRole"]).and_then(text),
            policy: first(policy, &["SignaturePolicyId", "SigPolicyId", "Identifier"]).and_then(text),
            stamp: unsigned,
        })
    }

    /// What they say, when they are among what is signed.
    pub fn tell(self, tree: &Tree<'_>, signature: NodeId, signed: &[NodeId], checked: &mut Checked) {
        let is_signed = self.signed.is_some_and(|own| signed.iter().any(|node| tree.is_in(own, *node)));
        if is_signed {
            checked.claimed_at = self.at;
            checked.role = self.role;
            checked.policy = self.policy;
            checked.must_be(self.certificate.as_ref());
        } else if checked.reason.is_none() {
            checked.remarks.push("ses propriétés (date, certificat, rôle) ne sont pas signées".to_owned());
            checked.wrong(Reason::SigConstraintsFailure);
        }
        checked.stamp = self.stamp.and_then(|stamp| of_value(tree, signature, stamp));
    }
}

/// A stamp over the signature's value (EN 319 132-1, 5.3).
fn of_value(tree: &Tree<'_>, signature: NodeId, stamp: NodeId) -> Option<Stamp> {
    let value = tree.child(signature, "SignatureValue")?;
    let method = tree.child(stamp, "CanonicalizationMethod");
    let mode = match method {
        None => C14nMode::Inclusive,
        Some(method) => C14nMode::from_uri(&tree.attribute(method, "Algorithm")?)?,
    };
    let prefixes = method.map(|method| transform::prefixes(tree, method)).unwrap_or_default();
    let token = tree.bytes(child(tree, stamp, "EncapsulatedTimeStamp")?)?;
    Some(Stamp::Token { token, of: tree.canonical(value, mode, &prefixes)? })
}

fn child(tree: &Tree<'_>, of: NodeId, name: &str) -> Option<NodeId> {
    tree.document.children_iter(of).find(|id| {
        tree.document.element(*id).is_some_and(|element| {
            let namespace = element.name.namespace_uri.as_deref().unwrap_or_default();
            element.name.local_name == name && namespace.starts_with(XADES)
        })
    })
}

/// `xs:dateTime`; without a zone it is no moment, and taken as UTC.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    zoned
        .ok()
        .or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|at| at.and_utc()))
}
