//! `serve`: puts everything together, runs it, and takes it down again.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use exchange::{
    Error, demo,
    limits::Limit,
    market,
    platform::{
        bus::{Broker, Bus},
        embedded,
        nats_server::NatsServer,
    },
    services::{self, Service},
};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::{demo_summary, explain},
    config::Config,
    control::{self, Control},
    data_dir::DataDir,
    say, sockets,
    web::{self, Hub, Seats, probes},
};

/// How long requests and services have to finish after a signal.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until it is told to stop.
///
/// # Errors
/// A sentence for the operator, when it could not begin.
pub(crate) async fn run(mut config: Config, with_demo: bool) -> Result<(), String> {
    if let Some(missing) = &config.missing_site {
        tracing::warn!("pages will not work: {missing}");
    }
    // From here on a signal ends the server in order, also while it starts.
    let stop = CancellationToken::new();
    let _stopped = stop.clone().drop_guard();
    let cannot = |error| format!("cannot listen for signals: {error}");
    let interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    let terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    tokio::spawn(until_told(interrupt, terminate, stop.clone()));
    match sockets::allow_files(config.live_pages) {
        Ok(true) => {}
        Ok(false) => tracing::warn!("too few open files are allowed (ulimit -Hn) for LIVE_PAGES"),
        Err(error) => tracing::warn!(%error, "no more open files are allowed"),
    }
    let listener = listen(config.leptos.site_addr, "LEPTOS_SITE_ADDR").await?;
    let monitor = match config.monitor {
        None => None,
        Some(address) => {
            let recorder = probes::measure().map_err(|error| format!("cannot measure: {error}"))?;
            Some((listen(address, "MONITOR_ADDR").await?, recorder))
        }
    };
    // Everything below the folder is this process's from here on: also the
    // broker that a killed one may have left.
    let data = DataDir::take(&config.data_dir)?;
    config.data_dir = data.path().to_owned();
    config.take_key(&data)?;
    let cannot = |error| format!("cannot use the broker: {}", explain(error));
    let (broker, private) = match &config.broker {
        Some(broker) => (broker.clone(), None),
        None => {
            let folder = data.path().join("nats");
            let server = NatsServer::start(&config.nats_server, &folder).await?;
            (Broker::at(&server.url()).map_err(cannot)?, Some(server))
        }
    };
    let exchange = control::open(&config).await?;
    let bus = Bus::connect(&broker).await.map_err(cannot)?;

    // The broker outlives the services, which still have receipts to send.
    let stop_broker = CancellationToken::new();
    let broker = private.map(|server| tokio::spawn(server.supervise(stop_broker.clone())));
    let duties = std::mem::take(&mut config.duties);
    let hub = Hub::new(Seats::new(config.live_pages, config.live_pages_each));
    // Also when no page is told: it is how the market learns what other processes
    // commit. It listens before the market is read.
    let reads_market = duties.web || duties.services.contains(&Service::Moderation);
    let live = reads_market
        .then(|| tokio::spawn(Arc::clone(&hub).run(exchange.clone(), bus.clone(), stop.clone())));
    let catch_up = async {
        services::catch_up(&exchange, &duties.services).await?;
        if reads_market {
            market::load(&exchange).await?;
        }
        Ok::<_, Error>(())
    };
    // A large market takes a while to be read; whoever stops the server does not wait.
    tokio::select! {
        caught_up = catch_up => caught_up.map_err(explain)?,
        () = stop.cancelled() => {}
    }
    let services = tokio::spawn(services::run(
        exchange.clone(),
        bus.clone(),
        duties.services,
        stop.clone(),
    ));
    let control = tokio::spawn(Control::listen(&config)?.serve(
        exchange.clone(),
        bus.clone(),
        config.production,
        stop.clone(),
    ));
    if with_demo && !stop.is_cancelled() {
        say(&format!(
            "demo data: {}",
            demo_summary(&demo::seed(&exchange).await.map_err(explain)?)
        ));
    }
    if !stop.is_cancelled() {
        announce(&config, broker.is_some());
    }

    let monitor = monitor.map(|(listener, recorder)| {
        let router = probes::monitor(recorder, exchange.clone(), bus.clone());
        let serving =
            axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(serving.into_future())
    });
    let listener = sockets::impatient(listener, sockets::PATIENCE);
    let router = if duties.web {
        web::router(&config, exchange, bus, hub)
    } else {
        probes::routes(exchange, bus)
    }
    .into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    let served = tokio::select! {
        served = serving.into_future() => served,
        // A client that never finishes does not keep the server up.
        () = async { stop.cancelled().await; tokio::time::sleep(PATIENCE).await } => Ok(()),
    };
    stop.cancel();
    let ended = async {
        control.await.ok();
        services.await.ok();
        if let Some(live) = live {
            live.await.ok();
        }
        if let Some(monitor) = monitor {
            monitor.await.ok();
        }
    };
    if tokio::time::timeout(PATIENCE, ended).await.is_err() {
        tracing::warn!("services did not end in time");
    }
    stop_broker.cancel();
    if let Some(broker) = broker {
        broker.await.ok();
    }
    if !embedded::closed(&config.database(), control::CLOSING).await {
        tracing::warn!("the database was still open");
    }
    say("stopped");
    served.map_err(|error| format!("serving ended: {error}"))
}

async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, String> {
    let listening = TcpListener::bind(address).await;
    listening.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("{address} is in use by another program; choose another with {setting}")
        }
        _ => format!("cannot listen on {address}: {error}"),
    })
}

fn announce(config: &Config, private_broker: bool) {
    let database = config.database_url.as_ref().map_or_else(
        || {
            format!(
                "SurrealDB, embedded, in {}",
                config.database_folder().display()
            )
        },
        |_| "SurrealDB, as DATABASE_URL says".to_owned(),
    );
    let broker = if private_broker {
        format!(
            "nats-server, private, in {}",
            config.data_dir.join("nats").display()
        )
    } else {
        "NATS, as NATS_URL says".to_owned()
    };
    say(&format!("database:  {database}"));
    say(&format!("broker:    {broker}"));
    say(&format!(
        "payments:  {} ({})",
        config.settings.stripe.api_url,
        if config.settings.test_mode() {
            "test mode"
        } else {
            "live"
        }
    ));
    say(&format!(
        "mail:      {}",
        if config.settings.mail.smtp.is_some() {
            "SMTP, as SMTP_URL says".to_owned()
        } else {
            format!("files, to be read at {}/dev/mail", config.public_url)
        }
    ));
    if config.settings.limits.guesses == Limit::OFF {
        say("limits:    off: passwords can be guessed at any speed");
    }
    say(&format!("data:      {}", config.data_dir.display()));
    say(&format!("ready on {}", config.public_url));
}

/// Cancels `stop` with the first signal.
async fn until_told(mut interrupt: Signal, mut terminate: Signal, stop: CancellationToken) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = stop.cancelled() => {}
    }
    stop.cancel();
}
