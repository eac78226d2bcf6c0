#!/usr/bin/env bash
# What happens to an operator's machine: install, start, back up, upgrade, step back, remove, purge. Runs in a machine of scripts/machine.sh, for
# scripts/deb-test.sh; beside it are now.deb and next.deb, which has another version and other sample settings.
# shellcheck disable=SC2317 # functions are called by the names that check is given
set -uo pipefail

units=(flowthrough.service flowthrough.socket flowthrough-backup.service flowthrough-backup.timer)
settings=/etc/flowthrough/flowthrough.toml
address=http://127.0.0.1:3000
passed=0
failed=0
exec 3>&1

# check NAME COMMAND…: what the command prints is shown when it fails
check() {
  local said
  if said=$("${@:2}" 2>&1); then
    passed=$((passed + 1))
    echo "ok      $1"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n%s\n' "$1" "$said"
  fi
}

# documented BEGIN: the command that begins so on the page that an operator goes by
documented() {
  local line
  line=$(grep --max-count 1 "^$1" /usr/share/doc/flowthrough/GOING-LIVE.md) || echo "false # the page has no '$1'"
  echo "$line"
}

# is EXPECTED COMMAND…: whether that is what the command prints
is() {
  local found
  found=$("${@:2}")
  [ "$found" = "$1" ] || { echo "expected '$1', found '$found'"; return 1; }
}

# says TEXT COMMAND…: whether that is in what the command prints, to its end
says() {
  local found
  found=$("${@:2}" 2>&1) || { echo "$found"; return 1; }
  [[ $found == *"$1"* ]] || { echo "expected '$1' in '$found'"; return 1; }
}

silent() { is '' "$@"; }
absent() { [ ! -e "$1" ] && [ ! -L "$1" ]; }
not() { ! "$@"; }
version() { dpkg-query --show --showformat '${Version}' flowthrough; }
main_process() { systemctl show --property MainPID --value flowthrough.service; }
sandboxed() { is "NoNewPrivs:	1 Seccomp:	2" sh -c "grep -hE '^(NoNewPrivs|Seccomp):' /proc/$(main_process)/status | paste -sd' '"; }
user_of() { stat -c %U "/proc/$(main_process)"; }
get() { curl --silent --show-error --fail --max-time 20 "$address$1"; }
mode() { stat -c '%a %U:%G' "$1"; }
templates() { says 'Office users' run template list; }

# A page as often as it comes while the packages are replaced, each time over a connection of its own.
visit() {
  local good=0 bad=0
  while [ ! -e /tmp/enough ]; do
    if get /hub/sign-in >/dev/null 2>>/tmp/refusals; then good=$((good + 1)); else bad=$((bad + 1)); fi
  done
  echo "$good $bad" >/tmp/visits
}

# under_visits COMMAND…: no request fails meanwhile, and some come
under_visits() {
  local visitor status=0 good bad
  rm -f /tmp/enough /tmp/refusals
  visit &
  visitor=$!
  "$@" || status=$?
  says ready get /readyz || status=$?
  touch /tmp/enough
  wait "$visitor"
  read -r good bad </tmp/visits
  echo "        $good requests were served meanwhile, $bad were not" >&3
  cat /tmp/refusals
  [ "$status" = 0 ] && [ "$good" -gt 0 ] && [ "$bad" = 0 ]
}

