//! What Meta will refuse of a template, and what it tends to dislike.

mod words;

use crate::{
    error::{Path, Violation},
    open::open_enum,
    template::{
        ButtonKind, Category, Component, Definition, HeaderFormat, Language, check,
        placeholder::{Found, Placeholder, find, keys},
    },
};
use serde::{Deserialize, Serialize};

/// Something about a template that Meta refuses, or tends to refuse or to move to another category: a record to keep.
///
/// [`Definition::findings`] makes them. They hold no words of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// Where, as a path into the JSON: `components[0].text`.
    pub path: String,
    /// How bad it is.
    pub severity: Severity,
    /// Which rule found it; it keeps its code for good.
    pub rule: Rule,
    /// What is wrong, and why it matters.
    pub reason: String,
    /// How to mend it.
    pub remedy: String,
}

open_enum! {
    /// How bad a [`Finding`] is.
    pub enum Severity {
        /// Meta refuses it.
        Error = "error",
        /// Reviewers tend to refuse it or to move it to another category.
        Warning = "warning",
    }
}

open_enum! {
    /// The rule that a [`Finding`] comes from.
    pub enum Rule {
        /// A documented limit: one of [`Definition::validate`].
        Limit = "limit",
        /// A language that Meta does not list.
        UnknownLanguage = "unknown_language",
        /// Words of advertising in a template that is not of the category marketing.
        PromotionalWords = "promotional_words",
        /// An address that hides where it leads.
        ShortenedUrl = "shortened_url",
        /// A link that opens a chat on WhatsApp.
        WhatsAppLink = "whatsapp_link",
        /// Words in capital letters only.
        AllCapitals = "all_capitals",
        /// Many emoji.
        ManyEmoji = "many_emoji",
        /// Placeholders right beside each other.
        AdjacentPlaceholders = "adjacent_placeholders",
        /// More placeholders than the words around them carry.
        TooManyPlaceholders = "too_many_placeholders",
        /// Numbers of placeholders that do not come in order.
        PlaceholderOrder = "placeholder_order",
        /// A body that does not say what it is about.
        NoContext = "no_context",
        /// A question for what Meta forbids to ask for.
        SensitiveData = "sensitive_data",
        /// A button with placeholders, line breaks, emoji or marks in its text.
        ButtonText = "button_text",
        /// An offer without the parts that Meta's page asks for.
        OfferParts = "offer_parts",
        /// An animation outside of marketing.
        GifOutsideMarketing = "gif_outside_marketing",
        /// A sample file given by an address, as Meta answers it, and not by the handle of an upload.
        SampleAddress = "sample_address",
    }
}

