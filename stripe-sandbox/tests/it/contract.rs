//! The sandbox answers with the fields and types that Stripe documents, and no others.

use serde_json::{Map, Value};

use crate::support::{Receiver, start, text};

/// The contract file, `contract.json`; its first field explains its language.
struct Contract(Map<String, Value>);

impl Contract {
    fn load() -> Self {
        Self(serde_json::from_str(include_str!("contract.json")).expect("JSON"))
    }

    fn check(&self, kind: &str, value: &Value) {
        let problems = self.problems(&self.0[kind], value, kind);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    /// What is wrong with a value, each with its path.
    fn problems(&self, spec: &Value, value: &Value, path: &str) -> Vec<String> {
        match (spec, value) {
            (Value::String(alternatives), _) => self.mismatch(alternatives, value, path),
            (Value::Object(spec), Value::Null) if spec.contains_key("$nullable") => Vec::new(),
            (Value::Object(spec), Value::Object(fields)) => self.fields(spec, fields, path),
            (Value::Array(spec), Value::Array(items)) => items
                .iter()
                .flat_map(|item| self.problems(&spec[0], item, path))
                .collect(),
            _ => vec![format!("{path}: {value} does not fit {spec}")],
        }
    }

    fn fields(
        &self,
        spec: &Map<String, Value>,
        fields: &Map<String, Value>,
        path: &str,
    ) -> Vec<String> {
        let known =
            |name: &String| spec.contains_key(name) || spec.contains_key(&format!("{name}?"));
        let unknown = fields.keys().filter(|name| !known(name));
        let mut problems: Vec<String> = unknown
            .map(|name| format!("{path}.{name} is unknown"))
            .collect();
        for (key, spec) in spec.iter().filter(|(key, _)| *key != "$nullable") {
            let name = key.trim_end_matches('?');
            match fields.get(name) {
                Some(value) => {
                    problems.extend(self.problems(spec, value, &format!("{path}.{name}")))
                }
                None if key.ends_with('?') => {}
                None => problems.push(format!("{path}.{name} is missing")),
            }
        }
        problems
    }

    fn mismatch(&self, alternatives: &str, value: &Value, path: &str) -> Vec<String> {
        let mut problems = Vec::new();
        for alternative in alternatives.split('|') {
            let found = match (alternative, value) {
                ("any", _)
                | ("null", Value::Null)
                | ("boolean", Value::Bool(_))
                | ("string", Value::String(_)) => Vec::new(),
                ("integer", Value::Number(number)) if number.is_i64() => Vec::new(),
                ("map", Value::Object(map)) if map.values().all(Value::is_string) => Vec::new(),
                ("texts", Value::Array(items)) if items.iter().all(Value::is_string) => Vec::new(),
                (quoted, Value::String(text)) if quoted == format!("'{text}'") => Vec::new(),
                (reference, Value::Object(_)) if reference.starts_with('@') => {
                    self.problems(&self.0[&reference[1..]], value, path)
                }
                _ => vec![format!("{path}: {value} is not {alternative}")],
            };
            if found.is_empty() {
                return found;
            }
            problems.extend(found);
        }
        problems
    }
}

#[tokio::test]
async fn every_object_keeps_the_contract() {
    let contract = Contract::load();
    let (sandbox, api) = start().await;
    let (receiver, url) = Receiver::start(0).await;
    sandbox.set_webhook_url(url);

    for card in [
        "4242424242424242",
        "4000000000009995",
        "4000002760003184",
        "5555555555554444",
        "4000000000000259",
        "4000000000005134",
    ] {
        let intent = api.create().await;
        contract.check("payment_intent", &intent);
        let (id, secret) = (text(&intent, "id"), text(&intent, "client_secret"));
        sandbox.pay(&secret, card).await;
        contract.check("payment_intent", &api.intent(&id).await);
        sandbox.authenticate(&secret, true).await;
        let step = if card.starts_with('5') {
            "cancel"
        } else {
            "capture"
        };
        let answer = api
            .post(
                &format!("/v1/payment_intents/{id}/{step}"),
                &[("expand[]", "latest_charge.refunds")],
            )
            .await;
        match answer.status {
            200 => contract.check("payment_intent", &answer.body),
            _ => contract.check("error", &answer.body["error"]),
        }
        if card == "4000000000000259" {
            let dispute = sandbox.decide_dispute(&id, false).await.expect("disputed");
            contract.check("dispute", &dispute);
            let path = format!("/v1/disputes/{}", text(&dispute, "id"));
            assert_eq!(api.get(&path).await.body, dispute);
        } else if text(&answer.body, "status") == "succeeded" {
            let refund = api
                .post("/v1/refunds", &[("payment_intent", &id)])
                .await
                .body;
            contract.check("refund", &refund);
            let method = api
                .get(&format!(
                    "/v1/payment_methods/{}",
                    text(&answer.body, "payment_method")
                ))
                .await;
            contract.check("payment_method", &method.body);
        }
    }
    let declined = text(&api.create().await, "id");
    let form = [("payment_method", "pm_card_chargeDeclinedExpiredCard")];
    let refused = api
        .post(&format!("/v1/payment_intents/{declined}/confirm"), &form)
        .await;
    contract.check("error", &refused.body["error"]);

    for (path, kind) in [
        (
            "/v1/payment_intents?limit=100&expand[]=data.latest_charge",
            "payment_intent",
        ),
        ("/v1/refunds?limit=1", "refund"),
    ] {
        let list = api.get(path).await.body;
        assert_eq!(list["object"], "list");
        assert_eq!(
            list["has_more"],
            kind == "refund",
            "of refunds one of several"
        );
        let data = list["data"].as_array().expect("a list");
        data.iter().for_each(|object| contract.check(kind, object));
        let expanded = data
            .iter()
            .any(|intent| intent["latest_charge"].is_object());
        assert_eq!(expanded, kind == "payment_intent");
    }

    // Time for the refund that fails.
    sandbox.set_clock_offset(60);
    let events = api.get("/v1/events?limit=100").await.body;
    let events = events["data"].as_array().expect("a list");
    assert!(events.len() > 20, "{}", events.len());
    events
        .iter()
        .for_each(|event| contract.check("event", event));
    receiver.wait_for(events.len()).await;
    for (_, payload) in receiver.received() {
        contract.check("event", &serde_json::from_str(&payload).expect("JSON"));
    }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let contract = Contract::load();
    let problems = |json: Value| contract.problems(&contract.0["error"], &json, "error");
    let good = serde_json::json!({ "type": "api_error", "message": "text" });
    assert!(problems(good).is_empty());
    for wrong in [
        serde_json::json!({ "message": "text" }),
        serde_json::json!({ "type": "other_error" }),
        serde_json::json!({ "type": "api_error", "message": 1 }),
        serde_json::json!({ "type": "api_error", "surprise": null }),
        serde_json::json!({ "type": "api_error", "payment_intent": {} }),
    ] {
        assert!(!problems(wrong.clone()).is_empty(), "{wrong}");
    }
}
