//! Settings: flags and environment, checked all at once.

mod options;
mod services;
mod telemetry;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use app::Client;
use domain::{Amount, Currency, order::HoldTimes};
use exchange::{
    clock::Clock,
    limits::{Limit, Limits},
    platform::{bus::Broker, embedded},
    services::Service,
    settings::{SecretKey, Settings},
};
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use tracing_subscriber::EnvFilter;

use crate::data_dir::DataDir;
pub(crate) use options::Options;

/// Most open pages of one network that are told of changes: one visitor does not
/// take all there can be.
const LIVE_PAGES_EACH: usize = 64;

/// What a process does.
pub(crate) struct Duties {
    /// It serves pages and server functions.
    pub(crate) web: bool,
    /// What it does by itself.
    pub(crate) services: Vec<Service>,
}

impl Default for Duties {
    fn default() -> Self {
        Self {
            web: true,
            services: Service::ALL.to_vec(),
        }
    }
}

/// Settings that have been checked.
pub(crate) struct Config {
    pub(crate) production: bool,
    pub(crate) data_dir: PathBuf,
    /// None: embedded in `data_dir`.
    pub(crate) database_url: Option<String>,
    /// None: a private one.
    pub(crate) broker: Option<Broker>,
    pub(crate) nats_server: PathBuf,
    pub(crate) public_url: String,
    pub(crate) leptos: LeptosOptions,
    /// What is missing of the site; in production that is a mistake.
    pub(crate) missing_site: Option<String>,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    /// Most open pages that are told of changes.
    pub(crate) live_pages: usize,
    /// Most of them from a network.
    pub(crate) live_pages_each: Option<usize>,
    /// Networks of our own proxies.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// What this process does.
    pub(crate) duties: Duties,
    /// Where it says what it measures, if it does.
    pub(crate) monitor: Option<SocketAddr>,
    /// Whether the secret key is the one in `data_dir`.
    pub(crate) own_key: bool,
}

/// Notes every mistake and goes on.
#[derive(Default)]
struct Mistakes(Vec<String>);

impl Mistakes {
    fn require(&mut self, right: bool, mistake: impl FnOnce() -> String) {
        if !right {
            self.0.push(mistake());
        }
    }

    fn number<T: FromStr>(
        &mut self,
        name: &str,
        text: &str,
        is_right: impl Fn(&T) -> bool,
        what: &str,
    ) -> Option<T> {
        let number = text.trim().parse().ok().filter(is_right);
        self.require(number.is_some(), || {
            format!("{name} is {what}, not {text:?}")
        });
        number
    }
}

/// What the settings are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To serve.
    Serve,
    /// To serve, with demo data.
    Demo,
    /// For a command, which needs no site.
    Command,
}

