//! Mails of a server that is killed.

use std::time::Duration;

use tempfile::TempDir;

use crate::{
    harness::{PASSWORD, Person, Server},
    mailbox::MailServer,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_between_sending_and_noting_repeats_the_mail_under_its_id() {
    let mails = MailServer::start();
    let data = TempDir::new().expect("a folder");
    let settings = vec![("SMTP_URL", mails.url())];
    let mut deadly = settings.clone();
    deadly.push(("CRASH_AT", "note mail/before".to_owned()));
    let mut server = Server::start(data.path(), &deadly);
    let fields = [
        ("email", "person@example.org"),
        ("display_name", "Somebody"),
        ("password", PASSWORD),
    ];
    let person = Person::anyone(&server);
    // Killed before or after it has answered.
    drop(person.try_post("sign_up", &fields).await);
    let ended = server.ended_within(Duration::from_secs(30));
    assert!(ended.is_some());
    assert_eq!(mails.mails().len(), 1);

    let server = Server::start(data.path(), &settings);
    // The broker waits half a minute for a receipt.
    for _ in 0..600 {
        if mails.mails().len() > 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let found = mails.mails();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].id, found[1].id);
    assert!(server.stop());
}
