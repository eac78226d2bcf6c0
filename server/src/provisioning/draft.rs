//! A subscriber as a JSON object with the API's names, and why what was written down is not done.

use domain::{
    Fault, Field,
    draft::{Draft, Flaw},
};
use serde_json::{Map, Value};

use crate::fault::Trouble;
use crate::store::DbErr;

/// Why what was written down is not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What is asked for makes no sense.
    #[error("{0:?}")]
    Flawed(Vec<Flaw>),
    /// It makes sense and cannot be done.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Flaw> for Refused {
    fn from(flaw: Flaw) -> Self {
        Self::Flawed(vec![flaw])
    }
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Trouble(error.into())
    }
}

/// What is written in a JSON object with the API's names. A `null` is the same as nothing.
#[must_use]
pub fn from_json(members: &Map<String, Value>) -> Draft {
    let mut draft = Draft::default();
    for field in Field::ALL {
        match members.get(field.property()) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => draft.set(field, Ok(text.clone())),
            Some(_) => draft.set(field, Err(Fault::InvalidParameter)),
        }
    }
    draft
}

/// What is written, as a JSON object with the API's names; what cannot be read is left out.
#[must_use]
pub fn to_json(draft: &Draft) -> Map<String, Value> {
    draft.written().map(|(field, text)| (field.property().to_owned(), Value::from(text))).collect()
}
