//! Whether events are what `docs/asyncapi.json` says that they are: every test asks, of
//! all events that it had (`World::check`).

use std::sync::LazyLock;

use exchange::{Exchange, feed, vars};
use regex::Regex;
use serde_json::{Value, json};

static DESCRIBED: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../docs/asyncapi.json")).expect("JSON")
});

/// What is wrong with `value` by `schema`: as much of JSON Schema as the description
/// uses, and a panic for what it does not know.
fn wrong(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, says) in schema.as_object().expect("a schema") {
        let fits = match word.as_str() {
            "$ref" => {
                let path = says.as_str().expect("a path").trim_start_matches('#');
                let schema = DESCRIBED.pointer(path).expect("described");
                found.extend(wrong(schema, value, place));
                true
            }
            "const" => value == says,
            "enum" => says.as_array().expect("a list").contains(value),
            "type" => match says.as_str() {
                Some("object") => value.is_object(),
                Some("string") => value.is_string(),
                Some("integer") => value.is_i64(),
                other => panic!("{other:?} is unknown"),
            },
            "minimum" => value.as_i64() >= says.as_i64(),
            "pattern" => {
                let pattern = Regex::new(says.as_str().expect("text")).expect("a pattern");
                value.as_str().is_some_and(|text| pattern.is_match(text))
            }
            "required" => {
                let mut names = says.as_array().expect("a list").iter();
                names.all(|name| value.get(name.as_str().expect("a name")).is_some())
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    match says.get(name) {
                        Some(schema) => {
                            found.extend(wrong(schema, value, &format!("{place}.{name}")));
                        }
                        None if schema["additionalProperties"] == json!(false) => {
                            found.push(format!("{place}.{name} is not described"));
                        }
                        None => {}
                    }
                }
                true
            }
            "additionalProperties" | "description" | "format" => true,
            other => panic!("{other} is unknown"),
        };
        if !fits {
            found.push(format!("{place}: {value} is not {word} {says}"));
        }
    }
    found
}

/// What is wrong with an event under its subject.
fn of_event(subject: &str, payload: &Value) -> Vec<String> {
    let (channel, rest) = subject.split_once('.').expect("a subject");
    let (verb, _) = rest.split_once('.').expect("a subject");
    let Some(described) = DESCRIBED["channels"].get(channel) else {
        return vec![format!("{subject} is not described")];
    };
    let mut found = Vec::new();
    let verbs = &described["parameters"]["verb"]["enum"];
    if !verbs.as_array().expect("verbs").contains(&json!(verb)) {
        found.push(format!("{subject} is not described"));
    }
    let schema = &DESCRIBED["components"]["messages"][channel]["payload"];
    found.extend(wrong(schema, payload, subject));
    found
}

/// What is wrong with the events that there are, as accounts are told them, too.
pub(crate) async fn violations(exchange: &Exchange) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Row {
        subject: String,
        payload: String,
    }
    let rows = exchange
        .db
        .read("SELECT subject, payload FROM event", vars! {});
    let rows: Vec<Row> = rows.await.expect("reads").many().expect("events");
    let mut found = Vec::new();
    for row in rows {
        let payload = serde_json::from_str(&row.payload).expect("JSON");
        found.extend(of_event(&row.subject, &payload));
    }
    found
}

#[test]
fn what_accounts_are_told_is_described() {
    let kinds = &DESCRIBED["components"]["schemas"]["Message"]["properties"]["type"]["enum"];
    assert_eq!(*kinds, json!(feed::KINDS));
}

#[test]
fn what_is_described_otherwise_is_found() {
    let ulid = "01JQZK5V7M3N8P2R4T6W9X0Y1Z";
    let event = json!({
        "aggregate": "order", "id": ulid, "version": 2, "verb": "completed", "at": 1,
        "data": { "ticket": ulid, "buyer": ulid, "seller": ulid, "order_status": "complete",
            "price": 100, "due_at": 5 },
    });
    let subject = format!("order.completed.{ulid}");
    assert_eq!(of_event(&subject, &event), Vec::<String>::new());
    for (pointer, value) in [
        ("/aggregate", json!("ticket")),
        ("/id", json!("1")),
        ("/version", json!(0)),
        ("/data/price", json!("100")),
        ("/data/order_status", json!("paid")),
        ("/data", json!({})),
    ] {
        let mut other = event.clone();
        *other.pointer_mut(pointer).expect("there") = value;
        assert_eq!(of_event(&subject, &other).len(), 1, "{pointer}");
    }
    let mut other = event.clone();
    other["data"]["name"] = json!("Ada");
    assert_eq!(of_event(&subject, &other).len(), 1);
    assert_eq!(of_event(&format!("order.paid.{ulid}"), &event).len(), 1);
}
