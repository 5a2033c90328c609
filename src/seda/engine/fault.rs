//! What the matcher tells: the kinds of findings of its job, and who listens.

use crate::model::Finding;
use crate::model::findings::{self, Kind};
use crate::seda::datatype::Identity;

/// The kinds of one job: the standard's schema, or a profile.
#[derive(Debug)]
pub struct Kinds {
    pub unexpected_element: &'static Kind,
    pub missing_element: &'static Kind,
    pub unexpected_text: &'static Kind,
    pub attribute: &'static Kind,
    pub invalid_value: &'static Kind,
    /// A type that must be named, cannot be used, or is not known (schemas only).
    pub abstract_type: &'static Kind,
    pub too_complex: &'static Kind,
}

/// The standard's schema.
pub static OF_SCHEMA: Kinds = Kinds {
    unexpected_element: &findings::SCHEMA_UNEXPECTED_ELEMENT,
    missing_element: &findings::SCHEMA_MISSING_ELEMENT,
    unexpected_text: &findings::SCHEMA_UNEXPECTED_TEXT,
    attribute: &findings::SCHEMA_ATTRIBUTE,
    invalid_value: &findings::SCHEMA_INVALID_VALUE,
    abstract_type: &findings::SCHEMA_ABSTRACT,
    too_complex: &findings::PROFILE_TOO_COMPLEX,
};

/// An archive profile.
pub static OF_PROFILE: Kinds = Kinds {
    unexpected_element: &findings::PROFILE_UNEXPECTED_ELEMENT,
    missing_element: &findings::PROFILE_MISSING_ELEMENT,
    unexpected_text: &findings::PROFILE_UNEXPECTED_TEXT,
    attribute: &findings::PROFILE_ATTRIBUTE,
    invalid_value: &findings::PROFILE_INVALID_VALUE,
    abstract_type: &findings::PROFILE_INVALID_VALUE,
    too_complex: &findings::PROFILE_TOO_COMPLEX,
};

/// Who is told what the matcher sees.
pub trait Witness {
    /// Something is wrong.
    fn finding(&mut self, finding: Finding);

    /// A value of a type of identifiers or references.
    fn identifier(&mut self, identity: Identity, text: &str, line: u64);

    /// Matching ended before the document did.
    fn too_complex(&mut self, kinds: &Kinds) {
        let message = "le contrôle demande plus de mémoire qu'il n'est permis";
        self.finding(Finding::new(kinds.too_complex, message));
    }
}
