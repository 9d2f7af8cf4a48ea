//! The database: reading, and the one way to write.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::ticket::Ticket;
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};
use surrealdb::{
    IndexedResults, Surreal,
    engine::{any, local},
    opt::{Config, auth::Root},
    types::{ErrorDetails, Object, QueryError, RecordId, RecordIdKey, SurrealValue, Value},
};
use tokio::{sync::Notify, time::timeout};
use tracing::{Instrument, info_span};
use url::Url;

use super::{crash, embedded, kept::Kept, tls};
use crate::{Error, market::index::Index, metrics};

/// Its namespace and database, unless a server's URL names others.
const NAME: &str = "ticket_exchange";
/// How long a server may take for a query: after that it may or may not have been
/// done, which whoever asked finds out when they ask again.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most attempts at one transaction that keeps conflicting with others.
const MAX_ATTEMPTS: u32 = 12;

/// Bound parameters of a query.
pub type Vars = BTreeMap<&'static str, Value>;

/// Parameters from `name => value` pairs.
#[macro_export]
macro_rules! vars {
    ($($name:ident => $value:expr),* $(,)?) => {
        $crate::platform::db::Vars::from([$((stringify!($name), surrealdb::types::SurrealValue::into_value($value))),*])
    };
}

/// Why a transaction did not commit.
#[derive(Debug, thiserror::Error)]
pub enum TxError {
    /// `THROW` in the transaction, with its code.
    #[error("refused: {0}")]
    Thrown(String),
    /// A record that it creates is there already.
    #[error("a record exists already")]
    Exists,
    /// It kept conflicting with other transactions.
    #[error("too many conflicts")]
    Conflict,
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<TxError> for Error {
    fn from(error: TxError) -> Self {
        match error {
            TxError::Failed(error) => error,
            TxError::Conflict => Self::Unavailable("the database", error.into()),
            TxError::Thrown(_) | TxError::Exists => Self::internal(error),
        }
    }
}

/// Where the statements go.
enum Engine {
    /// To the store on this machine's disk.
    Embedded(Surreal<local::Db>),
    /// To memory or to a server.
    Other(Surreal<any::Any>, Place),
}

/// A query that a server does not answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} s", PATIENCE.as_secs())]
struct NoAnswer;

impl Engine {
    #[expect(
        clippy::disallowed_methods,
        reason = "what everything else calls ends here"
    )]
    async fn run(&self, sql: &str, vars: Value) -> Result<IndexedResults, Error> {
        match self {
            Self::Embedded(surreal) => surreal.query(sql).bind(vars).await.map_err(fault),
            Self::Other(surreal, _) => {
                let answer = surreal.query(sql).bind(vars).into_future();
                match timeout(PATIENCE, answer).await {
                    Ok(answer) => answer.map_err(fault),
                    Err(_) => Err(Error::Unavailable("the database", NoAnswer.into())),
                }
            }
        }
    }
}

/// The database. A clone shares its one session.
#[derive(Clone)]
pub struct Db {
    engine: Arc<Engine>,
    written: Arc<Notify>,
    /// None where others write to it too.
    kept: Option<Arc<Kept>>,
    market: Arc<Index>,
    #[cfg(test)]
    unguarded: bool,
}