impl Options {
    /// Checks every setting.
    ///
    /// # Errors
    /// All mistakes, a line each.
    pub(crate) fn check(self, purpose: Purpose) -> Result<Config, String> {
        let mut mistakes = Mistakes::default();
        let production = self.app_env == "production";
        mistakes.require(production || self.app_env == "development", || {
            format!(
                "APP_ENV is development or production, not {:?}",
                self.app_env
            )
        });

        mistakes.require(!production || purpose != Purpose::Demo, || {
            "demo data (--demo) is for development only".to_owned()
        });
        let log = std::env::var_os("LOG").unwrap_or_default();
        mistakes.require(
            log.to_str()
                .is_some_and(|log| EnvFilter::try_new(log).is_ok()),
            || format!("LOG is what tracing's EnvFilter takes, not {log:?}"),
        );
        for (name, path) in [
            ("DATA_DIR", &self.data_dir),
            ("NATS_SERVER", &self.nats_server),
        ] {
            mistakes.require(!path.as_os_str().is_empty(), || format!("{name} is empty"));
        }

        let leptos = leptos_options();
        mistakes.require(leptos.is_ok(), || {
            format!(
                "the address to listen on (LEPTOS_SITE_ADDR) cannot be read: {}",
                leptos.as_ref().err().cloned().unwrap_or_default()
            )
        });
        let duties = self.duties(&mut mistakes);
        let monitor = self.monitor_addr.as_ref().map(|text| {
            let address = text.parse().ok();
            mistakes.require(address.is_some(), || {
                format!("MONITOR_ADDR is an address and a port, not {text:?}")
            });
            address
        });
        let missing = leptos
            .as_ref()
            .ok()
            .filter(|_| purpose != Purpose::Command && duties.web)
            .and_then(missing_site);
        mistakes.require(!production || missing.is_none(), || {
            missing.clone().unwrap_or_default()
        });
        let address = leptos.as_ref().map_or_else(
            |_| SocketAddr::from(([127, 0, 0, 1], 3000)),
            |options| options.site_addr,
        );
        let public_url = self
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"))
            .trim_end_matches('/')
            .to_owned();
        mistakes.require(is_origin(&public_url), || {
            format!("PUBLIC_URL is http:// or https:// and a host, not {public_url:?}")
        });
        mistakes.require(!production || public_url.starts_with("https://"), || {
            "PUBLIC_URL must be https:// in production".to_owned()
        });

        let known = [embedded::SCHEMES, &["mem://", "ws://", "wss://"]].concat();
        let is_known = |url: &String| known.iter().any(|scheme| url.starts_with(scheme));
        mistakes.require(self.database_url.as_ref().is_none_or(is_known), || {
            format!("DATABASE_URL begins with {}", known.join(" or "))
        });
        let broker = self.broker(&mut mistakes);
        mistakes.require(
            self.secret_key
                .as_ref()
                .is_none_or(|key| key.chars().count() >= 32),
            || "SECRET_KEY has 32 characters or more".to_owned(),
        );
        mistakes.require(!production || self.secret_key.is_some(), || {
            "SECRET_KEY is required in production".to_owned()
        });

        let currency = Currency::by_code(self.currency.trim());
        mistakes.require(currency.is_some(), || {
            format!(
                "CURRENCY is one that Stripe takes ({}), not {:?}",
                codes(),
                self.currency
            )
        });
        let max_price = mistakes.number(
            "MAX_PRICE",
            &self.max_price,
            |amount: &i64| {
                currency.is_none_or(|currency| *amount >= currency.min.minor())
                    && *amount <= 99_999_999
            },
            "minor units, from what can be charged to 99999999",
        );
        let seconds = |mistakes: &mut Mistakes, name, text: &str, least: u64| {
            mistakes
                .number(
                    name,
                    text,
                    |seconds: &u64| (least..=31_536_000).contains(seconds),
                    &format!("seconds, from {least} to 31536000"),
                )
                .map(Duration::from_secs)
        };
        let hold = seconds(&mut mistakes, "HOLD_SECONDS", &self.hold_seconds, 1);
        let grace = seconds(&mut mistakes, "PAY_GRACE", &self.pay_grace, 0);
        let cooldown = seconds(&mut mistakes, "HOLD_COOLDOWN", &self.hold_cooldown, 0);
        let refund_window = seconds(&mut mistakes, "REFUND_WINDOW", &self.refund_window, 0);
        let billing_retention = mistakes
            .number(
                "BILLING_RETENTION",
                &self.billing_retention,
                |seconds: &u64| *seconds <= 3_153_600_000,
                "seconds, up to 3153600000",
            )
            .map(Duration::from_secs);
        // Of an order that can still be paid it would be blanked too early.
        let longest_hold = hold.zip(grace).map(|(hold, grace)| hold + grace);
        mistakes.require(
            billing_retention.is_none_or(|kept| longest_hold.is_none_or(|hold| kept > hold)),
            || "BILLING_RETENTION is longer than HOLD_SECONDS and PAY_GRACE together".to_owned(),
        );
        let day = 24 * 3_600;
        let event_retention = seconds(
            &mut mistakes,
            "EVENT_RETENTION",
            &self.event_retention,
            // What a webhook is sent again is kept for as long as that takes.
            5 * day,
        );
        let sign_in_retention = seconds(
            &mut mistakes,
            "SIGN_IN_RETENTION",
            &self.sign_in_retention,
            day,
        );
        let timeout = seconds(&mut mistakes, "STRIPE_TIMEOUT", &self.stripe_timeout, 1);
        let max_holds = mistakes.number(
            "MAX_HOLDS",
            &self.max_holds,
            |holds: &usize| (1..=1_000).contains(holds),
            "a number from 1 to 1000",
        );
        let live_pages = mistakes.number(
            "LIVE_PAGES",
            &self.live_pages,
            |pages: &usize| *pages <= 1_000_000,
            "a number up to 1000000",
        );
        let offset = mistakes.number(
            "CLOCK_OFFSET",
            &self.clock_offset,
            |seconds: &i64| seconds.unsigned_abs() <= 3_153_600_000,
            "seconds",
        );
        mistakes.require(!production || offset == Some(0), || {
            "CLOCK_OFFSET is for development only".to_owned()
        });
        let stripe = self.stripe(production, timeout.unwrap_or_default(), &mut mistakes);
        let mail = self.mail(production, &mut mistakes);
        let moderation = self.moderation(&mut mistakes);
        let limits = self.limits(&mut mistakes);
        let private_webhooks = match self.private_webhooks.as_deref() {
            None => !production,
            Some(text) => {
                mistakes.require(matches!(text, "on" | "off"), || {
                    format!("PRIVATE_WEBHOOKS is on or off, not {text:?}")
                });
                text == "on"
            }
        };
        let providers = self.providers(production, &mut mistakes);
        let trusted_proxies: Vec<IpNet> = list(&self.trusted_proxies)
            .filter_map(|text| {
                let network = network(text);
                mistakes.require(network.is_some(), || {
                    format!("TRUSTED_PROXIES are networks such as 10.0.0.0/8, not {text:?}")
                });
                network
            })
            .collect();

        let (
            Ok(leptos),
            Some(currency),
            Some(max_price),
            Some(hold),
            Some(grace),
            Some(cooldown),
            Some(refund_window),
            Some(max_holds),
            Some(live_pages),
            Some(offset),
            true,
        ) = (
            leptos,
            currency,
            max_price,
            hold,
            grace,
            cooldown,
            refund_window,
            max_holds,
            live_pages,
            offset,
            mistakes.0.is_empty(),
        )
        else {
            return Err(format!(
                "the settings have mistakes:\n  {}",
                mistakes.0.join("\n  ")
            ));
        };
        Ok(Config {
            production,
            database_url: self.database_url,
            broker,
            nats_server: self.nats_server,
            public_url: public_url.clone(),
            leptos,
            missing_site: missing,
            clock: Clock::with_offset(offset),
            settings: Settings {
                currency,
                max_price: Amount::from_minor(max_price),
                hold_times: HoldTimes {
                    hold,
                    grace,
                    cooldown,
                },
                max_holds,
                refund_window,
                billing_retention: billing_retention.unwrap_or_default(),
                event_retention: event_retention.unwrap_or_default(),
                sign_in_retention: sign_in_retention.unwrap_or_default(),
                stripe,
                public_url,
                secret_key: SecretKey::new(self.secret_key.as_deref().unwrap_or_default()),
                mail,
                providers,
                limits,
                moderation,
                private_webhooks,
            },
            duties,
            monitor: monitor.flatten(),
            live_pages,
            live_pages_each: (self.limits == "on").then_some(LIVE_PAGES_EACH),
            trusted_proxies,
            own_key: self.secret_key.is_none(),
            data_dir: self.data_dir,
        })
    }

