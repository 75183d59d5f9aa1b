#!/usr/bin/env bash
# Tests the JavaScript tracker: types, sizes and builds, units, real Chromium. What cannot be tested here is said and skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

status=0
./setup.sh browser || status=$?
[ "$status" != 3 ] || exit 0
npm run --silent check
npm run --silent test
[ "$status" = 4 ] || npm run --silent test:browser
