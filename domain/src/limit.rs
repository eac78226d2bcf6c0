//! How often somebody may try: fixed windows, counted in the database so that they hold across replicas and restarts.

use crate::timestamp::{DAY, HOUR, MINUTE, SECOND};

/// At most `max` tries within `window` milliseconds, per subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The name under which tries are counted.
    pub name: &'static str,
    /// Tries allowed within one window.
    pub max: i64,
    /// Length of the window in milliseconds.
    pub window: i64,
}

impl Limit {
    /// For a whole IPv6 site, in which there are many networks: more generous.
    #[must_use]
    pub const fn of_site(self) -> Self {
        Self { max: self.max * SITE, ..self }
    }
}

/// How many networks' tries a site has.
const SITE: i64 = 4;

/// How tries are slowed down: whoever tries waits, and no network is refused because others have failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brake {
    /// So many failures are free of it.
    pub limit: Limit,
    /// The pause between two tries after the first failure beyond that, in milliseconds. It doubles with each.
    pub first: i64,
    /// The longest pause, and the longest that anybody waits, in milliseconds.
    pub longest: i64,
}

impl Brake {
    /// The pause after a try, when so many have failed before it.
    #[must_use]
    pub const fn pause(self, failures: i64) -> i64 {
        if failures < self.limit.max {
            return 0;
        }
        let doublings = failures - self.limit.max;
        let pause = if doublings < 16 { self.first << doublings } else { self.longest };
        if pause < self.longest { pause } else { self.longest }
    }
}

/// How often signing in may fail. What succeeds never counts; a browser in which it has succeeded before is only held to
/// [`KNOWN_DEVICE`], so that nobody is locked out by what others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Per account, existing or not, and network: a guesser gets no further and learns nothing.
    pub account: Limit,
    /// Per network, whatever the accounts.
    pub network: Limit,
    /// Per account, from wherever.
    pub brake: Brake,
}

/// Signing in to the portal. BroadWorks may lock an account after some wrong passwords, whoever sends them: with more
/// than five it is asked about it at most four times a minute by those who have failed, and once by each other network.
pub const PORTAL_SIGN_IN: SignIn = SignIn {
    account: Limit { name: "portal-sign-in", max: 5, window: 15 * MINUTE },
    network: Limit { name: "portal-sign-in-network", max: 300, window: 15 * MINUTE },
    brake: Brake {
        limit: Limit { name: "portal-sign-in-account", max: 5, window: 15 * MINUTE },
        first: SECOND,
        longest: 15 * SECOND,
    },
};
/// Signing in to the hub.
pub const HUB_SIGN_IN: SignIn = SignIn {
    account: Limit { name: "hub-sign-in", max: 8, window: 15 * MINUTE },
    network: Limit { name: "hub-sign-in-network", max: 100, window: 15 * MINUTE },
    brake: Brake {
        limit: Limit { name: "hub-sign-in-account", max: 8, window: 15 * MINUTE },
        first: SECOND / 2,
        longest: 10 * SECOND,
    },
};
/// Credentials at a template's flow-through adapter that are not remembered and have to be compared with their hash.
pub const ADAPTER_SIGN_IN: SignIn = SignIn {
    account: Limit { name: "adapter-sign-in", max: 30, window: 15 * MINUTE },
    network: Limit { name: "adapter-sign-in-network", max: 300, window: 15 * MINUTE },
    brake: Brake {
        limit: Limit { name: "adapter-sign-in-account", max: 30, window: 15 * MINUTE },
        first: SECOND / 2,
        longest: 5 * SECOND,
    },
};
/// Failed sign-ins of one account in a browser in which somebody has signed in to it before. Beyond, it is a stranger's.
pub const KNOWN_DEVICE: Limit = Limit { name: "known-device", max: 8, window: 15 * MINUTE };
/// For how long a browser is known after signing in, in milliseconds.
pub const DEVICE_LIFETIME: i64 = 180 * DAY;
/// Set-up links that do not exist, per network.
pub const SET_UP_NETWORK: Limit = Limit { name: "set-up-network", max: 100, window: 15 * MINUTE };
/// Sign-ins by identity providers that are begun, or come back without having been begun here, per network.
pub const OIDC_NETWORK: Limit = Limit { name: "oidc-network", max: 300, window: 15 * MINUTE };
/// Sign-ins by passkey that are begun, and those that are in vain, per network.
pub const PASSKEY_NETWORK: Limit = Limit { name: "passkey-network", max: 300, window: 15 * MINUTE };
/// Mails asking to prove an address, per subscriber.
pub const PROOF_MAIL: Limit = Limit { name: "proof-mail", max: 6, window: HOUR };
/// Mails asking to prove an address, per partner and mailbox: nobody's is flooded through many user ids or `+tags`. Those
/// that users ask for are counted, and refused, when they do; those that arrivals cause when they are sent, and they wait.
pub const PROOF_MAIL_RECIPIENT: Limit = Limit { name: "proof-mail-recipient", max: 10, window: HOUR };
/// Mails to a recipient that each subscriber may have sent even so: whose address it is, is not kept from proving it.
pub const PROOF_MAIL_OWN: Limit = Limit { name: "proof-mail-own", max: 2, window: HOUR };
/// The tries at sending one mail that count for its recipient.
pub const PROOF_MAIL_TRY: Limit = Limit { name: "proof-mail-try", max: 1, window: 2 * DAY };
/// Wrong codes, per subscriber: 20 tries an hour at a million codes.
pub const CODE: Limit = Limit { name: "code", max: 20, window: HOUR };
/// Wrong tries at one code before it is worthless.
pub const CODE_TRIES: Limit = Limit { name: "code-tries", max: 5, window: CODE_LIFETIME };
/// Opening links that do not exist, per network.
pub const LINK_NETWORK: Limit = Limit { name: "link-network", max: 300, window: 15 * MINUTE };
/// Calls of the REST API, per token, unless the settings say otherwise.
pub const API_CALLS: Limit = Limit { name: "api-calls", max: 6_000, window: MINUTE };

