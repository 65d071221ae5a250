//! An event written down with all that it needs to be read again.

use crate::{
    id::{AccountId, PhoneNumberId},
    time::Timestamp,
    webhook::{Event, GroupChange, Standby},
};
use serde_json::json;
use std::fmt::Write;

impl Event {
    /// A body as Meta sends them that holds this event alone, for programs that keep it to read it later:
    /// [`Delivery::unverified`](crate::webhook::Delivery::unverified) gives the same event again.
    ///
    /// Not told again are errors that stood beside a [call](crate::webhook::Call). Of an [unknown](Event::Unknown) event the
    /// reason may be another.
    ///
    /// ```
    /// use whatsapp_business::webhook::Delivery;
    /// # fn main() -> whatsapp_business::Result<()> {
    /// # let body = br#"{"entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"2"},
    /// #     "messages":[{"id":"wamid.A","from":"10000000001","timestamp":"1","type":"text","text":{"body":"Hello"}}]}}]}]}"#;
    /// for event in Delivery::unverified(body)? {
    ///     assert_eq!(Delivery::unverified(event.to_body().as_bytes())?.events(), [event]);
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn to_body(&self) -> String {
        let mut entry = String::new();
        if let Some(id) = self.entry_id() {
            member(&mut entry, "id", &quoted(id));
        }
        if let Some(time) = self.timestamp() {
            member(&mut entry, "time", &seconds(time));
        }
        let mut change = String::new();
        member(&mut change, "field", &quoted(self.field()));
        member(&mut change, "value", &self.value());
        member(&mut entry, "changes", &format!("[{{{change}}}]"));
        format!(r#"{{"object":"whatsapp_business_account","entry":[{{{entry}}}]}}"#)
    }

    fn entry_id(&self) -> Option<&str> {
        let portfolio = match self {
            Self::Notice(notice) => notice.business_id.as_ref(),
            _ => None,
        };
        portfolio.map(|id| id.as_str()).or_else(|| self.account_id().map(AccountId::as_str))
    }

    /// The value that would hold this event alone.
    fn value(&self) -> String {
        let Some(list) = self.list() else { return self.raw().to_owned() };
        let mut items = String::new();
        if let Some(contact) = self.contact() {
            member(&mut items, "contacts", &format!("[{}]", contact.raw()));
        }
        member(&mut items, list, &format!("[{}]", self.raw()));
        let mut value = String::new();
        let number = self.phone_number_id().map(PhoneNumberId::as_str);
        let metadata = [("display_phone_number", self.display_phone_number()), ("phone_number_id", number)];
        let mut told = String::new();
        for (name, text) in metadata {
            if let Some(text) = text {
                member(&mut told, name, &quoted(text));
            }
        }
        if !told.is_empty() {
            member(&mut value, "metadata", &format!("{{{told}}}"));
        }
        match self {
            Self::Message(message) => {
                if let Some(summary) = &message.summary {
                    let context = json!({"summary": {"text": &**summary}});
                    member(&mut value, "conversation_context", &context.to_string());
                }
            }
            Self::Group(update) => {
                if let GroupChange::ParticipantsRemove(remove) = &update.change
                    && let Some(initiator) = &remove.initiated_by
                {
                    member(&mut value, "initiated_by", &quoted(initiator.as_str()));
                }
            }
            _ => {}
        }
        if self.field() == "standby" {
            member(&mut value, "standby", &format!("{{{items}}}"));
        } else if value.is_empty() {
            value = items;
        } else {
            value.push(',');
            value.push_str(&items);
        }
        format!("{{{value}}}")
    }

    /// The list of the value that it is an item of; none when it is the whole value.
    pub(super) fn list(&self) -> Option<&'static str> {
        Some(match self {
            Self::Message(_) => "messages",
            Self::Status(_) | Self::Payment(_) | Self::CallStatus(_) => "statuses",
            Self::UserAction(_) => "user_actions",
            Self::Error(_) => "errors",
            Self::Call(_) => "calls",
            Self::Group(_) => "groups",
            Self::History(_) => "history",
            Self::HistoryMedia(media) if media.is_ours == Some(true) => "message_echoes",
            Self::HistoryMedia(_) => "messages",
            Self::Echo(_) => "message_echoes",
            Self::AppState(_) => "state_sync",
            Self::Preference(_) => "user_preferences",
            Self::UserIdChange(_) => "user_id_update",
            Self::AutomaticEvent(_) => "automatic_events",
            Self::Standby(standby) => match &**standby {
                Standby::Message(_) => "messages",
                Standby::Status(_) => "statuses",
                Standby::Echo(_) => "message_echoes",
            },
            Self::Unknown(event) => return event.list,
            Self::Notice(_) => return None,
        })
    }

    fn display_phone_number(&self) -> Option<&str> {
        match self {
            Self::Message(message) => &message.display_phone_number,
            Self::Status(status) => &status.display_phone_number,
            Self::Payment(payment) => &payment.display_phone_number,
            Self::UserAction(action) => &action.display_phone_number,
            Self::Error(error) => &error.display_phone_number,
            Self::Standby(standby) => match &**standby {
                Standby::Message(message) => &message.display_phone_number,
                Standby::Status(status) => &status.display_phone_number,
                Standby::Echo(echo) => &echo.display_phone_number,
            },
            Self::Call(call) => &call.display_phone_number,
            Self::CallStatus(status) => &status.display_phone_number,
            Self::Group(update) => &update.display_phone_number,
            Self::History(history) => &history.display_phone_number,
            Self::HistoryMedia(media) => &media.message.display_phone_number,
            Self::Echo(echo) => &echo.message.display_phone_number,
            Self::AppState(state) => &state.display_phone_number,
            Self::Preference(preference) => &preference.display_phone_number,
            Self::UserIdChange(change) => &change.display_phone_number,
            Self::AutomaticEvent(event) => &event.display_phone_number,
            Self::Notice(_) | Self::Unknown(_) => &None,
        }
        .as_deref()
    }
}

/// Adds a member to an object that is being written.
fn member(object: &mut String, name: &str, json: &str) {
    if !object.is_empty() {
        object.push(',');
    }
    // Writing to a string does not fail.
    let _ = write!(object, r#""{name}":{json}"#);
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

fn seconds(time: Timestamp) -> String {
    time.as_seconds().to_string()
}
