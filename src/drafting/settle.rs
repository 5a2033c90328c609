//! A draft written once for nobody, again and again while something more can be worked out, so that what is left is what only its
//! depositor can say.
//!
//! Never asks the world: the day is given. The one thing to know: the profile's own text, walked by `seda::fill`, says what is lacking.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Europe::Paris;

use super::answers::{PRODUCER, SENDER};
use super::describe::{Additions, Described, describe};
use super::draft::Draft;
use super::ground::Ground;
use super::{automatic, lacks};
use crate::seda::fill::Lack;
use crate::seda::write::element::Element;
use crate::seda::write::transfer::{TransferHeading, archive_transfer};

/// Times a draft is written before what is lacking is told.
const PASSES: usize = 6;

/// A draft with all that could be worked out of it.
pub(super) struct Settled {
    pub described: Described,
    pub more: Additions,
    /// What the profile still asks.
    pub lacks: Vec<Lack>,
}

/// Works out what it can; `before`: kinds of files of earlier deposits, by the letters of their names.
pub(super) fn settle(
    ground: &Ground,
    draft: &Draft,
    before: Vec<(String, String)>,
    at: DateTime<Utc>,
) -> Settled {
    let mut more = Additions { before, ..Additions::default() };
    automatic::of_the_schedule(ground, draft, &mut more);
    let mut passes = 0;
    loop {
        let described = describe(ground, draft, &more);
        // What is written goes nowhere, and nowhere takes all.
        let lacks = write(ground, draft, &described, at, &mut io::sink()).unwrap_or_default();
        passes += 1;
        let found = automatic::more(ground, draft, &described, &lacks, &mut more);
        if !found || passes >= PASSES {
            return Settled { lacks: lacks::told_once(lacks), described, more };
        }
    }
}

/// Writes the manifest; what the profile asks and nobody gave is told, and the manifest is then no use.
pub(super) fn write(
    ground: &Ground,
    draft: &Draft,
    described: &Described,
    at: DateTime<Utc>,
    out: &mut dyn Write,
) -> io::Result<Vec<Lack>> {
    let chosen = |field: &str, all: &[String]| {
        let said = draft.whole().values.get(field).filter(|said| all.contains(said));
        said.or(all.first()).cloned().unwrap_or_default()
    };
    let profile = ground.profile.as_ref();
    let heading = TransferHeading {
        version: ground.version,
        date: at.with_timezone(&Paris).to_rfc3339_opts(SecondsFormat::Secs, false),
        message_identifier: draft.message_identifier.clone(),
        archival_agreement: ground.agreement.identifier.clone(),
        archival_profile: profile.map(|(known, _)| Element::leaf("ArchivalProfile", &known.identifier)),
        archival_agency: ground.agreement.archival_agency.clone(),
        transferring_agency: chosen(SENDER, &ground.agreement.transferring_agencies),
        originating_agency: chosen(PRODUCER, &ground.producers),
    };
    let grammar = profile.map(|(_, profile)| profile.grammar());
    archive_transfer(&heading, &described.objects, &described.root, grammar, out)
}
