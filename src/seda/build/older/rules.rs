//! Access and appraisal rules: nearest wins in 0.2 and 1.0, so a level that declares one again prevents inheritance.

use super::values::final_action;
use super::{Builder, Context};
use crate::model::Rule;

/// What a rule says, until its end.
#[derive(Default)]
pub(super) struct Terms {
    code: String,
    duration: Option<String>,
    start: Option<String>,
}

impl Terms {
    pub(super) fn fill(&mut self, path: &str, value: &str) {
        match path {
            "Code" => self.code = value.to_owned(),
            "Duration" => self.duration = Some(value.to_owned()),
            "StartDate" => self.start = Some(value.to_owned()),
            _ => {}
        }
    }
}

impl Builder {
    pub(super) fn end_rule(&mut self, context: Context) {
        let Terms { code, duration, start } = std::mem::take(&mut self.terms);
        let Some(level) = self.levels.last_mut() else { return };
        let is_access = context == Context::AccessRule;
        let is_declared = if is_access { &mut level.has_access } else { &mut level.has_appraisal };
        let prevent_inheritance = std::mem::replace(is_declared, true);
        let bytes =
            code.len() + duration.as_deref().map_or(0, str::len) + start.as_deref().map_or(0, str::len);
        let final_action = (!is_access).then(|| final_action(&code).to_owned());
        let rule = Rule {
            category: if is_access { "AccessRule" } else { "AppraisalRule" }.to_owned(),
            terms: vec![(if is_access { code } else { duration.unwrap_or_default() }, start)],
            final_action,
            prevent_inheritance,
            ..Rule::default()
        };
        if let Some((unit, true)) = self.sink.unit(bytes) {
            unit.rules.rules.push(rule);
        }
    }
}
