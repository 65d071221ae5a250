//! Emoji: telling them from words.

/// Most characters of one emoji. Meta's page states none; the longest of Unicode have ten, and this leaves room for others.
const LONGEST: usize = 32;

/// What makes a digit, `#` or `*` a keycap.
const KEYCAP: char = '\u{20e3}';
/// What makes a picture of the sign before it.
const COLOURED: char = '\u{fe0f}';

/// Whether `text` looks like one emoji. Which ones a phone can draw is for the phone to say.
pub(super) fn is_emoji(text: &str) -> bool {
    if let Some(key) = text.strip_suffix(KEYCAP) {
        let key = key.strip_suffix(COLOURED).unwrap_or(key);
        if matches!(key.as_bytes(), [b'0'..=b'9' | b'#' | b'*']) {
            return true;
        }
    }
    (1..=LONGEST).contains(&text.chars().count()) && text.chars().all(is_part)
}

/// Whether a character may be in an emoji that is no keycap: no letter, no digit, no space, and nothing that Unicode has
/// below its punctuation, but for the few of them that phones draw as pictures.
fn is_part(c: char) -> bool {
    match c {
        '©' | '®' | 'ℹ' | 'Ⓜ' | '🅰' | '🅱' | '🅾' | '🅿' => true,
        c if c < '\u{2000}' => false,
        c => !(c.is_alphabetic() || c.is_numeric() || c.is_whitespace()),
    }
}

/// What phones draw as pictures without being asked to by [`COLOURED`]: `Emoji_Presentation` in Unicode's `emoji-data.txt`,
/// of the later planes by whole blocks.
const PICTURES: [(char, char); 42] = [
    ('⌚', '⌛'),
    ('⏩', '⏬'),
    ('⏰', '⏰'),
    ('⏳', '⏳'),
    ('◽', '◾'),
    ('☔', '☕'),
    ('♈', '♓'),
    ('♿', '♿'),
    ('⚓', '⚓'),
    ('⚡', '⚡'),
    ('⚪', '⚫'),
    ('⚽', '⚾'),
    ('⛄', '⛅'),
    ('⛎', '⛎'),
    ('⛔', '⛔'),
    ('⛪', '⛪'),
    ('⛲', '⛳'),
    ('⛵', '⛵'),
    ('⛺', '⛺'),
    ('⛽', '⛽'),
    ('✅', '✅'),
    ('✊', '✋'),
    ('✨', '✨'),
    ('❌', '❌'),
    ('❎', '❎'),
    ('❓', '❕'),
    ('❗', '❗'),
    ('➕', '➗'),
    ('➰', '➰'),
    ('➿', '➿'),
    ('⬛', '⬜'),
    ('⭐', '⭐'),
    ('⭕', '⭕'),
    ('🀄', '🀄'),
    ('🃏', '🃏'),
    ('🆎', '🆎'),
    ('🆑', '🆚'),
    ('\u{1f1e6}', '\u{1f1ff}'),
    ('🈁', '🉑'),
    ('\u{1f300}', '\u{1faff}'),
    (COLOURED, COLOURED),
    (KEYCAP, KEYCAP),
];

/// Whether there is an emoji in `text`.
pub(super) fn has_emoji(text: &str) -> bool {
    text.chars().any(|c| PICTURES.iter().any(|(first, last)| (*first..=*last).contains(&c)))
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
        assert!(is_emoji(&"👍".repeat(32)));
        let others =
            ["", "a", "1", ":)", "é", "£", "日", "👍 ", "👍a", "1⃣1", "1\u{fe0f}", "\u{85}", &"👍".repeat(33)];
        for other in others {
            assert!(!is_emoji(other), "{other}");
        }
    }

    #[test]
    fn emoji_are_found_in_words() {
        for words in ["Go 🚀", "Call ☎️", "⭐", "1⃣", "🇩🇪"] {
            assert!(has_emoji(words), "{words}");
        }
        for words in ["Über 3 €", "Go → 1", "Call ☎", "✓ ™", "№ 5"] {
            assert!(!has_emoji(words), "{words}");
        }
    }
}