    fn broker(&self, mistakes: &mut Mistakes) -> Option<Broker> {
        let replicas = mistakes.number(
            "NATS_REPLICAS",
            &self.nats_replicas,
            |replicas| [1, 3, 5].contains(replicas),
            "1, 3 or 5",
        );
        for (name, file) in [
            ("NATS_CREDENTIALS", &self.nats_credentials),
            ("NATS_ROOT_CERTIFICATES", &self.nats_root_certificates),
        ] {
            let missing = file.as_ref().filter(|file| !file.is_file());
            mistakes.require(missing.is_none(), || {
                format!("{name} is a file, which {missing:?} is not")
            });
        }
        let urls = self.nats_url.as_ref()?;
        let known = |url: &str| url.starts_with("nats://") || url.starts_with("tls://");
        let broker = Broker::at(urls).ok();
        let broker = broker.filter(|_| urls.split(',').all(|url| known(url.trim())));
        mistakes.require(broker.is_some(), || {
            "NATS_URL is nats:// or tls:// and a host, or several with commas between".to_owned()
        });
        Some(Broker {
            credentials: self.nats_credentials.clone(),
            root_certificates: self.nats_root_certificates.clone(),
            replicas: replicas?,
            ..broker?
        })
    }

    fn duties(&self, mistakes: &mut Mistakes) -> Duties {
        let on_server = |url: &Option<String>, scheme: &str| {
            url.as_ref().is_some_and(|url| url.starts_with(scheme))
        };
        let shared = on_server(&self.database_url, "ws");
        if self.services == "all" {
            // Of what one process says on a broker of its own the others would hear nothing.
            mistakes.require(!shared || self.nats_url.is_some(), || {
                "DATABASE_URL of a server, which several processes share, needs NATS_URL".to_owned()
            });
            return Duties::default();
        }
        let named: Vec<&str> = list(&self.services).collect();
        let known = |name: &&str| *name == "web" || Service::by_name(name).is_some();
        mistakes.require(!named.is_empty() && named.iter().all(known), || {
            format!(
                "SERVICES is all, or some of web, {}, not {:?}",
                Service::ALL.map(Service::name).join(", "),
                self.services
            )
        });
        // Embedded data and a private broker belong to one process.
        let shared = shared && self.nats_url.is_some();
        mistakes.require(shared, || {
            "SERVICES other than all need DATABASE_URL (ws:// or wss://) and NATS_URL".to_owned()
        });
        mistakes.require(self.secret_key.is_some(), || {
            "SERVICES other than all need the one SECRET_KEY".to_owned()
        });
        Duties {
            web: named.contains(&"web"),
            services: named.into_iter().filter_map(Service::by_name).collect(),
        }
    }

