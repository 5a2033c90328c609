//! First step: a stream becomes a received transfer, safe on disk and entered in the register.
//!
//! When it returns, the bytes are synced in quarantine, the row and its event are committed, and a job
//! will do the rest. The same bytes sent again, or twice at once, are the same transfer.

use std::io;

use bytes::Bytes;
use fail::fail_point;
use futures_util::Stream;

use super::pairs::Apart;
use super::queries::{self, MessageKind, NewTransfer};
use super::{Error, Ingest, acknowledge, event_object};
use crate::evidence::attestation;
use crate::model::findings as f;
use crate::model::{
    Agent, Channel, CopySaid, Event, EventType, Finding, Outcome, TenantId, Transfer, TransferId,
    TransferState,
};
use crate::storage::Received;
use crate::telemetry;

/// Who deposits, and through which door.
#[derive(Clone, Debug)]
pub struct Depositor {
    pub tenant: TenantId,
    pub agent: Agent,
    pub channel: Channel,
    /// What the depositor says of the files.
    pub copy: Option<CopySaid>,
    /// Bytes that the sender says will come.
    pub announced_bytes: Option<u64>,
}

/// What became of a deposit.
#[derive(Clone, Debug)]
pub struct Reception {
    pub transfer: Transfer,
    /// These bytes were here before: the transfer is the earlier one.
    pub already_known: bool,
}

/// What became of bytes that are whole in quarantine.
#[derive(Clone, Debug)]
pub enum Entered {
    Received(Reception),
    /// Another transfer stands under the identifier of this one, which was not kept.
    OtherContent(Transfer),
}

/// Longest name of a file kept, in characters.
const FILE_NAME_CHARS_MAX: usize = 255;

impl Ingest {
    /// Receives a deposit: see the module. Nothing is left of a stream that breaks off.
    pub async fn receive(
        &self,
        from: &Depositor,
        file_name: &str,
        body: impl Stream<Item = io::Result<Bytes>> + Unpin,
    ) -> Result<Reception, Error> {
        let transfer_id = TransferId(self.clock.fresh_id());
        let quarantine = self.storage.quarantine();
        let _room = self.make_room(from).await?;
        fail_point!("receive-before-quarantine");
        let max = self.limits.received_bytes_max;
        let received = quarantine.receive(from.tenant, transfer_id, body, max).await?;
        fail_point!("receive-after-quarantine");
        // After an error the file stays: a commit whose answer was lost may have made its row. The sweeper
        // takes it once it is old and no row names it.
        match self.enter(from, transfer_id, file_name, &received, None).await? {
            Entered::Received(reception) => {
                if reception.transfer.transfer_id != transfer_id {
                    self.discard(from.tenant, transfer_id).await;
                }
                Ok(reception)
            }
            Entered::OtherContent(_) => Err(Error::Contended),
        }
    }

    /// Enters bytes that are whole in quarantine under `transfer_id`; `apart` is what the manifest says, when it came apart.
    pub(super) async fn enter(
        &self,
        from: &Depositor,
        transfer_id: TransferId,
        file_name: &str,
        received: &Received,
        apart: Option<&Apart>,
    ) -> Result<Entered, Error> {
        let mut read = self.db.read(from.tenant).await?;
        if let Some(known) = self.known(&mut read, &received.sha512).await? {
            return Ok(Entered::Received(known));
        }
        let member = attestation::member(&mut read).await?;
        drop(read);
        let at = self.clock.now();
        let header = apart.and_then(|apart| apart.header.as_ref());
        let acknowledgement = match apart {
            Some(_) => header.map(|header| acknowledge::acknowledge(header, transfer_id, &member.code, at)),
            None => self.peek(from.tenant, transfer_id, received, &member.code, at).await?,
        };

        let mut tx = self.db.write(from.tenant).await?;
        if let (Some(apart), Some(header)) = (apart, header)
            && let Some((standing, manifest)) = self.standing(&mut tx, header).await?
        {
            drop(tx);
            return self.sent_again(from, transfer_id, apart, standing, manifest).await;
        }
        let file_name = plain_file_name(file_name);
        let new = NewTransfer {
            transfer_id,
            channel: from.channel,
            agent: from.agent,
            file_name: &file_name,
            size_bytes: received.size_bytes,
            digest: &received.sha512,
            received_at: at,
            copy: from.copy,
            message_identifier: header.map(|header| header.message_identifier.as_str()),
            transferring_agency: header.and_then(|header| header.transferring_agency.as_deref()),
            manifest_sha512: apart.map(|apart| apart.sha512.as_slice()),
            reply_to: apart.and_then(|apart| apart.reply_to.as_deref()),
        };
        let Some(transfer) = queries::insert_transfer(&mut tx, &new).await? else {
            drop(tx);
            let mut read = self.db.read(from.tenant).await?;
            let known = self.known(&mut read, &received.sha512).await?.ok_or(Error::Contended)?;
            return Ok(Entered::Received(known));
        };
        if let Some(ack) = acknowledgement {
            let (id, kind) = (self.clock.fresh_id(), MessageKind::Acknowledgement);
            queries::insert_message(&mut tx, id, transfer_id, kind, &ack.identifier, &ack.body, at).await?;
        }
        tx.record(reception(from, transfer_id, received));
        self.attest_reception(&mut tx, from, member, &transfer).await?;
        tx.enqueue(super::JOB_INGEST, transfer_id.0, at).await?;
        fail_point!("receive-before-commit");
        tx.commit().await?;
        fail_point!("receive-after-commit");
        telemetry::received(received.size_bytes);
        telemetry::transfer_is_now(TransferState::Received);
        Ok(Entered::Received(Reception { transfer, already_known: false }))
    }

