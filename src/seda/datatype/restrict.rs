//! Deriving a type by restriction: facets of a schema, parameters of a RELAX NG `data`.
//!
//! Never refuses what merely leaves nothing possible. The one thing to know: patterns given together are alternatives in a
//! schema, and must all match in RELAX NG.

use std::sync::Arc;

use super::atom::{Atom, Typed};
use super::decimal::all_digits;
use super::facets::{Bound, Facets, Side, ValueSet, Values};
use super::regex::Pattern;
use super::white::{White, trim};
use super::{Datatype, Inner, Prefixes, Shape};

/// Values of an enumeration said in a message.
pub(super) const SAID: usize = 6;

impl Datatype {
    /// This type restricted by one step of a schema: several `pattern` are alternatives. `Err`: a sentence without its
    /// capital nor its full stop.
    pub fn restricted(&self, facets: &[(&str, &str)], prefixes: &dyn Prefixes) -> Result<Self, String> {
        if facets.is_empty() {
            return Ok(self.clone());
        }
        let mut inner = (*self.0).clone();
        let mut restricted = inner.facets.take().map_or_else(Facets::default, |facets| *facets);
        let (mut patterns, mut values) = (Vec::new(), Vec::new());
        for &(name, text) in facets {
            if !self.takes(name)? {
                return Err(format!(
                    "la restriction « {name} » ne s'applique pas à ce type ({})",
                    self.0.noun
                ));
            }
            match name {
                "pattern" => patterns.push(text),
                "enumeration" => values.push(text),
                "whiteSpace" => inner.white = stricter(inner.white, text)?,
                _ => self.narrow(&mut restricted, name, text, prefixes)?,
            }
        }
        if !patterns.is_empty() {
            restricted.patterns.push(Pattern::any_of(&patterns)?);
        }
        if !values.is_empty() {
            let normalising = Self::made(Inner { white: inner.white, ..(*self.0).clone() });
            restricted.values = Some(Arc::new(normalising.enumeration(&values, prefixes)?));
        }
        inner.facets = Some(Box::new(restricted));
        Ok(Self::made(inner))
    }

    /// This type with the parameters of a RELAX NG `data`: each must hold, patterns included. RELAX NG's own types take none.
    pub fn with_params(&self, params: &[(&str, &str)], prefixes: &dyn Prefixes) -> Result<Self, String> {
        let mut restricted = self.clone();
        for param in params {
            if self.0.without_params || matches!(param.0, "enumeration" | "whiteSpace") {
                return Err(format!(
                    "le paramètre « {} » n'est pas permis pour ce type ({})",
                    param.0, self.0.noun
                ));
            }
            restricted = restricted.restricted(std::slice::from_ref(param), prefixes)?;
        }
        Ok(restricted)
    }

    /// Whether a facet applies to this type. `Err`: it applies to none.
    fn takes(&self, facet: &str) -> Result<bool, String> {
        let atom = match &self.0.shape {
            Shape::Atom(atom) => Some(*atom),
            _ => None,
        };
        let is_list = matches!(self.0.shape, Shape::List(_));
        Ok(match facet {
            "pattern" => true,
            "enumeration" => atom != Some(Atom::Boolean),
            "whiteSpace" => atom.is_some() || is_list,
            "length" | "minLength" | "maxLength" => is_list || atom.is_some_and(Atom::has_length),
            "minInclusive" | "maxInclusive" | "minExclusive" | "maxExclusive" => {
                atom.is_some_and(Atom::is_ordered)
            }
            "totalDigits" | "fractionDigits" => atom.is_some_and(Atom::has_digits),
            _ => return Err(format!("la restriction « {facet} » n'existe pas")),
        })
    }

    fn narrow(
        &self,
        facets: &mut Facets,
        name: &str,
        text: &str,
        prefixes: &dyn Prefixes,
    ) -> Result<(), String> {
        let (least, most) = facets.lengths;
        match name {
            "length" => {
                let length = count(name, text)?;
                facets.lengths = (least.max(length), most.min(length));
            }
            "minLength" => facets.lengths.0 = least.max(count(name, text)?),
            "maxLength" => facets.lengths.1 = most.min(count(name, text)?),
            "totalDigits" => match count(name, text)? {
                0 => return Err(not_a_value(name, text)),
                digits => facets.total_digits = facets.total_digits.min(digits),
            },
            "fractionDigits" => facets.fraction_digits = facets.fraction_digits.min(count(name, text)?),
            _ => {
                let side = if name.starts_with("min") { Side::Least } else { Side::Greatest };
                let value = self.read_unrestricted(text, prefixes).ok_or_else(|| not_a_value(name, text))?;
                let written = Some(trim(text).into());
                facets.bound(Bound { side, is_excluded: name.ends_with("Exclusive"), value, written });
            }
        }
        Ok(())
    }

    fn read_unrestricted(&self, text: &str, prefixes: &dyn Prefixes) -> Option<Typed> {
        match &self.0.shape {
            Shape::Atom(atom) => atom.read(trim(text), prefixes),
            _ => None,
        }
    }

    fn enumeration(&self, values: &[&str], prefixes: &dyn Prefixes) -> Result<Values, String> {
        let is_text = matches!(self.0.shape, Shape::Atom(atom) if atom.is_text());
        for value in values {
            if !self.check(value, prefixes) {
                return Err(not_a_value("enumeration", value));
            }
        }
        let set = if is_text {
            ValueSet::Texts(values.iter().map(|value| self.normalised(value).into()).collect())
        } else {
            ValueSet::Typed(values.iter().filter_map(|value| self.read(value, prefixes)).collect())
        };
        let said = values.iter().take(SAID).map(|value| self.normalised(value).into()).collect();
        Ok(Values { set, said, count: values.len() })
    }
}

fn stricter(white: White, text: &str) -> Result<White, String> {
    let named = White::named(text).filter(|named| *named >= white);
    named.ok_or_else(|| not_a_value("whiteSpace", text))
}

/// A number without sign; what is beyond counting is as large as can be.
fn count(name: &str, text: &str) -> Result<usize, String> {
    let digits = trim(text);
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    if digits.is_empty() || !all_digits(digits) {
        return Err(not_a_value(name, text));
    }
    Ok(digits.parse().unwrap_or(usize::MAX))
}

fn not_a_value(name: &str, text: &str) -> String {
    let text: String = text.chars().take(60).collect();
    format!("« {text} » n'est pas une valeur possible de la restriction « {name} »")
}
