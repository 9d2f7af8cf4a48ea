//! An order and the state table of its status.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Amount, Billing, OrderId, Refusal, TicketId, Timestamp, UserId,
    permission::{Actor, Permit, RefundOrder, UseOrder},
    ticket::Ticket,
};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// A hold that is not paid.
    Created,
    /// Authorised in time and being captured: it neither expires nor can it be
    /// cancelled.
    AwaitingPayment,
    /// Paid.
    Complete,
    /// The refund is under way.
    Refunding,
    /// The money went back.
    Refunded,
    /// The hold ended without a payment.
    Cancelled,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Created,
        Self::AwaitingPayment,
        Self::Complete,
        Self::Refunding,
        Self::Refunded,
        Self::Cancelled,
    ];

    /// The state table: what an order in this status may become.
    #[must_use]
    pub const fn may_become(self) -> &'static [Self] {
        match self {
            Self::Created => &[Self::AwaitingPayment, Self::Cancelled],
            Self::AwaitingPayment => &[Self::Complete, Self::Cancelled],
            Self::Complete => &[Self::Refunding],
            Self::Refunding => &[Self::Refunded, Self::Complete],
            Self::Refunded | Self::Cancelled => &[],
        }
    }

    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Complete => "complete",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether an order in this status has been paid for, the money going
    /// back or not.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Complete | Self::Refunding | Self::Refunded)
    }
}

/// Why an order was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Its time ran out.
    Expired,
    /// The buyer let it go.
    Buyer,
    /// A moderator removed the ticket.
    Moderation,
    /// The authorised payment could not be captured.
    PaymentFailed,
}

/// Where a dispute of the charge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// There is none.
    #[default]
    None,
    /// The card holder disputes the charge.
    Open,
    /// Decided for the exchange.
    Won,
    /// Decided for the card holder.
    Lost,
}

/// Why the money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The buyer asked for it, in time.
    Buyer,
    /// A moderator or an operator decided so.
    Moderation,
    /// It was refunded at Stripe itself.
    Stripe,
}

impl RefundReason {
    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Moderation => "moderation",
            Self::Stripe => "stripe",
        }
    }
}

/// The spans that bound a hold.
#[derive(Debug, Clone, Copy)]
pub struct HoldTimes {
    /// How long a hold lasts.
    pub hold: Duration,
    /// How much longer it lasts once a payment has begun.
    pub grace: Duration,
    /// How long its buyer waits before reserving the same ticket again.
    pub cooldown: Duration,
}

