//! Where a reference is known to be wrong, each with its reason, and a test that recognises nothing else.
//!
//! Never a way to pass: what a fault explains is counted and shown, and a sample of it is put to the arbiter, who must side
//! with us. Where it can be, the test is an equivalence: the same document written in a way the standards say is the
//! same, on which the reference agrees with what we said of the first.

use crate::dom::{Element, Node, XML};
use crate::ours::{self, Verdict};
use crate::reference::Opinion;

/// A proven fault of a reference.
pub struct Fault {
    pub name: &'static str,
    /// Why the reference is wrong, shown under the table.
    pub reason: &'static str,
    /// Whether the arbiter sees it.
    pub is_arbitrated: bool,
    pub test: Test,
}

/// How a fault is recognised.
pub enum Test {
    /// The reference finds valid what we do not: each of our findings is of a kind it does not see.
    Lenient(fn(&str) -> bool),
    /// The reference refuses what we find valid: each of its complaints is of a kind we do not make.
    Strict(fn(&str) -> bool),
    /// By rewriting the document into one that says the same; false when there was nothing to rewrite.
    Same(fn(&mut Element) -> bool),
}

/// The fault that explains a difference by what both said: one looks away from all that the other found.
pub fn lenient(faults: &'static [Fault], ours: &Verdict, reference: &Opinion) -> Option<&'static Fault> {
    if ours.valid && !reference.valid && !reference.complaints.is_empty() {
        return faults.iter().find(
            |f| matches!(f.test, Test::Strict(is_made) if reference.complaints.iter().all(|said| is_made(said))),
        );
    }
    if ours.valid || !reference.valid || ours.has_panicked {
        return None;
    }
    let of = |finding: &String| {
        faults.iter().find(|f| matches!(f.test, Test::Lenient(is_seen) if is_seen(finding)))
    };
    let mut found = ours.findings.iter().map(of);
    let first = found.next().flatten()?;
    found.all(|fault| fault.is_some()).then_some(first)
}

/// libxml2's, under the official schemas.
pub const LIBXML2: &[Fault] = &[
    Fault {
        name: "référence sans cible",
        reason: "XML Schema 1.0, partie 1, 3.15.4 (ID/IDREF binding) : un IDREF nomme un ID du document. libxml2 ne le \
                 vérifie pas.",
        is_arbitrated: true,
        test: Test::Lenient(|finding| finding.starts_with(ours::DANGLING)),
    },
    Fault {
        name: "élément abstrait sans substitut",
        reason: "Dans Metadata (2.x), le choix est obligatoire ; l'un de ses membres est abstrait et personne ne le remplace : \
                 libxml2 en fait un contenu vide et accepte <Metadata/>.",
        is_arbitrated: true,
        test: Test::Lenient(|finding| {
            finding.starts_with("schema.missing_element")
                && finding.contains("est incomplet ; attendu : Text, Document, Image, Audio ou Video")
        }),
    },
    Fault {
        name: "CDATA blanche entre des éléments",
        reason: "Une section CDATA n'est qu'une façon d'écrire du texte (XML 1.0, 2.7) ; blanche, elle est permise entre des \
                 éléments comme tout blanc. libxml2 la refuse.",
        is_arbitrated: true,
        test: Test::Same(plain_text),
    },
    Fault {
        name: "blanc autour d'une date ou d'un nombre",
        reason: "XML Schema 1.0, partie 2, 4.3.6 : whiteSpace vaut collapse pour les dates et les nombres, les blancs qui les \
                 entourent ne comptent pas. libxml2 en refuse.",
        is_arbitrated: true,
        test: Test::Same(bare_dates),
    },
    Fault {
        name: "blanc autour d'un xsi:type",
        reason: "xsi:type est un xs:QName, dont whiteSpace vaut collapse ; libxml2 ne le trouve plus quand un blanc l'entoure.",
        is_arbitrated: true,
        test: Test::Same(bare_types),
    },
    Fault {
        name: "blanc autour d'un identifiant",
        reason: "XML Schema 1.0, partie 2, 3.3.8 : xs:ID est un NCName, dont whiteSpace vaut collapse ; « id1 » et « id1 » entouré \
                 de blancs sont le même identifiant, donné deux fois. libxml2 les croit différents.",
        is_arbitrated: true,
        test: Test::Same(bare_identifiers),
    },
    Fault {
        name: "espaces de noms mal formés",
        reason: "Namespaces in XML 1.0 : un préfixe non déclaré, ou xml lié à un autre nom, rend le document mal formé. libxml2 le \
                 dit et continue.",
        is_arbitrated: true,
        test: Test::Lenient(|finding| finding.starts_with("xml.namespace")),
    },
    Fault {
        name: "base64 qui n'en est pas",
        reason: "XML Schema 1.0, partie 2, 3.2.16 : base64Binary n'admet que son alphabet et des blancs. libxml2 saute tout \
                 autre caractère.",
        is_arbitrated: true,
        test: Test::Lenient(|finding| {
            finding.starts_with("schema.invalid_value") && finding.contains("base64")
        }),
    },
    Fault {
        name: "xml:id lu sans schéma",
        reason: "En 0.2 et 1.0 aucun schéma ne déclare xml:id : dans un contenu étranger, il n'est pas un identifiant au sens du \
                 schéma. libxml2 (et l'arbitre) le lisent comme tel de leur propre chef.",
        is_arbitrated: false,
        test: Test::Same(|root| {
            let namespace = &*root.name.namespace;
            (namespace.ends_with("v0.2") || namespace.ends_with("v1.0")) && without_xml_id(root)
        }),
    },
    Fault {
        name: "racine qui n'est pas un message",
        reason: "Les schémas déclarent à la racine aussi des parties de message (Archive, Contact, ds:Signature…) ; un document \
                 qui commence par elles est valide pour eux, mais n'est pas un message du standard.",
        is_arbitrated: false,
        test: Test::Lenient(|finding| finding.starts_with("message.")),
    },
    Fault {
        name: "DTD",
        reason: "Bien formé et permis par XML ; nous refusons toute DTD exprès (entités, réseau).",
        is_arbitrated: false,
        test: Test::Lenient(|finding| finding.starts_with("xml.doctype")),
    },
];

/// Jing's, under RELAX NG.
pub const JING: &[Fault] = &[
    Fault {
        name: "point sans décimales",
        reason: "XML Schema 1.0, partie 2, 3.2.7.1 : après le point d'une heure il faut un chiffre au moins. Jing s'en passe, \
                 libxml2 et l'arbitre non.",
        is_arbitrated: false,
        test: Test::Lenient(|finding| {
            finding.starts_with("profile.invalid_value")
                && finding.contains(". » n'est pas admis ; attendu : une date et une heure")
        }),
    },
    Fault {
        name: "adresse à schéma seul",
        reason: "« a: » est une référence d'URI pour la RFC 3986, non pour la RFC 2396. Nous suivons libxml2 pour anyURI, dans les \
                 profils comme dans les schémas ; Jing a sa propre lecture.",
        is_arbitrated: false,
        test: Test::Strict(|complaint| complaint.contains("must be a URI")),
    },
    Fault {
        name: "soixantième seconde",
        reason: "XML Schema 1.0, partie 2, 3.2.7 et annexe D : une minute a les secondes 0 à 59, les secondes intercalaires \
                 n'existent pas. Jing admet 60, libxml2 non.",
        is_arbitrated: false,
        test: Test::Lenient(|finding| {
            finding.starts_with("profile.invalid_value")
                && finding.contains(":60 » n'est pas admis ; attendu : une date et une heure")
        }),
    },
];

/// CDATA sections written as text, comments and instructions left out, pieces of text joined.
pub fn plain_text(element: &mut Element) -> bool {
    let mut changed = false;
    let mut children: Vec<Node> = Vec::new();
    for child in std::mem::take(&mut element.children) {
        match (child, children.last_mut()) {
            (Node::Comment(_) | Node::Instruction(_), _) => changed = true,
            (Node::Literal(text), Some(Node::Text(before))) => {
                changed = true;
                before.push_str(&text);
            }
            (Node::Literal(text), _) => {
                changed = true;
                children.push(Node::Text(text));
            }
            (Node::Text(text), Some(Node::Text(before))) => before.push_str(&text),
            (Node::Element(mut child), _) => {
                changed |= plain_text(&mut child);
                children.push(Node::Element(child));
            }
            (child, _) => children.push(child),
        }
    }
    element.children = children;
    changed
}

/// Without any `xml:id`.
fn without_xml_id(element: &mut Element) -> bool {
    let before = element.attributes.len();
    element.attributes.retain(|(name, _)| &*name.namespace != XML || &*name.local != "id");
    let mut changed = element.attributes.len() != before;
    for child in &mut element.children {
        if let Node::Element(child) = child {
            changed |= without_xml_id(child);
        }
    }
    changed
}

/// Dates without the blanks around them.
fn bare_dates(element: &mut Element) -> bool {
    let mut changed = false;
    for child in &mut element.children {
        match child {
            Node::Element(child) => changed |= bare_dates(child),
            Node::Text(text) if text.trim() != text && is_date(text.trim()) => {
                *text = text.trim().to_owned();
                changed = true;
            }
            _ => {}
        }
    }
    for (_, value) in &mut element.attributes {
        if value.trim() != value && is_date(value.trim()) {
            *value = value.trim().to_owned();
            changed = true;
        }
    }
    changed
}

/// Types named without blanks around them.
fn bare_types(element: &mut Element) -> bool {
    let mut changed = false;
    for (_, value) in element.attributes.iter_mut().filter(|(name, _)| name.is_xsi("type")) {
        changed |= value.trim() != value;
        *value = value.trim().to_owned();
    }
    for child in &mut element.children {
        if let Node::Element(child) = child {
            changed |= bare_types(child);
        }
    }
    changed
}

/// Identifiers without blanks around them.
fn bare_identifiers(element: &mut Element) -> bool {
    let mut changed = false;
    for (_, value) in element.attributes.iter_mut().filter(|(name, _)| name.local.eq_ignore_ascii_case("id"))
    {
        changed |= value.trim() != value;
        *value = value.trim().to_owned();
    }
    for child in &mut element.children {
        if let Node::Element(child) = child {
            changed |= bare_identifiers(child);
        }
    }
    changed
}

fn is_date(text: &str) -> bool {
    let digits = text.trim_start_matches('-');
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.chars().all(|letter| letter.is_ascii_digit() || "-+:.TZ".contains(letter))
}
