//! Clients for calls to the outside.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

use super::{Reach, network::PublicResolver};

/// A client for an address that the operator has chosen. `total` is for one call, connecting included.
///
/// No redirect is followed: what is sent is not for whomever an answer points to.
pub fn client(connect: Duration, total: Duration) -> ClientBuilder {
    Client::builder().connect_timeout(connect).timeout(total).redirect(redirect::Policy::none())
}

/// A client for addresses that others have chosen: it connects to nothing in a private network, unless the operator allows it.
/// Whether an address may be reached at all is [`Address::within`](super::Address::within)'s to say.
///
/// No proxy is used, whatever the environment says: it would resolve names itself, past the check.
pub fn guarded_client(connect: Duration, total: Duration, reach: &Reach) -> ClientBuilder {
    let builder = client(connect, total).no_proxy();
    if reach.is_private() { builder } else { builder.https_only(true).dns_resolver2(PublicResolver) }
}
