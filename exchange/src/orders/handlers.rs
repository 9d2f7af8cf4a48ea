//! What the order service does when a timer fires.

use domain::{OrderId, order::OrderStatus};

use super::expiry::{Expirer, Outcome, TOGETHER};
use crate::{
    Exchange,
    platform::{
        bus::{Bus, SCHEDULE},
        consumer::{self, Failure, Handler},
    },
};

/// Ends holds whose time is up.
pub(crate) struct Expiry {
    pub(crate) exchange: Exchange,
    pub(crate) bus: Bus,
    pub(crate) expirer: Expirer,
}

impl Handler for Expiry {
    const NAME: &'static str = "orders";
    const STREAM: &'static str = SCHEDULE;
    const SUBJECTS: &'static [&'static str] = &["expiration.complete.>"];
    const CONCURRENCY: usize = 4 * TOGETHER;

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        let id: OrderId = consumer::identifier(&String::from_utf8_lossy(payload))?;
        // The record decides whether the time is up. A timer that was early,
        // because the hold was given more time, is set again.
        match self.expirer.expire(id).await? {
            Outcome::Unknown => Err(Failure::Never("there is no such order".to_owned())),
            Outcome::Kept(order) if order.status == OrderStatus::Created => Ok(self
                .bus
                .set_timer(&order.id, order.due_at(), &self.exchange.clock)
                .await?),
            Outcome::Kept(_) | Outcome::Ended => Ok(()),
        }
    }
}
