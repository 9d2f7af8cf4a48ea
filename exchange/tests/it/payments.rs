//! From *Pay* to the money, and back out when it comes too late.

use std::{sync::Arc, time::Duration};

use domain::{
    Refusal,
    order::{CancelReason, OrderStatus},
    payment::PaymentStatus,
    permission::Viewer,
    ticket::{Ticket, TicketStatus},
};
use exchange::{Error, clock::Clock, orders, payments, vars};
use stripe_sandbox::Sandbox;

use crate::harness::{Running, World, eventually, sandbox, settings};

const VISA: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";
const INSUFFICIENT: &str = "4000000000009995";

struct Shop {
    world: World,
    sandbox: Arc<Sandbox>,
    seller: Viewer,
    buyer: Viewer,
}

impl Shop {
    async fn new() -> Self {
        Self::with_hold(Duration::from_secs(900)).await
    }

    async fn with_hold(hold: Duration) -> Self {
        let sandbox = sandbox().await;
        let mut settings = settings(&sandbox.url());
        settings.hold_times.hold = hold;
        settings.hold_times.grace = Duration::from_secs(1);
        let world = World::with(settings, Clock::default()).await;
        let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
        Self {
            world,
            sandbox,
            seller,
            buyer,
        }
    }

    async fn held(&self) -> (Ticket, domain::OrderId) {
        let ticket = self.world.listed(&self.seller).await;
        let order = self
            .world
            .reserve(&self.buyer, &ticket)
            .await
            .expect("free");
        (ticket, order)
    }

    async fn start(&self, order: &domain::OrderId) -> String {
        payments::start(&self.world.exchange, &self.buyer, order)
            .await
            .expect("payable")
    }

