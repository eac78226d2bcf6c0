#!/bin/sh
# rustc for scripts/fuzz.sh: what reads bytes from outside tells libFuzzer where it has been; everything else is compiled as ever.
rustc=$1
shift
# What build scripts are made of is for this machine alone, names no target, and finds no libFuzzer.
case " $* " in
*" --target "*) ;;
*) exec "$rustc" "$@" ;;
esac
case " $* " in
*" --crate-name server "* | *" --crate-name domain "* | *" --crate-name csv"* | *" --crate-name email_address "* | \
  *" --crate-name encoding_rs "* | *" --crate-name idna "* | *" --crate-name quick_xml "* | *" --crate-name serde_json "* | \
  *" --crate-name toml"* | *" --crate-name url "*)
  exec "$rustc" "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
  ;;
esac
exec "$rustc" "$@"
