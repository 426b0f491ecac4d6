#![cfg(test)]
//! Which addresses may be contacted.

use proptest::prelude::*;
use switchyard_catalog::{AddressError, Reach, check_base_url, reach_of};

#[test]
fn public_addresses_pass_with_or_without_consent() {
    for text in [
        "https://api.example.com/v1",
        " https://api.example.com/v1 ",
        "http://api.example.com:8080",
        "https://8.8.8.8/v1",
        "https://[2606:4700::1111]/v1",
        "https://172.32.0.1/v1",
        "https://xn--bcher-kva.example/v1",
    ] {
        assert!(check_base_url(text, false).is_ok(), "{text}");
        assert!(check_base_url(text, true).is_ok(), "{text}");
    }
}

#[test]
fn private_addresses_pass_by_consent_only() {
    for text in [
        "http://localhost:1234/v1",
        "http://LOCALHOST./v1",
        "http://a.localhost/v1",
        "http://127.0.0.1:11434/v1",
        "http://127.1/v1",
        "http://2130706433/v1",
        "http://0x7f000001/v1",
        "http://017700000001/v1",
        "http://[::1]/v1",
        "http://[::ffff:127.0.0.1]/v1",
        "http://10.1.2.3/v1",
        "http://172.16.0.1/v1",
        "http://172.31.255.255/v1",
        "http://192.168.0.1/v1",
        "http://100.64.0.1/v1",
        "http://[fd12:3456::1]/v1",
        "http://[::ffff:192.168.0.1]/v1",
        "http://[64:ff9b::10.0.0.1]/v1",
        "http://[2002:c0a8:0001::1]/v1",
        "http://nas/v1",
        "http://nas.local/v1",
        "http://box.lan/v1",
        "http://box.home.arpa/v1",
        "http://llm.corp.internal/v1",
    ] {
        let refused = check_base_url(text, false);
        assert!(matches!(refused, Err(AddressError::Private { .. })), "{text}: {refused:?}");
        assert!(check_base_url(text, true).is_ok(), "{text}");
    }
}

#[test]
fn some_addresses_never_pass() {
    for text in [
        "http://169.254.169.254/latest/meta-data",
        "http://169.254.1.1/v1",
        "http://2852039166/v1",
        "http://0xa9fea9fe/v1",
        "http://0251.0376.0251.0376/v1",
        "http://169.16689662/v1",
        "http://①⑥⑨.254.169.254/v1",
        "http://[::ffff:169.254.169.254]/v1",
        "http://[::ffff:a9fe:a9fe]/v1",
        "http://[::169.254.169.254]/v1",
        "http://[64:ff9b::a9fe:a9fe]/v1",
        "http://[2002:a9fe:a9fe::1]/v1",
        "http://[fe80::1]/v1",
        "http://[febf::1]/v1",
        "http://[fec0::1]/v1",
        "http://[fd00:ec2::254]/v1",
        "http://100.100.100.200/v1",
        "http://192.0.0.192/v1",
        "http://168.63.129.16/v1",
        "http://0.0.0.0:8080/v1",
        "http://0/v1",
        "http://[::]/v1",
        "http://224.0.0.1/v1",
        "http://255.255.255.255/v1",
        "http://[ff02::1]/v1",
        "http://metadata.google.internal/v1",
        "http://METADATA.google.internal./v1",
        "http://metadata/v1",
        "http://metadata.goog/v1",
        "http://instance-data/v1",
    ] {
        for consent in [false, true] {
            let refused = check_base_url(text, consent);
            assert!(matches!(refused, Err(AddressError::Forbidden { .. })), "{text}: {refused:?}");
        }
    }
}

#[test]
fn what_is_no_plain_address_says_what_to_do() {
    for (text, hint) in [
        ("", "Write it in full"),
        ("api.example.com/v1", "Write it in full"),
        ("//api.example.com", "Write it in full"),
        ("https://", "Write it in full"),
        ("localhost:8080/v1", "https:// or http://"),
        ("file:///etc/passwd", "https:// or http://"),
        ("ftp://h.example/v1", "https:// or http://"),
        ("data:text/plain,x", "https:// or http://"),
        ("unix:/run/x.sock", "https:// or http://"),
        ("https://user@h.example/v1", "before the @"),
        ("https://user:pass@h.example/v1", "before the @"),
        ("https://:pass@h.example/v1", "before the @"),
        ("https://h.example/v1?key=1", "Remove it"),
        ("https://h.example/v1#x", "Remove it"),
    ] {
        let error = check_base_url(text, true).expect_err(text).to_string();
        assert!(error.contains(hint), "{text}: {error}");
    }
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    for text in ["https://user:hunter2@h.example/v1", "https://user:hunter2@", "user:hunter2@h"] {
        let error = check_base_url(text, true).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
    }
}

#[test]
fn what_a_name_resolves_to_is_vetted_alike() {
    for (ip, reach) in [
        ("8.8.8.8", Reach::Public),
        ("127.0.0.1", Reach::Private),
        ("169.254.169.254", Reach::Forbidden),
        ("::ffff:169.254.169.254", Reach::Forbidden),
        ("2001:4860:4860::8888", Reach::Public),
    ] {
        assert_eq!(reach_of(ip.parse().unwrap()), reach, "{ip}");
    }
}

proptest! {
    #[test]
    fn an_ipv4_address_reaches_as_far_in_every_disguise(bits: u32) {
        let ip = std::net::Ipv4Addr::from(bits);
        let plain = reach_of(ip.into());
        prop_assert_eq!(reach_of(ip.to_ipv6_mapped().into()), plain);
        for text in [format!("http://{bits}/"), format!("http://{bits:#x}/"), format!("http://{ip}/")] {
            let reach = match check_base_url(&text, false) {
                Ok(_) => Reach::Public,
                Err(AddressError::Private { .. }) => Reach::Private,
                Err(_) => Reach::Forbidden,
            };
            prop_assert_eq!(reach, plain, "{}", text);
        }
    }

    #[test]
    fn no_text_is_a_panic(text in "\\PC*") {
        let _ = check_base_url(&text, true);
    }
}
