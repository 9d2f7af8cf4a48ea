//! Servers that ask who comes, over TLS: a broker that knows users by their credentials
//! (NATS ADR-14), and a SurrealDB server.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use exchange::platform::{
    bus::{Broker, Bus},
    db::Db,
    migrate::migrate,
    outbox,
};
use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpStream, process::Command, time::timeout};

use crate::harness::{World, eventually, nats_program, ulid};

/// Who vouches for a server at 127.0.0.1, and what the server shows, as files of PEM.
struct Certificates {
    root: PathBuf,
    chain: PathBuf,
    key: PathBuf,
}

impl Certificates {
    fn new(folder: &Path) -> Self {
        let mut root = CertificateParams::new(Vec::new()).expect("no names");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_key = rcgen::KeyPair::generate().expect("a key");
        let root_certificate = root.self_signed(&root_key).expect("signs");
        let key = rcgen::KeyPair::generate().expect("a key");
        let issuer = Issuer::new(root, root_key);
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let server = CertificateParams::new(names).expect("names");
        let server = server.signed_by(&key, &issuer).expect("signs");
        let write = |name: &str, text: String| {
            let file = folder.join(name);
            fs::write(&file, text).expect("writes");
            file
        };
        Self {
            root: write("root.pem", root_certificate.pem()),
            chain: write("server.pem", server.pem()),
            key: write("server.key", key.serialize_pem()),
        }
    }
}

/// What `issuer` says of `subject`: a token of NATS.
fn token(issuer: &KeyPair, subject: &KeyPair, said: &Value) -> String {
    let claims = json!({
        "jti": ulid(), "iat": 1, "iss": issuer.public_key(), "sub": subject.public_key(),
        "name": "test", "nats": said,
    });
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let head = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let text = format!("{}.{}", part(&head), part(&claims));
    let signature = issuer.sign(text.as_bytes()).expect("a seed");
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The settings of a broker that trusts an operator, and the credentials of a user there.
fn operated() -> (String, String) {
    let (operator, user) = (KeyPair::new_operator(), KeyPair::new_user());
    let (account, system) = (KeyPair::new_account(), KeyPair::new_account());
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "conn": -1, "leaf": -1, "imports": -1,
        "exports": -1, "wildcards": true, "mem_storage": -1, "disk_storage": -1,
        "streams": -1, "consumer": -1,
    });
    let of_operator = token(
        &operator,
        &operator,
        &json!({ "type": "operator", "version": 2 }),
    );
    let of_account = json!({ "type": "account", "version": 2, "limits": limits });
    // One of its own, which has no streams: the broker wants it.
    let of_system =
        json!({ "type": "account", "version": 2, "limits": { "conn": -1, "subs": -1 } });
    let of_system = token(&operator, &system, &of_system);
    let of_account = token(&operator, &account, &of_account);
    let of_user = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let of_user = token(&account, &user, &of_user);
    let (name, system) = (account.public_key(), system.public_key());
    let settings = format!(
        "operator: {of_operator}\nsystem_account: {system}\nresolver: MEMORY\n\
         resolver_preload: {{ {name}: {of_account}, {system}: {of_system} }}\n"
    );
    let credentials = format!(
        "-----BEGIN NATS USER JWT-----\n{of_user}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        user.seed().expect("a seed")
    );
    (settings, credentials)
}

fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    socket.local_addr().expect("bound").port()
}

/// Whether the streams can be made there within seconds.
async fn serves(broker: &Broker) -> Result<(), String> {
    let bus = Bus::connect(broker).await;
    let bus = bus.map_err(|error| format!("{error:?}"))?;
    let made = bus.prepare(Duration::from_secs(3_600));
    let made = timeout(Duration::from_secs(3), made).await;
    made.map_err(|late| late.to_string())?
        .map_err(|error| format!("{error:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_used_over_tls_with_the_credentials_of_a_file() {
    let folder = TempDir::new().expect("a folder");
    let certificates = Certificates::new(folder.path());
    let (settings, credentials) = operated();
    let port = free_port();
    let config = folder.path().join("nats.conf");
    let tls = format!(
        "tls {{ cert_file: {:?}, key_file: {:?} }}",
        certificates.chain, certificates.key
    );
    let storage = folder.path().join("jetstream");
    let listen = format!("listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: {storage:?} }}");
    fs::write(&config, format!("{listen}\n{tls}\n{settings}")).expect("writes");
    let _server = Command::new(nats_program())
        .arg("--config")
        .arg(&config)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a broker");
    let file = folder.path().join("user.creds");
    fs::write(&file, credentials).expect("writes");
    let right = Broker {
        credentials: Some(file),
        root_certificates: Some(certificates.root),
        ..Broker::at(&format!("tls://127.0.0.1:{port}")).expect("an address")
    };
    let mut served = Err(String::new());
    for _ in 0..20 {
        served = serves(&right).await;
        if served.is_ok() {
            break;
        }
    }
    served.expect("it serves");
    let unnamed = Broker {
        credentials: None,
        ..right.clone()
    };
    assert!(serves(&unnamed).await.is_err(), "nobody said who it is");
    let trusting_nobody = Broker {
        root_certificates: None,
        ..right.clone()
    };
    assert!(
        serves(&trusting_nobody).await.is_err(),
        "nobody vouches for it"
    );
    let world = World::new().await;
    let seller = world.user("seller").await;
    world.listed(&seller).await;
    let bus = Bus::connect(&right).await.expect("reads");
    let sent = outbox::publish_some(&world.exchange.db, &bus).await;
    assert!(sent.expect("sends") > 0);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_SURREALDB_SERVER"]
async fn a_database_is_used_over_tls_and_only_one_that_is_trusted() {
    let program = std::env::var_os("TEST_SURREALDB_SERVER").expect("TEST_SURREALDB_SERVER");
    let folder = TempDir::new().expect("a folder");
    let certificates = Certificates::new(folder.path());
    let port = free_port();
    let _server = Command::new(program)
        .args(["start", "--no-banner", "--log", "error"])
        .args(["--username", "root", "--password", "root"])
        .args(["--bind", &format!("127.0.0.1:{port}")])
        .arg("--web-crt")
        .arg(&certificates.chain)
        .arg("--web-key")
        .arg(&certificates.key)
        .arg("memory")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a database");
    eventually("it listens", async || {
        TcpStream::connect(("127.0.0.1", port)).await.is_ok()
    })
    .await;
    let url = format!("wss://root:root@127.0.0.1:{port}/tests/secured");
    assert!(Db::open(&url).await.is_err(), "nobody vouches for it");
    let db = Db::open(&format!("{url}?roots={}", certificates.root.display())).await;
    let db = db.expect("trusted");
    migrate(&db, &Default::default()).await.expect("migrates");
    // By HTTPS.
    let backup = folder.path().join("backup.surql");
    exchange::backup::backup(&db, &backup)
        .await
        .expect("backs up");
}
