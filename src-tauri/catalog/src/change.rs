use serde::Deserialize;
use switchyard_types::{Dialect, Price};

use crate::price::nano_dollars;
use crate::vendor::{Model, Vendor};

/// A file that changes models of a known vendor, and leaves the rest of it alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeFile {
    /// The vendor's id.
    pub(crate) changes: String,
    models: Vec<ModelChange>,
}

/// What is said of a model takes the place of what was known; what is not said stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelChange {
    id: String,
    name: Option<String>,
    context: Option<u64>,
    output_limit: Option<u64>,
    price: Option<PriceChange>,
    dialects: Option<Vec<Dialect>>,
}

/// In dollars per million tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceChange {
    input: Option<f64>,
    output: Option<f64>,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
}

/// Whether a file changes a vendor rather than describing one.
pub(crate) fn is_change(text: &str) -> bool {
    text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("changes"))
}

impl ChangeFile {
    /// Changes the vendor, or says what is wrong and changes nothing.
    pub(crate) fn apply(self, vendor: &mut Vendor) -> Result<(), String> {
        let mut changed = vendor.clone();
        for change in self.models {
            let id = change.id.clone();
            if id.trim() != id || id.is_empty() {
                return Err(format!("the model id “{id}” is empty or has spaces around it"));
            }
            if change.context == Some(0) || change.output_limit == Some(0) {
                return Err(format!("a limit of the model “{id}” is 0"));
            }
            let spoken = |dialect: &Dialect| vendor.endpoint(*dialect).is_some();
            if change.dialects.as_ref().is_some_and(|named| !named.iter().any(spoken)) {
                return Err(format!("no endpoint speaks a dialect of the model “{id}”"));
            }
            if changed.model(&id).is_none() {
                changed.models.push(Model::named(&id));
            }
            let Some(model) = changed.models.iter_mut().find(|model| model.id == id) else {
                continue;
            };
            change.write(model).map_err(|reason| format!("the price of “{id}”: {reason}"))?;
        }
        *vendor = changed;
        Ok(())
    }
}

impl ModelChange {
    fn write(self, model: &mut Model) -> Result<(), String> {
        if let Some(price) = self.price {
            model.price = Some(price.over(model.price)?);
        }
        if let Some(name) = self.name {
            model.name = name;
        }
        model.context = self.context.or(model.context);
        model.output_limit = self.output_limit.or(model.output_limit);
        if let Some(dialects) = self.dialects {
            model.dialects = Some(dialects);
        }
        Ok(())
    }
}

impl PriceChange {
    fn over(&self, known: Option<Price>) -> Result<Price, String> {
        let said = |name: &str, dollars: Option<f64>| {
            let read = |dollars| {
                nano_dollars(dollars).map_err(|reason| format!("{name} = {dollars} {reason}"))
            };
            dollars.map(read).transpose()
        };
        let needed = || "where none is known, both input and output are needed".to_owned();
        let input = said("input", self.input)?;
        let input = input.or(known.map(|known| known.input)).ok_or_else(needed)?;
        let output = said("output", self.output)?;
        let output = output.or(known.map(|known| known.output)).ok_or_else(needed)?;
        let cache_read = said("cache_read", self.cache_read)?;
        let cache_write = said("cache_write", self.cache_write)?;
        Ok(Price {
            input,
            output,
            cache_read: cache_read.or(known.map(|known| known.cache_read)).unwrap_or(input),
            cache_write: cache_write.or(known.map(|known| known.cache_write)).unwrap_or(input),
        })
    }
}
