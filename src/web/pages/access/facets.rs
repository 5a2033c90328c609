//! What the answers to a search are, each value a link that keeps only those, or gives up having kept them.

use super::search::Searched;
use crate::access::{Counted, Facets};
use crate::web::pages::ingest::list::Names;
use crate::web::pages::words;

/// How an address names a format that was not recognised.
pub const UNKNOWN: &str = "aucun";

/// One way of telling the answers apart.
pub struct Facet {
    pub title: &'static str,
    /// For the identifier of its heading.
    pub name: &'static str,
    pub values: Vec<Value>,
}

/// One value, with the search that keeps it, or gives it up.
pub struct Value {
    pub label: String,
    pub count: String,
    pub address: String,
    /// The search keeps only these.
    pub chosen: bool,
}

/// The facets of a search, but those that tell nothing.
pub fn shown(found: &Facets, asked: &Searched, names: &Names) -> Vec<Facet> {
    let more = if found.is_cut { " +" } else { "" };
    let facet =
        |title: &'static str, name: &'static str, counted: &[Counted], with: Choose, label: Label<'_>| {
            let chosen = chosen(asked, name);
            let values: Vec<Value> = counted
                .iter()
                .map(|one| {
                    let value = if one.value.is_empty() { UNKNOWN } else { &one.value };
                    let is_chosen = chosen.as_deref() == Some(value);
                    let other = with(asked.clone(), (!is_chosen).then(|| value.to_owned()));
                    Value {
                        label: label(one),
                        count: format!("{}{more}", words::number(one.count as u64)),
                        address: Searched::address(&other),
                        chosen: is_chosen,
                    }
                })
                .collect();
            Facet { title, name, values }
        };
    let named = |one: &Counted| names.get(&one.value).unwrap_or(&one.label).clone();
    let as_told = |one: &Counted| one.label.clone();
    let all = [
        facet(
            "Service producteur",
            "service",
            &found.producers,
            |asked, service| Searched { service, ..asked },
            &named,
        ),
        facet(
            "Accord de versement",
            "flux",
            &found.agreements,
            |asked, flux| Searched { flux, ..asked },
            &as_told,
        ),
        facet(
            "Année",
            "annee",
            &found.years,
            |asked, year| Searched { annee: year.and_then(|year| year.parse().ok()), ..asked },
            &as_told,
        ),
        facet(
            "Communicabilité",
            "communicable",
            &found.openings,
            |asked, communicable| Searched { communicable, ..asked },
            &|one| if one.value == "oui" { "Communicable à tous" } else { "Pas encore communicable" }.into(),
        ),
        facet("Format", "format", &found.formats, |asked, format| Searched { format, ..asked }, &|one| {
            if one.label.is_empty() { "Non reconnu".into() } else { one.label.clone() }
        }),
    ];
    all.into_iter()
        .filter(|facet| facet.values.len() > 1 || facet.values.iter().any(|value| value.chosen))
        .collect()
}

type Choose = fn(Searched, Option<String>) -> Searched;
type Label<'a> = &'a dyn Fn(&Counted) -> String;

fn chosen(asked: &Searched, name: &str) -> Option<String> {
    asked.kept().into_iter().find(|(kept, _)| *kept == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_then_given_up_and_the_rest_of_the_search_stays() {
        let counted = |value: &str, count| Counted { value: value.into(), label: value.into(), count };
        let found = Facets {
            years: vec![counted("2023", 1_200), counted("2022", 3)],
            producers: vec![counted("MAIRIE", 4)],
            is_cut: true,
            ..Facets::default()
        };
        let asked = Searched { q: "rue d’Éveil".into(), ..Searched::default() };
        let facets = shown(&found, &asked, &Names::new());
        assert_eq!(facets.len(), 1, "one value alone tells nothing");
        let first = &facets[0].values[0];
        assert_eq!(first.address, "/archives?q=rue%20d%E2%80%99%C3%89veil&annee=2023");
        assert_eq!(first.count, "1\u{202f}200 +");
        let kept = Searched { annee: Some(2023), ..asked };
        let facets = shown(&found, &kept, &Names::new());
        assert!(facets[0].values[0].chosen && !facets[0].values[1].chosen);
        assert_eq!(facets[0].values[0].address, "/archives?q=rue%20d%E2%80%99%C3%89veil");
    }
}
