//! Tolerances: extensions that another system accepts and the standard does not, let in by name, agreement by agreement.
//!
//! Off by default. What is let in is said as a warning at its place, and read where it is understood.

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

/// Elements that these tolerances let in: (parent, child).
pub fn elements(tolerances: &[Tolerance], version: SedaVersion) -> Vec<(&'static str, &'static str)> {
    tolerances.iter().flat_map(|tolerance| tolerance.elements(version)).copied().collect()
}
