//! What people say of their consent without the host.

use crate::{
    desk::{
        Tenant,
        audit::{DESK, META},
        consent::{Word, noted},
        contact::identities,
    },
    store::{self, Changes, ConsentSource, ConsentState, Identity, Purpose, StoredMessage, TenantStoreExt},
    time::Timestamp,
    webhook::{InboundMessage, Preference, PreferenceCategory, PreferenceValue},
};

/// Adds to `changes` what a received message says of consent, if it is one of the [words](crate::desk::Keywords).
pub(in crate::desk) async fn heard(
    tenant: &Tenant,
    message: &InboundMessage,
    identities: &[Identity],
    changes: Changes,
) -> store::Result<Changes> {
    let Some(state) = message.text().and_then(|text| tenant.desk.0.settings.rules.keywords.read(text)) else {
        return Ok(changes);
    };
    let word = Word { purpose: Purpose::Marketing, state, source: ConsentSource::Keyword };
    noted(tenant, identities, &word, message.timestamp, DESK, changes).await
}

/// What a person's choice in WhatsApp changes, or why it cannot be kept.
pub(in crate::desk) async fn preferred(
    tenant: &Tenant,
    preference: &Preference,
    changes: Changes,
) -> store::Result<Result<Changes, String>> {
    let state = match (&preference.category, &preference.value) {
        (Some(PreferenceCategory::MarketingMessages), PreferenceValue::Stop) => ConsentState::Withdrawn,
        (Some(PreferenceCategory::MarketingMessages), PreferenceValue::Resume) => ConsentState::Given,
        _ => return Ok(Err("the preference is of a kind this version does not know".to_owned())),
    };
    if tenant.desk.0.settings.rules.salt.is_none() {
        return Ok(
            Err("the desk has no salt to keep consents with: set DeskBuilder::person_salt".to_owned()),
        );
    }
    let identities =
        identities(preference.wa_id.clone(), preference.user_id.clone(), preference.parent_user_id.clone());
    if identities.is_empty() {
        return Ok(Err("the preference does not say whose it is".to_owned()));
    }
    let word = Word { purpose: Purpose::Marketing, state, source: ConsentSource::Preference };
    let at = preference.timestamp.unwrap_or(changes.now());
    noted(tenant, &identities, &word, at, META, changes).await.map(Ok)
}

/// Adds to `changes` that the one for whom `message` was did not want marketing when it was sent, as Meta's refusal (131050)
/// says.
pub(in crate::desk) async fn withdrawn(
    tenant: &Tenant,
    message: &StoredMessage,
    sent_at: Timestamp,
    changes: Changes,
) -> store::Result<Changes> {
    let Some(conversation) = tenant.store.conversation(&message.conversation).await? else {
        return Ok(changes);
    };
    let Some(contact) = tenant.store.contact(&conversation.contact).await? else { return Ok(changes) };
    let word =
        Word { purpose: Purpose::Marketing, state: ConsentState::Withdrawn, source: ConsentSource::Refusal };
    noted(tenant, &contact.identities, &word, sent_at, META, changes).await
}
