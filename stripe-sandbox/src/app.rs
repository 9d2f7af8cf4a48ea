//! What every part of the process shares, and the transaction that calls run in.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{Mutex, Notify, watch};

use crate::clock::{Clock, system_millis};
use crate::config::Config;
use crate::events::Event;
use crate::faults::Faults;
use crate::request::ApiRequest;
use crate::state::State;
use crate::store::Store;
use crate::webhooks::Delivery;

/// The process; handlers hold it as `Arc<App>`.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    /// Where this process answers, without a slash at the end.
    pub(crate) url: String,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) webhook_url: watch::Sender<Option<String>>,
    /// Wakes the webhook worker.
    pub(crate) wake: Notify,
    pub(crate) ledger: Mutex<Ledger>,
}

/// The state, its file, and the idempotency keys of calls that still run.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) state: State,
    pub(crate) in_flight: HashSet<String>,
    store: Store,
}

impl Ledger {
    pub(crate) fn new(state: State, store: Store) -> Self {
        Self {
            state,
            in_flight: HashSet::new(),
            store,
        }
    }

    /// Writes the state to its file.
    pub(crate) async fn save(&self) -> std::io::Result<()> {
        self.store
            .save(&self.state)
            .await
            .inspect_err(|error| tracing::error!(%error, "the state file cannot be written"))
    }
}

impl App {
    pub(crate) fn new(config: Config, url: String, state: State, store: Store) -> Arc<Self> {
        Arc::new(Self {
            url,
            clock: Clock::new(config.clock_offset),
            faults: Faults::default(),
            webhook_url: watch::Sender::new(config.webhook_url.clone()),
            wake: Notify::new(),
            ledger: Mutex::new(Ledger::new(state, store)),
            config,
        })
    }
}

/// One call's view of the state: its time, and events in its name.
pub(crate) struct Tx<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) now: i64,
    pub(crate) app: &'a App,
    /// None of what happens by itself.
    request_id: Option<&'a str>,
    idempotency_key: Option<&'a str>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(app: &'a App, state: &'a mut State, request: &'a ApiRequest) -> Self {
        Self {
            state,
            now: app.clock.now(),
            app,
            request_id: Some(&request.request_id),
            idempotency_key: request.idempotency_key.as_deref(),
        }
    }

    /// What happens without a call.
    pub(crate) fn by_itself(app: &'a App, state: &'a mut State) -> Self {
        Self {
            state,
            now: app.clock.now(),
            app,
            request_id: None,
            idempotency_key: None,
        }
    }

    /// Records an event with a copy of the object and queues its deliveries.
    pub(crate) fn emit(&mut self, kind: &str, object: Value) {
        let id = self.state.new_id("evt");
        self.queue(&id, kind);
        let event = Event {
            id: id.clone(),
            kind: kind.to_owned(),
            created: self.now,
            object,
            request_id: self.request_id.map(str::to_owned),
            idempotency_key: self.idempotency_key.map(str::to_owned),
        };
        self.state.events.insert(id, event);
    }

    fn queue(&mut self, event: &str, kind: &str) {
        if self.app.webhook_url.borrow().is_none() {
            return;
        }
        let faults = self.app.faults.webhooks();
        let concerned = faults.types.is_empty() || faults.types.iter().any(|t| t == kind);
        let (drop, delay_ms, copies) = if concerned {
            (faults.drop, faults.delay_ms, 1 + faults.duplicate)
        } else {
            (false, 0, 1)
        };
        if drop {
            return;
        }
        let due_ms = system_millis().saturating_add_unsigned(delay_ms);
        for _ in 0..copies {
            let delivery = Delivery {
                id: self.state.new_id("whd"),
                event: event.to_owned(),
                attempts: 0,
                due_ms,
            };
            self.state.deliveries.push(delivery);
        }
    }
}
