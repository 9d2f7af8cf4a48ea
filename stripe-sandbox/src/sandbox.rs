//! Starting, stopping and using a sandbox from tests.

use std::io::{Error, Result};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use reqwest::redirect::Policy;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::app::{App, Tx};
use crate::config::Config;
use crate::disputes::{self, Dispute};
use crate::faults::Faults;
use crate::intent::Intent;
use crate::store::Store;
use crate::{api, browser, control, webhooks};

/// How long calls under way may take to end at a shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// A running sandbox. Dropping it stops it at once.
#[derive(Debug)]
pub struct Sandbox {
    app: Arc<App>,
    http: reqwest::Client,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    /// Aborted when dropped.
    background: JoinSet<()>,
}

impl Sandbox {
    /// Loads the state, binds the address and serves in background tasks.
    ///
    /// # Errors
    /// The state file cannot be read, or the address cannot be bound.
    pub async fn start(config: Config) -> Result<Self> {
        let store = Store::new(config.state.clone());
        let state = store.load().await?;
        let listener = TcpListener::bind(config.addr).await?;
        let mut addr = listener.local_addr()?;
        if addr.ip().is_unspecified() {
            addr.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(Error::other)?;

        let app = App::new(config, format!("http://{addr}"), state, store);
        let router = Router::new()
            .merge(api::routes())
            .merge(control::routes())
            .merge(browser::routes())
            .with_state(Arc::clone(&app));
        let (stop, mut stopped) = watch::channel(false);
        let server = tokio::spawn(async move {
            let stopped = async move {
                // An error means that the sandbox was dropped: stop as well.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
            {
                tracing::error!(%error, "the server failed");
            }
        });
        let mut background = JoinSet::new();
        background.spawn(webhooks::run(Arc::clone(&app), http.clone()));
        Ok(Self {
            app,
            http,
            stop,
            server,
            background,
        })
    }

    /// Where it answers, e.g. `http://127.0.0.1:3030`, without a slash at the end.
    pub fn url(&self) -> String {
        self.app.url.clone()
    }

    /// Delivers events made from now on, and those still to be delivered, to this URL.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        self.app.webhook_url.send_replace(Some(url.into()));
        self.app.wake.notify_one();
    }

    /// Moves the clock: seconds added to the system's time.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.app.clock.set_offset(seconds);
    }

    /// The fault switches.
    pub fn faults(&self) -> Faults {
        self.app.faults.clone()
    }

    /// Every `PaymentIntent` as the secret key sees it, oldest first.
    pub async fn intents(&self) -> Vec<Value> {
        let ledger = self.app.ledger.lock().await;
        ledger.state.intents.values().map(Intent::render).collect()
    }

    /// How much was refunded, in minor units, of the intents with this `order`
    /// in their metadata.
    pub async fn refunded(&self, order: &str) -> i64 {
        let ledger = self.app.ledger.lock().await;
        let intents = ledger.state.intents.values();
        intents
            .filter(|intent| intent.metadata.get("order").is_some_and(|of| of == order))
            .filter_map(|intent| ledger.state.charges.get(intent.latest_charge.as_ref()?))
            .map(|charge| charge.amount_refunded)
            .sum()
    }

    /// Every dispute, oldest first.
    pub async fn disputes(&self) -> Vec<Value> {
        let ledger = self.app.ledger.lock().await;
        ledger
            .state
            .disputes
            .values()
            .map(Dispute::render)
            .collect()
    }

    /// How many webhook deliveries are still to be made.
    pub async fn pending_deliveries(&self) -> usize {
        self.app.ledger.lock().await.state.deliveries.len()
    }

    /// Confirms an intent with a card number, as the card element does.
    ///
    /// Returns the intent, or Stripe's `{"error": …}`. A 3-D Secure card leaves
    /// the intent in `requires_action`: [`authenticate`](Self::authenticate) goes on.
    pub async fn pay(&self, client_secret: &str, card_number: &str) -> Value {
        let form = [
            ("client_secret", client_secret),
            ("payment_method_data[type]", "card"),
            ("payment_method_data[card][number]", card_number),
            ("payment_method_data[card][exp_month]", "12"),
            ("payment_method_data[card][exp_year]", "40"),
            ("payment_method_data[card][cvc]", "123"),
        ];
        let path = format!("v1/payment_intents/{}/confirm", intent_id(client_secret));
        self.post_as_browser(&path, &form).await
    }

    /// Answers the 3-D Secure dialog: completes the authentication, or fails it.
    pub async fn authenticate(&self, client_secret: &str, complete: bool) -> Value {
        let outcome = if complete { "complete" } else { "fail" };
        let form = [("client_secret", client_secret), ("outcome", outcome)];
        let path = format!("_sandbox/3ds/{}/outcome", intent_id(client_secret));
        self.post_as_browser(&path, &form).await
    }

    /// The bank decides the dispute of an intent. Returns it, if there was one.
    pub async fn decide_dispute(&self, intent: &str, won: bool) -> Option<Value> {
        let mut ledger = self.app.ledger.lock().await;
        let decided = disputes::decide(
            &mut Tx::by_itself(&self.app, &mut ledger.state),
            intent,
            won,
        );
        self.app.wake.notify_one();
        decided
    }

    /// The dispute of an intent is of `amount` only, in minor units. Returns it,
    /// if there is one.
    pub async fn lower_dispute(&self, intent: &str, amount: i64) -> Option<Value> {
        let mut ledger = self.app.ledger.lock().await;
        let mut tx = Tx::by_itself(&self.app, &mut ledger.state);
        let lowered = disputes::lower(&mut tx, intent, amount);
        self.app.wake.notify_one();
        lowered
    }

    /// Refunds a captured intent, or `amount` of it in minor units, as somebody
    /// does in Stripe's dashboard. Returns the refund, or Stripe's
    /// `{"error": …}`.
    pub async fn refund(&self, intent: &str, amount: Option<i64>) -> Value {
        let mut form = vec![("payment_intent", intent.to_owned())];
        form.extend(amount.map(|amount| ("amount", amount.to_string())));
        self.post("v1/refunds", &self.app.config.secret_key, &form)
            .await
    }

    /// Ends calls under way, for at most a second, and stops.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(SHUTDOWN_GRACE, &mut self.server)
            .await
            .is_err()
        {
            tracing::warn!("calls were still under way at shutdown");
        }
        self.background.shutdown().await;
    }

    async fn post_as_browser(&self, path: &str, form: &[(&str, &str)]) -> Value {
        self.post(path, &self.app.config.publishable_key, form)
            .await
    }

    async fn post<F: Serialize + ?Sized>(&self, path: &str, key: &str, form: &F) -> Value {
        let answer = async {
            self.http
                .post(format!("{}/{path}", self.app.url))
                .bearer_auth(key)
                .form(form)
                .send()
                .await?
                .json()
                .await
        };
        // As Stripe.js reports a network failure.
        answer.await.unwrap_or_else(|error: reqwest::Error| {
            json!({ "error": { "type": "api_connection_error", "message": error.to_string() } })
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn intent_id(client_secret: &str) -> &str {
    client_secret.split("_secret_").next().unwrap_or_default()
}
