//! Units, files and archives as the API writes them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::access::{Retention, UnitView};
use crate::catalog::{Archive, Object, UnitLine};
use crate::model::{Content, Fate, NamedFormat, Rules};
use crate::seda::opening::Opening;
use crate::seda::retention::Due;

#[derive(Serialize)]
pub(super) struct UnitJson<'a> {
    unit_id: Uuid,
    archive_id: Uuid,
    cote: &'a str,
    root: bool,
    description_level: Option<&'a str>,
    title: &'a str,
    start_date: Option<&'a str>,
    end_date: Option<&'a str>,
    originating_agency: Option<&'a str>,
    taken_in_charge_at: DateTime<Utc>,
    has_children: bool,
    object_count: u32,
}

impl<'a> From<&'a UnitLine> for UnitJson<'a> {
    fn from(unit: &'a UnitLine) -> Self {
        Self {
            unit_id: unit.unit_id.0,
            archive_id: unit.archive_id.0,
            cote: &unit.cote,
            root: unit.root,
            description_level: unit.description_level.as_deref(),
            title: &unit.title,
            start_date: unit.start_date.as_deref(),
            end_date: unit.end_date.as_deref(),
            originating_agency: unit.originating_agency.as_deref(),
            taken_in_charge_at: unit.taken_in_charge_at,
            has_children: unit.has_children,
            object_count: unit.object_count,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ArchiveJson<'a> {
    archive_id: Uuid,
    cote: &'a str,
    title: &'a str,
    archival_agreement: &'a str,
    transferring_agency: &'a str,
    originating_agency: Option<&'a str>,
    size_bytes: u64,
    unit_count: u32,
    object_count: u32,
    taken_in_charge_at: DateTime<Utc>,
}

impl<'a> From<&'a Archive> for ArchiveJson<'a> {
    fn from(archive: &'a Archive) -> Self {
        Self {
            archive_id: archive.archive_id.0,
            cote: &archive.cote,
            title: &archive.title,
            archival_agreement: &archive.agreement,
            transferring_agency: &archive.transferring_agency,
            originating_agency: archive.originating_agency.as_deref(),
            size_bytes: archive.size_bytes,
            unit_count: archive.unit_count,
            object_count: archive.object_count,
            taken_in_charge_at: archive.taken_in_charge_at,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ObjectJson<'a> {
    object_id: Uuid,
    archive_id: Uuid,
    seda_id: &'a str,
    usage: Option<&'a str>,
    file_name: &'a str,
    size_bytes: u64,
    sha512: String,
    media_type: &'a str,
    format_id: Option<&'a str>,
    format: Option<FormatJson<'a>>,
    format_basis: Option<&'a str>,
    format_signatures: Option<&'a str>,
    content: String,
}

impl<'a> From<&'a Object> for ObjectJson<'a> {
    fn from(object: &'a Object) -> Self {
        Self {
            object_id: object.object_id.0,
            archive_id: object.archive_id.0,
            seda_id: &object.seda_id,
            usage: object.usage.as_deref(),
            file_name: &object.file_name,
            size_bytes: object.size_bytes,
            sha512: hex::encode(&object.sha512),
            media_type: &object.media_type,
            format_id: object.format_id.as_deref(),
            format: object.format.as_ref().map(FormatJson::from),
            format_basis: object.format_basis.as_deref(),
            format_signatures: object.format_signatures.as_deref(),
            content: format!("/api/v1/objects/{}/content", object.object_id),
        }
    }
}

/// A format as PRONOM names it.
#[derive(Serialize)]
struct FormatJson<'a> {
    puid: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    media_type: Option<&'a str>,
}

impl<'a> From<&'a NamedFormat> for FormatJson<'a> {
    fn from(format: &'a NamedFormat) -> Self {
        let said = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        Self {
            puid: &format.puid,
            name: &format.name,
            version: said(&format.version),
            media_type: said(&format.mime),
        }
    }
}

