//! What the program says of itself while it runs: lines to standard error, and traces
//! to a collector (OpenTelemetry, over OTLP) if there is one.

use std::{io, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::Level;
use tracing_subscriber::{
    EnvFilter, Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};

/// What is logged unless `LOG` says otherwise.
const LOGGED: &str = "info,surrealdb=warn,surrealkv=error,async_nats=warn";
/// Our own packages, whose spans make traces.
const OURS: [&str; 3] = ["app", "exchange", "ticket_exchange"];
/// How long the last spans have to reach the collector.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ends what sends traces when it is dropped.
pub(crate) struct Telemetry(SdkTracerProvider);

/// How it is set up.
pub(crate) struct Setup<'a> {
    /// Whether lines are JSON.
    pub(crate) json: bool,
    /// Where a collector listens for OTLP over HTTP.
    pub(crate) collector: Option<&'a str>,
    /// Which share of the traces it is sent, from 0 to 1.
    pub(crate) share: f64,
}

/// Begins to log and to trace. Every request and message has a trace, so that its lines
/// can be found, whether or not somebody collects them.
///
/// # Errors
/// A sentence for the operator.
pub(crate) fn begin(setup: &Setup<'_>) -> Result<Telemetry, String> {
    let mut provider = SdkTracerProvider::builder();
    provider = match setup.collector {
        // What is not sampled costs little more than its identifiers.
        None => provider.with_sampler(Sampler::AlwaysOff),
        Some(url) => {
            let exporter = SpanExporter::builder()
                .with_http()
                .with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/')))
                .build()
                .map_err(|error| format!("cannot trace to {url}: {error}"))?;
            // By the number of the trace alone, so that all processes choose the same
            // ones; who sends a number of their own chooses with it.
            provider
                .with_sampler(Sampler::TraceIdRatioBased(setup.share))
                .with_resource(resource())
                .with_batch_exporter(exporter)
        }
    };
    let provider = provider.build();
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("ticket-exchange"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(Targets::new().with_targets(OURS.map(|target| (target, Level::INFO))));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let lines = if setup.json {
        lines.json().flatten_event(true).boxed()
    } else {
        lines.boxed()
    };
    let logged = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| LOGGED.into());
    tracing_subscriber::registry()
        .with(traces)
        .with(lines.with_filter(logged))
        .init();
    Ok(Telemetry(provider))
}

/// Who traces; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say otherwise.
fn resource() -> Resource {
    let mut resource = Resource::builder().with_attributes([
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("process.pid", i64::from(std::process::id())),
    ]);
    if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name("ticket-exchange");
    }
    resource.build()
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last traces did not reach the collector");
        }
    }
}
