//! The marks of WhatsApp: `*bold*`, `_italic_`, `~struck through~`, `` `code` `` and ```` ```monospace``` ````.

/// A run of text, or of runs, in one style.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Span<'a> {
    Text(&'a str),
    Styled(Style, Vec<Span<'a>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Struck,
    Code,
    Monospace,
}

/// The longest mark first, since it begins like another.
const STYLES: &[(&str, Style)] = &[
    ("```", Style::Monospace),
    ("`", Style::Code),
    ("*", Style::Bold),
    ("_", Style::Italic),
    ("~", Style::Struck),
];

/// The runs of a text. A style ends on the line on which it begins, except for the monospace one, in which no marks count.
pub(super) fn spans(text: &str) -> Vec<Span<'_>> {
    within(text, &[])
}

/// `open` are the styles that the text is in: none of them begins again, so that nesting has an end.
fn within<'a>(text: &'a str, open: &[Style]) -> Vec<Span<'a>> {
    let (mut spans, mut plain, mut at) = (Vec::new(), 0, 0);
    // Up to where it is known that no more such mark closes anything: each end is looked for once.
    let mut dead_until = [0; STYLES.len()];
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let styles = STYLES.iter().zip(&mut dead_until);
        let found =
            styles.filter(|((_, style), _)| !open.contains(style)).find_map(|((mark, style), dead)| {
                let inside = rest.strip_prefix(mark)?;
                let begins = *style == Style::Monospace || inside.starts_with(|c: char| !c.is_whitespace());
                if *dead > at || !begins || before.is_some_and(char::is_alphanumeric) {
                    return None;
                }
                match end(inside, mark, *style) {
                    Some(length) => Some((*mark, *style, inside.get(..length)?)),
                    None => {
                        let line = if *style == Style::Monospace { None } else { rest.find('\n') };
                        *dead = at + line.unwrap_or(rest.len());
                        None
                    }
                }
            });
        let Some((mark, style, inside)) = found else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        push_text(&mut spans, text.get(plain..at));
        let inner = match style {
            Style::Code | Style::Monospace => vec![Span::Text(inside)],
            _ => within(inside, &[open, &[style]].concat()),
        };
        spans.push(Span::Styled(style, inner));
        at += inside.len() + 2 * mark.len();
        plain = at;
    }
    push_text(&mut spans, text.get(plain..));
    spans
}

fn push_text<'a>(spans: &mut Vec<Span<'a>>, text: Option<&'a str>) {
    spans.extend(text.filter(|text| !text.is_empty()).map(Span::Text));
}

/// Where the mark is that ends what begins here: on the same line, with words touching it, and none right after it.
fn end(inside: &str, mark: &str, style: Style) -> Option<usize> {
    let mut from = 0;
    for (at, _) in inside.match_indices(mark) {
        let (content, after) = (inside.get(..at)?, inside.get(at + mark.len()..)?);
        if style != Style::Monospace && inside.get(from..at)?.contains('\n') {
            return None;
        }
        from = at;
        let touches = match style {
            Style::Monospace => !content.trim().is_empty(),
            _ => content.ends_with(|c: char| !c.is_whitespace()),
        };
        if touches && !after.starts_with(char::is_alphanumeric) {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{
        Span::{Styled, Text},
        Style::{Bold, Code, Italic, Monospace, Struck},
        spans,
    };

    #[test]
    fn marks_are_told_from_plain_characters() {
        assert_eq!(
            spans("a *b* _c_ ~d~ `e_f_`!"),
            [
                Text("a "),
                Styled(Bold, vec![Text("b")]),
                Text(" "),
                Styled(Italic, vec![Text("c")]),
                Text(" "),
                Styled(Struck, vec![Text("d")]),
                Text(" "),
                Styled(Code, vec![Text("e_f_")]),
                Text("!"),
            ]
        );
        for plain in ["5 * 3 * 2", "a_b_c", "* no*", "*no *", "*a\nb*", "**", "`", "~", "2*3*4", "_é"] {
            assert_eq!(spans(plain), [Text(plain)]);
        }
        assert_eq!(spans("5 * *b*"), [Text("5 * "), Styled(Bold, vec![Text("b")])]);
        assert_eq!(spans("```x\n *y*```"), [Styled(Monospace, vec![Text("x\n *y*")])]);
    }

    #[test]
    fn styles_nest_but_not_in_themselves() {
        assert_eq!(spans("*_x_ y*"), [Styled(Bold, vec![Styled(Italic, vec![Text("x")]), Text(" y")])]);
        assert_eq!(spans("*_*x*_*"), [Styled(Bold, vec![Text("_*x")]), Text("_*")]);
    }

    #[test]
    fn a_text_full_of_marks_is_read_in_time() {
        for mark in ["*", "* a", "*_~`", "`", "_a ", "*a *", "*a* ", "*a\n", "_*~a~*_ ", "``` "] {
            let text = mark.repeat(200_000);
            assert!(spans(&text).len() <= text.len());
        }
    }
}
