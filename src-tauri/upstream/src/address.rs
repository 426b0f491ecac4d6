//! The owner of address vetting at connect time: a name that passed the check of its text must not
//! resolve to the machine's own network afterwards (DNS rebinding).

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use switchyard_catalog::{Reach as Distance, reach_of};

/// Which addresses a connection may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only.
    Public,
    /// Private and loopback ones too: the user consented for this vendor.
    Private,
}

/// Resolves names and drops every address outside the reach.
#[derive(Debug)]
pub(crate) struct VettedResolver(pub(crate) Reach);

impl Resolve for VettedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| is_allowed(address.ip(), reach)).collect();
            if allowed.is_empty() {
                return Err(format!(
                    "{host} resolves only to addresses that this vendor may not use; \
                     allow private addresses for it if it runs on your own network"
                )
                .into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether a connection with this reach may go to this address.
fn is_allowed(address: IpAddr, reach: Reach) -> bool {
    match reach_of(address) {
        Distance::Public => true,
        Distance::Private => reach == Reach::Private,
        Distance::Forbidden => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, reach: Reach) -> bool {
        is_allowed(text.parse().unwrap(), reach)
    }

    #[test]
    fn metadata_addresses_are_refused_even_with_consent() {
        for text in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "fe80::1",
            "fd00:ec2::254",
        ] {
            assert!(!allowed(text, Reach::Private), "{text}");
        }
    }

    #[test]
    fn private_addresses_need_consent() {
        for text in ["127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "100.64.0.1", "::1"] {
            assert!(!allowed(text, Reach::Public), "{text}");
            assert!(allowed(text, Reach::Private), "{text}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for text in ["93.184.216.34", "2606:4700::1111", "100.128.0.1"] {
            assert!(allowed(text, Reach::Public), "{text}");
        }
    }

    #[test]
    fn unspecified_and_multicast_addresses_are_refused() {
        for text in ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"] {
            assert!(!allowed(text, Reach::Private), "{text}");
        }
    }
}
