//! The words by which people say that they want marketing, or do not.

use crate::store::ConsentState;
use std::collections::BTreeMap;

/// The words by which people withdraw and give their consent, by language.
///
/// A word counts when it is the whole message, but for case, white space and punctuation around it: "Stop!" is one, "please
/// stop by" is none. Those of all languages count, whoever writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keywords(BTreeMap<String, Words>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    stop: Vec<String>,
    start: Vec<String>,
}

/// English, Spanish, Portuguese, French, German and Italian.
impl Default for Keywords {
    fn default() -> Self {
        Self::none()
            .language("en", ["stop", "unsubscribe", "opt out", "stop promotions"], ["start", "subscribe"])
            .language(
                "es",
                ["alto", "baja", "cancelar suscripción", "darse de baja"],
                ["alta", "suscribirse"],
            )
            .language("pt", ["parar", "sair", "cancelar inscrição", "descadastrar"], ["inscrever"])
            .language("fr", ["arrêt", "stop", "désabonner"], ["s'abonner"])
            .language("de", ["stopp", "stop", "abmelden"], ["anmelden"])
            .language("it", ["basta", "stop", "disiscrivimi"], ["iscrivimi"])
    }
}

impl Keywords {
    /// No words: people say it in another way.
    #[must_use]
    pub fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Sets the words of a language, in place of those it has.
    #[must_use]
    pub fn language<S: Into<String>>(
        mut self,
        language: impl Into<String>,
        stop: impl IntoIterator<Item = S>,
        start: impl IntoIterator<Item = S>,
    ) -> Self {
        let plain = |word: S| plain(&word.into());
        let stop = stop.into_iter().map(plain).collect();
        let start = start.into_iter().map(plain).collect();
        self.0.insert(language.into(), Words { stop, start });
        self
    }

    /// What a message says of consent, if it is one of the words.
    pub(super) fn read(&self, text: &str) -> Option<ConsentState> {
        let said = plain(text);
        let has = |words: &[String]| words.contains(&said);
        if self.0.values().any(|words| has(&words.stop)) {
            Some(ConsentState::Withdrawn)
        } else {
            self.0.values().any(|words| has(&words.start)).then_some(ConsentState::Given)
        }
    }
}

/// A text as words are compared.
fn plain(text: &str) -> String {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Keywords;
    use crate::store::ConsentState::{Given, Withdrawn};

    #[test]
    fn a_word_counts_when_it_is_the_whole_message() {
        let words = Keywords::default();
        for text in ["STOP", " stop. ", "Stop!!", "Darse  de baja", "*ABMELDEN*"] {
            assert_eq!(words.read(text), Some(Withdrawn), "{text}");
        }
        for text in ["Start", "alta"] {
            assert_eq!(words.read(text), Some(Given), "{text}");
        }
        for text in ["please stop by", "Don't stop", "stop it", "", "!", "restart", "nonstop"] {
            assert_eq!(words.read(text), None, "{text}");
        }
    }

    #[test]
    fn the_words_of_a_language_can_be_set() {
        let words = Keywords::none().language("nl", ["Afmelden"], ["Aanmelden"]);
        assert_eq!(words.read("afmelden"), Some(Withdrawn));
        assert_eq!(words.read("stop"), None);
        assert_eq!(Keywords::none().read(""), None);
    }
}
