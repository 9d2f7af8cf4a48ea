//! One request of a browser: its session, and who has signed in with it.

use std::{collections::HashMap, time::Duration};

use axum::extract::{FromRef, FromRequestParts};
use domain::{Refusal, Timestamp, UserId};
use exchange::{
    Error, Exchange,
    accounts::{
        self, User,
        identities::Claim,
        providers::Attempt,
        sessions::{Owner, name_of},
        tries::{self, Client},
    },
};
use http::{StatusCode, request::Parts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_sessions::{Session, session::Error as SessionError};

use super::{Flashes, device, safe_next};

/// Where a session keeps whose it is.
const OWNER: &str = "owner";
/// Where it keeps who still has to show a code.
const CODE_DUE: &str = "code_due";
/// Where it keeps what was begun at a provider.
const BEGUN: &str = "begun";
/// Where it keeps what a provider said.
const CLAIM: &str = "claim";

/// However much it is used, a session ends so long after signing in.
const LONGEST: Duration = Duration::from_secs(90 * 24 * 3_600);
/// How long somebody may take to find their code, or to agree to what a
/// provider said.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How often it is noted that a session is used.
const USED: Duration = Duration::from_secs(10 * 60);

/// Who has shown their password, and not yet their code.
#[derive(Debug, Serialize, Deserialize)]
struct CodeDue {
    user: UserId,
    epoch: u32,
    at: Timestamp,
}

/// What was begun at a provider, and where it leads on to.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    attempt: Attempt,
    next: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claimed {
    claim: Claim,
    next: String,
    at: Timestamp,
}

/// Whose session it is, by what it holds.
#[must_use]
pub fn owner_in(data: &HashMap<String, Value>) -> Option<Owner> {
    serde_json::from_value(data.get(OWNER)?.clone()).ok()
}

/// Whether somebody has signed in with `session`.
///
/// # Errors
/// Only when the database is away.
pub async fn is_somebodys(session: &Session) -> Result<bool, SessionError> {
    Ok(session.get_value(OWNER).await?.is_some())
}

/// Notes that the session of somebody is used, now and then.
///
/// # Errors
/// Only when the database is away.
pub async fn note_use(session: &Session, now: Timestamp) -> Result<(), SessionError> {
    if let Some(mut owner) = session.get::<Owner>(OWNER).await?
        && owner.used_at + USED <= now
    {
        owner.used_at = now;
        session.insert(OWNER, owner).await?;
    }
    Ok(())
}

/// A request of a browser.
#[derive(Clone)]
pub struct Visit {
    /// The services.
    pub exchange: Exchange,
    /// What its cookie stands for.
    pub session: Session,
    /// Where it comes from.
    pub client: Client,
    /// What it was made with, as people call it.
    pub device: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Exchange: FromRef<S>,
{
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let client = parts.extensions.get::<Client>().cloned();
        Ok(Self {
            exchange: Exchange::from_ref(state),
            session: Session::from_request_parts(parts, state).await?,
            client: client.ok_or((StatusCode::INTERNAL_SERVER_ERROR, "no client"))?,
            device: device::name_in(&parts.headers),
        })
    }
}

impl Visit {
    /// The account that has signed in with the session, and since when.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn signed_in(&self) -> Result<Option<(User, Timestamp)>, Error> {
        let owner: Option<Owner> = self.session.get(OWNER).await.map_err(away)?;
        let Some(owner) = owner.filter(|owner| self.exchange.clock.ago(LONGEST) < owner.since)
        else {
            return Ok(None);
        };
        // Suspension, and another password, end what a session may do at once.
        let user = accounts::find(&self.exchange, &owner.user).await?;
        Ok(user
            .filter(|user| !user.suspended && user.epoch == owner.epoch)
            .map(|user| (user, owner.since)))
    }

    /// What the session is called in the list of them.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        self.session.id().map(|id| name_of(&id.to_string()))
    }

    /// Lets `user` in, who has shown a password or come from a provider; where
    /// that leads on to: to the code first, if there is a second factor.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn enter(&self, user: &User, next: &str) -> Result<String, Error> {
        let next = safe_next(next);
        if !user.second_factor {
            self.begin(user).await?;
            return Ok(next);
        }
        let due = CodeDue {
            user: user.id.clone(),
            epoch: user.epoch,
            at: self.exchange.clock.now(),
        };
        self.session.cycle_id().await.map_err(away)?;
        self.session.insert(CODE_DUE, due).await.map_err(away)?;
        Ok(format!("/sign-in/code?next={}", super::encoded(&next)))
    }

    /// Who still has to show a code.
    ///
    /// # Errors
    /// [`Refusal::TooLate`] when nobody has, or no longer.
    pub async fn code_due(&self) -> Result<User, Error> {
        let due: Option<CodeDue> = self.session.get(CODE_DUE).await.map_err(away)?;
        let due = due
            .filter(|due| self.exchange.clock.ago(PATIENCE) < due.at)
            .ok_or(Refusal::TooLate)?;
        accounts::find(&self.exchange, &due.user)
            .await?
            .filter(|user| !user.suspended && user.epoch == due.epoch)
            .ok_or_else(|| Refusal::TooLate.into())
    }

    /// Makes the session `user`'s, under a new token.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn begin(&self, user: &User) -> Result<(), Error> {
        self.begin_since(user, self.exchange.clock.now()).await?;
        tries::remember(&self.exchange, &self.client, &user.email).await
    }

    /// Goes on with a session under a new token, after its owner changed what
    /// ended all of theirs. They have not signed in again, so it is as old as it
    /// was.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it is nobody's.
    pub async fn go_on(&self, user: &User) -> Result<(), Error> {
        let owner: Option<Owner> = self.session.get(OWNER).await.map_err(away)?;
        let owner = owner.ok_or(Error::Unauthenticated)?;
        self.begin_since(user, owner.since).await
    }

    async fn begin_since(&self, user: &User, since: Timestamp) -> Result<(), Error> {
        let session = &self.session;
        // What was sent before signing in goes on afterwards; what an earlier
        // user left must not be the next one's.
        let earlier: Option<Owner> = session.get(OWNER).await.map_err(away)?;
        let waiting = if earlier.is_none_or(|earlier| earlier.user == user.id) {
            Flashes::of(session)
                .await
                .map_err(away)?
                .signed_in(self.client.language)
        } else {
            Flashes::default()
        };
        session.clear().await;
        session.cycle_id().await.map_err(away)?;
        waiting.store(session).await.map_err(away)?;
        let owner = Owner {
            user: user.id.clone(),
            epoch: user.epoch,
            device: self.device.clone(),
            since,
            used_at: self.exchange.clock.now(),
        };
        session.insert(OWNER, owner).await.map_err(away)
    }

    /// Ends the session.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn end(&self) -> Result<(), Error> {
        self.session.flush().await.map_err(away)
    }

    /// Begins at a provider: where the browser goes.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::TooMany`] or [`Error::Unavailable`].
    pub async fn go_to_provider(&self, key: &str, next: &str) -> Result<String, Error> {
        accounts::admit(&self.exchange, &self.client).await?;
        let (url, attempt) = self.exchange.providers.begin(&self.exchange, key).await?;
        let begun = Begun {
            attempt,
            next: safe_next(next),
        };
        self.session.insert(BEGUN, begun).await.map_err(away)?;
        Ok(url)
    }

    /// What the provider said of who came back, and where that leads on to. What
    /// was begun is over, however it ended.
    ///
    /// # Errors
    /// As [`exchange::accounts::providers::Providers::finish`].
    pub async fn back_from_provider(
        &self,
        key: &str,
        answer: accounts::providers::Answer,
    ) -> Result<(Claim, String), Error> {
        let begun: Option<Begun> = self.session.remove(BEGUN).await.map_err(away)?;
        let (attempt, next) = begun.map(|begun| (begun.attempt, begun.next)).unzip();
        let providers = &self.exchange.providers;
        let claim = providers
            .finish(&self.exchange, key, attempt, answer)
            .await?;
        Ok((claim, next.unwrap_or_default()))
    }

    /// Keeps what a provider said until its owner agrees.
    ///
    /// # Errors
    /// Only when the database is away.
    pub async fn keep(&self, claim: Claim, next: String) -> Result<(), Error> {
        let at = self.exchange.clock.now();
        let claimed = Claimed { claim, next, at };
        self.session.insert(CLAIM, claimed).await.map_err(away)
    }

    /// What a provider said, and where that leads on to.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is nothing to agree to.
    pub async fn claim(&self) -> Result<(Claim, String), Error> {
        let claimed: Option<Claimed> = self.session.get(CLAIM).await.map_err(away)?;
        claimed
            .filter(|claimed| self.exchange.clock.ago(PATIENCE) < claimed.at)
            .map(|claimed| (claimed.claim, claimed.next))
            .ok_or(Error::NotFound)
    }
}

fn away(error: SessionError) -> Error {
    Error::Unavailable("the session store", error.into())
}
