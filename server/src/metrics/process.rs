//! What the operating system says of this process, under the names that every Prometheus client gives it.

use std::fs;

use rustix::{
    param::{clock_ticks_per_second, page_size},
    process::{Resource, getrlimit},
};

/// How this process stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Process {
    pub resident_bytes: u64,
    pub open_descriptors: u64,
    pub most_descriptors: u64,
    pub cpu_seconds: f64,
}

impl Process {
    /// What can be found out.
    #[allow(clippy::cast_precision_loss, reason = "seconds of this century")]
    pub(super) fn now() -> Self {
        let ticks = clock_ticks_per_second() as f64;
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // The name before it, in brackets, may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(") ").map_or_else(Vec::new, |(_, rest)| rest.split(' ').collect());
        let field = |number: usize| fields.get(number - 3).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Self {
            resident_bytes: field(24) * page_size() as u64,
            open_descriptors: fs::read_dir("/proc/self/fd").map_or(0, |all| all.count() as u64),
            most_descriptors: getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX),
            cpu_seconds: (field(14) + field(15)) as f64 / ticks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_itself() {
        let Process { resident_bytes, open_descriptors, most_descriptors, cpu_seconds } = Process::now();
        assert!((1 << 20..1 << 40).contains(&resident_bytes), "{resident_bytes}");
        assert!(open_descriptors > 2 && most_descriptors >= open_descriptors);
        assert!((0.0..1e6).contains(&cpu_seconds));
    }
}
