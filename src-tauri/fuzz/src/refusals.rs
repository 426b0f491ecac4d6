//! What a vendor says of limits: in the headers of any answer, and in the body of a refusal.

use switchyard_routing::{Evidence, classify, next_step, windows_in};
use switchyard_types::AccountId;

/// 2026-01-01, in milliseconds.
const NOW: i64 = 1_767_225_600_000;
/// Nobody is locked for longer than this, whatever a vendor says.
const FAR: i64 = 400 * 24 * 60 * 60 * 1000;
const STATUSES: [u16; 7] = [400, 401, 403, 404, 429, 500, 529];

/// Headers are the bytes' first lines, `name: value`, up to an empty one; the rest is the body.
pub fn read(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\n\n").unwrap_or(("", &text));
    let headers: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(':')).collect();
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.trim() == name);
        found.map(|(_, value)| value.trim())
    };
    for status in STATUSES {
        let evidence = Evidence {
            status: Some(status),
            kind: None,
            code: None,
            message: "",
            body: body.as_bytes(),
            headers: &header,
            transport: None,
            limits: &[],
        };
        let failure = classify(&evidence, NOW);
        next_step(failure.class);
        assert!(!failure.message.contains('\n'), "{failure:?}");
        if let Some(reset) = failure.reset {
            assert!(reset > NOW && reset < NOW + FAR, "{failure:?}");
        }
    }
    for window in windows_in(&AccountId::new("fuzz"), &header, NOW) {
        assert!(!window.name.is_empty(), "{window:?}");
    }
}
