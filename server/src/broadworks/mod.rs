//! BroadWorks, seen from the outside: the one question asked of it is whether a user's credentials are right.
//!
//! Portal users sign in with their BroadWorks user id and password. Flowthrough keeps neither: [`XsiClient::profile`]
//! hands them to the Xsi-Actions interface of the phone company's own BroadWorks, and a profile in return means yes.
//!
//! The address of that interface is entered by an administrator of a partner, so it is not trusted: [`XsiUrl`] and the
//! client together make sure that it cannot be used to reach into the network that the server stands in.

pub(crate) mod network;
mod xsi;

pub use xsi::{BadXsiUrl, Profile, Timeouts, Unavailable, XsiClient, XsiError, XsiUrl};
