//! One program for all targets: `FUZZ_TARGET` names the one that is fed (`make fuzz`).
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use server::fuzzing::{Target, target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| panic!("FUZZ_TARGET: there is no target {name:?}"))
});

fuzz_target!(|bytes: &[u8]| TARGET(bytes));
