//! Accounts over HTTP: what no request can do, and how often one may try.

use reqwest::{Method, StatusCode, header};
use tempfile::TempDir;

use crate::harness::{PASSWORD, Person, Server, run, start};

#[tokio::test(flavor = "multi_thread")]
async fn no_request_sets_what_only_we_may_set() {
    let (data, server) = start().await;
    let person = Person::anyone(&server);
    let fields = [
        ("email", "mass@example.org"),
        ("display_name", "Mass"),
        ("password", PASSWORD),
        ("verified", "true"),
        ("groups", "admins"),
        ("suspended", "false"),
        ("id", "01JQZK5V7M3N8P2R4T6W9X0Y1Z"),
        ("version", "7"),
        ("second_factor", "true"),
    ];
    assert_eq!(person.post("sign_up", &fields).await.0, StatusCode::OK);
    let (_, account) = person.read("account", &[]).await;
    assert_eq!(account["verified"], false);
    assert_eq!(account["second_factor"], false);
    let data_of = person.request(Method::GET, "/account/data").send().await;
    let kept: serde_json::Value = data_of.expect("an answer").json().await.expect("JSON");
    assert_eq!(kept["account"]["groups"], serde_json::json!([]));
    assert_ne!(kept["account"]["id"], "01JQZK5V7M3N8P2R4T6W9X0Y1Z");
    assert!(
        run(data.path(), &["user", "verify", "mass@example.org"])
            .status
            .success()
    );
    // Nor of a listing: whose it is, its status, its order.
    let ticket = person.lists("Mass assignment", "45").await;
    let other = Person::registered(&server).await;
    let fields = [
        ("id", &*ticket),
        ("title", "Mass assignment"),
        ("price", "45"),
        ("content_version", "1"),
        ("owner", "01JQZK5V7M3N8P2R4T6W9X0Y1Z"),
        ("status", "sold"),
        ("current_order", "01JQZK5V7M3N8P2R4T6W9X0Y1Z"),
        ("version", "99"),
    ];
    assert_eq!(
        other.post("edit_ticket", &fields).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(person.post("edit_ticket", &fields).await.0, StatusCode::OK);
    let (_, shown) = person.read("ticket", &[("id", &ticket)]).await;
    assert_eq!(shown["mine"], true);
    assert_ne!(shown["status"], "sold");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_ends_with_the_password_and_a_token_is_never_the_same() {
    let (_data, server) = start().await;
    let (here, there) = (Person::anyone(&server), Person::anyone(&server));
    let typed = [
        ("email", "many@example.org"),
        ("display_name", "Many"),
        ("password", PASSWORD),
    ];
    let answer = here.submit("sign_up", &typed).await;
    let first = session(&answer);
    assert_eq!(there.post("sign_in", &typed).await.0, StatusCode::OK);
    let another = "marble-canyon-47-trumpet";
    let change = [("current_password", PASSWORD), ("new_password", another)];
    let answer = here.submit("change_password", &change).await;
    assert_eq!(answer.headers()[header::LOCATION], "/account?done=password");
    assert_ne!(session(&answer), first);
    assert_eq!(here.read("account", &[]).await.0, StatusCode::OK);
    assert_eq!(there.read("account", &[]).await.0, StatusCode::UNAUTHORIZED);
    // The token from before, kept by somebody, is worth nothing.
    let old = Person::anyone(&server)
        .request(Method::GET, "/api/account")
        .header(header::COOKIE, format!("session={first}"))
        .send()
        .await;
    assert_eq!(old.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    assert!(server.stop());
}

fn session(answer: &reqwest::Response) -> String {
    answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok()?.strip_prefix("session="))
        .filter_map(|value| value.split(';').next())
        .next()
        .expect("a session")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_tries_are_told_when_to_try_again() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(
        data.path(),
        &[
            ("LIMITS", "on".into()),
            ("LIMIT_LINKS_TO_ADDRESS", "2/3600".into()),
            ("LIMIT_RESERVE_BY_ACCOUNT", "1/3600".into()),
        ],
    );
    let person = Person::registered(&server).await;
    let asked = [("email", "somebody@example.org")];
    for _ in 0..2 {
        assert_eq!(
            person.post("forgot_password", &asked).await.0,
            StatusCode::OK
        );
    }
    let answer = person
        .request(Method::POST, "/api/forgot_password")
        .form(&asked)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds = answer.headers()[header::RETRY_AFTER]
        .to_str()
        .expect("text");
    let seconds: u32 = seconds.parse().expect("seconds");
    assert!((1..=1_800).contains(&seconds), "{seconds}");
    // A person is told on the page.
    let answer = person.submit("forgot_password", &asked).await;
    assert_eq!(answer.headers()[header::LOCATION], "/forgot-password");
    let (_, page) = person.page("/forgot-password").await;
    assert!(page.contains("That was too often. Try again in"), "{page}");
    assert!(page.contains("somebody@example.org"), "{page}");
    // Another account is not concerned, and each reserves as often.
    let seller = Person::registered(&server).await;
    let first = seller.lists("Limited one", "45").await;
    let second = seller.lists("Limited two", "45").await;
    for (ticket, status) in [(&first, 200), (&second, 429)] {
        let fields = [("ticket", &**ticket), ("price", "4500")];
        assert_eq!(person.post("reserve", &fields).await.0, status);
    }
    let other = Person::registered(&server).await;
    // What somebody has can be asked for again and again.
    let taken = [("ticket", &*first), ("price", "4500")];
    for _ in 0..3 {
        let (status, _) = other.post("reserve", &taken).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }
    let fields = [("ticket", &*second), ("price", "4500")];
    assert_eq!(other.post("reserve", &fields).await.0, StatusCode::OK);
    assert!(server.stop());
}
