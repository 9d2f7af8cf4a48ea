//! Events: what happened to a ticket, an order or a payment, for other
//! services to act on.
//!
//! They carry ids, versions, amounts, times and statuses; never a secret, a
//! name or an address.

use serde::{Deserialize, Serialize};

use crate::{
    Amount, LinkId, OrderId, TicketId, Timestamp, UserId,
    account::{AccountChange, LinkPurpose},
    moderation::{Case, CaseStatus},
    order::{CancelReason, Order, OrderStatus},
    payment::{Payment, PaymentStatus},
    ticket::{Ticket, TicketStatus},
};

/// What kind of record an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// A [`Ticket`].
    Ticket,
    /// An [`Order`].
    Order,
    /// A [`Payment`].
    Payment,
    /// A user.
    User,
    /// A link that is to be mailed.
    Link,
    /// A [`Case`] of moderation.
    Moderation,
}

impl Aggregate {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Ticket,
        Self::Order,
        Self::Payment,
        Self::User,
        Self::Link,
        Self::Moderation,
    ];

    /// The first token of its subjects.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Order => "order",
            Self::Payment => "payment",
            Self::User => "user",
            Self::Link => "link",
            Self::Moderation => "moderation",
        }
    }
}

/// What happened, as the second token of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Made; of a payment: captured.
    Created,
    /// Changed in a way that has no verb of its own.
    Updated,
    /// A ticket was withdrawn.
    Deleted,
    /// An order ended unpaid.
    Cancelled,
    /// An order was paid.
    Completed,
    /// The money went back.
    Refunded,
    /// A payment was declined or could not be captured.
    Failed,
    /// A listing may be on the market.
    Approved,
    /// A listing may not be on the market as it is.
    Rejected,
    /// A listing was taken down.
    Removed,
    /// A refund failed: the money is not back. Its subject is `refund.failed`.
    RefundFailed,
}

impl Verb {
    /// The second token of the subject.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Removed => "removed",
            Self::RefundFailed => "refund_failed",
        }
    }
}

/// The record after the commit, less everything personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Data {
    /// Of a ticket.
    Ticket {
        /// The seller.
        owner: UserId,
        /// Where it stands.
        ticket_status: TicketStatus,
        /// What the buyer pays.
        price: Amount,
        /// The version of what the owner wrote.
        content_version: u32,
        /// The order that holds or bought it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current_order: Option<OrderId>,
    },
    /// Of an order.
    Order {
        /// The ticket.
        ticket: TicketId,
        /// Who orders.
        buyer: UserId,
        /// Whose ticket it is.
        seller: UserId,
        /// Where it stands.
        order_status: OrderStatus,
        /// What is charged.
        price: Amount,
        /// When the hold ends.
        due_at: Timestamp,
        /// Why it was cancelled.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cancel_reason: Option<CancelReason>,
    },
    /// Of a payment.
    Payment {
        /// Where it stands.
        payment_status: PaymentStatus,
        /// What is charged.
        amount: Amount,
        /// Stripe's code of the last decline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decline_code: Option<String>,
    },
    /// Of a link that is to be mailed.
    Link {
        /// What it is for.
        purpose: LinkPurpose,
    },
    /// Of a case of moderation.
    Moderation {
        /// The listing.
        ticket: TicketId,
        /// The version of what its owner wrote that is judged.
        content_version: u32,
        /// Whose listing it is.
        seller: UserId,
        /// Where the case stands.
        case_status: CaseStatus,
    },
    /// Of a user.
    User {
        /// What its owner is told of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<AccountChange>,
        /// The link by which it changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<LinkId>,
    },
}

