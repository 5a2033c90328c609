//! The records every SEDA version is read into: header, units, objects, groups, rules, references.
//!
//! Field names are SEDA 2.x's. Identifiers (`id`, `target`, `group`) are those of the message; the catalogue's own are
//! given when the transfer is sealed. Numbers of units and objects are their places in the manifest, from 0. All the
//! records of one message together are a `seda::Manifest`.

use serde::{Deserialize, Serialize};

/// Versions of the standard, told by the root's namespace alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SedaVersion {
    V0_2,
    V1_0,
    V2_0,
    V2_1,
    V2_2,
    V2_3,
}

impl SedaVersion {
    /// The number people write: `2.1`.
    pub fn number(self) -> &'static str {
        match self {
            SedaVersion::V0_2 => "0.2",
            SedaVersion::V1_0 => "1.0",
            SedaVersion::V2_0 => "2.0",
            SedaVersion::V2_1 => "2.1",
            SedaVersion::V2_2 => "2.2",
            SedaVersion::V2_3 => "2.3",
        }
    }

    /// Target namespace of the schema (seda.md §1).
    pub fn namespace(self) -> &'static str {
        match self {
            SedaVersion::V0_2 => "fr:gouv:ae:archive:draft:standard_echange_v0.2",
            SedaVersion::V1_0 => "fr:gouv:culture:archivesdefrance:seda:v1.0",
            SedaVersion::V2_0 => "fr:gouv:culture:archivesdefrance:seda:v2.0",
            SedaVersion::V2_1 => "fr:gouv:culture:archivesdefrance:seda:v2.1",
            SedaVersion::V2_2 => "fr:gouv:culture:archivesdefrance:seda:v2.2",
            SedaVersion::V2_3 => "fr:gouv:culture:archivesdefrance:seda:v2.3",
        }
    }

    /// Every version, oldest first.
    pub const ALL: [SedaVersion; 6] = [
        SedaVersion::V0_2,
        SedaVersion::V1_0,
        SedaVersion::V2_0,
        SedaVersion::V2_1,
        SedaVersion::V2_2,
        SedaVersion::V2_3,
    ];

    /// The version whose number this is.
    pub fn from_number(number: &str) -> Option<SedaVersion> {
        SedaVersion::ALL.into_iter().find(|version| version.number() == number)
    }
}

/// What the header of an `ArchiveTransfer` and the metadata of its package say.
#[derive(Clone, Debug)]
pub struct Heading {
    pub version: SedaVersion,
    pub message_identifier: String,
    /// `Date`, lexical form.
    pub date: String,
    pub archival_agreement: Option<String>,
    pub archival_agency: Option<String>,
    pub transferring_agency: Option<String>,
    pub originating_agency: Option<String>,
    pub submission_agency: Option<String>,
    pub archival_profile: Option<String>,
    /// Line of the message's own signature (`Signature`, before 2.0 `NonRepudiation`).
    pub signature_line: Option<u64>,
    /// Rules of the package (`ManagementMetadata`): a virtual root above all units.
    pub rules: Rules,
    /// Of those rules.
    pub weight: Weight,
}

impl Heading {
    /// A header that says nothing yet.
    pub fn new(version: SedaVersion) -> Self {
        Self {
            version,
            message_identifier: String::new(),
            date: String::new(),
            archival_agreement: None,
            archival_agency: None,
            transferring_agency: None,
            originating_agency: None,
            submission_agency: None,
            archival_profile: None,
            signature_line: None,
            rules: Rules::default(),
            weight: Weight::default(),
        }
    }
}

/// How much a message says of one thing: what is past the bounds is counted here, and not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    pub bytes: u64,
    /// Texts, however short.
    pub texts: u64,
}

/// A wrapper `ArchiveUnit` that holds an `ArchiveUnitRefId`: `target` is also a child of `parent`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitLink {
    /// The wrapper's own identifier, which names nothing.
    pub id: String,
    /// Number of the unit it stands in; `None` at the top.
    pub parent: Option<u32>,
    pub target: String,
    pub line: u64,
}

/// What a reference must name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referent {
    Unit,
    Object,
    Group,
    /// A unit whose document is signed (2.3).
    SignedDocument,
}

/// A reference met in descriptions, object relations or log books.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub referent: Referent,
    pub target: String,
    pub line: u64,
}

/// A reference from a unit to what it describes (`DataObjectReference`).
#[derive(Clone, Debug, PartialEq)]
pub struct UnitReference {
    /// Number of the unit.
    pub unit: u32,
    /// An object, or a group.
    pub referent: Referent,
    pub target: String,
}

/// An identifier that nothing refers to: that of a rule, a keyword…
#[derive(Clone, Debug, PartialEq)]
pub struct OtherId {
    pub id: String,
    pub line: u64,
}

/// An archive unit (2.x `ArchiveUnit`). Wrappers that only hold an `ArchiveUnitRefId` are links, not units.
///
/// What it stands under and what it refers to is not here: units and objects may be millions, and are joined by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unit {
    pub id: String,
    pub content: Content,
    pub rules: Rules,
    /// `ArchiveUnitProfile`: the profile it says it follows.
    pub archive_unit_profile: Option<String>,
    /// `UpdateOperation`, where it is tolerated: the archived unit it would be attached to.
    pub attached_to: Option<String>,
    pub weight: Weight,
    /// Line of the start tag in the manifest.
    pub line: u64,
}

/// Description of a unit (`Content`). Dates keep their lexical form (year, month, day or time).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub description_level: Option<String>,
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub descriptions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transacted_date: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originating_agency: Option<String>,
    /// Every other simple element of `Content`, in document order: (path under `Content`, text).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(String, String)>,
}

/// Management rules as written, by category; inheritance is computed by whoever needs it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

/// One category's declaration: `AppraisalRule`, `AccessRule`…
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The element's name.
    pub category: String,
    /// (`Rule`, `StartDate`) in order.
    pub terms: Vec<(String, Option<String>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_action: Option<String>,
    #[serde(default)]
    pub prevent_inheritance: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ref_non_rule_ids: Vec<String>,
    /// `HoldEndDate` of each term of a `HoldRule`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hold_end_dates: Vec<Option<String>>,
    /// `HoldReassessingDate` of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hold_reassessing_dates: Vec<Option<String>>,
    /// Of a `ClassificationRule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification_level: Option<String>,
}

/// A binary object (objet numérique) as declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BinaryObject {
    pub id: String,
    pub group: Option<String>,
    /// `DataObjectVersion`: usage[_n].
    pub usage: Option<String>,
    /// Path of the file in the package, as written.
    pub uri: Option<String>,
    /// The bytes travel in the message itself (`Attachment`).
    pub inline: Option<Inline>,
    pub digest: Option<String>,
    pub digest_algorithm: Option<String>,
    /// `Size`, in bytes.
    pub size_bytes: Option<u64>,
    /// `Compressed`: what it says, and from how many bytes.
    pub compressed: Option<String>,
    pub uncompressed_bytes: Option<u64>,
    pub format_id: Option<String>,
    pub mime_type: Option<String>,
    pub file_name: Option<String>,
    pub line: u64,
}

/// Content that travels in the message: where its bytes lie once decoded, among those kept with the description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inline {
    pub place: u64,
    pub size_bytes: u64,
}

/// A physical object as declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhysicalObject {
    pub id: String,
    pub group: Option<String>,
    pub usage: Option<String>,
    pub physical_id: Option<String>,
    pub line: u64,
}

/// A group of objects of one same content, in either writing of 2.x.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectGroup {
    pub id: String,
    pub line: u64,
}
