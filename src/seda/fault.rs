//! What makes a document ill-formed or unfit, said in French: errors of the parser, characters, names, references.

use std::io;

use quick_xml::errors::{Error as XmlError, IllFormedError, SyntaxError};
use quick_xml::events::attributes::AttrError;
use quick_xml::name::ResolveResult;

use super::source::Stop;
use super::xml::Halt;
use crate::model::findings::Kind;
use crate::model::{Finding, findings};

/// The halt an error of the parser means.
pub fn broken(error: XmlError, stop: Option<Stop>, text_bytes_max: usize, line: u64) -> Halt {
    let refuse =
        |kind: &'static Kind, message: &str| Halt::Refused(Finding::new(kind, message).at_line(line));
    match stop {
        Some(Stop::TooLarge) => return refuse(&findings::XML_SIZE, "bordereau trop volumineux"),
        Some(Stop::TooLong) => {
            let message = format!("texte ou balise de plus de {} octets", text_bytes_max);
            return refuse(&findings::XML_TEXT_LENGTH, &message);
        }
        None => {}
    }
    match error {
        XmlError::Io(error) => Halt::Failed(io::Error::new(error.kind(), error.to_string())),
        XmlError::Encoding(_) => refuse(&findings::XML_ENCODING, "octets qui ne sont pas de l'UTF-8"),
        XmlError::InvalidAttr(error) => attribute_fault(&error, line),
        XmlError::Namespace(_) => refuse(&findings::XML_NAMESPACE, "espace de noms mal déclaré"),
        XmlError::Syntax(SyntaxError::InvalidBangMarkup) => {
            refuse(&findings::XML_MALFORMED, "balise « <! » illisible")
        }
        XmlError::Syntax(SyntaxError::UnclosedDoctype) => {
            refuse(&findings::XML_DOCTYPE, "déclaration DOCTYPE")
        }
        XmlError::Syntax(_) => refuse(&findings::XML_UNCLOSED, "le fichier s'arrête au milieu d'une balise"),
        XmlError::IllFormed(IllFormedError::MissingEndTag(_)) => {
            refuse(&findings::XML_UNCLOSED, "un élément reste ouvert à la fin du fichier")
        }
        XmlError::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => refuse(
            &findings::XML_MALFORMED,
            &format!("balise fermante « {found} » au lieu de « {expected} »"),
        ),
        _ => refuse(&findings::XML_MALFORMED, "document mal formé"),
    }
}

/// Refuses the document here.
pub fn refused<T>(kind: &'static Kind, message: &str, line: u64) -> Result<T, Halt> {
    Err(Halt::Refused(Finding::new(kind, message).at_line(line)))
}

/// Longest name, and longest namespace: both are repeated, in memory and in paths, by every element below.
const NAME_BYTES_MAX: usize = 256;
const NAMESPACE_BYTES_MAX: usize = 1_000;

/// Namespace of a name; empty when it is in none.
pub fn bound(namespace: ResolveResult<'_>, line: u64) -> Result<String, Halt> {
    match namespace {
        ResolveResult::Bound(namespace) if namespace.as_ref().len() > NAMESPACE_BYTES_MAX => {
            let message = format!("espace de noms de plus de {NAMESPACE_BYTES_MAX} octets");
            refused(&findings::XML_TEXT_LENGTH, &message, line)
        }
        ResolveResult::Bound(namespace) => Ok(namespace.as_ref().to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => {
            refused(&findings::XML_NAMESPACE, &format!("préfixe « {prefix} » inconnu"), line)
        }
    }
}

/// What is wrong with an attribute.
pub fn attribute_fault(error: &AttrError, line: u64) -> Halt {
    let finding = match error {
        AttrError::Duplicated(..) => Finding::new(&findings::XML_DUPLICATE_ATTRIBUTE, "attribut répété"),
        _ => Finding::new(&findings::XML_MALFORMED, "attribut mal écrit"),
    };
    Halt::Refused(finding.at_line(line))
}

/// XML 1.0, 2.2: what a document may contain.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// Refuses what XML does not allow in a document.
pub fn check_characters(text: &str, line: u64) -> Result<(), Halt> {
    match text.chars().find(|&c| !is_allowed(c)) {
        None => Ok(()),
        Some(c) => refused(&findings::XML_CHARACTER, &format!("caractère U+{:04X}", u32::from(c)), line),
    }
}

/// Refuses what is no name.
pub fn check_name(name: &str, line: u64) -> Result<(), Halt> {
    if name.len() > NAME_BYTES_MAX {
        return refused(&findings::XML_TEXT_LENGTH, &format!("nom de plus de {NAME_BYTES_MAX} octets"), line);
    }
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let is_rest = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}') || !c.is_ascii();
    if name.starts_with(is_start) && name.chars().all(is_rest) {
        Ok(())
    } else {
        refused(&findings::XML_MALFORMED, "nom d'élément ou d'attribut mal écrit", line)
    }
}

/// A predefined entity or a legal character reference (XML 1.0, 4.1 and 4.6).
pub fn character(reference: &str) -> Option<char> {
    let number = match reference {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => reference.strip_prefix('#')?,
    };
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|&c| is_allowed(c))
}
