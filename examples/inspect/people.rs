//! Webhooks beside messages and statuses: calls, groups, what comes from the app, what people decide.

use crate::webhook::Line;
use whatsapp_business::webhook::Event;

/// The line of such an event; nothing of any other.
pub(crate) fn line(event: &Event) -> Option<Line<'_>> {
    let (name, kind, id) = match event {
        Event::Call(call) => ("call", Some(call.event.as_str()), Some(call.id.as_str())),
        Event::CallStatus(status) => ("call_status", Some(status.status.as_str()), Some(status.id.as_str())),
        Event::Group(update) => {
            ("group", Some(update.kind()), update.group_id.as_ref().map(|id| id.as_str()))
        }
        Event::History(_) => ("history", None, None),
        Event::HistoryMedia(media) => {
            ("history_media", Some(media.message.kind()), Some(media.message.id.as_str()))
        }
        Event::Echo(echo) => ("echo", Some(echo.message.kind()), Some(echo.message.id.as_str())),
        Event::AppState(state) => ("app_state", Some(state.kind.as_str()), None),
        Event::Preference(preference) => ("preference", Some(preference.value.as_str()), None),
        Event::UserIdChange(change) => ("user_id_change", None, Some(change.user_id.as_str())),
        Event::AutomaticEvent(event) => {
            ("automatic_event", Some(event.name.as_str()), Some(event.message_id.as_str()))
        }
        _ => return None,
    };
    let person = event.contact().and_then(|contact| {
        let user = contact.user_id.as_ref().or(contact.parent_user_id.as_ref());
        contact.wa_id.as_ref().map(|id| id.as_str()).or(user.map(|id| id.as_str()))
    });
    Some(Line { event: name, kind: kind.map(str::to_owned), id, from: person, ..Line::default() })
}
