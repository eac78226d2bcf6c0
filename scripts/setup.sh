#!/usr/bin/env bash
# Gets what building (and with `release`, `package`, `test`, `check` and `bench`: shipping, testing, linting and measuring) takes. Does only what is missing.
#   scripts/setup.sh [release] [package] [test] [check] [bench]
#   WASM_STD=debian   builds the WASM standard library from Debian's sources even where rustup could fetch it
# Leaves target/tools/env.sh, which the other scripts source.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "'$*' needs root, and there is no sudo here: run it as root, then start again"
  fi
}

apt_updated=
apt_update() {
  [ -n "$apt_updated" ] || as_root apt-get update -qq
  apt_updated=yes
}

# RUNLEVEL=1 keeps Debian from starting the services (a PostgreSQL on port 5432) that it installs.
apt_install() {
  step "apt-get install $*"
  command -v apt-get >/dev/null || fail "no apt-get here: install what Debian calls '$*' by your system's means"
  apt_update
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# need COMMAND PACKAGE…
need() {
  local name=$1
  shift
  command -v "$name" >/dev/null || apt_install "$@"
}

# --- the standard library for WASM ---

# Asked of the toolchain's own compiler: `rustup run` refuses toolchains that it did not make.
has_wasm_std() {
  local libraries
  libraries=$(rustc "+$1" --print target-libdir --target "$WASM_TARGET" 2>/dev/null) || return 1
  compgen -G "$libraries/libcore-*.rlib" >/dev/null
}

fetch_wasm_std() {
  step "rustup target add $WASM_TARGET"
  timeout 120 rustup target add --toolchain "$1" "$WASM_TARGET" >/dev/null 2>&1
}

# Where rustup can fetch nothing, Debian's compiler and the matching sources of std stand in. They become a rustup
# toolchain of their own, under a name that carries the compiler's version: an upgrade of the package builds a new one.
debian_wasm_toolchain() {
  { [ -x /usr/bin/rustc ] && [ -e /usr/lib/rustlib/src/rust/library/Cargo.lock ]; } ||
    apt_install rustc-web rust-web-src
  local version name home
  version=$(/usr/bin/rustc -vV | cksum | cut -d' ' -f1)
  name=flowthrough-wasm-$version
  home=${XDG_CACHE_HOME:-$HOME/.cache}/$name
  if [ ! -e "$home/complete" ]; then build_debian_toolchain "$home"; fi
  has_wasm_std "$name" || rustup toolchain link "$name" "$home" >&2
  echo "$name"
}

build_debian_toolchain() {
  local home=$1 library=/usr/lib/rustlib/src/rust/library host lender tool
  step "building std for $WASM_TARGET with $(/usr/bin/rustc -V) (half a minute)"
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  lender=$(rustc --print sysroot)                 # lends cargo, rust-lld and rustfmt, which Debian packages apart
  rm -rf "$home"
  mkdir -p "$home/bin" "$home/lib/rustlib/$host" "$home/lib/rustlib/$WASM_TARGET/lib"
  # As the releases of std are built: `dist` embeds bitcode for LTO; the flag keeps std's own crates private.
  (
    cd /
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=flowthrough \
      RUSTFLAGS="-Zforce-unstable-if-unmarked --remap-path-prefix=$(readlink -f "$library")=/rustc/std/library" \
      cargo build -q --locked --manifest-path "$library/sysroot/Cargo.toml" --profile dist \
      --target "$WASM_TARGET" --target-dir "$home/build"
  )
  cp "$home/build/$WASM_TARGET/dist/deps/"*.rlib "$home/lib/rustlib/$WASM_TARGET/lib/"
  rm -rf "$home/build" "$home/lib/rustlib/$WASM_TARGET/lib/"libsysroot-*.rlib
  ln -s "/usr/lib/rustlib/$host/lib" "$home/lib/rustlib/$host/lib"
  ln -s "$lender/lib/rustlib/$host/bin" "$home/lib/rustlib/$host/bin"
  ln -s /usr/lib/rustlib/src "$home/lib/rustlib/src"
  for tool in rustc rustdoc; do
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "%s" "$@"\n' $tool "$home" >"$home/bin/$tool"
  done
  chmod +x "$home/bin/"*
  for tool in cargo rustfmt cargo-fmt; do ln -s "$lender/bin/$tool" "$home/bin/$tool"; done
  touch "$home/complete"
}

wasm_toolchain() {
  local active
  active=$(rustup show active-toolchain | cut -d' ' -f1)
  if [ "${WASM_STD:-}" != debian ] && { has_wasm_std "$active" || fetch_wasm_std "$active"; }; then
    echo "$active"
  else
    debian_wasm_toolchain
  fi
}

# --- wasm-bindgen: the command and the library must be of the same version ---

provide_wasm_bindgen() {
  local version
  version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
  [ "$("$TOOLS/bin/wasm-bindgen" --version 2>/dev/null)" != "wasm-bindgen $version" ] || return 0
  step "cargo install wasm-bindgen-cli $version (the version in Cargo.lock)"
  # Its own lock may name a crate version that a lagging mirror lacks.
  install_wasm_bindgen "$version" --locked 2>/dev/null || install_wasm_bindgen "$version"
  rm -rf "$TOOLS/build"
}

# Unoptimised: that builds in half the time and is fast enough. From / so that no .cargo/config.toml here applies.
install_wasm_bindgen() {
  (
    cd /
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=$TOOLS/build \
      cargo install -q --debug --force "${@:2}" --version "=$1" --root "$TOOLS" --bin wasm-bindgen wasm-bindgen-cli
  )
}

# --- what only a release, only the tests take ---

provide_release_tools() {
  need python3 python3
  need wasm-opt binaryen
  need brotli brotli
}

# What Debian's package is made and tried with.
provide_package_tools() {
  need dpkg-shlibdeps dpkg-dev
  need curl curl
  need man man-db
  [ -x /lib/systemd/systemd ] || apt_install systemd
}

provide_test_tools() {
  provide_package_tools
  need chromium-headless-shell chromium-headless-shell
  need firefox-esr firefox-esr
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need initdb postgresql
  [ -x /usr/sbin/pgbouncer ] || need pgbouncer pgbouncer
  need jq jq
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || apt_install libfaketime
  need sqlite3 sqlite3
  provide_promtool
  { command -v node && command -v npm; } >/dev/null ||
    fail "the end-to-end tests run on Node.js 20 or newer with npm: install both (https://nodejs.org)"
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] ||
    fail "Playwright needs Node.js 20 or newer; this is $(node --version) (https://nodejs.org)"
  provide_from_npm end2end
  # The servers and clients of the integration tests that are written in Python.
  provide_from_pypi "$TOOLS/python" server/tests/services/requirements.txt
}

