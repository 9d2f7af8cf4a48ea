//! What is shown, charged, booked and refunded is one integer.

use domain::{Amount, Currency, OrderId, order::OrderStatus};
use exchange::{
    market::TypedContent,
    payments::{self, refund},
};
use futures::{StreamExt, stream};
use texts::Language;

use crate::{
    harness::{press_pay, typed, ulid},
    shop::{Shop, VISA},
};

/// 10,000.00 of a currency with two decimals.
const MAX: Amount = Amount::from_minor(1_000_000);

/// Prices from the least to the greatest, `apart` minor units apart or as near
/// to that as the currency allows, and all the odd ones.
fn prices(currency: &Currency, apart: i64) -> Vec<Amount> {
    let from = currency.min.minor();
    let mut prices: Vec<i64> = (0..)
        .map(|n| from + n * apart)
        .map(|price| price - price % currency.step)
        .take_while(|price| *price <= MAX.minor())
        .collect();
    prices.extend([from, 1_999, 2_001, 12_345, 99_999, 100_001, MAX.minor()]);
    prices.sort_unstable();
    prices.dedup();
    prices
        .into_iter()
        .map(Amount::from_minor)
        .filter(|price| currency.check_price(*price, MAX).is_ok())
        .collect()
}

fn currency(code: &str) -> Currency {
    Currency::by_code(code).expect("in the table")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_shown_charged_booked_and_refunded() {
    for (code, decimals) in [("JPY", 0), ("CAD", 2), ("KWD", 3)] {
        let currency = currency(code);
        assert_eq!(currency.decimals, decimals);
        let shop = Shop::with(|settings| {
            settings.currency = currency;
            settings.max_holds = 1_000;
        })
        .await;
        let exchange = &shop.world.exchange;
        for price in prices(&currency, 33_331) {
            let content = TypedContent {
                price: currency.digits(price),
                ..typed("One seat")
            };
            let ticket = shop.world.listed_as(&shop.seller, content).await;
            assert_eq!(ticket.content.price, price);
            let shown = Language::English.price(&currency, price);
            let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(digits.parse(), Ok(price.minor()), "{shown}");

            let order = shop
                .world
                .reserve(&shop.buyer, &ticket)
                .await
                .expect("free");
            let secret = press_pay(exchange, &shop.buyer, &order)
                .await
                .expect("payable");
            shop.sandbox.pay(&secret, VISA).await;
            payments::settle(exchange, &order).await.expect("settles");
            refund::refund(exchange, &shop.buyer, &order)
                .await
                .expect("in time");
            let done = shop.world.order(&order).await;
            assert_eq!((done.status, done.price), (OrderStatus::Refunded, price));
            let intents = shop.sandbox.intents().await;
            let intent = intents
                .iter()
                .find(|intent| intent["metadata"]["order"] == order.as_str())
                .expect("made");
            assert_eq!(intent["amount"], price.minor());
            assert_eq!(intent["amount_received"], price.minor());
            assert_eq!(intent["currency"], code.to_lowercase());
            assert_eq!(shop.sandbox.refunded(order.as_str()).await, price.minor());
        }
        // The ledger is compared with every order there.
        shop.world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stripe_is_asked_for_exactly_the_price() {
    let shop = Shop::new().await;
    let stripe = &shop.world.exchange.stripe;
    let currency = shop.world.exchange.settings.currency;
    stream::iter(prices(&currency, 499))
        .for_each_concurrent(8, async |price| {
            let order: OrderId = ulid().parse().expect("a ULID");
            let intent = stripe.create(&order, 1, price, currency).await;
            assert_eq!(intent.expect("creates").amount, price);
        })
        .await;
    shop.world.check().await;
}
