//! Google Gemini `generateContent` (ai.google.dev, "Generating content").

pub(crate) mod array;
pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod read;
mod schema;
pub(crate) mod stream;
pub(crate) mod types;
pub(crate) mod watch;
pub(crate) mod write;

pub(crate) use write::ANY_SIGNATURE;

use crate::Fingerprint;

/// The names under which a part holds its proof.
pub(crate) const SIGNATURES: [&str; 2] = ["thoughtSignature", "thought_signature"];

/// What a signature is recognised by. It is bytes, and Google's own libraries send it back in the other
/// alphabet of base64 than the one it came in.
pub(crate) fn fingerprint(sign: &str) -> Fingerprint {
    let sign = sign.trim_end_matches('=');
    if sign.contains(['-', '_']) {
        Fingerprint::of(&sign.replace('-', "+").replace('_', "/"))
    } else {
        Fingerprint::of(sign)
    }
}
