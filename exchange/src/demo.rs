//! Demo data: users and listings that look real, with dates relative to today.

use std::collections::HashSet;

use domain::{
    TicketId,
    permission::{Administer, Viewer},
};

use crate::{
    Error, Exchange, Result,
    accounts::{self, Registration, User, tries::Client},
    market::{self, TypedContent},
    platform::db::record,
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

/// What [`seed`] found or did.
pub enum Seeded {
    /// So many listings were added, and the demo users.
    Added(usize),
    /// The demo users are there already.
    Present,
    /// There are users already, and none of the demo's.
    Foreign,
}

/// Adds the demo users and listings, unless there are other users already. What
/// was begun before and not finished goes on: the last user is its end.
///
/// # Errors
/// Only when the database is away.
pub async fn seed(exchange: &Exchange) -> Result<Seeded> {
    const SQL: &str = "SELECT VALUE user FROM $last; SELECT VALUE email FROM user LIMIT $limit";
    let (last, sellers) = USERS.split_last().ok_or(Error::NotFound)?;
    let vars = vars! { last => record("user_email", last.1), limit => USERS.len() as i64 };
    let mut rows = exchange.db.read(SQL, vars).await?;
    let done: Option<String> = rows.one()?;
    let emails: Vec<String> = rows.many()?;
    if done.is_some() {
        return Ok(Seeded::Present);
    }
    let ours = |email: &String| USERS.iter().any(|(_, known)| known == email);
    if !emails.iter().all(ours) {
        return Ok(Seeded::Foreign);
    }
    let listed = exchange.db.read("SELECT VALUE title FROM ticket", vars! {});
    let listed: HashSet<String> = listed.await?.many()?.into_iter().collect();
    let mut users = Vec::new();
    for (name, email) in sellers {
        users.push(user(exchange, name, email).await?);
    }
    let mut added = 0;
    for (item, seller) in ITEMS.iter().zip(users.iter().cycle()) {
        if !listed.contains(item.title) {
            list(exchange, seller, item).await?;
            added += 1;
        }
    }
    user(exchange, last.0, last.1).await?;
    Ok(Seeded::Added(added))
}

/// A demo user, who may be there already.
async fn user(exchange: &Exchange, name: &str, email: &str) -> Result<User> {
    match accounts::authenticate(exchange, &Client::default(), email, PASSWORD.to_owned()).await {
        Err(Error::WrongCredentials) => {
            let registration = Registration {
                email: email.to_owned(),
                name: name.to_owned(),
                password: PASSWORD.to_owned(),
            };
            let user = accounts::register(exchange, &Client::default(), registration).await?;
            let permit = Viewer::Operator.may(Administer)?;
            accounts::verify(exchange, &permit, &user.id).await
        }
        found => found,
    }
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
