#!/usr/bin/env bash
# Kills servers 200 times under load, on SQLite and on PostgreSQL with two replicas, stops some, sets their clock, fails the database
# over, and counts afterwards.
#   scripts/chaos.sh [KILLS]
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh test
export FLOWTHROUGH_CHAOS_KILLS=${1:-200}
# One after the other, so that each has the machine to itself.
scripts/with-postgres.sh cargo test -q -p server --test it --target "$(host_target)" chaos -- --nocapture --test-threads 1
