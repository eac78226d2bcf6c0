#!/usr/bin/env bash
# Measures the release: activations a second, take-over, a first visit, import, the API and memory with a million subscribers.
# Figures, no promises.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
[ -x /usr/bin/time ] || fail "GNU time is needed to see how much memory an import takes: apt-get install time"
scripts/setup.sh release test
scripts/build.sh release
flowthrough=$PWD/target/release/flowthrough

figures() {
  scripts/with-services.sh cargo test -q -p server --test it --target "$(host_target)" "figures::$1" -- \
    --ignored --nocapture --test-threads 1
}

step "the engine"
FLOWTHROUGH_TEST_BINARY=$flowthrough figures engine

step "a first visit on a slow phone"
npm run figures --silent --prefix end2end

step "a million subscribers"
folder=$(mktemp -d "${TMPDIR:-/tmp}/flowthrough-bench.XXXXXX")
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
export FLOWTHROUGH_LOG=error FLOWTHROUGH_LISTEN=127.0.0.1:3997 FLOWTHROUGH_API_CALLS=100000000
export FLOWTHROUGH_DATABASE_URL=sqlite:$folder/flowthrough.db
provisioning_id=$("$flowthrough" template add Bench --trusted-emails --xsi-url https://xsp.example | awk 'NR == 1 { print $NF }')
token=$("$flowthrough" token add)

# import FROM TO [EMAIL]: takes rows in, as Export writes them; those with an address wait to be provisioned
import() {
  {
    echo "Provisioning ID,BroadWorks ID,Enterprise ID,First Name,Last Name,Package,Email"
    awk -v id="$provisioning_id" -v from="$1" -v to="$2" -v email="${3:-}" 'BEGIN {
      for (i = from; i < to; i++)
        printf "%s,%08d@sp.example,SP1+c%d,Ann,Lee,standard,%s\n", id, i, i % 1000, email ? i email : ""
    }'
  } >"$folder/rows.csv"
  /usr/bin/time -f '%e s, %M kB at most' "$flowthrough" import "$folder/rows.csv" 2>&1 | tail -2
}

serve() {
  "$flowthrough" serve >/dev/null &
  server=$!
  until curl -fsS -o /dev/null "http://$FLOWTHROUGH_LISTEN/readyz" 2>/dev/null; do sleep 0.01; done
}

memory() { awk '/VmRSS|VmHWM/ { printf "%s %d MB  ", $1, $2 / 1024 }' "/proc/$server/status"; }

import 0 100000
import 100000 1000000

step "the API with a million subscribers"
serve
FLOWTHROUGH_FIGURES_URL=http://$FLOWTHROUGH_LISTEN FLOWTHROUGH_FIGURES_TOKEN=$token \
  FLOWTHROUGH_FIGURES_PROVISIONING_ID=$provisioning_id figures api
echo "afterwards: $(memory)"
kill "$server" && wait "$server"

step "50,000 more, who wait to be provisioned"
import 1000000 1050000 @acme.example
serve
begin=$SECONDS
echo "just started: $(memory)"
for _ in 1 2 3; do sleep 10; echo "$((SECONDS - begin)) s later: $(memory)"; done
