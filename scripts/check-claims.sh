#!/usr/bin/env bash
# Whether a document that claims something of each requirement of a standard says what is so: every file and test that it names
# is there, it has as many rows of each kind as it says, and what is not so stands among its gaps.
#   scripts/check-claims.sh docs/SECURITY.md …
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

wrong=0
complain() {
  printf '%s: %s\n' "$document" "$*" >&2
  wrong=1
}

# `src/…` and `it/…` are the server's; the rest is as it stands.
file() {
  case $1 in
    src/*) echo "server/$1" ;;
    it/*) echo "server/tests/$1" ;;
    *) echo "$1" ;;
  esac
}

is_there() {
  local file name=$2
  file=$(file "$1")
  if [ ! -e "$file" ]; then
    complain "there is no $file"
  elif [ -n "$name" ] && ! has_test "$file" "$name"; then
    complain "$file has no test '$name'"
  fi
}

has_test() {
  case $1 in
    *.rs) grep -qE "fn $2\(" "$1" ;;
    *) grep -qF -- "$2" "$1" ;;
  esac
}

# What the document names of this repository.
# shellcheck disable=SC2016
named() {
  grep -oE '`(src|it|app|domain|frontend|end2end|docs|packaging|scripts|style)/[^`…]*`' "$document" | tr -d '`' | sort -u
}

# The rows whose first cell is the number of a requirement: number and how it stands, whatever it is that stands so.
rows() {
  awk -F' *\\| *' '
    $2 ~ /^[0-9]+(\.[0-9]+)+$/ {
      for (i = 3; i <= NF; i++) if (match($i, /^(met|supports|partially|n\/a|open)( \((hub|portal)\))?$/)) print $2, $i
    }' "$document" | cut -d' ' -f1,2
}

for document in "$@"; do
  while IFS= read -r place; do
    name=
    [[ $place != *::* ]] || name=${place#*::}
    is_there "${place%%::*}" "$name"
  done < <(named)

  found=$(rows | awk '{ count[$2]++ } END { for (kind in count) print count[kind], kind }' | sed 's|n/a|not applicable|' | sort -k2 | paste -sd,)
  said=$({ grep -m1 -oE '^\*\*Counted: [^*]*\*\*' "$document" || true; } | sed -E 's/\*\*(Counted: )?//g; s/, /\n/g' | sort -k2 | paste -sd,)
  [ "$found" = "$said" ] || complain "says '$said', and has '$found'"
  doubled=$(rows | cut -d' ' -f1 | sort | uniq -d | paste -sd' ')
  [ -z "$doubled" ] || complain "stand twice: $doubled"

  gaps=$(awk '/^### (Open|Gaps)/ { on = 1; next } /^###? / { on = 0 } on' "$document")
  while read -r number _; do
    grep -qE "(^|[^0-9.])${number//./\\.}([^0-9.]|\.?$)" <<<"$gaps" || complain "$number does not stand among the gaps"
  done < <(rows | grep -E ' (open|partially)$')
done
exit "$wrong"
