//! Of every table, whether a rebuild makes it again, and from what. A test reads the tables and columns of the real schema
//! and fails for one that is not here; another compares, row by row, what is said to be rebuilt.
//!
//! Decides nothing: it is the promise, in one place.

/// What a table is made again from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The archives' objects on the site.
    Objects,
    /// The register's copy beside them (`register.json`); without it, stubs that the members' files complete.
    Register,
    /// The journal's copy beside them.
    Journal,
    /// The members' files: `chartrier tenants apply`, after the rebuild.
    Files,
    /// Nothing: why is said.
    Nothing,
}

/// A table and what becomes of it.
#[derive(Debug)]
pub struct Table {
    /// With its schema, unless it is a member's.
    pub name: &'static str,
    pub source: Source,
    /// Columns that are not made again as they were, each with the reason.
    pub but: &'static [(&'static str, &'static str)],
    /// The rows that are made again, as a condition on `t`; empty: all of them.
    pub only: &'static str,
    /// What is to be known of it.
    pub why: &'static str,
}

const fn rebuilt(name: &'static str, source: Source) -> Table {
    Table { name, source, but: &[], only: "", why: "" }
}

const fn lost(name: &'static str, why: &'static str) -> Table {
    Table { name, source: Source::Nothing, but: &[], only: "", why }
}

/// Of the columns that say an object's format.
const NAMED: &str = "what was found at the taking in charge: a later naming is asked for again";

/// Of the survey's campaigns.
const SURVEY: &str =
    "says nothing of an archive: the pilot keeps the tables that were imported and those that were given out";