impl Db {
    /// Opens `url`: one of [`embedded::SCHEMES`], `mem://`, or of a server
    /// `ws://name:password@host:port/namespace/database`, of which a root user's name
    /// and password, and what is after the port, may be missing. With `wss://` it is
    /// TLS, and `?roots=FILE` names certificates of the only ones that are trusted.
    ///
    /// # Errors
    /// When it cannot be opened, or another process has it open.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let engine = if embedded::is_meant(url) {
            let surreal = embedded::open(url).await?;
            surreal.use_ns(NAME).use_db(NAME).await.map_err(fault)?;
            Engine::Embedded(surreal)
        } else {
            tls::choose();
            let at = Place::of(url);
            Engine::Other(at.connect(&at.address).await?, at)
        };
        let kept = matches!(engine, Engine::Embedded(_)).then(|| Arc::new(Kept::new()));
        Ok(Self {
            engine: Arc::new(engine),
            kept,
            market: Arc::default(),
            written: Arc::new(Notify::new()),
            #[cfg(test)]
            unguarded: false,
        })
    }

    /// The negative control of the tests: a commit on what this returns does
    /// not notice that somebody else was faster.
    #[cfg(test)]
    pub(crate) fn unguarded(&self) -> Self {
        Self {
            unguarded: true,
            ..self.clone()
        }
    }

    /// The statements of a commit, with or without what guards them: the
    /// comparison of versions, and the name that an event has only once.
    #[cfg(test)]
    pub(crate) fn guard(&self, statements: &str) -> String {
        if self.unguarded {
            statements
                .replace(super::commit::GUARD, "= NONE")
                .replace("INSERT INTO", "INSERT IGNORE INTO")
        } else {
            statements.to_owned()
        }
    }

    /// Told after every commit, so that the relay need not poll.
    #[must_use]
    pub fn written(&self) -> &Notify {
        &self.written
    }

    /// Whether other processes may have it open, too.
    pub(crate) fn is_shared(&self) -> bool {
        self.kept.is_none()
    }

    /// The market in memory, which commits keep up to date.
    pub(crate) fn market(&self) -> &Index {
        &self.market
    }

    /// Runs reading statements and returns the rows of each.
    ///
    /// # Errors
    /// When a statement fails or the database is away.
    pub async fn read(&self, sql: &str, vars: Vars) -> Result<Rows, Error> {
        let response = self.engine.run(sql, bound(vars)).await?;
        let mut response = response.check().map_err(fault)?;
        let mut statements = Vec::with_capacity(response.num_statements());
        for statement in 0..response.num_statements() {
            let value: Value = response.take(statement).map_err(fault)?;
            statements.push(match value {
                Value::Array(rows) => rows.into_iter().collect(),
                Value::None | Value::Null => Vec::new(),
                one => vec![one],
            });
        }
        Ok(Rows {
            statements: statements.into_iter(),
        })
    }

    /// The record called `key` of `table`, which may have been read before. Whoever
    /// writes one that is read so does it by [`Db::rewrite`].
    ///
    /// # Errors
    /// As [`Db::read`].
    pub(crate) async fn often<T>(&self, table: &'static str, key: &str) -> Result<Option<T>, Error>
    where
        T: DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let kept = self.kept.as_deref();
        if let Some(row) = kept.and_then(|kept| kept.get(table, key)) {
            return Ok(Some(row));
        }
        let before = kept.map(Kept::forgotten);
        let vars = vars! { record => record(table, key) };
        let row: Option<T> = self
            .read("SELECT *, record::id(id) AS id FROM $record", vars)
            .await?
            .one()?;
        if let (Some(kept), Some(before), Some(row)) = (kept, before, &row) {
            kept.keep(table, key, row, before);
        }
        Ok(row)
    }

    /// As [`Db::transact`], for statements that write records which are read
    /// [often](Db::often): those of one key, or all of a table. It goes on when
    /// whoever waits for it is gone, or they would be remembered as they were.
    ///
    /// # Errors
    /// As [`Db::transact`].
    pub(crate) async fn rewrite(
        &self,
        name: &'static str,
        statements: &str,
        vars: Vars,
        written: Vec<(&'static str, Option<String>)>,
    ) -> Result<(), TxError> {
        self.commit(name, statements, vars, written, Vec::new())
            .await
    }

    /// As [`Db::rewrite`], for statements that also write `tickets`: the market
    /// shows them before this returns.
    ///
    /// # Errors
    /// As [`Db::transact`].
    pub(super) async fn commit(
        &self,
        name: &'static str,
        statements: &str,
        vars: Vars,
        written: Vec<(&'static str, Option<String>)>,
        tickets: Vec<Ticket>,
    ) -> Result<(), TxError> {
        let kept = self.kept.clone().filter(|_| !written.is_empty());
        if kept.is_none() && tickets.is_empty() {
            return self.transact(name, statements, vars).await;
        }
        let (db, statements) = (self.clone(), statements.to_owned());
        let committed = async move {
            let committed = db.transact(name, &statements, vars).await;
            // Also when it is not known whether it was.
            if let Some(kept) = kept {
                for (table, key) in written {
                    kept.forget(table, key.as_deref());
                }
            }
            // Of a server that was lost meanwhile, events say what it has.
            if committed.is_ok() {
                tickets.iter().for_each(|ticket| db.market.apply(ticket));
            }
            committed
        };
        tokio::spawn(committed.in_current_span())
            .await
            .unwrap_or_else(|panicked| Err(Error::internal(panicked).into()))
    }

    /// Runs `statements` as one transaction. A conflict with another
    /// transaction is retried, with jitter, a bounded number of times;
    /// nothing else is.
    ///
    /// # Errors
    /// [`TxError`]; nothing was written.
    pub async fn transact(
        &self,
        name: &'static str,
        statements: &str,
        vars: Vars,
    ) -> Result<(), TxError> {
        self.transact_quietly(name, statements, vars).await?;
        self.written.notify_one();
        Ok(())
    }

    /// As [`Db::transact`], for what nobody waits for.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn transact_quietly(
        &self,
        name: &'static str,
        statements: &str,
        vars: Vars,
    ) -> Result<(), TxError> {
        let begun = Instant::now();
        let sql = format!("BEGIN;{statements};COMMIT;");
        let span = info_span!("transaction", otel.name = name);
        let done = self.attempts(name, &sql, vars).instrument(span).await;
        let outcome = match &done {
            Ok(()) => "committed",
            Err(TxError::Thrown(_)) => "refused",
            Err(TxError::Exists) => "exists",
            Err(TxError::Conflict) => "conflict",
            Err(TxError::Failed(_)) => "failed",
        };
        metrics::transaction(name, outcome, begun);
        done
    }

    async fn attempts(&self, name: &'static str, sql: &str, vars: Vars) -> Result<(), TxError> {
        let vars = bound(vars);
        crash::before(name);
        for attempt in 1..=MAX_ATTEMPTS {
            let mut response = self.engine.run(sql, vars.clone()).await?;
            // An error of any statement undoes all of them, and which one has
            // the cause differs: a conflict is in the slot of COMMIT.
            let errors = response.take_errors();
            if errors.is_empty() {
                crash::after(name);
                return Ok(());
            }
            match classify(errors.into_values()) {
                TxError::Conflict => {
                    metrics::conflict(name);
                    tracing::debug!(transaction = name, attempt, "conflict");
                }
                refused => return Err(refused),
            }
            pause(attempt).await;
        }
        tracing::warn!(
            transaction = name,
            attempts = MAX_ATTEMPTS,
            "gave up after conflicts"
        );
        Err(TxError::Conflict)
    }

    /// Runs `some` as one transaction after the other while the reading
    /// statement `left` has a row: what is done to many records does not fit
    /// in one.
    ///
    /// # Errors
    /// As [`Db::read`] and [`Db::transact`]; some may be done by then.
    pub async fn transact_while(
        &self,
        name: &'static str,
        left: &str,
        some: &str,
        vars: &Vars,
    ) -> Result<(), Error> {
        while self.read(left, vars.clone()).await?.one::<i64>()?.is_some() {
            self.transact(name, some, vars.clone()).await?;
        }
        Ok(())
    }

    /// Writes the whole database to a file of statements.
    ///
    /// # Errors
    /// When the database is away or the file cannot be written.
    pub async fn export(&self, file: &Path) -> Result<(), Error> {
        match &*self.engine {
            Engine::Embedded(surreal) => surreal.export(file).await.map_err(fault),
            Engine::Other(surreal, at) => match at.http() {
                None => surreal.export(file).await.map_err(fault),
                Some(address) => {
                    let surreal = at.connect(&address).await?;
                    surreal.export(file).await.map_err(fault)
                }
            },
        }
    }

    /// Runs the statements of a file that [`Db::export`] wrote.
    ///
    /// # Errors
    /// When they fail.
    pub async fn import(&self, file: &Path) -> Result<(), Error> {
        match &*self.engine {
            Engine::Embedded(surreal) => surreal.import(file).await.map_err(fault),
            Engine::Other(surreal, at) => match at.http() {
                None => surreal.import(file).await.map_err(fault),
                Some(address) => {
                    let surreal = at.connect(&address).await?;
                    surreal.import(file).await.map_err(fault)
                }
            },
        }
    }

    /// Runs schema statements outside of a transaction, which may be run again when
    /// another process runs them, too.
    ///
    /// # Errors
    /// The first error.
    pub(crate) async fn define(&self, sql: &str) -> Result<(), Error> {
        Ok(self.attempts("define", sql, Vars::new()).await?)
    }
}

