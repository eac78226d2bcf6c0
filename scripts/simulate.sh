#!/usr/bin/env bash
# Lives through as many made-up runs of the engine as there is time for, each with another seed, and prints the seed of one that
# fails.
#   scripts/simulate.sh [SECONDS]
#   FLOWTHROUGH_SEED=17 scripts/simulate.sh     that one alone, with all that happens in it
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
export FLOWTHROUGH_SIMULATE_SECONDS=${1:-60}
cargo test -q -p server --test it --target "$(host_target)" simulation::the_engine -- --nocapture
