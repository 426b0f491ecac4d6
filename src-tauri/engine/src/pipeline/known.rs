use switchyard_catalog::Vendor;
use switchyard_dialect::{Suffixed, Terms};
use switchyard_routing::plain_model;

/// What the catalog knows of a model that was asked for: the name that the vendor gets, and its terms.
///
/// A mark such as `[1m]` or `-high` is taken off only where the vendor has the model without it and none that
/// is called so; of models that the catalog does not know nothing is guessed.
pub(super) fn known<'a>(vendor: &Vendor, asked: &'a str) -> (&'a str, Terms) {
    let model = plain_model(asked, |id| vendor.model(id).is_some());
    let effort = Suffixed::read(asked).filter(|mark| mark.model == model).and_then(|m| m.effort);
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
    fn routing_and_the_dialects_take_the_same_marks_off() {
        for word in ["none", "minimal", "low", "medium", "high", "xhigh", "max", "mini", "1"] {
            for end in ["", "[1m]"] {
                let name = format!("m-{word}{end}");
                let read = Suffixed::read(&name).map_or(&*name, |mark| mark.model);
                assert_eq!(plain_model(&name, |id| id == read), read, "{name}");
                let lone = plain_model(&name, |id| id == "m");
                assert_eq!(lone == "m", read == "m", "{name}");
            }
        }
    }

    #[test]
    fn of_models_that_are_not_known_nothing_is_guessed() {
        for name in ["someone-high", "m[1m]", "gpt-4o-2024-05-13"] {
            assert_eq!(told("openai", name), (name.to_owned(), Terms::default()));
        }
    }
}
