//! Everything at once, in every order: whatever happens to an order, it only
//! takes steps of its state table, and the money is right in the end.

use std::{sync::Arc, time::Duration};

use domain::{OrderId, order::OrderStatus, permission::Viewer, ticket::Ticket};
use exchange::{
    market, orders,
    payments::{self, refund},
    vars,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use crate::{
    harness::{Running, eventually, press_pay, typed},
    shop::{DECLINED, REFUND_FAILS, REFUND_PENDING, Shop, VISA},
};

const INTERLEAVINGS: u64 = 1_000;
/// How many orders are in the works at a time.
const AT_ONCE: usize = 24;

/// What may happen to an order.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Its buyer pays with one of these cards, and comes back or not.
    Pay {
        card: &'static str,
        comes_back: bool,
    },
    /// Its buyer lets it go.
    Cancel,
    /// Its time runs out.
    Expire,
    /// Its buyer wants the money back.
    Refund,
    /// Stripe says something of it, true or not.
    Webhook(&'static str),
    /// Somebody looks at it again.
    Retry,
    /// The seller edits the ticket.
    Edit,
    /// Somebody else wants the ticket.
    Compete,
}

const CARDS: [&str; 4] = [VISA, DECLINED, REFUND_PENDING, REFUND_FAILS];
const WEBHOOKS: [&str; 4] = [
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.failed",
];

impl Act {
    fn pay(dice: &mut StdRng) -> Self {
        Self::Pay {
            card: CARDS[dice.random_range(0..CARDS.len())],
            comes_back: dice.random_bool(0.7),
        }
    }

    fn any(dice: &mut StdRng) -> Self {
        match dice.random_range(0..12) {
            0..2 => Self::pay(dice),
            2 => Self::Cancel,
            3 => Self::Expire,
            4..7 => Self::Refund,
            7 => Self::Webhook(WEBHOOKS[dice.random_range(0..WEBHOOKS.len())]),
            8..10 => Self::Retry,
            10 => Self::Edit,
            _ => Self::Compete,
        }
    }

    /// Does it. Many acts are refused, depending on what came first.
    async fn happen(self, scene: &Scene) {
        let Scene {
            shop,
            ticket,
            order,
            buyer,
            rival,
        } = scene;
        let exchange = &shop.world.exchange;
        match self {
            Self::Pay { card, comes_back } => {
                let Ok(secret) = press_pay(exchange, buyer, order).await else {
                    return;
                };
                shop.sandbox.pay(&secret, card).await;
                if comes_back {
                    payments::finish(exchange, buyer, order).await.ok();
                }
            }
            Self::Cancel => drop(orders::cancel(exchange, buyer, order).await),
            Self::Expire => {
                let now = exchange.clock.now().millis();
                let age = "UPDATE type::record('ticket_order', $id) SET due_at = $now, expires_at = $now, pay_until = IF pay_until { $now } WHERE status = 'created'";
                let vars = vars! { id => order.to_string(), now => now };
                exchange.db.transact("age", age, vars).await.ok();
            }
            Self::Refund => drop(refund::refund(exchange, buyer, order).await),
            Self::Webhook(kind) => {
                let object = json!({ "metadata": { "order": order }, "status": "succeeded" });
                shop.deliver(&format!("evt_{order}_{kind}"), kind, object)
                    .await
                    .ok();
            }
            Self::Retry => drop(payments::settle(exchange, order).await),
            Self::Edit => {
                let edited = market::edit(
                    exchange,
                    &shop.seller,
                    &ticket.id,
                    ticket.content_version,
                    typed("Two seats, edited"),
                );
                drop(edited.await);
            }
            Self::Compete => drop(shop.world.reserve(rival, ticket).await),
        }
    }
}

/// An order and who has to do with it.
struct Scene {
    shop: Arc<Shop>,
    ticket: Ticket,
    order: OrderId,
    buyer: Viewer,
    rival: Viewer,
}

/// One order: waves of acts, those of one wave at once; most often paying is
/// in the first.
async fn interleaving(shop: Arc<Shop>, seed: u64) -> OrderId {
    let mut dice = StdRng::seed_from_u64(seed);
    let ticket = shop.world.listed(&shop.seller).await;
    let (buyer, rival) = (shop.world.stranger(), shop.world.stranger());
    let order = shop.world.reserve(&buyer, &ticket).await.expect("free");
    let scene = Arc::new(Scene {
        shop,
        ticket,
        order,
        buyer,
        rival,
    });
    for wave in 0..dice.random_range(2..=5) {
        let mut acts = JoinSet::new();
        for act in 0..dice.random_range(1..=3) {
            let act = if wave == 0 && act == 0 && dice.random_bool(0.7) {
                Act::pay(&mut dice)
            } else {
                Act::any(&mut dice)
            };
            let pause = Duration::from_millis(dice.random_range(0..20));
            let scene = Arc::clone(&scene);
            acts.spawn(async move {
                sleep(pause).await;
                act.happen(&scene).await;
            });
        }
        acts.join_all().await;
    }
    scene.order.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_in_whatever_order_the_money_is_right() {
    // Long enough for what happens to an order on a slow machine.
    let shop = Arc::new(Shop::with_hold(Duration::from_secs(8)).await);
    let running = Running::start(&shop.world.exchange).await;
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut orders = JoinSet::new();
    for seed in 0..INTERLEAVINGS {
        let (shop, at_once) = (Arc::clone(&shop), Arc::clone(&at_once));
        orders.spawn(async move {
            let _turn = at_once.acquire().await.expect("never closed");
            interleaving(shop, seed).await
        });
    }
    let orders = orders.join_all().await;
    // Refunds that take time end now.
    shop.sandbox.set_clock_offset(60);
    for order in &orders {
        eventually("it comes to an end", async || {
            payments::settle(&shop.world.exchange, order).await.ok();
            matches!(
                shop.world.order(order).await.status,
                OrderStatus::Complete | OrderStatus::Refunded | OrderStatus::Cancelled
            )
        })
        .await;
    }
    running.stop().await;

    let mut ends = [0, 0, 0];
    let intents = shop.sandbox.intents().await;
    for order in &orders {
        let of_order = |status: &str| {
            intents
                .iter()
                .filter(|intent| {
                    intent["metadata"]["order"] == order.as_str() && intent["status"] == status
                })
                .count()
        };
        let charged = of_order("succeeded");
        let back = shop.sandbox.refunded(order.as_str()).await;
        let found = shop.world.order(order).await;
        let (end, expected) = match found.status {
            OrderStatus::Complete => (0, (1, 0)),
            OrderStatus::Refunded => (1, (1, found.price.minor())),
            _ => (2, (0, 0)),
        };
        assert_eq!((charged, back), expected, "{order}: {found:?}");
        assert_eq!(of_order("requires_capture"), 0, "{order}");
        ends[end] += 1;
    }
    assert!(
        ends.iter().all(|orders| *orders > 20),
        "complete, refunded and cancelled: {ends:?}"
    );
    shop.world.check().await;
}
