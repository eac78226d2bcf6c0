//! Pages that are the same for everybody are asked for by wrk, which costs the machine little.

use std::process::Command;

use crate::client::Rate;

/// One request, again and again.
#[derive(Clone, Debug, Default)]
pub struct Wrk {
    /// Where.
    pub url: String,
    /// By how many connections.
    pub connections: usize,
    /// With which headers.
    pub headers: Vec<(String, String)>,
    /// A body, which is POSTed.
    pub body: Option<String>,
}

impl Wrk {
    /// The same by so many connections.
    pub fn by(self, connections: usize) -> Self {
        Self { connections, ..self }
    }

    /// The same with another header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The median of three runs of so many seconds each.
    pub fn run(&self, seconds: u32) -> Rate {
        let mut runs: Vec<_> = (0..3).map(|_| self.once(seconds)).collect();
        runs.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        runs[1]
    }

    /// One run.
    pub fn once(&self, seconds: u32) -> Rate {
        let mut command = Command::new("wrk");
        command.args(["-t1", "--latency", &format!("-c{}", self.connections), &format!("-d{seconds}s")]);
        let script = tempfile::NamedTempFile::new().expect("a temporary file");
        if let Some(body) = &self.body {
            let lua = format!("wrk.method = \"POST\"\nwrk.body = {body:?}\n");
            std::fs::write(script.path(), lua).expect("a temporary file");
            command.arg("-s").arg(script.path());
        }
        for (name, value) in &self.headers {
            command.arg(format!("-H{name}: {value}"));
        }
        let told = command.arg(&self.url).output().expect("wrk runs");
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(!told.contains("Non-2xx") && !told.contains("Socket errors"), "{}: {told}", self.url);
        let field = |name: &str| {
            let line = told.lines().map(str::trim).find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{}: {told}", self.url)).trim().to_owned()
        };
        Rate {
            per_second: field("Requests/sec:").parse().expect("a number"),
            p50: milliseconds(&field("50%")),
            p99: milliseconds(&field("99%")),
        }
    }
}

fn milliseconds(told: &str) -> f64 {
    let end = told.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(told.len());
    let number: f64 = told[..end].parse().expect("a number");
    number
        * match &told[end..] {
            "us" => 1e-3,
            "s" => 1e3,
            "m" => 6e4,
            _ => 1.0,
        }
}
