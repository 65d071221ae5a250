//! Webhooks: what Meta reports.

use crate::{Report, args::Signed, people};
use serde::Serialize;
use whatsapp_business::webhook::{
    Delivery, Event, Inbound, InboundMessage, PaymentState, PaymentStatus, Standby, Status, StatusKind,
    UserActionKind,
};

/// One event, as it is printed.
#[derive(Default, Serialize)]
pub(crate) struct Line<'a> {
    pub(crate) file: &'a str,
    pub(crate) event: &'static str,
    pub(crate) kind: Option<String>,
    pub(crate) id: Option<&'a str>,
    pub(crate) from: Option<&'a str>,
    pub(crate) phone_number_id: Option<&'a str>,
    pub(crate) unknown: bool,
    pub(crate) reason: Option<&'a str>,
}

pub(crate) fn inspect(body: &[u8], file: &str, signed: Option<&Signed>) -> Result<Report, String> {
    let delivery = match signed {
        Some(Signed { webhook, signature }) => webhook.read(body, signature.as_str()),
        None => Delivery::unverified(body),
    };
    let delivery = delivery.map_err(|error| error.to_string())?;
    let line = |event| serde_json::to_string(&line(file, event)).map_err(|error| error.to_string());
    Ok(Report { lines: delivery.events().iter().map(line).collect::<Result<_, _>>()?, notes: Vec::new() })
}

fn line<'a>(file: &'a str, event: &'a Event) -> Line<'a> {
    let about = match event {
        Event::Message(message) => message_line(message),
        Event::Status(status) => status_line(status),
        Event::Payment(payment) => payment_line(payment),
        Event::UserAction(action) => Line {
            event: "user_action",
            kind: Some(action.kind.to_string()),
            unknown: matches!(action.kind, UserActionKind::Unknown(_)),
            ..Line::default()
        },
        Event::Error(report) => {
            Line { event: "error", kind: Some(report.error.code.to_string()), ..Line::default() }
        }
        Event::Notice(notice) => {
            Line { event: "notice", kind: Some(notice.field().to_owned()), ..Line::default() }
        }
        Event::Standby(standby) => Line { event: "standby", ..standby_line(standby) },
        // Families of events that later versions have types for are not unknown to them, but to this tool.
        other => people::line(other).unwrap_or_else(|| Line {
            event: "unknown",
            kind: Some(other.field().to_owned()).filter(|field| !field.is_empty()),
            unknown: true,
            reason: match other {
                Event::Unknown(unknown) => unknown.reason(),
                _ => None,
            },
            ..Line::default()
        }),
    };
    Line { file, phone_number_id: event.phone_number_id().map(|id| id.as_str()), ..about }
}

fn message_line(message: &InboundMessage) -> Line<'_> {
    let (unknown, reason) = match &message.content {
        Inbound::Unknown(content) => (true, content.reason()),
        _ => (false, None),
    };
    let user = message.from_user_id.as_ref().or(message.from_parent_user_id.as_ref());
    Line {
        event: "message",
        kind: Some(kind(message)).filter(|kind| !kind.is_empty()),
        id: Some(message.id.as_str()),
        from: message.from.as_ref().map(|id| id.as_str()).or(user.map(|id| id.as_str())),
        unknown,
        reason,
        ..Line::default()
    }
}

fn standby_line(standby: &Standby) -> Line<'_> {
    match standby {
        Standby::Message(message) => message_line(message),
        Standby::Status(status) => status_line(status),
        Standby::Echo(echo) => {
            Line { kind: Some("echo".to_owned()), id: Some(echo.id.as_str()), ..Line::default() }
        }
        _ => Line { unknown: true, ..Line::default() },
    }
}

/// The type of a message; answers to interactive messages have a type of their own in it.
fn kind(message: &InboundMessage) -> String {
    let kind = message.kind();
    let inner = match kind {
        "interactive" => serde_json::from_str::<serde_json::Value>(message.raw())
            .ok()
            .and_then(|raw| Some(raw.get("interactive")?.get("type")?.as_str()?.to_owned())),
        _ => None,
    };
    inner.map_or_else(|| kind.to_owned(), |inner| format!("{kind}/{inner}"))
}

fn status_line(status: &Status) -> Line<'_> {
    let user = status.recipient_user_id.as_ref().or(status.recipient_parent_user_id.as_ref());
    let group = status.group_id.as_ref().map(|id| id.as_str());
    Line {
        event: "status",
        kind: Some(status.status.to_string()),
        id: Some(status.id.as_str()),
        from: status.recipient_id.as_ref().map(|id| id.as_str()).or(user.map(|id| id.as_str())).or(group),
        unknown: matches!(status.status, StatusKind::Unknown(_)),
        ..Line::default()
    }
}

fn payment_line(payment: &PaymentStatus) -> Line<'_> {
    let user = payment.recipient_user_id.as_ref().or(payment.recipient_parent_user_id.as_ref());
    Line {
        event: "payment",
        kind: Some(payment.status.to_string()),
        id: Some(payment.id.as_str()),
        from: payment.recipient_id.as_ref().map(|id| id.as_str()).or(user.map(|id| id.as_str())),
        unknown: matches!(payment.status, PaymentState::Unknown(_)),
        ..Line::default()
    }
}
