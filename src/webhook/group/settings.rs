//! What of a group can be changed.

use crate::{error::ApiError, webhook::lenient, wire::quiet_debug};
use serde::Deserialize;

/// Settings of a group that were changed, each with how that went; those that were not are absent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct GroupSettings {
    /// Its subject (`group_subject` on the wire).
    #[serde(rename = "group_subject", default, deserialize_with = "lenient::or_default")]
    pub subject: Option<GroupText>,
    /// Its description (`group_description` on the wire).
    #[serde(rename = "group_description", default, deserialize_with = "lenient::or_default")]
    pub description: Option<GroupText>,
    /// Its picture (`profile_picture` on the wire).
    #[serde(rename = "profile_picture", default, deserialize_with = "lenient::or_default")]
    pub picture: Option<GroupPicture>,
}

/// The new subject or description of a group.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct GroupText {
    /// What it is to say.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub text: Option<String>,
    /// Whether it was changed (`update_successful` on the wire).
    #[serde(rename = "update_successful", default, deserialize_with = "lenient::or_default")]
    pub successful: Option<bool>,
    /// Why it was not changed.
    #[serde(default, deserialize_with = "lenient::list")]
    pub errors: Vec<ApiError>,
}
quiet_debug!(GroupText { successful, errors });

/// The new picture of a group.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct GroupPicture {
    /// Its type, such as `image/jpeg`.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub sha256: Option<String>,
    /// Whether it was changed (`update_successful` on the wire).
    #[serde(rename = "update_successful", default, deserialize_with = "lenient::or_default")]
    pub successful: Option<bool>,
    /// Why it was not changed.
    #[serde(default, deserialize_with = "lenient::list")]
    pub errors: Vec<ApiError>,
}
quiet_debug!(GroupPicture { mime_type, successful, errors });
