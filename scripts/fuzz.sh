#!/usr/bin/env bash
# Feeds everything that reads bytes from outside with what libFuzzer thinks of, from the examples in fuzz/corpus/ on, and stops at the
# first that breaks a promise: its bytes are in target/fuzz/found/. They become an example, and what is wrong is put right.
#   scripts/fuzz.sh [SECONDS] [TARGET…]     so long for each; all of them, unless some are named
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
seconds=${1:-60}
targets=("${@:2}")
[ ${#targets[@]} != 0 ] || mapfile -t targets < <(ls fuzz/corpus)

step "building the fuzzer"
# Safe Rust needs no sanitizer but the compiler's own checks; what libFuzzer has to know, the installed compiler can tell.
# The very versions that are shipped.
cp Cargo.lock fuzz/Cargo.lock
RUSTC_WRAPPER=$PWD/scripts/fuzz-rustc.sh CARGO_TARGET_DIR=target/fuzz/build \
  cargo build -q --release --manifest-path fuzz/Cargo.toml --target "$(host_target)"

found=0
if [ $# -lt 2 ]; then
  step "the API, from outside"
  FLOWTHROUGH_REQUESTS=10000 FLOWTHROUGH_EXAMPLES=50 FLOWTHROUGH_SEQUENCES=400 scripts/with-services.sh \
    cargo test -q -p server --test it --target "$(host_target)" -- api::malformed api::clients || found=1
fi
for target in "${targets[@]}"; do
  step "fuzzing $target for $seconds s"
  mkdir -p "target/fuzz/learnt/$target" target/fuzz/found
  log=target/fuzz/$target.log
  # What it learns is kept for the next time, beside the examples.
  if ! FUZZ_TARGET=$target "target/fuzz/build/$(host_target)/release/fuzz" "target/fuzz/learnt/$target" "fuzz/corpus/$target" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="target/fuzz/found/$target-" >"$log" 2>&1; then
    found=$((found + 1))
    tail -n 40 "$log"
  fi
  printf '%-16s %s\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions" | tee -a target/fuzz/executions
done
exit $((found > 0))
