use crate::StoreError;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Fills a buffer from the system's generator.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut buffer = [0; N];
    getrandom::fill(&mut buffer).map_err(|error| StoreError::Random(error.into()))?;
    Ok(buffer)
}

/// Random letters and digits, 5.95 bits each, every one as likely as the others.
pub(crate) fn letters(count: usize) -> Result<String, StoreError> {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        // Of 64 equally likely values two name no letter; they are thrown away, not folded.
        let drawn = bytes::<64>()?;
        let fresh = drawn.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        text.extend(fresh.take(count - text.len()).map(|letter| char::from(*letter)));
    }
    Ok(text)
}

/// Letters of an id: 119 bits, so that ids never meet.
pub(crate) const ID_LETTERS: usize = 20;

/// Letters of a client key: the least that carry 256 bits.
pub(crate) const KEY_LETTERS: usize = 43;
