//! Templates of Meta's library: some of those that it names, in words of our own.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-library>

mod kind;

pub(super) use kind::fits;

use super::json::{list, text};
use serde_json::Value;
use std::sync::LazyLock;

static TEMPLATES: LazyLock<Vec<Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("templates.json")).unwrap_or_default());

/// Every template, as the Graph API answers it.
pub(super) fn templates() -> &'static [Value] {
    &TEMPLATES
}

/// The template of this name in this language.
pub(super) fn find(name: &str, language: &str) -> Option<&'static Value> {
    templates().iter().find(|template| {
        text(template, "/name") == Some(name) && text(template, "/language") == Some(language)
    })
}

/// What each parameter of the body has to be, if the definition was made from the library.
pub(super) fn kinds(definition: &Value) -> Vec<&'static str> {
    let made_from = || find(text(definition, "/library_template_name")?, text(definition, "/language")?);
    let kinds = made_from().map_or(&[][..], |template| list(template, "/body_param_types"));
    kinds.iter().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::{fits, list, templates, text};
    use serde_json::Value;

    #[test]
    fn every_template_has_a_sample_of_the_right_kind_for_each_placeholder() {
        assert!(templates().len() > 5);
        for template in templates() {
            let (samples, kinds) = (list(template, "/body_params"), list(template, "/body_param_types"));
            let placeholders = text(template, "/body").unwrap().matches("{{").count();
            assert_eq!((samples.len(), kinds.len()), (placeholders, placeholders), "{template}");
            for (sample, kind) in samples.iter().zip(kinds) {
                assert!(fits(kind.as_str().unwrap(), sample.as_str().unwrap()), "{kind} in {template}");
            }
        }
        let mut ids: Vec<_> =
            templates().iter().filter_map(|template| template.get("id").and_then(Value::as_str)).collect();
        ids.dedup();
        assert_eq!(ids.len(), templates().len());
    }
}
