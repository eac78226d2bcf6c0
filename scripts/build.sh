#!/usr/bin/env bash
# Builds the server into target/{debug,release}/flowthrough and what browsers load into target/site. All but `dev` have the latter in the program.
#   scripts/build.sh [dev|demo|release|operator]
# The demo, which is also what is tested from outside, is the release with a server that is compiled as for its own tests: soon, and without optimisation.
# What an operator installs is the release without the demo and its emulator, whole in target/operator.
# Cargo knows what changed in Rust; what comes after Cargo is skipped as long as a hash of its inputs stays the same.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
[ -e "$TOOLS/env.sh" ] || fail "run scripts/setup.sh first (or simply: make run)"
# shellcheck source=/dev/null
source "$TOOLS/env.sh"

mode=${1:-dev}
case $mode in
  dev) profile=debug server=() browser=(--profile dev) shipped=no ;;
  demo) profile=debug server=() browser=(--profile wasm-release) shipped=yes ;;
  release | operator) profile=release server=(--release) browser=(--profile wasm-release) shipped=yes ;;
  *) fail "there is no mode '$mode': scripts/build.sh [dev|demo|release|operator]" ;;
esac
[ "$mode" != operator ] || server+=(--no-default-features --features otlp)
host=$(host_target)

# A release says from which commit it is. From the source alone, so that the same source gives the same program; a build for tests
# says nothing, so that a commit alone has nothing compiled anew.
if [ "$profile" = release ]; then
  BUILD_COMMIT=${BUILD_COMMIT:-$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)}
  SOURCE_DATE_EPOCH=$(source_date)
  BUILD_DATE=${SOURCE_DATE_EPOCH:+$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)}
  export BUILD_COMMIT BUILD_DATE=${BUILD_DATE:-unknown}
fi
package=target/package-debug               # what wasm-bindgen makes of the frontends
[ $shipped = no ] || package=target/package-release
site=target/site

# The release as one file, and what it has to add up to. Of the same source it is the same, byte for byte.
archive() {
  local name
  name=flowthrough-$(product_version)-$host
  rm -f target/flowthrough-*.tar.gz target/SHA256SUMS
  tar --create --directory target --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" \
    --transform "s,^operator,$name," operator | gzip --no-name >"target/$name.tar.gz"
  (cd target && sha256sum "$name.tar.gz" >SHA256SUMS)
  step "target/$name.tar.gz: $(du -h "target/$name.tar.gz" | cut -f1), installed $(du -sh target/operator | cut -f1)"
}

# hash FILE… (of names and contents)
hash() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }

# fresh FOLDER HASH: whether the folder was made from these inputs
fresh() { [ "$(cat "$1.hash" 2>/dev/null)" = "$2" ] && [ -d "$1" ]; }

# Beside each file that is worth it, for the server to send as it is.
compress() {
  find "$1" -type f -size +1k -regextype egrep -regex '.*\.(wasm|js|css|svg|json|webmanifest|txt)' \
    -exec brotli -kf -q 11 {} + -exec gzip -kf9 {} +
}

# Debian 12's wasm-opt (108) exports table 0, the functions', under whatever name; wasm-bindgen's references are in 1.
fix_exported_table() {
  local name='\x15__wbindgen_externrefs\x01'
  [[ $(wasm-opt --version) != *"version 108"* ]] || LC_ALL=C sed -i "s/$name\x00/$name\x01/" "$1"
}

# Two packages, so that a phone in the portal does not load the hub with it.
build_package() {
  local application
  rm -rf "$package" "$package.hash"
  mkdir -p "$package"
  for application in portal hub; do
    step "wasm-bindgen: $application"
    wasm-bindgen --target web --no-typescript --out-name $application --out-dir "$package" "$(wasm_of $application)"
    mv "$package/${application}_bg.wasm" "$package/$application.wasm"
    if [ $shipped = yes ]; then
      step "wasm-opt -Oz: $application"
      # The features that rustc uses unasked; Debian's wasm-opt knows no newer name for them.
      wasm-opt -Oz --enable-bulk-memory --enable-multivalue --enable-mutable-globals \
        --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
        "$package/$application.wasm" -o "$package/$application.wasm"
      fix_exported_table "$package/$application.wasm"
    fi
  done
  if [ $shipped = yes ]; then
    step "brotli and gzip"
    compress "$package"
  fi
}

# sheets FILE… (that they name by @import, in their order)
sheets() { sed -n 's/^@import "\(.*\)";$/style\/\1/p' "$@"; }

# One file loads faster than many: main.css names the sheets of every page, hub.css those that only the hub has.
concatenate_styles() {
  local sheet named
  named=$(sheets style/main.css style/hub.css | tr '\n' ' ')
  for sheet in style/*.css style/*/*.css; do
    [[ " style/main.css style/hub.css $named" == *" $sheet "* ]] || fail "neither main.css nor hub.css imports $sheet"
  done
  sheets style/main.css | xargs cat >"$site/pkg/flowthrough.css"
  sheets style/hub.css | xargs cat >"$site/pkg/hub.css"
}

