use serde::Deserialize;
use switchyard_types::{NanoDollars, Price};

/// A price as vendors print it: dollars per million tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceTable {
    input: f64,
    output: f64,
    /// Absent where the vendor gives no discount: then it costs as much as fresh input.
    cache_read: Option<f64>,
    /// Absent where the vendor takes no surcharge.
    cache_write: Option<f64>,
}

impl PriceTable {
    /// In nano-dollars a token; the error is what is wrong with which number.
    pub(crate) fn read(&self) -> Result<Price, String> {
        let field = |name: &str, dollars: f64| {
            nano_dollars(dollars).map_err(|reason| format!("{name} = {dollars} {reason}"))
        };
        let input = field("input", self.input)?;
        let output = field("output", self.output)?;
        let cache_read = self.cache_read.map_or(Ok(input), |price| field("cache_read", price))?;
        let cache_write =
            self.cache_write.map_or(Ok(input), |price| field("cache_write", price))?;
        Ok(Price { input, output, cache_read, cache_write })
    }
}

/// $1 per million tokens is 1,000 nano-dollars a token.
pub(crate) fn nano_dollars(dollars_per_million: f64) -> Result<NanoDollars, &'static str> {
    if !(0.0..=100_000.0).contains(&dollars_per_million) {
        return Err("is no price");
    }
    let nanos = dollars_per_million * 1_000.0;
    let whole = nanos.round();
    if (nanos - whole).abs() > 1e-6 {
        return Err("is finer than a tenth of a cent per million tokens");
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and at most 10^8")]
    Ok(whole as NanoDollars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_per_million_become_nano_dollars_a_token() {
        for (dollars, nanos) in [(3.0, 3_000), (0.28, 280), (0.075, 75), (0.0, 0), (150.0, 150_000)]
        {
            assert_eq!(nano_dollars(dollars), Ok(nanos), "{dollars}");
        }
    }

    #[test]
    fn what_cannot_be_held_exactly_or_is_no_price_is_refused() {
        for dollars in [-1.0, f64::NAN, f64::INFINITY, 1e9, 0.0285] {
            assert!(nano_dollars(dollars).is_err(), "{dollars}");
        }
    }

    #[test]
    fn without_a_discount_the_cache_costs_what_fresh_input_costs() {
        let table = PriceTable { input: 1.0, output: 2.0, cache_read: None, cache_write: None };
        let price = table.read().unwrap();
        assert_eq!((price.cache_read, price.cache_write), (1_000, 1_000));
    }
}
