//! A message as a line that a person reads.

use std::time::Duration;
use whatsapp_business::{
    Message,
    desk::{Entry, Headline},
    message::Content,
};

/// `2026-11-22 16:40:03  Acme ✓✓  Hello Ana … (read; delivered in 1 s, read in 2 s)`
pub(crate) fn line(entry: &Entry, customer: &str) -> String {
    let message = &entry.message;
    let at = message.at.to_string();
    let when = format!("{} {}", at.get(..10).unwrap_or_default(), at.get(11..19).unwrap_or_default());
    let (ticks, word) = progress(entry.headline());
    let who = if message.sending.is_some() { "Acme" } else { customer };
    let text = message.text.as_deref().unwrap_or_default();
    let what = match (&*message.kind, serde_json::from_slice(&message.body).as_ref().map(Message::content)) {
        (_, Ok(Content::Buttons(ask))) => {
            let titles: Vec<_> = ask.buttons().iter().map(|button| format!("[{}]", button.title())).collect();
            format!("{text} {}", titles.join(" "))
        }
        ("text", _) => text.to_owned(),
        ("interactive" | "button", _) => format!("tapped [{text}]"),
        (kind, _) => format!("{kind}: {text}"),
    };
    let mut notes: Vec<String> =
        [word].into_iter().filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let metrics = entry.metrics();
    notes.extend(metrics.to_deliver.map(|span| format!("delivered in {}", seconds(span))));
    notes.extend(metrics.to_read.map(|span| format!("read in {}", seconds(span))));
    notes.extend(entry.failures.iter().map(|failure| format!("{}: {}", failure.code, failure.title)));
    notes.extend(message.sending.as_ref().and_then(|sending| sending.error.clone()));
    let notes = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join("; ")) };
    format!("  {when}  {who:<5} {ticks:<3} {what}{notes}")
}

fn progress(headline: Headline) -> (&'static str, &'static str) {
    match headline {
        Headline::Received => ("", ""),
        Headline::Accepted => ("·", "accepted"),
        Headline::Sent => ("✓", "sent"),
        Headline::Delivered => ("✓✓", "delivered"),
        Headline::Read | Headline::Played => ("✓✓", "read"),
        Headline::Failed => ("✗", "failed"),
        Headline::Rejected => ("✗", "refused"),
        Headline::Unknown => ("?", "outcome unknown"),
        _ => ("…", "queued"),
    }
}

fn seconds(span: Duration) -> String {
    format!("{} s", span.as_secs())
}
