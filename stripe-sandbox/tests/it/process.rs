//! The process: its first line, and its exit codes.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_stripe-sandbox");

#[test]
fn it_says_where_it_is_ready_and_stops_on_sigterm() {
    let mut child = Command::new(PROGRAM)
        .args(["--addr", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("piped");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    assert!(
        line.starts_with("stripe-sandbox ready on http://127.0.0.1:"),
        "{line}"
    );
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .arg(&pid)
            .status()
            .expect("kill runs")
            .success()
    );
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_port_in_use_is_exit_code_2_and_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("bound").to_string();
    let output = Command::new(PROGRAM)
        .args(["--addr", &addr])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains(&addr), "{stderr}");
}
