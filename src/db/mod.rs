//! The gate to rows: one tenant's transaction, or the few tables that belong to none.
//!
//! Never hands out a connection that reaches two tenants, never decides anything about archives. The one
//! thing to know: a change of a tenant's rows goes through [`TenantTx`], and its `commit` refuses when
//! nothing was recorded in the tenant's journal.
//!
//! ```compile_fail,E0616
//! # async fn f(db: chartrier::db::Db) {
//! // No connection without a tenant: the pools are private.
//! let connection = db.service.acquire().await;
//! # }
//! ```
//! ```compile_fail,E0061
//! # async fn f(db: chartrier::db::Db) {
//! // No tenant, no transaction.
//! let tx = db.read().await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # async fn f(mut tx: chartrier::db::TenantRead, event: chartrier::model::Event) {
//! // What reads records nothing…
//! tx.record(event);
//! # }
//! ```
//! ```compile_fail,E0599
//! # async fn f(tx: chartrier::db::TenantRead) {
//! // … and commits nothing.
//! tx.commit().await;
//! # }
//! ```
//! ```
//! # use chartrier::db::{Error, TenantRead, TenantTx};
//! # async fn count(tx: &mut TenantRead) -> Result<i64, Error> { Ok(tx.seq_of_nothing()) }
//! # trait Nothing { fn seq_of_nothing(&self) -> i64 { 0 } }
//! # impl Nothing for TenantRead {}
//! # async fn f(mut tx: TenantTx) -> Result<(), Error> {
//! // What writes can be lent wherever something only reads.
//! let counted = count(&mut tx).await?;
//! # Ok(()) }
//! ```

pub mod cluster;
pub mod dump;
mod error;
pub mod inspect;
mod job_queries;
pub mod jobs;
mod journal;
mod migrate;
mod numbering_queries;
mod queries;
mod settings;
mod technical;
mod tenant;
mod turns;

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::model::TenantId;
use jobs::Wake;
use queries::Begin;
use turns::Turns;

pub use cluster::Cluster;
pub use error::Error;
pub use migrate::migrate;
pub use numbering_queries::next_number;
pub use settings::{Settings, WrongAddress};
pub use technical::Technical;
pub use tenant::{TenantRead, TenantTx};

/// Longest wait for open transactions when closing.
const CLOSE_MAX: Duration = Duration::from_secs(10);

/// The gate. Cloning it shares its connections.
#[derive(Clone)]
pub struct Db {
    service: PgPool,
    technical: PgPool,
    clock: Clock,
    enqueued: Arc<Wake>,
    turns: Arc<Turns>,
    /// Longest statement on a tenant's rows, where it is less than any connection's.
    statement_max: Option<Duration>,
    home: Handle,
}

impl Db {
    /// Connects as the service's and the technical role; refused when the server is too old or the schema
    /// not up to date ([`migrate()`]).
    /// `clock` dates what the journals record.
    pub async fn connect(settings: &Settings, clock: Clock) -> Result<Self, Error> {
        let service = settings.pool(settings::SERVICE, settings.connections).await?;
        migrate::check(&service).await?;
        Ok(Self {
            service,
            technical: settings.pool(settings::TECHNICAL, settings.connections.div_ceil(2)).await?,
            clock,
            enqueued: Arc::default(),
            turns: Arc::new(Turns::new(settings.of_one_tenant, settings.turn_max)),
            statement_max: None,
            home: Handle::current(),
        })
    }

    /// The same gate for whoever answers someone who waits: a statement on a tenant's rows ends by then.
    #[must_use]
    pub fn with_statements_of_at_most(&self, statement_max: Duration) -> Self {
        Self { statement_max: Some(statement_max), ..self.clone() }
    }

    /// Does it where [`Db::connect`] was called. A connection lives and dies with the runtime that opened it:
    /// one opened by a thread of the web door would be cut, under whoever has it then, when that door closes.
    async fn at_home<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        self.home.spawn(work).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    /// Rows of one tenant, as they stand at this moment, in a transaction where PostgreSQL refuses writes.
    pub async fn read(&self, tenant: TenantId) -> Result<TenantRead, Error> {
        self.begin(tenant, Begin::Read).await
    }

    /// Rows of one tenant, to change. Dropped without `commit`, nothing has happened.
    pub async fn write(&self, tenant: TenantId) -> Result<TenantTx, Error> {
        let rows = self.begin(tenant, Begin::Write).await?;
        Ok(TenantTx::new(rows, self.clock.clone(), self.enqueued.clone()))
    }

    async fn begin(&self, tenant: TenantId, how: Begin) -> Result<TenantRead, Error> {
        let (pool, turns, statement_max) = (self.service.clone(), self.turns.clone(), self.statement_max);
        self.at_home(async move {
            let turn = turns.take(tenant).await?;
            TenantRead::begin(pool, tenant, queries::begin(how, tenant, statement_max), turn).await
        })
        .await
    }

    /// Sessions, tokens, failed log-ins, jobs: the tables whose changes are no archive events.
    pub async fn technical(&self) -> Result<Technical, Error> {
        self.at_home(Technical::begin(self.technical.clone(), self.enqueued.clone())).await
    }

    /// As [`Db::technical`], without waiting for the disk: claims and ends of jobs, which a crash may undo, since
    /// every job is safe to run twice.
    pub async fn hurried(&self) -> Result<Technical, Error> {
        self.at_home(Technical::begin_hurried(self.technical.clone(), self.enqueued.clone())).await
    }

    /// Whether both roles still reach the database; for the readiness page.
    pub async fn ping(&self) -> Result<(), Error> {
        let (service, technical) = (self.service.clone(), self.technical.clone());
        self.at_home(async move {
            queries::ping(&service).await?;
            queries::ping(&technical).await
        })
        .await
    }

    /// Lets open transactions end, for a while, and closes every connection.
    pub async fn close(&self) {
        let both = async { tokio::join!(self.service.close(), self.technical.close()) };
        if tokio::time::timeout(CLOSE_MAX, both).await.is_err() {
            tracing::warn!("des transactions restent ouvertes : elles seront coupées");
        }
    }
}
