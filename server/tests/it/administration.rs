//! What administrators do about messages that no service could process.

use std::{fs, path::Path, time::Duration};

use exchange::platform::bus::{Broker, Bus};
use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Person, Server, run, start};

/// The broker that the server of this folder has for itself.
async fn broker(data: &Path) -> Bus {
    let config = fs::read_to_string(data.join("nats/nats.conf")).expect("a configuration");
    let quoted = |after: &str| {
        let (_, rest) = config.split_once(after).expect("there");
        rest.split('"').nth(1).expect("quoted").to_owned()
    };
    let (address, password) = (quoted("listen:"), quoted("password:"));
    let url = format!("nats://exchange:{password}@{address}");
    Bus::connect(&Broker::at(&url).expect("an address"))
        .await
        .expect("an address")
}

async fn administrator(data: &Path, server: &Server) -> Person {
    let (person, email) = Person::known(server).await;
    let data = data.to_owned();
    let added =
        tokio::task::spawn_blocking(move || run(&data, &["group", "add", "admins", &email])).await;
    assert!(added.expect("runs").status.success());
    person
}

/// The dead letters, once there are as many.
async fn letters(person: &Person, count: usize) -> Vec<Value> {
    let mut seen = Value::Null;
    for _ in 0..400 {
        let (status, page) = person.read("dead_letters", &[]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        seen = page["rows"].clone();
        if let Some(rows) = seen.as_array().filter(|rows| rows.len() == count) {
            return rows.clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not {count} dead letters: {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_seen_with_its_reason_and_replayed_or_dropped_while_life_goes_on() {
    let (data, server) = start().await;
    let admin = administrator(data.path(), &server).await;
    let bus = broker(data.path()).await;
    let of_nobody = r#"{"aggregate":"order","id":"01JQZK5V7M3N8P2R4T6W9X0Y1Z","version":2,"verb":"completed","at":1,"data":{"ticket":"01JQZK5V7M3N8P2R4T6W9X0Y1Z","buyer":"01JQZK5V7M3N8P2R4T6W9X0Y1Z","seller":"01JQZK5V7M3N8P2R4T6W9X0Y1Z","order_status":"complete","price":1,"due_at":1}}"#;
    let of_the_future = r#"{"aggregate":"ticket","id":"1","version":1,"verb":"teleported","at":1,"data":{"format":2}}"#;
    for (subject, payload) in [
        ("ticket.created.x", "not <b>JSON</b>"),
        ("ticket.created.y", of_the_future),
        ("order.completed.z", of_nobody),
    ] {
        let sent = bus
            .send(
                subject.to_owned(),
                subject,
                payload.as_bytes().to_vec(),
                None,
            )
            .await;
        sent.expect("sends").await.expect("stores");
    }
    let found = letters(&admin, 3).await;
    for letter in &found {
        assert!(
            letter["reason"]
                .as_str()
                .is_some_and(|reason| !reason.is_empty()),
            "{letter}"
        );
    }
    let (status, page) = admin.page("/admin/dead-letters").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("not &lt;b&gt;JSON&lt;/b&gt;") && page.contains("does not exist"),
        "{page}"
    );

    let [first, second, _] = &found[..] else {
        panic!("three")
    };
    let sequence = |letter: &Value| letter["sequence"].to_string();
    let act = async |function: &str, sequence: &str| {
        admin.post(function, &[("sequence", sequence)]).await.0
    };
    assert_eq!(
        act("replay_dead_letter", &sequence(first)).await,
        StatusCode::OK
    );
    // Nothing has changed about it, so it comes back under another number.
    let again = letters(&admin, 3).await;
    assert!(
        again
            .iter()
            .all(|letter| letter["sequence"] != first["sequence"]),
        "{again:?}"
    );
    assert_eq!(
        act("discard_dead_letter", &sequence(second)).await,
        StatusCode::OK
    );
    assert_eq!(letters(&admin, 2).await.len(), 2);
    for gone in [first, second] {
        for function in ["replay_dead_letter", "discard_dead_letter"] {
            assert_eq!(act(function, &sequence(gone)).await, StatusCode::NOT_FOUND);
        }
    }
    // The services did not stop, and what was done is in the trail.
    Person::registered(&server)
        .await
        .lists("Life goes on", "20")
        .await;
    let verified = run(data.path(), &["audit", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
    let parts = admin.read("parts", &[]).await.1;
    assert_eq!(parts["dead_letters"], 2, "{parts}");
    assert!(server.stop());
}
