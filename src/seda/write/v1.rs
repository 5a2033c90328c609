//! 1.0: `Acknowledgement`, and `ArchiveTransferReply` whose code alone tells acceptance from refusal.
//!
//! An acceptance repeats the archive under its reference with what the schema demands of it, once: clients read
//! exactly one `Archive`, the others stand in it as objects.

use super::older::{
    RECEIVED, access_rule, coded, date_time, languages, level, organization, reply_code, title,
};
use super::writer::Writer;
use super::{Acknowledgement, ReplyUnit, TransferReply, comments};
use crate::model::SedaVersion::V1_0;

pub(super) fn acknowledgement(acknowledgement: &Acknowledgement<'_>) -> String {
    let mut out = Writer::new(V1_0, "Acknowledgement");
    out.leaf("Comment", RECEIVED);
    out.leaf("Date", &date_time(acknowledgement.date));
    out.leaf("AcknowledgementIdentifier", acknowledgement.message_identifier);
    out.leaf("MessageReceivedIdentifier", acknowledgement.message_received_identifier);
    organization(&mut out, "Receiver", acknowledgement.receiver);
    organization(&mut out, "Sender", acknowledgement.sender);
    out.finish()
}

pub(super) fn transfer_reply(reply: &TransferReply<'_>) -> String {
    let mut out = Writer::new(V1_0, "ArchiveTransferReply");
    for comment in comments(reply) {
        out.leaf("Comment", &comment);
    }
    out.leaf("Date", &date_time(reply.date));
    if let Some(date) = reply.grant_date {
        out.leaf("GrantDate", &date_time(date));
    }
    reply_code(&mut out, reply.reply_code);
    out.leaf("TransferIdentifier", reply.message_request_identifier);
    out.leaf("TransferReplyIdentifier", reply.message_identifier);
    organization(&mut out, "ArchivalAgency", reply.archival_agency);
    organization(&mut out, "TransferringAgency", reply.transferring_agency);
    if reply.grant_date.is_some()
        && let Some((root, others)) = reply.units.split_first()
    {
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
    languages(out, V1_0, "DescriptionLanguage", &root.description_languages);
    out.leaf("Name", title(root));
    out.open("ContentDescription");
    coded(out, "DescriptionLevel", &level(root));
    languages(out, V1_0, "Language", &root.languages);
    out.close();
    let (code, start) = access_rule(root, reply);
    out.open("AccessRestrictionRule");
    coded(out, "Code", code);
    out.leaf("StartDate", &start);
    out.close();
    for unit in others {
        out.open("ArchiveObject");
        out.leaf("ArchivalAgencyObjectIdentifier", &unit.archival_agency_archive_unit_identifier);
        out.leaf("Name", title(unit));
        out.close();
    }
    out.close();
}
