//! Servers as processes, and people with a cookie jar.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use reqwest::{Client, Response, StatusCode, header};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "kettle-orbit-92-violin";

/// The program with settings for tests: no waiting between holds. With
/// `TEST_PROGRAM` it is what that names, such as a deployment of many processes.
pub(crate) fn program(data: &Path, settings: &[(&str, String)]) -> Command {
    let built = env!("CARGO_BIN_EXE_ticket-exchange");
    let named = std::env::var_os("TEST_PROGRAM").unwrap_or_else(|| built.into());
    let mut command = Command::new(named);
    command.env("TICKET_EXCHANGE_BIN", built);
    for (name, _) in std::env::vars()
        .filter(|(name, _)| name.starts_with("STRIPE_") || name.starts_with("LEPTOS_"))
    {
        command.env_remove(name);
    }
    // The workspace root has Leptos.toml; built files are no part of this.
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command
        .env("DATA_DIR", data)
        .env("HOLD_COOLDOWN", "0")
        .env("LEPTOS_HASH_FILES", "false")
        .env("LIMITS", "off")
        .env("LOG", "warn,surrealdb=error,async_nats=error");
    command.envs(settings.iter().map(|(name, value)| (*name, value)));
    command
}

/// Runs a command of the program to its end.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> Output {
    program(data, &[]).args(arguments).output().expect("runs")
}

/// A port that nobody listens on. Not from the range out of which connections
/// are given theirs: one of them could have it before the server does.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id() * 97;
    loop {
        let next = own + TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = 10_000 + (next % 20_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    data: PathBuf,
}

impl Server {
    /// Starts a server on `data` and waits until it is ready.
    pub(crate) fn start(data: &Path, settings: &[(&str, String)]) -> Self {
        Self::logged(data, settings, Stdio::inherit())
    }

    /// The same, with its log.
    pub(crate) fn logged(data: &Path, settings: &[(&str, String)], log: impl Into<Stdio>) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut child = program(data, settings)
            .arg("serve")
            .env("LEPTOS_SITE_ADDR", &address)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        for line in lines {
            if line.expect("text").starts_with("ready") {
                return Self {
                    child,
                    url: format!("http://{address}"),
                    data: data.to_owned(),
                };
            }
        }
        panic!("the server ended: {:?}", child.wait());
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
    }

    /// Ends it as an operator does, and returns whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("signals");
        self.ended_within(Duration::from_secs(40))
            .is_some_and(|status| status.success())
    }

    /// How it ended, if it does so within `patience`.
    pub(crate) fn ended_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Some(status) = self.child.try_wait().expect("waits") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, unless a test failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A server on a folder of its own, with few holds and a wait between them.
pub(crate) async fn start() -> (TempDir, Server) {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(
        data.path(),
        &[("MAX_HOLDS", "2".into()), ("HOLD_COOLDOWN", "60".into())],
    );
    (data, server)
}

/// Somebody with a cookie jar.
pub(crate) struct Person {
    client: Client,
    url: String,
}

static PEOPLE: AtomicU32 = AtomicU32::new(0);

impl Person {
    /// Somebody who is not signed in.
    pub(crate) fn anyone(server: &Server) -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        Self {
            client,
            url: server.url.clone(),
        }
    }

    /// Somebody who has just registered and whose address is verified.
    pub(crate) async fn registered(server: &Server) -> Self {
        Self::known(server).await.0
    }

    /// The same, with their address.
    pub(crate) async fn known(server: &Server) -> (Self, String) {
        let (person, email) = Self::unverified(server).await;
        let (data, address) = (server.data.clone(), email.clone());
        let verified =
            tokio::task::spawn_blocking(move || run(&data, &["user", "verify", &address])).await;
        assert!(verified.expect("runs").status.success());
        (person, email)
    }

    /// Somebody who has just registered, with their address.
    pub(crate) async fn unverified(server: &Server) -> (Self, String) {
        let person = Self::anyone(server);
        let email = format!(
            "person{}@example.org",
            PEOPLE.fetch_add(1, Ordering::Relaxed)
        );
        let fields = [
            ("email", &*email),
            ("display_name", "Somebody"),
            ("password", PASSWORD),
        ];
        assert_eq!(person.post("sign_up", &fields).await.0, StatusCode::OK);
        (person, email)
    }

    /// The same person at another server, or at this one started again.
    pub(crate) fn at(self, server: &Server) -> Self {
        // Cookies do not know ports.
        Self {
            url: server.url.clone(),
            ..self
        }
    }

    /// Calls a server function as a program does.
    pub(crate) async fn post(
        &self,
        function: &str,
        fields: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        self.try_post(function, fields).await.expect("an answer")
    }

    /// The same, when there may be no answer.
    pub(crate) async fn try_post(
        &self,
        function: &str,
        fields: &[(&str, &str)],
    ) -> reqwest::Result<(StatusCode, Value)> {
        let answer = self
            .client
            .post(format!("{}/api/{function}", self.url))
            .form(fields)
            .send()
            .await?;
        let status = answer.status();
        Ok((
            status,
            serde_json::from_slice(&answer.bytes().await?).unwrap_or_default(),
        ))
    }

    /// *Pay*, with everything typed.
    pub(crate) async fn press_pay(&self, order: &str) -> reqwest::Result<(StatusCode, Value)> {
        let fields = [
            ("order", order),
            ("billing_name", "Ada Lovelace"),
            ("country", "CA"),
            ("line1", "1 Main Street"),
            ("city", "Toronto"),
            ("region", "ON"),
            ("postal_code", "M5V 1A1"),
        ];
        self.try_post("start_payment", &fields).await
    }

    /// Calls a reading server function.
    pub(crate) async fn read(&self, function: &str, query: &[(&str, &str)]) -> (StatusCode, Value) {
        self.try_read(function, query).await.expect("an answer")
    }

    /// The same, when there may be no answer.
    pub(crate) async fn try_read(
        &self,
        function: &str,
        query: &[(&str, &str)],
    ) -> reqwest::Result<(StatusCode, Value)> {
        let answer = self
            .client
            .get(format!("{}/api/{function}", self.url))
            .query(query)
            .send()
            .await?;
        let status = answer.status();
        Ok((
            status,
            serde_json::from_slice(&answer.bytes().await?).unwrap_or_default(),
        ))
    }

    /// Posts a form as a browser without script does.
    pub(crate) async fn submit(&self, function: &str, fields: &[(&str, &str)]) -> Response {
        self.client
            .post(format!("{}/api/{function}", self.url))
            .header(header::ACCEPT, "text/html")
            .form(fields)
            .send()
            .await
            .expect("an answer")
    }

    /// A page, with its status.
    pub(crate) async fn page(&self, path: &str) -> (StatusCode, String) {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .header(header::ACCEPT, "text/html")
            .send()
            .await
            .expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    }

    /// Any other request.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Lists a ticket and waits until it is on the market; returns its id.
    pub(crate) async fn lists(&self, title: &str, price: &str) -> String {
        let (status, id) = self
            .post(
                "create_ticket",
                &[
                    ("title", title),
                    ("price", price),
                    ("handover_note", "By e-mail."),
                ],
            )
            .await;
        assert_eq!(status, StatusCode::OK, "{id}");
        let id = id.as_str().expect("an id").to_owned();
        for _ in 0..400 {
            if self.read("ticket", &[("id", &id)]).await.1["status"] == "available" {
                return id;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not on the market after ten seconds");
    }
}
