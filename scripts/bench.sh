#!/usr/bin/env bash
# Measures the release on SQLite and PostgreSQL, each figure beside its reference of the same run (bench/, docs/PERFORMANCE.md).
#   scripts/bench.sh [sqlite] [postgres]     both by default, and a first visit in the browser
#   scripts/bench.sh document                puts the figures that are at hand into docs/PERFORMANCE.md
# Leaves them in target/bench/figures.json; those of the run before stand beside them.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
host=$(host_target)
figures=target/bench/figures.json
bench() { cargo run -q --release -p bench --target "$host" -- "$@"; }

if [ "${1:-}" = document ]; then
  bench table "$figures" >target/bench/table.md
  sed -i -e '/<!-- figures -->/,/<!-- end of figures -->/{//!d}' -e '/<!-- figures -->/r target/bench/table.md' docs/PERFORMANCE.md
  exit
fi

scripts/setup.sh release test bench
scripts/build.sh release
cargo build -q --release -p bench --target "$host"
mkdir -p target/bench
if [ $# = 0 ]; then
  step "a first visit on a slow phone"
  rm -f target/bench/first-visit.jsonl
  FLOWTHROUGH_FIGURES=$PWD/target/bench/first-visit.jsonl npm run figures --silent --prefix end2end
fi
step "the engine"
FLOWTHROUGH_BENCH_PYTHON=$TOOLS/bench/bin FLOWTHROUGH_POSTGRES_DURABLE=1 \
  scripts/with-postgres.sh "target/$host/release/bench" "$figures" "$@"
