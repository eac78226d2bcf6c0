//! What the database may do to us, and what must not come of it.

mod contradiction;
pub mod counters;
mod file;
mod full;
mod migrations;
mod mishaps;
mod pooler;
mod prepared;
mod previous;
mod search;
mod silent;
