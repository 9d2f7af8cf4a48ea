//! Payments in the database.

use domain::{OrderId, Timestamp, payment::Payment};
use serde::Deserialize;

use crate::{
    Result,
    orders::store::{self, Held},
    platform::db::{Db, record},
    vars,
};

/// An order with everything that its payment touches.
pub(super) struct Sale {
    pub(super) held: Held,
    pub(super) payment: Option<Payment>,
}

/// The payment is read after the rest: one that is not there yet when it is
/// begun, or has changed since, stops the commit that is decided on it.
pub(super) async fn sale(db: &Db, id: &OrderId) -> Result<Option<Sale>> {
    let Some(held) = store::with_ticket(db, id).await? else {
        return Ok(None);
    };
    let payment = db
        .read(
            "SELECT *, record::id(id) AS id FROM $payment",
            vars! { payment => record("payment", id.as_str()) },
        )
        .await?
        .one()?;
    Ok(Some(Sale { held, payment }))
}

/// Payments on which Stripe may still have something to say, untouched since
/// `before`.
pub(super) async fn open(db: &Db, before: Timestamp, limit: usize) -> Result<Vec<OrderId>> {
    #[derive(Deserialize)]
    struct Row {
        id: OrderId,
    }
    const SQL: &str = "SELECT record::id(id) AS id FROM payment WHERE open = true AND updated_at <= $before LIMIT $limit";
    let rows: Vec<Row> = db
        .read(
            SQL,
            vars! { before => before.millis(), limit => limit as i64 },
        )
        .await?
        .many()?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
