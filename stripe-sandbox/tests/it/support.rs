//! A client of the API, and a webhook that remembers what it got.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use stripe_sandbox::{Config, Sandbox};
use tokio::net::TcpListener;

/// An answer: its status, body, and whether it was a replay.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) replayed: bool,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

/// A server's client, with the secret key unless told otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Api {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            url: sandbox.url(),
            key: Config::default().secret_key,
        }
    }

    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self
            .http
            .get(format!("{}{path}", self.url))
            .bearer_auth(&self.key);
        answer(request).await.expect("an answer")
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.try_post(path, form, None, None)
            .await
            .expect("an answer")
    }

    pub(crate) async fn post_with_key(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: &str,
    ) -> Answer {
        self.try_post(path, form, Some(key), None)
            .await
            .expect("an answer")
    }

    pub(crate) async fn try_post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
        timeout: Option<Duration>,
    ) -> reqwest::Result<Answer> {
        let mut request = self
            .http
            .post(format!("{}{path}", self.url))
            .bearer_auth(&self.key)
            .form(form);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        answer(request).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        answer(request).await.expect("an answer")
    }

    /// A new intent of 12.34 EUR with manual capture, as the market makes it.
    pub(crate) async fn create(&self) -> Value {
        let answer = self.post("/v1/payment_intents", &INTENT).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    pub(crate) async fn intent(&self, id: &str) -> Value {
        self.get(&format!("/v1/payment_intents/{id}")).await.body
    }

    /// The types of all events, oldest first.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        let events = self.get("/v1/events?limit=100").await.body;
        let events = events["data"].as_array().expect("a list").iter().rev();
        events.map(|event| text(event, "type")).collect()
    }
}

/// The form of [`Api::create`].
pub(crate) const INTENT: [(&str, &str); 5] = [
    ("amount", "1234"),
    ("currency", "eur"),
    ("capture_method", "manual"),
    ("allowed_payment_method_types[0]", "card"),
    ("metadata[order]", "order-1"),
];

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    Ok(Answer {
        status: response.status().as_u16(),
        replayed: response.headers().contains_key("idempotent-replayed"),
        body: response.json().await?,
    })
}

pub(crate) async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start(Config::default()).await.expect("it starts");
    let api = Api::of(&sandbox);
    (sandbox, api)
}

pub(crate) fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_default().to_owned()
}

/// What a webhook got: the signature and the payload.
pub(crate) type Received = (String, String);

/// A webhook on a port of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Receiver {
    received: Arc<Mutex<Vec<Received>>>,
    /// How many deliveries to refuse first.
    refusals: Arc<Mutex<u32>>,
}

impl Receiver {
    /// Starts it and returns its URL.
    pub(crate) async fn start(refusals: u32) -> (Self, String) {
        let receiver = Self::default();
        *receiver.refusals.lock().expect("not poisoned") = refusals;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/webhook", listener.local_addr().expect("bound"));
        let router = Router::new()
            .route("/webhook", post(receive))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("not poisoned").clone()
    }

    pub(crate) fn types(&self) -> Vec<String> {
        let received = self.received();
        let payloads = received.iter().map(|(_, payload)| payload);
        payloads
            .map(|payload| text(&serde_json::from_str(payload).expect("JSON"), "type"))
            .collect()
    }

    /// Waits until so many deliveries came, at most ten seconds.
    pub(crate) async fn wait_for(&self, count: usize) {
        for _ in 0..1_000 {
            if self.received().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} deliveries expected, got {:?}", self.types());
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let mut refusals = receiver.refusals.lock().expect("not poisoned");
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let signature = headers["stripe-signature"]
        .to_str()
        .expect("text")
        .to_owned();
    receiver
        .received
        .lock()
        .expect("not poisoned")
        .push((signature, body));
    StatusCode::OK
}
