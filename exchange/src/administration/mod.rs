//! What administrators see and do. Every operation asks for the permit, so that
//! none can be reached without it.

pub mod dead_letters;
pub mod health;
pub mod log;
pub mod people;

use std::collections::BTreeMap;

use domain::{
    Date,
    permission::{Administer, Permit},
};

use crate::{
    Exchange, Result, accounts,
    figures::{self, Figures, Owed},
};

/// Rows on a page of a list.
pub const PAGE: usize = 24;
/// Most days that are looked at together.
pub const MOST_DAYS: i32 = 366;

/// How it goes.
#[derive(Debug)]
pub struct Dashboard {
    /// What happened on each day, also on those on which nothing did.
    pub days: Vec<(Date, Figures)>,
    /// What happened on all of them.
    pub total: Figures,
    /// How many listings are on the market now.
    pub listed: usize,
    /// What all sellers are owed together, in minor units.
    pub owed: i64,
}

/// How it goes, from day `from` to day `to`, both included; [`MOST_DAYS`] at most.
///
/// # Errors
/// Only when the database is away.
pub async fn dashboard(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    from: Date,
    to: Date,
) -> Result<Dashboard> {
    let from = from.days().max(to.days().saturating_sub(MOST_DAYS - 1));
    let known = figures::of_days(&exchange.db, Date::from_days(from), to).await?;
    let days: Vec<(Date, Figures)> = (from..=to.days())
        .map(Date::from_days)
        .map(|day| (day, known.get(&day).copied().unwrap_or_default()))
        .collect();
    let ever = figures::of_days(
        &exchange.db,
        Date::from_days(i32::MIN),
        figures::day(exchange.clock.now()),
    )
    .await?;
    let ever = sum(ever.values());
    Ok(Dashboard {
        total: sum(days.iter().map(|(_, figures)| figures)),
        days,
        listed: exchange.db.market().len(),
        owed: ever.sold - ever.refunded,
    })
}

fn sum<'a>(figures: impl Iterator<Item = &'a Figures>) -> Figures {
    figures.fold(Figures::default(), |mut sum, figures| {
        sum.add(figures);
        sum
    })
}

/// A seller who is owed something.
#[derive(Debug)]
pub struct Creditor {
    /// How much.
    pub owed: Owed,
    /// Display name; empty once they have no account.
    pub name: String,
    /// E-mail address; empty once they have no account.
    pub email: String,
}

/// The `limit` sellers who are owed most.
///
/// # Errors
/// Only when the database is away.
pub async fn owed(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    limit: usize,
) -> Result<Vec<Creditor>> {
    let found = figures::owed(&exchange.db, limit).await?;
    let users = accounts::users(exchange, found.iter().map(|owed| &owed.seller)).await?;
    let users: BTreeMap<_, _> = users
        .into_iter()
        .map(|user| (user.id.clone(), user))
        .collect();
    Ok(found
        .into_iter()
        .map(|owed| {
            let user = users.get(&owed.seller);
            Creditor {
                name: user.map(|user| user.name.clone()).unwrap_or_default(),
                email: user.map(|user| user.email.clone()).unwrap_or_default(),
                owed,
            }
        })
        .collect())
}
