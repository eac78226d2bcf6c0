#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own and a pooler in front of it, which are gone afterwards.
#   scripts/with-postgres.sh COMMAND…     the command finds in its environment
#     FLOWTHROUGH_TEST_POSTGRES    the server's address
#     FLOWTHROUGH_TEST_PGBOUNCER   the pooler's: by session, but for the database `transaction`
#   FLOWTHROUGH_POSTGRES_DURABLE=1   commits wait for the disk, as at an operator's: for figures
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

# PostgreSQL refuses to run as root: then it runs as Debian's user for it, or as nobody.
run_as=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
  owner=$(id -un postgres 2>/dev/null || echo nobody)
  run_as=(runuser -u "$owner" --)
fi

# Debian keeps the server's programs out of the PATH.
binaries=$(dirname "$(readlink -f "$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)")")
[ -x "$binaries/initdb" ] || fail "there is no PostgreSQL here: run scripts/setup.sh test"

# Not below target/: the user who runs it may not be let into this checkout.
data=$(mktemp -d "${TMPDIR:-/tmp}/flowthrough-postgres.XXXXXX")
chown "$owner" "$data"

pg_ctl() { (cd "$data" && "${run_as[@]}" "$binaries/pg_ctl" -D "$data/cluster" "$@"); }

pooler=
discard() {
  [ -z "$pooler" ] || kill "$pooler" 2>/dev/null || true
  pg_ctl stop -s -m immediate || true
  rm -rf "$data"
}
trap discard EXIT
trap 'exit 130' INT TERM

(cd "$data" && "${run_as[@]}" "$binaries/initdb" -D cluster -U flowthrough -A trust -E UTF8 --locale=C.UTF-8 \
  --no-sync >"$data/initdb.log") || fail "initdb failed: $(cat "$data/initdb.log")"

if [ -n "${FLOWTHROUGH_POSTGRES_DURABLE:-}" ]; then settings='-c shared_buffers=1GB -c max_wal_size=4GB'
else settings='-c fsync=off -c synchronous_commit=off -c full_page_writes=off'
fi
# Another program may take a port between the look and the start: look again.
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 10000))
  if pg_ctl start -s -w -l "$data/server.log" -o "-p $port -k $data -c listen_addresses=127.0.0.1 $settings \
    -c max_connections=200"; then
    break
  fi
  port=
done 2>"$data/pg_ctl.log"
[ -n "$port" ] || fail "PostgreSQL did not start: $(cat "$data/pg_ctl.log" "$data/server.log")"

pgbouncer=$(command -v pgbouncer || echo /usr/sbin/pgbouncer)
[ -x "$pgbouncer" ] || fail "there is no PgBouncer here: run scripts/setup.sh test"
# Another program may take a port between the look and the start: look again.
for _ in 1 2 3 4 5; do
  pooler_port=$((20000 + RANDOM % 10000))
  cat >"$data/pgbouncer.ini" <<EOF
[databases]
transaction = host=127.0.0.1 port=$port dbname=postgres user=flowthrough pool_mode=transaction
* = host=127.0.0.1 port=$port user=flowthrough
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooler_port
unix_socket_dir =
auth_type = any
pool_mode = session
EOF
  "${run_as[@]}" "$pgbouncer" "$data/pgbouncer.ini" 2>"$data/pgbouncer.log" &
  pooler=$!
  until grep -qs 'process up' "$data/pgbouncer.log" || ! kill -0 "$pooler" 2>/dev/null; do sleep 0.05; done
  ! kill -0 "$pooler" 2>/dev/null || break
  pooler=
done
[ -n "$pooler" ] || fail "PgBouncer did not start: $(cat "$data/pgbouncer.log")"

export FLOWTHROUGH_TEST_PGBOUNCER="postgres://flowthrough@127.0.0.1:$pooler_port"
export FLOWTHROUGH_TEST_POSTGRES_REQUIRED=1
# For tests that lose a server of their own.
export FLOWTHROUGH_TEST_POSTGRES_PROGRAMS=$binaries FLOWTHROUGH_TEST_POSTGRES_FOLDER=$data
[ ${#run_as[@]} = 0 ] || export FLOWTHROUGH_TEST_POSTGRES_OWNER=$owner
export FLOWTHROUGH_TEST_POSTGRES="postgres://flowthrough@127.0.0.1:$port/postgres"
"$@"
