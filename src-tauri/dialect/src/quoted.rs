//! The end of a JSON string, sixty-four bytes at a time.
//!
//! Prompts are code and logs: every other word holds an escape. Looking for the next mark again and again costs a
//! guess of the processor's each time, and half of them are wrong; here a block's quotes, backslashes and control
//! characters are found at once, without a branch for any of them.

use wide::u8x16;

/// Bytes looked at together, a bit each.
const BLOCK: usize = 64;
const ALTERNATE: u64 = 0x5555_5555_5555_5555;

/// Where a string ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Where its closing quote stands.
    pub(crate) quote: usize,
    pub(crate) escaped: bool,
}

/// What is wrong with a string, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Endless,
    /// A control character stands there bare.
    Control(usize),
    /// A backslash stands there before what JSON does not know.
    Escape(usize),
}

/// The end of the string whose inside begins with these bytes, and the first bare control character before it.
pub(crate) fn end(bytes: &[u8]) -> Result<(End, Option<usize>), Wrong> {
    let mut pending = 0;
    let mut escaped = false;
    let mut control = None;
    for (nth, block) in bytes.chunks(BLOCK).enumerate() {
        let at = nth * BLOCK;
        let found = Block::of(block);
        let escapes = escapes(found.backslashes, &mut pending);
        let quotes = found.quotes & !escapes;
        // All bits below the closing quote, or all.
        let inside = (quotes & quotes.wrapping_neg()).wrapping_sub(1);
        let escapes = escapes & inside;
        if escapes != 0 {
            escaped = true;
            check(bytes, at, block, escapes)?;
        }
        let controls = found.controls & inside;
        if controls != 0 && control.is_none() {
            control = Some(at + controls.trailing_zeros() as usize);
        }
        if quotes != 0 {
            let quote = at + quotes.trailing_zeros() as usize;
            return Ok((End { quote, escaped }, control));
        }
    }
    Err(Wrong::Endless)
}

/// What stands where in a block.
struct Block {
    quotes: u64,
    backslashes: u64,
    controls: u64,
}

impl Block {
    fn of(bytes: &[u8]) -> Self {
        let mut block = Self { quotes: 0, backslashes: 0, controls: 0 };
        each(bytes, |lane, shift| {
            block.quotes |= equal(lane, b'"') << shift;
            block.backslashes |= equal(lane, b'\\') << shift;
            block.controls |= bits(lane.min(u8x16::splat(0x1f)).simd_eq(lane)) << shift;
        });
        if bytes.len() < BLOCK {
            block.controls &= (1 << bytes.len()) - 1;
        }
        block
    }
}

/// The bytes of a block, sixteen at a time, with the place of each sixteen; zeros follow a short one.
#[inline]
fn each(bytes: &[u8], mut see: impl FnMut(u8x16, u32)) {
    let mut padded = [0; BLOCK];
    let whole = bytes.first_chunk().unwrap_or_else(|| {
        padded.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        &padded
    });
    for (lane, shift) in whole.as_chunks::<16>().0.iter().zip([0, 16, 32, 48]) {
        see(u8x16::new(*lane), shift);
    }
}

#[inline]
fn equal(lane: u8x16, byte: u8) -> u64 {
    bits(lane.simd_eq(u8x16::splat(byte)))
}

#[inline]
fn bits(lane: u8x16) -> u64 {
    u64::from(lane.to_bitmask())
}

/// Which bytes a backslash before them makes an escape, where every second one of a run of backslashes is such a
/// byte itself. `pending` says with its lowest bit whether the block begins with one.
fn escapes(backslashes: u64, pending: &mut u64) -> u64 {
    if backslashes == 0 {
        return std::mem::take(pending);
    }
    let backslashes = backslashes & !*pending;
    let follows = (backslashes << 1) | *pending;
    // A run that starts at an odd place is carried over its end, and lands where a run of even length would not.
    let odd_starts = backslashes & !ALTERNATE & !follows;
    let (even_runs, carried) = odd_starts.overflowing_add(backslashes);
    *pending = u64::from(carried);
    (ALTERNATE ^ (even_runs << 1)) & follows
}

/// Whether JSON knows these escapes of the block that begins at `at`.
fn check(bytes: &[u8], at: usize, block: &[u8], escapes: u64) -> Result<(), Wrong> {
    let (mut known, mut digits) = (0, 0);
    each(block, |lane, shift| {
        let of = |byte| lane.simd_eq(u8x16::splat(byte));
        let letters = of(b'n') | of(b't') | of(b'"') | of(b'\\');
        let rare = of(b'r') | of(b'/') | of(b'b') | of(b'f');
        known |= bits(letters | rare) << shift;
        digits |= equal(lane, b'u') << shift;
    });
    let mut open = escapes & !known;
    while open != 0 {
        let place = open.trailing_zeros();
        let code = at + place as usize + 1;
        let is_code = (digits >> place) & 1 == 1
            && bytes.get(code..code + 4).is_some_and(|four| four.iter().all(u8::is_ascii_hexdigit));
        if !is_code {
            return Err(if code > bytes.len() { Wrong::Endless } else { Wrong::Escape(code - 2) });
        }
        open &= open - 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, byte by byte.
    fn slowly(bytes: &[u8]) -> Result<(End, Option<usize>), Wrong> {
        let (mut at, mut escaped, mut control) = (0, false, None);
        loop {
            match bytes.get(at) {
                None => return Err(Wrong::Endless),
                Some(b'"') => return Ok((End { quote: at, escaped }, control)),
                Some(b'\\') => {
                    escaped = true;
                    at += match bytes.get(at + 1) {
                        None => return Err(Wrong::Endless),
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u')
                            if bytes
                                .get(at + 2..at + 6)
                                .is_some_and(|four| four.iter().all(u8::is_ascii_hexdigit)) =>
                        {
                            6
                        }
                        Some(_) => return Err(Wrong::Escape(at)),
                    };
                }
                Some(byte) => {
                    if *byte < b' ' {
                        control = control.or(Some(at));
                    }
                    at += 1;
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn blocks_tell_the_same_as_byte_after_byte(
            pieces in prop::collection::vec(
                prop_oneof![
                    6 => Just("\\\\"), 4 => Just("\\n"), 4 => Just("\\\""), 2 => Just("\\u00e9"), 8 => Just("let x"),
                    4 => Just("ü"), 1 => Just("\n"), 1 => Just("\\"), 1 => Just("\\u0z00"), 1 => Just("\\x"),
                    1 => Just("\""), 1 => Just("\\u"), 12 => Just("                 "),
                ],
                0..60,
            ),
        ) {
            let text = pieces.concat();
            prop_assert_eq!(end(text.as_bytes()), slowly(text.as_bytes()), "{:?}", text);
        }

        #[test]
        fn runs_of_backslashes_of_any_length_stand_anywhere(before in 0..130_usize, run in 0..200_usize) {
            let text = format!("{}{}\" and more", "x".repeat(before), "\\".repeat(run));
            prop_assert_eq!(end(text.as_bytes()), slowly(text.as_bytes()));
        }
    }
}
