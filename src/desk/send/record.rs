//! What is written before a message is sent.

use crate::{
    desk::{TRIES, Tenant, contact::Thread, new_id, tenant::not_found},
    error::{Error, ErrorKind, Path, Result, Violation},
    id::PhoneNumberId,
    message::Message,
    recipient::Recipient,
    store::{
        Change, Changes, ConversationTime, Direction, Identity, Job, JobKind, Lease, SendState, Sending,
        StoreError, StoredMessage, StoredMessageId,
    },
};

/// Whether the tenant may send this from the number; by whom the recipient is known.
pub(super) async fn admit(
    tenant: &Tenant,
    number: &PhoneNumberId,
    message: &Message,
) -> Result<Vec<Identity>> {
    let identities = identities(message.to())?;
    let owner = tenant.desk.store().route(number).await?;
    if owner.is_none_or(|binding| binding.tenant != tenant.id) {
        return Err(not_found("business phone number of this tenant"));
    }
    Ok(identities)
}

/// Puts ids in the place of the files that the message holds: what is recorded can be sent again, files cannot be.
pub(super) async fn upload(tenant: &Tenant, number: &PhoneNumberId, message: &mut Message) -> Result<()> {
    if !message.holds_files() {
        return Ok(());
    }
    let client = tenant.desk.client(&tenant.id, number).await.map_err(Error::not_sent)?;
    client.phone(number).prepare(message).await
}

/// Writes the message as being submitted, with its conversation and a job that is ours already.
pub(super) async fn record(
    tenant: &Tenant,
    number: &PhoneNumberId,
    message: &Message,
    identities: &[Identity],
) -> Result<(StoredMessage, Lease)> {
    let body = serde_json::to_vec(message).map_err(|error| {
        Error::with_source(ErrorKind::Decode("the message cannot be written".into()), error)
    })?;
    let id = StoredMessageId::from(new_id());
    let mut tries = 0;
    loop {
        tries += 1;
        let now = tenant.desk.now();
        let thread = Thread::find(&*tenant.store, number, identities.to_vec(), None, now).await?;
        let conversation = &thread.conversation.id;
        let mut stored =
            StoredMessage::new(&id, conversation, Direction::Outbound, now, message.content().kind(), &*body);
        stored.text = message.content().text();
        stored.reply_to = message.quoted().cloned();
        stored.sending = Some(Sending { state: SendState::Submitting, attempts: 1, ..Sending::queued() });
        // One person's messages are tried again in order; other people's do not wait for them.
        let group = format!("send:{number}:{}", thread.contact());
        let job = Job::new(new_id(), JobKind::Send, group, now).payload(id.as_str());
        let (token, until) = (new_id().into(), now + tenant.desk.0.lease);
        let lease = Lease::new(tenant.id.clone(), Job { attempts: 1, ..job.clone() }, token, until);
        let changes = thread
            .settle(tenant.opens(&thread, Changes::at(now)))
            .insert(stored.clone())
            .latest(conversation, ConversationTime::LastMessage, now)
            .with(Change::Enqueue(job, Some((lease.token.clone(), until))));
        match tenant.store.apply(changes).await {
            Ok(_) => return Ok((stored, lease)),
            // Another message made the contact or the conversation just now: join it.
            Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The identities by which a recipient is known.
pub(super) fn identities(to: &Recipient) -> Result<Vec<Identity>> {
    if let Recipient::Phone(number) | Recipient::PhoneAndUser(number, _) = to
        && !number.starts_with('+')
    {
        let limit =
            "a number with + and country code: without, Meta puts the business's own country in front";
        let at = Path::ROOT.field("to");
        return Err(Error::invalid(vec![Violation::new(at, "does not begin with +", limit)]));
    }
    let phone = to.digits().map(|digits| Identity::Phone(digits.into()));
    let user = match to {
        // A parent id is told by its second part.
        Recipient::User(id) | Recipient::PhoneAndUser(_, id) => Some(match id.as_str().get(2..7) {
            Some(".ENT.") => Identity::ParentUserId(id.clone()),
            _ => Identity::UserId(id.clone()),
        }),
        _ => None,
    };
    let identities: Vec<_> = phone.into_iter().chain(user).collect();
    if identities.is_empty() {
        let at = Path::ROOT.field("to");
        let limit = "a person; send to groups with the client";
        return Err(Error::invalid(vec![Violation::new(
            at,
            "has no conversation the desk could keep",
            limit,
        )]));
    }
    Ok(identities)
}

#[cfg(test)]
mod tests {
    use super::identities;
    use crate::store::Identity;

    #[test]
    fn recipients_are_known_by_every_name_they_have() {
        assert_eq!(identities(&"+1 (415) 555-2671".into()).unwrap(), [Identity::Phone("14155552671".into())]);
        assert_eq!(identities(&"US.1".into()).unwrap(), [Identity::UserId("US.1".into())]);
        assert_eq!(identities(&"US.ENT.1".into()).unwrap(), [Identity::ParentUserId("US.ENT.1".into())]);
        assert!(identities(&crate::recipient::Recipient::group("g")).is_err());
    }
}
