//! The engine in a world of its own: two servers on one database, a target and a mail server, all in one thread on virtual
//! time, with everything going wrong that can. Chance is made of a seed, so a run that fails can be had again, and is made as
//! short as it gets before it is shown.
//!
//! `make simulate` runs as many as there is time for. `FLOWTHROUGH_SEED=17` runs that one alone and prints all that happens in
//! it; with `FLOWTHROUGH_STEPS=0,4,9` only these of its steps happen.

mod base;
mod book;
mod chance;
mod invariants;
mod outside;
mod replica;
mod run;
mod scenario;
mod time;

use std::{
    env,
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use server::environment::Environment;

use self::{
    base::Base,
    chance::Chance,
    run::Run,
    scenario::{Step, steps},
    time::Time,
};

/// How many seeds a test run tries, beside those that have found something: an attempt that took effect after a later one
/// was done.
const SEEDS: u64 = 20;
const FOUND: [u64; 1] = [173_977_339_845_395];
/// How many shorter runs are tried when one has failed.
const SHRINKING: usize = 300;
/// How much of what happened is shown of a run that failed.
const SHOWN: usize = 400;

/// What became of a run.
struct Outcome {
    violation: Option<String>,
    record: Vec<String>,
    fingerprint: u64,
}

fn run(seed: u64, steps: &[Step]) -> Outcome {
    let (time, base) = (Time::default(), Base::get());
    let chance = Chance::new(time.clone());
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().on_thread_park(move || time.leap()).build();
    let runtime = runtime.unwrap();
    let lived = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let (_folder, database) = base.copy().await;
            Run::begin(seed, base, &chance, database).live(seed, steps).await;
        });
    }));
    if lived.is_err() {
        chance.violated("panicked");
    }
    Outcome { violation: chance.violation(), fingerprint: chance.fingerprint(), record: chance.record() }
}

/// Leaves out what the run fails without.
fn shrunk(seed: u64, mut steps: Vec<Step>) -> Vec<Step> {
    let (mut length, mut left) = (steps.len() / 2, SHRINKING);
    while length > 0 {
        let mut at = 0;
        while at < steps.len() && left > 0 {
            left -= 1;
            let mut fewer = steps.clone();
            fewer.drain(at..(at + length).min(steps.len()));
            match run(seed, &fewer).violation {
                Some(_) => steps = fewer,
                None => at += length,
            }
        }
        length /= 2;
    }
    steps
}

/// Runs a seed. Returns what to say if it fails.
fn attempt(seed: u64) -> Result<(), String> {
    let all = steps(seed);
    if run(seed, &all).violation.is_none() {
        return Ok(());
    }
    let few = shrunk(seed, all);
    let Outcome { violation, record, .. } = run(seed, &few);
    Err(report(seed, &few, violation.as_deref().unwrap_or("it does not repeat"), &record))
}

fn report(seed: u64, steps: &[Step], violation: &str, record: &[String]) -> String {
    let numbers: Vec<_> = steps.iter().map(|step| step.number.to_string()).collect();
    let mut text = format!("FLOWTHROUGH_SEED={seed} FLOWTHROUGH_STEPS={}: {violation}\n", numbers.join(","));
    for line in &record[record.len().saturating_sub(SHOWN)..] {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|number| number.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// One seed alone, with all that happens.
fn replay(seed: u64) {
    let mut steps = steps(seed);
    if let Ok(some) = env::var("FLOWTHROUGH_STEPS") {
        let numbers: Vec<u64> = some.split(',').map(|number| number.trim().parse().unwrap()).collect();
        steps.retain(|step| numbers.contains(&step.number));
    }
    let Outcome { violation, record, fingerprint } = run(seed, &steps);
    println!("{}\nseed {seed}: fingerprint {fingerprint:016x}", record.join("\n"));
    assert_eq!(violation, None, "FLOWTHROUGH_SEED={seed}");
}

/// Seeds from the first one on, on so many threads, as long as `goes_on` says of how many there have been.
fn many(first: u64, threads: usize, goes_on: impl Fn(u64) -> bool + Sync) {
    let (next, began) = (AtomicU64::new(0), Instant::now());
    let worker = || {
        let mut failures = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if !goes_on(number) || !failures.is_empty() {
                return failures;
            }
            failures.extend(attempt(first + number).err());
        }
    };
    let failures: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let (seeds, took) = (next.load(Ordering::SeqCst) - threads as u64, began.elapsed());
    println!("{seeds} seeds from {first} in {took:.1?}: {:.0} a minute", seeds as f64 * 60.0 / took.as_secs_f64());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_engine_keeps_its_promises_whatever_goes_wrong() {
    if let Some(seed) = number("FLOWTHROUGH_SEED") {
        return replay(seed);
    }
    FOUND.into_iter().for_each(|seed| many(seed, 1, |number| number < 1));
    match number("FLOWTHROUGH_SIMULATE_SECONDS") {
        None => many(1, 1, |number| number < SEEDS),
        Some(seconds) => {
            // Each time others.
            let first = Environment::real().id().as_u128() as u64 >> 16;
            let end = Instant::now() + Duration::from_secs(seconds);
            let threads = thread::available_parallelism().map_or(1, Into::into);
            many(first, threads, |_| Instant::now() < end);
        }
    }
}

#[test]
fn a_seed_is_one_run_and_no_other() {
    let fingerprint = |seed| run(seed, &steps(seed)).fingerprint;
    let seeds = [1_000, 1_001, 1_002];
    let (first, again) = (seeds.map(fingerprint), seeds.map(fingerprint));
    assert_eq!(first, again);
    assert_ne!(first[0], first[1]);
}
