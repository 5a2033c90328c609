//! What the schema cannot say: identifiers, references, the graph of units, objects, dates (seda.md 5, checks 5 to 26).
//!
//! Never reads a file. Each check is a function of the whole description; all of them run, whatever the others found.

use std::collections::{HashMap, HashSet};

use super::date::{first_day, last_day};
use super::{graph, lengths, objects};
use crate::model::findings::Kind;
use crate::model::{Finding, Manifest, Referent, SedaVersion, Unit, findings};

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Unit,
    Link,
    Object,
    Group,
    /// A rule, a keyword… which nothing refers to.
    Other,
}

/// Everything inconsistent in a message, by family of check.
pub fn check(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    header(manifest, &mut found);
    let named = identifiers(manifest);
    references(manifest, &named, &mut found);
    orphans(manifest, &named, &mut found);
    found.extend(graph::check(manifest));
    found.extend(objects::check(manifest));
    dates(manifest, &mut found);
    if manifest.version < SedaVersion::V2_0 {
        access_rules(manifest, &mut found);
    }
    found.extend(lengths::check(manifest));
    found
}

fn header(manifest: &Manifest, found: &mut Vec<Finding>) {
    if manifest.message_identifier.is_empty() {
        found.push(Finding::new(&findings::HEADER_IDENTIFIER_EMPTY, "MessageIdentifier est vide"));
    }
    if manifest.units.is_empty() {
        found.push(Finding::new(&findings::UNIT_NONE, "aucune unité d'archives"));
    }
}

/// Units, links, objects, groups and all the rest share one space of identifiers.
fn identifiers(manifest: &Manifest) -> HashMap<&str, Named> {
    let units = manifest.units.iter().map(|unit| (unit.id.as_str(), Named::Unit, unit.line));
    let links = manifest.links.iter().map(|link| (link.id.as_str(), Named::Link, link.line));
    let binary =
        manifest.binary_objects.iter().map(|object| (object.id.as_str(), Named::Object, object.line));
    let physical =
        manifest.physical_objects.iter().map(|object| (object.id.as_str(), Named::Object, object.line));
    let groups = manifest.object_groups.iter().map(|group| (group.id.as_str(), Named::Group, group.line));
    let others = manifest.other_ids.iter().map(|(id, line)| (id.as_str(), Named::Other, *line));
    let mut named = HashMap::new();
    for (id, kind, _) in units.chain(links).chain(binary).chain(physical).chain(groups).chain(others) {
        // One given twice is told by `identifiers`.
        if !id.is_empty() {
            named.insert(id, kind);
        }
    }
    named
}

fn references(manifest: &Manifest, named: &HashMap<&str, Named>, found: &mut Vec<Finding>) {
    let mut refer = |wanted: Referent, target: &str, place: &str, line: u64| {
        let (kind, message) = match (wanted, named.get(target)) {
            (Referent::Unit, Some(Named::Unit))
            | (Referent::Object, Some(Named::Object))
            | (Referent::Group, Some(Named::Group)) => return,
            // What names nothing is told by `identifiers`.
            (_, None) => return,
            (Referent::Unit, Some(Named::Link)) => {
                (&findings::REFERENCE_LINK, format!("« {target} » est un lien vers une unité, non une unité"))
            }
            (wanted, Some(named)) => {
                let message =
                    format!("« {target} » désigne {}, {} attendu", word(*named), wanted_word(wanted));
                (&findings::REFERENCE_WRONG_KIND, message)
            }
        };
        found.push(at(kind, message, place, line));
    };
    for link in &manifest.links {
        refer(Referent::Unit, &link.target, &link.id, link.line);
    }
    for unit in &manifest.units {
        unit.object_refs.iter().for_each(|target| refer(Referent::Object, target, &unit.id, unit.line));
        unit.group_refs.iter().for_each(|target| refer(Referent::Group, target, &unit.id, unit.line));
    }
    let binary = manifest.binary_objects.iter().map(|object| (&object.id, &object.group, object.line));
    let physical = manifest.physical_objects.iter().map(|object| (&object.id, &object.group, object.line));
    for (id, group, line) in binary.chain(physical) {
        if let Some(group) = group {
            refer(Referent::Group, group, id, line);
        }
    }
    for reference in &manifest.references {
        refer(reference.referent, &reference.target, &reference.target, reference.line);
    }
}

