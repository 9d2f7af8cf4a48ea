//! What somebody looks for, as typed in an address.

use domain::{
    Amount, Date, FieldErrors, Problem,
    search::{Count, Search, Sort},
    words,
};

use super::{Listing, PAGE};
use crate::{Error, Exchange, Result, settings::Settings};

/// Most characters of a query that are read.
const QUERY_MAX: usize = 200;

/// A search as typed; what is empty is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TypedSearch {
    /// Words, of which the last letters may be missing.
    pub q: String,
    /// Least price, `10.00`.
    pub price_from: String,
    /// Greatest price.
    pub price_to: String,
    /// First date of the event, `2026-12-31`.
    pub from: String,
    /// Last date of the event.
    pub to: String,
    /// The name of an order; of an unknown one newest first.
    pub sort: String,
    /// The [`Found::next`] of the page before, or empty.
    pub after: String,
}

/// A page of what was found.
#[derive(Debug)]
pub struct Found {
    /// The listings in their order.
    pub items: Vec<Listing>,
    /// What to pass as `after`, if there are more.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub count: Count,
    /// What was looked for.
    pub search: Search,
}

impl TypedSearch {
    /// What it asks for.
    ///
    /// # Errors
    /// The problems, with the fields that have them: `price_from`, `price_to`,
    /// `from` and `to`.
    pub fn parse(&self, settings: &Settings) -> std::result::Result<Search, FieldErrors> {
        let mut errors = FieldErrors::default();
        let price = |typed: &str| settings.currency.parse_amount(typed);
        let price_from = errors.take("price_from", optional(&self.price_from, price));
        let price_to = errors.take("price_to", optional(&self.price_to, price));
        let from = errors.take("from", optional(&self.from, str::parse::<Date>));
        let to = errors.take("to", optional(&self.to, str::parse::<Date>));
        let price_from: Option<Amount> = price_from.flatten();
        let price_to = errors
            .take("price_to", not_before(price_from, price_to.flatten()))
            .flatten();
        let from = from.flatten();
        let to = errors.take("to", not_before(from, to.flatten())).flatten();
        if !errors.is_empty() {
            return Err(errors);
        }
        let query = match self.q.char_indices().nth(QUERY_MAX) {
            Some((end, _)) => &self.q[..end],
            None => &self.q,
        };
        Ok(Search {
            words: words::query(query),
            price_from,
            price_to,
            from,
            to,
            sort: Sort::parse(&self.sort),
        })
    }
}

/// Nothing, or what `parse` makes of it.
fn optional<T>(
    typed: &str,
    parse: impl FnOnce(&str) -> std::result::Result<T, Problem>,
) -> std::result::Result<Option<T>, Problem> {
    match typed.trim() {
        "" => Ok(None),
        typed => parse(typed).map(Some),
    }
}

/// The end of a range, if something can lie in it.
fn not_before<T: Ord + Copy>(
    begin: Option<T>,
    end: Option<T>,
) -> std::result::Result<Option<T>, Problem> {
    match (begin, end) {
        (Some(begin), Some(end)) if end < begin => Err(Problem::EmptyRange),
        _ => Ok(end),
    }
}

/// Available tickets whose event has not begun and that a search finds, from
/// after `after`; an `after` that no page of this order ends with is the
/// beginning.
///
/// # Errors
/// [`Error::Invalid`], or when the database is away.
pub async fn browse(exchange: &Exchange, typed: TypedSearch) -> Result<Found> {
    let search = typed.parse(&exchange.settings).map_err(Error::Invalid)?;
    let index = exchange.db.market();
    index.load(&exchange.db).await?;
    let hits = index.find(&search, &typed.after, PAGE, exchange.clock.now());
    Ok(Found {
        items: hits.items,
        next: hits.next,
        count: hits.count,
        search,
    })
}
