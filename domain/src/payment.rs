//! A payment and the state table of its status.

use serde::{Deserialize, Serialize};

use crate::{Amount, OrderId, Refusal, Timestamp};

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The buyer has yet to give a card that is accepted.
    Created,
    /// The card's bank asks the buyer to confirm (3-D Secure).
    RequiresAction,
    /// The money is set aside, not taken.
    Authorized,
    /// The money is taken.
    Captured,
    /// The money is on its way back.
    Refunding,
    /// The money went back.
    Refunded,
    /// Ended without taking money.
    Cancelled,
    /// The capture was refused.
    Failed,
}

impl PaymentStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::RequiresAction,
        Self::Authorized,
        Self::Captured,
        Self::Refunding,
        Self::Refunded,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The state table: what a payment in this status may become.
    #[must_use]
    pub const fn may_become(self) -> &'static [Self] {
        match self {
            Self::Created => &[Self::RequiresAction, Self::Authorized, Self::Cancelled],
            Self::RequiresAction => &[Self::Created, Self::Authorized, Self::Cancelled],
            Self::Authorized => &[Self::Captured, Self::Cancelled, Self::Failed],
            Self::Captured => &[Self::Refunding],
            Self::Refunding => &[Self::Refunded, Self::Captured],
            Self::Refunded | Self::Cancelled | Self::Failed => &[],
        }
    }

    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::RequiresAction => "requires_action",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Whether Stripe may still have something to say about it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Created | Self::RequiresAction | Self::Authorized | Self::Refunding
        )
    }
}

/// The one payment of an order, made at the first *Pay*. Never a card number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its order, which also names it.
    pub id: OrderId,
    /// What is charged: the order's price.
    pub amount: Amount,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Stripe's `PaymentIntent`, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Attempts to create the intent; part of the idempotency key.
    pub create_attempt: u32,
    /// Attempts to capture it.
    pub capture_attempt: u32,
    /// Attempts to cancel it.
    pub cancel_attempt: u32,
    /// Attempts to refund it.
    #[serde(default)]
    pub refund_attempt: u32,
    /// Stripe's `Refund`, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<String>,
    /// Stripe's reason why the last refund failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_failure: Option<String>,
    /// Stripe's code of the last decline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// Stripe's charge of the last decline, by which a decline is told from a
    /// repeated report of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined_charge: Option<String>,
    /// The card's brand, as Stripe names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_brand: Option<String>,
    /// The card number's last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_last4: Option<String>,
    /// Grows by one with every change.
    pub version: u32,
    /// When *Pay* was first pressed.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Payment {
    /// A new payment whose intent is about to be created for the first time.
    #[must_use]
    pub fn begin(order: OrderId, amount: Amount, now: Timestamp) -> Self {
        Self {
            id: order,
            amount,
            status: PaymentStatus::Created,
            intent: None,
            create_attempt: 1,
            capture_attempt: 0,
            cancel_attempt: 0,
            refund_attempt: 0,
            refund: None,
            refund_failure: None,
            decline_code: None,
            declined_charge: None,
            card_brand: None,
            card_last4: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same payment after a change that is no step of the state table.
    #[must_use]
    pub fn changed(&self, now: Timestamp) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }

    /// The refund begins, as a new attempt.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it is captured.
    pub fn begin_refund(&self, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self {
            refund_attempt: self.refund_attempt + 1,
            refund: None,
            refund_failure: None,
            ..self.step(PaymentStatus::Refunding, now)?
        })
    }

    /// The next step.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] when the state table has none.
    pub fn step(&self, to: PaymentStatus, now: Timestamp) -> Result<Self, Refusal> {
        if !self.status.may_become().contains(&to) {
            return Err(Refusal::NoSuchStep {
                from: self.status.name(),
                to: to.name(),
            });
        }
        Ok(Self {
            status: to,
            ..self.changed(now)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::state_table;

    #[test]
    fn transitions_are_the_state_table_and_nothing_else() {
        let table = "created>requires_action,authorized,cancelled requires_action>created,authorized,cancelled authorized>captured,cancelled,failed captured>refunding refunding>refunded,captured refunded> cancelled> failed>";
        assert_eq!(
            state_table(
                &PaymentStatus::ALL,
                PaymentStatus::name,
                PaymentStatus::may_become
            ),
            table
        );
    }
}
