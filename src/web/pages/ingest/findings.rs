//! Findings for the person who deposited: grouped by gravity, then by kind, each with what to do.
//!
//! Codes, lines, paths and whatever speaks the standard's own language come last and folded, for whoever writes
//! the depositor's software.

use crate::model::Finding;
use crate::web::pages::words;

/// Places named for one kind; the rest are counted.
const PLACES_MAX: usize = 5;

/// Findings of one gravity.
pub struct FindingGroup {
    /// `error` or `warning`.
    pub id: &'static str,
    pub title: &'static str,
    pub icon: &'static str,
    pub count: String,
    pub findings: Vec<FindingView>,
}

/// Findings of one kind.
pub struct FindingView {
    pub code: &'static str,
    pub title: String,
    pub remedy: String,
    /// What is wrong, place by place: the first few.
    pub said: Vec<String>,
    pub more: usize,
    /// Lines and paths of these.
    pub places: Vec<String>,
}

/// The groups that are not empty, gravest first.
pub fn groups(findings: &[Finding]) -> Vec<FindingGroup> {
    let (errors, warnings): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.is_error());
    let group = |id, title, icon, findings: Vec<&Finding>| FindingGroup {
        id,
        title,
        icon,
        count: words::count(findings.len() as u64, "point", "points"),
        findings: by_kind(&findings),
    };
    [
        group("error", "Ce qui a empêché la prise en charge", "cross", errors),
        group("warning", "Remarques", "alert", warnings),
    ]
    .into_iter()
    .filter(|group| !group.findings.is_empty())
    .collect()
}

/// In the order in which each kind comes first.
fn by_kind(findings: &[&Finding]) -> Vec<FindingView> {
    let mut views: Vec<FindingView> = Vec::new();
    for finding in findings {
        let index = views.iter().position(|view| view.code == finding.kind.code).unwrap_or_else(|| {
            views.push(FindingView {
                code: finding.kind.code,
                title: words::sentence(finding.kind.title),
                remedy: words::sentence(finding.kind.remedy),
                said: Vec::new(),
                more: 0,
                places: Vec::new(),
            });
            views.len() - 1
        });
        let view = &mut views[index];
        if view.said.len().max(view.places.len()) == PLACES_MAX {
            view.more += 1;
            continue;
        }
        let message = words::sentence(&finding.message);
        if speaks_the_standard(finding.kind.code) {
            view.places
                .push(place(finding).map_or_else(|| message.clone(), |place| format!("{message} ({place})")));
        } else {
            view.said.push(message);
            view.places.extend(place(finding));
        }
    }
    views
}

/// Families whose messages name elements of the manifest: only its author can use them.
pub(super) fn speaks_the_standard(code: &str) -> bool {
    ["xml.", "schema.", "reference.", "profile."].iter().any(|family| code.starts_with(family))
}

fn place(finding: &Finding) -> Option<String> {
    match (finding.line, finding.path.as_deref()) {
        (Some(line), Some(path)) => Some(format!("ligne {line}, {path}")),
        (Some(line), None) => Some(format!("ligne {line}")),
        (None, Some(path)) => Some(path.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::findings::{CONTAINER_UNREADABLE, Kind};

    #[test]
    fn titles_and_remedies_speak_to_a_secretary() {
        // What is wrong with a profile itself is told to the archivist who imports it.
        let of_import = |kind: &&&Kind| kind.code.starts_with("profile.") && kind.reply_code != "203";
        for kind in crate::model::findings::CATALOGUE.iter().filter(|kind| !of_import(kind)) {
            for word in [
                "SEDA",
                "XML",
                "PUID",
                "DOCTYPE déc",
                "ArchiveTransfer",
                "DataObject",
                "Uri",
                "MessageDigest",
                "Date ",
            ] {
                assert!(
                    !kind.title.contains(word) && !kind.remedy.contains(word),
                    "{} says {word}",
                    kind.code
                );
            }
        }
    }

    #[test]
    fn findings_of_one_kind_stand_together_and_the_long_list_is_cut() {
        let many: Vec<Finding> =
            (0..8).map(|n| Finding::new(&CONTAINER_UNREADABLE, format!("n° {n}")).at_line(n + 1)).collect();
        let groups = groups(&many);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].count, "8\u{a0}points");
        let [view] = &groups[0].findings[..] else { panic!("one kind") };
        assert_eq!((view.said.len(), view.more, view.places[0].as_str()), (5, 3, "ligne 1"));
    }
}