    fn limits(&self, mistakes: &mut Mistakes) -> Limits {
        let on = self.limits == "on";
        mistakes.require(on || self.limits == "off", || {
            format!("LIMITS is on or off, not {:?}", self.limits)
        });
        let mut limit = |name: &str, text: &str| {
            let limit = Limit::parse(text);
            mistakes.require(limit.is_some(), || {
                format!("{name} is TIMES/SECONDS, such as 30/600, or 0, not {text:?}")
            });
            limit.filter(|_| on).unwrap_or(Limit::OFF)
        };
        Limits {
            sign_in: limit("LIMIT_SIGN_IN", &self.limit_sign_in),
            guesses: limit("LIMIT_GUESSES", &self.limit_guesses),
            register: limit("LIMIT_REGISTER", &self.limit_register),
            links: limit("LIMIT_LINKS", &self.limit_links),
            links_to_address: limit("LIMIT_LINKS_TO_ADDRESS", &self.limit_links_to_address),
            reserve: limit("LIMIT_RESERVE", &self.limit_reserve),
            reserve_by_account: limit("LIMIT_RESERVE_BY_ACCOUNT", &self.limit_reserve_by_account),
            reports: limit("LIMIT_REPORTS", &self.limit_reports),
            api: limit("LIMIT_API", &self.limit_api),
        }
    }
}

impl Config {
    /// Takes the data folder's secret key, if none was given.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn take_key(&mut self, data: &DataDir) -> Result<(), String> {
        if self.own_key {
            self.settings.secret_key = SecretKey::new(&data.secret_key()?);
        }
        Ok(())
    }

    /// The database: what was named, or the embedded one, each commit synced.
    pub(crate) fn database(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| {
            format!(
                "surrealkv://{}?sync=every",
                self.database_folder().display()
            )
        })
    }

    /// Where the embedded database is.
    pub(crate) fn database_folder(&self) -> PathBuf {
        self.data_dir.join("db")
    }
}

/// `Leptos.toml` in the working folder, overridden by the environment.
fn leptos_options() -> Result<LeptosOptions, String> {
    let file = std::path::Path::new("Leptos.toml")
        .exists()
        .then_some("Leptos.toml");
    leptos::config::get_configuration(file)
        .map(|file| file.leptos_options)
        .map_err(|error| error.to_string())
}

/// What is missing of the site that was built with this program: without it
/// pages cannot find their script and style.
fn missing_site(options: &LeptosOptions) -> Option<String> {
    let Ok(client) = Client::of(options) else {
        return Some(format!(
            "{} is missing: it was built with the program and belongs beside it",
            options.hash_file
        ));
    };
    let script = std::path::Path::new(&*options.site_root).join(client.js.trim_start_matches('/'));
    (!script.exists()).then(|| {
        format!(
            "{} is missing: LEPTOS_SITE_ROOT is where the site is that was built with the program",
            script.display()
        )
    })
}

fn codes() -> String {
    domain::money::CURRENCIES
        .iter()
        .map(|currency| currency.code)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What is between commas, if anything is.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// A network, or an address for one of its own.
fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address)
}

