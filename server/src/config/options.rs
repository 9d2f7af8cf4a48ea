//! The settings as flags and environment give them.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{OsStringValueParser, TypedValueParser},
};

/// A path that may be empty, so that this is reported with all other mistakes.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// Every setting, as text: each is checked, so that all mistakes are reported
/// in one message.
#[derive(Args)]
pub(crate) struct Options {
    /// `development` or `production`, which allows nothing that is for trying
    /// out.
    #[arg(long, env = "APP_ENV", default_value = "development", global = true)]
    pub(super) app_env: String,
    /// Folder of the embedded database, the private broker and the control
    /// socket.
    #[arg(long, env = "DATA_DIR", default_value = "data", global = true, value_parser = path())]
    pub(super) data_dir: PathBuf,
    /// Database: `surrealkv://PATH`, `rocksdb://PATH` (if it was built in), `mem://`,
    /// or a server's `ws://NAME:PASSWORD@HOST:PORT/NAMESPACE/DATABASE` (`wss://` with
    /// TLS; `?roots=FILE` at its end names certificates of the only ones to trust)
    /// [default: surrealkv in DATA_DIR].
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub(super) database_url: Option<String>,
    /// Broker: `nats://NAME:PASSWORD@HOST:PORT` (`tls://` with TLS), of a cluster
    /// several, separated by commas [default: a private nats-server].
    #[arg(long, env = "NATS_URL", global = true, hide_env_values = true)]
    pub(super) nats_url: Option<String>,
    /// File with the credentials of the broker's user.
    #[arg(long, env = "NATS_CREDENTIALS", global = true)]
    pub(super) nats_credentials: Option<PathBuf>,
    /// File with certificates of those who vouch for the broker, besides those that
    /// the system knows.
    #[arg(long, env = "NATS_ROOT_CERTIFICATES", global = true)]
    pub(super) nats_root_certificates: Option<PathBuf>,
    /// On how many servers of the broker's cluster a message is kept: 1, 3 or 5.
    #[arg(long, env = "NATS_REPLICAS", default_value = "1", global = true)]
    pub(super) nats_replicas: String,
    /// What this process does: `all`, or some of `web`, `relay`, `orders`,
    /// `payments`, `expiration`, `notifications`, `moderation` and `records`,
    /// separated by commas. Others than `all` need servers for database and broker.
    #[arg(long, env = "SERVICES", default_value = "all", global = true)]
    pub(super) services: String,
    /// The nats-server to run when NATS_URL is not set; 2.12 or newer.
    #[arg(
        long,
        env = "NATS_SERVER",
        default_value = "nats-server",
        global = true,
        value_parser = path()
    )]
    pub(super) nats_server: PathBuf,
    /// Where people reach the site, without a path [default: the address it
    /// listens on].
    #[arg(long, env = "PUBLIC_URL", global = true)]
    pub(super) public_url: Option<String>,
    /// ISO 4217 code of the one currency.
    #[arg(long, env = "CURRENCY", default_value = "CAD", global = true)]
    pub(super) currency: String,
    /// Greatest price, in minor units.
    #[arg(long, env = "MAX_PRICE", default_value = "1000000", global = true)]
    pub(super) max_price: String,
    /// How long a reservation lasts, in seconds.
    #[arg(long, env = "HOLD_SECONDS", default_value = "900", global = true)]
    pub(super) hold_seconds: String,
    /// How much longer it lasts once a payment has begun, in seconds.
    #[arg(long, env = "PAY_GRACE", default_value = "120", global = true)]
    pub(super) pay_grace: String,
    /// How long a buyer waits before reserving the same ticket again, in
    /// seconds.
    #[arg(long, env = "HOLD_COOLDOWN", default_value = "60", global = true)]
    pub(super) hold_cooldown: String,
    /// Most live reservations of one buyer.
    #[arg(long, env = "MAX_HOLDS", default_value = "4", global = true)]
    pub(super) max_holds: String,
    /// How long after paying a buyer may have the money back when the event
    /// has no start, in seconds.
    #[arg(long, env = "REFUND_WINDOW", default_value = "1209600", global = true)]
    pub(super) refund_window: String,
    /// How long billing details are kept, in seconds.
    #[arg(
        long,
        env = "BILLING_RETENTION",
        default_value = "220752000",
        global = true
    )]
    pub(super) billing_retention: String,
    /// How long events are kept by the broker, and for accounts whose programs ask or
    /// are told, in seconds.
    #[arg(
        long,
        env = "EVENT_RETENTION",
        default_value = "2592000",
        global = true
    )]
    pub(super) event_retention: String,
    /// How long it is kept who tried to sign in from where, in seconds.
    #[arg(
        long,
        env = "SIGN_IN_RETENTION",
        default_value = "7776000",
        global = true
    )]
    pub(super) sign_in_retention: String,
    /// Secret from which links in mails, second factors and the names of known
    /// browsers are derived: another one voids them; 32 characters or more
    /// [development default: made once, in DATA_DIR].
    #[arg(long, env = "SECRET_KEY", global = true, hide_env_values = true)]
    pub(super) secret_key: Option<String>,
    /// Mail server: `smtp://NAME:PASSWORD@HOST:587?tls=required` or
    /// `smtps://…` [development default: a file for each mail in DATA_DIR, to be
    /// read at /dev/mail].
    #[arg(long, env = "SMTP_URL", global = true, hide_env_values = true)]
    pub(super) smtp_url: Option<String>,
    /// Who mails are from: an address, or `NAME <ADDRESS>` [development default:
    /// tickets@localhost].
    #[arg(long, env = "MAIL_FROM", global = true)]
    pub(super) mail_from: Option<String>,
    /// File of the rules by which listings are judged, read again when it changes
    /// [default: those that are built in].
    #[arg(long, env = "MODERATION_RULES", global = true)]
    pub(super) moderation_rules: Option<PathBuf>,
    /// Address of a scorer that is asked about listings besides
    /// (ARCHITECTURE.md says how).
    #[arg(long, env = "MODERATION_URL", global = true)]
    pub(super) moderation_url: Option<String>,
    /// Whether webhooks of accounts may be on our own network, and without TLS: `on` or
    /// `off` [default: on in development].
    #[arg(long, env = "PRIVATE_WEBHOOKS", global = true)]
    pub(super) private_webhooks: Option<String>,
    /// What logged lines are: `text` or `json`.
    #[arg(long, env = "LOG_FORMAT", default_value = "text", global = true)]
    pub(super) log_format: String,
    /// Where a collector takes traces, as OTLP over HTTP, such as
    /// `http://localhost:4318` [default: they are not sent].
    #[arg(
        long = "otlp-endpoint",
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        global = true
    )]
    pub(super) otlp_endpoint: Option<String>,
    /// Which share of the traces is sent, from 0 to 1.
    #[arg(long, env = "TRACES_SHARE", default_value = "1", global = true)]
    pub(super) traces_share: String,
    /// Address on which this process says what it measures (/metrics) and how it is
    /// (/healthz, /readyz), such as 0.0.0.0:9464; it is for nobody outside [default:
    /// none].
    #[arg(long, env = "MONITOR_ADDR", global = true)]
    pub(super) monitor_addr: Option<String>,
    /// Most open pages that are told of changes; 0 is none.
    #[arg(long, env = "LIVE_PAGES", default_value = "4000", global = true)]
    pub(super) live_pages: String,
    /// Networks of our own proxies, which are believed when they say whom they
    /// heard from (X-Forwarded-For): CIDR, separated by commas.
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "", global = true)]
    pub(super) trusted_proxies: String,
    /// `off` turns every limit off, for races and measurements.
    #[arg(long, env = "LIMITS", default_value = "on", global = true)]
    pub(super) limits: String,
    /// Most sign-ins from a network: TIMES/SECONDS, as all limits; 0 is none.
    #[arg(long, env = "LIMIT_SIGN_IN", default_value = "300/600", global = true)]
    pub(super) limit_sign_in: String,
    /// Most guesses at a password or code of an account by whoever never signed
    /// in to it.
    #[arg(long, env = "LIMIT_GUESSES", default_value = "50/3600", global = true)]
    pub(super) limit_guesses: String,
    /// Most registrations from a network.
    #[arg(long, env = "LIMIT_REGISTER", default_value = "30/3600", global = true)]
    pub(super) limit_register: String,
    /// Most mails with links that a network asks for.
    #[arg(long, env = "LIMIT_LINKS", default_value = "60/3600", global = true)]
    pub(super) limit_links: String,
    /// Most mails with links of a kind to an address.
    #[arg(
        long,
        env = "LIMIT_LINKS_TO_ADDRESS",
        default_value = "5/3600",
        global = true
    )]
    pub(super) limit_links_to_address: String,
    /// Most reservations from a network.
    #[arg(long, env = "LIMIT_RESERVE", default_value = "600/600", global = true)]
    pub(super) limit_reserve: String,
    /// Most reservations by an account.
    #[arg(
        long,
        env = "LIMIT_RESERVE_BY_ACCOUNT",
        default_value = "60/600",
        global = true
    )]
    pub(super) limit_reserve_by_account: String,
    /// Most reports of listings by an account.
    #[arg(long, env = "LIMIT_REPORTS", default_value = "20/86400", global = true)]
    pub(super) limit_reports: String,
    /// Most requests of a program by its key.
    #[arg(long, env = "LIMIT_API", default_value = "600/60", global = true)]
    pub(super) limit_api: String,
    /// Sign-in with Google: what we are there.
    #[arg(long, env = "GOOGLE_CLIENT_ID", global = true)]
    pub(super) google_client_id: Option<String>,
    /// What we show for it.
    #[arg(
        long,
        env = "GOOGLE_CLIENT_SECRET",
        global = true,
        hide_env_values = true
    )]
    pub(super) google_client_secret: Option<String>,
    /// Its issuer.
    #[arg(
        long,
        env = "GOOGLE_ISSUER",
        default_value = "https://accounts.google.com",
        global = true
    )]
    pub(super) google_issuer: String,
    /// Sign-in with GitHub: what we are there.
    #[arg(long, env = "GITHUB_CLIENT_ID", global = true)]
    pub(super) github_client_id: Option<String>,
    /// What we show for it.
    #[arg(
        long,
        env = "GITHUB_CLIENT_SECRET",
        global = true,
        hide_env_values = true
    )]
    pub(super) github_client_secret: Option<String>,
    /// GitHub itself.
    #[arg(
        long,
        env = "GITHUB_URL",
        default_value = "https://github.com",
        global = true
    )]
    pub(super) github_url: String,
    /// Its API.
    #[arg(
        long,
        env = "GITHUB_API_URL",
        default_value = "https://api.github.com",
        global = true
    )]
    pub(super) github_api_url: String,
    /// Sign-in with others that speak OpenID Connect: their issuers, separated by
    /// commas.
    #[arg(long, env = "OIDC_ISSUER", default_value = "", global = true)]
    pub(super) oidc_issuer: String,
    /// What people call them, in the same order.
    #[arg(long, env = "OIDC_NAME", default_value = "", global = true)]
    pub(super) oidc_name: String,
    /// What we are there, in the same order.
    #[arg(long, env = "OIDC_CLIENT_ID", default_value = "", global = true)]
    pub(super) oidc_client_id: String,
    /// What we show for it, in the same order.
    #[arg(
        long,
        env = "OIDC_CLIENT_SECRET",
        default_value = "",
        global = true,
        hide_env_values = true
    )]
    pub(super) oidc_client_secret: String,
    /// Base of the payment API [development default: the sandbox].
    #[arg(long, env = "STRIPE_API_URL", global = true)]
    pub(super) stripe_api_url: Option<String>,
    /// The payment script for browsers [development default: the sandbox's].
    #[arg(long, env = "STRIPE_JS_URL", global = true)]
    pub(super) stripe_js_url: Option<String>,
    /// Secret key of the payment API [development default: the sandbox's].
    #[arg(long, env = "STRIPE_SECRET_KEY", global = true, hide_env_values = true)]
    pub(super) stripe_secret_key: Option<String>,
    /// Publishable key of the payment API [development default: the
    /// sandbox's].
    #[arg(long, env = "STRIPE_PUBLISHABLE_KEY", global = true)]
    pub(super) stripe_publishable_key: Option<String>,
    /// Secrets that webhooks may be signed with, separated by commas
    /// [development default: the sandbox's].
    #[arg(
        long,
        env = "STRIPE_WEBHOOK_SECRET",
        global = true,
        hide_env_values = true
    )]
    pub(super) stripe_webhook_secret: Option<String>,
    /// Longest wait for an answer of the payment API, in seconds.
    #[arg(long, env = "STRIPE_TIMEOUT", default_value = "15", global = true)]
    pub(super) stripe_timeout: String,
    /// Seconds by which the clock is ahead; development only.
    #[arg(
        long,
        env = "CLOCK_OFFSET",
        default_value = "0",
        global = true,
        allow_hyphen_values = true
    )]
    pub(super) clock_offset: String,
}
