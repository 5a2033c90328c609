//! Words of the archive as plain values, spelled as SEDA, OAIS and PREMIS spell them.
//!
//! Nothing here reads, writes, asks the time or knows a database. Every other floor speaks in these
//! values; see `docs/glossary.md` for the French words beside them.

pub mod catalogue;
pub mod conditions;
pub mod convention;
pub mod decision;
pub mod deposit_limit;
pub mod description;
pub mod event;
pub mod expected;
pub mod file_kind;
pub mod findings;
pub mod format;
pub mod ids;
pub mod limits;
pub mod numbering;
pub mod numbers;
pub mod parties;
pub mod retention;
pub mod scope;
pub mod signature;
pub mod transfer;
pub mod trend;
pub mod virus;

pub use conditions::{Age, Conditions, CopySaid, READING_DAYS_MIN, ReplyCodes, Signing};
pub use convention::{
    ActiveConvention, CONVENTION_FIELDS, Closed, Convention, ConventionDetails, ConventionState, Regime,
    Standing, Suspension,
};
pub use decision::{DecisionSaid, Refusal, RefusalReason, Unmotivated, tidied};
pub use deposit_limit::{DepositLimit, Deposited, Period};
pub use description::{
    BinaryObject, Content, Heading, Inline, ObjectGroup, OtherId, PhysicalObject, Reference, Referent, Rule,
    Rules, SedaVersion, Unit, UnitLink, UnitReference, Weight,
};
pub use event::{Agent, Event, EventType, Outcome};
pub use file_kind::{FileKind, FileKinds, KindCount};
pub use findings::{Finding, Findings, Severity};
pub use format::{FormatPolicy, FormatRisk, NamedFormat, WhenAmiss};
pub use ids::{
    AgreementId, ArchiveId, MachineId, MessageId, ObjectId, PartyId, PersonId, ProfileId, TenantId,
    TransferId, UnitId,
};
pub use limits::Limits;
pub use numbering::{NumberKind, Numbered, Pattern};
pub use parties::{Acceptance, Agreement, MEMBER_KINDS, Party, Role};
pub use retention::{Fate, RetentionRule, ScheduleLevel, StartEvent, Utility};
pub use scope::{Facts, Holding, Reading, Scope, Way};
pub use signature::{Indication, Signatures};
pub use transfer::{Channel, ReplyForm, Transfer, TransferState};
pub use trend::Outlook;
pub use virus::{Engine, LargeFiles, NotScanned, VirusCheck, VirusCoverage};
