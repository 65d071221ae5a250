//! Open enums: a spelling that Meta adds later survives a round trip.

use std::fmt;

/// The spelling of an enum value this version of the crate has no variant for.
///
/// It is opaque on purpose: match on `as_str()` of the enum, so that code keeps its meaning when a later version
/// adds the variant.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    pub(crate) fn new(spelling: &str) -> Self {
        Self(spelling.into())
    }

    /// The spelling as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Defines a string enum that keeps unknown spellings and reads known ones in any letter case.
///
/// `Variant = "written" | "other"` reads both spellings and writes the first.
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $spelling:literal $(| $other:literal)* ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A value this version does not know; see [`as_str`](Self::as_str).
            Unknown($crate::open::UnknownValue),
        }

        impl $name {
            /// Every value this version knows.
            $vis const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling on the wire.
            #[must_use]
            $vis fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $spelling,)+
                    Self::Unknown(value) => value.as_str(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(spelling: &str) -> Self {
                $(if spelling.eq_ignore_ascii_case($spelling) $(|| spelling.eq_ignore_ascii_case($other))* {
                    return Self::$variant;
                })+
                Self::Unknown($crate::open::UnknownValue::new(spelling))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let spelling = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(&*spelling))
            }
        }
    };
}
pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    open_enum! {
        /// A light.
        pub(crate) enum Light {
            /// Stop.
            Red = "red",
            /// Go.
            Green = "GREEN" | "emerald",
        }
    }

    #[test]
    fn unknown_spelling_survives_a_round_trip() {
        let light: Light = serde_json::from_str(r#""Ultra-Violet""#).unwrap();
        assert_eq!(light.as_str(), "Ultra-Violet");
        assert_eq!(serde_json::to_string(&light).unwrap(), r#""Ultra-Violet""#);
    }

    #[test]
    fn known_spellings_are_read_in_any_case_and_written_as_documented() {
        assert_eq!(Light::from("RED"), Light::Red);
        assert_eq!(serde_json::to_string(&Light::from("green")).unwrap(), r#""GREEN""#);
        assert_eq!(serde_json::to_string(&Light::from("Emerald")).unwrap(), r#""GREEN""#);
        assert_eq!(Light::KNOWN.len(), 2);
    }
}
