//! The activation portal over the engine, with a BroadWorks that knows its users.

mod comeback;
mod outage;
mod sign_in;
mod waiting;
