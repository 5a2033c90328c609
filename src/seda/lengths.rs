//! Texts that the schema lets be of any length, and that are kept apart from the message: registers are looked up
//! by them, pages show them. Identifiers are cut as they are read (`build`), since units repeat them.

use crate::model::{Finding, Manifest, Unit, findings};

/// Longest identifier, and longest name beside one: registers are looked up by them.
pub const IDENTIFIER_BYTES_MAX: usize = 1_000;
/// Longest description of one unit, all its texts together: it is kept, and shown, as one.
const UNIT_BYTES_MAX: usize = 4 << 20;

/// Texts too long to be kept.
pub fn check(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut judge = |what: &str, text: &str, bytes_max: usize, line: u64| {
        if text.len() > bytes_max {
            let message = format!("{what} de {} octets, {bytes_max} au plus", text.len());
            found.push(Finding::new(&findings::XML_TEXT_LENGTH, message).at_line(line));
        }
    };
    judge("MessageIdentifier", &manifest.message_identifier, IDENTIFIER_BYTES_MAX, 0);
    for object in &manifest.binary_objects {
        for (what, text) in [
            ("DataObjectVersion", &object.usage),
            ("FormatId", &object.format_id),
            ("Filename", &object.file_name),
        ] {
            judge(what, text.as_deref().unwrap_or_default(), IDENTIFIER_BYTES_MAX, object.line);
        }
    }
    for unit in manifest.units.iter().filter(|unit| described_bytes(unit) > UNIT_BYTES_MAX) {
        let message = format!("unité décrite en {} octets, {UNIT_BYTES_MAX} au plus", described_bytes(unit));
        let finding = Finding::new(&findings::XML_TEXT_LENGTH, message).at_line(unit.line);
        found.push(finding.in_path(&unit.id));
    }
    found
}

/// Bytes of the texts that describe a unit and its rules.
fn described_bytes(unit: &Unit) -> usize {
    let content = &unit.content;
    let others = content.others.iter().map(|(path, text)| path.len() + text.len());
    let texts = content.title.iter().chain(&content.descriptions).chain(&content.keywords).map(String::len);
    let rules = unit.rules.rules.iter().map(|rule| {
        let terms = rule.terms.iter().map(|(id, date)| id.len() + date.as_ref().map_or(0, String::len));
        rule.category.len()
            + terms.sum::<usize>()
            + rule.ref_non_rule_ids.iter().map(String::len).sum::<usize>()
    });
    others.chain(texts).chain(rules).sum()
}
