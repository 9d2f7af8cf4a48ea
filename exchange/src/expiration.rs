//! The expiration service: keeps a timer in the broker for every live hold.
//!
//! Its effect is a message, not a commit, so it needs no record of what it
//! has processed: setting a timer twice is setting it once.

use domain::{
    event::Data,
    order::{CancelReason, OrderStatus},
};

use crate::{
    Exchange,
    platform::{
        bus::{Bus, EVENTS},
        consumer::{self, Failure, Handler},
    },
};

/// Sets and drops the timers of holds.
pub(crate) struct Timers {
    pub(crate) exchange: Exchange,
    pub(crate) bus: Bus,
}

impl Handler for Timers {
    const NAME: &'static str = "expiration";
    const STREAM: &'static str = EVENTS;
    const SUBJECTS: &'static [&'static str] = &["order.>"];

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        let event = consumer::event(payload)?;
        let Data::Order {
            order_status,
            due_at,
            cancel_reason,
            ..
        } = event.data
        else {
            return Err(Failure::Never("not an order's event".to_owned()));
        };
        let order = consumer::identifier(&event.id)?;
        if order_status == OrderStatus::Created {
            self.bus
                .set_timer(&order, due_at, &self.exchange.clock)
                .await?;
        } else if cancel_reason != Some(CancelReason::Expired) {
            // The timer of one that expired has fired, and is gone.
            self.bus.drop_timer(&order).await?;
        }
        Ok(())
    }
}
