//! `metadata/transfer.json` of an AIP: how the transfer arrived, and who decided.
//!
//! Fixed by `seal`, as the accession record is. Persons and machines are named by identifier only. The one thing to know:
//! with the accession record and the report of checks, it is what the register of transfers is rebuilt from.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::accession::Error;

/// Version of this file's form; a reader refuses one it does not know.
const FORM: u32 = 1;

/// What the register of transfers says of an accepted one. Times are RFC 3339, UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRecord {
    /// [`TransferRecord::FORM`].
    pub form: u32,
    pub transfer_id: Uuid,
    /// The door it came through.
    pub channel: String,
    /// The depositor: a person or a machine.
    pub person_id: Option<Uuid>,
    pub machine_id: Option<Uuid>,
    /// Name of the container, as the depositor gave it.
    pub file_name: String,
    pub received_at: String,
    pub acknowledged_at: Option<String>,
    /// 1, then one more for each refusal under the same identifier before it.
    pub attempt: u32,
    /// Bytes of the manifest and of every object: what the quota counts.
    pub expanded_bytes: u64,
    /// The archive profile that the manifest declares.
    pub archival_profile: Option<String>,
    /// The version of that profile it was checked against.
    pub profile_version: Option<u32>,
    pub examined_at: Option<String>,
    pub decided_at: Option<String>,
    /// The archivist who accepted it; absent when the agreement accepts by itself.
    pub decided_by: Option<Uuid>,
    /// The version of its agreement's terms that it was judged under, as entries of the journal name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement_terms: Option<String>,
    /// What that archivist said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// How far it was checked for viruses: engine, signatures, files looked at and not.
    #[serde(default)]
    pub virus: Option<Value>,
    /// The electronic signatures that its files bear, the worst told one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Value>,
}

impl TransferRecord {
    /// The form written today.
    pub const FORM: u32 = FORM;

    /// The file's text; the same value gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers");
        text.push('\n');
        text
    }

    /// Reads the file back.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let record: Self = serde_json::from_str(text)?;
        if record.form != FORM {
            return Err(Error::Form(record.form));
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_and_one_of_another_form_is_refused() {
        let record = TransferRecord {
            form: TransferRecord::FORM,
            transfer_id: Uuid::from_u128(1),
            channel: "api".into(),
            person_id: None,
            machine_id: Some(Uuid::from_u128(2)),
            file_name: "versement.zip".into(),
            received_at: "2027-03-01T08:00:00.000000Z".into(),
            acknowledged_at: None,
            attempt: 2,
            expanded_bytes: 10,
            archival_profile: None,
            profile_version: None,
            examined_at: None,
            decided_at: None,
            decided_by: None,
            agreement_terms: None,
            remark: None,
            virus: None,
            signatures: None,
        };
        let text = record.to_json();
        assert_eq!(TransferRecord::from_json(&text).unwrap(), record);
        let other = text.replace("\"form\": 1", "\"form\": 9");
        assert!(matches!(TransferRecord::from_json(&other), Err(Error::Form(9))));
    }
}