impl Data {
    /// Whether the state tables lead from `before`, the state at the version
    /// before, to this; a first version begins where records of its kind begin.
    #[must_use]
    pub fn may_follow(&self, before: Option<&Self>) -> bool {
        match (before, self) {
            (None, Self::Ticket { ticket_status, .. }) => *ticket_status == TicketStatus::Pending,
            (None, Self::Order { order_status, .. }) => *order_status == OrderStatus::Created,
            (None, Self::Payment { payment_status, .. }) => {
                *payment_status == PaymentStatus::Created
            }
            (
                Some(Self::Ticket {
                    ticket_status: from,
                    ..
                }),
                Self::Ticket {
                    ticket_status: to, ..
                },
            ) => from == to || from.may_become().contains(to),
            (
                Some(Self::Order {
                    order_status: from, ..
                }),
                Self::Order {
                    order_status: to, ..
                },
            ) => from == to || from.may_become().contains(to),
            (
                Some(Self::Payment {
                    payment_status: from,
                    ..
                }),
                Self::Payment {
                    payment_status: to, ..
                },
            ) => from == to || from.may_become().contains(to),
            (
                Some(Self::Moderation {
                    case_status: from, ..
                }),
                Self::Moderation {
                    case_status: to, ..
                },
            ) => from == to || from.may_become().contains(to),
            (None | Some(Self::User { .. }), Self::User { .. })
            | (None, Self::Link { .. } | Self::Moderation { .. }) => true,
            _ => false,
        }
    }
}

/// One event: exactly one for every version of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it is about.
    pub aggregate: Aggregate,
    /// The identifier of that record.
    pub id: String,
    /// The version that the commit gave the record.
    pub version: u32,
    /// What happened.
    pub verb: Verb,
    /// When.
    pub at: Timestamp,
    /// The record after the commit.
    pub data: Data,
}

impl Event {
    /// The event of a ticket's new state.
    #[must_use]
    pub fn of_ticket(ticket: &Ticket) -> Self {
        let verb = match ticket.status {
            _ if ticket.version == 1 => Verb::Created,
            TicketStatus::Deleted => Verb::Deleted,
            _ => Verb::Updated,
        };
        Self {
            aggregate: Aggregate::Ticket,
            id: ticket.id.to_string(),
            version: ticket.version,
            verb,
            at: ticket.updated_at,
            data: Data::Ticket {
                owner: ticket.owner.clone(),
                ticket_status: ticket.status,
                price: ticket.content.price,
                content_version: ticket.content_version,
                current_order: ticket.current_order.clone(),
            },
        }
    }

    /// The event of an order's new state. `before` tells what happened now
    /// from what had happened before.
    #[must_use]
    pub fn of_order(before: Option<&Order>, order: &Order) -> Self {
        let was = before.map(|order| order.status);
        let verb = match order.status {
            _ if was.is_none() => Verb::Created,
            status if was == Some(status) => Verb::Updated,
            OrderStatus::Cancelled => Verb::Cancelled,
            // Back to where it was when a refund fails.
            OrderStatus::Complete if was != Some(OrderStatus::Refunding) => Verb::Completed,
            OrderStatus::Refunded => Verb::Refunded,
            _ => Verb::Updated,
        };
        Self {
            aggregate: Aggregate::Order,
            id: order.id.to_string(),
            version: order.version,
            verb,
            at: order.updated_at,
            data: Data::Order {
                ticket: order.ticket.clone(),
                buyer: order.buyer.clone(),
                seller: order.seller.clone(),
                order_status: order.status,
                price: order.price,
                due_at: order.due_at(),
                cancel_reason: order.cancel_reason,
            },
        }
    }

    /// The event of a payment's new state. `before` tells a capture and a
    /// decline from other changes.
    #[must_use]
    pub fn of_payment(before: Option<&Payment>, payment: &Payment) -> Self {
        let was = before.map(|payment| payment.status);
        let declined =
            before.is_some_and(|before| before.declined_charge != payment.declined_charge);
        let verb = match payment.status {
            PaymentStatus::Captured if was == Some(PaymentStatus::Authorized) => Verb::Created,
            PaymentStatus::Captured if was == Some(PaymentStatus::Refunding) => Verb::RefundFailed,
            PaymentStatus::Refunded => Verb::Refunded,
            PaymentStatus::Failed => Verb::Failed,
            _ if declined => Verb::Failed,
            _ => Verb::Updated,
        };
        Self {
            aggregate: Aggregate::Payment,
            id: payment.id.to_string(),
            version: payment.version,
            verb,
            at: payment.updated_at,
            data: Data::Payment {
                payment_status: payment.status,
                amount: payment.amount,
                decline_code: payment.decline_code.clone(),
            },
        }
    }

