//! `/v1/broadworks`

mod enterprises;
mod subscribers;
