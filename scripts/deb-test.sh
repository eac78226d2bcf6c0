#!/usr/bin/env bash
# Whether the Debian package is made the same twice, and does on this Debian what an operator expects. Needs root, and leaves nothing behind.
#   scripts/deb-test.sh [BUILD [lint]]      of what `scripts/build.sh release` left, by default; `lint` asks lintian, too (half a minute)
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
SOURCE_DATE_EPOCH=$(source_date)
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check() {
  if "${@:2}"; then
    passed=$((passed + 1))
    echo "ok      $1"
  else
    failed=$((failed + 1))
    echo "FAILED  $1"
  fi
}

build=${1:-}
if [ -z "$build" ]; then
  build=$work/build
  mkdir "$build"
  cp target/release/flowthrough "$build/"
  scripts/sbom.py "$(host_target)" --demo >"$build/flowthrough.cdx.json"
  scripts/notices.py "$(host_target)" "$build/flowthrough.cdx.json" >"$build/NOTICES.txt"
fi

# What is compressed is not what is tested, and takes longest.
compression=none
[ "${2:-}" != lint ] || compression=xz
package() {
  mkdir "$work/$1"
  DPKG_DEB_COMPRESSOR_TYPE=$compression scripts/deb.sh "$build" "$work/$1"
}
check "the list of components has every crate that the programs name" scripts/check-sbom.py "$build/flowthrough.cdx.json" "$build/flowthrough"
package once
package twice
check "made twice it is the same" cmp "$work/once/"*.deb "$work/twice/"*.deb
if [ "${2:-}" = lint ]; then
  check "lintian has nothing to say" lintian --allow-root --fail-on error,warning "$work/once/"*.deb
fi

# next: the version after it, with other sample settings
next() {
  dpkg-deb --raw-extract "$work/once/"*.deb "$work/next"
  sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
  echo '# a new setting' >>"$work/next/etc/flowthrough/flowthrough.toml"
  dpkg-deb --root-owner-group -Znone --build "$work/next" "$work/machine/next.deb" >/dev/null
}
mkdir "$work/machine"
next
mv "$work/once/"*.deb "$work/machine/now.deb"
cp scripts/deb-lifecycle.sh "$work/machine/"
scripts/machine.sh "$work/machine" deb-lifecycle.sh
read -r good bad <"$work/machine/sum"
echo "$((passed + good)) passed, $((failed + bad)) failed"
[ $((failed + bad)) = 0 ]
