//! `/v1/broadworks`

mod billing;
mod enterprises;
mod overview;
mod subscribers;
mod workspaces;
