#!/usr/bin/env bash
# Makes the Debian package of a build: FOLDER/flowthrough_VERSION_ARCHITECTURE.deb. Of the same build and commit it is the same, byte for byte.
#   scripts/deb.sh [BUILD FOLDER]      of target/operator, into target, by default; BUILD has the program, and what it consists of: flowthrough.cdx.json, and
#   NOTICES.txt with the licences
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

build=${1:-target/operator}
folder=${2:-target}
{ [ -x "$build/flowthrough" ] && [ -e "$build/NOTICES.txt" ]; } || fail "there is no build in $build: make release"
command -v dpkg-shlibdeps >/dev/null || fail "dpkg-shlibdeps is missing: apt-get install dpkg-dev"

version=$(product_version)
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=$(source_date)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}
umask 022
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
root=$tree/root
lib=$root/usr/lib
installed=$root/usr/bin/flowthrough
share=$root/usr/share
doc=$share/doc/flowthrough

# --- what is installed ---

program() {
  install -D -m 755 "$build/flowthrough" "$installed"
  # Its names of functions are in the release's archive; the build id says of which.
  strip --remove-section=.comment --remove-section=.note "$installed"
}

system() {
  install -D -m 640 packaging/settings.toml "$root/etc/flowthrough/flowthrough.toml"
  install -D -m 644 -t "$root/lib/systemd/system" packaging/*.service packaging/*.socket packaging/*.timer
  install -D -m 644 packaging/flowthrough.sysusers "$lib/sysusers.d/flowthrough.conf"
  install -D -m 644 packaging/flowthrough.tmpfiles "$lib/tmpfiles.d/flowthrough.conf"
}

# What the program writes of itself.
manual() {
  install -d "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/vendor-completions" "$share/fish/vendor_completions.d"
  "$build/flowthrough" man "$share/man/man1"
  gzip -9n "$share/man/man1/"*
  "$build/flowthrough" completions bash >"$share/bash-completion/completions/flowthrough"
  "$build/flowthrough" completions zsh >"$share/zsh/vendor-completions/_flowthrough"
  "$build/flowthrough" completions fish >"$share/fish/vendor_completions.d/flowthrough.fish"
}

# In Debian's form, of which only the version is of use: what changed stands in CHANGELOG.md.
changelog() {
  printf 'flowthrough (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$version" \
    "$(sed -n 's/^Maintainer: //p' packaging/debian/control)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

documentation() {
  install -d "$doc/examples"
  cp -R docs/. CHANGELOG.md "$doc/"
  cp packaging/nginx.conf packaging/Caddyfile "$doc/examples/"
  cp packaging/debian/copyright "$build/flowthrough.cdx.json" "$doc/"
  gzip -9n <"$build/NOTICES.txt" >"$doc/NOTICES.txt.gz"
  changelog | gzip -9n >"$doc/changelog.gz"
  install -D -m 644 packaging/debian/lintian-overrides "$share/lintian/overrides/flowthrough"
}

# --- what dpkg is told ---

# dependencies: on libraries of the system, in the versions whose symbols the program needs
dependencies() {
  (
    mkdir -p "$tree/source/debian"
    cd "$tree/source"
    printf 'Source: flowthrough\n\nPackage: flowthrough\nArchitecture: any\nDescription: -\n' >debian/control
    dpkg-shlibdeps -O "$installed" | sed -n 's/^shlibs:Depends=//p'
  )
}

control() {
  install -d "$root/DEBIAN"
  sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$(dependencies)/" \
    -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)/" packaging/debian/control >"$root/DEBIAN/control"
  echo /etc/flowthrough/flowthrough.toml >"$root/DEBIAN/conffiles"
  install -m 755 -t "$root/DEBIAN" packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm
  (cd "$root" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

step "the Debian package of $build"
program
system
manual
documentation
control
chmod -R u=rwX,go=rX "$share"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
package=$folder/flowthrough_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
step "$package: $(du -h "$package" | cut -f1), installed $(du -sh --apparent-size --exclude=DEBIAN "$root" | cut -f1)," \
  "the program alone $(du -h --apparent-size "$installed" | cut -f1)"
