//! Findings as the register keeps them: `[{"code","severity","line","path","message"}]`.

use serde_json::{Value, json};

use crate::model::findings::{self, Kind};
use crate::model::{Finding, Severity};

/// Shown for a code that a later version wrote and this one does not know.
static UNCATALOGUED: Kind = Kind {
    code: "message.uncatalogued",
    severity: Severity::Error,
    reply_code: "101",
    title: "Anomalie relevée par une autre version du service",
    remedy: "Demandez au service d'archives ce que signifie cette anomalie.",
};

/// The findings as JSON.
pub fn write(findings: &[Finding]) -> Value {
    let one = |finding: &Finding| {
        json!({
            "code": finding.kind.code,
            "severity": finding.kind.severity.word(),
            "line": finding.line,
            "path": finding.path,
            "message": finding.message,
        })
    };
    Value::Array(findings.iter().map(one).collect())
}

/// Reads them back.
pub fn read(json: &Value) -> Vec<Finding> {
    let one = |value: &Value| {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        Finding {
            kind: text("code").and_then(findings::kind).unwrap_or(&UNCATALOGUED),
            line: value.get("line").and_then(Value::as_u64),
            path: text("path").map(str::to_owned),
            message: text("message").unwrap_or_default().to_owned(),
            about: None,
        }
    };
    json.as_array().map(|values| values.iter().map(one).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_back_as_they_were() {
        let findings = vec![
            Finding::new(&findings::QUOTA_EXCEEDED, "trop « gros »"),
            Finding::new(&findings::HEADER_AGREEMENT_UNKNOWN, "x").at_line(12).in_path("ArchivalAgreement"),
        ];
        assert_eq!(read(&write(&findings)), findings);
    }
}
