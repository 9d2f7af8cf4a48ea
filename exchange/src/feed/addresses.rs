//! Where messages may go: not to our own machines. Whoever writes an address down is
//! anybody, and what is sent there is sent from inside (OWASP, Server-Side Request
//! Forgery).

use std::{
    net::{IpAddr, SocketAddr},
    sync::LazyLock,
};

use ipnet::IpNet;
use openidconnect::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Networks that are not the Internet's: IANA's registries of special-purpose
/// addresses for IPv4 and IPv6, less those that are reachable from everywhere, and
/// multicast. Those that carry an IPv4 address inside are there as well: who needs
/// them has another.
static SPECIAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/16",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",
        "ff00::/8",
    ]
    .iter()
    .filter_map(|network| network.parse().ok())
    .collect()
});

/// Whether an address is one of the Internet.
fn is_public(address: IpAddr) -> bool {
    !SPECIAL.iter().any(|network| network.contains(&address))
}

/// The address of somebody's server, if messages may be sent there: `https` and a
/// host of the Internet, unless `private` ones will do.
pub(crate) fn parse(text: &str, private: bool) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let literal = match url.host()? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        // What it resolves to is looked at when something is sent.
        Host::Domain(_) => None,
    };
    let sound = url.username().is_empty()
        && url.password().is_none()
        && match url.scheme() {
            "https" => true,
            "http" => private,
            _ => false,
        }
        && (private || literal.is_none_or(is_public));
    sound.then_some(url)
}

/// Resolves names to addresses to which messages may be sent. What is looked at is
/// what is connected to: a name cannot mean something else in between.
pub(crate) struct Resolver {
    pub(crate) private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> = found
                .filter(|address| private || is_public(address.ip()))
                .collect();
            if usable.is_empty() {
                return Err("no address of the Internet".into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_machines_are_not_the_internet() {
        for inside in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.3:8443/hook",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::a00:1]/",
            "https://0.0.0.0/",
        ] {
            assert_eq!(parse(inside, false), None, "{inside}");
            assert!(parse(inside, true).is_some(), "{inside}");
        }
        for outside in [
            "https://example.org/hook?a=b",
            "https://93.184.215.14/",
            "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/",
        ] {
            assert!(parse(outside, false).is_some(), "{outside}");
        }
    }

    #[test]
    fn every_network_of_the_list_is_one() {
        assert_eq!(SPECIAL.len(), 26);
    }

    #[test]
    fn an_address_is_https_without_a_password() {
        for bad in [
            "",
            "example.org",
            "ftp://example.org/",
            "https://",
            "https://name:word@example.org/",
            "javascript:alert(1)",
        ] {
            assert_eq!(parse(bad, true), None, "{bad}");
        }
        assert_eq!(parse("http://example.org/", false), None);
        assert!(parse("http://example.org/", true).is_some());
    }

    #[tokio::test]
    async fn a_name_of_our_own_machine_is_not_resolved() {
        let resolve = async |private| {
            let name = "localhost".parse::<Name>().expect("a name");
            Resolver { private }.resolve(name).await.is_ok()
        };
        assert!(resolve(true).await);
        assert!(!resolve(false).await);
    }
}
