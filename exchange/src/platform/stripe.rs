//! The payment service, reduced to what the exchange needs of it.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use domain::{Amount, Currency, OrderId, Timestamp, order::Dispute};
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_core::{
    dispute::RetrieveDispute,
    payment_intent::{
        CancelPaymentIntent, CapturePaymentIntent, CreatePaymentIntent, ListPaymentIntent,
        RetrievePaymentIntent,
    },
    refund::{CreateRefund, ListRefund, RetrieveRefund},
};
use stripe_shared::{
    Charge, DisputeStatus, PaymentIntent, PaymentIntentAllowedPaymentMethodTypes,
    PaymentIntentCaptureMethod, PaymentIntentStatus,
};

use stripe_types::RangeQueryTs;
use tracing::{Instrument, info_span};

use crate::{Error, metrics, settings::StripeSettings};

/// Why a call had no success.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No answer, or one that the same call may improve on: a time-out, 429,
    /// a call under the same key still running.
    #[error("the payment service is away: {0}")]
    Away(String),
    /// A server error. The outcome is unknown and the answer is saved under
    /// the idempotency key, so the object has to be fetched and a new attempt
    /// begun if the step is not done.
    #[error("the payment service failed: {0}")]
    Broken(String),
    /// The call is refused; calling again will not help.
    #[error("the payment service refused: {0}")]
    Refused(String),
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Away(_) | CallError::Broken(_) => {
                Self::Unavailable("the payment service", error.into())
            }
            CallError::Refused(_) => Self::internal(error),
        }
    }
}

/// Where an intent stands at Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentStatus {
    /// It waits for a card that is accepted.
    NeedsCard,
    /// The card's bank asks the buyer, or Stripe is still at work.
    InProgress,
    /// Authorised.
    Authorized,
    /// Captured.
    Captured,
    /// Cancelled.
    Cancelled,
}

/// A `PaymentIntent`, reduced to what the exchange goes by.
#[derive(Debug, Clone)]
pub struct Intent {
    /// `pi_…`
    pub id: String,
    /// Where it stands.
    pub status: IntentStatus,
    /// When it was made, in Unix seconds.
    pub created: i64,
    /// What was asked for.
    pub amount: Amount,
    /// What went back, if anything did; known of intents that were fetched or
    /// listed.
    pub refunded: Option<Amount>,
    /// With it the browser confirms the intent.
    pub client_secret: Option<String>,
    /// The order that it was made for.
    pub order: Option<String>,
    /// The last decline, if the last attempt was declined.
    pub decline: Option<Decline>,
    /// The card that was accepted.
    pub card: Option<Card>,
}

/// A decline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// Stripe's decline code, or else its error code.
    pub code: String,
    /// The failed charge, which tells one decline from the next.
    pub charge: String,
}

/// What may be known of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// `visa`
    pub brand: Option<String>,
    /// Last four digits.
    pub last4: Option<String>,
}

/// Some of what Stripe has, newest first.
#[derive(Debug)]
pub struct Listed<T> {
    /// The objects.
    pub items: Vec<T>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
}

/// Where a refund stands at Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStatus {
    /// The money is on its way, or somebody has to act.
    Pending,
    /// The money went back.
    Succeeded,
    /// It did not, for this reason: the money is ours again.
    Failed(String),
}

/// A `Refund`, reduced to what the exchange goes by.
#[derive(Debug, Clone)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// What goes back.
    pub amount: Amount,
    /// The intent that it was taken with.
    pub intent: Option<String>,
    /// The attempt of ours that it is, if it is ours.
    pub attempt: Option<u32>,
}

impl Refund {
    /// Whether it gives `amount` back, or has.
    #[must_use]
    pub fn is_all_of(&self, amount: Amount) -> bool {
        self.amount == amount && !matches!(self.status, RefundStatus::Failed(_))
    }
}

/// A client of the payment service.
pub struct Stripe {
    client: Client,
}

/// A step of a payment that changes something at Stripe.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Create the intent.
    Create,
    /// Take the money.
    Capture,
    /// Cancel the intent.
    Cancel,
    /// Give the money back.
    Refund,
}

/// The key under which Stripe does a step once: order, step, attempt.
fn key(order: &OrderId, step: Step, attempt: u32) -> Result<RequestStrategy, CallError> {
    let step = match step {
        Step::Create => "create",
        Step::Capture => "capture",
        Step::Cancel => "cancel",
        Step::Refund => "refund",
    };
    IdempotencyKey::new(format!("{order}-{step}-{attempt}"))
        .map(RequestStrategy::Idempotent)
        .map_err(|error| CallError::Refused(error.to_string()))
}

