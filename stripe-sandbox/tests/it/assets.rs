//! What browsers load is there, and may be called from the merchant's pages.

use crate::support::start;

#[tokio::test]
async fn the_script_and_its_frames_are_served() {
    let (sandbox, _api) = start().await;
    for (path, kind, content) in [
        ("/v3/", "text/javascript", "window.Stripe ="),
        ("/v3/stripe.js", "text/javascript", "window.Stripe ="),
        ("/_sandbox/card", "text/html", "name=\"cardnumber\""),
        (
            "/_sandbox/3ds/pi_1?client_secret=x",
            "text/html",
            "TEST MODE",
        ),
    ] {
        let response = reqwest::get(format!("{}{path}", sandbox.url()))
            .await
            .expect("an answer");
        let header = response.headers()["content-type"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(header.starts_with(kind), "{path}: {header}");
        assert!(
            response.text().await.expect("text").contains(content),
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_call_the_api() {
    let (sandbox, _api) = start().await;
    let response = reqwest::Client::new()
        .request(
            reqwest::Method::OPTIONS,
            format!("{}/v1/payment_intents/pi_1/confirm", sandbox.url()),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}