/// Another simple element of the description.
#[derive(Serialize)]
struct OtherJson<'a> {
    path: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct TermJson<'a> {
    rule: &'a str,
    start_date: Option<&'a str>,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    category: &'a str,
    terms: Vec<TermJson<'a>>,
    final_action: Option<&'a str>,
    prevent_inheritance: bool,
}

#[derive(Serialize)]
pub(super) struct UnitDetailJson<'a> {
    #[serde(flatten)]
    line: UnitJson<'a>,
    seda_id: &'a str,
    descriptions: &'a [String],
    transacted_date: Option<&'a str>,
    keywords: &'a [String],
    others: Vec<OtherJson<'a>>,
    rules: Vec<RuleJson<'a>>,
    communicability: CommunicabilityJson,
    retention: Option<RetentionJson<'a>>,
    archive: ArchiveJson<'a>,
    ancestors: Vec<UnitJson<'a>>,
    parents: Vec<UnitJson<'a>>,
    objects: Vec<ObjectJson<'a>>,
}

/// From when anybody may read it.
#[derive(Serialize)]
struct CommunicabilityJson {
    state: &'static str,
    from: Option<NaiveDate>,
}

/// When its time is over, and what then.
#[derive(Serialize)]
struct RetentionJson<'a> {
    /// Its last day; null: nobody can tell, so never.
    until: Option<NaiveDate>,
    final_action: Option<&'static str>,
    /// Code of the rule of the retention schedule that its agreement names.
    rule: Option<&'a str>,
    /// The schedule asks for more than the transfer said.
    by_schedule: bool,
}

impl<'a> From<&'a Retention> for RetentionJson<'a> {
    fn from(retention: &'a Retention) -> Self {
        let Due { until, fate, by_schedule } = retention.due;
        let final_action = fate.map(|fate| match fate {
            Fate::Keep => "keep",
            Fate::Sort => "sort",
            Fate::Destroy => "destroy",
        });
        Self {
            until,
            final_action,
            rule: retention.rule.as_ref().map(|rule| rule.code.as_str()),
            by_schedule,
        }
    }
}

impl From<Opening> for CommunicabilityJson {
    fn from(opening: Opening) -> Self {
        let (state, from) = match opening {
            Opening::Free => ("free", None),
            Opening::From(day) => ("from", Some(day)),
            Opening::Unknown => ("unknown", None),
            Opening::Never => ("never", None),
        };
        Self { state, from }
    }
}

impl<'a> From<&'a UnitView> for UnitDetailJson<'a> {
    fn from(view: &'a UnitView) -> Self {
        let content = &view.unit.content;
        Self {
            line: UnitJson::from(&view.unit.line),
            seda_id: &view.unit.seda_id,
            descriptions: &content.descriptions,
            transacted_date: content.transacted_date.as_deref(),
            keywords: &content.keywords,
            others: others(content),
            rules: rules(&view.unit.rules),
            communicability: CommunicabilityJson::from(view.opening),
            retention: view.retention.as_ref().map(RetentionJson::from),
            archive: ArchiveJson::from(&view.archive),
            ancestors: view.ancestors.iter().map(UnitJson::from).collect(),
            parents: view.parents.iter().map(UnitJson::from).collect(),
            objects: view.objects.iter().map(ObjectJson::from).collect(),
        }
    }
}

fn others(content: &Content) -> Vec<OtherJson<'_>> {
    content.others.iter().map(|(path, text)| OtherJson { path, text }).collect()
}

fn rules(rules: &Rules) -> Vec<RuleJson<'_>> {
    rules
        .rules
        .iter()
        .map(|rule| RuleJson {
            category: &rule.category,
            terms: rule
                .terms
                .iter()
                .map(|(rule, start_date)| TermJson { rule, start_date: start_date.as_deref() })
                .collect(),
            final_action: rule.final_action.as_deref(),
            prevent_inheritance: rule.prevent_inheritance,
        })
        .collect()
}