/// Scheme and authority of a URL.
pub(crate) fn origin(url: &str) -> Option<String> {
    let url: http::Uri = url.parse().ok()?;
    let scheme = url
        .scheme_str()
        .filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = url
        .authority()
        .filter(|authority| !authority.as_str().contains('@'))?;
    Some(format!("{scheme}://{authority}"))
}

fn is_origin(url: &str) -> bool {
    origin(url).is_some_and(|origin| origin == url)
}

#[cfg(test)]
pub(crate) mod tests {
    use clap::Parser;

    use super::*;

    /// The settings of a command line.
    #[derive(Parser)]
    pub(crate) struct Settings {
        #[command(flatten)]
        pub(crate) options: Options,
    }

    fn check(args: &[&str]) -> Result<Config, String> {
        Settings::parse_from([&["test"], args].concat())
            .options
            .check(Purpose::Command)
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let message = check(&[
            "--app-env=prod",
            "--currency=XXX",
            "--hold-seconds=soon",
            "--max-holds=0",
            "--public-url=example.ca/x",
            "--stripe-secret-key=live",
            "--secret-key=short",
        ])
        .err()
        .expect("mistakes");
        for name in [
            "APP_ENV",
            "CURRENCY",
            "HOLD_SECONDS",
            "MAX_HOLDS",
            "PUBLIC_URL",
            "STRIPE_SECRET_KEY",
            "SECRET_KEY has",
        ] {
            assert!(message.contains(name), "{name} in {message}");
        }
    }

    #[test]
    fn a_database_of_several_processes_needs_their_broker() {
        for server in ["ws", "wss"] {
            let database = format!("--database-url={server}://root:root@database:8000/a/b");
            let refused = check(&[&database]).err().expect("a mistake");
            assert!(refused.contains("needs NATS_URL"), "{refused}");
            let broker = "--nats-url=nats://broker:4222";
            check(&[&database, broker]).unwrap_or_else(|message| panic!("{message}"));
        }
    }

    #[test]
    fn production_allows_nothing_that_is_for_trying_out() {
        let message = check(&["--app-env=production", "--clock-offset=60"])
            .err()
            .expect("mistakes");
        for part in [
            "PUBLIC_URL must be https",
            "SECRET_KEY is required",
            "STRIPE_SECRET_KEY is required",
            "STRIPE_API_URL is required",
            "SMTP_URL is required",
            "MAIL_FROM is required",
            "CLOCK_OFFSET",
        ] {
            let of_it = |line: &&str| line.trim().starts_with(part);
            assert_eq!(
                message.lines().filter(of_it).count(),
                1,
                "{part} in {message}"
            );
        }
        assert!(!message.contains("sandbox"), "{message}");
        let right = [
            "--app-env=production",
            "--public-url=https://tickets.example",
            "--secret-key=0123456789abcdef0123456789abcdef",
            "--stripe-api-url=https://api.stripe.com/",
            "--stripe-js-url=https://js.stripe.com/v3/",
            "--stripe-secret-key=sk_test_1",
            "--stripe-publishable-key=pk_test_1",
            "--stripe-webhook-secret=whsec_1,whsec_2",
            "--smtp-url=smtps://user:secret@mail.example",
            "--mail-from=Tickets <tickets@tickets.example>",
        ];
        let config = check(&right).unwrap_or_else(|message| panic!("{message}"));
        assert_eq!(
            config.settings.stripe.webhook_secrets,
            ["whsec_1", "whsec_2"]
        );
        assert!(config.settings.test_mode());
        let tried = ["--stripe-secret-key=sk_test_sandbox"];
        let message = check(&[&right[..5], &right[6..], &tried].concat())
            .err()
            .expect("a mistake");
        assert!(
            message.contains("STRIPE_SECRET_KEY is the sandbox's"),
            "{message}"
        );
    }

    #[test]
    fn leptos_toml_says_what_cargo_toml_says() {
        let lines = |text: &'static str| -> Vec<&'static str> {
            text.lines()
                .skip_while(|line| *line != "[[workspace.metadata.leptos]]")
                .skip(1)
                .take_while(|line| !line.starts_with('['))
                .filter(|line| line.contains(" = ") && !line.starts_with('#'))
                .collect()
        };
        let cargo = lines(include_str!("../../../Cargo.toml"));
        let leptos = lines(include_str!("../../../Leptos.toml"));
        assert!(leptos.len() >= 5);
        for line in leptos {
            assert!(cargo.contains(&line), "{line}");
        }
    }
}
