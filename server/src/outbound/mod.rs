//! The way out of this server: addresses that somebody else has chosen, the networks behind them, and answers of any length.
//!
//! Whoever calls the outside begins here. [`Address`] says where a call may lead, [`client()`] and [`guarded_client`] make it, and
//! [`body`] reads what is answered.

mod address;
mod answer;
mod client;
mod link;
mod network;
mod reach;

pub use address::{Address, BadAddress};
pub use answer::{Unread, body};
pub use client::{client, guarded_client};
pub use link::is_web_address;
pub use reach::Reach;
