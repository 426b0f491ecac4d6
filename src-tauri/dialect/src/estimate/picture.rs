//! What an image or a document costs, by its size and the vendor's published measure.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use switchyard_types::Dialect;

/// An image whose size is not known: one of 1 megapixel at Anthropic and `OpenAI`, roughly.
const UNKNOWN: u64 = 1_500;

/// The letters of base64 that are decoded to find an image's size: it stands near its beginning, though
/// cameras put a preview before it.
const HEAD: usize = 256 * 1024;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The tokens of an image or a document in base64, alone or in a data URI.
pub(super) fn weight_of(vendor: Dialect, text: &str) -> u64 {
    let base64 = text.split_once(";base64,").map_or(text, |(_, base64)| base64).trim();
    let is_pdf = base64.starts_with("JVBERi");
    let limit = if is_pdf { base64.len() } else { base64.len().min(HEAD) };
    // Four letters are three bytes: a cut in between would be an error.
    let Some(head) = base64.get(..limit - limit % 4) else { return UNKNOWN };
    let Ok(bytes) = LENIENT.decode(head) else { return UNKNOWN };
    if is_pdf {
        return pages(&bytes).max(1) * page(vendor);
    }
    size(&bytes).map_or(UNKNOWN, |(width, height)| image(vendor, width, height))
}

fn image(vendor: Dialect, width: u64, height: u64) -> u64 {
    let (width, height) = (width.max(1), height.max(1));
    match vendor {
        // docs.claude.com, "Vision": an area of 750 pixels a token, of at most 1568 pixels an edge.
        Dialect::Messages => {
            let (width, height) = within(width, height, 1568);
            (width * height).div_ceil(750).min(1_600)
        }
        // ai.google.dev, "Token counting": 258 for a small image, and for each tile of 768 pixels.
        Dialect::Gemini if width <= 384 && height <= 384 => 258,
        Dialect::Gemini => width.div_ceil(768) * height.div_ceil(768) * 258,
        // developers.openai.com, "Images and vision": 85, and 170 for each tile of 512 pixels, once it fits
        // into 2048 pixels and its shorter edge into 768.
        Dialect::Chat | Dialect::Responses | Dialect::Ollama => {
            let (width, height) = within(width, height, 2048);
            let shorter = width.min(height);
            let fit = |edge: u64| if shorter > 768 { edge * 768 / shorter } else { edge };
            85 + 170 * fit(width).div_ceil(512) * fit(height).div_ceil(512)
        }
    }
}

/// A page of a document: as an image at Google, as text and image elsewhere.
fn page(vendor: Dialect) -> u64 {
    if vendor == Dialect::Gemini { 258 } else { 2_000 }
}

/// The size, scaled down until the longer edge fits.
fn within(width: u64, height: u64, longest: u64) -> (u64, u64) {
    let edge = width.max(height);
    if edge <= longest {
        (width, height)
    } else {
        (width * longest / edge, height * longest / edge)
    }
}

/// Pages are objects of this type; those in compressed object streams are not seen.
fn pages(pdf: &[u8]) -> u64 {
    let marks = memchr::memmem::find_iter(pdf, b"/Type").filter(|at| {
        let after = pdf.get(at + 5..).unwrap_or_default().trim_ascii_start();
        after.starts_with(b"/Page") && !after.starts_with(b"/Pages")
    });
    marks.count() as u64
}

/// Width and height of a PNG, GIF, WebP or JPEG.
fn size(bytes: &[u8]) -> Option<(u64, u64)> {
    let big = |at: usize, length: usize| bytes.get(at..at + length).map(|b| number(b.iter()));
    let little =
        |at: usize, length: usize| bytes.get(at..at + length).map(|b| number(b.iter().rev()));
    if bytes.starts_with(b"\x89PNG") {
        return Some((big(16, 4)?, big(20, 4)?));
    }
    if bytes.starts_with(b"GIF8") {
        return Some((little(6, 2)?, little(8, 2)?));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return match bytes.get(12..16)? {
            b"VP8X" => Some((little(24, 3)? + 1, little(27, 3)? + 1)),
            b"VP8 " => Some((little(26, 2)? & 0x3fff, little(28, 2)? & 0x3fff)),
            b"VP8L" => {
                let bits = little(21, 4)?;
                Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
            }
            _ => None,
        };
    }
    if bytes.starts_with(b"\xff\xd8") { jpeg(bytes) } else { None }
}

/// A JPEG is a row of segments; that of a frame holds the size.
fn jpeg(bytes: &[u8]) -> Option<(u64, u64)> {
    let mut at = 2;
    loop {
        let head = bytes.get(at..at + 4)?;
        let &[0xff, kind, high, low] = head else { return None };
        if kind == 0xff {
            at += 1;
            continue;
        }
        // Frames of all codings; not the tables and not the arithmetic ones' conditions.
        if matches!(kind, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf) {
            let size = bytes.get(at + 5..at + 9)?;
            let (height, width) = size.split_at_checked(2)?;
            return Some((number(width.iter()), number(height.iter())));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

fn number<'a>(bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        LENIENT.encode(bytes)
    }

    fn png(width: u32, height: u32) -> String {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(&[8, 6, 0, 0, 0]);
        encoded(&bytes)
    }

    #[test]
    fn each_vendor_measures_an_image_by_its_own_published_rule() {
        // The vendors' own examples: Anthropic 1000 × 1000 is about 1334, OpenAI 1024 × 1024 is 765 and
        // 2048 × 4096 is 1105, Google 258 when small.
        for (vendor, width, height, tokens) in [
            (Dialect::Messages, 1000, 1000, 1334),
            (Dialect::Messages, 200, 200, 54),
            (Dialect::Chat, 1024, 1024, 765),
            (Dialect::Responses, 2048, 4096, 1105),
            (Dialect::Gemini, 384, 384, 258),
            (Dialect::Gemini, 1536, 768, 516),
        ] {
            assert_eq!(
                weight_of(vendor, &png(width, height)),
                tokens,
                "{vendor:?} {width} {height}"
            );
        }
    }

    #[test]
    fn the_size_is_found_in_every_usual_form() {
        let gif = b"GIF89a\x64\x00\x32\x00";
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x0b\x08\x00\x32\x00\x64\x03";
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x63\0\0\x31\0\0";
        for bytes in [gif.as_slice(), jpeg, extended] {
            assert_eq!(size(bytes), Some((100, 50)));
        }
    }

    #[test]
    fn what_is_no_image_costs_a_usual_one() {
        for text in ["", "!!!!", "AAAA", "data:image/png;base64,", "/9j/"] {
            assert_eq!(weight_of(Dialect::Chat, text), UNKNOWN, "{text}");
        }
    }

    #[test]
    fn a_document_costs_its_pages() {
        let pdf = encoded(b"%PDF-1.4 /Type /Pages /Type /Page /Type/Page\n");
        assert_eq!(weight_of(Dialect::Gemini, &pdf), 516);
        assert_eq!(
            weight_of(Dialect::Messages, &format!("data:application/pdf;base64,{pdf}")),
            4_000
        );
    }
}
