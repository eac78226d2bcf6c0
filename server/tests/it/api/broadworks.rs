//! `/v1/broadworks`

mod billing;
mod enterprises;
mod subscribers;
mod workspaces;
