#!/usr/bin/env bash
# Restarts two replicas behind nginx, one after the other, under 100,000 requests, and counts who was answered with an error.
# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
export FLOWTHROUGH_TEST_NGINX=${FLOWTHROUGH_TEST_NGINX:-$(PATH=$PATH:/usr/sbin command -v nginx || true)}
[ -n "$FLOWTHROUGH_TEST_NGINX" ] || fail "nginx is needed: apt-get install nginx-light"
scripts/setup.sh release test
scripts/build.sh release
FLOWTHROUGH_TEST_BINARY=$PWD/target/release/flowthrough scripts/with-services.sh \
  cargo test -q -p server --test it --target "$(host_target)" rolling:: -- --ignored --nocapture
