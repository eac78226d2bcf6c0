//! The blocks of code in the documents, and who sees to each.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// How a block of code is seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// A part of the page from which clients are written.
    Page,
    /// One call of the API or the adapter, in curl.
    Call,
    /// The same, as it travels.
    Request,
    /// Commands of ours, one a line.
    Commands,
    /// How databases are copied.
    Database,
    /// Settings of Prometheus.
    Prometheus,
    /// Settings of ours.
    Settings,
    /// What an operator does as root, line by line ([`super::PACKAGE`]).
    Package,
    /// It is nothing that could be run here, for this reason.
    Words(&'static str),
}

use Proof::{Call, Commands, Database, Package, Page, Prometheus, Request, Settings, Words};

/// Blocks by their document and how they begin.
pub(super) const PROOFS: &[(&str, &str, Proof)] = &[
    ("README.md", "make run", Words("`make test` is what runs this; `make run` serves its demo")),
    ("README.md", "curl https://activate.example.com/", Call),
    ("docs/ADAPTER.md", "curl ", Call),
    ("docs/ADAPTER.md", "flowthrough template adapter", Commands),
    ("docs/API-GUIDE.md", "/// ", Words("Rust of ours, shortened")),
    ("docs/API.md", "flowthrough --server", Words("it/remote.rs::every_documented_command_of_a_script")),
    ("docs/API.md", "POST /v1/", Request),
    ("docs/API.md", "POST /flowthrough", Words("what a webhook sends: it/api/webhooks.rs::")),
    ("docs/ARCHITECTURE.md", "server/  ", Words("a picture")),
    ("docs/ARCHITECTURE.md", "HTTP →", Words("a picture")),
    ("docs/CLIENTS.md", "", Page),
    (
        "docs/CONFIGURATION.md",
        "# flowthrough.socket",
        Words("two units, shortened; scripts/deb-lifecycle.sh runs the whole ones"),
    ),
    ("docs/CONFIGURATION.md", "flowthrough ", Commands),
    ("docs/CONFIGURATION.md", "pg_dump ", Database),
    ("docs/CONFIGURATION.md", "sqlite3 ", Database),
    ("docs/CONFIGURATION.md", "[partners.\"SP Two\".broadworks]", Settings),
    ("docs/CONFIGURATION.md", "[partners.\"SP Two\".oidc]", Settings),
    ("docs/CUSTOMER-ADMIN.md", "flowthrough ", Commands),
    ("docs/GOING-LIVE.md", "# /etc/postfix/main.cf", Words("settings of Postfix, which is not here")),
    (
        "docs/GOING-LIVE.md",
        "flowthrough-bounce unix",
        Words("settings of Postfix; it/bounces.rs:: runs the command in them"),
    ),
    ("docs/GOING-LIVE.md", "[oidc]", Settings),
    ("docs/GOING-LIVE.md", "returned_mails:", Words("settings of Exim, which is not here")),
    ("docs/GOING-LIVE.md", "public_url = ", Settings),
    ("docs/GOING-LIVE.md", "make release", Package),
    ("docs/GOING-LIVE.md", "systemctl enable", Package),
    ("docs/GOING-LIVE.md", "run backup", Package),
    ("docs/MIGRATIONS.md", "//! ", Words("Rust of ours, as an example")),
    ("docs/MONITORING.md", "scrape_configs:", Prometheus),
    ("docs/PRIVACY.md", "flowthrough ", Commands),
    ("docs/README.md", "make run", Words("as in README.md")),
    ("docs/SECURITY.md", "browser, API client", Words("a picture")),
];

/// A block of code in a document.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) document: String,
    pub(super) language: String,
    pub(super) text: String,
}

impl Block {
    pub(super) fn proof(&self) -> Option<Proof> {
        let fits = |(document, beginning, _): &&(&str, &str, Proof)| {
            self.document == *document && self.text.starts_with(beginning)
        };
        PROOFS.iter().find(fits).map(|(_, _, proof)| *proof)
    }
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The documents, by their paths.
fn documents() -> Vec<String> {
    fn gather(folder: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap());
            if root().join(&name).is_dir() {
                gather(&name, found);
            } else if name.ends_with(".md") {
                found.push(name);
            }
        }
    }
    let mut found = vec!["README.md".to_owned()];
    gather("docs", &mut found);
    found.sort();
    found
}

pub(super) fn blocks() -> Vec<Block> {
    let mut found = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(language) = line.trim_start().strip_prefix("```") else { continue };
            let indent = line.len() - line.trim_start().len();
            let inside = lines.by_ref().take_while(|line| line.trim_start() != "```");
            let text = inside.map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
            found.push(Block { document: document.clone(), language: language.to_owned(), text });
        }
    }
    found
}

pub(super) fn proven_by(proof: Proof) -> Vec<Block> {
    let these: Vec<_> = blocks().into_iter().filter(|block| block.proof() == Some(proof)).collect();
    assert!(!these.is_empty(), "{proof:?}");
    these
}
