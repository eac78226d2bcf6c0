#!/usr/bin/env bash
# Measures the release: activations a second, take-over, memory with a million subscribers. Figures, no promises.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh release test
scripts/build.sh release
flowthrough=$PWD/target/release/flowthrough

step "the engine"
FLOWTHROUGH_TEST_BINARY=$flowthrough scripts/with-services.sh cargo test -q -p server --test it --target "$(host_target)" \
  figures -- --ignored --nocapture --test-threads 1

# rows KIND FROM TO: a CSV of subscribers as Export writes them
rows() {
  echo "Provisioning ID,BroadWorks ID,Enterprise ID,First Name,Last Name,Package,Email"
  awk -v id="$provisioning_id" -v kind="$1" -v from="$2" -v to="$3" 'BEGIN {
    for (i = from; i < to; i++)
      printf "%s,%08d@sp.example,SP1+c%d,Ann,Lee,standard,%s\n", id, i, i % 1000, kind == "waiting" ? i "@acme.example" : ""
  }'
}

step "a million subscribers, 50,000 of them waiting to be provisioned"
folder=$(mktemp -d "${TMPDIR:-/tmp}/flowthrough-bench.XXXXXX")
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
export FLOWTHROUGH_LOG=error FLOWTHROUGH_LISTEN=127.0.0.1:3997
provisioning_id=$("$flowthrough" template add Bench --trusted-emails --xsi-url https://xsp.example | awk 'NR == 1 { print $NF }')
rows idle 0 950000 >idle.csv
rows waiting 950000 1000000 >waiting.csv
for file in idle waiting; do
  begin=$SECONDS
  /usr/bin/time -f '%M kB at most' "$flowthrough" import $file.csv 2>&1 | tail -2
  echo "import of $(($(wc -l <$file.csv) - 1)) rows: $((SECONDS - begin)) s"
done
"$flowthrough" serve >/dev/null &
server=$!
until curl -fsS -o /dev/null http://127.0.0.1:3997/readyz 2>/dev/null; do sleep 0.01; done
begin=$SECONDS
memory() { awk '/VmRSS|VmHWM/ { printf "%s %d MB  ", $1, $2 / 1024 }' "/proc/$server/status"; }
echo "just started: $(memory)"
for _ in 1 2 3; do sleep 10; echo "$((SECONDS - begin)) s later: $(memory)"; done
