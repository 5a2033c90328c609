//! What units have from those above them, through several parents and in any order: rules, fate, dates.

use chartrier::model::{Findings, Limits};
use chartrier::seda::{Options, Scratch, consistency, read_manifest};

/// (code, unit) of what is found of rules and dates, in units written flat and linked.
fn found(units: &str, package: &str) -> Vec<(&'static str, String)> {
    let message = format!(
        "<ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\"><Date>2026-11-24T10:00:00</Date>\
         <MessageIdentifier>ESSAI</MessageIdentifier><CodeListVersions/><DataObjectPackage><DescriptiveMetadata>\
         {units}</DescriptiveMetadata><ManagementMetadata>{package}</ManagementMetadata></DataObjectPackage>\
         <ArchivalAgency><Identifier>A</Identifier></ArchivalAgency>\
         <TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>"
    );
    let scratch = Scratch::memory();
    let reading = read_manifest(message.as_bytes(), &Limits::default(), &scratch, Options::default());
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    let mut found = Findings::new(100);
    consistency::check(&reading.manifest.expect("a transfer"), &mut found).expect("memory");
    let about = ["rule.", "unit.dates_"];
    let kept = found.kept().iter().filter(|f| about.iter().any(|prefix| f.kind.code.starts_with(prefix)));
    kept.map(|f| (f.kind.code, f.path.clone().unwrap_or_default())).collect()
}

/// A unit, its rules, its content, and the units it links under itself.
fn unit(id: &str, rules: &str, content: &str, children: &[&str]) -> String {
    let link = |child: &&str| {
        format!("<ArchiveUnit id=\"{id}-{child}\"><ArchiveUnitRefId>{child}</ArchiveUnitRefId></ArchiveUnit>")
    };
    let children: String = children.iter().map(link).collect();
    format!(
        "<ArchiveUnit id=\"{id}\"><Management>{rules}</Management><Content><Title>{id}</Title>{content}</Content>\
         {children}</ArchiveUnit>"
    )
}

fn appraisal(years: u32, more: &str, action: &str) -> String {
    format!(
        "<AppraisalRule><Rule>P{years}Y</Rule><StartDate>2026-01-01</StartDate>{more}\
         <FinalAction>{action}</FinalAction></AppraisalRule>"
    )
}

fn aside(rule: &str) -> String {
    format!("<AccessRule><RefNonRuleId>{rule}</RefNonRuleId></AccessRule>")
}

const PREVENTS: &str = "<PreventInheritance>true</PreventInheritance>";
const ACCESS: &str = "<AccessRule><Rule>A1</Rule></AccessRule>";

#[test]
fn fates_of_two_parents_meet_once_in_the_child_that_has_both() {
    let keeps = unit("K", &appraisal(1, "", "Keep"), "", &["C"]);
    let destroys = unit("D", &appraisal(1, "", "Destroy"), "", &["C"]);
    // The child is written before its parents, and has a child of its own.
    let child = unit("C", "", "", &["E"]) + &unit("E", "", "", &[]);
    assert_eq!(found(&(child + &keeps + &destroys), ""), [("rule.final_actions", "C".to_owned())]);
    let own = unit("C", &appraisal(1, PREVENTS, "Keep"), "", &["E"]) + &unit("E", "", "", &[]);
    assert_eq!(found(&(own + &keeps + &destroys), ""), []);
}

#[test]
fn a_rule_set_aside_is_inherited_from_any_ancestor_or_the_package() {
    let leaf = |rule: &str| unit("C", &aside(rule), "", &[]);
    let tree = |middle: &str| leaf("A1") + &unit("P", middle, "", &["C"]) + &unit("R", ACCESS, "", &["P"]);
    assert_eq!(found(&tree(""), ""), []);
    // Stopped above: by name, or with its whole category.
    let stopped = [("rule.not_inherited", "C".to_owned())];
    assert_eq!(found(&tree(&aside("A1")), ""), stopped);
    assert_eq!(found(&tree(&format!("<AccessRule>{PREVENTS}</AccessRule>")), ""), stopped);
    // Another category's is not stopped by it, nor is it the one named.
    assert_eq!(found(&tree(&format!("<ReuseRule>{PREVENTS}</ReuseRule>")), ""), []);
    assert_eq!(found(&leaf("A1"), "<ReuseRule><Rule>A1</Rule></ReuseRule>"), stopped);
    assert_eq!(found(&leaf("A1"), ACCESS), []);
    // A unit's own rule is none that it inherits.
    let both = "<AccessRule><Rule>A1</Rule><RefNonRuleId>A1</RefNonRuleId></AccessRule>";
    assert_eq!(found(&unit("C", both, "", &[]), ""), stopped);
}

#[test]
fn a_later_end_below_what_is_to_be_destroyed_is_told_where_it_begins() {
    let parent = |action: &str| unit("P", &appraisal(10, "", action), "", &["C"]);
    let child = |years: u32| unit("C", &appraisal(years, PREVENTS, "Destroy"), "", &["E"]);
    let below = unit("E", "", "", &[]);
    let told = [("rule.due_before", "C".to_owned())];
    assert_eq!(found(&(below.clone() + &child(11) + &parent("Destroy")), ""), told);
    assert_eq!(found(&(below.clone() + &child(10) + &parent("Destroy")), ""), []);
    assert_eq!(found(&(below + &child(11) + &parent("Keep")), ""), []);
}

#[test]
fn dates_are_within_those_of_one_parent_at_least() {
    let dated = |start: &str, end: &str| format!("<StartDate>{start}</StartDate><EndDate>{end}</EndDate>");
    let child = unit("C", "", &dated("2024-06", "2025-06"), &[]);
    let year = |id: &str, year: &str| unit(id, "", &dated(year, year), &["M"]);
    // Through a unit without dates.
    let middle = unit("M", "", "", &["C"]);
    let told = [("unit.dates_outside", "C".to_owned())];
    assert_eq!(found(&(child.clone() + &middle + &year("A", "2024")), ""), told);
    assert_eq!(found(&(child.clone() + &middle + &unit("A", "", &dated("2024", "2025"), &["M"])), ""), []);
    let other = unit("B", "", &dated("2020", "2030"), &["C"]);
    assert_eq!(found(&(child + &middle + &year("A", "2024") + &other), ""), []);
}

#[test]
fn units_that_contain_each_other_are_left_to_the_cycle() {
    let cycle = unit("A", &aside("A1"), "", &["B"]) + &unit("B", &appraisal(1, "", "Keep"), "", &["A"]);
    assert_eq!(found(&cycle, ""), []);
}
