//! Emoji: telling them from words.

/// Most characters of one emoji: with two people, two tones of skin and what stands between them it has ten; the rest is
/// room for what Unicode adds.
const LONGEST: usize = 16;

/// What makes a digit, `#` or `*` a keycap.
const KEYCAP: char = '\u{20e3}';

/// Whether `text` looks like one emoji. Which ones a phone can draw is for the phone to say.
pub(super) fn is_emoji(text: &str) -> bool {
    let is_keycap = text.contains(KEYCAP);
    let fits = |c: char| match c {
        '0'..='9' | '#' | '*' => is_keycap,
        c => !c.is_ascii() && !c.is_whitespace() && !c.is_control(),
    };
    (1..=LONGEST).contains(&text.chars().count()) && text.chars().all(fits)
}

/// Whether there is an emoji in `text`.
pub(super) fn has_emoji(text: &str) -> bool {
    // Symbols and dingbats, the pictographs, and what turns another character into one.
    let is_one =
        |c: char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | KEYCAP);
    text.contains(is_one)
}

#[cfg(test)]
mod tests {
    use super::{has_emoji, is_emoji};

    #[test]
    fn emoji_are_told_from_words() {
        for emoji in ["👍", "❤️", "1️⃣", "#️⃣", "🇩🇪", "👨‍👩‍👧‍👦", "🧑🏻‍❤️‍💋‍🧑🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©️"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in ["", "a", "1", ":)", "👍 ", "👍a", "\u{85}", &"👍".repeat(17)] {
            assert!(!is_emoji(other), "{other}");
        }
        assert!(has_emoji("Go 🚀") && has_emoji("Call ☎️") && !has_emoji("Über 3 €"));
    }
}
