#!/usr/bin/env bash
# Sets up, builds and serves the demo on http://127.0.0.1:3000.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh release
scripts/build.sh demo
# What the log would say comes before the story that the demo prints.
FLOWTHROUGH_LOG=${FLOWTHROUGH_LOG:-warn} exec target/debug/flowthrough serve --demo
