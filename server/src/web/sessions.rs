//! Sessions: a random token in a cookie, what belongs to it in the database.

use std::fmt;

use app::server::{is_somebodys, note_use, owner_in};
use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use exchange::{
    Exchange,
    accounts::sessions::{self, StoredSession},
    clock::Clock,
};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// A session that is not used for this long ends.
const IDLE: Duration = Duration::days(14);

/// The same while nobody is signed in: anybody can begin as many of these as
/// they like, and each only has a refused form wait for its page.
const IDLE_SIGNED_OUT: Duration = Duration::hours(1);

/// The layer that reads and sets the cookie.
pub(crate) fn layer(exchange: &Exchange, https: bool) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store(exchange.clone()))
        // The prefix has browsers insist on Secure, the path / and this host
        // (RFC 6265bis §4.1.3.2); it cannot be used without https.
        .with_name(if https { "__Host-session" } else { "session" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Has sessions of somebody go on while they are used, and gives those that
/// are nobody's their shorter life.
pub(crate) async fn prolong(State(clock): State<Clock>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let answer = next.run(request).await;
    let Some(session) = session else {
        return answer;
    };
    // A store that is away shows in the answer.
    match is_somebodys(&session).await {
        Ok(true) => {
            note_use(&session, clock.now()).await.ok();
        }
        Ok(false) if session.is_modified() => {
            session.set_expiry(Some(Expiry::OnInactivity(IDLE_SIGNED_OUT)));
        }
        _ => {}
    }
    answer
}

/// Sessions in the database.
#[derive(Clone)]
pub(crate) struct Store(Exchange);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// The present in seconds.
    fn now(&self) -> i64 {
        self.0.clock.now().millis() / 1_000
    }

    fn stored(&self, record: &Record) -> Result<StoredSession> {
        let data = serde_json::to_string(&record.data)
            .map_err(|error| Error::Encode(error.to_string()))?;
        // The layer counts from the machine's time, which may not be ours.
        let left = record.expiry_date - OffsetDateTime::now_utc();
        Ok(StoredSession {
            data,
            expires_at: self.now() + left.whole_seconds(),
            owner: owner_in(&record.data),
        })
    }
}

fn backend(error: exchange::Error) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !sessions::create(&self.0.db, &record.id.to_string(), &self.stored(record)?)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        sessions::save(&self.0.db, &record.id.to_string(), &self.stored(record)?)
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(session) = sessions::load(&self.0.db, &id.to_string(), self.now())
            .await
            .map_err(backend)?
        else {
            return Ok(None);
        };
        let data = serde_json::from_str(&session.data)
            .map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(session.expires_at)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.0.db, &id.to_string())
            .await
            .map_err(backend)
    }
}
