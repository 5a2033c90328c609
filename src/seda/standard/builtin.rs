//! The types of XML Schema itself, and which derives from which: elements are declared with them, `xsi:type` names them.

use super::load::Loader;
use super::tables::{Broken, XSD};
use crate::seda::datatype::{Datatype, Library};
use crate::seda::engine::grammar::{
    AttributeSymbol, AttributeValue, Content, ElementSymbol, PatternId, Process, Symbol, TypeId,
};
use crate::seda::engine::names::NameClass;

/// The type of what no type was given.
pub const ANY_TYPE: TypeId = TypeId(0);
/// What every simple type derives from.
pub const ANY_SIMPLE_TYPE: TypeId = TypeId(1);

/// Each type after the one it derives from.
const DERIVED: [(&str, &[&str]); 16] = [
    (
        "anySimpleType",
        &[
            "string",
            "boolean",
            "decimal",
            "float",
            "double",
            "duration",
            "dateTime",
            "time",
            "date",
            "gYearMonth",
            "gYear",
            "gMonthDay",
            "gDay",
            "gMonth",
            "hexBinary",
            "base64Binary",
            "anyURI",
            "QName",
            "IDREFS",
            "ENTITIES",
            "NMTOKENS",
        ],
    ),
    ("string", &["normalizedString"]),
    ("normalizedString", &["token"]),
    ("token", &["language", "NMTOKEN", "Name"]),
    ("Name", &["NCName"]),
    ("NCName", &["ID", "IDREF", "ENTITY"]),
    ("decimal", &["integer"]),
    ("integer", &["nonPositiveInteger", "long", "nonNegativeInteger"]),
    ("nonPositiveInteger", &["negativeInteger"]),
    ("long", &["int"]),
    ("int", &["short"]),
    ("short", &["byte"]),
    ("nonNegativeInteger", &["unsignedLong", "positiveInteger"]),
    ("unsignedLong", &["unsignedInt"]),
    ("unsignedInt", &["unsignedShort"]),
    ("unsignedShort", &["unsignedByte"]),
];

/// Adds them all to an empty loader.
pub fn add(loader: &mut Loader) -> Result<(), Broken> {
    let any = loader.add_type(Some((XSD, "anyType")), ANY_TYPE);
    loader.types[any.at()].pattern = anything(loader);
    add_simple(loader, ANY_TYPE, "anySimpleType", "string")?;
    for (base, names) in DERIVED {
        let Some(&base) = loader.named.get(&(XSD, base)) else { continue };
        for name in names {
            add_simple(loader, base, name, name)?;
        }
    }
    Ok(())
}

fn add_simple(
    loader: &mut Loader,
    base: TypeId,
    name: &'static str,
    values_of: &'static str,
) -> Result<(), Broken> {
    let Some(datatype) = Datatype::builtin(Library::Xsd, values_of) else {
        return Err(Broken { file: "builtin.rs", line: 0, what: format!("no datatype `{values_of}`") });
    };
    let id = loader.add_type(Some((XSD, name)), base);
    loader.set_values(id, base, datatype);
    Ok(())
}

/// Any attributes, any text, any elements, looked at where they are declared: the content of `xs:anyType`.
fn anything(loader: &mut Loader) -> PatternId {
    let (name, text, patterns) = (NameClass::Any, loader.any_text, &mut loader.patterns);
    let value = AttributeValue::Wildcard(Process::Lax);
    let attribute = patterns.add_symbol(Symbol::Attribute(AttributeSymbol { name: name.clone(), value }));
    let attribute = patterns.one(attribute);
    let attributes = patterns.zero_or_more(attribute);
    let content = Content::Wildcard(Process::Lax);
    let element = patterns.add_symbol(Symbol::Element(ElementSymbol { name, content }));
    let element = patterns.one(element);
    let elements = patterns.zero_or_more(element);
    let content = patterns.interleave([text, elements]);
    patterns.group(attributes, content)
}
