//! Programs that use the API.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use stripe_sandbox::{Config, Sandbox};
use tempfile::TempDir;

use crate::harness::{PASSWORD, Person, Server};

pub(crate) const VISA: &str = "4242424242424242";
pub(crate) const ALL: [&str; 7] = [
    "listings_read",
    "listings_write",
    "orders_read",
    "orders_write",
    "refunds_write",
    "events_read",
    "webhooks_write",
];

/// A program with a key, or with whatever else it shows.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) client: Client,
    pub(crate) url: String,
    pub(crate) shows: String,
}

/// A key of `person`'s with these scopes, as they are shown it.
pub(crate) async fn key(person: &Person, scopes: &[&str]) -> String {
    let mut fields = vec![
        ("current_password", PASSWORD),
        ("name", "A program"),
        ("days", "7"),
    ];
    fields.extend(scopes.iter().map(|scope| (*scope, "yes")));
    let made = person.submit("create_key", &fields).await;
    let place = made.headers()[header::LOCATION].to_str().expect("a place");
    let (_, id) = place.split_once("made=").expect("a key");
    let (_, page) = person.read("keys", &[("made", id)]).await;
    page["made"][1].as_str().expect("a secret").to_owned()
}

impl Program {
    pub(crate) fn new(server: &Server, shows: &str) -> Self {
        Self {
            client: Client::new(),
            url: server.url.clone(),
            shows: shows.to_owned(),
        }
    }

    /// Of somebody new, with all scopes.
    pub(crate) async fn of_somebody(server: &Server) -> (Person, Self) {
        let person = Person::registered(server).await;
        let key = key(&person, &ALL).await;
        let program = Self::new(server, &key);
        (person, program)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/api/v1{path}", self.url))
            .bearer_auth(&self.shows)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        told(self.request(Method::GET, path)).await
    }

    /// A write under a key that is used once.
    pub(crate) async fn write(&self, method: Method, path: &str, body: Value) -> Response {
        let key = format!("{:x}", rand::random::<u128>());
        let request = self.request(method, path).header("idempotency-key", key);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        request.send().await.expect("an answer")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        read(self.write(Method::POST, path, body).await).await
    }

    /// Lists a ticket and waits until it is on the market.
    pub(crate) async fn lists(&self, title: &str) -> Value {
        let (status, listing) = self.post("/listings", listing(title)).await;
        assert_eq!(status, StatusCode::CREATED, "{listing}");
        let path = format!("/listings/{}", listing["id"].as_str().expect("an id"));
        for _ in 0..400 {
            let (_, listing) = self.get(&path).await;
            if listing["status"] == "available" {
                return listing;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("not on the market after ten seconds");
    }
}

pub(crate) async fn told(request: RequestBuilder) -> (StatusCode, Value) {
    read(request.send().await.expect("an answer")).await
}

pub(crate) async fn read(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let body = answer.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

pub(crate) fn listing(title: &str) -> Value {
    json!({
        "title": title,
        "venue": "Massey Hall, Toronto",
        "starts": "2031-06-01T19:30",
        "zone": "America/Toronto",
        "price": { "amount": 4250, "currency": "CAD" },
        "handover_note": "By e-mail.",
    })
}

pub(crate) fn price() -> Value {
    json!({ "amount": 4250, "currency": "CAD" })
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} of {value}"))
}

pub(crate) fn start(settings: &[(&str, String)]) -> (TempDir, Server) {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), settings);
    (data, server)
}

/// The same, with somebody to pay.
pub(crate) async fn start_with_stripe() -> (Sandbox, TempDir, Server) {
    let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
    let (data, server) = start(&[
        ("STRIPE_API_URL", sandbox.url()),
        ("STRIPE_JS_URL", format!("{}/v3/", sandbox.url())),
    ]);
    (sandbox, data, server)
}

/// Who pays.
pub(crate) fn billing() -> Value {
    json!({
        "billing_name": "Ada Lovelace", "country": "CA", "line1": "1 Main Street",
        "city": "Toronto", "region": "ON", "postal_code": "M5V 1A1",
    })
}
