//! What the order service does when a timer fires.

use domain::OrderId;

use crate::{
    Exchange, orders,
    platform::{
        bus::{Bus, SCHEDULE},
        consumer::{self, Failure, Handler},
    },
};

/// Ends holds whose time is up.
pub(crate) struct Expiry {
    pub(crate) exchange: Exchange,
    pub(crate) bus: Bus,
}

impl Handler for Expiry {
    const NAME: &'static str = "orders";
    const STREAM: &'static str = SCHEDULE;
    const SUBJECTS: &'static [&'static str] = &["expiration.complete.>"];
    const CONCURRENCY: usize = 64;

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        let id: OrderId = consumer::identifier(&String::from_utf8_lossy(payload))?;
        // The record decides whether the time is up. A timer that was early,
        // because the hold was given more time, is set again.
        match orders::store::order(&self.exchange.db, &id).await? {
            None => Err(Failure::Never("there is no such order".to_owned())),
            Some(order) if order.is_lapsed(self.exchange.clock.now()) => {
                Ok(orders::expire(&self.exchange, &id).await?)
            }
            Some(order) if order.status == domain::order::OrderStatus::Created => Ok(self
                .bus
                .set_timer(&id, order.due_at(), &self.exchange.clock)
                .await?),
            Some(_) => Ok(()),
        }
    }
}
