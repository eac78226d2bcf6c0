//! Reading JSON of which the form is known and not kept to everywhere: `null` for what is not there, a number for a text
//! and a text for a number. For `#[serde(default, deserialize_with = …)]`.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text; empty, if there is none.
pub(super) fn text<'de, D: Deserializer<'de>>(written: D) -> Result<String, D::Error> {
    Ok(optional_text(written)?.unwrap_or_default())
}

/// A text, if there is one.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(written: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(written)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A number; 0, if there is none.
pub(super) fn number<'de, D: Deserializer<'de>>(written: D) -> Result<u32, D::Error> {
    Ok(text(written)?.trim().parse().unwrap_or_default())
}

/// A list; empty, if there is none. What cannot be read in it is left out.
pub(super) fn list<'de, D: Deserializer<'de>, T: for<'a> Deserialize<'a>>(written: D) -> Result<Vec<T>, D::Error> {
    let values: Vec<Value> = match Value::deserialize(written)? {
        Value::Array(values) => values,
        // Of one value, some make no list.
        value @ Value::Object(_) => vec![value],
        _ => Vec::new(),
    };
    Ok(values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect())
}
