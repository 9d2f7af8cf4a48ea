//! The entries of the report.

mod bundle;
mod expiry;
mod hot_event;
mod hot_ticket;
mod live;
mod market_page;
mod memory;
mod moderation;
mod scale;
mod search;
mod session;
mod sign_in;
mod soak;

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;
use domain::TicketId;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{
    http::{Answer, Connection},
    plan::Plan,
    records,
    report::Findings,
    store::Store,
};

/// What can be measured, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// What the first page weighs.
    Bundle,
    /// Many buyers, many tickets.
    HotEvent,
    /// Many buyers, one ticket.
    HotTicket,
    /// Many holds that end at once.
    Expiry,
    /// The same with a server that is killed meanwhile (--full).
    ExpiryKilled,
    /// The first page of a small and of a large market.
    MarketPage,
    /// Searches of a market of a million, while it is bought from (--full).
    Search,
    /// What the server of a large market keeps in memory.
    Memory,
    /// Ten thousand listings that are judged.
    Moderation,
    /// Signing in, and the market meanwhile.
    SignIn,
    /// What it costs a page to know who is looking.
    Session,
    /// A thousand open pages of the market (--full).
    Live,
    /// Many buyers, many tickets, on deployments of many processes (--full).
    Scale,
    /// All kinds of requests for ten minutes (--full).
    Soak,
}

impl Entry {
    /// All of them; the long runs only when `full`.
    pub(crate) fn all(full: bool) -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied().filter(move |entry| {
            full || !matches!(
                entry,
                Self::ExpiryKilled | Self::Live | Self::Search | Self::Scale | Self::Soak
            )
        })
    }

    /// Its name in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::HotEvent => "hot_event",
            Self::HotTicket => "hot_ticket",
            Self::Expiry => "expiry",
            Self::ExpiryKilled => "expiry_killed",
            Self::MarketPage => "market_page",
            Self::Search => "search",
            Self::Memory => "memory",
            Self::Moderation => "moderation",
            Self::SignIn => "sign_in",
            Self::Session => "session",
            Self::Live => "live",
            Self::Scale => "scale",
            Self::Soak => "soak",
        }
    }
}

/// What entries share.
pub(crate) struct Bench {
    plan: Plan,
    large_market: OnceCell<TempDir>,
}

impl Bench {
    /// Nothing is measured yet.
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            plan,
            large_market: OnceCell::new(),
        }
    }

    /// Measures an entry.
    ///
    /// # Errors
    /// When it cannot be measured or an invariant is broken.
    pub(crate) async fn run(&self, entry: Entry) -> Result<Findings> {
        match entry {
            Entry::Bundle => bundle::measure().await,
            Entry::HotEvent => hot_event::measure(&self.plan).await,
            Entry::HotTicket => hot_ticket::measure(&self.plan).await,
            Entry::Expiry => expiry::measure(&self.plan, false).await,
            Entry::ExpiryKilled => expiry::measure(&self.plan, true).await,
            Entry::MarketPage => market_page::measure(&self.plan, self.large_market().await?).await,
            Entry::Search => search::measure(&self.plan).await,
            Entry::Moderation => moderation::measure(&self.plan).await,
            Entry::SignIn => sign_in::measure(&self.plan).await,
            Entry::Session => session::measure(&self.plan).await,
            Entry::Live => live::measure(&self.plan).await,
            Entry::Scale => scale::measure(&self.plan).await,
            Entry::Soak => soak::measure(&self.plan).await,
            Entry::Memory => memory::measure(&self.plan, self.large_market().await?).await,
        }
    }

    /// The data of the large market, which takes long to make.
    async fn large_market(&self) -> Result<&Path> {
        let [_, listings] = self.plan.listings;
        Ok(self
            .large_market
            .get_or_try_init(|| market(listings))
            .await?
            .path())
    }
}

/// The data of a market with this many listings and one seller.
async fn market(listings: usize) -> Result<TempDir> {
    let store = Store::create().await?;
    records::users(&store.exchange, 0).await?;
    records::tickets(&store.exchange, listings).await?;
    store.close().await
}

/// Posts the form behind *Reserve*.
async fn reserve(connection: &mut Connection, user: usize, ticket: usize) -> Result<Answer> {
    let form = format!(
        "ticket={}&price={}",
        records::id::<TicketId>(ticket)?,
        records::price(ticket).minor()
    );
    connection
        .post("/api/reserve", &records::token(user), &form)
        .await
}
