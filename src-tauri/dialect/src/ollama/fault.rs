use serde_json::json;

use crate::fault::ClientError;
use crate::json::to_vec;

pub(crate) fn envelope(error: &ClientError) -> Vec<u8> {
    to_vec(&json!({ "error": error.message }))
}

pub(crate) fn stream(error: &ClientError) -> Vec<u8> {
    [envelope(error).as_slice(), b"\n"].concat()
}