/// Where data are that are not embedded.
struct Place {
    address: String,
    /// Who signs in there.
    user: Option<Root>,
    namespace: String,
    database: String,
    /// File with certificates of those who vouch for it.
    roots: Option<PathBuf>,
}

impl Place {
    fn of(url: &str) -> Self {
        let mut at = Self {
            address: url.to_owned(),
            user: None,
            namespace: NAME.to_owned(),
            database: NAME.to_owned(),
            roots: None,
        };
        let server = Url::parse(url).ok().filter(Url::has_host);
        let Some(mut server) = server else { return at };
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        at.user = (!server.username().is_empty()).then(|| Root {
            username: plain(server.username()),
            password: plain(server.password().unwrap_or_default()),
        });
        let mut named = server.path_segments().into_iter().flatten().map(plain);
        for name in [&mut at.namespace, &mut at.database] {
            if let Some(named) = named.next().filter(|named| !named.is_empty()) {
                *name = named;
            }
        }
        let mut said = server.query_pairs();
        at.roots = said
            .find_map(|(name, value)| (name == "roots").then(|| PathBuf::from(value.into_owned())));
        server.set_query(None);
        // Of a URL that has a host none of these fails.
        server.set_username("").ok();
        server.set_password(None).ok();
        server.set_path("");
        at.address = server.into();
        at
    }

