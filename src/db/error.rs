//! What can fail at the gate.

use crate::proof::journal::Fault;

/// A failure of the database or of its use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A change was about to be committed without its event: a fault of ours, and nothing was changed.
    #[error("modification sans événement au journal : rien n'a été enregistré")]
    NothingRecorded,
    /// The tenant has no member, hence no journal.
    #[error("aucun membre sous cet identifiant")]
    UnknownTenant,
    /// The tenant holds every connection that one tenant may have, and none came free in time.
    #[error("ce membre tient déjà ses {connections} connexions à la base")]
    ShareTaken { connections: usize },
    /// A row holds what the program cannot read back.
    #[error("ligne illisible dans {table} : {reason}")]
    Row { table: &'static str, reason: String },
    /// Entries to be put back in a journal do not follow those that are there.
    #[error("{0}")]
    Journal(#[from] Fault),
    #[error("PostgreSQL 15 ou plus récent est nécessaire ; celui-ci est le {major}")]
    ServerTooOld { major: i32 },
    #[error("le schéma de la base n'est pas celui de ce programme : lancez « chartrier migrate »")]
    SchemaBehind,
    #[error("base de données : {0}")]
    Sql(#[from] sqlx::Error),
    #[error("migration de la base : {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Error {
    /// A row of `table` that the program cannot read back.
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over an error or a word")]
    pub fn row(table: &'static str, reason: impl ToString) -> Self {
        Error::Row { table, reason: reason.to_string() }
    }

    /// Name of the constraint that refused a row, when one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Error::Sql(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// Whether trying again later may succeed: the connection, the server or a lock was at fault.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Sql(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code_is_transient(&code))
            }
            Error::Sql(error) => matches!(
                error,
                sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
                    | sqlx::Error::BeginFailed
            ),
            Error::ShareTaken { .. } => true,
            Error::NothingRecorded
            | Error::UnknownTenant
            | Error::Row { .. }
            | Error::Journal(_)
            | Error::ServerTooOld { .. }
            | Error::SchemaBehind
            | Error::Migrate(_) => false,
        }
    }
}

/// SQLSTATE classes: 08 connection, 40 serialization and deadlock, 53 resources, 55P03 lock not available,
/// 57 operator intervention (statement time-outs and shutdowns), 58 system, 25P03 idle in transaction.
fn code_is_transient(code: &str) -> bool {
    ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        || matches!(code, "55P03" | "25P03")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadlock_is_tried_again_and_a_broken_rule_is_not() {
        for (code, expected) in
            [("40P01", true), ("57014", true), ("55P03", true), ("23505", false), ("42501", false)]
        {
            assert_eq!(code_is_transient(code), expected, "{code}");
        }
        assert!(Error::from(sqlx::Error::PoolTimedOut).is_transient());
        assert!(!Error::NothingRecorded.is_transient());
    }
}
