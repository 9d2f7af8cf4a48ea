//! What is done for a request, found again: in the lines of the log and at a collector.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Bytes, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span,
};
use prost::Message;
use reqwest::StatusCode;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::Mutex, time::sleep};

use crate::{
    harness::Server,
    program::{Program, listing},
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A collector that takes spans as OTLP over HTTP says, and keeps them.
async fn collector() -> (String, Arc<Mutex<Vec<Span>>>) {
    let spans = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&spans);
    let handler = async move |body: Bytes| {
        let request = ExportTraceServiceRequest::decode(body).expect("protobuf");
        let mut spans = kept.lock().await;
        for resource in request.resource_spans {
            let named = resource.resource.expect("a resource").attributes;
            assert!(named.iter().any(|pair| pair.key == "service.name"));
            for scope in resource.scope_spans {
                spans.extend(scope.spans);
            }
        }
        StatusCode::OK
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().route("/v1/traces", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, spans)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_its_commit_and_what_consumers_make_of_it_are_one_trace() {
    let (url, spans) = collector().await;
    let data = TempDir::new().expect("a folder");
    let server = Server::start(
        data.path(),
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
            ("OTEL_BSP_SCHEDULE_DELAY", "100".into()),
        ],
    );
    let (_, seller) = Program::of_somebody(&server).await;
    let answer = seller
        .request(reqwest::Method::POST, "/listings")
        .header("idempotency-key", "once")
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .json(&listing("Evening with the quartet"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::CREATED);
    // The listing is judged because of its event.
    let wanted = ["request", "list ticket", "message", "judge listing"];
    let mut found: Vec<Span> = Vec::new();
    for _ in 0..400 {
        let all = spans.lock().await;
        found = all
            .iter()
            .filter(|span| hex(&span.trace_id) == TRACE)
            .cloned()
            .collect();
        drop(all);
        if wanted
            .iter()
            .all(|name| found.iter().any(|span| span.name == *name))
        {
            break;
        }
        sleep(Duration::from_millis(25)).await;
    }
    let named = |name: &str| {
        found
            .iter()
            .find(|span| span.name == name)
            .unwrap_or_else(|| {
                let names: Vec<&str> = found.iter().map(|span| span.name.as_str()).collect();
                panic!("no {name} in {names:?}")
            })
    };
    let [request, create, message, judge] = wanted.map(named);
    assert_eq!(hex(&request.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(create.parent_span_id, request.span_id);
    assert_eq!(judge.parent_span_id, message.span_id);
    // What no header names is a trace of its own.
    let all = spans.lock().await;
    let others = all.iter().filter(|span| hex(&span.trace_id) != TRACE);
    assert!(others.clone().any(|span| span.name == "request"));
    assert!(others.clone().all(|span| hex(&span.trace_id).len() == 32));
    drop(all);
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_json_that_say_of_which_request_they_are() {
    let data = TempDir::new().expect("a folder");
    let log = data.path().join("log");
    let file = std::fs::File::create(&log).expect("a file");
    let server = Server::logged(
        data.path(),
        &[
            ("LOG_FORMAT", "json".into()),
            ("LOG", "warn,ticket_exchange=debug".into()),
        ],
        file,
    );
    let (_, seller) = Program::of_somebody(&server).await;
    let (status, _) = seller.get("/orders").await;
    assert_eq!(status, StatusCode::OK);
    let answer = seller
        .request(reqwest::Method::GET, "/orders?after=x")
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .send()
        .await
        .expect("an answer");
    let id = answer.headers()["x-request-id"].clone();
    assert!(server.stop());
    let log = std::fs::read_to_string(log).expect("a log");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let of_it: Vec<&Value> = lines
        .iter()
        .filter(|line| line["span"]["trace"] == TRACE)
        .collect();
    assert_eq!(of_it.len(), 1, "{log}");
    assert_eq!(of_it[0]["message"], "answered");
    assert_eq!(of_it[0]["span"]["route"], "/api/v1/orders");
    assert_eq!(of_it[0]["span"]["id"], id.to_str().expect("text"));
}
