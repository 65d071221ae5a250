//! What a message refers to, and what brought the customer to us.

use crate::{
    id::{CatalogId, MessageId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::lenient,
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a message answers, or that it was forwarded.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Context {
    /// The message it answers; of an answer about calls also the call (`wacid.…`).
    #[serde(default, deserialize_with = "lenient::optional")]
    pub id: Option<MessageId>,
    /// Who wrote the message it answers.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub from: Option<WaId>,
    /// Whether it was forwarded.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub forwarded: bool,
    /// Whether it was forwarded many times.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub frequently_forwarded: bool,
    /// The product they ask about, when they wrote from its page in the catalog.
    #[serde(default, deserialize_with = "lenient::optional_object")]
    pub referred_product: Option<ReferredProduct>,
}
quiet_debug!(Context { id, forwarded, frequently_forwarded, referred_product });

/// A product that a customer asks about.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReferredProduct {
    /// The catalog it is in.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub catalog_id: Option<CatalogId>,
    /// Our id of it in the catalog (`product_retailer_id` on the wire).
    #[serde(rename = "product_retailer_id", default, deserialize_with = "lenient::optional")]
    pub product_id: Option<String>,
}
quiet_debug!(ReferredProduct {});

/// The advertisement or post that brought the customer to us.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Referral {
    /// The address of the advertisement or post.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_url: Option<String>,
    /// Meta's id of the advertisement or post.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_id: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_type: Option<ReferralSource>,
    /// What it says.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub body: Option<String>,
    /// Its headline.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub headline: Option<String>,
    /// What it shows.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub media_type: Option<ReferralMedia>,
    /// The address of its picture.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub image_url: Option<String>,
    /// The address of its film.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub video_url: Option<String>,
    /// The address of a picture out of its film.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub thumbnail_url: Option<String>,
    /// Meta's id of the click (`ctwa_clid` on the wire), to report what came of it; none for advertisements in statuses.
    #[serde(rename = "ctwa_clid", default, deserialize_with = "lenient::optional")]
    pub click_id: Option<String>,
    /// What the advertisement was given to tell it by (`ref` on the wire).
    #[serde(rename = "ref", default, deserialize_with = "lenient::any_text")]
    pub reference: Option<String>,
    /// The greeting that the advertisement showed in the chat (`welcome_message.text` on the wire).
    #[serde(rename = "welcome_message", default, deserialize_with = "welcome")]
    pub welcome_text: Option<String>,
}
quiet_debug!(Referral { source_type, media_type });

open_enum! {
    /// What brought a customer to us.
    pub enum ReferralSource {
        /// An advertisement.
        Ad = "ad",
        /// A post.
        Post = "post",
    }
}

open_enum! {
    /// What an advertisement or post shows.
    pub enum ReferralMedia {
        /// A picture.
        Image = "image",
        /// A film.
        Video = "video",
    }
}

fn welcome<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Default, Deserialize)]
    struct Welcome {
        #[serde(default, deserialize_with = "lenient::any_text")]
        text: Option<String>,
    }
    Ok(lenient::or_default::<D, Welcome>(deserializer)?.text)
}

/// The key by which a customer's device is known. It changes when they register WhatsApp anew, which somebody who took
/// over their number would do, too; only with the identity check switched on.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// Tells one key from another; a message sent with it reaches no other device.
    pub hash: Option<String>,
    /// Since when it is theirs (`created_timestamp` on the wire).
    pub created_at: Option<Timestamp>,
    /// Whether we said that we know of it.
    pub acknowledged: Option<bool>,
}
quiet_debug!(Identity { created_at, acknowledged });

impl<'de> Deserialize<'de> for Identity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default, deserialize_with = "lenient::any_text")]
            hash: Option<String>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            created_timestamp: Option<Timestamp>,
            #[serde(default, deserialize_with = "lenient::optional_flag")]
            acknowledged: Option<bool>,
        }
        #[derive(Deserialize)]
        struct Hash(#[serde(deserialize_with = "lenient::any_text")] Option<String>);
        let raw = <&RawValue>::deserialize(deserializer)?;
        // Older messages have nothing but the hash.
        if !raw.get().starts_with('{') {
            let Hash(hash) = lenient::parse(raw).map_err(serde::de::Error::custom)?;
            return Ok(Self { hash, created_at: None, acknowledged: None });
        }
        let Wire { hash, created_timestamp, acknowledged } =
            lenient::parse(raw).map_err(serde::de::Error::custom)?;
        Ok(Self { hash, created_at: created_timestamp, acknowledged })
    }
}
