//! How a deployment is set up, checked before anything starts.

use std::{path::PathBuf, time::Duration};

use domain::{Amount, Currency, order::HoldTimes};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Error, accounts::providers::ProviderSettings, limits::Limits, platform::db::Db, vars};

/// The settings that the operations go by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The one currency.
    pub currency: Currency,
    /// Greatest price of a ticket.
    pub max_price: Amount,
    /// How long holds last.
    pub hold_times: HoldTimes,
    /// Most live holds of one buyer.
    pub max_holds: usize,
    /// How long after paying a buyer may have the money back when the event
    /// has no start.
    pub refund_window: Duration,
    /// How long it is kept who paid.
    pub billing_retention: Duration,
    /// How long events are kept for whoever asks or is late: by the broker, and for
    /// accounts, with what became of their webhooks.
    pub event_retention: Duration,
    /// How long it is kept who tried to sign in, and who did.
    pub sign_in_retention: Duration,
    /// How the payment service is reached.
    pub stripe: StripeSettings,
    /// Where people reach the site, without a slash at the end.
    pub public_url: String,
    /// What links in mails, second factors and the names of known browsers are
    /// derived from.
    pub secret_key: SecretKey,
    /// How mails leave.
    pub mail: MailSettings,
    /// Who may say who somebody is.
    pub providers: Vec<ProviderSettings>,
    /// How often what may be done.
    pub limits: Limits,
    /// How listings are judged.
    pub moderation: ModerationSettings,
    /// Whether webhooks may be on our own network, and without TLS.
    pub private_webhooks: bool,
}

/// How listings are judged.
#[derive(Debug, Clone, Default)]
pub struct ModerationSettings {
    /// A file of rules in place of those that are built in.
    pub rules: Option<PathBuf>,
    /// The address of a scorer.
    pub scorer: Option<String>,
}

/// The deployment's secret.
#[derive(Clone)]
pub struct SecretKey(Vec<u8>);

impl SecretKey {
    /// The key that these characters are.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    /// An HMAC of `parts` for one purpose of the key: each part with its length, so
    /// that no two lists of parts are the same bytes.
    ///
    /// # Errors
    /// Never: a key of any length will do.
    pub(crate) fn mac(&self, purpose: &str, parts: &[&str]) -> Result<Hmac<Sha256>, Error> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Error::internal)?;
        for part in [&[purpose], parts].concat() {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Ok(mac)
    }
}

// It stays out of logs.
impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

/// How mails leave.
#[derive(Clone)]
pub struct MailSettings {
    /// Who they are from: an address, or `Name <address>`.
    pub from: String,
    /// `smtp://…` or `smtps://…`, with name and password if need be; in a folder
    /// otherwise.
    pub smtp: Option<String>,
    /// The folder, a file each.
    pub folder: PathBuf,
}

// The password stays out of logs.
impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings")
            .field("from", &self.from)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// How the payment service is reached.
#[derive(Clone)]
pub struct StripeSettings {
    /// Base of the API, such as `https://api.stripe.com/`.
    pub api_url: String,
    /// What browsers load: `https://js.stripe.com/v3/`.
    pub js_url: String,
    /// `sk_…`
    pub secret_key: String,
    /// `pk_…`
    pub publishable_key: String,
    /// `whsec_…`, of which webhooks may be signed with any.
    pub webhook_secrets: Vec<String>,
    /// Longest wait for one answer.
    pub timeout: Duration,
}

// The keys stay out of logs.
impl std::fmt::Debug for StripeSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StripeSettings")
            .field("api_url", &self.api_url)
            .field("js_url", &self.js_url)
            .field("publishable_key", &self.publishable_key)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// A deployment that is tried out on this machine: every default, Canadian
    /// dollars, a stand-in for Stripe at `stripe`, mails in `folder`, no limits.
    #[must_use]
    pub fn trial(stripe: &str, folder: PathBuf) -> Self {
        Self {
            currency: domain::money::CAD,
            max_price: Amount::from_minor(1_000_000),
            hold_times: HoldTimes {
                hold: Duration::from_secs(900),
                grace: Duration::from_secs(120),
                cooldown: Duration::from_secs(60),
            },
            max_holds: 4,
            refund_window: Duration::from_secs(14 * 24 * 3_600),
            billing_retention: Duration::from_secs(7 * 365 * 24 * 3_600),
            event_retention: Duration::from_secs(30 * 24 * 3_600),
            sign_in_retention: Duration::from_secs(90 * 24 * 3_600),
            stripe: StripeSettings {
                api_url: format!("{stripe}/"),
                js_url: format!("{stripe}/v3/"),
                secret_key: "sk_test_sandbox".to_owned(),
                publishable_key: "pk_test_sandbox".to_owned(),
                webhook_secrets: vec!["whsec_sandbox".to_owned()],
                timeout: Duration::from_secs(5),
            },
            public_url: "http://127.0.0.1:3000".to_owned(),
            secret_key: SecretKey::new("of a deployment that is tried out"),
            mail: MailSettings {
                from: "Ticket Exchange <tickets@localhost>".to_owned(),
                smtp: None,
                folder,
            },
            providers: Vec::new(),
            limits: Limits::OFF,
            moderation: ModerationSettings::default(),
            private_webhooks: true,
        }
    }

    /// Whether no real money moves.
    #[must_use]
    pub fn test_mode(&self) -> bool {
        !self.stripe.publishable_key.starts_with("pk_live_")
    }

    /// The currency that the amounts in `db` are in, which minor units do not
    /// say: this one, noted now, if there was none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn note_currency(&self, db: &Db) -> Result<String, Error> {
        const NOTE: &str =
            "INSERT IGNORE INTO deployment { id: deployment:one, currency: $currency }";
        let ours = self.currency.code;
        db.transact("note currency", NOTE, vars! { currency => ours.to_owned() })
            .await?;
        db.read("SELECT VALUE currency FROM ONLY deployment:one", vars! {})
            .await?
            .one()?
            .ok_or_else(|| Error::internal("the currency was not noted"))
    }
}
