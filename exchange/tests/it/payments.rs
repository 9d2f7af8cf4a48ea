//! From *Pay* to the money, and back out when it comes too late.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    Refusal,
    order::{CancelReason, OrderStatus},
    payment::PaymentStatus,
    permission::Viewer,
    ticket::TicketStatus,
};
use exchange::{
    Error, orders,
    orders::billing::TypedBilling,
    payments,
    services::{self, Service},
    vars,
};
use stripe_sandbox::{FaultKind, Operation};

use crate::{
    harness::{Running, billing, eventually, press_pay, ulid},
    shop::{DECLINED, INSUFFICIENT, Shop, VISA},
};

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
        press_pay(&shop.world.exchange, &shop.buyer, &order)
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
        presses.spawn(async move { press_pay(&shop.world.exchange, &shop.buyer, &order).await });
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
async fn pay_pressed_again_when_stripe_did_not_answer_finds_the_intent_that_it_made() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    shop.sandbox
        .faults()
        .add(Operation::Create, FaultKind::TimeoutAfterWork, 1, None);
    let unanswered = press_pay(&shop.world.exchange, &shop.buyer, &order).await;
    assert!(
        unanswered.as_ref().is_err_and(Error::is_temporary),
        "{unanswered:?}"
    );
    assert_eq!(shop.sandbox.intents().await.len(), 1, "made, and not noted");
    let secret = shop.start(&order).await;
    let intents = shop.sandbox.intents().await;
    assert_eq!(intents.len(), 1);
    assert_eq!(intents[0]["client_secret"].as_str(), Some(secret.as_str()));
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

