//! What happened, in numbers: each thing once, and what the ledger says.

use domain::Date;
use exchange::{
    administration,
    figures::{self, Figures, Record},
    payments::refund,
    platform::outbox,
    vars,
};
use tokio::task::JoinSet;

use crate::{
    harness::{Running, eventually, operator},
    shop::Shop,
};

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_counted_once_whoever_counts() {
    let shop = Shop::new().await;
    let exchange = &shop.world.exchange;
    let (ticket, _) = shop.paid().await;
    let (_, order) = shop.paid().await;
    shop.held().await;
    refund::refund(exchange, &shop.buyer, &order)
        .await
        .expect("paid");
    // More than one that relays and counts, as when a lease ends under its holder.
    let running = Running::start(exchange).await;
    running.prepare(&shop.world).await.expect("a broker");
    let mut counting = JoinSet::new();
    for _ in 0..8 {
        let (exchange, bus) = (exchange.clone(), running.bus.clone());
        counting.spawn(async move {
            outbox::publish_some(&exchange.db, &bus).await?;
            figures::count(&exchange).await
        });
    }
    for counted in counting.join_all().await {
        counted.expect("counts");
    }
    let price = ticket.content.price.minor();
    let expected = Figures {
        listings: 3,
        holds: 3,
        sales: 2,
        sold: 2 * price,
        refunds: 1,
        refunded: price,
        ..Figures::default()
    };
    let today = figures::day(exchange.clock.now());
    // Midnight may pass.
    let yesterday = Date::from_days(today.days() - 1);
    let dashboard = async || {
        let to = figures::day(exchange.clock.now());
        administration::dashboard(exchange, &operator(), yesterday, to)
            .await
            .expect("reads")
    };
    eventually("all is counted", async || {
        dashboard().await.total == expected
    })
    .await;
    let found = dashboard().await;
    assert_eq!(found.owed, price);
    assert_eq!(found.total.revenue(), price);
    let seller = shop.seller.id().expect("signed in");
    let record = figures::seller(&exchange.db, seller).await.expect("reads");
    assert_eq!(
        record,
        Record {
            owed: price,
            sales: 2,
            refunds: 1
        }
    );
    let owed = administration::owed(exchange, &operator(), 10)
        .await
        .expect("reads");
    let [creditor] = &owed[..] else {
        panic!("one seller: {owed:?}");
    };
    assert_eq!(
        (&creditor.owed.seller, creditor.owed.amount),
        (seller, price)
    );
    running.stop().await;
    shop.world.check().await;
}

#[tokio::test]
async fn the_check_finds_figures_that_are_not_what_the_ledger_says() {
    let shop = Shop::new().await;
    let exchange = &shop.world.exchange;
    shop.paid().await;
    figures::count(exchange).await.expect("counts");
    shop.world.check().await;
    for sql in [
        "UPDATE figures SET sold += 1",
        "UPDATE figures SET sold -= 1, holds += 1",
        "UPDATE figures SET holds -= 1; UPDATE seller SET owed += 1",
        "UPDATE seller SET owed -= 1, sales += 1",
    ] {
        exchange
            .db
            .transact("tamper", sql, vars! {})
            .await
            .expect("writes");
        assert_eq!(shop.world.violations().await.len(), 1, "{sql}");
    }
    exchange
        .db
        .transact("mend", "UPDATE seller SET sales -= 1", vars! {})
        .await
        .expect("writes");
    shop.world.check().await;
}