/// Somebody's reservation of a ticket, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its identifier.
    pub id: OrderId,
    /// What is ordered.
    pub ticket: TicketId,
    /// Who orders.
    pub buyer: UserId,
    /// Whose ticket it is.
    pub seller: UserId,
    /// The price when it was ordered: what is charged.
    pub price: Amount,
    /// The title when it was ordered.
    pub title: String,
    /// The start of the event when it was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// The zone of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When the hold ends unless a payment begins.
    pub expires_at: Timestamp,
    /// When it ends once a payment has begun; set once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<Timestamp>,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Where a dispute stands.
    pub dispute: Dispute,
    /// When it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// Why the money went back, or was to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_reason: Option<RefundReason>,
    /// Who pays, once *Pay* was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// Grows by one with every change.
    pub version: u32,
    /// When the ticket was reserved.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Order {
    /// A new hold of `ticket`, which must be orderable by `buyer`.
    #[must_use]
    pub(crate) fn hold(
        id: OrderId,
        ticket: &Ticket,
        buyer: UserId,
        hold: Duration,
        now: Timestamp,
    ) -> Self {
        let content = &ticket.content;
        let expires_at = content
            .starts_at
            .map_or(now + hold, |start| start.min(now + hold));
        Self {
            id,
            ticket: ticket.id.clone(),
            buyer,
            seller: ticket.owner.clone(),
            price: content.price,
            title: content.title.clone(),
            starts_at: content.starts_at,
            zone: content.zone.clone(),
            expires_at,
            pay_until: None,
            status: OrderStatus::Created,
            cancel_reason: None,
            dispute: Dispute::None,
            paid_at: None,
            refund_reason: None,
            billing: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// When the hold ends.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        self.pay_until.unwrap_or(self.expires_at)
    }

    /// Whether it still keeps the ticket from everybody else.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        match self.status {
            OrderStatus::Created => now < self.due_at(),
            OrderStatus::AwaitingPayment => true,
            _ => false,
        }
    }

    /// The order when who paid need no longer be known.
    #[must_use]
    pub fn without_billing(&self, now: Timestamp) -> Self {
        Self {
            billing: None,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }

    /// Whether buyer and seller still owe each other something: until the event
    /// has begun, or for thirty days where it has no start.
    #[must_use]
    pub fn binds(&self, now: Timestamp) -> bool {
        const WITHOUT_START: Duration = Duration::from_secs(30 * 24 * 3_600);
        let owed = match self.status {
            // Also one that is over and waits to be cancelled: its ticket is on its
            // way back to the market.
            OrderStatus::Created | OrderStatus::AwaitingPayment | OrderStatus::Refunding => true,
            OrderStatus::Complete => match (self.starts_at, self.paid_at) {
                (Some(start), _) => now < start,
                (None, paid) => now < paid.unwrap_or(self.updated_at) + WITHOUT_START,
            },
            OrderStatus::Cancelled | OrderStatus::Refunded => false,
        };
        owed || self.dispute == Dispute::Open
    }

    /// Whether its hold has ended and only waits to be cancelled.
    #[must_use]
    pub fn is_lapsed(&self, now: Timestamp) -> bool {
        self.status == OrderStatus::Created && !self.is_live(now)
    }

    /// The step from one of `from` to `to`, if it is in the state table.
    fn step(&self, from: &[OrderStatus], to: OrderStatus, now: Timestamp) -> Result<Self, Refusal> {
        if !(from.contains(&self.status) && self.status.may_become().contains(&to)) {
            return Err(match (self.status, to) {
                (OrderStatus::Cancelled, _) => Refusal::OrderCancelled,
                (OrderStatus::AwaitingPayment, OrderStatus::Cancelled) => Refusal::BeingPaid,
                (OrderStatus::Complete, OrderStatus::Cancelled) => Refusal::AlreadyPaid,
                _ => Refusal::NoSuchStep {
                    from: self.status.name(),
                    to: to.name(),
                },
            });
        }
        Ok(Self {
            status: to,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// Whether a payment may begin or go on.
    ///
    /// # Errors
    /// Why not.
    pub fn check_payable(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.status {
            OrderStatus::Created if self.is_live(now) => Ok(()),
            OrderStatus::Created => Err(Refusal::HoldEnded),
            OrderStatus::AwaitingPayment => Err(Refusal::BeingPaid),
            OrderStatus::Complete | OrderStatus::Refunding | OrderStatus::Refunded => {
                Err(Refusal::AlreadyPaid)
            }
            OrderStatus::Cancelled if self.cancel_reason == Some(CancelReason::Expired) => {
                Err(Refusal::HoldEnded)
            }
            OrderStatus::Cancelled => Err(Refusal::OrderCancelled),
        }
    }

    /// *Pay*: notes who pays. The first time the hold lasts `grace` longer, but
    /// never beyond the start of the event, and never again.
    ///
    /// # Errors
    /// Why it cannot be paid.
    pub(crate) fn begin_payment(
        &self,
        billing: &Billing,
        grace: Duration,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        self.check_payable(now)?;
        if self.pay_until.is_some() && self.billing.as_ref() == Some(billing) {
            return Ok(self.clone());
        }
        let until = self.expires_at + grace;
        let until = self.starts_at.map_or(until, |start| start.min(until));
        Ok(Self {
            pay_until: self.pay_until.or(Some(until)),
            billing: Some(billing.clone()),
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// The payment is authorised: the order is taken, if the hold is live.
    ///
    /// # Errors
    /// Why it cannot be paid.
    pub fn authorize(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.check_payable(now)?;
        self.step(&[OrderStatus::Created], OrderStatus::AwaitingPayment, now)
    }

    /// The payment is captured.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it awaits payment.
    pub fn complete(&self, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self {
            paid_at: Some(now),
            ..self.step(&[OrderStatus::AwaitingPayment], OrderStatus::Complete, now)?
        })
    }

    /// Until when the buyer may have the money back: until the event begins,
    /// or for `window` after paying when it has no start.
    #[must_use]
    pub fn refundable_until(&self, window: Duration) -> Option<Timestamp> {
        self.starts_at
            .or_else(|| self.paid_at.map(|paid| paid + window))
    }

    /// Whether a refund may begin.
    ///
    /// # Errors
    /// Why not.
    pub fn check_refundable(
        &self,
        reason: RefundReason,
        window: Duration,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self.status {
            OrderStatus::Complete => {}
            OrderStatus::Refunding => return Err(Refusal::BeingRefunded),
            OrderStatus::Refunded => return Err(Refusal::AlreadyRefunded),
            _ => return Err(Refusal::NotPaid),
        }
        if matches!(self.dispute, Dispute::Open | Dispute::Lost) && reason != RefundReason::Stripe {
            return Err(Refusal::Disputed);
        }
        let in_time = self
            .refundable_until(window)
            .is_some_and(|until| now < until);
        if reason == RefundReason::Buyer && !in_time {
            return Err(Refusal::RefundTooLate);
        }
        Ok(())
    }

    /// The refund begins.
    ///
    /// # Errors
    /// As [`Order::check_refundable`].
    pub fn begin_refund(
        &self,
        reason: RefundReason,
        window: Duration,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        self.check_refundable(reason, window, now)?;
        Ok(Self {
            refund_reason: Some(reason),
            ..self.step(&[OrderStatus::Complete], OrderStatus::Refunding, now)?
        })
    }

    /// The money went back.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it is being refunded.
    pub fn refunded(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.step(&[OrderStatus::Refunding], OrderStatus::Refunded, now)
    }

    /// The refund failed: the order is as it was, and may be refunded again.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] unless it is being refunded.
    pub fn refund_failed(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.step(&[OrderStatus::Refunding], OrderStatus::Complete, now)
    }

    /// What Stripe says of a dispute; none when that is not a step from what is
    /// known. A dispute that is lost stays so: the ledger has its entry.
    #[must_use]
    pub fn disputed(&self, dispute: Dispute, now: Timestamp) -> Option<Self> {
        let news = matches!(
            (self.dispute, dispute),
            (Dispute::None, Dispute::Open | Dispute::Won | Dispute::Lost)
                | (Dispute::Open, Dispute::Won | Dispute::Lost)
                | (Dispute::Won, Dispute::Lost)
        );
        if !self.status.is_paid() || !news {
            return None;
        }
        Some(Self {
            dispute,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        })
    }

    /// The hold ends unpaid.
    ///
    /// # Errors
    /// [`Refusal::NoSuchStep`] when it expires before its time is up;
    /// [`Refusal::BeingPaid`], [`Refusal::AlreadyPaid`] or
    /// [`Refusal::OrderCancelled`].
    pub fn cancel(&self, reason: CancelReason, now: Timestamp) -> Result<Self, Refusal> {
        let allowed = match reason {
            CancelReason::Expired => self.status != OrderStatus::Created || self.is_lapsed(now),
            // Once authorised only a refused capture ends it, and only then.
            CancelReason::PaymentFailed => self.status != OrderStatus::Created,
            CancelReason::Buyer | CancelReason::Moderation => true,
        };
        let being_paid =
            self.status == OrderStatus::AwaitingPayment && reason != CancelReason::PaymentFailed;
        if being_paid {
            return Err(Refusal::BeingPaid);
        }
        if !allowed {
            return Err(Refusal::NoSuchStep {
                from: self.status.name(),
                to: OrderStatus::Cancelled.name(),
            });
        }
        Ok(Self {
            cancel_reason: Some(reason),
            ..self.step(
                &[OrderStatus::Created, OrderStatus::AwaitingPayment],
                OrderStatus::Cancelled,
                now,
            )?
        })
    }
}

impl Permit<UseOrder<'_>> {
    /// *Pay*: notes who pays. The first time the hold lasts `grace` longer, but
    /// never beyond the start of the event, and never again.
    ///
    /// # Errors
    /// Why it cannot be paid.
    pub fn begin_payment(
        &self,
        billing: &Billing,
        grace: Duration,
        now: Timestamp,
    ) -> Result<Order, Refusal> {
        self.action.0.begin_payment(billing, grace, now)
    }

    /// Its buyer lets it go.
    ///
    /// # Errors
    /// As [`Order::cancel`].
    pub fn cancel(&self, now: Timestamp) -> Result<Order, Refusal> {
        self.action.0.cancel(CancelReason::Buyer, now)
    }
}

impl Permit<RefundOrder<'_>> {
    /// As what it would be refunded.
    #[must_use]
    pub fn reason(&self) -> RefundReason {
        match self.by() {
            Actor::User(user) if *user == self.action.0.buyer => RefundReason::Buyer,
            _ => RefundReason::Moderation,
        }
    }

    /// Whether it may be refunded now.
    ///
    /// # Errors
    /// As [`Order::check_refundable`].
    pub fn check(&self, window: Duration, now: Timestamp) -> Result<(), Refusal> {
        self.action.0.check_refundable(self.reason(), window, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{billing, order, state_table, ticket, user_id};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(NOW.millis() + seconds * 1000)
    }

    #[test]
    fn transitions_are_the_state_table_and_nothing_else() {
        let table = "created>awaiting_payment,cancelled awaiting_payment>complete,cancelled complete>refunding refunding>refunded,complete refunded> cancelled>";
        assert_eq!(
            state_table(
                &OrderStatus::ALL,
                OrderStatus::name,
                OrderStatus::may_become
            ),
            table
        );
    }

    #[test]
    fn a_hold_ends_at_the_start_of_the_event_at_the_latest() {
        let mut soon = ticket();
        soon.content.starts_at = Some(at(60));
        let held = Order::hold(order().id, &soon, user_id(2), Duration::from_secs(900), NOW);
        assert_eq!(held.expires_at, at(60));
        let paying = held
            .begin_payment(&billing(), Duration::from_secs(120), NOW)
            .expect("live");
        assert_eq!(paying.pay_until, Some(at(60)));
    }

    #[test]
    fn the_grace_is_given_once_and_only_to_a_live_hold() {
        let held = order();
        let paying = held
            .begin_payment(&billing(), Duration::from_secs(120), at(899))
            .expect("live");
        assert_eq!(paying.due_at(), at(1020));
        let again = paying
            .begin_payment(&billing(), Duration::from_secs(120), at(1019))
            .expect("live");
        assert_eq!(again, paying);
        assert_eq!(
            held.begin_payment(&billing(), Duration::from_secs(120), at(900)),
            Err(Refusal::HoldEnded)
        );
        assert_eq!(paying.authorize(at(1020)), Err(Refusal::HoldEnded));
    }

    #[test]
    fn an_order_that_is_being_paid_neither_expires_nor_is_cancelled() {
        let taken = order().authorize(at(1)).expect("live");
        for reason in [
            CancelReason::Expired,
            CancelReason::Buyer,
            CancelReason::Moderation,
        ] {
            assert_eq!(taken.cancel(reason, at(10_000)), Err(Refusal::BeingPaid));
        }
        assert!(taken.cancel(CancelReason::PaymentFailed, at(2)).is_ok());
        assert!(taken.is_live(at(10_000)));
    }

    #[test]
    fn a_hold_does_not_expire_early_and_is_not_cancelled_twice() {
        assert!(order().cancel(CancelReason::Expired, at(899)).is_err());
        let expired = order().cancel(CancelReason::Expired, at(900)).expect("due");
        assert_eq!(
            expired.cancel(CancelReason::Buyer, at(901)),
            Err(Refusal::OrderCancelled)
        );
        assert_eq!(expired.check_payable(at(901)), Err(Refusal::HoldEnded));
        assert!(order().cancel(CancelReason::PaymentFailed, at(1)).is_err());
        let paid = order()
            .authorize(at(1))
            .and_then(|o| o.complete(at(2)))
            .expect("steps");
        assert_eq!(
            paid.cancel(CancelReason::Buyer, at(3)),
            Err(Refusal::AlreadyPaid)
        );
    }

    const WINDOW: Duration = Duration::from_secs(100);

    fn paid() -> Order {
        order()
            .authorize(at(1))
            .and_then(|order| order.complete(at(2)))
            .expect("steps")
    }

    #[test]
    fn a_buyer_is_refunded_until_the_event_begins_or_the_window_closes() {
        let paid = paid();
        let refund = |order: &Order, reason, seconds| {
            order
                .begin_refund(reason, WINDOW, at(seconds))
                .map(|order| order.status)
        };
        use RefundReason::{Buyer, Moderation};
        assert_eq!(refund(&paid, Buyer, 101), Ok(OrderStatus::Refunding));
        assert_eq!(refund(&paid, Buyer, 102), Err(Refusal::RefundTooLate));
        assert_eq!(refund(&paid, Moderation, 102), Ok(OrderStatus::Refunding));
        let with_start = Order {
            starts_at: Some(at(1_000)),
            ..paid
        };
        assert_eq!(refund(&with_start, Buyer, 999), Ok(OrderStatus::Refunding));
        assert_eq!(
            refund(&with_start, Buyer, 1_000),
            Err(Refusal::RefundTooLate)
        );
        assert_eq!(refund(&order(), Buyer, 3), Err(Refusal::NotPaid));
    }

    #[test]
    fn a_refund_ends_in_the_money_back_or_in_the_paid_order() {
        let refunding = paid()
            .begin_refund(RefundReason::Buyer, WINDOW, at(3))
            .expect("paid");
        let again = refunding.begin_refund(RefundReason::Buyer, WINDOW, at(4));
        assert_eq!(again, Err(Refusal::BeingRefunded));
        let failed = refunding.refund_failed(at(4)).expect("refunding");
        assert!(
            failed
                .begin_refund(RefundReason::Buyer, WINDOW, at(5))
                .is_ok()
        );
        let refunded = refunding.refunded(at(4)).expect("refunding");
        assert_eq!(
            refunded.begin_refund(RefundReason::Moderation, WINDOW, at(5)),
            Err(Refusal::AlreadyRefunded)
        );
    }

    #[test]
    fn a_dispute_blocks_the_refund_until_it_is_won_and_a_lost_one_stays_lost() {
        let open = paid().disputed(Dispute::Open, at(3)).expect("news");
        assert_eq!(open.disputed(Dispute::Open, at(4)), None);
        for blocked in [
            open.clone(),
            open.disputed(Dispute::Lost, at(4)).expect("news"),
        ] {
            assert_eq!(
                blocked.begin_refund(RefundReason::Buyer, WINDOW, at(5)),
                Err(Refusal::Disputed)
            );
        }
        let won = open.disputed(Dispute::Won, at(4)).expect("news");
        assert_eq!(won.disputed(Dispute::Open, at(5)), None);
        assert!(won.begin_refund(RefundReason::Buyer, WINDOW, at(5)).is_ok());
        // Stripe may take the decision back for the worse only.
        let lost = won.disputed(Dispute::Lost, at(5)).expect("news");
        for late in [Dispute::None, Dispute::Open, Dispute::Won] {
            assert_eq!(lost.disputed(late, at(6)), None);
        }
        assert_eq!(order().disputed(Dispute::Open, at(3)), None, "not paid");
    }
}
