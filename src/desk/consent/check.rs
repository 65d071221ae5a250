//! Whether a person wants the message that is about to be sent.

use crate::{
    desk::{Tenant, consent::last_word, conversation::refused, window},
    error::Result,
    id::PhoneNumberId,
    message::Content,
    store::{
        self, Consent, ConsentState, Conversation, Identity, Key, Purpose, StoredTemplate, TenantStoreExt,
        ext::one,
    },
    time::Timestamp,
};

/// Whether the contact of a conversation, who is known by `identities` too, wants `content`.
///
/// # Errors
/// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when they do not, [`ErrorKind::Store`](crate::ErrorKind::Store).
pub(in crate::desk) async fn check(
    tenant: &Tenant,
    conversation: &Conversation,
    identities: &[Identity],
    content: &Content,
) -> Result<()> {
    let Some(salt) = &tenant.desk.0.settings.rules.salt else { return Ok(()) };
    let identities = known(tenant, conversation, identities).await?;
    let all = last_word(tenant, salt, &identities, &Purpose::All).await?;
    let is_template = content.kind() == "template";
    // What they wrote last may be in a conversation that was closed since.
    if keeps_all(all.as_ref(), is_template, conversation.last_inbound_at)
        && keeps_all(all.as_ref(), is_template, window::last_heard(tenant, conversation).await?)
    {
        return Err(refused("the person does not want to be written to"));
    }
    if is_template {
        let marketing = last_word(tenant, salt, &identities, &Purpose::Marketing).await?;
        if is_withdrawn(marketing.as_ref()) && is_marketing(tenant, &conversation.number, content).await? {
            return Err(refused("the person does not want marketing"));
        }
    }
    Ok(())
}

/// Whether the contact of a conversation, who is known by `identities` too, wants no marketing.
pub(in crate::desk) async fn wants_no_marketing(
    tenant: &Tenant,
    conversation: &Conversation,
    identities: &[Identity],
) -> store::Result<bool> {
    let Some(salt) = &tenant.desk.0.settings.rules.salt else { return Ok(false) };
    let identities = known(tenant, conversation, identities).await?;
    let marketing = last_word(tenant, salt, &identities, &Purpose::Marketing).await?;
    Ok(is_withdrawn(marketing.as_ref()))
}

/// Whether a template of a category is marketing. One whose category is not known may be.
pub(in crate::desk) fn may_be_marketing(category: Option<&str>) -> bool {
    category.is_none_or(|category| category.eq_ignore_ascii_case("marketing"))
}

/// Every identity of the contact of a conversation, who is known by `identities` too.
async fn known(
    tenant: &Tenant,
    conversation: &Conversation,
    identities: &[Identity],
) -> store::Result<Vec<Identity>> {
    let mut identities = identities.to_vec();
    if let Some(contact) = tenant.store.contact(&conversation.contact).await? {
        identities.extend(contact.identities);
        identities.sort();
        identities.dedup();
    }
    Ok(identities)
}

fn is_withdrawn(consent: Option<&Consent>) -> bool {
    consent.is_some_and(|consent| consent.state == ConsentState::Withdrawn)
}

/// Whether somebody who wants nothing at all is kept from a message. An answer to what they wrote after that is none of it.
fn keeps_all(consent: Option<&Consent>, is_template: bool, last_inbound: Option<Timestamp>) -> bool {
    let asked = |consent: &Consent| !is_template && last_inbound.is_some_and(|at| at > consent.at);
    is_withdrawn(consent) && !consent.is_some_and(asked)
}

/// Whether what is sent is marketing, or may be.
async fn is_marketing(tenant: &Tenant, number: &PhoneNumberId, content: &Content) -> store::Result<bool> {
    let Content::Template(template) = content else { return Ok(true) };
    let Some(binding) = tenant.desk.store().route(number).await? else { return Ok(true) };
    let key = Key::TemplateOf(binding.account, template.name().to_owned(), template.language().to_owned());
    let known = one::<StoredTemplate, _>(&*tenant.store, key).await?.and_then(|template| template.category);
    Ok(may_be_marketing(known.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::keeps_all;
    use crate::{
        store::{Consent, PersonHash, Purpose},
        time::Timestamp,
    };

    #[test]
    fn who_wants_nothing_is_answered_when_they_write_again() {
        let at = Timestamp::from_seconds;
        let person = PersonHash::from_bytes([7; 32]);
        let withdrawn = Consent::withdrawn(person, Purpose::All, at(10));
        let keeps = |is_template, last| keeps_all(Some(&withdrawn), is_template, last);
        assert!(keeps(false, None));
        assert!(keeps(false, Some(at(10))));
        assert!(!keeps(false, Some(at(11))));
        assert!(keeps(true, Some(at(11))));
        assert!(!keeps_all(Some(&Consent::given(person, Purpose::All, at(10))), true, None));
        assert!(!keeps_all(None, true, None));
    }
}
