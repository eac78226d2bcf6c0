#!/usr/bin/env bash
# Takes the README's pictures anew, from the running demo.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
scripts/setup.sh release test
scripts/build.sh release
step "taking pictures"
(cd end2end && npx playwright test --project hydrated --project hub --reporter dot pictures)
mkdir -p docs/images
cp end2end/screenshots/hydrated/proof-360-light.png docs/images/portal.png
cp end2end/screenshots/hub/user-status-1280-light.png docs/images/hub.png
