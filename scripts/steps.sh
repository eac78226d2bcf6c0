# shellcheck shell=bash disable=SC2034
# How the scripts speak and where they work. Sourced first by each of them.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TARGET_DIR=$PWD/target        # the binary's documented path must not depend on who builds
TOOLS=$PWD/target/tools
WASM_TARGET=wasm32-unknown-unknown

step() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

fail() {
  printf '\033[1;31merror:\033[0m %s\n' "$*" >&2
  exit 1
}

host_target() { rustc -vV | sed -n 's/^host: //p'; }

# product_version: as Cargo.toml says
product_version() { sed -n 's/^version = "\(.*\)"$/\1/p;T;q' Cargo.toml; }

# source_date: the commit's, in seconds, where there is one: what is made of the same source carries the same date
source_date() { echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || true)}"; }