# Debian's index of manual pages is made anew with each package, and takes longest.
rm -f /var/lib/man-db/auto-update
# An image for containers may leave manual and documentation out, an operator's machine does not.
rm -f /etc/dpkg/dpkg.cfg.d/*

# --- installed ---

check "it installs" dpkg --install /mnt/now.deb
check "its files are those that were packed" silent dpkg --verify flowthrough
check "nothing runs before the settings are made" not systemctl --quiet is-active flowthrough.socket flowthrough.service
check "the settings are the administrator's and the server's alone" is "640 root:flowthrough" mode $settings
check "so is their folder" is "750 root:flowthrough" mode /etc/flowthrough
check "the data are the server's alone" is "700 flowthrough:flowthrough" mode /var/lib/flowthrough
check "nobody signs in as its user" is "flowthrough:/usr/sbin/nologin" sh -c "getent passwd flowthrough | cut -d: -f1,7"
check "the manual is there" says "Serve the portal" man --pager=cat flowthrough-serve
check "bash completes commands" bash -c ". /usr/share/bash-completion/completions/flowthrough; complete -p flowthrough"
check "the licences of others come with it" says "Permission is hereby granted" zcat /usr/share/doc/flowthrough/NOTICES.txt.gz
check "systemd understands the units" silent systemd-analyze verify "${units[@]}"
check "the server is shut in" systemd-analyze security --offline=true --threshold=15 flowthrough.service
check "so is the backup" systemd-analyze security --offline=true --threshold=10 flowthrough-backup.service

# --- running ---

check "it starts with the sample settings" eval "$(documented 'systemctl enable')"
check "it is ready" says ready get /readyz
check "it runs as its user" is flowthrough user_of
check "it runs shut in" sandboxed
check "the hub is served" says "<title>" get /hub/sign-in
check "so are the browser's files, of this version" says "$(version | cut -d+ -f1)" get /pkg/version
mark() { curl --silent --fail --output /dev/null --write-out '%header{etag}' $address/pkg/hub.wasm; }
known() { is "304 0" curl --silent --header "If-None-Match: $(mark)" --output /dev/null --write-out '%{http_code} %{size_download}' $address/pkg/hub.wasm; }
check "a browser that has them gets none again" known
smaller() { is br curl --silent --fail --header 'Accept-Encoding: br, gzip' --output /dev/null --write-out '%header{content-encoding}' $address/pkg/hub.wasm; }
check "they come compressed" smaller
check "the log has the link for the first administrator" says /hub/setup/ journalctl --unit flowthrough
eval "$(documented 'cd ')"
eval "$(documented 'run() ')"
check "commands work beside it" eval "$(documented 'run template add')"
in_the_program() { [[ $(run check 2>&1) == *"in the program: the browser's files"* ]]; }
check "they are in the program" in_the_program
missing() { ! said=$(run check 2>&1) && [[ $said == *"problem  mail"* ]]; }
check "what is still missing is said" missing
check "a backup is made" systemctl start flowthrough-backup.service
check "only the server can read it" is "600 flowthrough:flowthrough" sh -c "stat -c '%a %U:%G' /var/lib/flowthrough/backups/flowthrough-*.db"
restore() {
  mkdir -m 700 /var/lib/flowthrough/tried && chown flowthrough: /var/lib/flowthrough/tried
  export FLOWTHROUGH_DATABASE_URL=sqlite:tried/flowthrough.db
  run restore backups/flowthrough-*.db && templates
}
check "it can be restored" restore

# --- upgraded, and one step back ---

sed -i 's/^partner = .*/partner = "Ours"/' $settings
check "a backup is made by hand" eval "$(documented 'run backup')"
old=$(main_process)
check "it is upgraded, and no request fails" under_visits dpkg --force-confold --install /mnt/next.deb
check "it is the next version" is "$(dpkg-deb --field /mnt/next.deb Version)" version
check "the server was restarted" not is "$old" main_process
check "the administrator's settings stayed" grep -q '^partner = "Ours"$' $settings
check "they are still the administrator's and the server's alone" is "640 root:flowthrough" mode $settings
check "the data stayed" templates
check "one step back, and no request fails" under_visits dpkg --force-confold --force-downgrade --install /mnt/now.deb
check "the data stayed then, too" templates
systemctl stop flowthrough.socket flowthrough.service
check "an upgrade of a stopped server" dpkg --force-confold --install /mnt/next.deb
check "leaves it stopped" not systemctl --quiet is-active flowthrough.socket flowthrough.service
check "it starts again" systemctl start flowthrough.socket flowthrough.service

# --- removed ---

check "it is removed while it runs" dpkg --remove flowthrough
check "nobody listens any more" not curl --silent --max-time 5 $address/readyz
check "systemd knows it no longer" silent systemctl list-unit-files --no-legend 'flowthrough*'
check "no link is left of the units" silent find /etc/systemd /run/systemd -name 'flowthrough*'
check "the program is gone" absent /usr/bin/flowthrough
check "the settings stay" test -e $settings
check "a purge says that the data stay" says "stay in /var/lib/flowthrough" dpkg --purge flowthrough
check "the settings are gone" absent /etc/flowthrough
check "the data are there" test -s /var/lib/flowthrough/flowthrough.db
check "nothing else is left" silent find /usr /etc /lib/systemd -path '*flowthrough*' -not -path '/usr/src/*' -not -path '/usr/local/*'

echo "$passed $failed" >/mnt/sum
