//! How a deployment is set up, checked before anything starts.

use std::time::Duration;

use domain::{Amount, Currency, order::HoldTimes};

use crate::{Error, platform::db::Db, vars};

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
    /// How the payment service is reached.
    pub stripe: StripeSettings,
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
