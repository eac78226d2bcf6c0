//! `/v1/broadworks`

mod subscribers;
