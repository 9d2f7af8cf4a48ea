//! A shop with a payment service: what tests of money begin with.

use std::{sync::Arc, time::Duration};

use domain::{OrderId, permission::Viewer, ticket::Ticket};
use exchange::{clock::Clock, orders, payments, settings::Settings};
use stripe_sandbox::Sandbox;

use crate::harness::{World, press_pay, sandbox, settings};

pub(crate) const VISA: &str = "4242424242424242";
pub(crate) const DECLINED: &str = "4000000000000002";
/// Stripe's test cards whose refunds take time, and then succeed or fail.
pub(crate) const REFUND_PENDING: &str = "4000000000007726";
pub(crate) const REFUND_COMES_BACK: &str = "4000000000005126";
/// The sandbox's own card, whose refunds fail from pending.
pub(crate) const REFUND_FAILS: &str = "4000000000005134";
/// Whose charges are disputed.
pub(crate) const DISPUTED: &str = "4000000000000259";
pub(crate) const INSUFFICIENT: &str = "4000000000009995";

/// A seller, a buyer, and who takes the money.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) seller: Viewer,
    pub(crate) buyer: Viewer,
}

impl Shop {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with_hold(hold: Duration) -> Self {
        Self::with(|settings| settings.hold_times.hold = hold).await
    }

    pub(crate) async fn with(edit: impl FnOnce(&mut Settings)) -> Self {
        let sandbox = sandbox().await;
        let mut settings = settings(&sandbox.url());
        settings.hold_times.grace = Duration::from_secs(1);
        edit(&mut settings);
        let world = World::with(settings, Clock::default()).await;
        let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
        Self {
            world,
            sandbox,
            seller,
            buyer,
        }
    }

    pub(crate) async fn held(&self) -> (Ticket, OrderId) {
        let ticket = self.world.listed(&self.seller).await;
        let order = self
            .world
            .reserve(&self.buyer, &ticket)
            .await
            .expect("free");
        (ticket, order)
    }

    pub(crate) async fn start(&self, order: &OrderId) -> String {
        press_pay(&self.world.exchange, &self.buyer, order)
            .await
            .expect("payable")
    }

    pub(crate) async fn intents(&self, status: &str) -> usize {
        self.sandbox
            .intents()
            .await
            .iter()
            .filter(|intent| intent["status"] == status)
            .count()
    }

    /// An order that is paid.
    pub(crate) async fn paid(&self) -> (Ticket, OrderId) {
        self.paid_with(VISA).await
    }

    pub(crate) async fn paid_with(&self, card: &str) -> (Ticket, OrderId) {
        let (ticket, order) = self.held().await;
        let secret = self.start(&order).await;
        self.sandbox.pay(&secret, card).await;
        payments::finish(&self.world.exchange, &self.buyer, &order)
            .await
            .expect("settles");
        (ticket, order)
    }

    /// The order's intent.
    pub(crate) async fn intent(&self, order: &OrderId) -> String {
        orders::view(&self.world.exchange, &self.buyer, order)
            .await
            .expect("party")
            .payment
            .and_then(|payment| payment.intent)
            .expect("an intent")
    }

    /// Refunds a paid order, or a part of it, without this exchange.
    pub(crate) async fn refund_at_stripe(&self, order: &OrderId, amount: Option<i64>) {
        let intent = self.intent(order).await;
        let refund = self.sandbox.refund(&intent, amount).await;
        assert_eq!(refund["status"], "succeeded", "{refund}");
    }
}
