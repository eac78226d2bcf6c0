#!/usr/bin/env bash
# Runs a command beside everything that the tests talk to, all of it on loopback and gone afterwards.
#   scripts/with-services.sh COMMAND…     the command finds in its environment
#     FLOWTHROUGH_TEST_POSTGRES                                PostgreSQL (scripts/with-postgres.sh)
#     FLOWTHROUGH_TEST_SCIM, FLOWTHROUGH_TEST_SCIM_TOKEN       a SCIM server; below it /NAME/v2 is a service of its own
#     FLOWTHROUGH_TEST_SMTP, FLOWTHROUGH_TEST_MAILS            a mail server and the folder with what it took
#     FLOWTHROUGH_TEST_PYTHON                                  the folder of Python's programs, for clients in Python
#     FLOWTHROUGH_TEST_PROMTOOL                                what judges Prometheus' rules and metrics
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

python=$TOOLS/python/bin
services=$PWD/server/tests/services
[ -x "$python/scim2-server" ] || fail "there is no SCIM server here: run scripts/setup.sh test"

folder=$(mktemp -d "${TMPDIR:-/tmp}/flowthrough-services.XXXXXX")
mkdir "$folder/mails"
pids=()

discard() {
  kill "${pids[@]}" 2>/dev/null || true
  rm -rf "$folder"
}
trap discard EXIT
trap 'exit 130' INT TERM

# start NAME COMMAND…: starts a service, waits for the line by which it says that it serves, and leaves it in $said.
# Fails if it ends instead.
start() {
  local name=$1 pid
  shift
  exec {output}< <(exec "$@" 2>"$folder/$name.log")
  pid=$!
  read -r -t 30 said <&"$output" || { kill "$pid" 2>/dev/null; return 1; }
  pids+=("$pid")
}

start smtp "$python/python" "$services/smtp.py" "$folder/mails" ||
  fail "the mail server did not start: $(cat "$folder/smtp.log")"
export FLOWTHROUGH_TEST_SMTP=$said FLOWTHROUGH_TEST_MAILS=$folder/mails

export FLOWTHROUGH_TEST_SCIM_TOKEN=test-scim-token
# Another program may take a port between the look and the start: look again.
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 10000))
  FLOWTHROUGH_TEST_SCIM=http://127.0.0.1:$port
  ! start scim "$python/scim2-server" --port "$port" --dynamic-tenants --bearer-token "$FLOWTHROUGH_TEST_SCIM_TOKEN" ||
    break
  FLOWTHROUGH_TEST_SCIM=
done
[ -n "$FLOWTHROUGH_TEST_SCIM" ] || fail "the SCIM server did not start: $(cat "$folder/scim.log")"
export FLOWTHROUGH_TEST_SCIM

export FLOWTHROUGH_TEST_PYTHON=$python FLOWTHROUGH_TEST_PROMTOOL=$TOOLS/bin/promtool
export FLOWTHROUGH_TEST_SERVICES_REQUIRED=1
scripts/with-postgres.sh "$@"