impl Definition {
    /// What Meta refuses of the template (every broken limit, as [`validate`](Self::validate) finds them), and what its
    /// reviewers tend to refuse or to move to another category, by Meta's
    /// [guidelines](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-review).
    ///
    /// No finding promises nothing: people and programs review templates. Words are looked for in English, Spanish and
    /// Portuguese.
    ///
    /// ```
    /// use whatsapp_business::template::{Category, Definition, Rule, Severity};
    /// let definition = Definition::new("spring", "en", Category::Utility)
    ///     .body("Your order shipped. Take a discount of 20 % on the next: https://bit.ly/x");
    /// let rules: Vec<_> = definition.findings().into_iter().map(|finding| finding.rule).collect();
    /// assert_eq!(rules, [Rule::PromotionalWords, Rule::ShortenedUrl]);
    /// assert!(definition.findings().iter().all(|finding| finding.severity == Severity::Warning));
    /// ```
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut violations = Vec::new();
        check::definition(self, &mut violations);
        let mut out: Vec<_> = violations.into_iter().map(Finding::from).collect();
        if matches!(Language::from(self.language()), Language::Unknown(_)) && !self.language().is_empty() {
            let at = Path::ROOT.field("language");
            out.push(Finding::warning(
                at,
                Rule::UnknownLanguage,
                "Meta does not list this language",
                "take a listed code",
            ));
        }
        let list = Path::ROOT.field("components");
        for (index, component) in self.components.iter().enumerate() {
            self.inspect(list.index(index), component, &mut out);
        }
        self.offer_parts(list, &mut out);
        out
    }

    fn inspect(&self, at: Path<'_>, component: &Component, out: &mut Vec<Finding>) {
        match component {
            Component::Header(header) => {
                if let Some(text) = header.text() {
                    self.text(at.field("text"), text, out);
                }
                if header.format() == Some(&HeaderFormat::Gif) && self.category != Some(Category::Marketing) {
                    let reason = "animations go over the Marketing Messages API only";
                    let remedy = "take an image or a video";
                    out.push(Finding::warning(at.field("format"), Rule::GifOutsideMarketing, reason, remedy));
                }
                if header.handle().is_some_and(|handle| handle.contains("://")) {
                    let example = at.field("example");
                    let reason =
                        "Meta takes a sample by the handle of an upload; an address is what it answers";
                    let here = example.field("header_handle");
                    out.push(Finding::warning(here, Rule::SampleAddress, reason, "upload the sample anew"));
                }
            }
            Component::Body(body) => {
                if let Some(text) = body.text() {
                    self.text(at.field("text"), text, out);
                    shape(at.field("text"), text, out);
                }
            }
            Component::Footer(footer) => {
                if let Some(text) = footer.text() {
                    self.text(at.field("text"), text, out);
                }
            }
            Component::Buttons(buttons) => {
                let list = at.field("buttons");
                for (index, button) in buttons.list().iter().enumerate() {
                    let item = list.index(index);
                    if let Some(text) = button.text() {
                        button_text(item.field("text"), text, out);
                    }
                    if let Some(url) = button.url_template().filter(|_| *button.kind() == ButtonKind::Url) {
                        addresses(item.field("url"), url, out);
                    }
                }
            }
            Component::Carousel(carousel) => {
                let cards = at.field("cards");
                for (index, card) in carousel.cards().iter().enumerate() {
                    let card_at = cards.index(index);
                    let list = card_at.field("components");
                    for (index, part) in card.components().iter().enumerate() {
                        // No card holds a carousel.
                        self.inspect(list.index(index), part, out);
                    }
                }
            }
            Component::LimitedTimeOffer(_) | Component::Raw(_) => {}
        }
    }

    fn text(&self, at: Path<'_>, text: &str, out: &mut Vec<Finding>) {
        if self.category == Some(Category::Utility) && words::is_promotional(text) {
            let reason = "words of advertising: Meta moves such a template to marketing, or refuses it";
            let remedy = "take the advertising out, or submit it as marketing";
            out.push(Finding::warning(at, Rule::PromotionalWords, reason, remedy));
        }
        if words::asks_for_secrets(text) {
            let reason =
                "it asks for what nobody may ask for on WhatsApp: card numbers, identity numbers, passwords";
            let remedy = "ask on a page of your own, or for the last four digits";
            out.push(Finding::warning(at, Rule::SensitiveData, reason, remedy));
        }
        if words::shouts(text) {
            let reason = "capital letters only: reviewers take it for spam";
            out.push(Finding::warning(at, Rule::AllCapitals, reason, "write it in small letters"));
        }
        if text.chars().filter(|c| words::is_emoji(*c)).count() > MANY_EMOJI {
            let reason = "so many emoji look like spam";
            let remedy = format!("at most {MANY_EMOJI}");
            out.push(Finding::warning(at, Rule::ManyEmoji, reason, remedy));
        }
        addresses(at, text, out);
    }

    /// What Meta's page on offers asks for, which is not tried on Meta.
    fn offer_parts(&self, at: Path<'_>, out: &mut Vec<Finding>) {
        let Some(offer) = self.offer() else { return };
        let scope = self.scope();
        let has = |kind: ButtonKind| scope.buttons.iter().any(|button| *button.kind() == kind);
        let format = scope.header.and_then(|header| header.format());
        for (is_there, reason, remedy) in [
            (
                matches!(format, Some(HeaderFormat::Image | HeaderFormat::Video)),
                "an offer has media above it",
                "add an image or a video",
            ),
            (
                offer.has_expiration() != Some(true) || has(ButtonKind::CopyCode),
                "an offer that ends has a code",
                "add a button that copies it",
            ),
            (has(ButtonKind::Url), "an offer leads somewhere", "add a button that opens an address"),
        ] {
            if !is_there {
                out.push(Finding::warning(at, Rule::OfferParts, reason, remedy));
            }
        }
    }
}

