//! One run of one case.

use std::{fs, os::unix::process::ExitStatusExt, path::Path, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use stripe_sandbox::{Config, FaultKind, Operation, Sandbox, WebhookFaults};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::{
    cases::{Case, Fault, Flow, Webhooks, When, Worked},
    harness::{self, Person, Server},
    listing,
    order::{GRACE, LONG_HOLD, Order, PRICE, SHORT_HOLD},
};

/// How long the order has to come to its end once the fault is over: holds
/// last seconds, and what is open is looked at after ten.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take until an order comes to where the fault waits.
const FAULT_COMES: Duration = Duration::from_secs(30);
/// How late work is done that the server was killed over.
const LATE_MS: u64 = 1_500;
const HOUR: i64 = 3_600;

/// Runs a case; how the order ended, or what is wrong.
pub(crate) async fn run(case: Case, seed: u64) -> Result<String, String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let crash_at = match case.fault {
        Fault::Transaction(name, When::Before) => Some(format!("{name}/before")),
        Fault::Transaction(name, When::After) => Some(format!("{name}/after")),
        Fault::Transaction(name, When::During) => {
            Some(format!("{name}/{}", dice.random_range(0..2_500)))
        }
        _ => None,
    };
    if let (Flow::List | Flow::Decide, Some(crash_at)) = (case.flow, &crash_at) {
        return listing::run(case, crash_at.clone()).await;
    }
    let data = TempDir::new().map_err(|error| error.to_string())?;
    let sandbox = Sandbox::start(Config::default())
        .await
        .map_err(|error| error.to_string())?;
    let mut settings = settings(case.flow, &sandbox);
    if let Some(crash_at) = crash_at {
        settings.push(("CRASH_AT", crash_at));
    }
    match case.fault {
        // Made late: the order is over by then.
        Fault::Transaction("find intent", _) => {
            sandbox
                .faults()
                .add(Operation::Create, FaultKind::DelayMs, 1, Some(LATE_MS));
        }
        Fault::Transaction("payment failed", _) => {
            sandbox
                .faults()
                .add(Operation::Capture, FaultKind::Error400, 1, None);
        }
        _ => {}
    }
    let server = start(data.path(), &settings).await;
    sandbox.set_webhook_url(webhook_url(&server));
    let seller = Person::registered(&server).await;
    let buyer = Person::registered(&server).await;
    let ticket = seller.lists("One seat", &price()).await;
    settings.retain(|(name, _)| *name != "CRASH_AT");

    let mut order = Order {
        buyer,
        sandbox: &sandbox,
        ticket: &ticket,
        storm: matches!(case.fault, Fault::Storm),
        card: case.card(),
        // The fault waits where holds end, or anywhere: then the card may be
        // in time by a hair.
        late: if case.is_met_too_late() {
            GRACE
        } else {
            GRACE / 2
        },
        goes_away: case.flow == Flow::Pay && matches!(case.fault, Fault::Webhooks(_)),
        refund_accepted: false,
    };
    let mut known = None;
    let mut server = Some(server);
    match case.fault {
        Fault::Transaction(..) => {
            // Until the server ends itself, or all is done.
            drop(order.go(case.flow, &mut known).await);
            let running = server.take().ok_or("no server")?;
            killed_itself(running).await?;
        }
        Fault::Call(operation, worked) => {
            let kind = match worked {
                Worked::Before => FaultKind::DelayMs,
                Worked::After => FaultKind::TimeoutAfterWork,
            };
            sandbox.faults().add(operation, kind, 1, Some(LATE_MS));
            let going = order.go(case.flow, &mut known);
            tokio::pin!(going);
            let killed = async {
                while !sandbox.faults().are_used_up() {
                    sleep(Duration::from_millis(10)).await;
                }
                sleep(Duration::from_millis(dice.random_range(0..300))).await;
            };
            tokio::pin!(killed);
            tokio::select! {
                () = &mut killed => {}
                // The step comes later: when the hold ends, say.
                _ = &mut going => timeout(FAULT_COMES, killed)
                    .await
                    .map_err(|_| "Stripe was not asked for that")?,
            }
            if let Some(server) = server.take() {
                server.kill();
            }
        }
        Fault::Stripe(operation, kind) => {
            sandbox.faults().add(operation, kind, 1, Some(3_000));
            drop(order.go(case.flow, &mut known).await);
        }
        Fault::Webhooks(webhooks) => {
            sandbox.faults().set_webhooks(switches(webhooks));
            drop(order.go(case.flow, &mut known).await);
            match webhooks {
                Webhooks::Never | Webhooks::Twice => {}
                Webhooks::Reversed => sandbox.faults().set_webhooks(WebhookFaults {
                    reverse: true,
                    ..WebhookFaults::default()
                }),
                Webhooks::AnHourLate => {
                    if let Some(server) = server.take() {
                        blocking(move || server.stop()).await;
                    }
                    settings.push(("CLOCK_OFFSET", HOUR.to_string()));
                    sandbox.set_clock_offset(HOUR);
                }
            }
        }
        Fault::BrokerAway => {
            let brokers = brokers(data.path())?;
            let all = |sent| brokers.iter().try_for_each(|broker| signal(*broker, sent));
            all(Signal::STOP)?;
            let went = order.go(case.flow, &mut known).await;
            sleep(Duration::from_millis(dice.random_range(500..4_000))).await;
            all(Signal::CONT)?;
            drop(went);
        }
        Fault::Storm => drop(order.go(case.flow, &mut known).await),
    }

    let server = match server {
        Some(server) => server,
        None => start(data.path(), &settings).await,
    };
    sandbox.set_webhook_url(webhook_url(&server));
    if matches!(case.fault, Fault::Webhooks(Webhooks::AnHourLate)) {
        sandbox.faults().set_webhooks(WebhookFaults::default());
    }
    // The browser may come back, or not.
    order.buyer = order.buyer.at(&server);
    order.storm = false;
    if dice.random_bool(0.5) {
        drop(order.go(case.flow, &mut known).await);
    }
    if let Fault::Webhooks(webhooks) = case.fault
        && !matches!(webhooks, Webhooks::Never)
    {
        delivered(&sandbox).await?;
    }
    let end = settled(&order.buyer, &sandbox).await?;
    if let (Fault::Transaction("note dispute", _), Some(id)) = (case.fault, &known) {
        delivered(&sandbox).await?;
        let read = order.buyer.try_read("order", &[("id", id)]).await;
        let (_, seen) = read.map_err(|error| error.to_string())?;
        if seen["dispute"] != "open" {
            return Err(format!("the dispute was not noted: {seen}"));
        }
    }
    reconciled(data.path(), &order.buyer, &sandbox).await?;
    if !sandbox.faults().are_used_up() {
        return Err("Stripe was not asked for that".to_owned());
    }
    // The reconciler had nothing to mend that shows.
    let after = settled(&order.buyer, &sandbox).await?;
    if after != end {
        return Err(format!("the order was {end}, and {after} once reconciled"));
    }
    blocking(move || server.stop())
        .await
        .then_some(())
        .ok_or("the server did not end well")?;
    command(data.path(), &["check"]).await?;
    if case.may_end(&end, order.refund_accepted) {
        Ok(end)
    } else {
        Err(format!("the order ended {end}"))
    }
}

