//! What the process is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Parser;

const SECRET_KEY: &str = "sk_test_sandbox";
const PUBLISHABLE_KEY: &str = "pk_test_sandbox";
const WEBHOOK_SECRET: &str = "whsec_sandbox";

/// Stands in for Stripe's API and card element, for development and tests only.
#[derive(Clone, Debug, Parser)]
#[command(name = "stripe-sandbox", version)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "STRIPE_SANDBOX_ADDR", default_value = "127.0.0.1:3030")]
    pub addr: SocketAddr,

    /// File that keeps the state between runs; memory only without it.
    #[arg(long, env = "STRIPE_SANDBOX_STATE", value_name = "FILE")]
    pub state: Option<PathBuf>,

    /// The key that servers authenticate with.
    #[arg(long, env = "STRIPE_SANDBOX_SECRET_KEY", default_value = SECRET_KEY)]
    pub secret_key: String,

    /// The key that browsers authenticate with.
    #[arg(long, env = "STRIPE_SANDBOX_PUBLISHABLE_KEY", default_value = PUBLISHABLE_KEY)]
    pub publishable_key: String,

    /// Where events are delivered; nowhere without it.
    #[arg(long, env = "STRIPE_SANDBOX_WEBHOOK_URL", value_name = "URL")]
    pub webhook_url: Option<String>,

    /// Signs webhook deliveries.
    #[arg(long, env = "STRIPE_SANDBOX_WEBHOOK_SECRET", default_value = WEBHOOK_SECRET)]
    pub webhook_secret: String,

    /// Seconds added to the time, so that tests can cross hours.
    #[arg(
        long,
        env = "STRIPE_SANDBOX_CLOCK_OFFSET",
        value_name = "SECONDS",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub clock_offset: i64,
}

impl Default for Config {
    /// The command line's defaults, but on a free port, as tests need.
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state: None,
            secret_key: SECRET_KEY.to_owned(),
            publishable_key: PUBLISHABLE_KEY.to_owned(),
            webhook_url: None,
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            clock_offset: 0,
        }
    }
}
