//! From what this program was built.

use serde_json::{Value, json};

/// From what this program was built. scripts/build.sh says it to the compiler; who builds without, such as a test, does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// The version.
    pub version: &'static str,
    /// The commit; `unknown` where nobody said it.
    pub commit: &'static str,
    /// The day of that commit, or of `SOURCE_DATE_EPOCH`: the same source gives the same program.
    pub date: &'static str,
}

impl Build {
    /// As JSON, for `/version`.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { version, commit, date } = self;
        json!({ "name": "flowthrough", "version": version, "commit": commit, "date": date })
    }
}

impl std::fmt::Display for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { version, commit, date } = self;
        write!(f, "{version} ({commit} {date})")
    }
}
