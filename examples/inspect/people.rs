//! Webhooks beside messages and statuses: calls, groups, what comes from the app, what people decide.

use crate::webhook::Line;
use whatsapp_business::webhook::{
    AppStateKind, AutomaticEventName, CallEvent, CallStatusKind, Event, GroupChange, Inbound, InboundMessage,
    PreferenceValue,
};

/// The line of such an event; nothing of any other.
pub(crate) fn line(event: &Event) -> Option<Line<'_>> {
    let (name, kind, id, unknown) = match event {
        Event::Call(call) => (
            "call",
            Some(call.event.as_str()),
            Some(call.id.as_str()),
            matches!(call.event, CallEvent::Unknown(_)),
        ),
        Event::CallStatus(status) => (
            "call_status",
            Some(status.status.as_str()),
            Some(status.id.as_str()),
            matches!(status.status, CallStatusKind::Unknown(_)),
        ),
        Event::Group(update) => (
            "group",
            Some(update.kind()),
            update.group_id.as_ref().map(|id| id.as_str()),
            matches!(update.change, GroupChange::Unknown),
        ),
        Event::History(_) => ("history", None, None, false),
        Event::HistoryMedia(media) => (
            "history_media",
            Some(media.message.kind()),
            Some(media.message.id.as_str()),
            is_unknown(&media.message),
        ),
        Event::Echo(echo) => {
            ("echo", Some(echo.message.kind()), Some(echo.message.id.as_str()), is_unknown(&echo.message))
        }
        Event::AppState(state) => {
            ("app_state", Some(state.kind.as_str()), None, matches!(state.kind, AppStateKind::Unknown(_)))
        }
        Event::Preference(preference) => (
            "preference",
            Some(preference.value.as_str()),
            None,
            matches!(preference.value, PreferenceValue::Unknown(_)),
        ),
        Event::UserIdChange(change) => ("user_id_change", None, Some(change.user_id.as_str()), false),
        Event::AutomaticEvent(event) => (
            "automatic_event",
            Some(event.name.as_str()),
            Some(event.message_id.as_str()),
            matches!(event.name, AutomaticEventName::Unknown(_)),
        ),
        _ => return None,
    };
    let person = event.contact().and_then(|contact| {
        let user = contact.user_id.as_ref().or(contact.parent_user_id.as_ref());
        contact.wa_id.as_ref().map(|id| id.as_str()).or(user.map(|id| id.as_str()))
    });
    Some(Line { event: name, kind: kind.map(str::to_owned), id, from: person, unknown, ..Line::default() })
}

fn is_unknown(message: &InboundMessage) -> bool {
    matches!(message.content, Inbound::Unknown(_))
}
