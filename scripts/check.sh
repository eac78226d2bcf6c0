#!/usr/bin/env bash
# Formatting and lints: Rust for the server and for the browser, links in its documentation, dependencies; the code and tests
# that docs/ claims, and whether it hangs together; types of the end-to-end tests, the scripts' own lints and known weaknesses of
# dependencies where set-up or you have installed what that takes (make test; apt-get install shellcheck; cargo deny fetch).
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh check
# shellcheck source=/dev/null
source "$TOOLS/env.sh"

step "cargo fmt --check"
cargo fmt --check
step "cargo clippy: the server's half"
cargo clippy -q --workspace --exclude portal-frontend --exclude hub-frontend --all-targets --target "$(host_target)" -- -D warnings
step "cargo clippy: an operator's server"
cargo clippy -q -p server --no-default-features --target "$(host_target)" -- -D warnings
step "cargo clippy: the browser's half"
if cargo "+$WASM_TOOLCHAIN" clippy --version >/dev/null 2>&1; then
  cargo "+$WASM_TOOLCHAIN" clippy -q -p portal-frontend -p hub-frontend -p app --features app/hydrate --target "$WASM_TARGET" -- -D warnings
else
  step "skipped: the toolchain '$WASM_TOOLCHAIN' has no clippy (Debian: apt-get install rust-web-clippy)"
fi
step "cargo doc: the links"
# What is private is documented, too; clap shows addresses as they are written.
RUSTDOCFLAGS="-A rustdoc::private_intra_doc_links -A rustdoc::bare_urls" \
  cargo doc -q --no-deps --document-private-items -p domain -p app -p server --features app/ssr --target "$(host_target)"
step "hadolint; compose.yaml"
"$TOOLS/check/bin/hadolint" packaging/Containerfile
"$TOOLS/check/bin/check-jsonschema" --quiet --builtin-schema vendor.compose-spec packaging/compose.yaml
step "the list of components: CycloneDX 1.5"
scripts/sbom.py "$(host_target)" | "$TOOLS/check/bin/python" -c '
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read())
sys.exit(wrong and str(wrong))'
step "cargo shear: dependencies that nobody uses"
"$TOOLS/check/bin/cargo-shear"
step "cargo deny: licences, sources, crates that are there twice"
"$TOOLS/check/bin/cargo-deny" --offline --log-level error check --hide-inclusion-graph bans licenses sources
if [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" ]; then
  step "cargo deny: known weaknesses"
  "$TOOLS/check/bin/cargo-deny" --offline check advisories
fi
step "claims: what docs/ says of each requirement of a standard"
scripts/check-claims.sh docs/SECURITY.md docs/ACCESSIBILITY.md docs/cases/*.md
step "rooms: no circle of files, and the database's crate in the store alone"
scripts/check-rooms.py
step "docs: links, the book's table of contents, the handbook, what the cases quote"
scripts/check-docs.py
if [ -d end2end/node_modules ]; then
  step "tsc: the end-to-end tests"
  npm run --silent --prefix end2end check
fi
if command -v shellcheck >/dev/null; then
  step "shellcheck"
  shellcheck -x scripts/*.sh packaging/debian/p* .ci/run
fi
