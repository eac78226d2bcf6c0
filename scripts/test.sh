#!/usr/bin/env bash
# Runs every suite, even after one failed, and sums them up: the last line is `N passed, N failed`.
# shellcheck disable=SC2317 # functions are called by the names that suite and timed are given
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

logs=target/test-logs
report=end2end/test-results/report.json    # as playwright.config.ts says
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0
times=()

# timed NAME COMMAND…: the status is the command's
timed() {
  local name=$1 begin=$SECONDS status=0
  shift
  "$@" || status=$?
  times+=("$(printf '%5d s  %s' $((SECONDS - begin)) "$name")")
  return "$status"
}

logged() { "${@:2}" 2>&1 | tee "$logs/$1.log"; }

# suite NAME COUNT COMMAND…: COUNT NAME prints how many of the suite's tests passed and failed
suite() {
  local name=$1 count=$2 status=0 good=0 bad=0
  step "suite: $name"
  timed "$name" logged "$name" "${@:3}" || status=$?
  read -r good bad < <("$count" "$name") || true
  # A suite that stopped half-way, or never began, must not pass for a good one.
  if { [ "$status" != 0 ] && [ "$bad" = 0 ]; } || [ $((good + bad)) = 0 ]; then
    step "suite: $name did not run to its end"
    bad=$((bad + 1))
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

count_rust() {
  awk '/^test result: / { good += $4; bad += $6 } END { print good + 0, bad + 0 }' "$logs/rust.log"
}

# Of a suite that sums itself up.
count_sum() { awk '/ passed, .* failed$/ { print $1, $3 }' "$logs/$1.log"; }

count_end2end() {
  # shellcheck disable=SC2016
  node -p 'const { expected, flaky, unexpected } = JSON.parse(fs.readFileSync(process.argv[1])).stats;
    `${expected + flaky} ${unexpected}`' "$report"
}

# Most of the time of the integration tests is commits that wait for a disk. What the tests hold does not depend on which disk it is.
quick_folder() {
  local free
  free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)
  if [ -w /dev/shm ] && [ "${free:-0}" -gt $((4 << 20)) ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

tested=(--workspace --exclude portal-frontend --exclude hub-frontend --exclude bench --target "$(host_target)")

# The frontends would switch on the browser's features in the server's tests; they hold no test of their own.
# More threads than cores: the tests wait for PostgreSQL, for mail servers and for one another's answers.
rust() {
  # Beside them the simulation lives through other seeds each time, for a minute.
  FLOWTHROUGH_SIMULATE_SECONDS=${FLOWTHROUGH_SIMULATE_SECONDS:-60} TMPDIR=$(quick_folder) RUST_TEST_THREADS=$((2 * $(nproc))) scripts/with-services.sh cargo test -q "${tested[@]}" --no-fail-fast
}

end2end() {
  rm -f "$report"
  # A server without optimisation on a machine that does other things, too.
  FLOWTHROUGH_PATIENCE=${FLOWTHROUGH_PATIENCE:-20000} npm test --silent --prefix end2end
}

# Whether scripts/machine.sh can make its copy of this machine: most containers may not.
can_boot() {
  [ "$(id -u)" = 0 ] && command -v dpkg >/dev/null || return 1
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --net --uts --ipc --cgroup sh -c '
    mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root &&
      mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root &&
      mount -t proc proc /mnt/root/proc && mount -t sysfs sysfs /mnt/root/sys -o ro && mount -t cgroup2 cgroup2 /mnt/root/sys/fs/cgroup
  ' 2>/dev/null
}

finish() {
  printf '%s\n' "${times[@]}"
  echo "$passed passed, $failed failed"
  exit $((failed > 0))
}

# Both halves at once: each ends with one crate that keeps one core busy. The server is the one of the tests.
build() {
  local browsers status=0
  scripts/build.sh demo &
  browsers=$!
  cargo test -q "${tested[@]}" --no-run || status=$?
  wait "$browsers" && return "$status"
}

timed "set-up" scripts/setup.sh release test || { failed=1; finish; }
built=yes
timed "build" build || built=no
suite rust count_rust rust
if [ $built = yes ]; then
  suite figures count_sum scripts/bench-quick.sh
  if can_boot; then
    suite package count_sum scripts/deb-test.sh
  else
    step "skipped: package, which needs Debian, and root with the right to make namespaces and mounts"
  fi
  suite end2end count_end2end end2end
else
  step "the build failed, so figures, package and end-to-end tests cannot run"
  failed=$((failed + 1))
fi
finish