    /// The event of a case's new state.
    #[must_use]
    pub fn of_case(case: &Case) -> Self {
        let verb = match case.status {
            CaseStatus::Open if case.version == 1 => Verb::Created,
            CaseStatus::Open | CaseStatus::Closed => Verb::Updated,
            CaseStatus::Approved => Verb::Approved,
            CaseStatus::Rejected => Verb::Rejected,
            CaseStatus::Removed => Verb::Removed,
        };
        Self {
            aggregate: Aggregate::Moderation,
            id: case.id.to_string(),
            version: case.version,
            verb,
            at: case.updated_at,
            data: Data::Moderation {
                ticket: case.ticket.clone(),
                content_version: case.content_version,
                seller: case.seller.clone(),
                case_status: case.status,
            },
        }
    }

    /// What happened: `order.created`.
    #[must_use]
    pub fn kind(&self) -> String {
        if self.verb == Verb::RefundFailed {
            return "refund.failed".to_owned();
        }
        format!("{}.{}", self.aggregate.name(), self.verb.name())
    }

    /// The NATS subject: `order.created.<id>`.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{}.{}", self.kind(), self.id)
    }

    /// What makes it the same message however often it is published:
    /// `order-<id>-<version>`.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("{}-{}-{}", self.aggregate.name(), self.id, self.version)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        fixtures::{order, order_id, ticket},
        order::{Dispute, RefundReason},
    };

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn events_read_back_as_what_was_written() {
        let payment = Payment::begin(order_id(1), Amount::from_minor(100), NOW);
        for event in [
            Event::of_ticket(&ticket()),
            Event::of_order(None, &order()),
            Event::of_payment(None, &payment),
        ] {
            let text = serde_json::to_string(&event).expect("serializes");
            assert_eq!(
                serde_json::from_str::<Event>(&text).expect("reads back"),
                event
            );
            assert!(
                !text.contains("note"),
                "no handover note leaves the records"
            );
        }
    }

    #[test]
    fn an_order_is_completed_once_whatever_comes_after() {
        let window = Duration::from_secs(3_600);
        let taken = order().authorize(NOW).expect("live");
        let paid = taken.complete(NOW).expect("taken");
        let refunding = paid
            .begin_refund(RefundReason::Buyer, window, NOW)
            .expect("paid");
        let paid_again = refunding.refund_failed(NOW).expect("refunding");
        let disputed = paid_again.disputed(Dispute::Open, NOW).expect("news");
        let steps = [
            (None, &taken, Verb::Created),
            (Some(&order()), &taken, Verb::Updated),
            (Some(&taken), &paid, Verb::Completed),
            (Some(&paid), &refunding, Verb::Updated),
            (Some(&refunding), &paid_again, Verb::Updated),
            (Some(&paid_again), &disputed, Verb::Updated),
            (
                Some(&refunding),
                &refunding.refunded(NOW).expect("refunding"),
                Verb::Refunded,
            ),
        ];
        for (before, after, verb) in steps {
            assert_eq!(Event::of_order(before, after).verb, verb);
        }
    }

    #[test]
    fn a_payment_is_created_once_at_capture_and_fails_once_a_decline_or_refund() {
        let begun = Payment::begin(order_id(1), Amount::from_minor(100), NOW);
        let declined = Payment {
            declined_charge: Some("ch_1".into()),
            ..begun.changed(NOW)
        };
        let authorized = declined.step(PaymentStatus::Authorized, NOW).expect("step");
        let captured = authorized.step(PaymentStatus::Captured, NOW).expect("step");
        let refunding = captured.begin_refund(NOW).expect("captured");
        let back = refunding.step(PaymentStatus::Captured, NOW).expect("step");
        let failed = Event::of_payment(Some(&refunding), &back);
        assert!(failed.subject().starts_with("refund.failed."));
        let verbs = [
            Event::of_payment(None, &begun),
            Event::of_payment(Some(&begun), &declined),
            Event::of_payment(Some(&declined), &authorized),
            Event::of_payment(Some(&authorized), &captured),
        ]
        .map(|event| event.verb);
        assert_eq!(
            verbs,
            [Verb::Updated, Verb::Failed, Verb::Updated, Verb::Created]
        );
    }
}
