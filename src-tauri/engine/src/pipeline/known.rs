use switchyard_catalog::Vendor;
use switchyard_dialect::{Suffixed, Terms};

/// What the catalog knows of a model that was asked for: the name that the vendor gets, and its terms.
///
/// A mark such as `[1m]` or `-high` is taken off only where the vendor has the model without it and none that
/// is called so; of models that the catalog does not know nothing is guessed.
pub(super) fn known<'a>(vendor: &Vendor, asked: &'a str) -> (&'a str, Terms) {
    let plain = Suffixed::read(asked)
        .filter(|plain| vendor.model(asked).is_none() && vendor.model(plain.model).is_some());
    let (model, effort) = plain.map_or((asked, None), |plain| (plain.model, plain.effort));
    let output_limit = vendor.model(model).and_then(|model| model.output_limit);
    (model, Terms { output_limit, effort })
}

#[cfg(test)]
mod tests {
    use switchyard_catalog::Catalog;
    use switchyard_dialect::Effort;

    use super::*;

    fn told(vendor: &str, asked: &str) -> (String, Terms) {
        let catalog = Catalog::builtin().unwrap();
        let (model, terms) = known(catalog.vendor(vendor).unwrap(), asked);
        (model.to_owned(), terms)
    }

    #[test]
    fn marks_are_taken_off_models_that_are_known_without_them() {
        let (model, terms) = told("openai", "gpt-5.1-high");
        assert_eq!(model, "gpt-5.1");
        assert_eq!(terms, Terms { output_limit: Some(128_000), effort: Some(Effort::High) });
        let (model, terms) = told("anthropic", "claude-opus-5[1m]");
        assert_eq!((model.as_str(), terms.effort), ("claude-opus-5", None));
    }

    #[test]
    fn a_mark_changes_no_price() {
        let catalog = Catalog::builtin().unwrap();
        let vendor = catalog.vendor("openai").unwrap();
        let price = vendor.price(known(vendor, "gpt-5.1-high").0);
        assert!(price.is_some());
        assert_eq!(price, vendor.price("gpt-5.1"));
    }

    #[test]
    fn of_models_that_are_not_known_nothing_is_guessed() {
        for name in ["someone-high", "m[1m]", "gpt-4o-2024-05-13"] {
            assert_eq!(told("openai", name), (name.to_owned(), Terms::default()));
        }
    }
}
