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
