//! What a unit says of itself, in a few numbers: fate, days, level, and the rules that somebody sets aside.
//!
//! Never holds a rule that no unit sets aside: only the first sixty that are have a bit; more are not judged.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::{Above, NEVER, UNKNOWN, bit};
use crate::model::{Rule, Unit};
use crate::seda::date::{first_day, last_day};
use crate::seda::levels::LEVELS;
use crate::seda::span::{self, Span};

/// Rank of a level, from 1; 0 when it is none of the list.
pub fn rank(level: &str) -> u8 {
    LEVELS.iter().position(|known| *known == level).map_or(0, |at| at as u8 + 1)
}

/// The rules that units set aside (`RefNonRuleId`), each with its bit.
#[derive(Default)]
pub struct Asked {
    bits: HashMap<(String, String), u64>,
    of_category: HashMap<String, u64>,
}

impl Asked {
    /// Those of a unit.
    pub fn note(&mut self, unit: &Unit) {
        for rule in &unit.rules.rules {
            for id in &rule.ref_non_rule_ids {
                let key = (rule.category.clone(), id.clone());
                let place = bit::FIRST_RULE + self.bits.len() as u32;
                if place < u64::BITS && !self.bits.contains_key(&key) {
                    self.bits.insert(key, 1 << place);
                    *self.of_category.entry(rule.category.clone()).or_default() |= 1 << place;
                }
            }
        }
    }

    /// The bit of a rule; 0 when nobody sets it aside.
    pub fn bit(&self, category: &str, id: &str) -> u64 {
        // Two texts copied for a lookup: only where some rule of the message is set aside.
        if self.bits.is_empty() {
            return 0;
        }
        self.bits.get(&(category.to_owned(), id.to_owned())).copied().unwrap_or(0)
    }

    fn of_category(&self, category: &str) -> u64 {
        self.of_category.get(category).copied().unwrap_or(0)
    }
}

/// What a unit says of itself; then, once judged, what it has in effect.
#[derive(Clone, Copy)]
pub struct Own {
    pub bits: u64,
    /// Inherited bits that it lets through.
    pub kept: u64,
    /// The last day of its time to be kept, [`NEVER`] when it has none, [`UNKNOWN`] when nobody can tell.
    pub due: i32,
    /// The longest of its times, when it is written as a duration.
    pub longest: Option<Span>,
    /// First and last day of what it describes.
    pub from: i32,
    pub to: i32,
    pub level: u8,
}

impl Own {
    /// Of a unit, or of the package as a unit.
    pub fn of(unit: &Unit, asked: &Asked) -> Self {
        let day = |date: Option<NaiveDate>| date.map_or(NEVER, |day| day.num_days_from_ce());
        let content = &unit.content;
        let mut own = Self {
            bits: 0,
            kept: !bit::ASKS,
            due: NEVER,
            longest: None,
            from: day(content.start_date.as_deref().and_then(first_day)),
            to: day(content.end_date.as_deref().and_then(last_day)),
            level: content.description_level.as_deref().map_or(0, rank),
        };
        unit.rules.rules.iter().for_each(|rule| own.add(rule, asked));
        own
    }

    fn add(&mut self, rule: &Rule, asked: &Asked) {
        for (id, _) in &rule.terms {
            self.bits |= asked.bit(&rule.category, id);
        }
        if rule.prevent_inheritance {
            self.kept &= !asked.of_category(&rule.category);
        }
        for id in &rule.ref_non_rule_ids {
            self.kept &= !asked.bit(&rule.category, id);
            self.bits |= bit::ASKS;
        }
        if rule.category == "AppraisalRule" {
            self.add_appraisal(rule);
        }
    }

    fn add_appraisal(&mut self, rule: &Rule) {
        if rule.prevent_inheritance {
            self.kept &= !(bit::APPRAISAL | bit::KEEP | bit::DESTROY | bit::CODES);
        }
        if !rule.ref_non_rule_ids.is_empty() {
            // Which fate goes with the rules set aside is not said.
            self.kept &= !(bit::KEEP | bit::DESTROY);
        }
        self.bits |= match rule.final_action.as_deref() {
            Some("Keep") => bit::APPRAISAL | bit::KEEP,
            Some("Destroy") => bit::APPRAISAL | bit::DESTROY,
            _ => 0,
        };
        for (id, start) in &rule.terms {
            self.bits |= bit::APPRAISAL;
            let end = span::end(id, start.as_deref()).map_or(UNKNOWN, |day| day.num_days_from_ce());
            self.due = self.due.max(end);
            match Span::read(id) {
                Some(Ok(span)) => self.longest = span::longer(self.longest, Some(span)),
                _ => self.bits |= bit::CODES,
            }
        }
    }

    /// What it has in effect, once what is above is known.
    pub fn under(&self, above: &Above) -> Self {
        let inherits_due = self.kept & bit::APPRAISAL != 0;
        Self {
            bits: (self.bits & !bit::ASKS) | (above.bits & self.kept),
            due: if inherits_due { self.due.max(above.due) } else { self.due },
            longest: if inherits_due { span::longer(self.longest, above.longest) } else { self.longest },
            from: if self.from == NEVER { above.from } else { self.from },
            to: if self.to == NEVER { above.to } else { self.to },
            ..*self
        }
    }
}