    /// What comes under the identifier of a transfer that stands: that transfer, or something else.
    async fn sent_again(
        &self,
        from: &Depositor,
        transfer_id: TransferId,
        apart: &Apart,
        standing: Transfer,
        manifest: Option<Vec<u8>>,
    ) -> Result<Entered, Error> {
        let same_manifest = manifest.as_deref() == Some(apart.sha512.as_slice());
        if same_manifest && self.has_same_files(from.tenant, transfer_id, &standing, &apart.sha512).await? {
            return Ok(Entered::Received(Reception { transfer: standing, already_known: true }));
        }
        Ok(Entered::OtherContent(standing))
    }

    /// The transfer these bytes already are. A refusal stands for its bytes, unless its reasons lie with the registers
    /// (agreement, profile, parties, quota) or the virus scanner, whose signatures know better each day: these may have
    /// changed since, and a new attempt opens.
    async fn known(
        &self,
        tx: &mut crate::db::TenantRead,
        sha512: &[u8; 64],
    ) -> Result<Option<Reception>, Error> {
        let Some(transfer) = queries::find_by_digest(tx, sha512).await? else { return Ok(None) };
        if transfer.state == TransferState::Refused && may_be_tried_again(&transfer.findings) {
            return Ok(None);
        }
        Ok(Some(Reception { transfer, already_known: true }))
    }

    /// The acknowledgement, when the manifest of a small deposit can be read at once; else the examination
    /// makes it.
    async fn peek(
        &self,
        tenant: TenantId,
        transfer_id: TransferId,
        received: &Received,
        code: &str,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Option<acknowledge::Acknowledged>, Error> {
        if received.size_bytes > acknowledge::PEEK_BYTES_MAX {
            return Ok(None);
        }
        let waiting = self.storage.quarantine().open(tenant, transfer_id)?;
        let (scratch, code) = (self.storage.quarantine().scratch().to_owned(), code.to_owned());
        let header = super::blocking(move || acknowledge::peek(waiting, &scratch)).await?;
        Ok(header.map(|header| acknowledge::acknowledge(&header, transfer_id, &code, at)))
    }

    /// Takes the bytes of a transfer known before out of quarantine; the sweeper does it if this fails.
    pub(super) async fn discard(&self, tenant: TenantId, transfer_id: TransferId) {
        let quarantine = self.storage.quarantine().clone();
        let _ = super::blocking(move || Ok(quarantine.remove(tenant, transfer_id)?)).await;
    }
}

fn reception(from: &Depositor, id: TransferId, received: &Received) -> Event {
    Event {
        event_type: EventType::Reception,
        outcome: Outcome::Ok,
        agent: from.agent,
        object: event_object(id),
        detail: vec![
            ("canal", from.channel.word().into()),
            ("octets", received.size_bytes.to_string()),
            ("sha512", hex::encode(received.sha512)),
        ],
    }
}

/// Whether every reason of a refusal lies with the registers, or the virus scanner, rather than with the bytes.
fn may_be_tried_again(findings: &[Finding]) -> bool {
    let mut errors = findings.iter().filter(|finding| finding.is_error()).peekable();
    errors.peek().is_some()
        && errors.all(|error| {
            let code = error.kind.code;
            code.starts_with("quota.")
                || code.starts_with("virus.")
                // What the agreement asks, and who is believed.
                || code.starts_with("signature.")
                || [f::OBJECT_DIGEST_NOT_ADMITTED.code, f::RULE_DEFINITIVE.code].contains(&code)
                || code.starts_with("profile.")
                || (code.starts_with("header.") && code != "header.identifier_empty")
        })
}

/// The last part of a name given by a browser or machine, without control characters, shortened.
pub(super) fn plain_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS_MAX).collect();
    if plain.trim().is_empty() { "versement".into() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reasons_that_may_change_let_the_same_bytes_be_tried_again() {
        let quota = Finding::new(&f::QUOTA_EXCEEDED, "");
        let closed = Finding::new(&f::HEADER_AGREEMENT_CLOSED, "");
        let unreadable = Finding::new(&f::CONTAINER_UNREADABLE, "");
        assert!(may_be_tried_again(&[quota.clone(), closed]));
        assert!(may_be_tried_again(&[Finding::new(&f::VIRUS_FOUND, "")]), "a false alarm is put right");
        assert!(!may_be_tried_again(&[quota, unreadable]));
        assert!(!may_be_tried_again(&[]));
    }

    #[test]
    fn a_file_name_is_one_plain_name() {
        assert_eq!(plain_file_name("C:\\Users\\mairie\\délib.zip"), "délib.zip");
        assert_eq!(plain_file_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_file_name("a\u{0}\nb"), "ab");
        assert_eq!(plain_file_name("dossier/"), "versement");
    }
}