build_site() {
  step "assembling $site"
  rm -rf "$site" "$site.hash"
  mkdir -p "$site/pkg"
  cp -R public/. "$site/"
  concatenate_styles
  if [ $shipped = yes ]; then compress "$site"; fi
  cp "$package/"* "$site/pkg/"
  product_version >"$site/pkg/version"
}

# --- compiling: both halves at once, because each ends with one crate that keeps one core busy ---

said=target/build-said                      # what cargo says of each half: how many crates are done, and what is wrong
mkdir -p $said
: >$said/browser
: >$said/server

# compile HALF ARGUMENTS…: begins a cargo build, whose process is left in $compiling. Cargo takes the place of the subshell:
# whoever ends the one ends the other.
compile() {
  (CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 exec cargo "${@:2}" 2>"$said/$1") &
  compiling=$!
}

# counted HALF: `120/290`, crates done and of how many; `waits` as long as cargo has said nothing
counted() { { echo 'waits: '; tr '\r' '\n' <"$said/$1" | grep -o '[0-9]*/[0-9]*: ' || true; } | tail -1 | tr -d ': '; }

# await HALF PROCESS: until that half is compiled. Who watches is told of both: each second on a terminal, else now and then.
await() {
  local turn=0 every=300 end='\n' count
  [ ! -t 2 ] || every=5 end='\033[K\r'
  while kill -0 "$2" 2>/dev/null; do
    turn=$((turn + 1))
    if [ $((turn % every)) = 0 ]; then
      count="browser $(counted browser)  server $(counted server)"
      printf "    crates: %s$end" "$count" >&2
    fi
    sleep 0.2
  done
  wait "$2" || { tr '\r' '\n' <"$said/$1" | grep -v '^ *Building \[' >&2; fail "the $1's half does not compile"; }
}

# A program that has the browser's files in it is linked when they are there: only its library does not wait for them.
part=(--bin flowthrough)
[ $shipped = no ] || part=(--lib)

step "cargo build ($mode): the browser's half and the server (the first time, minutes)"
browser_compiling='' server_compiling=''
trap 'kill "$browser_compiling" "$server_compiling" 2>/dev/null || true' EXIT
compile browser "+$WASM_TOOLCHAIN" build -p portal-frontend -p hub-frontend --target "$WASM_TARGET" "${browser[@]}"
browser_compiling=$compiling
compile server build -p server "${part[@]}" --target "$host" "${server[@]}"
server_compiling=$compiling

await browser "$browser_compiling"
wasm_of() { echo "target/$WASM_TARGET/${browser[1]/#dev/debug}/${1}_frontend.wasm"; }

inputs=$(hash "$(wasm_of portal)" "$(wasm_of hub)" scripts/build.sh Cargo.lock)
fresh "$package" "$inputs" || { build_package; echo "$inputs" >"$package.hash"; }

mapfile -d '' -t files < <(find public style -type f -print0 | sort -z)
inputs=$(hash "$package.hash" scripts/build.sh "${files[@]}")
fresh "$site" "$inputs" || { build_site; echo "$inputs" >"$site.hash"; }

await server "$server_compiling"
if [ $shipped = yes ]; then
  step "linking the program, with the browser's files in it"
  SITE_FOLDER=$PWD/$site SITE_HASH=$(cat "$site.hash") compile server build -p server --bin flowthrough --target "$host" "${server[@]}"
  server_compiling=$compiling
  await server "$server_compiling"
fi

# Cargo keeps what is built for a named target in a folder of its own; people look for it elsewhere.
if [ "$mode" = operator ]; then
  rm -rf target/operator
  mkdir target/operator
  cp "target/$host/$profile/flowthrough" target/operator/
  refused=$(timeout 10 target/operator/flowthrough serve --demo 2>&1 || true)
  [[ $(target/operator/flowthrough --version) == *"($BUILD_COMMIT $BUILD_DATE)" ]] ||
    fail "the program does not say from which commit it is"
  [[ $refused == *"without the demo"* ]] || fail "the demo is in an operator's build: $refused"
  step "what it consists of, and under which licences"
  SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH scripts/sbom.py "$host" >target/operator/flowthrough.cdx.json
  scripts/check-sbom.py target/operator/flowthrough.cdx.json target/operator/flowthrough
  scripts/notices.py "$host" target/operator/flowthrough.cdx.json >target/operator/NOTICES.txt
  cp LICENSE CHANGELOG.md target/operator/
  archive
  exit
fi
mkdir -p "target/$profile"
cp --remove-destination "target/$host/$profile/flowthrough" "target/$profile/flowthrough"