/// Waits until every webhook has been accepted.
async fn delivered(sandbox: &Sandbox) -> Result<(), String> {
    let began = tokio::time::Instant::now();
    while sandbox.pending_deliveries().await > 0 {
        if began.elapsed() > PATIENCE {
            return Err("webhooks are not accepted".to_owned());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn price() -> String {
    format!("{}.{:02}", PRICE / 100, PRICE % 100)
}

fn settings(flow: Flow, sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let hold = if flow == Flow::Expire {
        SHORT_HOLD
    } else {
        LONG_HOLD
    };
    vec![
        ("STRIPE_API_URL", sandbox.url()),
        ("STRIPE_JS_URL", format!("{}/v3/", sandbox.url())),
        ("STRIPE_TIMEOUT", "1".into()),
        ("HOLD_SECONDS", hold.as_secs().to_string()),
        ("PAY_GRACE", GRACE.as_secs().to_string()),
        ("MAX_HOLDS", "100".into()),
        ("LOG", "off".into()),
    ]
}

fn webhook_url(server: &Server) -> String {
    format!("{}/webhooks/stripe", server.url)
}

/// Starting waits for a line of another process.
pub(crate) async fn start(data: &Path, settings: &[(&'static str, String)]) -> Server {
    let (data, settings) = (data.to_owned(), settings.to_vec());
    blocking(move || Server::start(&data, &settings)).await
}

/// Waits until the server has come to where it kills itself.
pub(crate) async fn killed_itself(mut server: Server) -> Result<(), String> {
    let ended = blocking(move || server.ended_within(FAULT_COMES)).await;
    match ended.map(|status| status.signal()) {
        Some(Some(9)) => Ok(()),
        Some(_) => Err(format!("the server ended otherwise: {ended:?}")),
        None => Err("the server did not come to that commit".to_owned()),
    }
}

fn switches(webhooks: Webhooks) -> WebhookFaults {
    let none = WebhookFaults::default();
    match webhooks {
        Webhooks::Never => WebhookFaults { drop: true, ..none },
        Webhooks::Twice => WebhookFaults {
            duplicate: 1,
            ..none
        },
        Webhooks::Reversed | Webhooks::AnHourLate => WebhookFaults { hold: true, ..none },
    }
}

/// The private broker's process, or those of a deployment's cluster.
fn brokers(data: &Path) -> Result<Vec<Pid>, String> {
    let read = |file: &str| fs::read_to_string(data.join(file));
    let pid = |text: Option<&str>| text?.parse().ok().and_then(Pid::from_raw);
    let found: Option<Vec<Pid>> = match read("processes") {
        Ok(processes) => processes
            .lines()
            .filter(|line| line.starts_with("broker-"))
            .map(|line| pid(line.split(' ').nth(1)))
            .collect(),
        Err(_) => {
            let recorded = read("nats/process").map_err(|error| error.to_string())?;
            pid(recorded.split(' ').next()).map(|pid| vec![pid])
        }
    };
    found.ok_or_else(|| "the broker's process is not known".to_owned())
}

fn signal(process: Pid, signal: Signal) -> Result<(), String> {
    kill_process(process, signal).map_err(|error| error.to_string())
}

/// Waits until every order is over, with its money.
async fn settled(buyer: &Person, sandbox: &Sandbox) -> Result<String, String> {
    let mut seen = Err("nothing was read".to_owned());
    let began = tokio::time::Instant::now();
    while began.elapsed() < PATIENCE {
        seen = end_of(buyer, sandbox).await;
        if let Ok(orders) = &seen
            && orders.iter().all(|(_, over, _)| *over)
        {
            return Ok(match orders.as_slice() {
                [] => "no order".to_owned(),
                [(status, ..)] => status.clone(),
                // The first one was lost with its answer, or expired.
                many => many[0].0.clone(),
            });
        }
        sleep(Duration::from_millis(200)).await;
    }
    Err(format!("not over after {} s: {seen:?}", PATIENCE.as_secs()))
}

/// Every order of the buyer: its status, whether it and its money agree and
/// are at an end, and how many of its intents are neither paid nor cancelled.
/// Money that can never be right is an error.
async fn end_of(buyer: &Person, sandbox: &Sandbox) -> Result<Vec<(String, bool, usize)>, String> {
    let (_, page) = buyer
        .try_read("orders", &[])
        .await
        .map_err(|error| error.to_string())?;
    let intents = sandbox.intents().await;
    let rows = page["orders"]
        .as_array()
        .ok_or_else(|| format!("no orders: {page}"))?;
    let mut orders = Vec::new();
    for row in rows {
        let (id, status) = (text(&row["id"]), text(&row["status"]));
        let of_order: Vec<&Value> = intents
            .iter()
            .filter(|intent| intent["metadata"]["order"] == id)
            .collect();
        let with = |status: &str| {
            of_order
                .iter()
                .filter(|intent| intent["status"] == status)
                .count()
        };
        let (charged, set_aside) = (with("succeeded"), with("requires_capture"));
        let right_amount = of_order.iter().all(|intent| intent["amount"] == PRICE);
        if charged > 1 || !right_amount || (status == "cancelled" && charged > 0) {
            return Err(format!("order {id} is {status}: {of_order:?}"));
        }
        let over = match status.as_str() {
            "complete" => charged == 1 && set_aside == 0 && sandbox.refunded(&id).await == 0,
            "refunded" => charged == 1 && sandbox.refunded(&id).await == PRICE,
            "cancelled" => set_aside == 0,
            _ => false,
        };
        let strays = of_order.len() - charged - with("canceled");
        orders.push((status, over, strays));
    }
    Ok(orders)
}

/// The operator's reconciler finds nothing that needs a person, and leaves no
/// intent open that is not young.
async fn reconciled(data: &Path, buyer: &Person, sandbox: &Sandbox) -> Result<(), String> {
    let began = tokio::time::Instant::now();
    loop {
        command(data, &["reconcile"]).await?;
        let orders = end_of(buyer, sandbox).await?;
        if orders.iter().all(|(_, _, strays)| *strays == 0) {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("an intent is open after reconciling: {orders:?}"));
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Runs a command of the program, which succeeds.
pub(crate) async fn command(data: &Path, words: &[&str]) -> Result<(), String> {
    let (data, name) = (data.to_owned(), words.join(" "));
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let output = blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        harness::run(&data, &words)
    })
    .await;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{name}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// What waits for another process must not keep the sandbox waiting.
pub(crate) async fn blocking<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(wait).await.expect("ends")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