    async fn intents(&self, status: &str) -> usize {
        self.sandbox
            .intents()
            .await
            .iter()
            .filter(|intent| intent["status"] == status)
            .count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_card_buys_the_ticket_for_exactly_its_price() {
    let shop = Shop::new().await;
    let (ticket, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    let (done, payment) = payments::finish(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("settles");
    assert_eq!(done.status, OrderStatus::Complete);
    let payment = payment.expect("a payment");
    assert_eq!(
        (
            payment.status,
            payment.card_last4.as_deref(),
            payment.card_brand.as_deref()
        ),
        (PaymentStatus::Captured, Some("4242"), Some("visa"))
    );
    assert_eq!(
        shop.world.ticket(&ticket.id).await.status,
        TicketStatus::Sold
    );
    let intent = shop.sandbox.intents().await.remove(0);
    assert_eq!(
        (
            intent["amount_received"].as_i64(),
            intent["currency"].as_str()
        ),
        (Some(4_500), Some("cad"))
    );
    let seen = orders::view(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("party");
    assert_eq!(seen.handover_note.as_deref(), Some("By e-mail."));
    for refused in [
        payments::start(&shop.world.exchange, &shop.buyer, &order)
            .await
            .map(|_| ()),
        orders::cancel(&shop.world.exchange, &shop.buyer, &order).await,
    ] {
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::AlreadyPaid))),
            "{refused:?}"
        );
    }
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_leaves_the_hold_and_another_card_pays_with_the_same_intent() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    for (card, code) in [
        (DECLINED, "generic_decline"),
        (INSUFFICIENT, "insufficient_funds"),
    ] {
        let secret = shop.start(&order).await;
        shop.sandbox.pay(&secret, card).await;
        let (held, payment) = payments::finish(&shop.world.exchange, &shop.buyer, &order)
            .await
            .expect("settles");
        assert_eq!(held.status, OrderStatus::Created);
        assert_eq!(
            payment.and_then(|payment| payment.decline_code).as_deref(),
            Some(code)
        );
    }
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    let (done, _) = payments::finish(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("settles");
    assert_eq!(done.status, OrderStatus::Complete);
    assert_eq!(shop.sandbox.intents().await.len(), 1);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pay_pressed_many_times_at_once_is_one_intent_and_one_charge() {
    let shop = Arc::new(Shop::new().await);
    let (_, order) = shop.held().await;
    let mut presses = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (shop, order) = (Arc::clone(&shop), order.clone());
        presses
            .spawn(async move { payments::start(&shop.world.exchange, &shop.buyer, &order).await });
    }
    let secrets: Vec<String> = presses
        .join_all()
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(shop.sandbox.intents().await.len(), 1);
    shop.sandbox.pay(&secrets[0], VISA).await;
    let mut finishes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (shop, order) = (Arc::clone(&shop), order.clone());
        finishes.spawn(async move {
            payments::finish(&shop.world.exchange, &shop.buyer, &order)
                .await
                .ok()
        });
    }
    finishes.join_all().await;
    payments::settle(&shop.world.exchange, &order)
        .await
        .expect("settles");
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_whose_browser_went_away_is_completed_by_the_sweep() {
    let shop = Shop::new().await;
    let (ticket, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    let running = Running::start(&shop.world.exchange).await;
    eventually("it is sold", async || {
        shop.world.ticket(&ticket.id).await.status == TicketStatus::Sold
    })
    .await;
    running.stop().await;
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_hold_cancels_its_intent_and_releases_a_late_authorisation() {
    let shop = Shop::new().await;
    let running = Running::start(&shop.world.exchange).await;
    let (ticket, order) = shop.held().await;
    let secret = shop.start(&order).await;
    orders::cancel(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("unpaid");
    // Too late, but Stripe does not know yet.
    shop.sandbox.pay(&secret, VISA).await;
    eventually("the intent is cancelled", async || {
        shop.intents("canceled").await == 1
    })
    .await;
    let finished = payments::finish(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("settles");
    assert_eq!(
        (finished.0.status, finished.0.cancel_reason),
        (OrderStatus::Cancelled, Some(CancelReason::Buyer))
    );
    eventually("it is noted", async || {
        payments::finish(&shop.world.exchange, &shop.buyer, &order)
            .await
            .is_ok_and(|(_, payment)| {
                payment.is_some_and(|payment| payment.status == PaymentStatus::Cancelled)
            })
    })
    .await;
    assert_eq!(
        shop.world.ticket(&ticket.id).await.status,
        TicketStatus::Available
    );
    running.stop().await;
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_stripe_cannot_answer_for_waits_and_then_completes() {
    let shop = Shop::new().await;
    let (ticket, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    shop.sandbox.faults().add(
        stripe_sandbox::Operation::Capture,
        stripe_sandbox::FaultKind::Error500AfterWork,
        1,
        None,
    );
    let finished = payments::finish(&shop.world.exchange, &shop.buyer, &order).await;
    assert!(
        finished.as_ref().is_err_and(Error::is_temporary),
        "{finished:?}"
    );
    assert_eq!(
        shop.world.order(&order).await.status,
        OrderStatus::AwaitingPayment
    );
    let cancel = orders::cancel(&shop.world.exchange, &shop.buyer, &order).await;
    assert!(
        matches!(cancel, Err(Error::Refused(Refusal::BeingPaid))),
        "{cancel:?}"
    );
    payments::settle(&shop.world.exchange, &order)
        .await
        .expect("settles");
    assert_eq!(
        shop.world.ticket(&ticket.id).await.status,
        TicketStatus::Sold
    );
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_buyer_of_a_live_hold_can_pay_and_stripe_is_not_asked() {
    let shop = Shop::with_hold(Duration::from_secs(1)).await;
    let (_, order) = shop.held().await;
    let other = shop.world.user("other").await;
    let exchange = &shop.world.exchange;
    assert!(matches!(
        payments::start(exchange, &other, &order).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        payments::start(exchange, &shop.seller, &order).await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(
        payments::start(exchange, &Viewer::ANYONE, &order).await,
        Err(Error::Unauthenticated)
    ));
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert!(matches!(
        payments::start(exchange, &shop.buyer, &order).await,
        Err(Error::Refused(Refusal::HoldEnded))
    ));
    assert!(shop.sandbox.intents().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn expiry_and_authorisation_at_once_never_release_and_charge() {
    let shop = Arc::new(Shop::new().await);
    let mut sold = 0;
    for round in 0..500 {
        let (ticket, order) = shop.held().await;
        let secret = shop.start(&order).await;
        shop.sandbox.pay(&secret, VISA).await;
        // Due now, give or take a few milliseconds.
        let due = shop.world.exchange.clock.now().millis() + i64::from(round % 7);
        let age = "UPDATE type::record('ticket_order', $id) SET due_at = $due, expires_at = $due, pay_until = $due";
        shop.world
            .exchange
            .db
            .transact("age", age, vars! { id => order.to_string(), due => due })
            .await
            .expect("writes");
        let expiring = {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move {
                for _ in 0..4 {
                    exchange::services::catch_up(&shop.world.exchange)
                        .await
                        .expect("expires");
                    tokio::time::sleep(Duration::from_millis(2)).await
                }
            })
        };
        let paying = {
            let (shop, order) = (Arc::clone(&shop), order.clone());
            tokio::spawn(async move { payments::settle(&shop.world.exchange, &order).await })
        };
        expiring.await.expect("runs");
        paying.await.expect("runs").ok();
        payments::settle(&shop.world.exchange, &order)
            .await
            .expect("settles");
        let (order, ticket) = (
            shop.world.order(&order).await,
            shop.world.ticket(&ticket.id).await,
        );
        match order.status {
            OrderStatus::Complete => {
                assert_eq!(ticket.status, TicketStatus::Sold);
                sold += 1;
            }
            OrderStatus::Cancelled => assert_eq!(ticket.status, TicketStatus::Available),
            status => panic!("{status:?} is no end"),
        }
    }
    assert_eq!(shop.intents("succeeded").await, sold);
    assert_eq!(shop.intents("canceled").await, 500 - sold);
    shop.world.check().await;
}
