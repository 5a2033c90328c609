//! Tolerances: extensions that another system accepts and the standard does not, let in by name, agreement by agreement.
//!
//! Off by default. What is let in is said as a warning at its place, which bears the tolerance's name, and read where it
//! is understood. The agreement is known once the message is read: ingest reads with all of them, and judges then.

use super::engine::matcher::Tolerated;
use crate::model::SedaVersion;

/// A named tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tolerance {
    /// `Management/UpdateOperation`: attachment to units already archived.
    UpdateOperation,
    /// `HoldRule`, before the version of the standard that has it (2.2).
    HoldRule,
}

impl Tolerance {
    /// Every one.
    pub const ALL: [Tolerance; 2] = [Tolerance::UpdateOperation, Tolerance::HoldRule];

    /// The name in an agreement, and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Tolerance::UpdateOperation => "update_operation",
            Tolerance::HoldRule => "hold_rule",
        }
    }

    /// The tolerance of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tolerance| tolerance.name() == name)
    }

    fn elements(self, version: SedaVersion) -> &'static [(&'static str, &'static str)] {
        match (self, version) {
            (_, SedaVersion::V0_2 | SedaVersion::V1_0) => &[],
            (Tolerance::UpdateOperation, _) => &[("Management", "UpdateOperation")],
            (Tolerance::HoldRule, SedaVersion::V2_0 | SedaVersion::V2_1) => &[
                ("Management", "HoldRule"),
                ("ManagementMetadata", "HoldRule"),
                ("CodeListVersions", "HoldRuleCodeListVersion"),
            ],
            (Tolerance::HoldRule, _) => &[],
        }
    }
}

/// Elements that these tolerances let in.
pub fn elements(tolerances: &[Tolerance], version: SedaVersion) -> Vec<Tolerated> {
    let of = |tolerance: &Tolerance| {
        let by = tolerance.name();
        let elements = tolerance.elements(version).iter();
        elements.map(move |&(parent, child)| Tolerated { parent, child, by })
    };
    tolerances.iter().flat_map(of).collect()
}
