//! What happens in a run: made up from its seed, before it begins.

use domain::{
    Package,
    timestamp::{MINUTE, SECOND},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{chance::Weather, outside::OWNED};

/// The servers that share the database.
pub const SERVERS: usize = 2;
/// The users who come and go.
pub const USERS: [&str; 5] = ["1@sp.com", "2@sp.com", "3@sp.com", "4@sp.com", "5@sp.com"];
/// The rooms.
pub const ROOMS: [&str; 2] = ["room1@sp.com", "room2@sp.com"];
/// Fewer than users, so that some are taken.
const ADDRESSES: [&str; 4] = ["ann@acme.com", "Bob@acme.com", "cy@acme.com", OWNED];

/// One thing that happens. A number points at somebody among those who are there by then.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Somebody is announced, with an address or without.
    Arrive {
        user: &'static str,
        template: usize,
        email: Option<&'static str>,
    },
    /// The user enters an address.
    EnterAddress(usize, &'static str),
    /// The user goes back.
    WithdrawAddress(usize),
    /// The user wants another mail.
    Resend(usize),
    /// The user opens the link in the newest mail, or in some mail.
    Prove(usize, Option<usize>),
    /// The user tries again what failed.
    TryAgain(usize),
    /// An API client does.
    Retry(usize),
    /// An administrator vouches for an address.
    Onboard(usize, &'static str),
    /// An administrator wants another package.
    ChangePackage(usize, Package),
    /// An API client writes another name.
    Rename(usize),
    /// Somebody wants the user gone.
    Remove(usize),
    AddRoom(&'static str),
    ChangeRoom(usize, u32),
    RemoveRoom(usize),
    /// A server dies, in the middle of whatever it does, and is back after so many milliseconds.
    Crash(i64),
    /// A server ends what it has under way, and is started again.
    Restart,
    /// A server stands still for so many milliseconds.
    Freeze(i64),
    /// A server's clock is so many milliseconds ahead of the right time, or behind.
    SetClock(i64),
    /// From now on things are as bad as this.
    Weather(Weather),
    /// The owners of existing accounts agree.
    Agree,
    /// They do not.
    Decline,
}

/// A deed, at which server it is done if it is done at one, and how many milliseconds pass after it has begun.
#[derive(Clone, Debug)]
pub struct Step {
    pub number: u64,
    pub server: usize,
    pub deed: Deed,
    pub passes: i64,
}

/// Everything that happens in the run of this seed.
pub fn steps(seed: u64) -> Vec<Step> {
    let mut random = StdRng::seed_from_u64(seed);
    let many = random.random_range(30..90);
    (0..many).map(|number| step(number, &mut random)).collect()
}

fn step(number: u64, random: &mut StdRng) -> Step {
    // Most of the time somebody does something at once, sometimes much later.
    let passes = match random.random_range(0..10) {
        0..3 => 0,
        3..8 => random.random_range(1..5 * SECOND),
        8 => random.random_range(1..30 * SECOND),
        _ => random.random_range(1..3 * MINUTE),
    };
    let server = random.random_range(0..SERVERS);
    // Things begin as bad as chance has it.
    let deed = if number == 0 { Deed::Weather(weather(random)) } else { deed(random) };
    Step { number, server, deed, passes }
}

fn deed(random: &mut StdRng) -> Deed {
    let address = *ADDRESSES.choose(random).unwrap();
    let who = random.random_range(0..60);
    match random.random_range(0..100) {
        0..20 => Deed::Arrive {
            user: USERS.choose(random).unwrap(),
            template: who,
            email: random.random_bool(0.6).then_some(address),
        },
        20..28 => Deed::EnterAddress(who, address),
        28..31 => Deed::WithdrawAddress(who),
        31..34 => Deed::Resend(who),
        34..48 => Deed::Prove(who, random.random_bool(0.3).then(|| random.random_range(0..60))),
        48..51 => Deed::TryAgain(who),
        51..54 => Deed::Retry(who),
        54..58 => Deed::Onboard(who, address),
        58..64 => Deed::ChangePackage(who, *Package::ALL.choose(random).unwrap()),
        64..66 => Deed::Rename(who),
        66..76 => Deed::Remove(who),
        76..79 => Deed::AddRoom(ROOMS.choose(random).unwrap()),
        79..80 => Deed::ChangeRoom(who, random.random_range(1..1_000)),
        80..82 => Deed::RemoveRoom(who),
        82..86 => Deed::Crash(random.random_range(0..40 * SECOND)),
        86..88 => Deed::Restart,
        88..91 => Deed::Freeze(random.random_range(1..90 * SECOND)),
        91..93 => Deed::SetClock(random.random_range(-2 * SECOND..2 * SECOND)),
        93..98 => Deed::Weather(weather(random)),
        98 => Deed::Agree,
        _ => Deed::Decline,
    }
}

fn weather(random: &mut StdRng) -> Weather {
    let mut bad = |most: u32| if random.random_bool(0.5) { random.random_range(0..most) } else { 0 };
    let (database_fails, database_slow, target, mail) = (bad(30), bad(20), bad(600), bad(500));
    let (target_down, mail_down) = (random.random_bool(0.1), random.random_bool(0.1));
    Weather { database_fails, database_slow, target, mail, target_down, mail_down }
}
