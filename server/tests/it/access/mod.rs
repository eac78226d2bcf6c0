//! Who is asking, how often, and who is kept out by it.

pub mod flood;
mod hub;
mod network;
mod portal;
mod throttle;
