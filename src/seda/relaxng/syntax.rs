//! The full syntax (section 3): which element may stand where, with which attributes and text.
//!
//! Only says what is wrong; what it means is made by `simplify`. Every element has a [`Role`], given by its parent: the same
//! `choice` is one of patterns or one of names.

use super::document::Node;
use super::fault::Faults;
use super::names::{is_ncname, is_qname, trimmed};
use crate::model::findings::shortened;

macro_rules! tags {
    ($($tag:ident = $name:literal),* $(,)?) => {
        /// An element of RELAX NG.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Tag { $($tag),* }

        impl Tag {
            /// By its name.
            pub fn named(name: &str) -> Option<Tag> {
                match name {
                    $($name => Some(Tag::$tag),)*
                    _ => None,
                }
            }

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Tag::$tag => $name),*
                }
            }
        }
    };
}

tags! {
    AnyName = "anyName", Attribute = "attribute", Choice = "choice", Data = "data", Define = "define", Div = "div",
    Element = "element", Empty = "empty", Except = "except", ExternalRef = "externalRef", Grammar = "grammar",
    Group = "group", Include = "include", Interleave = "interleave", List = "list", Mixed = "mixed", Name = "name",
    NotAllowed = "notAllowed", NsName = "nsName", OneOrMore = "oneOrMore", Optional = "optional", Param = "param",
    ParentRef = "parentRef", Ref = "ref", Start = "start", Text = "text", Value = "value", ZeroOrMore = "zeroOrMore",
}

/// What an element is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Pattern,
    /// A name class.
    Names,
    /// What a `grammar` holds.
    Content,
    /// What an `include` holds.
    Override,
    /// The grammar an `include` names.
    Included,
    Param,
    /// The `except` of a `data`.
    ExceptData,
    /// The `except` of a name class.
    ExceptNames,
    /// It should not be there: said once, then left alone.
    Misplaced,
}

impl Role {
    fn admits(self, tag: Tag) -> bool {
        match self {
            Role::Pattern => matches!(
                tag,
                Tag::Element
                    | Tag::Attribute
                    | Tag::Group
                    | Tag::Interleave
                    | Tag::Choice
                    | Tag::Optional
                    | Tag::ZeroOrMore
                    | Tag::OneOrMore
                    | Tag::List
                    | Tag::Mixed
                    | Tag::Ref
                    | Tag::ParentRef
                    | Tag::Empty
                    | Tag::Value
                    | Tag::Data
                    | Tag::NotAllowed
                    | Tag::Text
                    | Tag::ExternalRef
                    | Tag::Grammar
            ),
            Role::Names => matches!(tag, Tag::Name | Tag::AnyName | Tag::NsName | Tag::Choice),
            Role::Content => matches!(tag, Tag::Start | Tag::Define | Tag::Div | Tag::Include),
            Role::Override => matches!(tag, Tag::Start | Tag::Define | Tag::Div),
            Role::Included => tag == Tag::Grammar,
            Role::Param => tag == Tag::Param,
            Role::ExceptData | Role::ExceptNames => tag == Tag::Except,
            Role::Misplaced => true,
        }
    }
}

/// Says whether an element may stand where it stands.
pub fn check_place(node: &Node, role: Role, faults: &mut Faults) -> Role {
    if role.admits(node.tag) {
        return role;
    }
    faults.syntax(format!("« {} » n'a pas sa place ici", node.tag.name()), node.line);
    Role::Misplaced
}

