//! Bytes in a document of text: as text where they are text, else in Base64.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes as a recording keeps them; written as `{"text": …}` or `{"base64": …}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(into = "Form", try_from = "Form")]
#[schemars(with = "Form")]
pub struct Stored(pub Arc<[u8]>);

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Form {
    /// The bytes are this text in UTF-8.
    Text(String),
    /// The bytes in Base64, with padding.
    Base64(String),
}

impl From<Stored> for Form {
    fn from(stored: Stored) -> Self {
        match std::str::from_utf8(&stored.0) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(BASE64_STANDARD.encode(&stored.0)),
        }
    }
}

impl TryFrom<Form> for Stored {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        match form {
            Form::Text(text) => Ok(Self(Arc::from(text.into_bytes()))),
            Form::Base64(packed) => {
                let bytes = BASE64_STANDARD.decode(packed).map_err(|error| format!("this is not base64: {error}"))?;
                Ok(Self(Arc::from(bytes)))
            }
        }
    }
}

/// Writes bytes as [`Stored`] does, for `#[serde(with)]`.
pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    Stored(Arc::from(bytes)).serialize(serializer)
}

/// Reads bytes as [`Stored`] does, for `#[serde(with)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    Stored::deserialize(deserializer).map(|stored| stored.0.to_vec())
}
