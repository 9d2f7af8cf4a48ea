//! Everything the sandbox knows, as it is kept on disk.

use std::collections::BTreeMap;

use rand::Rng;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};

use crate::charges::Charge;
use crate::disputes::Dispute;
use crate::events::Event;
use crate::idempotency::SavedAnswer;
use crate::intent::Intent;
use crate::payment_methods::PaymentMethod;
use crate::refunds::Refund;
use crate::webhooks::Delivery;

/// Objects by id; ids ascend, so a map is in order of creation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// Counts the ids given out.
    counter: u64,
    pub(crate) intents: BTreeMap<String, Intent>,
    pub(crate) charges: BTreeMap<String, Charge>,
    pub(crate) payment_methods: BTreeMap<String, PaymentMethod>,
    pub(crate) refunds: BTreeMap<String, Refund>,
    pub(crate) disputes: BTreeMap<String, Dispute>,
    pub(crate) events: BTreeMap<String, Event>,
    /// Answers by idempotency key.
    pub(crate) answers: BTreeMap<String, SavedAnswer>,
    /// Webhook deliveries that are still to be made, oldest first.
    pub(crate) deliveries: Vec<Delivery>,
}

impl State {
    /// A new id such as `pi_3S00000007fQ2…`: unique, ascending, not guessable.
    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        self.counter += 1;
        format!("{prefix}_3S{:08}{}", self.counter, random(14))
    }
}

/// Random letters and digits.
pub(crate) fn random(length: usize) -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(length)
        .map(char::from)
        .collect()
}