# Prometheus' own judge of rules and metrics, alone: Debian's package would bring a server, too.
provide_promtool() {
  ! [ -x "$TOOLS/bin/promtool" ] || return 0
  local folder
  folder=$(mktemp -d)
  step "promtool, from Debian's package prometheus"
  apt_update
  (cd "$folder" && apt-get download -qq prometheus 2>/dev/null) || fail "Debian's package prometheus cannot be had"
  mkdir -p "$TOOLS/bin"
  dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -x -C "$TOOLS" --strip-components=2 ./usr/bin/promtool
  rm -r "$folder"
}

# What the product is measured beside, and what asks it for pages.
provide_bench_tools() {
  need wrk wrk
  need sqlite3 sqlite3
  [ -x /usr/sbin/nginx ] || need nginx nginx-light
  provide_from_npm bench/lighthouse
  provide_from_pypi "$TOOLS/bench" bench/django/requirements.txt
}

# provide_from_npm FOLDER
provide_from_npm() {
  # npm leaves this file behind when it is done.
  local done=$1/node_modules/.package-lock.json
  ! [ "$done" -nt "$1/package-lock.json" ] || return 0
  step "npm ci in $1/"
  npm ci --prefix "$1" --no-audit --no-fund --loglevel=error >&2
  touch "$done"
}

# provide_from_pypi FOLDER REQUIREMENTS
provide_from_pypi() {
  local python=$1 wanted=$2
  # The copy is made when all is done.
  ! cmp -s "$wanted" "$python/requirements.txt" || return 0
  need python3 python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  step "pip install -r $wanted"
  rm -rf "$python"
  python3 -m venv "$python"
  "$python/bin/pip" install -q --disable-pip-version-check --no-input -r "$wanted" >&2
  cp "$wanted" "$python/requirements.txt"
}

for part in "$@"; do
  [[ $part == release || $part == package || $part == test || $part == check || $part == bench ]] ||
    fail "there is no part '$part': scripts/setup.sh [release] [package] [test] [check] [bench]"
done
{ command -v rustup && command -v cargo; } >/dev/null || fail "install Rust by rustup first: https://rustup.rs"
need cc build-essential
mkdir -p "$TOOLS"
toolchain=$(wasm_toolchain)
provide_wasm_bindgen
if [[ " $* " == *" release "* ]]; then provide_release_tools; fi
if [[ " $* " == *" package "* ]]; then
  provide_package_tools
  need lintian lintian
fi
if [[ " $* " == *" test "* ]]; then provide_test_tools; fi
if [[ " $* " == *" check "* ]]; then provide_from_pypi "$TOOLS/check" scripts/check-tools.txt; fi
if [[ " $* " == *" bench "* ]]; then provide_bench_tools; fi

cat >"$TOOLS/env.sh" <<EOF
export WASM_TOOLCHAIN=$toolchain
export PATH="$TOOLS/bin:\$PATH"
EOF
