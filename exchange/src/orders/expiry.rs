//! The end of holds whose time is up, many in one commit.
//!
//! Holds of one sale, begun together, end together. A transaction costs about
//! as much as all that one hold writes in it, so holds that are due at the same
//! time share one.

use std::{collections::HashSet, sync::Arc, thread};

use domain::{
    OrderId,
    order::{CancelReason, Order},
};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::{release, store};
use crate::{
    Error, Exchange, Result,
    platform::commit::{Commit, CommitError, Rounds},
};

/// Most holds that one commit ends.
pub(super) const TOGETHER: usize = 64;

/// What became of an order whose time was said to be up.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Its hold has ended.
    Ended,
    /// It stays as it is: not due, being paid, or over already.
    Kept(Box<Order>),
    /// There is no such order.
    Unknown,
}

/// Ends a hold whose time is up.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn expire(exchange: &Exchange, id: &OrderId) -> Result<Outcome> {
    let mut rounds = Rounds::new();
    loop {
        match try_expire(exchange, std::slice::from_ref(id)).await {
            Ok(round) => {
                let outcome = round.done.into_iter().next();
                return Ok(outcome.map_or(Outcome::Unknown, |(_, outcome)| outcome));
            }
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Ends those of `ids` whose time is up, and says of each what became of it.
async fn expire_together(
    exchange: &Exchange,
    ids: Vec<OrderId>,
) -> Vec<(OrderId, Result<Outcome>)> {
    let mut done = Vec::with_capacity(ids.len());
    let mut rest = ids;
    let mut rounds = Rounds::new();
    while !rest.is_empty() {
        let failed = match try_expire(exchange, &rest).await {
            Ok(round) => {
                let ended = round.done.into_iter();
                done.extend(ended.map(|(id, outcome)| (id, Ok(outcome))));
                rest = round.later;
                continue;
            }
            Err(failed) => failed,
        };
        // Somebody was faster with one of them: look again. Where that does not
        // help, one that cannot be ended is no reason to keep the others.
        if rounds.next(failed).await.is_err() {
            for id in rest.drain(..) {
                let outcome = expire(exchange, &id).await;
                done.push((id, outcome));
            }
        }
    }
    done
}

struct Round {
    done: Vec<(OrderId, Outcome)>,
    /// Orders of buyers of whom another order was ended.
    later: Vec<OrderId>,
}

async fn try_expire(
    exchange: &Exchange,
    ids: &[OrderId],
) -> std::result::Result<Round, CommitError> {
    let now = exchange.clock.now();
    let sales = store::sales(&exchange.db, ids).await?;
    let mut unknown: HashSet<&OrderId> = ids.iter().collect();
    let mut buyers = HashSet::new();
    let mut commit = Commit::new("end holds");
    let mut round = Round {
        done: Vec::with_capacity(ids.len()),
        later: Vec::new(),
    };
    for sale in sales {
        let id = sale.order.id.clone();
        unknown.remove(&id);
        if !sale.order.is_lapsed(now) {
            round.done.push((id, Outcome::Kept(Box::new(sale.order))));
        } else if buyers.insert(sale.order.buyer.clone()) {
            let order = sale
                .order
                .cancel(CancelReason::Expired, now)
                .map_err(Error::from)?;
            commit = release(exchange, commit, &sale, &order)?;
            round.done.push((id, Outcome::Ended));
        } else {
            // A commit writes a quota once.
            round.later.push(id);
        }
    }
    round
        .done
        .extend(unknown.into_iter().map(|id| (id.clone(), Outcome::Unknown)));
    if !buyers.is_empty() {
        commit.run(&exchange.db).await?;
    }
    Ok(round)
}

type Due = (OrderId, oneshot::Sender<Result<Outcome>>);

/// Ends holds that come one at a time together with the others that have come
/// meanwhile. When the last clone is dropped its work ends.
#[derive(Clone)]
pub(crate) struct Expirer(mpsc::Sender<Due>);

impl Expirer {
    /// Begins to work, with a commit at once for each core, at most four.
    pub(crate) fn start(exchange: &Exchange) -> Self {
        let (send, receive) = mpsc::channel(8 * TOGETHER);
        let receive = Arc::new(Mutex::new(receive));
        for _ in 0..thread::available_parallelism()
            .map_or(1, usize::from)
            .min(4)
        {
            tokio::spawn(work(exchange.clone(), Arc::clone(&receive)));
        }
        Self(send)
    }

    /// Ends a hold whose time is up.
    ///
    /// # Errors
    /// As [`expire`].
    pub(crate) async fn expire(&self, id: OrderId) -> Result<Outcome> {
        let (reply, outcome) = oneshot::channel();
        self.0
            .send((id, reply))
            .await
            .map_err(|_| Error::internal("nobody ends holds"))?;
        outcome.await.map_err(Error::internal)?
    }

    /// Whether some wait to be ended.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.capacity() < self.0.max_capacity()
    }
}

async fn work(exchange: Exchange, receive: Arc<Mutex<mpsc::Receiver<Due>>>) {
    loop {
        let mut due: Vec<Due> = Vec::with_capacity(TOGETHER);
        if receive.lock().await.recv_many(&mut due, TOGETHER).await == 0 {
            return;
        }
        let exchange = exchange.clone();
        // A task of its own: a panic fails those who asked, and no others.
        let batch = async move {
            let ids = due.iter().map(|(id, _)| id.clone()).collect();
            for (id, outcome) in expire_together(&exchange, ids).await {
                if let Some(at) = due.iter().position(|(asked, _)| *asked == id) {
                    // Who asked may have gone; the hold has ended all the same.
                    due.swap_remove(at).1.send(outcome).ok();
                }
            }
            // Whoever is left asked for an order that was asked for twice, and
            // asks again.
        };
        tokio::spawn(batch).await.ok();
    }
}
