//! Events that change no message: what Meta reports of numbers and accounts, calls, groups and the like.
//!
//! Each is handed on to the host. What is about a number or a person also goes into the audit trail, where it is found by
//! whoever asks what happened.

use crate::{
    desk::{
        Tenant,
        audit::{META, entry},
        contact::identities,
        receive::{Effect, Ruling},
        window,
    },
    id::PhoneNumberId,
    store::{self, Changes, Contact, Conversation, Key, Subject, SubjectKind, ext::one},
    time::Timestamp,
    webhook::{
        self, CallDirection, CallEvent, Event,
        notice::{Notice, NoticeKind},
    },
};
use serde_json::{Value, json};

impl Tenant {
    /// What an event changes that is not a message.
    pub(super) async fn report(&self, event: &Event, changes: Changes) -> Ruling {
        let now = changes.now();
        let person = match event.contact() {
            Some(person) => self.known(person).await?,
            None => None,
        };
        let conversation = match (&person, event.phone_number_id()) {
            (Some(person), Some(number)) => {
                let key = Key::ActiveConversation(number.clone(), person.id.clone());
                one::<Conversation, _>(&*self.store, key).await?.map(|active| active.id)
            }
            _ => None,
        };
        // With the conversation it goes when the person is erased, so that it may hold more than a word.
        let subject = match (&conversation, &person, event.phone_number_id()) {
            (Some(conversation), ..) => Some(Subject::new(SubjectKind::Conversation, conversation.as_str())),
            (None, Some(person), _) => Some(Subject::new(SubjectKind::Contact, person.id.as_str())),
            (None, None, number) => self.about(event, number),
        };
        let entry = subject
            .zip(action(event))
            .map(|(subject, action)| entry(subject, META, &action, &detail(event, person.is_some()), now));
        let mut changes = entry.into_iter().fold(changes, Changes::insert);
        if let (Some(at), Some(person), Some(number)) = (rang_at(event), &person, event.phone_number_id()) {
            changes = window::called(self, number, &person.id, at, changes).await?;
        }
        Ok(Ok(Effect { conversation, ..Effect::of(changes) }))
    }

    /// What an event is about that names nobody whom we know.
    fn about(&self, event: &Event, number: Option<&PhoneNumberId>) -> Option<Subject> {
        match (event, number) {
            (Event::Notice(_) | Event::Error(_) | Event::Group(_) | Event::History(_), Some(number)) => {
                Some(Subject::new(SubjectKind::Number, number.as_str()))
            }
            (Event::Notice(_), None) => Some(Subject::new(SubjectKind::Tenant, self.id.as_str())),
            _ => None,
        }
    }

    /// The contact that is kept of a person.
    async fn known(&self, person: &webhook::Contact) -> store::Result<Option<Contact>> {
        for identity in
            identities(person.wa_id.clone(), person.user_id.clone(), person.parent_user_id.clone())
        {
            if let Some(contact) = one(&*self.store, Key::ContactOf(identity)).await? {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }
}

/// When the customer called, if that is what an event tells.
fn rang_at(event: &Event) -> Option<Timestamp> {
    match event {
        Event::Call(call)
            if call.event == CallEvent::Connect && call.direction == Some(CallDirection::UserInitiated) =>
        {
            call.timestamp
        }
        _ => None,
    }
}

/// What the audit trail calls an event; none for what is not kept there.
fn action(event: &Event) -> Option<String> {
    Some(match event {
        Event::Notice(notice) => format!("meta.{}", notice.field()),
        Event::Error(_) => "meta.error".to_owned(),
        Event::Payment(payment) => format!("payment.{}", payment.status),
        Event::Call(call) => format!("call.{}", call.event),
        Event::CallStatus(status) => format!("call.{}", status.status),
        Event::Group(_) => format!("meta.{}", event.field()),
        Event::History(_) => "meta.history".to_owned(),
        Event::UserAction(_) => "message.clicked".to_owned(),
        _ => return None,
    })
}

/// The particulars. Where nobody whom we know is named, no person may be in them: nobody would find them to erase them.
fn detail(event: &Event, is_of_person: bool) -> Value {
    match event {
        Event::Notice(notice) => told(notice),
        Event::Error(report) => json!({"code": report.error.code}),
        Event::History(history) => json!({
            "phase": history.phase, "chunk": history.chunk_order, "progress": history.progress,
            "declined": history.is_declined(),
        }),
        Event::Call(call) if is_of_person => json!({"call": call.id}),
        Event::CallStatus(status) if is_of_person => json!({"call": status.id}),
        Event::Payment(payment) if is_of_person => json!({"message": payment.id}),
        _ => json!({}),
    }
}

/// The particulars of a notice, as they came where no person can be in them.
fn told(notice: &Notice) -> Value {
    match &notice.kind {
        NoticeKind::Handover(handover) => json!({
            "type": handover.kind, "previous_owner_role": handover.previous_role,
            "new_owner_role": handover.new_role,
        }),
        NoticeKind::SecurityUpdate(update) => json!({"event": update.event}),
        NoticeKind::TemplateStatusUpdate(_)
        | NoticeKind::TemplateQualityUpdate(_)
        | NoticeKind::TemplateComponentsUpdate(_)
        | NoticeKind::TemplateCategoryUpdate(_)
        | NoticeKind::WrongCategory(_)
        | NoticeKind::AccountUpdate(_)
        | NoticeKind::AccountReviewUpdate(_)
        | NoticeKind::AccountAlert(_)
        | NoticeKind::AccountSettingsUpdate(_)
        | NoticeKind::CapabilityUpdate(_)
        | NoticeKind::PhoneNumberNameUpdate(_)
        | NoticeKind::PhoneNumberQualityUpdate(_)
        | NoticeKind::UsernameUpdate(_)
        | NoticeKind::SolutionUpdate(_)
        | NoticeKind::PaymentConfigurationUpdate(_)
        | NoticeKind::FlowUpdate(_) => serde_json::from_str(notice.raw()).unwrap_or_default(),
    }
}
