//! Looking at one tenant's tables whole, to compare two databases: how many rows, and a number that any difference changes.
//!
//! By the role of backups, which reads everything and writes nothing; as everything stood at one moment. Never gives a row
//! out. The names it is given are constants of the program.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use uuid::Uuid;

use super::{Error, Settings, settings};
use crate::model::TenantId;

/// A table of a tenant in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    pub rows: i64,
    /// Sum over the rows of 64 bits of each one's digest: in whatever order.
    pub sum: String,
}

/// One tenant's rows as they stood when it was opened.
pub struct Inspection {
    connection: PgConnection,
    tenant: TenantId,
}

impl Inspection {
    /// Opens; needs the password of `chartrier_backup` when the server asks for one.
    pub async fn open(settings: &Settings, tenant: TenantId) -> Result<Self, Error> {
        let mut connection = settings.as_role(settings::BACKUP)?.connect().await?;
        sqlx::query!("begin isolation level repeatable read read only").execute(&mut connection).await?;
        // The snapshot is taken by the first statement.
        sqlx::query!("select 1 as one").fetch_one(&mut connection).await?;
        Ok(Self { connection, tenant })
    }

    /// Rows of a table that fulfil a condition on `t` (empty: all of them), the columns `but` left out.
    #[expect(clippy::disallowed_methods, reason = "put together from constants: tables are not parameters")]
    pub async fn fingerprint(&mut self, table: &str, but: &[&str], only: &str) -> Result<Fingerprint, Error> {
        let but: String = but.iter().map(|column| format!(" - '{column}'")).collect();
        let only = if only.is_empty() { "true" } else { only };
        let query = format!(
            "select count(*) as rows,
                    coalesce(sum(('x' || left(md5((to_jsonb(t){but})::text), 16))::bit(64)::bigint), 0)::text as sum
             from {table} t where t.tenant_id = $1 and {only}"
        );
        let row = sqlx::query(AssertSqlSafe(query)).bind(self.tenant.as_uuid());
        let row = row.fetch_one(&mut self.connection).await?;
        Ok(Fingerprint { rows: row.try_get("rows")?, sum: row.try_get("sum")? })
    }

    /// Identifiers of the tenant's archives.
    pub async fn archives(&mut self) -> Result<Vec<Uuid>, Error> {
        let tenant = self.tenant.as_uuid();
        let ids = sqlx::query_scalar!("select archive_id from archive where tenant_id = $1", tenant);
        Ok(ids.fetch_all(&mut self.connection).await?)
    }

    /// Transfers accepted whose copies are being written: what they weigh is held, and in no archive yet.
    pub async fn sealed(&mut self) -> Result<i64, Error> {
        let tenant = self.tenant.as_uuid();
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from transfer where tenant_id = $1
               and state in ('sealed', 'awaiting_replication')"#,
            tenant
        );
        Ok(count.fetch_one(&mut self.connection).await?)
    }

    /// Where the tenant's journal ends: number, hash and date of its last entry.
    pub async fn journal(&mut self) -> Result<Option<(i64, Vec<u8>, chrono::DateTime<chrono::Utc>)>, Error> {
        let tenant = self.tenant.as_uuid();
        let head =
            sqlx::query!("select seq, hash, at from journal_head where tenant_id = $1 and seq > 0", tenant);
        let head = head.fetch_optional(&mut self.connection).await?;
        Ok(head.map(|head| (head.seq, head.hash, head.at)))
    }

    /// Closes the connection.
    pub async fn close(self) {
        self.connection.close().await.ok();
    }
}
