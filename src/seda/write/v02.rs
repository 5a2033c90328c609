//! 0.2: `ArchiveTransferReply` as a receipt or a notice of anomaly, `ArchiveTransferAcceptance`.
//!
//! One comment at most is allowed: it holds every sentence, one a line. The receipt bears `000`: the message was read
//! and nothing more; only the acceptance takes in charge.

use super::older::{RECEIVED, coded, date_time, languages, level, organization, reply_code, title};
use super::writer::Writer;
use super::{Acknowledgement, ReplyUnit, TransferReply, comments};
use crate::model::SedaVersion::V0_2;

pub(super) fn acknowledgement(acknowledgement: &Acknowledgement<'_>) -> String {
    let mut out = Writer::new(V0_2, "ArchiveTransferReply");
    out.leaf("Comment", RECEIVED);
    out.leaf("Date", &date_time(acknowledgement.date));
    reply_code(&mut out, "000");
    out.leaf("TransferIdentifier", acknowledgement.message_received_identifier);
    out.leaf("TransferReplyIdentifier", acknowledgement.message_identifier);
    organization(&mut out, "TransferringAgency", acknowledgement.receiver);
    organization(&mut out, "ArchivalAgency", acknowledgement.sender);
    out.finish()
}

pub(super) fn transfer_reply(reply: &TransferReply<'_>) -> String {
    let is_accepted = reply.grant_date.is_some();
    let root = if is_accepted { "ArchiveTransferAcceptance" } else { "ArchiveTransferReply" };
    let mut out = Writer::new(V0_2, root);
    out.leaf("Comment", &comments(reply).join("\n"));
    out.leaf("Date", &date_time(reply.date));
    reply_code(&mut out, reply.reply_code);
    // In the order of the names, as the whole of 0.2.
    if is_accepted {
        out.leaf("TransferAcceptanceIdentifier", reply.message_identifier);
    }
    out.leaf("TransferIdentifier", reply.message_request_identifier);
    if !is_accepted {
        out.leaf("TransferReplyIdentifier", reply.message_identifier);
    }
    organization(&mut out, "TransferringAgency", reply.transferring_agency);
    organization(&mut out, "ArchivalAgency", reply.archival_agency);
    if is_accepted && let Some((root, others)) = reply.units.split_first() {
        archive(reply, root, others, &mut out);
    }
    out.finish()
}

fn archive(reply: &TransferReply<'_>, root: &ReplyUnit, others: &[ReplyUnit], out: &mut Writer) {
    out.open("Archive");
    out.leaf("ArchivalAgencyArchiveIdentifier", &root.archival_agency_archive_unit_identifier);
    if let Some(agreement) = reply.archival_agreement {
        out.leaf("ArchivalAgreement", agreement);
    }
    if let Some(profile) = reply.archival_profile {
        out.leaf("ArchivalProfile", profile);
    }
    languages(out, V0_2, "DescriptionLanguage", &root.description_languages);
    coded(out, "DescriptionLevel", &level(root));
    out.leaf("Name", title(root));
    out.open("ContentDescription");
    languages(out, V0_2, "Language", &root.languages);
    out.close();
    for unit in others {
        out.open("Contains");
        out.leaf("ArchivalAgencyObjectIdentifier", &unit.archival_agency_archive_unit_identifier);
        coded(out, "DescriptionLevel", &level(unit));
        out.leaf("Name", title(unit));
        out.close();
    }
    out.close();
}