/// Pages and calls of the hub, per administrator, unless the settings say otherwise.
pub const HUB_CALLS: Limit = Limit { name: "hub-calls", ..API_CALLS };
/// Files with what is known of users or of what was done, per administrator.
pub const EXPORTS: Limit = Limit { name: "exports", max: 100, window: HOUR };
/// Files that are checked or taken in, per administrator.
pub const IMPORTS: Limit = Limit { name: "imports", max: 300, window: HOUR };

/// The most characters that the name of an API token may have.
pub const TOKEN_NAME: usize = 80;

/// How long an API token works at the longest that ends by itself, in milliseconds.
pub const TOKEN_LIFETIME: i64 = 365 * DAY;

/// How long the answer to a call with an Idempotency-Key is kept, in milliseconds.
pub const IDEMPOTENCY: i64 = 24 * HOUR;
/// How long a mailed link proves an address, in milliseconds.
pub const LINK_LIFETIME: i64 = 24 * HOUR;
/// How long a mailed code proves an address, in milliseconds.
pub const CODE_LIFETIME: i64 = 30 * MINUTE;
/// How long to wait before a mail may be asked for again, in milliseconds.
pub const RESEND_AFTER: i64 = MINUTE / 2;
/// Whoever helps many users at once sends nobody a mail who was sent one within this time, in milliseconds.
pub const REMIND_AFTER: i64 = DAY;
/// How long a template's provisioning ID that was replaced is still taken at the longest, in milliseconds.
pub const FORMER_PROVISIONING_ID: i64 = 90 * DAY;
/// How long a portal session lasts, in milliseconds.
pub const PORTAL_SESSION: i64 = 12 * HOUR;
/// How long a portal session lasts after its last use, in milliseconds. A page that is open and waits does not use it.
pub const PORTAL_SESSION_IDLE: i64 = 2 * HOUR;
/// How long a sign-in to the hub waits for the code of the second factor, in milliseconds.
pub const SIGN_IN_CODE: i64 = 10 * MINUTE;
/// How long a sign-in by an identity provider may take, in milliseconds.
pub const OIDC_SIGN_IN: i64 = 10 * MINUTE;
/// How long a browser has to answer with a passkey, in milliseconds.
pub const PASSKEY_CEREMONY: i64 = 5 * MINUTE;
/// How many passkeys somebody may have.
pub const PASSKEYS: usize = 10;
/// How many characters the name of one may have.
pub const PASSKEY_NAME: usize = 60;
/// How long a second factor that is being set up waits for its first code, in milliseconds.
pub const FACTOR_SET_UP: i64 = 15 * MINUTE;
/// How long a hub session lasts after its last use, in milliseconds.
pub const HUB_SESSION_IDLE: i64 = 2 * HOUR;
/// How many lists somebody may save.
pub const SAVED_VIEWS: usize = 50;
/// How many characters the name of a saved list may have.
pub const VIEW_NAME: usize = 60;
/// How many characters its address may have.
pub const VIEW_ADDRESS: usize = 2_000;
/// How long it counts that whoever has a hub session has proven who they are, in milliseconds: for what lets somebody in or lists out.
pub const HUB_PROOF: i64 = 15 * MINUTE;
/// How long a hub session lasts at the longest, in milliseconds.
pub const HUB_SESSION: i64 = 12 * HOUR;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brake_grips_slowly_and_never_blocks() {
        let pauses: Vec<i64> = (5..12).map(|failures| PORTAL_SIGN_IN.brake.pause(failures)).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        for brake in [PORTAL_SIGN_IN.brake, HUB_SIGN_IN.brake, ADAPTER_SIGN_IN.brake] {
            assert_eq!((brake.pause(0), brake.pause(brake.limit.max - 1)), (0, 0));
            assert_eq!((brake.pause(brake.limit.max), brake.pause(i64::MAX)), (brake.first, brake.longest));
        }
    }

    #[test]
    fn a_site_may_try_as_often_as_several_of_its_networks() {
        let network = PORTAL_SIGN_IN.network;
        let site = network.of_site();
        assert_eq!((site.name, site.max, site.window), (network.name, 4 * network.max, network.window));
    }
}
