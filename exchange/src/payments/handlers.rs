//! What the payment service does when an order ends.

use domain::{event::Data, order::OrderStatus};

use crate::{
    Exchange, payments,
    platform::{
        bus::EVENTS,
        consumer::{self, Failure, Handler},
    },
};

/// Goes on with what an order began: captures what was authorised, and
/// cancels the intent of a hold that ended.
pub(crate) struct Payments {
    pub(crate) exchange: Exchange,
}

impl Handler for Payments {
    const NAME: &'static str = "payments";
    const STREAM: &'static str = EVENTS;
    const SUBJECTS: &'static [&'static str] = &["order.cancelled.>", "order.updated.>"];
    const CONCURRENCY: usize = 16;

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        let event = consumer::event(payload)?;
        let Data::Order { order_status, .. } = event.data else {
            return Err(Failure::Never("not an order's event".to_owned()));
        };
        // The first *Pay* is the order's second version: one that ended with
        // that has no payment.
        if order_status == OrderStatus::Created || event.version <= 2 {
            return Ok(());
        }
        let order = consumer::identifier(&event.id)?;
        Ok(payments::settle(&self.exchange, &order).await?)
    }
}
