//! Findings in the tree of what was sent: under the dossier or the file that each concerns.
//!
//! Drawn flat: each line says whether it opens a level and how many end after it, so that the page needs no recursion and no script.

use super::findings::speaks_the_standard;
use crate::ingest::places::{Node, Places};
use crate::model::Finding;
use crate::web::pages::words;

/// Findings told at one line; the others are counted.
const SAID_MAX: usize = 5;
/// Findings of no place told.
const GENERAL_MAX: usize = 20;

/// The card.
pub struct TreeCard {
    pub title: &'static str,
    pub lines: Vec<Line>,
    /// Findings that concern the whole, or have no place.
    pub general: Vec<Said>,
    /// What is not shown.
    pub more: Option<String>,
}

/// A dossier or a file.
pub struct Line {
    pub name: String,
    pub icon: &'static str,
    pub said: Vec<Said>,
    pub more: Option<String>,
    /// « 34 dossiers ou pièces sans remarque ».
    pub quiet: Option<String>,
    /// Lines under it follow.
    pub opens: bool,
    /// Levels that end after it.
    pub closes: u32,
}

/// A finding.
pub struct Said {
    pub is_error: bool,
    pub title: String,
    /// What is wrong here; nothing where only a program would understand.
    pub message: Option<String>,
}

/// The card of these findings; none when nothing has a place.
pub fn card(places: &Places, findings: &[Finding]) -> Option<TreeCard> {
    if places.nodes.is_empty() {
        return None;
    }
    let placed: std::collections::BTreeSet<usize> =
        places.nodes.iter().flat_map(|node| &node.findings).map(|rank| *rank as usize).collect();
    let unplaced: Vec<&Finding> =
        findings.iter().enumerate().filter(|(rank, _)| !placed.contains(rank)).map(|(_, of)| of).collect();
    // Those that have a place past the lines kept are among them.
    let told = unplaced.len().saturating_sub(places.left_out as usize).min(GENERAL_MAX);
    let more = (unplaced.len() - told) as u64;
    let depths = places.nodes.iter().map(|node| node.depth).skip(1).chain([0]);
    let drawn = places.nodes.iter().zip(depths);
    Some(TreeCard {
        title: if places.is_whole { "Ce qu’il contient" } else { "Où cela se trouve" },
        lines: drawn.map(|(node, next)| line(node, next, findings, places.is_whole)).collect(),
        general: unplaced
            .iter()
            .filter(|finding| finding.line.is_none())
            .take(told)
            .map(|of| said(of))
            .collect(),
        more: (more > 0).then(|| {
            format!("Et {}, dans la liste ci-dessus.", words::count(more, "autre constat", "autres constats"))
        }),
    })
}

fn line(node: &Node, next: u32, findings: &[Finding], is_whole: bool) -> Line {
    let its: Vec<&Finding> = node.findings.iter().filter_map(|rank| findings.get(*rank as usize)).collect();
    let more = its.len().saturating_sub(SAID_MAX) as u64;
    Line {
        name: node.name.clone(),
        icon: if node.is_file { "file" } else { "folder" },
        said: its.iter().take(SAID_MAX).map(|of| said(of)).collect(),
        more: (more > 0).then(|| words::count(more, "autre du même endroit", "autres du même endroit")),
        quiet: (node.quiet > 0).then(|| match is_whole {
            true => words::count(node.quiet.into(), "autre élément", "autres éléments"),
            false => {
                words::count(node.quiet.into(), "autre élément sans constat", "autres éléments sans constat")
            }
        }),
        opens: next > node.depth,
        closes: node.depth.saturating_sub(next),
    }
}

fn said(finding: &Finding) -> Said {
    let is_plain = !speaks_the_standard(finding.kind.code);
    Said {
        is_error: finding.is_error(),
        title: words::sentence(finding.kind.title),
        message: is_plain.then(|| words::sentence(&finding.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::findings::{CONTAINER_UNREADABLE, UNIT_NO_TITLE};

    fn node(depth: u32, name: &str, findings: &[u32]) -> Node {
        Node { depth, name: name.into(), is_file: false, findings: findings.to_vec(), quiet: 0 }
    }

    #[test]
    fn levels_open_and_close_as_the_tree_does_and_the_rest_is_told_apart() {
        let findings = vec![
            Finding::new(&UNIT_NO_TITLE, "sans intitulé").at_line(4),
            Finding::new(&UNIT_NO_TITLE, "sans intitulé non plus").at_line(9),
            Finding::new(&CONTAINER_UNREADABLE, "le fichier est abîmé"),
        ];
        let places = Places {
            nodes: vec![node(0, "A", &[]), node(1, "B", &[0]), node(2, "C", &[1]), node(0, "D", &[])],
            ..Places::default()
        };
        let card = card(&places, &findings).unwrap();
        let drawn: Vec<(bool, u32)> = card.lines.iter().map(|line| (line.opens, line.closes)).collect();
        assert_eq!(drawn, [(true, 0), (true, 0), (false, 2), (false, 0)]);
        assert_eq!(card.general.len(), 1);
        assert!(card.more.is_none());
        assert!(super::card(&Places::default(), &findings).is_none());
    }
}
