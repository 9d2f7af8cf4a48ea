//! What machines ask of a process, and what is named to them in `deploy`.

use std::{collections::BTreeSet, time::Duration};

use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use stripe_sandbox::{Config, Sandbox};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::harness::{Person, Server, free_port};

const ALERTS: &str = include_str!("../../../deploy/prometheus/alerts.yml");
const RUNBOOKS: &str = include_str!("../../../docs/operations.md");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/dashboard.json");

async fn get(url: &str) -> (StatusCode, String) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

/// The names of metrics in what is asked of Prometheus.
fn named(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c| !is_part(c))
        .filter(|word| {
            ["exchange_", "http_", "process_"]
                .iter()
                .any(|prefix| word.starts_with(prefix))
        })
        .collect()
}

#[test]
fn every_alert_has_a_runbook() {
    let alerts: Vec<&str> = ALERTS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .collect();
    assert!(alerts.len() > 10, "{alerts:?}");
    for alert in alerts {
        assert!(RUNBOOKS.contains(&format!("`{alert}`")), "{alert}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_that_an_alert_or_the_dashboard_names_is_there() {
    let data = TempDir::new().expect("a folder");
    let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
    let monitor = format!("127.0.0.1:{}", free_port());
    let server = Server::start(
        data.path(),
        &[
            ("MONITOR_ADDR", monitor.clone()),
            ("STRIPE_API_URL", sandbox.url()),
            ("STRIPE_JS_URL", format!("{}/v3/", sandbox.url())),
        ],
    );
    let (seller, buyer) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("One seat", "45").await;
    let (status, order) = buyer
        .post("reserve", &[("ticket", &ticket), ("price", "4500")])
        .await;
    assert_eq!(status, StatusCode::OK, "{order}");
    let begun = buyer.press_pay(order.as_str().expect("an id")).await;
    begun.expect("an answer");
    let (status, text) = get(&format!("http://{monitor}/metrics")).await;
    assert_eq!(status, StatusCode::OK);
    let there: BTreeSet<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect();
    let names: BTreeSet<&str> = &named(ALERTS) | &named(DASHBOARD);
    assert!(names.len() > 15, "{names:?}");
    let missing: Vec<_> = names.difference(&there).collect();
    assert!(missing.is_empty(), "{missing:?} of {there:?}");
    for line in [
        r#"http_requests_total{route="/api/reserve",method="POST",status="200"} 1"#,
        r#"exchange_transactions_total{transaction="reserve",outcome="committed"} 1"#,
        r#"exchange_part_up{part="database"} 1"#,
        "exchange_holds 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    // It is for nobody outside.
    let (status, _) = get(&format!("{}/metrics", server.url)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_say_which_part_does_not_answer_and_orders_do_without_the_broker() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let up = async || {
        let (status, text) = get(&format!("{}/readyz", server.url)).await;
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        let parts = answer["parts"].as_array().expect("parts").iter();
        let up = parts.map(|part| (part["part"].to_string(), part["up"] == true));
        (status, answer["ready"] == true, up.collect::<Vec<_>>())
    };
    let [database, broker] = ["\"database\"", "\"broker\""].map(str::to_owned);
    let all = vec![(database.clone(), true), (broker.clone(), true)];
    // Who serves need not wait for the broker.
    let all = (StatusCode::OK, true, all);
    let until = async |expected: &_| {
        for _ in 0..100 {
            if up().await == *expected {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(up().await, *expected);
    };
    until(&all).await;
    let recorded = std::fs::read_to_string(data.path().join("nats/process")).expect("a broker");
    let pid = recorded.split(' ').next().and_then(|pid| pid.parse().ok());
    let pid = pid.and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, Signal::STOP).expect("stops");
    let without = vec![(database, true), (broker, false)];
    until(&(StatusCode::OK, true, without)).await;
    kill_process(pid, Signal::CONT).expect("goes on");
    let (status, _) = get(&format!("{}/healthz", server.url)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(server.stop());
}