impl Stripe {
    /// A client with these settings.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn new(settings: &StripeSettings) -> Result<Self, Error> {
        let client = ClientBuilder::new(&settings.secret_key)
            .url(&settings.api_url)
            .timeout(settings.timeout.max(Duration::from_millis(100)))
            .build()
            .map_err(Error::internal)?;
        Ok(Self { client })
    }

    /// Creates the intent of `order`, to be captured by us.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn create(
        &self,
        order: &OrderId,
        attempt: u32,
        amount: Amount,
        currency: Currency,
    ) -> Result<Intent, CallError> {
        let currency: stripe_types::Currency = currency
            .code
            .to_lowercase()
            .parse()
            .unwrap_or_else(|never: Infallible| match never {});
        let request = CreatePaymentIntent::new(amount.minor(), currency)
            .capture_method(PaymentIntentCaptureMethod::Manual)
            .allowed_payment_method_types(vec![PaymentIntentAllowedPaymentMethodTypes::Card])
            .metadata([("order".to_owned(), order.to_string())]);
        let strategy = key(order, Step::Create, attempt)?;
        answered(
            "create",
            request
                .customize()
                .request_strategy(strategy)
                .send(&self.client),
        )
        .await
        .map(reduce)
    }

    /// Fetches an intent.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn fetch(&self, intent: &str) -> Result<Intent, CallError> {
        answered(
            "fetch",
            RetrievePaymentIntent::new(intent.to_owned())
                .expand(vec!["latest_charge".to_owned()])
                .send(&self.client),
        )
        .await
        .map(reduce)
    }

    /// Takes the money that `intent` has set aside.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn capture(
        &self,
        order: &OrderId,
        attempt: u32,
        intent: &str,
    ) -> Result<Intent, CallError> {
        let strategy = key(order, Step::Capture, attempt)?;
        answered(
            "capture",
            CapturePaymentIntent::new(intent.to_owned())
                .customize()
                .request_strategy(strategy)
                .send(&self.client),
        )
        .await
        .map(reduce)
    }

    /// Cancels `intent`, which releases what it has set aside.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn cancel(
        &self,
        order: &OrderId,
        attempt: u32,
        intent: &str,
    ) -> Result<Intent, CallError> {
        let strategy = key(order, Step::Cancel, attempt)?;
        answered(
            "cancel",
            CancelPaymentIntent::new(intent.to_owned())
                .customize()
                .request_strategy(strategy)
                .send(&self.client),
        )
        .await
        .map(reduce)
    }
}

/// Intents as a whole.
impl Stripe {
    /// Intents made since `from`, the newest first, from after the one called
    /// `after`.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn list(
        &self,
        from: Timestamp,
        after: Option<&str>,
    ) -> Result<Listed<Intent>, CallError> {
        const MOST: i64 = 100;
        let mut request = ListPaymentIntent::new()
            .created(RangeQueryTs::gte(from.millis() / 1000))
            .expand(vec!["data.latest_charge".to_owned()])
            .limit(MOST);
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let list = answered("list", request.send(&self.client)).await?;
        let items: Vec<Intent> = list.data.into_iter().map(reduce).collect();
        let last = items.last().map(|intent| intent.id.clone());
        Ok(Listed {
            next: last.filter(|_| list.has_more),
            items,
        })
    }

    /// Cancels an intent that no payment goes by.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn cancel_stray(&self, intent: &str) -> Result<(), CallError> {
        // Without a key: a second cancellation is refused, which is as good.
        answered(
            "cancel",
            CancelPaymentIntent::new(intent.to_owned()).send(&self.client),
        )
        .await
        .map(drop)
    }
}

/// The refunds of an intent.
impl Stripe {
    /// Gives back all that `intent` took.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn refund(
        &self,
        order: &OrderId,
        attempt: u32,
        intent: &str,
    ) -> Result<Refund, CallError> {
        let strategy = key(order, Step::Refund, attempt)?;
        answered(
            "refund",
            CreateRefund::new()
                .payment_intent(intent)
                .metadata([
                    ("order".to_owned(), order.to_string()),
                    (ATTEMPT.to_owned(), attempt.to_string()),
                ])
                .customize()
                .request_strategy(strategy)
                .send(&self.client),
        )
        .await
        .map(reduce_refund)
    }

    /// Fetches a refund.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn fetch_refund(&self, refund: &str) -> Result<Refund, CallError> {
        answered(
            "fetch_refund",
            RetrieveRefund::new(refund.to_owned()).send(&self.client),
        )
        .await
        .map(reduce_refund)
    }

    /// Refunds made since `from`, ours or not, the newest first, from after the
    /// one called `after`.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn refunds(
        &self,
        from: Timestamp,
        after: Option<&str>,
    ) -> Result<Listed<Refund>, CallError> {
        const MOST: i64 = 100;
        let mut request = ListRefund::new()
            .created(RangeQueryTs::gte(from.millis() / 1000))
            .limit(MOST);
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let list = answered("list_refunds", request.send(&self.client)).await?;
        let items: Vec<Refund> = list.data.into_iter().map(reduce_refund).collect();
        let last = items.last().map(|refund| refund.id.clone());
        Ok(Listed {
            next: last.filter(|_| list.has_more),
            items,
        })
    }

    /// Every refund of `intent`, ours or not, the newest first.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn refunds_of(&self, intent: &str) -> Result<Vec<Refund>, CallError> {
        const MOST: i64 = 100;
        let list = answered(
            "list_refunds",
            ListRefund::new()
                .payment_intent(intent)
                .limit(MOST)
                .send(&self.client),
        )
        .await?;
        Ok(list.data.into_iter().map(reduce_refund).collect())
    }
}

