#!/usr/bin/env bash
# Sets up, builds the release and serves the demo on http://127.0.0.1:3000.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh release
scripts/build.sh release
exec target/release/flowthrough serve --demo
