//! Demo data: users and listings that look real, with dates relative to today.

use domain::TicketId;

use crate::{
    Exchange, Result,
    accounts::{self, Registration, User},
    market::{self, TypedContent},
    vars, when,
};

/// The password of every demo user.
pub const PASSWORD: &str = "demo-kettle-orbit-92";

/// Name and address of the demo users; the first sells most, the last only buys.
pub const USERS: &[(&str, &str)] = &[
    ("Ada Okafor", "ada@demo.example"),
    ("Béatrice Tremblay", "beatrice@demo.example"),
    ("Carlos Mendes", "carlos@demo.example"),
    ("Dana Whitehorse", "dana@demo.example"),
    ("Ellis Byrne", "ellis@demo.example"),
];

mod items;

use items::ITEMS;

/// One event that somebody cannot go to.
struct Item {
    title: &'static str,
    venue: &'static str,
    zone: &'static str,
    /// Days from today, hour and minute; none for a ticket without a date.
    starts: Option<(i64, i8, i8)>,
    /// Whole units of the currency.
    price: i64,
    note: &'static str,
}

/// Adds the demo users and listings, unless there are users already. Returns
/// how many listings were added.
///
/// # Errors
/// Only when the database is away.
pub async fn seed(exchange: &Exchange) -> Result<usize> {
    let users: Vec<i64> = exchange
        .db
        .read("SELECT VALUE 1 FROM user LIMIT 1", vars! {})
        .await?
        .many()?;
    if !users.is_empty() {
        return Ok(0);
    }
    let mut sellers = Vec::new();
    for (name, email) in USERS {
        let registration = Registration {
            email: (*email).to_owned(),
            name: (*name).to_owned(),
            password: PASSWORD.to_owned(),
        };
        sellers.push(accounts::register(exchange, registration).await?);
    }
    for (at, item) in ITEMS.iter().enumerate() {
        // The last user only buys.
        list(exchange, &sellers[at % (sellers.len() - 1)], item).await?;
    }
    Ok(ITEMS.len())
}

async fn list(exchange: &Exchange, seller: &User, item: &Item) -> Result<TicketId> {
    let start = item.starts.and_then(|(days, hour, minute)| {
        when::days_ahead(exchange.clock.now(), days, hour, minute, item.zone)
    });
    let currency = exchange.settings.currency;
    // The same digits cost as much in every currency; where that is below
    // what can be charged, the least that can.
    let unit = 10_i64.pow(u32::from(currency.decimals));
    let price = domain::Amount::from_minor(
        (item.price * unit)
            .max(currency.min.minor())
            .min(exchange.settings.max_price.minor()),
    );
    let typed = TypedContent {
        title: item.title.to_owned(),
        description: describe(item),
        venue: item.venue.to_owned(),
        starts: start
            .map(|at| when::local(at, item.zone))
            .unwrap_or_default(),
        zone: item.zone.to_owned(),
        price: currency.digits(price),
        handover_note: item.note.to_owned(),
        relist_after_refund: true,
    };
    market::create(exchange, &seller.viewer(), typed).await
}

fn describe(item: &Item) -> String {
    match item.starts {
        Some(_) => format!(
            "I cannot make it to {} after all. One ticket, bought from the box office; the seat is on the ticket.",
            item.title
        ),
        None => "Valid on any day this season. Unused and transferable.".to_owned(),
    }
}