/// Payments whose intent Stripe does not know, more than one sweep looks at,
/// and all of them longer due than the one that can be settled.
#[tokio::test(flavor = "multi_thread")]
async fn payments_that_fail_for_good_keep_no_other_from_being_settled() {
    const FAILING: usize = 600;
    let shop = Shop::new().await;
    let (ticket, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    let db = &shop.world.exchange.db;
    let failing: Vec<String> = (0..FAILING).map(|_| ulid()).collect();
    let copy = "
        LET $order = (SELECT * OMIT id FROM ONLY type::record('ticket_order', $paid));
        LET $payment = (SELECT * OMIT id FROM ONLY type::record('payment', $paid));
        FOR $id IN $failing {
            CREATE type::record('ticket_order', $id) CONTENT $order;
            CREATE type::record('payment', $id) CONTENT $payment;
        };
        UPDATE payment SET intent = 'pi_unknown', look_at = 1 WHERE record::id(id) IN $failing;
        UPDATE type::record('payment', $paid) SET look_at = 2";
    let vars = vars! { paid => order.to_string(), failing => failing.clone() };
    db.transact("copy", copy, vars).await.expect("writes");
    let running = Running::start(&shop.world.exchange).await;
    eventually("it is sold", async || {
        shop.world.ticket(&ticket.id).await.status == TicketStatus::Sold
    })
    .await;
    running.stop().await;
    let delete = "
        DELETE payment WHERE intent = 'pi_unknown';
        DELETE ticket_order WHERE record::id(id) IN $failing";
    db.transact("delete", delete, vars! { failing => failing })
        .await
        .expect("deletes");
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_waits_the_longer_for_its_next_turn_the_longer_nothing_changes() {
    const MINUTE: i64 = 60_000;
    let shop = Shop::new().await;
    let (db, clock) = (&shop.world.exchange.db, &shop.world.exchange.clock);
    let now = clock.now().millis();
    // Minutes since its last change, in the order of their identifiers.
    for minutes in [1, 2, 24 * 60] {
        let (_, order) = shop.held().await;
        shop.start(&order).await;
        let age = "UPDATE type::record('payment', $id) SET updated_at = $at, look_at = 1";
        let vars = vars! { id => order.to_string(), at => now - minutes * MINUTE };
        db.transact("age", age, vars).await.expect("writes");
    }
    let turns = async || -> Vec<i64> {
        let mut turns = db
            .read("SELECT VALUE look_at FROM payment", vars! {})
            .await
            .expect("reads");
        turns.many().expect("times")
    };
    let running = Running::start(&shop.world.exchange).await;
    eventually("all have had their turn", async || {
        turns().await.iter().all(|turn| *turn > 1)
    })
    .await;
    running.stop().await;
    let turns = turns().await;
    assert_eq!(turns[1] - turns[0], MINUTE);
    assert!(turns[1] < turns[2], "{turns:?}");
    assert!(turns[2] <= clock.now().millis() + 5 * MINUTE, "{turns:?}");
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
    shop.sandbox
        .faults()
        .add(Operation::Capture, FaultKind::Error500AfterWork, 1, None);
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
async fn a_capture_that_is_refused_for_good_gives_the_ticket_and_the_money_back() {
    // The money is released by a call that may fail, too.
    for failures in [0, 1] {
        let shop = Shop::new().await;
        let (ticket, order) = shop.held().await;
        let secret = shop.start(&order).await;
        shop.sandbox.pay(&secret, VISA).await;
        let faults = shop.sandbox.faults();
        faults.add(Operation::Capture, FaultKind::Error400, 1, None);
        faults.add(Operation::Cancel, FaultKind::Error500, failures, None);
        for _ in 0..failures {
            let failed = payments::settle(&shop.world.exchange, &order).await;
            assert!(
                failed.as_ref().is_err_and(Error::is_temporary),
                "{failed:?}"
            );
            assert_eq!(
                shop.world.order(&order).await.status,
                OrderStatus::AwaitingPayment
            );
        }
        let (ended, payment) = payments::finish(&shop.world.exchange, &shop.buyer, &order)
            .await
            .expect("settles");
        assert_eq!(
            (
                ended.status,
                ended.cancel_reason,
                payment.map(|payment| payment.status)
            ),
            (
                OrderStatus::Cancelled,
                Some(CancelReason::PaymentFailed),
                Some(PaymentStatus::Failed)
            )
        );
        assert_eq!(shop.intents("canceled").await, 1);
        assert_eq!(
            shop.world.ticket(&ticket.id).await.status,
            TicketStatus::Available
        );
        // The buyer may hold as many as before.
        for _ in 0..shop.world.exchange.settings.max_holds {
            shop.held().await;
        }
        shop.world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_order_waits_while_its_intent_is_processing_and_completes_once_it_is_captured() {
    // Whether the capture that failed was done or has yet to be.
    for capture in [FaultKind::Error500, FaultKind::Error500AfterWork] {
        let shop = Shop::new().await;
        let (ticket, order) = shop.held().await;
        let secret = shop.start(&order).await;
        shop.sandbox.pay(&secret, VISA).await;
        let faults = shop.sandbox.faults();
        faults.add(Operation::Capture, capture, 1, None);
        let taken = payments::settle(&shop.world.exchange, &order).await;
        assert!(taken.as_ref().is_err_and(Error::is_temporary), "{taken:?}");
        faults.add(Operation::Retrieve, FaultKind::Processing, 1_000, None);
        for _ in 0..3 {
            let waits = payments::settle(&shop.world.exchange, &order).await;
            assert!(matches!(waits, Err(Error::Unavailable(..))), "{waits:?}");
            assert_eq!(
                shop.world.order(&order).await.status,
                OrderStatus::AwaitingPayment
            );
            assert_eq!(
                shop.world.ticket(&ticket.id).await.status,
                TicketStatus::Reserved
            );
        }
        assert_eq!(shop.intents("canceled").await, 0);
        faults.clear();
        payments::settle(&shop.world.exchange, &order)
            .await
            .expect("settles");
        assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
        assert_eq!(shop.intents("succeeded").await, 1);
        shop.world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_buyer_of_a_live_hold_can_pay_and_stripe_is_not_asked() {
    let shop = Shop::with_hold(Duration::from_secs(1)).await;
    let (_, order) = shop.held().await;
    let other = shop.world.user("other").await;
    let exchange = &shop.world.exchange;
    assert!(matches!(
        press_pay(exchange, &other, &order).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        press_pay(exchange, &shop.seller, &order).await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(
        press_pay(exchange, &Viewer::Anyone, &order).await,
        Err(Error::Unauthenticated)
    ));
    let nowhere = TypedBilling {
        country: "XX".into(),
        ..billing()
    };
    let invalid = payments::start(exchange, &shop.buyer, &order, &nowhere).await;
    assert!(matches!(invalid, Err(Error::Invalid(_))), "{invalid:?}");
    let (_, cancelled) = shop.held().await;
    orders::cancel(exchange, &shop.buyer, &cancelled)
        .await
        .expect("held");
    assert!(matches!(
        press_pay(exchange, &shop.buyer, &cancelled).await,
        Err(Error::Refused(Refusal::OrderCancelled))
    ));
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert!(matches!(
        press_pay(exchange, &shop.buyer, &order).await,
        Err(Error::Refused(Refusal::HoldEnded))
    ));
    assert!(shop.sandbox.intents().await.is_empty());
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expiry_and_authorisation_at_once_never_release_and_charge() {
    const ROUNDS: usize = 500;
    let shop = Arc::new(Shop::new().await);
    let mut expected = HashMap::new();
    // Milliseconds that the hold has left when its payment is settled: one
    // less after each sale and one more after each expiry, which keeps it where
    // either may be first, however fast the machine is.
    let mut left = 5;
    for _ in 0..ROUNDS {
        let (ticket, order) = shop.held().await;
        let secret = shop.start(&order).await;
        shop.sandbox.pay(&secret, VISA).await;
        let due = shop.world.exchange.clock.now().millis() + left;
        let age = "UPDATE type::record('ticket_order', $id) SET due_at = $due, expires_at = $due, pay_until = $due";
        shop.world
            .exchange
            .db
            .transact("age", age, vars! { id => order.to_string(), due => due })
            .await
            .expect("writes");
        let paying = {
            let (shop, order) = (Arc::clone(&shop), order.clone());
            tokio::spawn(async move { payments::settle(&shop.world.exchange, &order).await })
        };
        while !paying.is_finished() {
            services::catch_up(&shop.world.exchange, &Service::ALL)
                .await
                .expect("expires");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        paying.await.expect("runs").ok();
        payments::settle(&shop.world.exchange, &order)
            .await
            .expect("settles");
        let ended = shop.world.order(&order).await.status;
        let (ticket_status, intent_status) = match ended {
            OrderStatus::Complete => (TicketStatus::Sold, "succeeded"),
            OrderStatus::Cancelled => (TicketStatus::Available, "canceled"),
            status => panic!("{status:?} is no end"),
        };
        assert_eq!(shop.world.ticket(&ticket.id).await.status, ticket_status);
        left += if ended == OrderStatus::Complete {
            -1
        } else {
            1
        };
        expected.insert(order.to_string(), intent_status);
    }
    let sold = expected
        .values()
        .filter(|status| **status == "succeeded")
        .count();
    assert!(0 < sold && sold < ROUNDS, "{sold} of {ROUNDS} were sold");
    let intents = shop.sandbox.intents().await;
    assert_eq!(intents.len(), ROUNDS, "one for each order");
    for intent in intents {
        let order = intent["metadata"]["order"].as_str().expect("its order");
        assert_eq!(
            intent["status"].as_str(),
            expected.remove(order),
            "the intent of {order}"
        );
    }
    shop.world.check().await;
}
