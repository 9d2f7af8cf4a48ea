//! Mails that arrive, and a mail server for them to arrive at.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use mail_parser::MessageParser;
use tempfile::TempDir;

/// A mail that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// Its `Message-ID`.
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Received {
    pub(crate) fn parse(raw: &[u8]) -> Self {
        let message = MessageParser::default().parse(raw).expect("a mail");
        let to = message.to().and_then(|to| to.first());
        Self {
            id: message.message_id().expect("an id").to_owned(),
            to: to.and_then(|to| to.address()).expect("to").to_owned(),
            subject: message.subject().expect("a subject").to_owned(),
            text: message.body_text(0).expect("a text").into_owned(),
            html: message.body_html(0).expect("as HTML").into_owned(),
        }
    }
}

/// What is after the last slash of the link in a mail.
pub(crate) fn link_in(mail: &Received) -> String {
    let link = mail
        .text
        .split_whitespace()
        .find(|word| word.starts_with("http") && word.len() > 80)
        .expect("a link");
    link.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Starts a program of this folder; returns what it says after "ready".
pub(crate) fn node(script: &str, args: &[&str]) -> (Child, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../exchange/tests/it");
    let mut process = Command::new("node")
        .arg(format!("{folder}/{script}"))
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("a line");
    let ready = line.trim().strip_prefix("ready ").expect("ready");
    (process, ready.to_owned())
}

/// A mail server as a process; killed when dropped.
pub(crate) struct MailServer {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl MailServer {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (process, port) = Self::spawn(0, &folder);
        Self {
            process,
            port,
            folder,
        }
    }

    fn spawn(port: u16, folder: &TempDir) -> (Child, u16) {
        let folder = folder.path().display().to_string();
        let (process, ready) = node("smtp.mjs", &[&port.to_string(), &folder]);
        (process, ready.parse().expect("a port"))
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn stop(&mut self) {
        self.process.kill().expect("kills");
        self.process.wait().expect("ends");
    }

    pub(crate) fn start_again(&mut self) {
        (self.process, _) = Self::spawn(self.port, &self.folder);
    }

    /// What it accepted.
    pub(crate) fn mails(&self) -> Vec<Received> {
        fs::read_dir(self.folder.path())
            .expect("reads")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
            .map(|path| Received::parse(&fs::read(path).expect("reads")))
            .collect()
    }

    /// How many it accepted for each address.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for mail in self.mails() {
            *counts.entry(mail.to).or_default() += 1;
        }
        counts
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
