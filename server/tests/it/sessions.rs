//! How long a session lasts.

use reqwest::{Method, Response, StatusCode, header};

use crate::harness::{Person, Server, start};

/// How many seconds the browser keeps the session of an answer.
fn session_age(answer: &Response) -> Option<u32> {
    let cookie = answer.headers().get(header::SET_COOKIE)?.to_str().ok()?;
    let (_, age) = cookie.split_once("Max-Age=")?;
    age.split(';').next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_nobody_is_short() {
    const HOUR: u32 = 3_600;
    let (data, server) = start().await;
    let (anyone, person) = (Person::anyone(&server), Person::registered(&server).await);
    let typed = [("email", "gone@example.org"), ("password", "short")];
    // Each time that it is written: with a refused form, and when that is shown.
    assert_eq!(
        session_age(&anyone.submit("sign_up", &typed).await),
        Some(HOUR)
    );
    let shown = anyone
        .request(Method::GET, "/sign-up")
        .send()
        .await
        .expect("an answer");
    assert_eq!(session_age(&shown), Some(HOUR));
    anyone.submit("sign_up", &typed).await;
    let refused = [("title", "Kept"), ("price", "1e3")];
    let answer = person.submit("create_ticket", &refused).await;
    assert_eq!(session_age(&answer), Some(14 * 24 * HOUR));
    assert!(server.stop());

    let server = Server::start(data.path(), &[("CLOCK_OFFSET", "3700".into())]);
    let (anyone, person) = (anyone.at(&server), person.at(&server));
    let (_, page) = anyone.page("/sign-up").await;
    assert!(!page.contains("gone@example.org"), "{page}");
    let (status, page) = person.page("/tickets/new").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Kept"), "{page}");
    // New ones begin now, whatever the machine's clock says.
    anyone.submit("sign_up", &typed).await;
    let (_, page) = anyone.page("/sign-up").await;
    assert!(page.contains("gone@example.org"), "{page}");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_while_it_is_used_but_not_for_ever() {
    const DAY: u32 = 24 * 3_600;
    let (data, server) = start().await;
    let (mut person, idle) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    assert!(server.stop());
    for day in [13, 26, 39, 52, 65, 78, 89, 91] {
        let offset = (day * DAY).to_string();
        let server = Server::start(data.path(), &[("CLOCK_OFFSET", offset)]);
        person = person.at(&server);
        let expected = if day < 90 { 200 } else { 401 };
        assert_eq!(person.read("orders", &[]).await.0, expected, "day {day}");
        // Another token makes it no younger.
        person.post("end_other_sessions", &[]).await;
        assert!(server.stop());
    }
    let server = Server::start(data.path(), &[("CLOCK_OFFSET", (15 * DAY).to_string())]);
    let idle = idle.at(&server);
    assert_eq!(idle.read("orders", &[]).await.0, StatusCode::UNAUTHORIZED);
    assert!(server.stop());
}
