//! The buyer's browser: one order, from the reservation to its end.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use stripe_sandbox::Sandbox;

use crate::{cases::Flow, harness::Person};

pub(crate) const PRICE: i64 = 2_000;
/// How long holds last that are not to be paid in time.
pub(crate) const SHORT_HOLD: Duration = Duration::from_secs(6);
/// How much longer they last once *Pay* was pressed.
pub(crate) const GRACE: Duration = Duration::from_secs(1);
/// The others: long enough to be paid on a machine that is busy.
pub(crate) const LONG_HOLD: Duration = Duration::from_secs(10);

/// How many times each thing is asked for in a storm.
const STORM: usize = 12;

/// A buyer and what they know of their order.
pub(crate) struct Order<'a> {
    pub(crate) buyer: Person,
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) ticket: &'a str,
    pub(crate) storm: bool,
    pub(crate) card: &'static str,
    /// How long after its hold, without the grace, an order is paid that is not
    /// to be paid in time.
    pub(crate) late: Duration,
    /// The browser is closed once the card is charged.
    pub(crate) goes_away: bool,
    /// The server has promised the money back.
    pub(crate) refund_accepted: bool,
}

/// The server did not answer.
pub(crate) struct Gone;

type Answer = Result<(StatusCode, Value), Gone>;

impl Order<'_> {
    /// Asks once, or in a storm many times at once; the best answer counts.
    async fn ask(&self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let times = if self.storm { STORM } else { 1 };
        let asked = futures_all(times, || self.buyer.try_post(function, fields)).await;
        let mut answers: Vec<_> = asked.into_iter().flatten().collect();
        answers.sort_by_key(|(status, _)| !status.is_success());
        answers.into_iter().next().ok_or(Gone)
    }

    pub(crate) async fn reserve(&self) -> Result<Option<String>, Gone> {
        let price = PRICE.to_string();
        let fields = [("ticket", self.ticket), ("price", &*price)];
        let (_, order) = self.ask("reserve", &fields).await?;
        Ok(order.as_str().map(str::to_owned))
    }

    /// *Pay*; the client secret, if there is something to pay.
    pub(crate) async fn start(&self, order: &str) -> Result<Option<String>, Gone> {
        let times = if self.storm { STORM } else { 1 };
        let asked = futures_all(times, || self.buyer.press_pay(order)).await;
        let mut answers: Vec<_> = asked.into_iter().flatten().collect();
        answers.sort_by_key(|(status, _)| !status.is_success());
        let (_, begun) = answers.into_iter().next().ok_or(Gone)?;
        Ok(begun["client_secret"].as_str().map(str::to_owned))
    }

    /// The card is charged by the browser, whatever the server does.
    pub(crate) async fn confirm(&self, secret: &str) {
        self.sandbox.pay(secret, self.card).await;
    }

    pub(crate) async fn finish(&self, order: &str) -> Result<(), Gone> {
        if self.goes_away {
            return Ok(());
        }
        self.ask("finish_payment", &[("order", order)])
            .await
            .map(drop)
    }

    pub(crate) async fn cancel(&self, order: &str) -> Result<(), Gone> {
        self.ask("cancel_order", &[("order", order)])
            .await
            .map(drop)
    }

    pub(crate) async fn refund(&mut self, order: &str) -> Result<(), Gone> {
        let (status, _) = self.ask("refund_order", &[("order", order)]).await?;
        self.refund_accepted |= status.is_success();
        Ok(())
    }

    /// Goes as far as it can in `flow`, from wherever the order stands.
    pub(crate) async fn go(&mut self, flow: Flow, known: &mut Option<String>) -> Result<(), Gone> {
        if known.is_none() {
            *known = self.reserve().await?;
        }
        let Some(order) = known.clone() else {
            return Ok(());
        };
        if flow == Flow::Reserve {
            return Ok(());
        }
        let secret = self.start(&order).await?;
        match (flow, secret) {
            (Flow::Cancel, _) => return self.cancel(&order).await,
            (Flow::Expire, Some(secret)) => {
                tokio::time::sleep(SHORT_HOLD + self.late).await;
                self.confirm(&secret).await;
                self.finish(&order).await?;
            }
            (Flow::Pay | Flow::Refund, secret) => {
                if let Some(secret) = secret {
                    self.confirm(&secret).await;
                }
                self.finish(&order).await?;
            }
            _ => {}
        }
        if flow == Flow::Refund {
            self.until_paid(&order).await?;
            self.refund(&order).await?;
        }
        Ok(())
    }

    async fn until_paid(&self, order: &str) -> Result<(), Gone> {
        for _ in 0..200 {
            let (_, seen) = self
                .buyer
                .try_read("order", &[("id", order)])
                .await
                .map_err(|_| Gone)?;
            if seen["status"] != "awaiting_payment" && seen["status"] != "created" {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

async fn futures_all<F: Future>(times: usize, ask: impl Fn() -> F) -> Vec<F::Output> {
    futures::future::join_all((0..times).map(|_| ask())).await
}
