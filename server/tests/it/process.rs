//! What an operator meets: mistakes get one clear message and exit code 2.

use std::{ffi::OsStr, net::TcpListener, os::unix::ffi::OsStrExt, path::Path};

use tempfile::TempDir;

use crate::harness::{Person, Server, program, run};

fn refused(command: &mut std::process::Command) -> String {
    let output = command.output().expect("runs");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// The one sentence of a refusal, when nothing is logged besides.
fn sentence(command: &mut std::process::Command) -> String {
    let message = refused(command.env("LOG", "error"));
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[test]
fn wrong_settings_are_all_named_and_nothing_starts() {
    let data = TempDir::new().expect("a folder");
    let message = refused(
        program(
            data.path(),
            &[
                ("CURRENCY", "ABC".into()),
                ("HOLD_SECONDS", "never".into()),
                ("PUBLIC_URL", "example".into()),
            ],
        )
        .arg("serve"),
    );
    for name in ["CURRENCY", "HOLD_SECONDS", "PUBLIC_URL"] {
        assert!(message.contains(name), "{message}");
    }
    assert_eq!(std::fs::read_dir(data.path()).expect("a folder").count(), 0);
}

#[test]
fn variables_that_are_no_text_are_not_ours_and_do_no_harm() {
    let data = TempDir::new().expect("a folder");
    let output = program(data.path(), &[])
        .env("ELSEWHERE", OsStr::from_bytes(b"caf\xe9"))
        .arg("migrate")
        .output()
        .expect("runs");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_wrong_log_an_empty_folder_and_a_demo_in_production_are_named_with_all_else() {
    let message = refused(
        program(
            Path::new(""),
            &[
                ("APP_ENV", "production".into()),
                ("LOG", "server=loud".into()),
                ("MAX_HOLDS", "0".into()),
            ],
        )
        .args(["serve", "--demo"]),
    );
    for part in [
        "demo data (--demo) is for development only",
        "LOG is what tracing's EnvFilter takes, not \"server=loud\"",
        "DATA_DIR is empty",
        "MAX_HOLDS",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn a_check_without_data_is_refused_and_makes_none() {
    let folder = TempDir::new().expect("a folder");
    let absent = folder.path().join("absent");
    for data in [folder.path(), &absent] {
        let said = sentence(program(data, &[]).arg("check"));
        assert!(
            said.contains("no data") && said.contains(data.to_str().expect("text")),
            "{said}"
        );
    }
    let made = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(made, 0);
}

#[test]
fn data_in_one_currency_is_not_read_in_another() {
    let data = TempDir::new().expect("a folder");
    let currency = |code: &str, command: &str| {
        let address = format!("127.0.0.1:{}", crate::harness::free_port());
        let settings = [("CURRENCY", code.to_owned()), ("LEPTOS_SITE_ADDR", address)];
        let mut program = program(data.path(), &settings);
        program.arg(command);
        program
    };
    assert!(Server::start(data.path(), &[("CURRENCY", "CAD".into())]).stop());
    for command in ["check", "serve"] {
        let said = sentence(&mut currency("EUR", command));
        assert!(said.contains("CAD") && said.contains("EUR"), "{said}");
    }
    let check = currency("CAD", "check").output().expect("runs");
    assert!(check.status.success(), "{check:?}");
}

#[test]
fn a_port_in_use_a_missing_broker_and_an_unusable_folder_are_named() {
    let data = TempDir::new().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();
    assert!(
        refused(program(data.path(), &[("LEPTOS_SITE_ADDR", address.clone())]).arg("serve"))
            .contains(&address)
    );
    let free = format!("127.0.0.1:{}", crate::harness::free_port());
    assert!(
        refused(
            program(
                data.path(),
                &[
                    ("LEPTOS_SITE_ADDR", free.clone()),
                    ("NATS_SERVER", "no-such-program".into())
                ]
            )
            .arg("serve")
        )
        .contains("no-such-program")
    );
    let file = data.path().join("file");
    std::fs::write(&file, "not a folder").expect("writes");
    assert!(
        refused(program(&file, &[("LEPTOS_SITE_ADDR", free)]).arg("serve")).contains("data folder")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_data_is_refused_and_commands_go_through_the_first() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let address = format!("127.0.0.1:{}", crate::harness::free_port());
    assert!(
        refused(program(data.path(), &[("LEPTOS_SITE_ADDR", address)]).arg("serve"))
            .contains("another process")
    );
    let demo = run(data.path(), &["demo"]);
    assert!(
        demo.status.success() && String::from_utf8_lossy(&demo.stdout).contains("demo.example"),
        "{demo:?}"
    );
    let (_, page) = Person::anyone(&server).page("/").await;
    let found = (0..100).find(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let check = run(data.path(), &["check"]);
        check.status.success() && String::from_utf8_lossy(&check.stdout).contains("66 listings")
    });
    assert!(
        found.is_some(),
        "the demo listings are on the market; {page}"
    );
    let grant = run(data.path(), &["group", "add", "admins", "ada@demo.example"]);
    assert!(
        String::from_utf8_lossy(&grant.stdout).contains("admins"),
        "{grant:?}"
    );
    assert!(
        !run(data.path(), &["user", "verify", "nobody@demo.example"])
            .status
            .success()
    );
    let letters = run(data.path(), &["dead-letters", "list"]);
    assert!(
        String::from_utf8_lossy(&letters.stdout).contains("0 dead letters"),
        "{letters:?}"
    );
    assert!(server.stop());
    assert!(
        run(data.path(), &["check"]).status.success(),
        "also when no server runs"
    );
    assert!(!run(data.path(), &["dead-letters", "list"]).status.success());
}
