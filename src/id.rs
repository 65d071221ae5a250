//! Identifiers: one type per kind of thing, so that a media id cannot be passed where a message id is due.
//!
//! Ids are opaque text. Meta writes some of them as numbers; they are read as either and stay text, so no digit is
//! lost. Ids that name or contain a person ([`MessageId`], [`CallId`], [`WaId`], [`UserId`]) or a signature
//! ([`UploadHandle`]) hide themselves in `Debug`.

/// Defines an identifier that may be shown anywhere.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        id!(@type $(#[$meta])* $name);
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
    ($(#[$meta:meta])* personal $name:ident) => {
        id!(@type $(#[$meta])* $name);
        impl std::fmt::Debug for $name {
            /// Shows the last four characters only: enough to tell two apart, not enough to find a person.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let tail = if self.0.len() > 8 { self.0.get(self.0.len() - 4..).unwrap_or("") } else { "" };
                write!(f, concat!(stringify!($name), "(..{})"), tail)
            }
        }
    };
    (@type $(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(smol_str::SmolStr);

        impl $name {
            /// Wraps an identifier as Meta spells it.
            #[must_use]
            pub fn new(id: impl Into<Box<str>>) -> Self {
                Self(id.into().into())
            }

            /// The identifier as Meta spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.as_str().into())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::text(deserializer)
            }
        }
    };
}
pub(crate) use id;

id!(
    /// Id of a business phone number registered with Meta: the sender of messages.
    PhoneNumberId
);
id!(
    /// Id of a WhatsApp Business Account (WABA), which owns phone numbers and templates.
    AccountId
);
id!(
    /// Meta's id of a message (`wamid.…`). It contains the customer's phone number, so `Debug` hides it.
    personal MessageId
);
id!(
    /// Meta's id of a call (`wacid.…`). It may contain the customer's phone number, so `Debug` hides it.
    personal CallId
);
id!(
    /// A customer's phone number as WhatsApp knows it: digits only, exactly as Meta spelled it.
    personal WaId
);
id!(
    /// A business-scoped user id (BSUID), `CC.…`, or a parent one, `CC.ENT.…`.
    personal UserId
);
id!(
    /// Id of a WhatsApp group.
    GroupId
);
id!(
    /// Id of an uploaded or received media object.
    MediaId
);
id!(
    /// Id of a catalog of products.
    CatalogId
);
id!(
    /// Id of a Meta app.
    AppId
);
id!(
    /// Id of a business portfolio, which owns accounts.
    BusinessId
);
id!(
    /// Id of a solution by which several partners serve one customer.
    SolutionId
);
id!(
    /// Handle of a file that was uploaded to an app: the sample of a template's header, or a profile picture.
    personal UploadHandle
);
id!(
    /// Id of a message template.
    TemplateId
);
id!(
    /// Id of a WhatsApp Flow.
    FlowId
);
id!(
    /// A tenant: one customer of the host application. The host chooses the spelling.
    TenantId
);

#[cfg(test)]
mod tests {
    use super::{MessageId, PhoneNumberId};

    #[test]
    fn ids_written_as_numbers_stay_text() {
        let id: PhoneNumberId = serde_json::from_str("106540352242922").unwrap();
        assert_eq!(id.as_str(), "106540352242922");
        let big: PhoneNumberId = serde_json::from_str("18446744073709551615").unwrap();
        assert_eq!(serde_json::to_string(&big).unwrap(), r#""18446744073709551615""#);
    }

    #[test]
    fn debug_of_a_message_id_hides_the_number_in_it() {
        let id = MessageId::new("wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI3N0EyQUJDREVG");
        assert_eq!(format!("{id:?}"), "MessageId(..REVG)");
        assert_eq!(format!("{:?}", MessageId::new("short")), "MessageId(..)");
    }
}
