use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why an address is refused; each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address.
    #[error("“{text}” is not an address. Write it in full, such as https://host.example/v1.")]
    NotAnAddress {
        /// What was typed, cut, without what may be a password.
        text: String,
    },
    /// It is neither http nor https.
    #[error("“{scheme}:” addresses cannot be used. Use one that starts with https:// or http://.")]
    Scheme {
        /// What it starts with.
        scheme: String,
    },
    /// It carries a user name or a password.
    #[error(
        "The address carries a name or a password. Remove what stands before the @, and give the key as a key."
    )]
    UserInfo,
    /// It carries a query or a fragment, after which no path can be appended.
    #[error("The address carries a “?” or a “#”. Remove it and what follows.")]
    QueryOrFragment,
    /// It is one that no vendor has: link-local, a cloud's metadata, multicast, unspecified.
    #[error("{host} is never a vendor's address, and is not contacted. Use another host.")]
    Forbidden {
        /// The host.
        host: String,
    },
    /// It lies on this machine or in a private network, and there is no consent.
    #[error(
        "{host} lies on this machine or in a private network. If that is meant, allow private addresses for it."
    )]
    Private {
        /// The host.
        host: String,
    },
}

/// How far away an address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// On the internet.
    Public,
    /// On this machine or in a private network: contacted by consent.
    Private,
    /// Never contacted.
    Forbidden,
}

/// Vets a base address that a user typed.
///
/// A name says little of where it leads: whoever connects vets what it resolves to with
/// [`reach_of`].
pub fn check_base_url(text: &str, allow_private: bool) -> Result<Url, AddressError> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| AddressError::NotAnAddress { text: shown(text) })?;
    check_url(&url, allow_private)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::QueryOrFragment);
    }
    Ok(url)
}

/// Vets an address apart from its path and query.
pub fn check_url(url: &Url, allow_private: bool) -> Result<(), AddressError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AddressError::Scheme { scheme: cut(url.scheme()) });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::UserInfo);
    }
    let host = || cut(url.host_str().unwrap_or_default());
    match reach_of_url(url) {
        Reach::Public => Ok(()),
        Reach::Private if allow_private => Ok(()),
        Reach::Private => Err(AddressError::Private { host: host() }),
        Reach::Forbidden => Err(AddressError::Forbidden { host: host() }),
    }
}

/// Whether an address lies on this machine, so that nothing can listen in between.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name.trim_end_matches('.')),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The `url` crate has read `0x7f.1`, `2130706433` and full-width digits as what they are.
fn reach_of_url(url: &Url) -> Reach {
    match url.host() {
        Some(Host::Domain(name)) => reach_of_name(name.trim_end_matches('.')),
        Some(Host::Ipv4(ip)) => reach_of(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => reach_of(IpAddr::V6(ip)),
        None => Reach::Forbidden,
    }
}

/// How far away an IP address lies: for what a name resolved to, right before connecting.
pub fn reach_of(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_of_v4(ip),
        IpAddr::V6(ip) => reach_of_v6(ip),
    }
}

fn reach_of_name(name: &str) -> Reach {
    // Names under which clouds offer machine credentials: Google, Amazon, Azure, Oracle.
    const METADATA: &[&str] = &[
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",
        "instance-data.ec2.internal",
        "metadata.azure.internal",
        "metadata.azure.com",
        "metadata.oraclecloud.com",
    ];
    const PRIVATE_ENDS: &[&str] =
        &[".local", ".lan", ".home", ".internal", ".intranet", ".home.arpa", ".localdomain"];
    if name.is_empty() || METADATA.contains(&name) {
        return Reach::Forbidden;
    }
    // A name without a dot is looked up in the local network.
    let local = !name.contains('.') || PRIVATE_ENDS.iter().any(|end| name.ends_with(end));
    if local || is_localhost(name) { Reach::Private } else { Reach::Public }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn reach_of_v4(ip: Ipv4Addr) -> Reach {
    // Alibaba's and Oracle's metadata, and Azure's wire server, lie outside the link-local network.
    const METADATA: [[u8; 4]; 3] = [[100, 100, 100, 200], [192, 0, 0, 192], [168, 63, 129, 16]];
    let octets = ip.octets();
    let [a, b, ..] = octets;
    let unroutable = matches!(a, 0 | 224..=255) || octets.starts_with(&[192, 0, 0]);
    if unroutable || ip.is_link_local() || METADATA.contains(&octets) {
        return Reach::Forbidden;
    }
    // Networks of carriers and overlays, and of benchmarks.
    let shared = (a == 100 && (64..=127).contains(&b)) || (a == 198 && matches!(b, 18 | 19));
    if ip.is_loopback() || ip.is_private() || shared { Reach::Private } else { Reach::Public }
}

fn reach_of_v6(ip: Ipv6Addr) -> Reach {
    const AMAZON_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254);
    if ip.is_loopback() {
        return Reach::Private;
    }
    if let Some(inner) = inner_v4(ip) {
        return reach_of_v4(inner);
    }
    let [first, ..] = ip.segments();
    // Link-local, the old site-local, and multicast.
    let local = (0xfe80..=0xfeff).contains(&first) || ip.is_multicast();
    if ip.is_unspecified() || local || ip == AMAZON_METADATA {
        return Reach::Forbidden;
    }
    if ip.is_unique_local() { Reach::Private } else { Reach::Public }
}

/// The IPv4 address that an IPv6 one leads to: mapped, compatible, NAT64, 6to4.
fn inner_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => (high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
}

/// What was typed, without what may be a password.
fn shown(text: &str) -> String {
    cut(text.rsplit('@').next().unwrap_or_default())
}

fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}
