//! Where requests come from: the address of the network behind our own proxies,
//! and the browser that has been here before.

use std::net::{IpAddr, SocketAddr};

use app::server::is_somebodys;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use exchange::accounts::{new_secret, tries::Client};
use ipnet::IpNet;
use tower_sessions::Session;

use super::language;

/// For how long browsers keep that they have been here, in seconds: a year.
const KEPT: u32 = 31_536_000;

/// How clients are told apart.
#[derive(Clone)]
pub(crate) struct Clients {
    proxies: std::sync::Arc<[IpNet]>,
    https: bool,
}

impl Clients {
    pub(crate) fn new(proxies: &[IpNet], https: bool) -> Self {
        Self {
            proxies: proxies.into(),
            https,
        }
    }

    fn cookie(&self) -> &'static str {
        // The prefix is as in the session's.
        if self.https {
            "__Host-device"
        } else {
            "device"
        }
    }

    /// The address of the network: what the connection is from, or, as far as
    /// those are proxies of ours, what each says that it was asked from.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let ours = |address: &IpAddr| {
            let address = address.to_canonical();
            self.proxies
                .iter()
                .any(|network| network.contains(&address))
        };
        let said: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let mut address = peer.to_canonical();
        if !said.is_empty() && !ours(&address) {
            static ONCE: std::sync::Once = std::sync::Once::new();
            ONCE.call_once(|| {
                tracing::warn!(
                    %peer,
                    "a proxy that TRUSTED_PROXIES does not name: limits take all behind it for one visitor"
                );
            });
        }
        // Each proxy appends whom it heard from; what is left of the last one
        // that is not ours, anybody can have made up.
        for hop in said.iter().rev() {
            if !ours(&address) {
                break;
            }
            let Ok(before) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            address = before.to_canonical();
        }
        address
    }

    /// What the browser was given when somebody signed in with it.
    fn device(&self, headers: &HeaderMap) -> Option<String> {
        let name = self.cookie();
        language::cookies(headers)
            .find(|(found, value)| *found == name && is_secret(value))
            .map(|(_, value)| value.to_owned())
    }
}

fn is_secret(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells every request where it comes from, and gives a browser something to be
/// known by once somebody has signed in with it.
pub(crate) async fn identify(
    State(clients): State<Clients>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.ip());
    let known = clients.device(request.headers());
    let device = known.clone().unwrap_or_else(new_secret);
    let client = Client {
        address: peer.map(|peer| clients.address(peer, request.headers())),
        device: Some(device.clone()),
        language: language::of(request.extensions()),
    };
    request.extensions_mut().insert(client);
    let session = request.extensions().get::<Session>().cloned();
    let mut answer = next.run(request).await;
    if known.is_none()
        && let Some(session) = session
        && session.is_modified()
        && is_somebodys(&session)
            .await
            .is_ok_and(|somebodys| somebodys)
    {
        let secure = if clients.https { "; Secure" } else { "" };
        let cookie = format!(
            "{}={device}; HttpOnly; SameSite=Lax; Path=/; Max-Age={KEPT}{secure}",
            clients.cookie()
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().expect("a header"));
        }
        headers
    }

    fn address(clients: &Clients, peer: &str, said: &[&str]) -> String {
        let peer = peer.parse().expect("an address");
        clients.address(peer, &forwarded(said)).to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        let none = Clients::new(&[], true);
        assert_eq!(address(&none, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|text| text.parse().expect("a network"));
        let some = Clients::new(&networks, true);
        for (peer, said, expected) in [
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7", "2001:db8::2"], "198.51.100.7"),
            // Made up by whoever asked the first of our proxies.
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["10.0.0.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["nonsense, 10.0.0.2"], "10.0.0.2"),
        ] {
            assert_eq!(address(&some, peer, said), expected, "{peer} {said:?}");
        }
    }

    #[test]
    fn a_browser_is_known_by_its_own_cookie_only() {
        let clients = Clients::new(&[], true);
        let secret = new_secret();
        let with = |cookie: String| {
            let headers = HeaderMap::from_iter([(header::COOKIE, cookie.parse().expect("text"))]);
            clients.device(&headers)
        };
        assert_eq!(
            with(format!("a=b; __Host-device={secret}")),
            Some(secret.clone())
        );
        assert_eq!(with(format!("device={secret}")), None);
        assert_eq!(with("__Host-device=short".to_owned()), None);
    }
}