/// Every table of the schema.
pub const TABLES: &[Table] = &[
    rebuilt("archive", Source::Objects),
    rebuilt("unit", Source::Objects),
    rebuilt("unit_link", Source::Objects),
    rebuilt("unit_object", Source::Objects),
    rebuilt("unit_search", Source::Objects),
    rebuilt("search_stretch", Source::Objects),
    Table {
        but: &[
            ("puid", NAMED),
            ("format_name", NAMED),
            ("format_version", NAMED),
            ("format_mime", NAMED),
            ("format_basis", NAMED),
            ("format_signatures", NAMED),
        ],
        ..rebuilt("binary_object", Source::Objects)
    },
    Table {
        but: &[(
            "verified_at",
            "the last reading was another: that of the rebuild, or of the taking in charge",
        )],
        why: "copies on sites that are away are found by a rebuild from those sites",
        ..rebuilt("copy", Source::Objects)
    },
    Table {
        but: &[("premis", "the document itself: what it was made of serves until the copies stand")],
        only: "t.transfer_id in (select a.transfer_id from archive a where a.tenant_id = t.tenant_id)",
        ..rebuilt("accession", Source::Objects)
    },
    Table {
        but: &[
            (
                "file_kinds",
                "of what waits for a decision: once taken in charge, the formats of the objects say it",
            ),
            ("finding_places", "where the report of checks has a line and a path"),
            ("copy_said", "told by the findings that the archive keeps, when it mattered"),
            ("reply_to", "what was to be told was told"),
        ],
        only: "t.state = 'taken_in_charge'",
        why: "one that waits in quarantine is received again; of a refused one the journal alone keeps the trace",
        ..rebuilt("transfer", Source::Objects)
    },
    Table {
        but: &[("message_id", "a key of the database, seen by nobody")],
        only: "t.transfer_id in (select a.transfer_id from archive a where a.tenant_id = t.tenant_id)",
        ..rebuilt("message", Source::Objects)
    },
    Table {
        why: "the highest number of any object, or of the journal, as the patterns write them",
        ..rebuilt("numbering", Source::Objects)
    },
    rebuilt("numbering_pattern", Source::Register),
    rebuilt("agreement_usage", Source::Objects),
    Table {
        but: &[
            ("deposits_on", "of the last deposit: the day begins anew"),
            ("deposits_count", "of the last deposit: the day begins anew"),
        ],
        why: "what is held; what is promised is the register's",
        ..rebuilt("quota", Source::Objects)
    },
    Table {
        only: "t.event_type <> 'RECONSTRUCTION'",
        why: "the entries of the rebuild itself follow",
        ..rebuilt("event", Source::Journal)
    },
    Table {
        but: &[
            ("seq", "the entries of the rebuild itself follow"),
            ("hash", "the entries of the rebuild itself follow"),
            ("at", "the entries of the rebuild itself follow"),
        ],
        ..rebuilt("journal_head", Source::Journal)
    },
    Table {
        why: "each measure is an entry of the journal, with all its lines; without one, the day is measured again from the rows",
        ..rebuilt("usage_day", Source::Journal)
    },
    rebuilt("usage_agreement", Source::Journal),
    rebuilt("usage_site", Source::Journal),
    rebuilt("member", Source::Register),
    rebuilt("party", Source::Register),
    rebuilt("agreement", Source::Register),
    rebuilt("agreement_version", Source::Register),
    rebuilt("convention", Source::Register),
    rebuilt("retention_rule", Source::Register),
    rebuilt("agreement_party", Source::Register),
    rebuilt("profile", Source::Register),
    rebuilt("profile_version", Source::Register),
    rebuilt("agreement_profile", Source::Register),
    rebuilt("format_risk", Source::Register),
    Table {
        but: &[
            ("password_hash", "never leaves the database: made anew"),
            ("totp_sealed", "never leaves the database: enrolled anew"),
            ("totp_since", "goes with it"),
            ("totp_step", "goes with it"),
            ("created_at", "made again later"),
        ],
        why: "their identifiers come back by `former_account`",
        ..rebuilt("platform.person", Source::Files)
    },
    rebuilt("assignment", Source::Files),
    Table {
        but: &[
            ("secret_hash", "never leaves the database: made anew"),
            ("former_secret_hash", "goes with it"),
            ("former_until", "goes with it"),
            ("rotated_at", "goes with it"),
            ("basic_hash", "never leaves the database: made anew with the secret"),
            ("former_basic_hash", "goes with it"),
            ("bus", "said again at the portal: it chooses which settings are shown"),
            ("jwks", "given again"),
            ("certificates", "given again"),
            ("tiers", "connected again: `chartrier tiers connect`"),
            ("created_at", "made again later"),
        ],
        why: "their identifiers come back by `former_account`",
        ..rebuilt("machine", Source::Files)
    },
    rebuilt("machine_agreement", Source::Files),
    Table {
        but: &[
            ("proof", "made again by the next seal"),
            ("completed_at", "when the proof is made again"),
            ("is_rebuilt", "says so: its depositor was told when it was completed first"),
        ],
        only: "t.transfer_id in (select a.transfer_id from archive a where a.tenant_id = t.tenant_id)",
        why: "the journal alone keeps those of refused transfers: number and digest, which prove the files that were given out",
        ..rebuilt("attestation", Source::Journal)
    },
    lost("derogation_request", "the journal says that it was asked for; the person asks again"),
    lost("integrity_request", "asked for again"),
    lost("former_account", "what the register's copy says of accounts that are to be made again"),
    Table { why: "each is whole in its entry of the journal", ..rebuilt("statement", Source::Journal) },
    lost("platform.bill_year", "prepared again: the pilot keeps the table of items"),
    lost("platform.bill_credit", "imported again with its year"),
    lost("platform.bill_item", "imported again with its year"),
    lost(
        "platform.bill_voucher",
        "attached again by the pilot; closings and statements name each by its digest",
    ),
    lost("platform.bill_issued", "speaks of closings of this database"),
    lost(
        "platform.bill_closing",
        "each member's statement comes back from its journal; the table given to all has the rest",
    ),
    lost(
        "platform.entry",
        "the pilot's own: entered again; conventions and deposits say where each member stands",
    ),
    lost("platform.entry_step", "goes with it"),
    lost("platform.entry_contact", "goes with it"),
    lost("platform.entry_training", "goes with it"),
    lost("platform.entry_planned", "goes with it"),
    lost("platform.entry_capacity", "said again"),
    lost("platform.committee_decision", "kept in the minutes of the committees"),
    lost("platform.survey_campaign", SURVEY),
    lost("platform.survey_step", SURVEY),
    lost("platform.survey_producer", SURVEY),
    lost("platform.survey_import", SURVEY),
    lost("platform.survey_answer", SURVEY),
    lost("platform.survey_note", SURVEY),
    lost("platform.survey_priority", SURVEY),
    lost("platform.survey_link", "links are in the letters alone: reminders make others"),
    lost("platform.simulation", "made again"),
    lost("platform.tiers", "declared again"),
    lost("platform.recovery_code", "given again with the next telephone"),
    lost("platform.password_link", "asked for again"),
    lost("platform.federated_identity", "linked again at the next log-in"),
    lost("glass", "accesses end with the database; the journal has each of them"),
    lost(
        "control_reading",
        "they end with the database; the journal has each of them, and each file opened under it",
    ),
    lost("rebuild", "speaks of this database"),
    lost("left_out", "written again by each rebuild"),
    lost("format_run", "asked for again; the journal keeps what each batch changed"),
    lost(
        "platform.format_signatures",
        "imported again: PRONOM publishes them, and each object says its version",
    ),
    lost("platform.retention_rule", "imported again: it is the département's own file"),
    lost("incident", "the journal keeps the trace; what is still wrong is found again by the readings"),
    lost("missed_deposit", "found again, of the last weeks, at the next look at the calendar"),
    lost("media_migration", "asked for again: the copies that were made are found in their places"),
    lost("log_tile", "hashes of the journal's entries, made again by the next seal"),
    lost(
        "seal",
        "taken back by the next seal from what the sites hold, once the journal is found to be what it seals",
    ),
    lost("platform.seal_leaf", "taken back by the next seal of the platform from what the sites hold"),
    lost("platform.log_tile", "hashes of the leaves, made again with them"),
    lost("platform.seal", "taken back by the next seal of the platform from what the sites hold"),
    lost(
        "platform.token",
        "taken back, once the seals are, from the files beside them on the sites: the authority asked for none of them",
    ),
    lost("platform.renewal_request", "each authority is asked once more"),
    lost(
        "platform.cosignature",
        "taken back from the files beside the seals, by whoever asks the witness next",
    ),
    lost("platform.witness_state", "each witness says how far it saw"),
    lost(
        "platform.witnessed",
        "the last head that was cosigned is read from the sites, where it was kept before it was given",
    ),
    lost("platform.stamping", "said again at the next turn"),
    lost("platform.seal_state", "said again by the next seal"),
    lost("platform.seal_copy", "read again from the sites"),
    lost("platform.canary_damage", "measures of this service's readings, which begin again"),
    lost("platform.site_check", "the readings begin again at once"),
    lost("platform.site_room", "measured again each day"),
    lost("platform.notification", "chosen again: until then everything is told at once"),
    lost("platform.site_absence", "speaks of this service"),
    lost("platform.orphan", "found again by the next listing of the sites"),
    lost("platform.media_migration", "numbers of media_migration, for the operator's page"),
    lost("technical.session", "everyone logs in again"),
    lost("technical.machine_use", "told at the next use"),
    lost("technical.machine_call", "told at the next calls"),
    lost("technical.assertion", "machines sign others"),
    lost("technical.deposit_draft", "prepared again: nothing of it was deposited"),
    lost("technical.deposit_draft_file", "goes with it"),
    lost("technical.upload", "sent again; what was received whole is a transfer"),
    lost("technical.access_token", "machines ask for new ones"),
    lost("technical.login_failure", "forgotten within the hour"),
    lost(
        "technical.job",
        "a rebuild asks for those of the transfers that wait; the others are asked for as need be",
    ),
    lost("technical.journal_copy", "read again from the sites"),
    lost("technical.letter", "what they tell is at the portal"),
    lost("technical.backup", "speaks of this database's backups"),
    lost("technical.rehearsal", "speaks of this database; the journal keeps that they took place"),
    lost("_sqlx_migrations", "written by `chartrier migrate`"),
];
