//! The services of the exchange over SurrealDB, NATS JetStream, Stripe and SMTP.
//!
//! A service is a folder: its operations (all that others call), its store
//! (its queries) and, where it acts on events, its handlers. What they stand
//! on is in [`platform`]. Nothing here knows of HTTP requests or pages.

pub mod access;
pub mod accounts;
pub mod administration;
pub mod audit;
pub mod backup;
pub mod check;
pub mod clock;
pub mod demo;
pub mod error;
pub mod expiration;
pub mod feed;
pub mod figures;
#[cfg(test)]
mod fixtures;
mod hex;
pub mod limits;
pub mod live;
pub mod market;
pub mod metrics;
pub mod moderation;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod platform;
pub mod services;
pub mod settings;
pub mod when;

use std::{ops::Deref, sync::Arc};

use accounts::{Passwords, providers::Providers};
use clock::Clock;
pub use error::Error;
use platform::{db::Db, mail::Mailer, stripe::Stripe, tls};
use settings::Settings;

/// Result of an operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Some items of a longer list, and where the next ones begin.
#[derive(Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to pass as `after`, if there are more.
    pub next: Option<String>,
}

/// What the operations need; cheap to clone.
#[derive(Clone)]
pub struct Exchange(Arc<Parts>);

/// The parts of an [`Exchange`].
pub struct Parts {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// How this deployment is set up.
    pub settings: Settings,
    /// The payment service.
    pub stripe: Stripe,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Sends mails.
    pub mailer: Mailer,
    /// Who others say that somebody is.
    pub providers: Providers,
    /// By which listings are judged.
    pub rules: moderation::Book,
    /// Who is asked about listings besides.
    pub scorer: moderation::Scorer,
    /// Who tells programs what happens.
    pub courier: feed::delivery::Courier,
}

impl Exchange {
    /// Puts the parts together; `db` must be migrated.
    ///
    /// # Errors
    /// When the settings of the payment service or of mail cannot be used.
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Result<Self> {
        tls::choose();
        let stripe = Stripe::new(&settings.stripe)?;
        // Hashing takes a whole core, and requests need some too.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let passwords = Passwords::new(cores.div_ceil(2))?;
        let mailer = Mailer::new(&settings.mail, &settings.public_url)?;
        let providers = Providers::new(&settings.providers, &settings.public_url)?;
        let rules = moderation::Book::open(settings.moderation.rules.as_deref())?;
        let scorer = moderation::Scorer::new(settings.moderation.scorer.as_deref())?;
        let courier = feed::delivery::Courier::new(settings.private_webhooks)?;
        Ok(Self(Arc::new(Parts {
            db,
            clock,
            settings,
            stripe,
            passwords,
            mailer,
            providers,
            rules,
            scorer,
            courier,
        })))
    }
}

impl Deref for Exchange {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// A new identifier: sortable by time, unpredictable enough not to collide.
fn new_id<T: std::str::FromStr<Err = domain::id::NotAnId>>(clock: &Clock) -> Result<T> {
    let millis = u64::try_from(clock.now().millis()).unwrap_or_default();
    ulid::Ulid::from_parts(millis, rand::random())
        .to_string()
        .parse()
        .map_err(Error::internal)
}
