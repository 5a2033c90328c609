//! The acknowledgement: we have the message; nothing is said yet of what it holds.
//!
//! Small deposits are acknowledged as they arrive; the manifest of a large one is read first by the
//! background work, and acknowledged before its objects are.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::Error;
use super::unpack::unpack_waiting;
use super::validate::{Validated, validate};
use crate::model::{Limits, SedaVersion, TransferId};
use crate::package::accession::acknowledgement_identifier;
use crate::seda::{self, write};
use crate::storage::InQuarantine;

/// Deposits up to this size are read while their sender waits.
pub const PEEK_BYTES_MAX: u64 = 8 << 20;

/// What an acknowledgement repeats of the message.
#[derive(Clone, Debug)]
pub struct Header {
    pub version: SedaVersion,
    pub message_identifier: String,
    pub archival_agency: Option<String>,
    pub transferring_agency: Option<String>,
}

/// An acknowledgement ready to be kept.
pub struct Acknowledged {
    pub identifier: String,
    pub body: String,
}

/// The header of a small deposit; `None` when it cannot be read within small limits (the examination will
/// say why).
pub fn peek(waiting: InQuarantine, scratch: &Path) -> Result<Option<Header>, Error> {
    let limits = Limits {
        expanded_bytes_max: 16 * PEEK_BYTES_MAX,
        manifest_bytes_max: PEEK_BYTES_MAX,
        xml_elements_max: 200_000,
        entries_max: 10_000,
        ..Limits::default()
    };
    let validated = validate(unpack_waiting(waiting, scratch, &limits)?, &limits, seda::Options::default())?;
    Ok(validated.manifest.is_some().then(|| header(&validated)).flatten())
}

/// The header of a transfer that could be read so far.
pub fn header(validated: &Validated) -> Option<Header> {
    header_of(validated.message.as_ref(), &validated.header)
}

/// The header of a message, from what was read of it.
pub(super) fn header_of(
    message: Option<&(SedaVersion, String)>,
    header: &seda::read::Header,
) -> Option<Header> {
    let (version, root) = message?;
    let identifier = header.message_identifier.as_ref().filter(|identifier| !identifier.trim().is_empty())?;
    (root == "ArchiveTransfer").then(|| Header {
        version: *version,
        message_identifier: identifier.clone(),
        archival_agency: header.archival_agency.clone(),
        transferring_agency: header.transferring_agency.clone(),
    })
}

/// The acknowledgement of a message, by the member of this code.
pub fn acknowledge(
    header: &Header,
    transfer: TransferId,
    member_code: &str,
    at: DateTime<Utc>,
) -> Acknowledged {
    let identifier = acknowledgement_identifier(member_code, transfer.0);
    let body = write::acknowledgement(&write::Acknowledgement {
        version: header.version,
        date: at,
        message_identifier: &identifier,
        message_received_identifier: &header.message_identifier,
        sender: header.archival_agency.as_deref().unwrap_or(member_code),
        receiver: header.transferring_agency.as_deref().unwrap_or("inconnu"),
    });
    Acknowledged { identifier, body }
}
