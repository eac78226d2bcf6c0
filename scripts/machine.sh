#!/usr/bin/env bash
# Runs a program as root under a systemd of its own, on a copy of this machine that is gone afterwards: `/` is the lower layer of an
# overlay in memory, in namespaces without a network but loopback. What the program prints is printed at its end; its status is ours.
#   scripts/machine.sh FOLDER PROGRAM      FOLDER holds the program, and is its /mnt
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

# layer: an overlay of / in /mnt/root, with what it takes to boot
layer() {
  local device
  mount -t tmpfs tmpfs /mnt
  cd /mnt
  mkdir upper work root
  mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work root
  cd root
  mount -t proc proc proc
  # The kernel is everybody's.
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs sysfs sys -o ro
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs tmpfs run
  mount -t tmpfs tmpfs tmp
  mount -t tmpfs tmpfs dev -o mode=755
  for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
  done
  mkdir dev/pts dev/shm
  mount -t devpts devpts dev/pts -o newinstance,ptmxmode=666
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
}

# boot FOLDER PROGRAM: as process 1 of its namespaces
boot() {
  layer
  mount --bind "$1" mnt
  # Of this machine's own services none is started; a package may start its own.
  rm -rf etc/systemd/system/*.wants usr/sbin/policy-rc.d
  ln -s /dev/null etc/systemd/system/systemd-modules-load.service
  : >etc/fstab
  cat >etc/systemd/system/program.service <<UNIT
[Unit]
After=basic.target
Requires=basic.target
[Service]
Type=oneshot
Environment=DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
WorkingDirectory=/mnt
ExecStart=/bin/sh -c '/mnt/$2; systemctl exit \$\$?'
StandardOutput=append:/mnt/output
StandardError=append:/mnt/output
UNIT
  # A chroot would not do: nobody in one may make the namespaces that units ask for.
  mkdir run/host
  pivot_root . run/host
  exec chroot . env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c 'umount -l /run/host && exec /lib/systemd/systemd --unit=program.service'
}

if [ "$1" = --boot ]; then boot "${@:2}"; fi

[ "$(id -u)" = 0 ] || fail "this needs root"
# That systemd makes its control groups in one of our own.
groups=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) || fail "this needs a hierarchy of cgroup2"
group=$groups/flowthrough-machine-$$
mkdir "$group"
trap 'find "$group" -depth -type d -exec rmdir {} +' EXIT
status=0
(
  echo "$BASHPID" >"$group/cgroup.procs"
  exec timeout --kill-after 5 300 unshare --mount --pid --fork --kill-child --net --uts --ipc --cgroup scripts/machine.sh --boot "$(realpath "$1")" "$2" >"$1/console" 2>&1
) || status=$?
[ -e "$1/output" ] || fail "the machine did not come up: $(cat "$1/console")"
cat "$1/output"
exit "$status"
