//! A preview as a card of HTML.

use super::{
    Preview, PreviewButton,
    markup::{Span, Style, spans},
};
use crate::{
    check,
    template::{ButtonKind, HeaderFormat},
};
use std::fmt::Write;

const CARD: &str = "max-width:22rem;padding:.6rem .8rem;border-radius:.6rem;background:#fff;color:#111;\
    font:15px/1.4 system-ui,sans-serif;box-shadow:0 1px 2px rgba(0,0,0,.25);overflow-wrap:anywhere";
const HEADER: &str = "font-weight:600;margin:0 0 .3rem";
const MEDIA: &str = "padding:2rem 1rem;margin:0 0 .3rem;border-radius:.4rem;background:#e3e8ea;color:#54656f;\
    text-align:center";
const TEXT: &str = "margin:0 0 .3rem;white-space:pre-wrap;unicode-bidi:isolate";
const SMALL: &str = "margin:0 0 .3rem;color:#667781;font-size:13px";
const BUTTON: &str = "display:block;padding:.4rem;border-top:1px solid #e9edef;text-align:center;color:#027eb5;\
    text-decoration:none";
const CARDS: &str = "display:flex;gap:.5rem;overflow-x:auto";

impl Preview {
    /// A card of HTML that needs nothing besides: no scripts, no pictures, no other files. Everything that comes from the
    /// template or a value is escaped; only addresses of the web become links.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::new();
        let language = escaped(&self.language.replace('_', "-"));
        put(&mut html, format_args!("<article lang=\"{language}\" style=\"{CARD}\">"));
        self.write(&mut html);
        html.push_str("</article>");
        html
    }

    fn write(&self, html: &mut String) {
        if let Some(header) = &self.header {
            let text = header.text.as_deref().map(escaped);
            if header.format == HeaderFormat::Text {
                paragraph(html, HEADER, &text.unwrap_or_default());
            } else {
                let kind = escaped(&header.format.as_str().to_lowercase());
                paragraph(html, MEDIA, &text.map_or_else(|| kind.clone(), |text| format!("{kind}: {text}")));
            }
        }
        if let Some(offer) = &self.offer {
            paragraph(html, HEADER, &escaped(offer));
        }
        if let Some(body) = &self.body {
            let mut text = String::new();
            write_spans(&mut text, &spans(body));
            paragraph(html, TEXT, &text);
        }
        if let Some(footer) = &self.footer {
            paragraph(html, SMALL, &escaped(footer));
        }
        for button in &self.buttons {
            write_button(html, button);
        }
        if !self.cards.is_empty() {
            put(html, format_args!("<div style=\"{CARDS}\">"));
            for card in &self.cards {
                put(html, format_args!("<section style=\"{CARD};flex:0 0 14rem\">"));
                card.write(html);
                html.push_str("</section>");
            }
            html.push_str("</div>");
        }
    }
}

/// `inner` is HTML.
fn paragraph(html: &mut String, style: &str, inner: &str) {
    put(html, format_args!("<p dir=\"auto\" style=\"{style}\">{inner}</p>"));
}

fn write_button(html: &mut String, button: &PreviewButton) {
    let label = escaped(&button.label);
    match &button.target {
        Some(url) if button.kind == ButtonKind::Url && check::is_web(url) => {
            let url = escaped(url);
            let rel = "rel=\"noopener noreferrer nofollow\"";
            put(html, format_args!("<a dir=\"auto\" style=\"{BUTTON}\" {rel} href=\"{url}\">{label}</a>"));
        }
        Some(target) => {
            let target = escaped(target);
            put(
                html,
                format_args!("<span dir=\"auto\" style=\"{BUTTON}\" title=\"{target}\">{label}</span>"),
            );
        }
        None => put(html, format_args!("<span dir=\"auto\" style=\"{BUTTON}\">{label}</span>")),
    }
}

fn write_spans(html: &mut String, spans: &[Span<'_>]) {
    for span in spans {
        match span {
            Span::Text(text) => html.push_str(&escaped(text)),
            Span::Styled(style, inner) => {
                let tag = match style {
                    Style::Bold => "b",
                    Style::Italic => "i",
                    Style::Struck => "s",
                    Style::Code | Style::Monospace => "code",
                };
                put(html, format_args!("<{tag}>"));
                write_spans(html, inner);
                put(html, format_args!("</{tag}>"));
            }
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML has no NUL.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn put(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Text can always grow.
    let _ = html.write_fmt(text);
}
