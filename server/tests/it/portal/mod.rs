//! The activation portal over the engine, with a BroadWorks that knows its users.

mod sign_in;