    /// A session there.
    async fn connect(&self, address: &str) -> Result<Surreal<any::Any>, Error> {
        let mut config = Config::new();
        if let Some(roots) = &self.roots {
            config = config.rustls(tls::trusting(roots).map_err(Error::internal)?);
        }
        let surreal = any::connect((address, config)).await.map_err(fault)?;
        if let Some(user) = &self.user {
            let user = Root {
                username: user.username.clone(),
                password: user.password.clone(),
            };
            surreal.signin(user).await.map_err(fault)?;
        }
        // The first to use them makes them, and several may be first.
        for attempt in 1.. {
            let used = surreal.use_ns(&*self.namespace).use_db(&*self.database);
            match used.await {
                Err(error) if is_conflict(&error) && attempt < MAX_ATTEMPTS => pause(attempt).await,
                used => {
                    used.map_err(fault)?;
                    break;
                }
            }
        }
        Ok(surreal)
    }

    /// Where a server is that copies of the data come from and go to: not by
    /// WebSocket.
    fn http(&self) -> Option<String> {
        let rest = self.address.strip_prefix("ws")?;
        Some(format!("http{rest}"))
    }
}

fn bound(vars: Vars) -> Value {
    Value::Object(
        vars.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Waits after an attempt that conflicted: the competitors are spread.
async fn pause(attempt: u32) {
    let ceiling = 2 * u64::from(attempt);
    tokio::time::sleep(Duration::from_millis(rand::random_range(0..=ceiling))).await;
}

/// The one cause among the errors of a failed transaction's statements.
fn classify(errors: impl Iterator<Item = surrealdb::Error>) -> TxError {
    let mut cause = None;
    for error in errors {
        if is_conflict(&error) {
            return TxError::Conflict;
        }
        match error.details() {
            ErrorDetails::Thrown => {
                let message = error.message();
                let code = message
                    .strip_prefix("An error occurred: ")
                    .unwrap_or(message);
                return TxError::Thrown(code.to_owned());
            }
            ErrorDetails::AlreadyExists(_) => return TxError::Exists,
            // "Not executed due to a failed transaction": the cause is elsewhere.
            ErrorDetails::Query(Some(QueryError::NotExecuted)) if cause.is_some() => {}
            _ => cause = Some(error),
        }
    }
    match cause {
        Some(error) => TxError::Failed(fault(error)),
        None => TxError::Failed(Error::internal("a transaction failed without a cause")),
    }
}

fn is_conflict(error: &surrealdb::Error) -> bool {
    let message = error.message();
    matches!(error.query_details(), Some(QueryError::TransactionConflict))
        || message.contains("can be retried")
        // What surrealkv says when a snapshot was gone before it was used.
        || message.contains("Transaction retry required")
}

fn fault(error: surrealdb::Error) -> Error {
    if matches!(error.details(), ErrorDetails::Connection(_)) {
        Error::Unavailable("the database", error.into())
    } else {
        Error::internal(error)
    }
}

/// What reading statements returned, statement by statement.
pub struct Rows {
    statements: std::vec::IntoIter<Vec<Value>>,
}

impl Rows {
    /// The rows of the next statement.
    ///
    /// # Errors
    /// When a row does not read as `T`.
    pub fn many<T: DeserializeOwned>(&mut self) -> Result<Vec<T>, Error> {
        let rows = self.statements.next().unwrap_or_default();
        rows.into_iter()
            .filter(|row| !matches!(row, Value::None | Value::Null))
            .map(|row| serde_json::from_value(row.into_json_value()).map_err(Error::internal))
            .collect()
    }

    /// The first row of the next statement, if any.
    ///
    /// # Errors
    /// When it does not read as `T`.
    pub fn one<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        Ok(self.many()?.into_iter().next())
    }
}

/// The record called `key` of `table`.
#[must_use]
pub fn record(table: &str, key: impl Into<RecordIdKey>) -> RecordId {
    RecordId::new(table, key)
}

/// The fields of a record as the database takes them.
///
/// # Errors
/// When `value` is no object.
pub fn fields(value: &impl Serialize) -> Result<Object, Error> {
    match serde_json::to_value(value)
        .map_err(Error::internal)?
        .into_value()
    {
        Value::Object(mut object) => {
            // The key of the record says it.
            object.remove("id");
            Ok(object)
        }
        _ => Err(Error::internal("a record is an object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_server_says_who_signs_in_and_to_what() {
        let at = Place::of("wss://root:p%40ss@db.example:8000/shop/tickets?roots=/etc/ca.pem");
        let user = at.user.expect("named");
        assert_eq!(at.roots, Some(PathBuf::from("/etc/ca.pem")));
        assert_eq!(
            [
                &*at.address,
                &*user.username,
                &*user.password,
                &*at.namespace,
                &*at.database
            ],
            ["wss://db.example:8000/", "root", "p@ss", "shop", "tickets"]
        );
        let at = Place::of("ws://127.0.0.1:8000");
        assert!(at.user.is_none() && at.roots.is_none());
        assert_eq!([at.namespace, at.database], [NAME, NAME]);
        assert_eq!(Place::of("mem://").address, "mem://");
    }
}
