//! A bare axum route in a process of its own: what the machine can serve at
//! most, with which pages are compared.

use std::{net::SocketAddr, process::Stdio};

use anyhow::{Context, Result};
use axum::{Router, routing::get};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

/// Serves the route and prints where, until it is killed.
///
/// # Errors
/// When there is no free port.
pub(crate) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let router = Router::new().route("/", get(async || "hello"));
    Ok(axum::serve(listener, router).await?)
}

/// The process that serves the route; it ends with this.
pub(crate) struct Hello {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    _child: Child,
}

impl Hello {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not say where it listens.
    pub(crate) async fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--hello")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().context("its output is piped")?;
        BufReader::new(output).read_line(&mut line).await?;
        Ok(Self {
            address: line
                .trim()
                .parse()
                .context("the bare server did not start")?,
            _child: child,
        })
    }
}