/// The disputes of a charge.
impl Stripe {
    /// Where a dispute stands, and how much of the charge it is about; none
    /// while it is only an inquiry.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn dispute(&self, dispute: &str) -> Result<Option<(Dispute, Amount)>, CallError> {
        let found = answered(
            "fetch_dispute",
            RetrieveDispute::new(dispute.to_owned()).send(&self.client),
        )
        .await?;
        let stands = match found.status {
            DisputeStatus::NeedsResponse | DisputeStatus::UnderReview => Dispute::Open,
            DisputeStatus::Won => Dispute::Won,
            DisputeStatus::Lost => Dispute::Lost,
            _ => return Ok(None),
        };
        Ok(Some((stands, Amount::from_minor(found.amount))))
    }
}

/// The name in a refund's metadata under which its attempt is.
const ATTEMPT: &str = "attempt";

/// Stripe's answer to a call, which is measured.
async fn answered<T>(
    call: &'static str,
    answer: impl Future<Output = Result<T, StripeError>>,
) -> Result<T, CallError> {
    let begun = Instant::now();
    let span = info_span!("stripe", otel.name = call);
    let answer = answer.instrument(span).await.map_err(classify);
    let outcome = match &answer {
        Ok(_) => "done",
        Err(CallError::Away(_)) => "away",
        Err(CallError::Broken(_)) => "broken",
        Err(CallError::Refused(_)) => "refused",
    };
    metrics::stripe(call, outcome, begun);
    answer
}

fn classify(error: StripeError) -> CallError {
    match error {
        StripeError::Stripe(_, status @ (409 | 424 | 429)) => {
            CallError::Away(format!("status {status}"))
        }
        StripeError::Stripe(details, status @ 500..) => {
            CallError::Broken(format!("status {status}: {:?}", details.message))
        }
        StripeError::Stripe(details, status) => CallError::Refused(format!(
            "status {status}: {:?} {:?}",
            details.code, details.message
        )),
        // What was answered is not understood, so what was done is unknown.
        StripeError::JSONDeserialize(message) => CallError::Broken(message),
        StripeError::ConfigError(message) => CallError::Refused(message),
        error @ (StripeError::ClientError(_) | StripeError::Timeout) => {
            CallError::Away(error.to_string())
        }
    }
}

fn reduce(intent: PaymentIntent) -> Intent {
    let status = match intent.status {
        PaymentIntentStatus::RequiresPaymentMethod | PaymentIntentStatus::RequiresConfirmation => {
            IntentStatus::NeedsCard
        }
        PaymentIntentStatus::RequiresCapture => IntentStatus::Authorized,
        PaymentIntentStatus::Succeeded => IntentStatus::Captured,
        PaymentIntentStatus::Canceled => IntentStatus::Cancelled,
        _ => IntentStatus::InProgress,
    };
    let decline = intent
        .last_payment_error
        .as_deref()
        .filter(|_| status == IntentStatus::NeedsCard)
        .map(|error| Decline {
            code: error
                .decline_code
                .clone()
                .or_else(|| error.code.as_ref().map(ToString::to_string))
                .unwrap_or_else(|| "generic_decline".to_owned()),
            charge: error.charge.clone().unwrap_or_default(),
        });
    let charge = intent
        .latest_charge
        .as_ref()
        .and_then(|charge| charge.as_object());
    Intent {
        id: intent.id.to_string(),
        status,
        created: intent.created,
        amount: Amount::from_minor(intent.amount),
        refunded: charge
            .map(|charge| charge.amount_refunded)
            .filter(|refunded| *refunded > 0)
            .map(Amount::from_minor),
        client_secret: intent.client_secret,
        order: intent.metadata.get("order").cloned(),
        decline,
        card: charge.and_then(card),
    }
}

fn reduce_refund(refund: stripe_shared::Refund) -> Refund {
    let status = match refund.status.as_deref() {
        Some("succeeded") => RefundStatus::Succeeded,
        Some(ended @ ("failed" | "canceled")) => {
            RefundStatus::Failed(refund.failure_reason.unwrap_or_else(|| ended.to_owned()))
        }
        _ => RefundStatus::Pending,
    };
    Refund {
        id: refund.id.to_string(),
        status,
        amount: Amount::from_minor(refund.amount),
        intent: refund
            .payment_intent
            .map(|intent| intent.into_id().to_string()),
        attempt: refund
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.get(ATTEMPT)?.parse().ok()),
    }
}

fn card(charge: &Charge) -> Option<Card> {
    let details = charge.payment_method_details.as_ref()?.card.as_ref()?;
    Some(Card {
        brand: details.brand.as_ref().map(ToString::to_string),
        last4: details.last4.clone(),
    })
}
