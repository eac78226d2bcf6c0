//! What an id is: a UUID of a type of its own, text on the wire and in addresses.

use std::fmt;

/// What was written is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoId;

impl fmt::Display for NoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no id")
    }
}

impl std::error::Error for NoId {}

/// How long a UUID is as we write it, with hyphens (RFC 9562 §4). Those who read UUIDs take other spellings, too, which are all
/// shorter or longer: braces, a prefix, no hyphens. Whatever has several spellings is two things for whoever compares what is written.
pub const LENGTH: usize = 36;

/// Makes the type of an id. The types themselves stand where their rows or screens do: a database's crate and a browser's know
/// different ones. Who calls it has `serde` and `uuid`.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(::uuid::Uuid);

        impl From<::uuid::Uuid> for $name {
            fn from(id: ::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for ::uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::id::NoId;
            fn from_str(written: &str) -> Result<Self, $crate::id::NoId> {
                let read = ::uuid::Uuid::try_parse(written).ok().filter(|_| written.len() == $crate::id::LENGTH);
                read.map(Self).ok_or($crate::id::NoId)
            }
        }

        /// Text from outside, or the bytes of a table's cell.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(written: D) -> Result<Self, D::Error> {
                if !written.is_human_readable() {
                    return <::uuid::Uuid as ::serde::Deserialize>::deserialize(written).map(Self);
                }
                let text = <::std::string::String as ::serde::Deserialize>::deserialize(written)?;
                text.parse().map_err(<D::Error as ::serde::de::Error>::custom)
            }
        }
    };
}