/// Each object hangs, by its group or alone, under a unit; so does each group.
fn orphans(manifest: &Manifest, named: &HashMap<&str, Named>, found: &mut Vec<Finding>) {
    let mut reached: HashSet<&str> = HashSet::new();
    for unit in &manifest.units {
        reached.extend(unit.object_refs.iter().chain(&unit.group_refs).map(String::as_str));
        // Before 2.0 a unit's objects are a document and what is related to it.
        if manifest.version >= SedaVersion::V2_0 {
            several_objects(unit, found);
        }
    }
    reached.extend(manifest.references.iter().map(|reference| reference.target.as_str()));
    let binary = manifest.binary_objects.iter().map(|object| (&object.id, &object.group, object.line));
    let physical = manifest.physical_objects.iter().map(|object| (&object.id, &object.group, object.line));
    let mut grouped: HashMap<&str, &str> = HashMap::new();
    let mut half_reached: HashSet<&str> = HashSet::new();
    for (id, group, line) in binary.chain(physical) {
        match group.as_deref() {
            Some(group) => {
                grouped.insert(id, group);
                if reached.contains(id.as_str()) {
                    half_reached.insert(group);
                }
            }
            None if reached.contains(id.as_str()) => {}
            None => {
                let message = format!("l'objet {id} n'est rattaché à aucune unité");
                found.push(at(&findings::REFERENCE_ORPHAN_OBJECT, message, id, line));
            }
        }
    }
    for group in &manifest.object_groups {
        let is_reached = reached.contains(group.id.as_str()) || half_reached.contains(group.id.as_str());
        if !is_reached && named.get(group.id.as_str()) == Some(&Named::Group) {
            let message = format!("le groupe {} n'est rattaché à aucune unité", group.id);
            found.push(at(&findings::REFERENCE_ORPHAN_GROUP, message, &group.id, group.line));
        }
    }
    for unit in &manifest.units {
        for (object, group) in unit.object_refs.iter().filter_map(|id| grouped.get_key_value(id.as_str())) {
            let message =
                format!("l'unité {} désigne l'objet {object} au lieu de son groupe {group}", unit.id);
            found.push(at(&findings::REFERENCE_GROUPED_OBJECT, message, &unit.id, unit.line));
        }
    }
}

fn several_objects(unit: &Unit, found: &mut Vec<Finding>) {
    let count = unit.object_refs.len() + unit.group_refs.len();
    if count > 1 {
        let message = format!("l'unité {} désigne {count} objets ou groupes", unit.id);
        found.push(at(&findings::REFERENCE_SEVERAL_OBJECTS, message, &unit.id, unit.line));
    }
}

/// 1.0 demands an access rule of each archive, and its schema says so; 0.2 lets it be left out.
fn access_rules(manifest: &Manifest, found: &mut Vec<Finding>) {
    for unit in manifest.units.iter().filter(|unit| unit.parents.is_empty()) {
        if !unit.rules.rules.iter().any(|rule| rule.category == "AccessRule") {
            let message = format!("l'archive {} n'a pas de règle de communicabilité", unit.id);
            found.push(at(&findings::RULE_NO_ACCESS, message, &unit.id, unit.line));
        }
    }
}

fn dates(manifest: &Manifest, found: &mut Vec<Finding>) {
    for unit in &manifest.units {
        let content = &unit.content;
        if content.title.as_deref().is_none_or(str::is_empty) {
            let message = format!("l'unité {} n'a pas d'intitulé", unit.id);
            found.push(at(&findings::UNIT_NO_TITLE, message, &unit.id, unit.line));
        }
        if let (Some(start), Some(end)) = (&content.start_date, &content.end_date)
            && let (Some(first), Some(last)) = (first_day(start), last_day(end))
            && (last < first || is_before(end, start))
        {
            let message = format!("l'unité {} finit le {end}, avant de commencer le {start}", unit.id);
            found.push(at(&findings::UNIT_DATES, message, &unit.id, unit.line));
        }
        years(unit, found);
        for rule in &unit.rules.rules {
            holds(rule, &unit.id, unit.line, found);
        }
    }
    for rule in &manifest.rules.rules {
        holds(rule, "ManagementMetadata", 0, found);
    }
}

/// Two instants of the same day, in the same zone's writing, are compared as written.
fn is_before(end: &str, start: &str) -> bool {
    let is_instant = |date: &str| date.len() == 19 && date.as_bytes()[10] == b'T';
    is_instant(end) && is_instant(start) && end < start
}

/// A year 9000 breaks date arithmetic elsewhere; it is said, not refused.
fn years(unit: &Unit, found: &mut Vec<Finding>) {
    use chrono::Datelike;
    let content = &unit.content;
    let terms = unit.rules.rules.iter().flat_map(|rule| &rule.terms).filter_map(|(_, start)| start.as_ref());
    let dates =
        [&content.start_date, &content.end_date, &content.transacted_date].into_iter().flatten().chain(terms);
    for date in dates {
        if first_day(date).is_some_and(|day| !(1..=2999).contains(&day.year())) {
            let message = format!("unité {} : date {date} peu vraisemblable", unit.id);
            found.push(at(&findings::UNIT_YEAR, message, &unit.id, unit.line));
        }
    }
}

fn holds(rule: &crate::model::Rule, place: &str, line: u64, found: &mut Vec<Finding>) {
    for ((name, start), end) in rule.terms.iter().zip(&rule.hold_end_dates) {
        if let (Some(start), Some(end)) = (start, end)
            && let (Some(first), Some(last)) = (first_day(start), last_day(end))
            && last < first
        {
            let message = format!("le gel {name} finit le {end}, avant de commencer le {start}");
            let finding = Finding::new(&findings::RULE_HOLD_DATES, message).in_path(place);
            found.push(if line > 0 { finding.at_line(line) } else { finding });
        }
    }
}

fn word(named: Named) -> &'static str {
    match named {
        Named::Unit => "une unité",
        Named::Link => "un lien",
        Named::Object => "un objet",
        Named::Group => "un groupe",
        Named::Other => "un autre élément",
    }
}

fn wanted_word(referent: Referent) -> &'static str {
    match referent {
        Referent::Unit => "une unité",
        Referent::Object => "un objet",
        Referent::Group => "un groupe",
    }
}

fn at(kind: &'static Kind, message: String, place: &str, line: u64) -> Finding {
    Finding::new(kind, message).at_line(line).in_path(place)
}
