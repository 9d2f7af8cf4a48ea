//! Switches with which tests make the sandbox misbehave.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// The calls that a fault can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `POST /v1/payment_intents`.
    Create,
    /// `POST /v1/payment_intents/{id}/confirm`.
    Confirm,
    /// The cardholder's answer to 3-D Secure.
    Authenticate,
    /// `POST /v1/payment_intents/{id}/capture`.
    Capture,
    /// `POST /v1/payment_intents/{id}/cancel`.
    Cancel,
    /// Every GET.
    Retrieve,
    /// `POST /v1/refunds`.
    Refund,
    /// Every call.
    #[serde(rename = "*")]
    Any,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The work begins `value` milliseconds late.
    DelayMs,
    /// The work is done, the answer comes `value` milliseconds (60,000) late.
    TimeoutAfterWork,
    /// Nothing is done; 500, which is saved under the idempotency key.
    #[serde(rename = "error_500")]
    Error500,
    /// Nothing is done; 429, which is not saved.
    #[serde(rename = "error_429")]
    Error429,
    /// The work is done, but the answer, also the saved one, is 500.
    #[serde(rename = "error_500_after_work")]
    Error500AfterWork,
    /// Nothing is done; 400, a refusal for good, which is saved under the
    /// idempotency key.
    #[serde(rename = "error_400")]
    Error400,
    /// What is read is an intent in `processing`, wherever it stands. Only
    /// reading meets it.
    Processing,
}

impl FaultKind {
    /// A saved answer is replayed as it is: only the road to it can fail.
    fn meets_replay(self) -> bool {
        matches!(
            self,
            Self::DelayMs | Self::TimeoutAfterWork | Self::Error429
        )
    }
}

/// One rule. Rules are used in the order given, one a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The calls it meets.
    #[serde(rename = "match")]
    pub operation: Operation,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many requests it meets before it is used up.
    #[serde(default = "once")]
    pub times: u32,
    /// Milliseconds, for the kinds that wait.
    #[serde(default)]
    pub value: Option<u64>,
}

fn once() -> u32 {
    1
}

/// How webhook deliveries misbehave, for events made while it is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookFaults {
    /// The event types concerned; all when empty.
    pub types: Vec<String>,
    /// Never deliver.
    pub drop: bool,
    /// Deliver this many milliseconds late.
    pub delay_ms: u64,
    /// Deliver this many times more than once.
    pub duplicate: u32,
    /// Deliver nothing, of whatever type, until this is false again.
    pub hold: bool,
    /// Deliver the newest event first.
    pub reverse: bool,
}

/// The rules in force; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Rules>>);

/// The rules as `/_sandbox/faults` reads and shows them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Fault>,
    pub(crate) webhooks: Option<WebhookFaults>,
}

impl Faults {
    /// Adds a rule that meets the next `times` requests.
    pub fn add(&self, operation: Operation, kind: FaultKind, times: u32, value: Option<u64>) {
        self.lock().rules.push(Fault {
            operation,
            kind,
            times,
            value,
        });
    }

    /// Whether every rule has met as many requests as it was to meet.
    #[must_use]
    pub fn are_used_up(&self) -> bool {
        self.lock().rules.iter().all(|rule| rule.times == 0)
    }

    /// Sets the webhook switches; `WebhookFaults::default()` ends them.
    ///
    /// Deliveries that were held go out at the next event or within a second.
    pub fn set_webhooks(&self, webhooks: WebhookFaults) {
        self.lock().webhooks = Some(webhooks);
    }

    /// Ends all faults.
    pub fn clear(&self) {
        *self.lock() = Rules::default();
    }

    pub(crate) fn webhooks(&self) -> WebhookFaults {
        self.lock().webhooks.clone().unwrap_or_default()
    }

    /// Adds rules and, if given, replaces the webhook switches.
    pub(crate) fn merge(&self, more: Rules) {
        let mut rules = self.lock();
        rules.rules.extend(more.rules);
        rules.webhooks = more.webhooks.or(rules.webhooks.take());
    }

    pub(crate) fn rules(&self) -> Rules {
        self.lock().clone()
    }

    /// Uses up one application of the first rule that meets this request.
    pub(crate) fn take(&self, operation: Operation, replay: bool) -> Option<Fault> {
        let mut rules = self.lock();
        rules.rules.retain(|rule| rule.times > 0);
        let rule = rules.rules.iter_mut().find(|rule| {
            (rule.operation == operation || rule.operation == Operation::Any)
                && (!replay || rule.kind.meets_replay())
        })?;
        rule.times -= 1;
        Some(rule.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