/// More emoji in one text than this look like spam.
const MANY_EMOJI: usize = 10;

impl Finding {
    fn warning(at: Path<'_>, rule: Rule, reason: &str, remedy: impl Into<String>) -> Self {
        let (path, reason, remedy) = (at.to_string(), reason.to_owned(), remedy.into());
        Self { path, severity: Severity::Warning, rule, reason, remedy }
    }
}

impl From<Violation> for Finding {
    fn from(violation: Violation) -> Self {
        let Violation { path, problem, limit } = violation;
        Self { path, severity: Severity::Error, rule: Rule::Limit, reason: problem, remedy: limit }
    }
}

/// How placeholders and words go together in a body.
fn shape(at: Path<'_>, text: &str, out: &mut Vec<Finding>) {
    let found = find(text);
    let between = |pair: &[Found<'_>]| match pair {
        [one, next] => {
            text.get(one.span.end..next.span.start).is_some_and(|between| between.trim().is_empty())
        }
        _ => false,
    };
    if found.windows(2).any(between) {
        let reason = "nobody can tell what placeholders right beside each other stand for (INVALID_FORMAT)";
        out.push(Finding::warning(at, Rule::AdjacentPlaceholders, reason, "put words between them"));
    }
    let numbers = found.iter().filter_map(|found| match found.placeholder {
        Placeholder::Number(number) => Some(number),
        _ => None,
    });
    let mut next = 1;
    for number in numbers {
        if number > next {
            let reason =
                "placeholders whose numbers do not come in order are refused by some of Meta's checks";
            out.push(Finding::warning(at, Rule::PlaceholderOrder, reason, "number them as they come"));
            break;
        }
        next = next.max(number + 1);
    }
    let words = words::count(text);
    let placeholders = keys(text).len();
    if placeholders > 0 && words <= 2 * placeholders {
        let reason = "too many placeholders for so few words (error 2388293)";
        let remedy = format!("at least {} words besides them", 2 * placeholders + 1);
        out.push(Finding::warning(at, Rule::TooManyPlaceholders, reason, remedy));
    } else if words < 2 {
        let reason = "it does not say what it is about";
        out.push(Finding::warning(at, Rule::NoContext, reason, "say who writes, and why"));
    }
}

fn addresses(at: Path<'_>, text: &str, out: &mut Vec<Finding>) {
    let hosts: Vec<_> = words::hosts(text).collect();
    if hosts.iter().any(|host| words::SHORTENERS.contains(&host.as_str())) {
        let reason = "shortened addresses hide where they lead, and are refused";
        out.push(Finding::warning(
            at,
            Rule::ShortenedUrl,
            reason,
            "give the whole address, of your own site",
        ));
    }
    if hosts.iter().any(|host| words::CHATS.contains(&host.as_str())) {
        let reason = "links that open a chat on WhatsApp are refused in templates";
        out.push(Finding::warning(at, Rule::WhatsAppLink, reason, "take a button that answers or calls"));
    }
}

fn button_text(at: Path<'_>, text: &str, out: &mut Vec<Finding>) {
    let has_more = !find(text).is_empty()
        || text.contains(['\n', '\r', '*', '~', '`'])
        || text.chars().any(words::is_emoji);
    if has_more {
        let reason = "texts of buttons have no placeholders, line breaks, emoji or marks";
        out.push(Finding::warning(at, Rule::ButtonText, reason, "plain words"));
    }
}