/// The roles of an element's children, by what it is; says which are too many and which lack.
pub fn roles(node: &Node, role: Role, tags: &[Tag], faults: &mut Faults) -> Vec<Role> {
    let all = |role| vec![role; tags.len()];
    let (roles, least, most) = match node.tag {
        _ if role == Role::Misplaced => return all(Role::Misplaced),
        Tag::Element | Tag::Attribute => {
            let mut roles = all(Role::Pattern);
            let named = node.attribute("name").is_some();
            if let (false, Some(first)) = (named, roles.first_mut()) {
                *first = Role::Names;
            }
            let names = usize::from(!named);
            let (least, most) = match node.tag {
                Tag::Element => (names + 1, usize::MAX),
                _ => (names, names + 1),
            };
            (roles, least, most)
        }
        Tag::Choice if role == Role::Names => (all(Role::Names), 1, usize::MAX),
        Tag::Start => (all(Role::Pattern), 1, 1),
        Tag::Group
        | Tag::Interleave
        | Tag::Choice
        | Tag::Optional
        | Tag::ZeroOrMore
        | Tag::OneOrMore
        | Tag::List
        | Tag::Mixed
        | Tag::Define => (all(Role::Pattern), 1, usize::MAX),
        Tag::Except if role == Role::ExceptNames => (all(Role::Names), 1, usize::MAX),
        Tag::Except => (all(Role::Pattern), 1, usize::MAX),
        Tag::AnyName | Tag::NsName => (all(Role::ExceptNames), 0, 1),
        Tag::Data => {
            let mut roles = all(Role::Param);
            if let (Some(last), Some(Tag::Except)) = (roles.last_mut(), tags.last()) {
                *last = Role::ExceptData;
            }
            (roles, 0, usize::MAX)
        }
        Tag::Grammar => (all(Role::Content), 0, usize::MAX),
        Tag::Include => (all(Role::Override), 0, usize::MAX),
        Tag::Div => (all(role), 0, usize::MAX),
        Tag::Empty
        | Tag::Text
        | Tag::NotAllowed
        | Tag::Ref
        | Tag::ParentRef
        | Tag::ExternalRef
        | Tag::Value
        | Tag::Param
        | Tag::Name => (all(Role::Misplaced), 0, 0),
    };
    if tags.len() < least {
        faults.syntax(format!("le contenu de « {} » est incomplet", node.tag.name()), node.line);
    } else if tags.len() > most {
        faults.syntax(format!("« {} » contient trop d'éléments", node.tag.name()), node.line);
    }
    roles
}

/// Says what is wrong with an element's attributes and text.
pub fn check_attributes(node: &Node, faults: &mut Faults) {
    let tag = node.tag;
    let (own, required): (&[&str], Option<&str>) = match tag {
        Tag::Element | Tag::Attribute => (&["name"], None),
        Tag::Ref | Tag::ParentRef | Tag::Param => (&["name"], Some("name")),
        Tag::Define => (&["name", "combine"], Some("name")),
        Tag::Start => (&["combine"], None),
        Tag::Value => (&["type"], None),
        Tag::Data => (&["type"], Some("type")),
        Tag::ExternalRef | Tag::Include => (&["href"], Some("href")),
        _ => (&[], None),
    };
    for (name, value) in &node.attributes {
        let shown = || shortened(value.clone(), 100);
        match name.as_str() {
            "ns" => {}
            "datatypeLibrary" if is_library(value) => {}
            "datatypeLibrary" => {
                faults.syntax(
                    format!("« {} » n'est pas une adresse de bibliothèque de types", shown()),
                    node.line,
                );
            }
            known if !own.contains(&known) => {
                let known = shortened(known.to_owned(), 100);
                faults.syntax(format!("« {} » n'a pas d'attribut « {known} »", tag.name()), node.line);
            }
            "combine" if matches!(trimmed(value), "choice" | "interleave") => {}
            "href" => {}
            "name" if matches!(tag, Tag::Element | Tag::Attribute) && is_qname(trimmed(value)) => {}
            "name" | "type" if !matches!(tag, Tag::Element | Tag::Attribute) && is_ncname(trimmed(value)) => {
            }
            known => faults.syntax(format!("« {} » ne convient pas à « {known} »", shown()), node.line),
        }
    }
    if let Some(required) = required
        && node.attribute(required).is_none()
    {
        faults.syntax(format!("« {} » n'a pas d'attribut « {required} »", tag.name()), node.line);
    }
    match tag {
        Tag::Name if !is_qname(trimmed(&node.text)) => {
            let shown = shortened(node.text.clone(), 100);
            faults.syntax(format!("« {shown} » n'est pas un nom"), node.line);
        }
        Tag::Name | Tag::Value | Tag::Param if node.has_foreign => {
            faults.syntax(format!("« {} » ne peut contenir que du texte", tag.name()), node.line);
        }
        Tag::Name | Tag::Value | Tag::Param => {}
        _ if trimmed(&node.text).is_empty() => {}
        _ => {
            let shown = shortened(trimmed(&node.text).to_owned(), 100);
            faults.syntax(format!("texte « {shown} » dans « {} »", tag.name()), node.line);
        }
    }
}

/// 4.3: empty, or an absolute URI without a fragment.
fn is_library(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return uri.is_empty() };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let mut escapes = rest.split('%').skip(1);
    is_scheme
        && !rest.is_empty()
        && !rest.contains('#')
        && escapes.all(|after| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}
