#!/usr/bin/env bash
# Counts what can be counted exactly: statements and commits of what users do and what they cost SQLite, statements and bytes of pages,
# bytes of what a browser loads. What has grown by more than a twentieth over what is committed (bench/quick.tsv) fails.
#   scripts/bench-quick.sh [record]     record: takes today's figures for the committed ones
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
committed=bench/quick.tsv
now=target/bench/quick.tsv
[ -d target/package-release ] || fail "nothing is built for browsers: scripts/build.sh demo"
mkdir -p target/bench

{
  scripts/with-services.sh cargo test -q -p server --test it --target "$(host_target)" figures:: -- --ignored --nocapture --test-threads=1 |
    sed -n 's/^.*figure\t//p'
  # A release's site may have been built anew without compression, for tests: its package has not.
  for file in target/package-release/*.br; do
    printf 'browser %s compressed, bytes\t%d\n' "$(basename "$file" .br)" "$(stat -c %s "$file")"
  done
  for sheet in flowthrough hub; do
    printf 'browser %s.css compressed, bytes\t%d\n' "$sheet" "$(stat -c %s "target/site/pkg/$sheet.css.br")"
  done
} | sort >"$now"

if [ "${1:-}" = record ]; then
  cp "$now" "$committed"
  exit
fi

awk -F'\t' '
  NR == FNR { was[$1] = $2; next }
  { now[$1] = $2 }
  function failed(what) { print "FAILED  " what; bad++ }
  END {
    for (name in was) if (!(name in now)) failed(name ": " was[name] ", and now it is not counted any more")
    for (name in now) {
      if (!(name in was)) failed(name ": " now[name] ", which is new (scripts/bench-quick.sh record)")
      else if (now[name] > was[name] * 1.05) failed(name ": " now[name] ", was " was[name])
      else {
        good++
        if (now[name] < was[name] * 0.95) print "better  " name ": " now[name] ", was " was[name] " (scripts/bench-quick.sh record)"
      }
    }
    print good + 0 " passed, " bad + 0 " failed"
    exit bad > 0
  }' "$committed" "$now"
