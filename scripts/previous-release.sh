#!/usr/bin/env bash
# Runs the version before on a database that this one has migrated, and this one after it, on SQLite and PostgreSQL.
#   scripts/previous-release.sh [COMMIT]     by default the last one before the newest migration
# Its binary is built once and kept in target/previous. FLOWTHROUGH_TEST_PREVIOUS=PATH takes one that is there.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh test
host=$(host_target)

newest=$(git log -1 --diff-filter=A --format=%H -- 'server/src/store/migration/m[0-9]*.rs')
commit=$(git rev-parse --verify "${1:-$newest^}^{commit}")
previous=$PWD/target/previous
binary=${FLOWTHROUGH_TEST_PREVIOUS:-$previous/$commit}

if [ ! -x "$binary" ]; then
  step "the version before: ${commit:0:9}"
  rm -rf "$previous/source"
  mkdir -p "$previous/source"
  git archive "$commit" | tar -x -C "$previous/source"
  (cd "$previous/source" &&
    CARGO_TARGET_DIR=$previous/target cargo build -p server --bin flowthrough --target "$host")
  cp "$previous/target/$host/debug/flowthrough" "$binary"
  rm -rf "$previous/source"
fi

step "the version before on this schema"
FLOWTHROUGH_TEST_PREVIOUS=$binary \
  scripts/with-postgres.sh cargo test -q -p server --test it --target "$host" store::previous -- --ignored
