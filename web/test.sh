#!/usr/bin/env bash
# Tests the JavaScript tracker and the dashboard: types, sizes and builds, units, real Chromium. What cannot be tested here is said and skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

status=0
./setup.sh browser || status=$?
[ "$status" != 3 ] || exit 0
npm run --silent check
npm run --silent test
npm run --silent --workspace app test
[ "$status" != 4 ] || exit 0
npm run --silent test:browser
npm run --silent --workspace app test:browser
